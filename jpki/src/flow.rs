//! Conversations with a card, one command at a time.
//!
//! A flow never talks to a reader. Call `next(None)` once, then `next(Some(answer))` for each
//! [`Step::Send`]. When it asks for a PIN or a confirmation, answer with `supply_pin` or
//! `confirm_last_try`; both return the next step. [`Step::Done`] and [`Step::Failed`] end it. A
//! card that is pulled is not the flow's matter: drop the flow.
//!
//! After a flow ended, in whatever way, reset the card or send [`crate::card::end_session`]:
//! otherwise another program could sign with the PIN still verified.

pub mod attributes;
pub mod authenticate;
pub mod certificate;
pub mod identify;
pub mod inspect;
mod pin_entry;
pub mod touch;

use std::marker::PhantomData;

use crate::{
    apdu::{ApduError, Command, Exchange, Response, Turn},
    card::Scoped,
    status::Status,
};

/// What the caller does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<T> {
    /// One try is left: ask the resident whether to go on, then call `confirm_last_try`.
    ConfirmLastTry,
    /// The conversation ended well.
    Done(T),
    /// The conversation ended.
    Failed(CardError),
    /// Ask for the PIN, then call `supply_pin`.
    NeedPin {
        /// Tries the card still grants.
        tries_left: u8,
        /// The PIN given just before was wrong.
        after_wrong: bool,
    },
    /// Send this to the card and come back with its answer.
    Send(Command),
}

/// Why a conversation with a card ended, in the words of the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CardError {
    /// No try is left, or no PIN was ever set: a card for face authentication only (顔認証マイナ
    /// ンバーカード) answers alike, so one screen must explain both. Only the municipal office can
    /// unblock it.
    #[error("the PIN is blocked or was never set")]
    Blocked {
        /// The PIN given in this conversation used up the last try.
        just_now: bool,
    },
    /// The answer breaks the card's own format.
    #[error("the card's answer to {step:?} is malformed")]
    Malformed {
        /// Where.
        step: CardStep,
    },
    /// A phone hands out its certificate only after the PIN.
    #[error("this token shows its certificate only after the PIN")]
    NeedsPin,
    /// The card holds no auth certificate.
    #[error("the card holds no auth certificate")]
    NoCertificate,
    /// The card holds no signature certificate: a child's card, one for face authentication only,
    /// or one whose holder never wanted it.
    #[error("the card holds no signature certificate")]
    NoSignatureCertificate,
    /// Another kind of card.
    #[error("this is not a My Number card")]
    NotMyNumberCard,
    /// `next` was called without an answer to the last command, or after the end.
    #[error("the caller answered out of turn")]
    OutOfTurn,
    /// The card refused in a way that no rule covers.
    #[error("the card answered {status} to {step:?}")]
    Unexpected {
        /// Where.
        step: CardStep,
        /// Its status.
        status: Status,
    },
    /// Wrong PIN, and this conversation grants no further try although the card does.
    #[error("wrong PIN, {tries_left} tries left")]
    WrongPin {
        /// Tries the card still grants.
        tries_left: u8,
    },
}

/// Steps of a conversation, for logs and support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardStep {
    /// Asking for the tries left.
    QueryTries,
    /// Reading name, address, birth date and sex.
    ReadAttributes,
    /// Reading which certificates there are.
    ReadAvailability,
    /// Reading the certificate.
    ReadCertificate,
    /// Reading the token information.
    ReadToken,
    /// Selecting the application.
    SelectApplication,
    /// Selecting name, address, birth date and sex.
    SelectAttributes,
    /// Selecting the list of certificates.
    SelectAvailability,
    /// Selecting the certificate.
    SelectCertificate,
    /// Selecting the key.
    SelectKey,
    /// Selecting the PIN.
    SelectPin,
    /// Selecting the token information.
    SelectToken,
    /// Signing.
    Sign,
    /// Verifying the PIN.
    VerifyPin,
}

impl CardStep {
    fn unexpected(self, response: &Response) -> CardError {
        CardError::Unexpected { step: self, status: response.status }
    }

    fn expect_ok(self, response: &Response) -> Result<(), CardError> {
        if response.status.is_ok() {
            return Ok(());
        }
        Err(self.unexpected(response))
    }

    fn malformed(self) -> CardError {
        CardError::Malformed { step: self }
    }
}

/// What a part of a flow does after an answer.
enum Progress<T, A> {
    Done(T),
    Send(Scoped<A>),
}

/// A conversation with one application: the command on its way, if any, and the answers collected
/// for it. Commands to another application cannot be given to it.
struct Dialogue<A> {
    exchange: Option<Exchange>,
    within: PhantomData<fn() -> A>,
}

impl<A> Default for Dialogue<A> {
    fn default() -> Self {
        Self { exchange: None, within: PhantomData }
    }
}

impl<A> Dialogue<A> {
    fn send<T>(&mut self, command: Scoped<A>) -> Step<T> {
        let command = command.into_command();
        self.exchange = Some(Exchange::of(&command));
        Step::Send(command)
    }

    /// The whole answer, or the command that continues it.
    fn receive(&mut self, bytes: &[u8], step: CardStep) -> Result<Turn, CardError> {
        let exchange = self.exchange.as_mut().ok_or(CardError::OutOfTurn)?;
        let turn = exchange.receive(bytes).map_err(|error| match error {
            ApduError::BadCommandLength
            | ApduError::EndlessResponse
            | ApduError::ResponseTooLong
            | ApduError::ResponseTooShort => step.malformed(),
        })?;
        if matches!(turn, Turn::Complete(_)) {
            self.exchange = None;
        }
        Ok(turn)
    }
}
