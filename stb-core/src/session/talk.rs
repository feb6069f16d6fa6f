//! The conversation that proves a person: with the four digits of a login, or with the password of
//! the signature certificate.

use gateway_api::login::{AssuranceLevel, SIGNATURE_DOCUMENT};
use jpki::{
    flow::{
        CardStep, Step,
        authenticate::{AuthenticateFlow, CardSignature, DocumentFlow},
    },
    pin::{AuthPin, SignPassword},
    tbs::{DocumentTbs, LoginParts, LoginTbs},
    token::TokenKind,
};

use super::trouble::Tries;

/// A conversation with one of the two keys.
pub(super) enum Talk {
    Pin(Box<AuthenticateFlow>),
    Password(Box<DocumentFlow>),
}

/// Which secret a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretKind {
    Pin,
    Password,
}

/// What the person entered, on its way to the card.
pub(super) enum Secret {
    Pin(AuthPin),
    Password(SignPassword),
}

impl Talk {
    /// The conversation for this level; none when the parts cannot be bound.
    pub(super) fn begin(
        level: AssuranceLevel,
        parts: LoginParts<'_>,
    ) -> Option<(Self, Step<CardSignature>)> {
        if level == AssuranceLevel::L3 {
            let digest = DocumentTbs::new(parts, SIGNATURE_DOCUMENT).ok()?.digest();
            let mut flow = Box::new(DocumentFlow::new(digest));
            let step = flow.next(None);
            return Some((Self::Password(flow), step));
        }
        let mut flow = Box::new(AuthenticateFlow::new(LoginTbs::new(parts).ok()?.digest()));
        let step = flow.next(None);
        Some((Self::Pin(flow), step))
    }

    pub(super) fn next(&mut self, answer: Option<&[u8]>) -> Step<CardSignature> {
        match self {
            Self::Pin(flow) => flow.next(answer),
            Self::Password(flow) => flow.next(answer),
        }
    }

    pub(super) fn confirm_last_try(&mut self) -> Step<CardSignature> {
        match self {
            Self::Pin(flow) => flow.confirm_last_try(),
            Self::Password(flow) => flow.confirm_last_try(),
        }
    }

    /// None for a secret that this key does not take; nothing is sent then.
    pub(super) fn supply(&mut self, secret: Secret) -> Option<Step<CardSignature>> {
        match (self, secret) {
            (Self::Pin(flow), Secret::Pin(pin)) => Some(flow.supply_pin(pin)),
            (Self::Password(flow), Secret::Password(password)) => Some(flow.supply_pin(password)),
            _ => None,
        }
    }

    pub(super) const fn secret(&self) -> SecretKind {
        match self {
            Self::Pin(_) => SecretKind::Pin,
            Self::Password(_) => SecretKind::Password,
        }
    }

    /// Card or phone, as far as it is known by now.
    pub(super) fn token(&self) -> TokenKind {
        match self {
            Self::Pin(flow) => flow.token(),
            Self::Password(flow) => flow.token(),
        }
    }

    /// A conversation broke after the secret was given: only while the card checks it it may have
    /// counted without saying so. A right one sets the counter back.
    pub(super) fn tries_at_break(&self) -> Tries {
        let step = match self {
            Self::Pin(flow) => flow.step(),
            Self::Password(flow) => flow.step(),
        };
        match step {
            Some(CardStep::VerifyPin) => Tries::Unknown,
            _ => Tries::NotUsed,
        }
    }
}
