//! The commands of the JPKI application.
//!
//! The list is closed: [`Application`] and [`File`] name all that can be selected. The application
//! that holds the My Number is not among them, so no caller can ask for it.

use crate::{apdu::Command, pin::AuthPin};

/// Card applications that can be selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Application {
    /// The card manager. Selecting it makes the card forget every PIN that was verified.
    IssuerDomain,
    /// 公的個人認証 (JPKI).
    Jpki,
}

impl Application {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::IssuerDomain, Self::Jpki];

    /// Application identifier.
    pub fn aid(self) -> &'static [u8] {
        match self {
            Self::IssuerDomain => &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00],
            Self::Jpki => &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01],
        }
    }
}

/// Elementary files of the JPKI application that a login needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum File {
    /// Auth certificate.
    AuthCertificate,
    /// Auth private key.
    AuthKey,
    /// PIN of the auth key.
    AuthPin,
    /// Token information; its label tells card from phone.
    TokenInformation,
}

impl File {
    /// File identifier.
    pub fn id(self) -> [u8; 2] {
        match self {
            Self::AuthCertificate => [0x00, 0x0A],
            Self::AuthKey => [0x00, 0x17],
            Self::AuthPin => [0x00, 0x18],
            Self::TokenInformation => [0x00, 0x06],
        }
    }
}

/// How the tries left are asked for; readers differ in what they let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TriesQuery {
    /// With a fifth byte `00`, for readers that refuse four bytes.
    FiveBytes,
    /// Four bytes, as ISO 7816-4 says.
    FourBytes,
}

const VERIFY: [u8; 4] = [0x00, 0x20, 0x00, 0x80];

/// Selects an application, no file information wanted.
pub fn select_application(application: Application) -> Command {
    Command::with_data([0x00, 0xA4, 0x04, 0x0C], application.aid())
}

/// Ends a session on the card: every verified PIN is forgotten.
pub fn end_session() -> Command {
    select_application(Application::IssuerDomain)
}

/// Selects a file of the JPKI application.
pub fn select_file(file: File) -> Command {
    Command::with_data([0x00, 0xA4, 0x02, 0x0C], &file.id())
}

/// Reads up to `len` bytes (1 to 256) of the selected file.
pub fn read_binary(offset: u16, len: u16) -> Command {
    let [high, low] = (offset & 0x7FFF).to_be_bytes();
    // An expected length of 256 is written as 0.
    let [_, le] = len.clamp(1, 256).to_be_bytes();
    Command::asking([0x00, 0xB0, high, low], le)
}

/// Asks how many tries the selected PIN has left; costs none.
pub fn query_tries(form: TriesQuery) -> Command {
    match form {
        TriesQuery::FourBytes => Command::bare(VERIFY),
        TriesQuery::FiveBytes => Command::asking(VERIFY, 0),
    }
}

/// Verifies the selected PIN. A wrong one costs a try.
pub fn verify_pin(pin: &AuthPin) -> Command {
    Command::with_data(VERIFY, pin.as_bytes())
}

/// Signs with the selected key; the card pads the DigestInfo as PKCS#1 v1.5 says.
pub fn sign_sha256(digest: &[u8; 32]) -> Command {
    Command::with_data_asking([0x80, 0x2A, 0x00, 0x80], &digest_info_sha256(digest), 0)
}

/// DigestInfo of RFC 8017, 9.2 for SHA-256.
fn digest_info_sha256(digest: &[u8; 32]) -> [u8; 51] {
    const PREFIX: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    let mut info = [0; 51];
    info[..PREFIX.len()].copy_from_slice(&PREFIX);
    info[PREFIX.len()..].copy_from_slice(digest);
    info
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(command: &Command) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        for byte in command.as_bytes() {
            write!(text, "{byte:02X}").expect("writing to a string");
        }
        text
    }

    #[test]
    fn commands_have_the_documented_bytes() {
        let check = |command: Command, expected: &str| assert_eq!(hex(&command), expected);
        check(select_application(Application::Jpki), "00A4040C0AD392F000260100000001");
        check(end_session(), "00A4040C07A0000001510000");
        check(select_file(File::AuthPin), "00A4020C020018");
        check(read_binary(0, 4), "00B0000004");
        check(read_binary(0x0104, 256), "00B0010400");
        check(query_tries(TriesQuery::FourBytes), "00200080");
        check(query_tries(TriesQuery::FiveBytes), "0020008000");
        let pin = AuthPin::from_digits(b"1234").expect("four digits");
        check(verify_pin(&pin), "002000800431323334");
        check(
            sign_sha256(&[0xAB; 32]),
            &format!("802A008033{}{}00", "3031300D060960864801650304020105000420", "AB".repeat(32)),
        );
    }

    /// The My Number lies in EF 0001 of 券面事項入力補助AP, the resident's text data beside it. None
    /// of the applications that hold them may ever become selectable here.
    #[test]
    fn no_command_reaches_the_my_number() {
        const MUNICIPAL_APPLICATIONS: &[u8] = &[0xD3, 0x92, 0x10];
        for application in Application::ALL {
            let name_of_every_variant = match application {
                Application::IssuerDomain => "ISD",
                Application::Jpki => "JPKI",
            };
            assert!(
                !application.aid().starts_with(MUNICIPAL_APPLICATIONS),
                "{name_of_every_variant} reaches the application of the My Number"
            );
        }
        let files = [File::AuthCertificate, File::AuthKey, File::AuthPin, File::TokenInformation];
        assert!(files.iter().all(|file| file.id() != [0x00, 0x01]));
    }
}
