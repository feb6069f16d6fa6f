//! Login: tries asked, PIN verified, digest signed.
//!
//! Order on the plastic card: application, label, tries left, certificate, *PIN*, key, signature.
//! All that can go wrong without costing a try goes wrong before the PIN, and after the last digit
//! only three short commands remain. A phone shows its certificate only after the PIN, so there it
//! is read between PIN and signature.

use std::mem;

use super::{
    CardError, CardStep, Dialogue, Progress, Step, certificate::ReadCertificate, identify::Identify,
};
use crate::{
    apdu::{Command, Response, Turn},
    card::{self, File, TriesQuery},
    pin::AuthPin,
    status::Status,
    token::TokenKind,
};

/// Wrong PINs one conversation grants at most, so that nobody blocks a card in one sitting.
pub const WRONG_PINS_MAX: u8 = 2;

/// Most bytes a signature may have (RSA-4096).
const SIGNATURE_LEN_MAX: usize = 512;

/// The card's proof.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthSignature {
    /// Card or phone.
    pub token: TokenKind,
    /// Auth certificate, DER.
    pub certificate_der: Vec<u8>,
    /// Signature over the digest given to the flow.
    pub signature: Vec<u8>,
}

/// Shows neither certificate nor signature.
impl std::fmt::Debug for AuthSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthSignature({:?}, ..)", self.token)
    }
}

/// Signs a digest with the auth key.
pub struct AuthenticateFlow {
    stage: Stage,
    dialogue: Dialogue,
    digest: [u8; 32],
    token: TokenKind,
    certificate: Option<Vec<u8>>,
    tries_left: u8,
    wrong_pins: u8,
    pin_verified: bool,
}

enum Stage {
    AwaitConfirmation,
    AwaitPin,
    Identify(Identify),
    Over,
    QueryTries(TriesQuery),
    ReadCertificate(ReadCertificate),
    SelectKey,
    SelectPinForQuery,
    SelectPinForVerify(AuthPin),
    Sign,
    Start,
    VerifyPin,
}

type Outcome = Result<Step<AuthSignature>, CardError>;

impl AuthenticateFlow {
    /// Signs this SHA-256 digest, which must come from [`crate::tbs::LoginTbs::digest`].
    pub fn new(tbs_digest: [u8; 32]) -> Self {
        Self {
            stage: Stage::Start,
            dialogue: Dialogue::default(),
            digest: tbs_digest,
            token: TokenKind::Unknown,
            certificate: None,
            tries_left: 0,
            wrong_pins: 0,
            pin_verified: false,
        }
    }

    /// Takes the answer to the last command (none at the start) and says what to do.
    pub fn next(&mut self, response: Option<&[u8]>) -> Step<AuthSignature> {
        let outcome = match response {
            None => self.begin(),
            Some(bytes) => self.receive(bytes),
        };
        self.settle(outcome)
    }

    /// The resident agreed to use the last try.
    pub fn confirm_last_try(&mut self) -> Step<AuthSignature> {
        let outcome = match self.stage {
            Stage::AwaitConfirmation => {
                self.stage = Stage::AwaitPin;
                Ok(self.ask_pin())
            }
            _ => Err(CardError::OutOfTurn),
        };
        self.settle(outcome)
    }

    /// The resident entered the PIN. It is wiped as soon as its command is made.
    pub fn supply_pin(&mut self, pin: AuthPin) -> Step<AuthSignature> {
        let outcome = match self.stage {
            Stage::AwaitPin => {
                Ok(self.go(Stage::SelectPinForVerify(pin), card::select_file(File::AuthPin)))
            }
            _ => Err(CardError::OutOfTurn),
        };
        self.settle(outcome)
    }

    fn settle(&mut self, outcome: Outcome) -> Step<AuthSignature> {
        outcome.unwrap_or_else(|error| {
            self.stage = Stage::Over;
            Step::Failed(error)
        })
    }

    fn go(&mut self, stage: Stage, command: Command) -> Step<AuthSignature> {
        self.stage = stage;
        self.dialogue.send(command)
    }

    fn begin(&mut self) -> Outcome {
        if !matches!(self.stage, Stage::Start) {
            return Err(CardError::OutOfTurn);
        }
        let (identify, command) = Identify::start();
        Ok(self.go(Stage::Identify(identify), command))
    }

    fn receive(&mut self, bytes: &[u8]) -> Outcome {
        let step = self.step().ok_or(CardError::OutOfTurn)?;
        match self.dialogue.receive(bytes, step)? {
            Turn::Send(command) => Ok(Step::Send(command)),
            Turn::Complete(response) => self.advance(response),
        }
    }

    /// The step whose answer is awaited.
    pub fn step(&self) -> Option<CardStep> {
        match &self.stage {
            Stage::Identify(identify) => Some(identify.step()),
            Stage::SelectPinForQuery | Stage::SelectPinForVerify(_) => Some(CardStep::SelectPin),
            Stage::QueryTries(_) => Some(CardStep::QueryTries),
            Stage::ReadCertificate(read) => Some(read.step()),
            Stage::VerifyPin => Some(CardStep::VerifyPin),
            Stage::SelectKey => Some(CardStep::SelectKey),
            Stage::Sign => Some(CardStep::Sign),
            Stage::Start | Stage::AwaitConfirmation | Stage::AwaitPin | Stage::Over => None,
        }
    }

    fn advance(&mut self, response: Response) -> Outcome {
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Identify(identify) => self.identified(identify, &response),
            Stage::SelectPinForQuery => {
                CardStep::SelectPin.expect_ok(&response)?;
                Ok(self.query(TriesQuery::FourBytes))
            }
            Stage::QueryTries(form) => self.tries_told(form, &response),
            Stage::ReadCertificate(read) => self.certificate_read(read, &response),
            Stage::SelectPinForVerify(pin) => {
                CardStep::SelectPin.expect_ok(&response)?;
                Ok(self.go(Stage::VerifyPin, card::verify_pin(&pin)))
            }
            Stage::VerifyPin => self.pin_verified(&response),
            Stage::SelectKey => {
                CardStep::SelectKey.expect_ok(&response)?;
                let command = card::sign_sha256(&self.digest);
                Ok(self.go(Stage::Sign, command))
            }
            Stage::Sign => self.signed(response),
            Stage::Start | Stage::AwaitConfirmation | Stage::AwaitPin | Stage::Over => {
                Err(CardError::OutOfTurn)
            }
        }
    }

    fn identified(&mut self, mut identify: Identify, response: &Response) -> Outcome {
        match identify.receive(response)? {
            Progress::Send(command) => Ok(self.go(Stage::Identify(identify), command)),
            Progress::Done(token) => {
                self.token = token;
                Ok(self.go(Stage::SelectPinForQuery, card::select_file(File::AuthPin)))
            }
        }
    }

    fn query(&mut self, form: TriesQuery) -> Step<AuthSignature> {
        self.go(Stage::QueryTries(form), card::query_tries(form))
    }

    fn tries_told(&mut self, form: TriesQuery, response: &Response) -> Outcome {
        let status = response.status;
        if status.is_blocked() {
            return Err(CardError::Blocked { just_now: false });
        }
        if let Some(tries_left) = status.tries_left() {
            self.tries_left = tries_left;
            return Ok(self.before_pin());
        }
        // Some readers refuse or mend commands of four bytes.
        if form == TriesQuery::FourBytes && status == Status::WRONG_LENGTH {
            return Ok(self.query(TriesQuery::FiveBytes));
        }
        Err(CardStep::QueryTries.unexpected(response))
    }

    fn before_pin(&mut self) -> Step<AuthSignature> {
        if self.token.certificate_is_free() {
            return self.read_certificate();
        }
        self.await_pin()
    }

    fn read_certificate(&mut self) -> Step<AuthSignature> {
        let (read, command) = ReadCertificate::start();
        self.go(Stage::ReadCertificate(read), command)
    }

    fn certificate_read(&mut self, mut read: ReadCertificate, response: &Response) -> Outcome {
        match read.receive(response) {
            Ok(Progress::Send(command)) => Ok(self.go(Stage::ReadCertificate(read), command)),
            Ok(Progress::Done(certificate_der)) => {
                self.certificate = Some(certificate_der);
                Ok(self.after_certificate())
            }
            // The label promised a free certificate; ask for the PIN and try again after it.
            Err(CardError::NeedsPin) if !self.pin_verified => Ok(self.await_pin()),
            Err(CardError::NeedsPin) => Err(read.step().unexpected(response)),
            Err(error) => Err(error),
        }
    }

    fn after_certificate(&mut self) -> Step<AuthSignature> {
        if self.pin_verified {
            return self.select_key();
        }
        self.await_pin()
    }

    fn await_pin(&mut self) -> Step<AuthSignature> {
        if self.tries_left == 1 {
            self.stage = Stage::AwaitConfirmation;
            return Step::ConfirmLastTry;
        }
        self.stage = Stage::AwaitPin;
        self.ask_pin()
    }

    fn ask_pin(&self) -> Step<AuthSignature> {
        Step::NeedPin { tries_left: self.tries_left, after_wrong: self.wrong_pins > 0 }
    }

    fn pin_verified(&mut self, response: &Response) -> Outcome {
        let status = response.status;
        if status.is_ok() {
            return Ok(self.after_pin());
        }
        if status.is_blocked() {
            return Err(CardError::Blocked { just_now: true });
        }
        let Some(tries_left) = status.tries_left() else {
            return Err(CardStep::VerifyPin.unexpected(response));
        };
        self.tries_left = tries_left;
        self.wrong_pins += 1;
        if self.wrong_pins >= WRONG_PINS_MAX {
            return Err(CardError::WrongPin { tries_left });
        }
        Ok(self.await_pin())
    }

    fn after_pin(&mut self) -> Step<AuthSignature> {
        self.pin_verified = true;
        if self.certificate.is_some() {
            return self.select_key();
        }
        self.read_certificate()
    }

    fn select_key(&mut self) -> Step<AuthSignature> {
        self.go(Stage::SelectKey, card::select_file(File::AuthKey))
    }

    fn signed(&mut self, response: Response) -> Outcome {
        CardStep::Sign.expect_ok(&response)?;
        if response.data.is_empty() || response.data.len() > SIGNATURE_LEN_MAX {
            return Err(CardStep::Sign.malformed());
        }
        let certificate_der = self.certificate.take().ok_or(CardError::OutOfTurn)?;
        Ok(Step::Done(AuthSignature {
            token: self.token,
            certificate_der,
            signature: response.data,
        }))
    }
}

/// Shows the step, never the PIN.
impl std::fmt::Debug for AuthenticateFlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthenticateFlow({:?})", self.step())
    }
}
