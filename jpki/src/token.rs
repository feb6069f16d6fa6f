//! Which kind of token answers: the plastic card or a phone.

/// Bytes of the label at the start of the token information.
pub const LABEL_LEN: usize = 32;

/// What holds the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Secure element of an Android phone.
    AndroidPhone,
    /// Secure element of an iPhone.
    IPhone,
    /// The plastic card.
    PlasticCard,
    /// A label not known here, or none.
    Unknown,
}

impl TokenKind {
    /// Reads the space-padded label at the start of the token information.
    pub fn from_label(token_information: &[u8]) -> Self {
        let label = &token_information[..token_information.len().min(LABEL_LEN)];
        match label.trim_ascii_end() {
            b"JPKIAPICCTOKEN2" | b"JPKIAPICCTOKEN" => Self::PlasticCard,
            b"JPKIAPGPSETOKEN" => Self::AndroidPhone,
            b"JPKIAPIOSTOKEN" => Self::IPhone,
            _ => Self::Unknown,
        }
    }

    /// The auth certificate may be read before the PIN. Phones refuse that, and a label that is
    /// not known is treated like a phone: asking for the PIN first works on both.
    pub fn certificate_is_free(self) -> bool {
        self == Self::PlasticCard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(label: &str, expected: TokenKind) {
        let padded = format!("{label:<32}rest of the token information");
        assert_eq!(TokenKind::from_label(padded.as_bytes()), expected, "{label}");
    }

    #[test]
    fn labels_tell_the_kind() {
        check("JPKIAPICCTOKEN2", TokenKind::PlasticCard);
        check("JPKIAPICCTOKEN", TokenKind::PlasticCard);
        check("JPKIAPGPSETOKEN", TokenKind::AndroidPhone);
        check("JPKIAPIOSTOKEN", TokenKind::IPhone);
        check("JPKIAPICCTOKEN3", TokenKind::Unknown);
        check("", TokenKind::Unknown);
    }

    #[test]
    fn a_short_answer_is_unknown_and_no_panic() {
        assert_eq!(TokenKind::from_label(b""), TokenKind::Unknown);
        assert_eq!(TokenKind::from_label(b"JPKIAPICCTOKEN2"), TokenKind::PlasticCard);
    }
}
