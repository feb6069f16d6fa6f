//! What is being entered: four digits, or the password of the signature certificate.

use super::{
    password::PasswordEntry,
    pin::PinEntry,
    talk::{Secret, SecretKind},
};

/// One of the two.
pub(super) enum SecretEntry {
    Pin(PinEntry),
    Password(PasswordEntry),
}

impl SecretEntry {
    pub(super) fn for_secret(kind: SecretKind) -> Self {
        match kind {
            SecretKind::Pin => Self::Pin(PinEntry::new()),
            SecretKind::Password => Self::Password(PasswordEntry::new()),
        }
    }

    /// Takes one character; false when it does not count.
    pub(super) fn push(&mut self, now_ms: u64, character: u8) -> bool {
        match self {
            Self::Pin(entry) => character.is_ascii_digit() && entry.push(character - b'0'),
            Self::Password(entry) => entry.push(now_ms, character),
        }
    }

    /// 訂正; false when there was nothing to take back.
    pub(super) fn take_back(&mut self) -> bool {
        match self {
            Self::Pin(entry) => {
                entry.clear();
                true
            }
            Self::Password(entry) => entry.delete(),
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        match self {
            Self::Pin(entry) => entry.is_complete(),
            Self::Password(entry) => entry.is_complete(),
        }
    }

    /// Whether nothing can follow. A password may always grow: 決定 says that it is over.
    pub(super) fn is_full_pin(&self) -> bool {
        matches!(self, Self::Pin(entry) if entry.is_complete())
    }

    /// The secret, once.
    pub(super) fn take(&mut self) -> Option<Secret> {
        match self {
            Self::Pin(entry) => entry.take().map(Secret::Pin),
            Self::Password(entry) => entry.take().map(Secret::Password),
        }
    }

    /// When the character that was typed last stops being shown.
    pub(super) fn hides_at(&self) -> Option<u64> {
        match self {
            Self::Pin(_) => None,
            Self::Password(entry) => entry.hides_at(),
        }
    }

    pub(super) fn hide(&mut self) {
        if let Self::Password(entry) = self {
            entry.hide();
        }
    }
}
