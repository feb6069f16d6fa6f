//! Status words, the two bytes that end every card answer.

use std::fmt;

/// SW1 and SW2 of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub u16);

impl Status {
    /// Done.
    pub const OK: Self = Self(0x9000);
    /// Wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// The PIN was not verified before.
    pub const SECURITY_NOT_SATISFIED: Self = Self(0x6982);
    /// A PIN is blocked, in the words of ISO 7816-4.
    pub const BLOCKED: Self = Self(0x6983);
    /// A PIN is blocked, in the words of JICSAP, which Japanese cards use.
    pub const BLOCKED_JICSAP: Self = Self(0x6984);
    /// The selected file is of the wrong type for the command.
    pub const WRONG_FILE_TYPE: Self = Self(0x6981);
    /// The command needs data or a state that is missing.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// File or application absent.
    pub const NOT_FOUND: Self = Self(0x6A82);
    /// Wrong P1 or P2.
    pub const WRONG_PARAMETERS: Self = Self(0x6A86);
    /// Referenced data absent.
    pub const REFERENCE_NOT_FOUND: Self = Self(0x6A88);
    /// Offset beyond the end of the file.
    pub const OFFSET_BEYOND_END: Self = Self(0x6B00);
    /// Instruction unknown.
    pub const UNKNOWN_INSTRUCTION: Self = Self(0x6D00);

    /// Done without remarks?
    pub fn is_ok(self) -> bool {
        self == Self::OK
    }

    /// Tries left, told by `63Cx` after a wrong PIN or as the answer of a query.
    pub fn tries_left(self) -> Option<u8> {
        (self.0 & 0xFFF0 == 0x63C0).then_some((self.0 & 0x000F) as u8)
    }

    /// No try is left. Cards say it in three ways.
    pub fn is_blocked(self) -> bool {
        self == Self::BLOCKED || self == Self::BLOCKED_JICSAP || self.tries_left() == Some(0)
    }

    /// `61xx`: so many bytes wait for GET RESPONSE; `00` stands for 256 or more.
    pub fn bytes_waiting(self) -> Option<u8> {
        (self.0 >> 8 == 0x61).then_some((self.0 & 0x00FF) as u8)
    }

    /// `6Cxx`: repeat with this expected length.
    pub fn right_length(self) -> Option<u8> {
        (self.0 >> 8 == 0x6C).then_some((self.0 & 0x00FF) as u8)
    }

    /// Answers to SELECT that mean "this card holds no such application", whatever its maker.
    pub(crate) fn is_application_absent(self) -> bool {
        matches!(self.0 >> 8, 0x6A | 0x6B | 0x6D | 0x6E | 0x67)
            || matches!(self.0, 0x6982 | 0x6985 | 0x6986 | 0x6999)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Status({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_saying_blocked_is_understood() {
        for word in [0x6983, 0x6984, 0x63C0] {
            assert!(Status(word).is_blocked(), "{word:04X}");
        }
        for word in [0x9000, 0x63C1, 0x6300, 0x6982, 0x6985] {
            assert!(!Status(word).is_blocked(), "{word:04X}");
        }
    }

    #[test]
    fn tries_come_only_from_63cx() {
        assert_eq!(Status(0x63C3).tries_left(), Some(3));
        assert_eq!(Status(0x63CF).tries_left(), Some(15));
        for word in [0x6300, 0x6303, 0x64C3, 0x9000] {
            assert_eq!(Status(word).tries_left(), None, "{word:04X}");
        }
    }
}
