//! What a card is asked for; the resident sees it before any PIN.

use gateway_api::login::{AssuranceLevel, LoginRequest};

use crate::phrase::{Phrase, say};

/// The town's own services, as relying party of a login.
const TOWN_SERVICES: &str = "town-services";

/// Why the card is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A card was put in without a word: a greeting, and the daily question if it is open.
    Greeting,
    /// The daily question, asked for on the home page.
    CheckIn,
    /// The town's services.
    Login,
    /// Who looked at my data.
    AccessLog,
}

impl Purpose {
    /// The least level that serves the purpose (design decision 6).
    pub(crate) const fn level(self) -> AssuranceLevel {
        match self {
            Self::Greeting | Self::CheckIn => AssuranceLevel::L1,
            Self::Login | Self::AccessLog => AssuranceLevel::L2,
        }
    }

    /// Whether somebody waits for it in front of a page.
    pub(crate) const fn has_page(self) -> bool {
        !matches!(self, Self::Greeting)
    }

    /// Service and purpose in words.
    pub(crate) fn words(self) -> Phrase {
        match self {
            Self::Greeting | Self::CheckIn => say::purpose_check_in(),
            Self::Login => say::purpose_login(),
            Self::AccessLog => say::purpose_access_log(),
        }
    }

    /// The same for the gateway; part of the bytes that the card signs.
    pub(crate) fn request(self) -> LoginRequest {
        let purpose = match self {
            Self::Greeting | Self::CheckIn => "check-in",
            Self::Login => "login",
            Self::AccessLog => "access-log",
        };
        LoginRequest { relying_party: TOWN_SERVICES.to_owned(), purpose: purpose.to_owned() }
    }
}
