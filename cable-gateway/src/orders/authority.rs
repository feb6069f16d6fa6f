//! Who may order what: the two-person rule.

use evacuation::{
    hazard::Level,
    order::{Act, Mode},
};

use super::{OrderDraft, OrderError};

/// On whose word an order goes out. Officers are named by their staff id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// One officer; enough for level 3, drills and tests.
    OneOfficer {
        /// Who wrote it.
        author: String,
    },
    /// Two different officers.
    TwoOfficers {
        /// Who wrote it.
        author: String,
        /// Who confirmed it.
        confirmer: String,
    },
    /// One officer alone in an emergency: tsunami and level 5 only. The use is written into the
    /// audit log of its own accord, so that the second officer can look at it afterwards.
    Emergency {
        /// Who ordered.
        officer: String,
    },
}

impl Authority {
    /// Who wrote the order.
    pub fn author(&self) -> &str {
        match self {
            Self::OneOfficer { author } | Self::TwoOfficers { author, .. } => author,
            Self::Emergency { officer } => officer,
        }
    }

    /// Who confirmed it, when somebody did.
    pub fn confirmer(&self) -> Option<&str> {
        match self {
            Self::TwoOfficers { confirmer, .. } => Some(confirmer),
            _ => None,
        }
    }

    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OneOfficer { .. } => "one-officer",
            Self::TwoOfficers { .. } => "two-officers",
            Self::Emergency { .. } => "emergency",
        }
    }
}

/// Whether a second officer is needed for this draft alone. The console asks this early; the desk
/// asks again, together with the orders that the draft refers to.
pub fn needs_confirmation(draft: &OrderDraft) -> bool {
    draft.mode == Mode::Actual && is_grave(draft.level)
}

/// Checks the authority for a draft that refers to orders of the given levels.
pub(super) fn check(
    draft: &OrderDraft,
    referenced: &[Option<Level>],
    authority: &Authority,
) -> Result<(), OrderError> {
    if authority.author().trim().is_empty() {
        return Err(OrderError::NoAuthor);
    }
    if authority.confirmer().is_some_and(|name| name == authority.author() || name.is_empty()) {
        return Err(OrderError::ConfirmedByAuthor);
    }
    let grave = needs_confirmation(draft)
        || draft.mode == Mode::Actual && referenced.iter().copied().any(is_grave);
    match authority {
        Authority::OneOfficer { .. } if grave => Err(OrderError::ConfirmationMissing),
        Authority::Emergency { .. } if !is_emergency(draft) => Err(OrderError::NoEmergency),
        Authority::OneOfficer { .. }
        | Authority::TwoOfficers { .. }
        | Authority::Emergency { .. } => Ok(()),
    }
}

/// Levels 4 and 5, and tsunami, which has no level.
fn is_grave(level: Option<Level>) -> bool {
    level != Some(Level::Three)
}

/// What may save lives when it is sent at once. Ending an order never does.
fn is_emergency(draft: &OrderDraft) -> bool {
    matches!(draft.level, None | Some(Level::Five)) && matches!(draft.act, Act::Issue | Act::Update)
}
