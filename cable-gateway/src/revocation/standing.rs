//! What was known about a certificate's revocation when it was used, as it is kept and told:
//! one word and the age of the source, never a reason (invariant 5).

use jpki::revocation::RevocationStatus;

use crate::store::{Row, StoreError};

/// State at the time of use. A revoked certificate opens nothing, so there is no word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    word: Word,
    source_at_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Good,
    Stale,
    Unknown,
}

impl Standing {
    /// What follows from an accepted status.
    pub(crate) fn of(status: RevocationStatus) -> Self {
        let word = match status {
            RevocationStatus::Good { .. } => Word::Good,
            RevocationStatus::Stale { .. } => Word::Stale,
            RevocationStatus::Revoked { .. } | RevocationStatus::Unknown => Word::Unknown,
        };
        let source_at_ms = status.source_updated_at().map(|at| at.saturating_mul(1000));
        Self { word, source_at_ms }
    }

    /// The word, as kept and as told to services.
    pub fn code(self) -> &'static str {
        match self.word {
            Word::Good => "good",
            Word::Stale => "stale",
            Word::Unknown => "unknown",
        }
    }

    /// The word when a service has to be told that the certificate was accepted in doubt.
    pub(crate) fn flag(self) -> Option<&'static str> {
        (self.word != Word::Good).then(|| self.code())
    }

    /// When the source was made, Unix milliseconds.
    pub(crate) fn source_at_ms(self) -> Option<i64> {
        self.source_at_ms
    }

    /// Reads the columns `revocation` and `revocation_source_at_ms`.
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let text: String = row.get("revocation")?;
        let source_at_ms = row.get("revocation_source_at_ms")?;
        Ok(Self { word: word(&text)?, source_at_ms })
    }
}

fn word(text: &str) -> Result<Word, StoreError> {
    match text {
        "good" => Ok(Word::Good),
        "stale" => Ok(Word::Stale),
        "unknown" => Ok(Word::Unknown),
        _ => Err(StoreError::Column { column: "revocation" }),
    }
}
