//! Everything that can go wrong between card and greeting: one sentence, one action, and whether a
//! try of the PIN was used.

use gateway_api::problem::ProblemCode;
use jpki::flow::{CardError, CardStep};

use crate::{
    event::{CardIo, ReaderState},
    phrase::{Phrase, say},
    view::Icon,
};

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) cause: Cause,
    pub(crate) tries: Tries,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    ServiceDown,
    NoReader,
    ReaderGone,
    CardMute,
    Busy,
    Removed,
    Transmission,
    WrongCard,
    NoCertificate,
    Unreadable,
    Blocked,
    WrongPins,
    EntryTimedOut,
    LoginTimedOut,
    Expired,
    Revoked,
    CardRefused,
    PersonUnknown,
    OtherHousehold,
    RevocationUnknown,
    Overloaded,
    BoxRefused,
    GatewayFailed,
    Unreachable,
    NoSignatureCertificate,
    PasswordBlocked,
    WrongPasswords,
    PasswordTimedOut,
    LinkRefused,
    LinkUnknown,
    RecordDiffers,
}

/// What happened to the tries of the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tries {
    /// No PIN is asked for here.
    NotConcerned,
    /// None was used.
    NotUsed,
    /// One may have been used: the card left before it answered.
    Unknown,
    /// Used; this many are left.
    Left(u8),
}

/// What the one button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Try the same again.
    Retry,
    /// Put a card in; it goes on by itself.
    Insert,
    /// Nothing to be done here.
    Leave,
}

impl Cause {
    pub(crate) const fn of_reader(state: ReaderState) -> Option<Self> {
        match state {
            ReaderState::ServiceDown => Some(Self::ServiceDown),
            ReaderState::NoReader => Some(Self::NoReader),
            ReaderState::CardMute => Some(Self::CardMute),
            ReaderState::Busy => Some(Self::Busy),
            ReaderState::Empty | ReaderState::CardPresent => None,
        }
    }

    pub(crate) const fn of_io(io: CardIo) -> Self {
        match io {
            CardIo::Removed => Self::Removed,
            CardIo::ReaderGone => Self::ReaderGone,
            CardIo::ServiceDown => Self::ServiceDown,
            CardIo::Busy => Self::Busy,
            CardIo::Transmission => Self::Transmission,
        }
    }

    pub(crate) const fn of_card(error: CardError) -> Self {
        match error {
            CardError::Blocked { .. } => Self::Blocked,
            CardError::NotMyNumberCard => Self::WrongCard,
            CardError::NoCertificate => Self::NoCertificate,
            CardError::NoSignatureCertificate => Self::NoSignatureCertificate,
            CardError::WrongPin { .. } => Self::WrongPins,
            CardError::Malformed { .. }
            | CardError::NeedsPin
            | CardError::OutOfTurn
            | CardError::Unexpected { .. } => Self::Unreadable,
        }
    }

    pub(crate) const fn of_gateway(code: ProblemCode) -> Self {
        match code {
            ProblemCode::CertificateExpired => Self::Expired,
            ProblemCode::CertificateRevoked => Self::Revoked,
            ProblemCode::CertificateRefused | ProblemCode::SignatureRefused => Self::CardRefused,
            ProblemCode::PersonUnknown => Self::PersonUnknown,
            ProblemCode::OtherHousehold => Self::OtherHousehold,
            ProblemCode::NonceRefused => Self::LoginTimedOut,
            ProblemCode::RevocationUnknown => Self::RevocationUnknown,
            ProblemCode::TooManyRequests => Self::Overloaded,
            ProblemCode::DeviceRefused | ProblemCode::DeviceStopped | ProblemCode::CodeRefused => {
                Self::BoxRefused
            }
            ProblemCode::BadRequest
            | ProblemCode::Internal
            | ProblemCode::SessionRefused
            | ProblemCode::Unknown => Self::GatewayFailed,
        }
    }

    /// The same where the card was to be linked.
    pub(crate) const fn of_link(code: ProblemCode) -> Self {
        match code {
            // It is linked to somebody else, or was stopped, or is no card of this kind.
            ProblemCode::CertificateRefused | ProblemCode::PersonUnknown => Self::LinkRefused,
            _ => Self::of_gateway(code),
        }
    }

    /// The same where the password of the signature certificate was asked for.
    pub(crate) const fn of_password(self) -> Self {
        match self {
            Self::Blocked => Self::PasswordBlocked,
            Self::WrongPins => Self::WrongPasswords,
            Self::EntryTimedOut => Self::PasswordTimedOut,
            // The certificate says who signs: linking the card would change nothing.
            Self::PersonUnknown => Self::RecordDiffers,
            other => other,
        }
    }

    /// Cause in one sentence.
    pub(crate) fn sentence(self) -> Phrase {
        match self {
            Self::ServiceDown => say::trouble_service_down(),
            Self::NoReader => say::trouble_no_reader(),
            Self::ReaderGone => say::trouble_reader_gone(),
            Self::CardMute => say::trouble_card_mute(),
            Self::Busy => say::trouble_busy(),
            Self::Removed => say::trouble_removed(),
            Self::Transmission => say::trouble_transmission(),
            Self::WrongCard => say::trouble_wrong_card(),
            Self::NoCertificate => say::trouble_no_certificate(),
            Self::Unreadable => say::trouble_unreadable(),
            Self::Blocked => say::trouble_blocked(),
            Self::WrongPins => say::trouble_wrong_pins(),
            Self::EntryTimedOut => say::trouble_entry_timed_out(),
            Self::LoginTimedOut => say::trouble_login_timed_out(),
            Self::Expired => say::trouble_expired(),
            Self::Revoked => say::trouble_revoked(),
            Self::CardRefused => say::trouble_card_refused(),
            Self::PersonUnknown => say::trouble_person_unknown(),
            Self::OtherHousehold => say::trouble_other_household(),
            Self::RevocationUnknown => say::trouble_revocation_unknown(),
            Self::Overloaded => say::trouble_overloaded(),
            Self::BoxRefused => say::trouble_box_refused(),
            Self::GatewayFailed => say::trouble_gateway_failed(),
            Self::Unreachable => say::trouble_unreachable(),
            Self::NoSignatureCertificate => say::trouble_no_signature(),
            Self::PasswordBlocked => say::trouble_password_blocked(),
            Self::WrongPasswords => say::trouble_wrong_passwords(),
            Self::PasswordTimedOut => say::trouble_password_timed_out(),
            Self::LinkRefused => say::trouble_link_refused(),
            Self::LinkUnknown => say::trouble_link_unknown(),
            Self::RecordDiffers => say::trouble_record_differs(),
        }
    }

    /// What to do, in one sentence.
    pub(crate) fn action(self) -> Phrase {
        match self {
            Self::ServiceDown | Self::BoxRefused => say::action_call_operator(),
            Self::NoReader | Self::ReaderGone => say::action_plug_reader(),
            Self::CardMute => say::action_turn_card(),
            Self::Busy | Self::Overloaded | Self::GatewayFailed | Self::Unreachable => {
                say::action_wait_and_retry()
            }
            Self::RevocationUnknown => say::action_retry_later(),
            Self::Removed => say::action_insert_again(),
            Self::Transmission | Self::Unreadable => say::action_reinsert(),
            Self::WrongCard => say::action_insert_my_number_card(),
            Self::NoCertificate
            | Self::Expired
            | Self::CardRefused
            | Self::LinkRefused
            | Self::LinkUnknown
            | Self::RecordDiffers => say::action_ask_town_office(),
            Self::Revoked => say::action_newer_card(),
            Self::NoSignatureCertificate => say::action_no_signature(),
            Self::PasswordBlocked => say::action_password_blocked(),
            Self::WrongPasswords => say::action_check_password(),
            Self::Blocked => say::action_blocked(),
            Self::WrongPins => say::action_check_pin(),
            Self::EntryTimedOut | Self::PasswordTimedOut | Self::LoginTimedOut => {
                say::action_retry()
            }
            Self::PersonUnknown => say::action_register(),
            Self::OtherHousehold => say::action_log_in_with_pin(),
        }
    }

    /// Whether the card itself is the cause, so that waiting does not help.
    pub(crate) const fn lies_in_the_card(self) -> bool {
        matches!(
            self,
            Self::WrongCard
                | Self::NoCertificate
                | Self::Expired
                | Self::Revoked
                | Self::CardRefused
                | Self::PersonUnknown
        )
    }

    pub(crate) const fn remedy(self) -> Remedy {
        match self {
            Self::NoReader
            | Self::ReaderGone
            | Self::CardMute
            | Self::Removed
            | Self::Transmission
            | Self::Unreadable
            | Self::Revoked
            | Self::WrongCard => Remedy::Insert,
            Self::Busy
            | Self::EntryTimedOut
            | Self::PasswordTimedOut
            | Self::LoginTimedOut
            | Self::RevocationUnknown
            | Self::Overloaded
            | Self::GatewayFailed
            | Self::Unreachable => Remedy::Retry,
            Self::ServiceDown
            | Self::NoCertificate
            | Self::Blocked
            | Self::WrongPins
            | Self::Expired
            | Self::CardRefused
            | Self::PersonUnknown
            | Self::OtherHousehold
            | Self::BoxRefused
            | Self::NoSignatureCertificate
            | Self::PasswordBlocked
            | Self::WrongPasswords
            | Self::LinkRefused
            | Self::LinkUnknown
            | Self::RecordDiffers => Remedy::Leave,
        }
    }

    pub(crate) const fn icon(self) -> Icon {
        match self {
            Self::ServiceDown | Self::NoReader | Self::ReaderGone | Self::Busy => Icon::Reader,
            Self::CardMute | Self::Removed | Self::WrongCard => Icon::CardInsert,
            Self::Transmission
            | Self::Unreadable
            | Self::OtherHousehold
            | Self::PersonUnknown
            | Self::LinkRefused
            | Self::RecordDiffers => Icon::Card,
            Self::NoSignatureCertificate
            | Self::PasswordBlocked
            | Self::WrongPasswords
            | Self::Blocked
            | Self::WrongPins
            | Self::NoCertificate
            | Self::Expired
            | Self::Revoked
            | Self::CardRefused => Icon::CardBlocked,
            Self::EntryTimedOut
            | Self::PasswordTimedOut
            | Self::LoginTimedOut
            | Self::RevocationUnknown
            | Self::Overloaded => Icon::Clock,
            // No telephone: there is no number to show with it.
            Self::BoxRefused | Self::GatewayFailed | Self::Unreachable | Self::LinkUnknown => {
                Icon::Warning
            }
        }
    }
}

impl Tries {
    /// What a card's own error says about its tries.
    pub(crate) const fn of_card(error: CardError) -> Self {
        match error {
            CardError::Blocked { just_now: true } => Self::Left(0),
            CardError::WrongPin { tries_left } => Self::Left(tries_left),
            // The blocked screen itself says that no try is left.
            CardError::Blocked { just_now: false } => Self::NotConcerned,
            CardError::Malformed { step: CardStep::VerifyPin }
            | CardError::Unexpected { step: CardStep::VerifyPin, .. } => Self::Unknown,
            _ => Self::NotUsed,
        }
    }

    pub(crate) fn sentence(self) -> Option<Phrase> {
        match self {
            Self::NotConcerned => None,
            Self::NotUsed => Some(say::tries_not_used()),
            Self::Unknown => Some(say::tries_unknown()),
            Self::Left(0) => Some(say::tries_none_left()),
            Self::Left(left) => Some(say::tries_left(left.into())),
        }
    }

    /// The same about the password of the signature certificate.
    pub(crate) fn password_sentence(self) -> Option<Phrase> {
        match self {
            Self::NotConcerned => None,
            Self::NotUsed => Some(say::password_tries_not_used()),
            Self::Unknown => Some(say::password_tries_unknown()),
            Self::Left(0) => Some(say::password_tries_none_left()),
            Self::Left(left) => Some(say::password_tries_left(left.into())),
        }
    }
}
