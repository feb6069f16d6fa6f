//! The card itself: the JPKI application as a state machine over bytes.
//!
//! State is what a real card keeps: which application and file are selected and which PINs were
//! verified. Selecting another application, the card manager, or a reset forgets the PINs.

mod files;
mod signing;

use std::path::PathBuf;

use jpki::{apdu::CommandView, card::Application, status::Status};

use crate::{
    card_file::{AssistData, CardFile, CardFileError, Credential},
    keys::SecretKey,
    profile::CardProfile,
};
use files::{Ef, Files};

/// Answer to reset of the contact interface.
pub const ATR: [u8; 9] = [0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14];

/// A software My Number card.
pub struct VirtualCard {
    file: CardFile,
    files: Files,
    auth_key: SecretKey,
    sign_key: Option<SecretKey>,
    selected: Option<Application>,
    current: Option<Ef>,
    auth_verified: bool,
    sign_verified: bool,
    assist_verified: bool,
    my_number_was_asked_for: bool,
    pulled: bool,
    saved_at: Option<PathBuf>,
}

/// Which of the two PINs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PinRef {
    Assist,
    Auth,
    Sign,
}

type Answer = Result<Vec<u8>, Status>;

impl VirtualCard {
    /// A card whose counters live in memory only.
    pub fn new(file: CardFile) -> Result<Self, CardFileError> {
        let auth_key = file.auth.private_key()?;
        let sign_key = file.sign.as_ref().map(Credential::private_key).transpose()?;
        Ok(Self {
            files: Files::of(&file),
            auth_key,
            sign_key,
            selected: None,
            current: None,
            auth_verified: false,
            sign_verified: false,
            assist_verified: false,
            my_number_was_asked_for: false,
            pulled: false,
            saved_at: None,
            file,
        })
    }

    /// A card whose counters are written back to its file, as a real chip does.
    pub fn from_file(path: PathBuf) -> Result<Self, CardFileError> {
        let mut card = Self::new(CardFile::load(&path)?)?;
        card.saved_at = Some(path);
        Ok(card)
    }

    /// What is on the card, counters included.
    pub fn file(&self) -> &CardFile {
        &self.file
    }

    /// A trap: whether anybody ever selected the file of the My Number.
    pub fn my_number_was_asked_for(&self) -> bool {
        self.my_number_was_asked_for
    }

    /// Power on or reset: the state is as after insertion.
    pub fn reset(&mut self) {
        self.selected = None;
        self.current = None;
        self.forget_pins();
    }

    /// Answers one command; none when the card was pulled meanwhile.
    pub fn transmit(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let (mut data, status) = match CommandView::parse(command) {
            Err(_) => (Vec::new(), Status::WRONG_LENGTH),
            Ok(view) => match self.process(&view) {
                Ok(data) => (data, Status::OK),
                Err(status) => (Vec::new(), status),
            },
        };
        if self.pulled {
            return None;
        }
        data.extend(status.0.to_be_bytes());
        Some(data)
    }

    fn process(&mut self, command: &CommandView<'_>) -> Answer {
        match (command.class, command.instruction, command.p1) {
            (0x00, 0xA4, 0x04) => self.select_application(command),
            (0x00, 0xA4, 0x00) => Err(Status::WRONG_PARAMETERS),
            _ if matches!(self.selected, None | Some(Application::IssuerDomain)) => {
                Err(Status::UNKNOWN_INSTRUCTION)
            }
            (0x00, 0xA4, 0x02) => self.select_file(command),
            (0x00, 0x20, 0x00) => self.verify(command),
            (0x00, 0xB0, _) => self.read_binary(command),
            (0x80, 0x2A, 0x00..=0x05) => self.sign(command),
            (0x00, 0xA4 | 0x20, _) | (0x80, 0x2A, _) => Err(Status::WRONG_PARAMETERS),
            _ => Err(Status::UNKNOWN_INSTRUCTION),
        }
    }

    fn select_application(&mut self, command: &CommandView<'_>) -> Answer {
        let known = Application::ALL
            .into_iter()
            .find(|application| application.aid() == command.data)
            .filter(|_| self.file.profile != CardProfile::Foreign)
            .filter(|one| *one != Application::InputAssist || self.file.assist.is_some())
            .ok_or(Status::NOT_FOUND)?;
        // Selecting the JPKI application again keeps its PINs, everything else forgets them.
        if self.selected != Some(known) || known == Application::IssuerDomain {
            self.forget_pins();
        }
        self.selected = Some(known);
        self.current = None;
        Ok(Vec::new())
    }

    fn forget_pins(&mut self) {
        self.auth_verified = false;
        self.sign_verified = false;
        self.assist_verified = false;
    }

    fn select_file(&mut self, command: &CommandView<'_>) -> Answer {
        let id: [u8; 2] = command.data.try_into().map_err(|_| Status::WRONG_LENGTH)?;
        self.current = Some(self.find(u16::from_be_bytes(id)).ok_or(Status::NOT_FOUND)?);
        Ok(Vec::new())
    }

    fn find(&mut self, id: u16) -> Option<Ef> {
        let file = Files::find(self.selected, id);
        self.my_number_was_asked_for |= file == Some(Ef::AssistMyNumber);
        file
    }

    /// The file a command names: the selected one, or one by short identifier in P1 or P2.
    fn named_file(&mut self, parameter: u8) -> Result<Ef, Status> {
        match parameter & 0x1F {
            0 => self.current.ok_or(Status::REFERENCE_NOT_FOUND),
            short => self.find(u16::from(short)).ok_or(Status::REFERENCE_NOT_FOUND),
        }
    }

    fn verify(&mut self, command: &CommandView<'_>) -> Answer {
        if command.p2 & 0x80 == 0 {
            return Err(Status::WRONG_PARAMETERS);
        }
        let pin = match self.named_file(command.p2)? {
            Ef::AssistPin => PinRef::Assist,
            Ef::AuthPin => PinRef::Auth,
            Ef::SignPin => PinRef::Sign,
            _ => return Err(Status::WRONG_FILE_TYPE),
        };
        if command.data.is_empty() {
            return Err(self.tries_told(pin));
        }
        self.try_pin(pin, command.data)
    }

    /// The query answers with the tries left, even after a correct PIN.
    fn tries_told(&mut self, pin: PinRef) -> Status {
        match self.counter(pin).map(|counter| *counter.tries_left) {
            None => Status::REFERENCE_NOT_FOUND,
            Some(0) => Status::BLOCKED_JICSAP,
            Some(tries) => wrong_pin(tries),
        }
    }

    fn try_pin(&mut self, pin: PinRef, entry: &[u8]) -> Answer {
        let counter = self.counter(pin).ok_or(Status::REFERENCE_NOT_FOUND)?;
        if *counter.tries_left == 0 {
            return Err(Status::BLOCKED_JICSAP);
        }
        let correct = counter.pin.as_bytes() == entry;
        *counter.tries_left = if correct { counter.tries_max } else { *counter.tries_left - 1 };
        let tries_left = *counter.tries_left;
        *self.verified_mut(pin) = correct;
        self.save();
        if correct {
            return Ok(Vec::new());
        }
        Err(wrong_pin(tries_left))
    }

    fn counter(&mut self, pin: PinRef) -> Option<Counter<'_>> {
        let credential = match pin {
            PinRef::Assist => return self.file.assist.as_mut().map(Counter::of_text_data),
            PinRef::Auth => Some(&mut self.file.auth),
            PinRef::Sign => self.file.sign.as_mut(),
        };
        credential.map(Counter::of_credential)
    }

    fn verified_mut(&mut self, pin: PinRef) -> &mut bool {
        match pin {
            PinRef::Assist => &mut self.assist_verified,
            PinRef::Auth => &mut self.auth_verified,
            PinRef::Sign => &mut self.sign_verified,
        }
    }

    fn save(&self) {
        if let Some(path) = &self.saved_at
            && let Err(error) = self.file.save(path)
        {
            tracing::error!(%error, "the card's counters could not be saved");
        }
    }

    fn read_binary(&mut self, command: &CommandView<'_>) -> Answer {
        let by_short_id = command.p1 & 0x80 != 0;
        let (file, offset) = if by_short_id {
            let file = self.named_file(command.p1)?;
            self.current = Some(file);
            (file, usize::from(command.p2))
        } else {
            let file = self.named_file(0)?;
            (file, usize::from(u16::from_be_bytes([command.p1, command.p2])))
        };
        self.check_readable(file)?;
        let content = self.files.content(file).ok_or(Status::WRONG_FILE_TYPE)?;
        let wanted = command.expected_len.ok_or(Status::WRONG_LENGTH)?;
        if offset >= content.len() {
            return Err(Status::OFFSET_BEYOND_END);
        }
        let end = content.len().min(offset + wanted);
        Ok(content[offset..end].to_vec())
    }

    fn check_readable(&self, file: Ef) -> Result<(), Status> {
        let allowed = match file {
            Ef::AssistAttributes => self.assist_verified,
            Ef::AssistMyNumber => false,
            Ef::SignCertificate => self.sign_verified,
            Ef::AuthCertificate => self.auth_verified || !self.file.profile.guards_certificate(),
            _ => true,
        };
        if allowed {
            return Ok(());
        }
        Err(Status::SECURITY_NOT_SATISFIED)
    }

    fn sign(&mut self, command: &CommandView<'_>) -> Answer {
        if command.p2 & 0x80 == 0 {
            return Err(Status::WRONG_PARAMETERS);
        }
        let file = self.named_file(command.p2)?;
        let (key, verified) = match file {
            Ef::AuthKey => (Some(&self.auth_key), self.auth_verified),
            Ef::SignKey => (self.sign_key.as_ref(), self.sign_verified),
            _ => return Err(Status::WRONG_FILE_TYPE),
        };
        let key = key.ok_or(Status::REFERENCE_NOT_FOUND)?;
        if !verified {
            return Err(Status::SECURITY_NOT_SATISFIED);
        }
        if command.data.is_empty() {
            return Err(Status::CONDITIONS_NOT_SATISFIED);
        }
        if self.file.profile == CardProfile::RemovedDuringSigning {
            self.pulled = true;
        }
        signing::sign(key, command.p1, command.data)
    }
}

/// A PIN and its tries.
struct Counter<'a> {
    pin: &'a str,
    tries_left: &'a mut u8,
    tries_max: u8,
}

impl<'a> Counter<'a> {
    fn of_credential(credential: &'a mut Credential) -> Self {
        let Credential { pin, tries_left, tries_max, .. } = credential;
        Self { pin, tries_left, tries_max: *tries_max }
    }

    fn of_text_data(data: &'a mut AssistData) -> Self {
        let AssistData { pin, tries_left, tries_max, .. } = data;
        Self { pin, tries_left, tries_max: *tries_max }
    }
}

/// `63Cx`.
fn wrong_pin(tries_left: u8) -> Status {
    Status(0x63C0 | u16::from(tries_left.min(15)))
}
