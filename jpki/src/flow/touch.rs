//! A card is inserted: who could this be? No PIN is asked.

use std::mem;

use super::{
    CardError, CardStep, Dialogue, Progress, Step, certificate::ReadCertificate, identify::Identify,
};
use crate::{
    apdu::{Response, Turn},
    card::Jpki,
    token::TokenKind,
};

/// What a touched card shows.
#[derive(Clone, PartialEq, Eq)]
pub struct TouchedCard {
    /// Plastic card, or a token that shows its certificate as freely.
    pub token: TokenKind,
    /// Auth certificate, DER.
    pub certificate_der: Vec<u8>,
}

/// Shows no certificate: it is personal.
impl std::fmt::Debug for TouchedCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let len = self.certificate_der.len();
        write!(f, "TouchedCard({:?}, {len} bytes)", self.token)
    }
}

/// Reads the auth certificate without PIN.
pub struct TouchFlow {
    stage: Stage,
    dialogue: Dialogue<Jpki>,
}

enum Stage {
    Identify(Identify),
    Over,
    Read(TokenKind, ReadCertificate),
    Start,
}

impl Default for TouchFlow {
    fn default() -> Self {
        Self::new()
    }
}

impl TouchFlow {
    /// Ready for `next(None)`.
    pub fn new() -> Self {
        Self { stage: Stage::Start, dialogue: Dialogue::default() }
    }

    /// Takes the answer to the last command (none at the start) and says what to do.
    ///
    /// [`Step::NeedPin`] and [`Step::ConfirmLastTry`] never come; a token that wants a PIN ends
    /// the flow with [`CardError::NeedsPin`].
    pub fn next(&mut self, response: Option<&[u8]>) -> Step<TouchedCard> {
        let step = match response {
            None => self.begin(),
            Some(bytes) => self.receive(bytes),
        };
        step.unwrap_or_else(|error| {
            self.stage = Stage::Over;
            Step::Failed(error)
        })
    }

    fn begin(&mut self) -> Result<Step<TouchedCard>, CardError> {
        if !matches!(self.stage, Stage::Start) {
            return Err(CardError::OutOfTurn);
        }
        let (identify, command) = Identify::start();
        self.stage = Stage::Identify(identify);
        Ok(self.dialogue.send(command))
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<Step<TouchedCard>, CardError> {
        let step = match &self.stage {
            Stage::Identify(identify) => identify.step(),
            Stage::Read(_, read) => read.step(),
            Stage::Start | Stage::Over => return Err(CardError::OutOfTurn),
        };
        match self.dialogue.receive(bytes, step)? {
            Turn::Send(command) => Ok(Step::Send(command)),
            Turn::Complete(response) => self.advance(&response),
        }
    }

    fn advance(&mut self, response: &Response) -> Result<Step<TouchedCard>, CardError> {
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Identify(mut identify) => match identify.receive(response)? {
                Progress::Send(command) => {
                    self.stage = Stage::Identify(identify);
                    Ok(self.dialogue.send(command))
                }
                Progress::Done(TokenKind::AndroidPhone | TokenKind::IPhone) => {
                    Err(CardError::NeedsPin)
                }
                Progress::Done(token) => {
                    let (read, command) = ReadCertificate::auth();
                    self.stage = Stage::Read(token, read);
                    Ok(self.dialogue.send(command))
                }
            },
            Stage::Read(token, mut read) => match read.receive(response)? {
                Progress::Send(command) => {
                    self.stage = Stage::Read(token, read);
                    Ok(self.dialogue.send(command))
                }
                Progress::Done(certificate_der) => {
                    Ok(Step::Done(TouchedCard { token, certificate_der }))
                }
            },
            Stage::Start | Stage::Over => Err(CardError::OutOfTurn),
        }
    }
}

impl std::fmt::Debug for TouchFlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let step: Option<CardStep> = match &self.stage {
            Stage::Identify(identify) => Some(identify.step()),
            Stage::Read(_, read) => Some(read.step()),
            Stage::Start | Stage::Over => None,
        };
        write!(f, "TouchFlow({step:?})")
    }
}
