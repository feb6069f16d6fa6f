//! A card that knows four digits, for the machine to talk to.

/// What happens to the card in the middle of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// It is pulled when this command comes; the command is not answered.
    PulledAt(Command),
}

/// Commands by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Select,
    Read,
    AskTries,
    Verify,
    Sign,
}

/// A My Number card, or something else of the same size.
#[derive(Debug, Clone)]
pub struct Card {
    pub pin: [u8; 4],
    pub tries: u8,
    /// A My Number card; else any other card.
    pub has_jpki: bool,
    pub has_certificate: bool,
    /// The password of the signature certificate, and its tries.
    pub password: Vec<u8>,
    pub password_tries: u8,
    /// Not on the card of a child.
    pub has_signature: bool,
    /// Says whether it is a card or a phone.
    pub label: &'static [u8; 32],
    pub mishap: Option<Mishap>,
    pub selected: [u8; 2],
    pub verified: bool,
}

const CERTIFICATE_FILE: [u8; 2] = [0x00, 0x0A];
const TOKEN_FILE: [u8; 2] = [0x00, 0x06];
const AVAILABILITY_FILE: [u8; 2] = [0x00, 0x08];
const SIGN_CERTIFICATE_FILE: [u8; 2] = [0x00, 0x01];
const PASSWORD_FILE: [u8; 2] = [0x00, 0x1B];
/// What an Android phone says about itself.
pub const PHONE_LABEL: &[u8; 32] = b"JPKIAPGPSETOKEN                 ";
const LABEL: &[u8; 32] = b"JPKIAPICCTOKEN2                 ";
const CERTIFICATE_LEN: usize = 600;

impl Card {
    pub fn of_hana() -> Self {
        Self {
            pin: *b"7391",
            tries: 3,
            has_jpki: true,
            has_certificate: true,
            password: b"HANA1944".to_vec(),
            password_tries: 5,
            has_signature: true,
            label: LABEL,
            mishap: None,
            selected: [0, 0],
            verified: false,
        }
    }

    pub fn reset(&mut self) {
        self.verified = false;
        self.selected = [0, 0];
    }

    /// Whether a PIN is verified and could be misused.
    pub fn is_open(&self) -> bool {
        self.verified
    }

    /// The answer, or none when the card was pulled.
    pub fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let kind = kind(command);
        if self.mishap == Some(Mishap::PulledAt(kind)) {
            return None;
        }
        Some(match kind {
            Command::Select => self.select(command),
            Command::Read => self.read(command),
            Command::AskTries if self.is_about_password() => {
                status(0x63, 0xC0 | self.password_tries)
            }
            Command::AskTries => status(0x63, 0xC0 | self.tries),
            Command::Verify => self.verify(&command[5..]),
            Command::Sign if self.verified => [vec![0x5A; 256], vec![0x90, 0x00]].concat(),
            Command::Sign => status(0x69, 0x82),
        })
    }

    fn select(&mut self, command: &[u8]) -> Vec<u8> {
        let is_application = command[2] == 0x04;
        if is_application {
            self.verified = false;
            return if self.has_jpki { status(0x90, 0) } else { status(0x6A, 0x82) };
        }
        self.selected = [command[5], command[6]];
        if self.selected == CERTIFICATE_FILE && !self.has_certificate {
            return status(0x6A, 0x82);
        }
        if self.selected == SIGN_CERTIFICATE_FILE && !self.verified {
            return status(0x69, 0x82);
        }
        status(0x90, 0)
    }

    fn read(&self, command: &[u8]) -> Vec<u8> {
        let file = match self.selected {
            TOKEN_FILE => self.label.to_vec(),
            AVAILABILITY_FILE => vec![if self.has_signature { 0x8F } else { 0 }, 0x8F, 0],
            _ => certificate(),
        };
        let offset = usize::from(u16::from_be_bytes([command[2] & 0x7F, command[3]]));
        let wanted = match command.get(4) {
            Some(0) | None => 256,
            Some(length) => usize::from(*length),
        };
        let mut answer: Vec<u8> = file.into_iter().skip(offset).take(wanted).collect();
        answer.extend([0x90, 0x00]);
        answer
    }

    fn is_about_password(&self) -> bool {
        self.selected == PASSWORD_FILE
    }

    fn verify(&mut self, pin: &[u8]) -> Vec<u8> {
        if self.is_about_password() {
            return self.verify_password(pin);
        }
        if self.tries == 0 {
            return status(0x69, 0x84);
        }
        if pin == self.pin {
            (self.tries, self.verified) = (3, true);
            return status(0x90, 0);
        }
        self.tries -= 1;
        status(0x63, 0xC0 | self.tries)
    }
}

impl Card {
    fn verify_password(&mut self, password: &[u8]) -> Vec<u8> {
        if self.password_tries == 0 {
            return status(0x69, 0x84);
        }
        if password == self.password {
            (self.password_tries, self.verified) = (5, true);
            return status(0x90, 0);
        }
        self.password_tries -= 1;
        status(0x63, 0xC0 | self.password_tries)
    }
}

fn kind(command: &[u8]) -> Command {
    match (command[1], command.len()) {
        (0xA4, _) => Command::Select,
        (0xB0, _) => Command::Read,
        (0x20, 0..=5) => Command::AskTries,
        (0x20, _) => Command::Verify,
        (0x2A, _) => Command::Sign,
        other => panic!("a command that no card knows: {other:?}"),
    }
}

fn status(high: u8, low: u8) -> Vec<u8> {
    vec![high, low]
}

/// Something that is framed like a certificate.
fn certificate() -> Vec<u8> {
    let [high, low] = u16::try_from(CERTIFICATE_LEN).expect("a small number").to_be_bytes();
    [vec![0x30, 0x82, high, low], vec![0xC5; CERTIFICATE_LEN]].concat()
}
