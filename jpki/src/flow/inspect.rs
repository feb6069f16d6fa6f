//! What kind of card is it, and what can it do? For the office desk and for support: no PIN is asked
//! and no try is used.

use std::mem;

use super::{CardError, CardStep, Dialogue, Progress, Step, identify::Identify};
use crate::{
    apdu::{Response, Turn},
    card::{self, Jpki, JpkiFile, Scoped, TriesQuery},
    status::Status,
    token::TokenKind,
};

/// Mark of a certificate that is there, in the list of certificates.
const PRESENT: u8 = 0x8F;
const AVAILABILITY_LEN: u16 = 3;

/// Certificates on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Certificates {
    /// 署名用電子証明書.
    pub signature: bool,
    /// 利用者証明用電子証明書.
    pub authentication: bool,
}

/// What a card is and can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardState {
    /// Card or phone.
    pub token: TokenKind,
    /// Its certificates, if it says.
    pub certificates: Option<Certificates>,
    /// Tries of the auth PIN; none when there is no such PIN.
    pub auth_tries: Option<u8>,
    /// Tries of the signature password; none when there is no such password.
    pub sign_tries: Option<u8>,
}

impl CardState {
    /// A blocked auth PIN without a signature certificate: most likely 顔認証マイナンバーカード, which
    /// has no PIN at all, or a child's card that is blocked. Both need the municipal office.
    pub fn may_be_face_only(&self) -> bool {
        self.auth_tries == Some(0) && self.certificates.is_some_and(|found| !found.signature)
    }
}

/// Reads the list of certificates; a card without one is told as none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Availability {
    Reading,
    Selecting,
}

impl Availability {
    pub(super) fn start() -> (Self, Scoped<Jpki>) {
        (Self::Selecting, card::select_file(JpkiFile::Availability))
    }

    pub(super) fn step(self) -> CardStep {
        match self {
            Self::Reading => CardStep::ReadAvailability,
            Self::Selecting => CardStep::SelectAvailability,
        }
    }

    pub(super) fn receive(
        &mut self,
        response: &Response,
    ) -> Result<Progress<Option<Certificates>, Jpki>, CardError> {
        match self {
            Self::Selecting if response.status == Status::NOT_FOUND => Ok(Progress::Done(None)),
            Self::Selecting => {
                self.step().expect_ok(response)?;
                *self = Self::Reading;
                Ok(Progress::Send(card::read_binary(0, AVAILABILITY_LEN)))
            }
            Self::Reading => {
                self.step().expect_ok(response)?;
                let [signature, authentication, ..] = response.data[..] else {
                    return Err(self.step().malformed());
                };
                Ok(Progress::Done(Some(Certificates {
                    signature: signature == PRESENT,
                    authentication: authentication == PRESENT,
                })))
            }
        }
    }
}

/// Looks at a card.
pub struct InspectFlow {
    stage: Stage,
    dialogue: Dialogue<Jpki>,
    state: CardState,
}

enum Stage {
    Availability(Availability),
    Identify(Identify),
    Over,
    Query(Pin, TriesQuery),
    SelectPin(Pin),
    Start,
}

#[derive(Clone, Copy)]
enum Pin {
    Auth,
    Sign,
}

impl Pin {
    fn file(self) -> JpkiFile {
        match self {
            Self::Auth => JpkiFile::AuthPin,
            Self::Sign => JpkiFile::SignPin,
        }
    }
}

type Outcome = Result<Step<CardState>, CardError>;

impl Default for InspectFlow {
    fn default() -> Self {
        Self::new()
    }
}

impl InspectFlow {
    /// Ready for `next(None)`.
    pub fn new() -> Self {
        let state = CardState {
            token: TokenKind::Unknown,
            certificates: None,
            auth_tries: None,
            sign_tries: None,
        };
        Self { stage: Stage::Start, dialogue: Dialogue::default(), state }
    }

    /// Takes the answer to the last command (none at the start) and says what to do. It never asks
    /// for a PIN.
    pub fn next(&mut self, response: Option<&[u8]>) -> Step<CardState> {
        let outcome = match response {
            None => self.begin(),
            Some(bytes) => self.receive(bytes),
        };
        outcome.unwrap_or_else(|error| {
            self.stage = Stage::Over;
            Step::Failed(error)
        })
    }

    fn begin(&mut self) -> Outcome {
        if !matches!(self.stage, Stage::Start) {
            return Err(CardError::OutOfTurn);
        }
        let (identify, command) = Identify::start();
        Ok(self.go(Stage::Identify(identify), command))
    }

    fn go(&mut self, stage: Stage, command: Scoped<Jpki>) -> Step<CardState> {
        self.stage = stage;
        self.dialogue.send(command)
    }

    fn receive(&mut self, bytes: &[u8]) -> Outcome {
        let step = match &self.stage {
            Stage::Availability(availability) => availability.step(),
            Stage::Identify(identify) => identify.step(),
            Stage::Query(..) => CardStep::QueryTries,
            Stage::SelectPin(_) => CardStep::SelectPin,
            Stage::Start | Stage::Over => return Err(CardError::OutOfTurn),
        };
        match self.dialogue.receive(bytes, step)? {
            Turn::Send(command) => Ok(Step::Send(command)),
            Turn::Complete(response) => self.advance(&response),
        }
    }

    fn advance(&mut self, response: &Response) -> Outcome {
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Identify(mut identify) => match identify.receive(response)? {
                Progress::Send(command) => Ok(self.go(Stage::Identify(identify), command)),
                Progress::Done(token) => {
                    self.state.token = token;
                    let (availability, command) = Availability::start();
                    Ok(self.go(Stage::Availability(availability), command))
                }
            },
            Stage::Availability(mut availability) => match availability.receive(response)? {
                Progress::Send(command) => Ok(self.go(Stage::Availability(availability), command)),
                Progress::Done(certificates) => {
                    self.state.certificates = certificates;
                    Ok(self.select(Pin::Auth))
                }
            },
            Stage::SelectPin(pin) if response.status == Status::NOT_FOUND => {
                Ok(self.told(pin, None))
            }
            Stage::SelectPin(pin) => {
                CardStep::SelectPin.expect_ok(response)?;
                Ok(self.query(pin, TriesQuery::FourBytes))
            }
            Stage::Query(pin, form) => self.answered(pin, form, response),
            Stage::Start | Stage::Over => Err(CardError::OutOfTurn),
        }
    }

    fn select(&mut self, pin: Pin) -> Step<CardState> {
        self.go(Stage::SelectPin(pin), card::select_file(pin.file()))
    }

    fn query(&mut self, pin: Pin, form: TriesQuery) -> Step<CardState> {
        self.go(Stage::Query(pin, form), card::query_tries(form))
    }

    fn answered(&mut self, pin: Pin, form: TriesQuery, response: &Response) -> Outcome {
        let status = response.status;
        if form == TriesQuery::FourBytes && status == Status::WRONG_LENGTH {
            return Ok(self.query(pin, TriesQuery::FiveBytes));
        }
        if status.is_blocked() {
            return Ok(self.told(pin, Some(0)));
        }
        match status.tries_left() {
            Some(tries) => Ok(self.told(pin, Some(tries))),
            None if status == Status::REFERENCE_NOT_FOUND => Ok(self.told(pin, None)),
            None => Err(CardStep::QueryTries.unexpected(response)),
        }
    }

    fn told(&mut self, pin: Pin, tries: Option<u8>) -> Step<CardState> {
        match pin {
            Pin::Auth => {
                self.state.auth_tries = tries;
                self.select(Pin::Sign)
            }
            Pin::Sign => {
                self.state.sign_tries = tries;
                Step::Done(self.state)
            }
        }
    }
}

impl std::fmt::Debug for InspectFlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InspectFlow({:?})", self.state.token)
    }
}
