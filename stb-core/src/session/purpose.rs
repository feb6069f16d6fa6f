//! What a card is asked for; the resident sees it before any PIN.

use gateway_api::{
    card::LINK_PURPOSE,
    login::{AssuranceLevel, LoginRequest},
};

use crate::{
    phrase::{Phrase, say},
    service::LetterCode,
};

/// Version of the words on the pages that ask whether a card shall be linked.
pub(crate) const LINK_CONSENT_VERSION: &str = "tv-2026-11";
/// Version of the words on the pages that ask whether to answer with the signature certificate.
pub(crate) const SIGNATURE_CONSENT_VERSION: &str = "tv-signature-2026-11";
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
    /// What I allow to services.
    Consents,
    /// A yes to a service, with this level; see [`Errand`].
    Service(AssuranceLevel),
    /// The card itself is to be linked to a person of this home.
    LinkCard,
}

/// What one card operation is for, where the purpose alone does not say it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Errand {
    /// Part of the bytes that the card signs.
    pub(crate) request: LoginRequest,
    /// The same in words.
    pub(crate) words: Phrase,
    /// Whose the card is said to be, when it is to be linked.
    pub(crate) link: Option<LinkWish>,
}

/// Whose card it is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkWish {
    pub(crate) resident_id: String,
    pub(crate) code: Option<LetterCode>,
    pub(crate) consent_version: &'static str,
}

impl Errand {
    /// Links the card.
    pub(crate) fn link(wish: LinkWish) -> Self {
        let purpose = Purpose::LinkCard;
        Self { request: purpose.request(), words: purpose.words(), link: Some(wish) }
    }
}

impl Purpose {
    /// The least level that serves the purpose (design decision 6).
    pub(crate) const fn level(self) -> AssuranceLevel {
        match self {
            Self::Greeting | Self::CheckIn => AssuranceLevel::L1,
            Self::Login | Self::AccessLog | Self::Consents | Self::LinkCard => AssuranceLevel::L2,
            Self::Service(level) => level,
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
            Self::Consents => say::purpose_consents(),
            Self::Service(_) => say::purpose_any_service(),
            Self::LinkCard => say::purpose_link_card(),
        }
    }

    /// The same for the gateway; part of the bytes that the card signs.
    pub(crate) fn request(self) -> LoginRequest {
        let purpose = match self {
            Self::Greeting | Self::CheckIn => "check-in",
            Self::Login => "login",
            Self::AccessLog => "access-log",
            Self::Consents => "service-consents",
            // The errand names service and request.
            Self::Service(_) => "service",
            Self::LinkCard => LINK_PURPOSE,
        };
        LoginRequest { relying_party: TOWN_SERVICES.to_owned(), purpose: purpose.to_owned() }
    }
}
