//! Proofs: tries asked, PIN verified, digest signed; with the auth key for a login, with the
//! signature key for a document.
//!
//! Order for a login on the plastic card: application, label, tries left, certificate, *PIN*, key,
//! signature. All that can go wrong without costing a try goes wrong before the PIN, and after the
//! last digit only three short commands remain. A phone shows its auth certificate only after the
//! PIN, and every card its signature certificate, so there it is read between PIN and signature; that
//! there is one at all is asked before.

use std::mem;

use super::{
    CardError, CardStep, Dialogue, Progress, Step,
    certificate::ReadCertificate,
    identify::Identify,
    inspect::Availability,
    pin_entry::{PinEntry, PinProgress},
};
use crate::{
    algorithm::SignatureAlgorithm,
    apdu::{Response, Turn},
    card::{self, Jpki, JpkiFile, Scoped},
    cert::profile::signs_with,
    pin::{AuthPin, CardPin, SignPassword},
    status::Status,
    tbs::TbsDigest,
    token::TokenKind,
};

pub use super::pin_entry::WRONG_PINS_MAX;

/// Most bytes a signature may have (RSA-4096).
const SIGNATURE_LEN_MAX: usize = 512;

/// The card's proof.
#[derive(Clone, PartialEq, Eq)]
pub struct CardSignature {
    /// Card or phone.
    pub token: TokenKind,
    /// Certificate of the key that signed, DER.
    pub certificate_der: Vec<u8>,
    /// Signature over the digest given to the flow.
    pub signature: Vec<u8>,
}

/// A login's proof.
pub type AuthSignature = CardSignature;

/// Shows neither certificate nor signature.
impl std::fmt::Debug for CardSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardSignature({:?}, ..)", self.token)
    }
}

/// Which of the two keys signs.
#[expect(private_bounds, reason = "the bound closes the list: only this crate names keys")]
pub trait Credential: Files {
    /// What the holder enters.
    type Pin;
}

/// Files and habits of one key; private, so that nobody else can name any.
trait Files {
    const PIN: JpkiFile;
    const KEY: JpkiFile;
    const CERTIFICATE: JpkiFile;
    const ABSENT: CardError;

    /// Whether the card has to be asked first that it holds this certificate.
    const ASKS_AVAILABILITY: bool;

    fn certificate_is_free(token: TokenKind) -> bool;
}

/// 利用者証明用: logins.
#[derive(Debug)]
pub enum Login {}

/// 署名用: documents.
#[derive(Debug)]
pub enum Document {}

impl Credential for Login {
    type Pin = AuthPin;
}

impl Credential for Document {
    type Pin = SignPassword;
}

impl Files for Login {
    const PIN: JpkiFile = JpkiFile::AuthPin;
    const KEY: JpkiFile = JpkiFile::AuthKey;
    const CERTIFICATE: JpkiFile = JpkiFile::AuthCertificate;
    const ABSENT: CardError = CardError::NoCertificate;
    const ASKS_AVAILABILITY: bool = false;

    fn certificate_is_free(token: TokenKind) -> bool {
        token.certificate_is_free()
    }
}

impl Files for Document {
    const PIN: JpkiFile = JpkiFile::SignPin;
    const KEY: JpkiFile = JpkiFile::SignKey;
    const CERTIFICATE: JpkiFile = JpkiFile::SignCertificate;
    const ABSENT: CardError = CardError::NoSignatureCertificate;
    const ASKS_AVAILABILITY: bool = true;

    fn certificate_is_free(_token: TokenKind) -> bool {
        false
    }
}

/// Signs a login with the auth key, after a PIN of four digits.
pub type AuthenticateFlow = ProofFlow<Login>;

/// Signs a document with the signature key, after a password of 6 to 16 capitals and digits.
pub type DocumentFlow = ProofFlow<Document>;

/// Signs a digest with one of the two keys.
pub struct ProofFlow<C: Credential> {
    stage: Stage,
    dialogue: Dialogue<Jpki>,
    pin: PinEntry<Jpki, C::Pin>,
    digest: TbsDigest,
    token: TokenKind,
    certificate: Option<Vec<u8>>,
    pin_verified: bool,
}

enum Stage {
    Availability(Availability),
    Identify(Identify),
    Over,
    Pin,
    ReadCertificate(ReadCertificate),
    SelectKey,
    Sign,
    Start,
}

type Outcome = Result<Step<CardSignature>, CardError>;

#[expect(private_bounds, reason = "the PINs are a closed list")]
impl<C: Credential> ProofFlow<C>
where
    C::Pin: CardPin,
{
    /// Signs this digest, see [`crate::tbs`].
    pub fn new(digest: TbsDigest) -> Self {
        Self {
            stage: Stage::Start,
            dialogue: Dialogue::default(),
            pin: PinEntry::new(C::PIN, C::ABSENT),
            digest,
            token: TokenKind::Unknown,
            certificate: None,
            pin_verified: false,
        }
    }

    /// Takes the answer to the last command (none at the start) and says what to do.
    pub fn next(&mut self, response: Option<&[u8]>) -> Step<CardSignature> {
        let outcome = match response {
            None => self.begin(),
            Some(bytes) => self.receive(bytes),
        };
        self.settle(outcome)
    }

    /// Card or phone; unknown before the card said so.
    pub fn token(&self) -> TokenKind {
        self.token
    }

    /// The resident agreed to use the last try.
    pub fn confirm_last_try(&mut self) -> Step<CardSignature> {
        let outcome = self.pin.confirm();
        self.settle(outcome)
    }

    /// The resident entered the PIN. It is wiped as soon as its command is made.
    pub fn supply_pin(&mut self, pin: C::Pin) -> Step<CardSignature> {
        let outcome = self.pin.supply(pin).map(|command| self.go(Stage::Pin, command));
        self.settle(outcome)
    }

    fn settle(&mut self, outcome: Outcome) -> Step<CardSignature> {
        outcome.unwrap_or_else(|error| {
            self.stage = Stage::Over;
            Step::Failed(error)
        })
    }

    fn go(&mut self, stage: Stage, command: Scoped<Jpki>) -> Step<CardSignature> {
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
            Stage::Availability(availability) => Some(availability.step()),
            Stage::Identify(identify) => Some(identify.step()),
            Stage::Pin => self.pin.step(),
            Stage::ReadCertificate(read) => Some(read.step()),
            Stage::SelectKey => Some(CardStep::SelectKey),
            Stage::Sign => Some(CardStep::Sign),
            Stage::Start | Stage::Over => None,
        }
    }

    fn advance(&mut self, response: Response) -> Outcome {
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Identify(identify) => self.identified(identify, &response),
            Stage::Availability(availability) => self.availability_told(availability, &response),
            Stage::Pin => self.pin_answered(&response),
            Stage::ReadCertificate(read) => self.certificate_read(read, &response),
            Stage::SelectKey => {
                CardStep::SelectKey.expect_ok(&response)?;
                Ok(self.sign())
            }
            Stage::Sign => self.signed(response),
            Stage::Start | Stage::Over => Err(CardError::OutOfTurn),
        }
    }

    fn identified(&mut self, mut identify: Identify, response: &Response) -> Outcome {
        match identify.receive(response)? {
            Progress::Send(command) => Ok(self.go(Stage::Identify(identify), command)),
            Progress::Done(token) => {
                self.token = token;
                if C::ASKS_AVAILABILITY {
                    let (availability, command) = Availability::start();
                    return Ok(self.go(Stage::Availability(availability), command));
                }
                Ok(self.ask_tries())
            }
        }
    }

    fn availability_told(
        &mut self,
        mut availability: Availability,
        response: &Response,
    ) -> Outcome {
        match availability.receive(response)? {
            Progress::Send(command) => Ok(self.go(Stage::Availability(availability), command)),
            Progress::Done(Some(certificates)) if !certificates.signature => Err(C::ABSENT),
            // A card without the list is asked for the certificate itself.
            Progress::Done(_) => Ok(self.ask_tries()),
        }
    }

    fn ask_tries(&mut self) -> Step<CardSignature> {
        let command = self.pin.begin();
        self.go(Stage::Pin, command)
    }

    fn pin_answered(&mut self, response: &Response) -> Outcome {
        self.stage = Stage::Pin;
        match self.pin.receive(response)? {
            PinProgress::Send(command) => Ok(self.go(Stage::Pin, command)),
            PinProgress::TriesTold if C::certificate_is_free(self.token) => {
                Ok(self.read_certificate())
            }
            PinProgress::TriesTold | PinProgress::Ask => Ok(self.pin.ask()),
            PinProgress::Verified => {
                self.pin_verified = true;
                match self.certificate {
                    Some(_) => Ok(self.select_key()),
                    None => Ok(self.read_certificate()),
                }
            }
        }
    }

    fn read_certificate(&mut self) -> Step<CardSignature> {
        let (read, command) = ReadCertificate::start(C::CERTIFICATE, C::ABSENT);
        self.go(Stage::ReadCertificate(read), command)
    }

    fn certificate_read(&mut self, mut read: ReadCertificate, response: &Response) -> Outcome {
        match read.receive(response) {
            Ok(Progress::Send(command)) => Ok(self.go(Stage::ReadCertificate(read), command)),
            Ok(Progress::Done(certificate_der)) => {
                self.certificate = Some(certificate_der);
                if self.pin_verified { Ok(self.select_key()) } else { Ok(self.await_pin()) }
            }
            // The label promised a free certificate; ask for the PIN and try again after it.
            Err(CardError::NeedsPin) if !self.pin_verified => Ok(self.await_pin()),
            Err(CardError::NeedsPin) => Err(read.step().unexpected(response)),
            Err(error) => Err(error),
        }
    }

    fn await_pin(&mut self) -> Step<CardSignature> {
        self.stage = Stage::Pin;
        self.pin.ask()
    }

    fn select_key(&mut self) -> Step<CardSignature> {
        self.go(Stage::SelectKey, card::select_file(C::KEY))
    }

    /// The certificate says which hash its key signs. One that cannot be read gets what every card
    /// knows; the verifying side will refuse it.
    fn sign(&mut self) -> Step<CardSignature> {
        let algorithm = self.certificate.as_deref().and_then(signs_with);
        let algorithm = algorithm.unwrap_or(SignatureAlgorithm::RsaPkcs1Sha256);
        let command = card::sign(self.digest.for_algorithm(algorithm));
        self.go(Stage::Sign, command)
    }

    fn signed(&mut self, response: Response) -> Outcome {
        // A card that lets the PIN expire between two commands says so here.
        if response.status == Status::NOT_FOUND {
            return Err(C::ABSENT);
        }
        CardStep::Sign.expect_ok(&response)?;
        if response.data.is_empty() || response.data.len() > SIGNATURE_LEN_MAX {
            return Err(CardStep::Sign.malformed());
        }
        let certificate_der = self.certificate.take().ok_or(CardError::OutOfTurn)?;
        Ok(Step::Done(CardSignature {
            token: self.token,
            certificate_der,
            signature: response.data,
        }))
    }
}

/// Shows the stage, never the PIN.
impl<C: Credential> std::fmt::Debug for ProofFlow<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let step = match &self.stage {
            Stage::Identify(identify) => Some(identify.step()),
            Stage::ReadCertificate(read) => Some(read.step()),
            _ => None,
        };
        write!(f, "ProofFlow({:?}, {step:?})", self.token)
    }
}
