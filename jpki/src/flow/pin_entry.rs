//! Asking for a PIN: tries first, a confirmation before the last one, two wrong ones at most.

use super::{CardError, CardStep, Step};
use crate::{
    apdu::Response,
    card::{self, Scope, Scoped, TriesQuery},
    pin::CardPin,
    status::Status,
};

/// Wrong PINs one conversation grants at most, so that nobody blocks a card in one sitting.
pub const WRONG_PINS_MAX: u8 = 2;

/// The part of a conversation that is about one PIN.
pub(super) struct PinEntry<A: Scope, P> {
    file: A::File,
    /// What it means that the card has no such PIN.
    absent: CardError,
    stage: Stage<P>,
    tries_left: u8,
    wrong: u8,
}

enum Stage<P> {
    AwaitConfirmation,
    AwaitPin,
    Over,
    Query(TriesQuery),
    SelectForQuery,
    SelectForVerify(P),
    Told,
    Verify,
}

/// What is known after an answer.
pub(super) enum PinProgress<A> {
    /// Ask the resident.
    Ask,
    Send(Scoped<A>),
    /// The tries are known, the PIN was not asked for yet.
    TriesTold,
    Verified,
}

impl<A: Scope, P: CardPin> PinEntry<A, P> {
    pub(super) fn new(file: A::File, absent: CardError) -> Self {
        Self { file, absent, stage: Stage::Over, tries_left: 0, wrong: 0 }
    }

    /// Asks the card how many tries are left.
    pub(super) fn begin(&mut self) -> Scoped<A> {
        self.stage = Stage::SelectForQuery;
        card::select_file(self.file)
    }

    pub(super) fn step(&self) -> Option<CardStep> {
        match self.stage {
            Stage::SelectForQuery | Stage::SelectForVerify(_) => Some(CardStep::SelectPin),
            Stage::Query(_) => Some(CardStep::QueryTries),
            Stage::Verify => Some(CardStep::VerifyPin),
            Stage::AwaitConfirmation | Stage::AwaitPin | Stage::Told | Stage::Over => None,
        }
    }

    pub(super) fn receive(&mut self, response: &Response) -> Result<PinProgress<A>, CardError> {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::SelectForQuery if response.status == Status::NOT_FOUND => Err(self.absent),
            Stage::SelectForQuery => {
                CardStep::SelectPin.expect_ok(response)?;
                Ok(self.query(TriesQuery::FourBytes))
            }
            Stage::Query(form) => self.told(form, response),
            Stage::SelectForVerify(pin) => {
                CardStep::SelectPin.expect_ok(response)?;
                self.stage = Stage::Verify;
                Ok(PinProgress::Send(card::verify_pin(&pin)))
            }
            Stage::Verify => self.answered(response),
            Stage::AwaitConfirmation | Stage::AwaitPin | Stage::Told | Stage::Over => {
                Err(CardError::OutOfTurn)
            }
        }
    }

    fn query(&mut self, form: TriesQuery) -> PinProgress<A> {
        self.stage = Stage::Query(form);
        PinProgress::Send(card::query_tries(form))
    }

    fn told(&mut self, form: TriesQuery, response: &Response) -> Result<PinProgress<A>, CardError> {
        let status = response.status;
        if status.is_blocked() {
            return Err(CardError::Blocked { just_now: false });
        }
        if let Some(tries_left) = status.tries_left() {
            self.tries_left = tries_left;
            self.stage = Stage::Told;
            return Ok(PinProgress::TriesTold);
        }
        if status == Status::REFERENCE_NOT_FOUND {
            return Err(self.absent);
        }
        // Some readers refuse or mend commands of four bytes.
        if form == TriesQuery::FourBytes && status == Status::WRONG_LENGTH {
            return Ok(self.query(TriesQuery::FiveBytes));
        }
        Err(CardStep::QueryTries.unexpected(response))
    }

    fn answered(&mut self, response: &Response) -> Result<PinProgress<A>, CardError> {
        let status = response.status;
        if status.is_ok() {
            return Ok(PinProgress::Verified);
        }
        if status.is_blocked() {
            return Err(CardError::Blocked { just_now: true });
        }
        let Some(tries_left) = status.tries_left() else {
            return Err(CardStep::VerifyPin.unexpected(response));
        };
        self.tries_left = tries_left;
        self.wrong += 1;
        if self.wrong >= WRONG_PINS_MAX {
            return Err(CardError::WrongPin { tries_left });
        }
        Ok(PinProgress::Ask)
    }

    /// The question for the resident.
    pub(super) fn ask<T>(&mut self) -> Step<T> {
        if self.tries_left == 1 {
            self.stage = Stage::AwaitConfirmation;
            return Step::ConfirmLastTry;
        }
        self.ask_pin()
    }

    fn ask_pin<T>(&mut self) -> Step<T> {
        self.stage = Stage::AwaitPin;
        Step::NeedPin { tries_left: self.tries_left, after_wrong: self.wrong > 0 }
    }

    pub(super) fn confirm<T>(&mut self) -> Result<Step<T>, CardError> {
        match self.stage {
            Stage::AwaitConfirmation => Ok(self.ask_pin()),
            _ => Err(CardError::OutOfTurn),
        }
    }

    /// The PIN is wiped as soon as its command is made.
    pub(super) fn supply(&mut self, pin: P) -> Result<Scoped<A>, CardError> {
        match self.stage {
            Stage::AwaitPin => {
                self.stage = Stage::SelectForVerify(pin);
                Ok(card::select_file(self.file))
            }
            _ => Err(CardError::OutOfTurn),
        }
    }
}
