//! The commands that can be built, each bound to the application it is meant for.
//!
//! A [`Scoped`] command carries its application as a type, and a conversation about one application
//! takes no command of another. Files are closed lists: 券面事項入力補助AP, which holds the My Number
//! in EF 0001 beside the resident's text data, has a list without that file. So there is no value of
//! any type in this crate that selects it, and no other way to read a file than to select it.

use std::marker::PhantomData;

use crate::{algorithm::MessageDigest, apdu::Command, pin::CardPin};

/// Card applications that can be selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Application {
    /// 券面事項入力補助AP: text data of the holder.
    InputAssist,
    /// The card manager. Selecting it makes the card forget every PIN that was verified.
    IssuerDomain,
    /// 公的個人認証 (JPKI).
    Jpki,
}

impl Application {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::InputAssist, Self::IssuerDomain, Self::Jpki];

    /// Application identifier.
    pub fn aid(self) -> &'static [u8] {
        match self {
            Self::InputAssist => &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08],
            Self::IssuerDomain => &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00],
            Self::Jpki => &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01],
        }
    }
}

/// One application as a type.
pub(crate) trait Scope {
    /// Files that may be selected in it.
    type File: Copy;
    const APPLICATION: Application;

    fn file_id(file: Self::File) -> [u8; 2];
}

/// 公的個人認証.
#[derive(Debug)]
pub(crate) enum Jpki {}

/// 券面事項入力補助AP.
#[derive(Debug)]
pub(crate) enum InputAssist {}

/// Files of the JPKI application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum JpkiFile {
    AuthCertificate,
    AuthKey,
    AuthPin,
    Availability,
    SignCertificate,
    SignKey,
    SignPin,
    TokenInformation,
}

/// Files of the input-assist application: these two, and never EF 0001.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AssistFile {
    BasicAttributes,
    Pin,
}

impl Scope for Jpki {
    type File = JpkiFile;
    const APPLICATION: Application = Application::Jpki;

    fn file_id(file: JpkiFile) -> [u8; 2] {
        match file {
            JpkiFile::AuthCertificate => [0x00, 0x0A],
            JpkiFile::AuthKey => [0x00, 0x17],
            JpkiFile::AuthPin => [0x00, 0x18],
            JpkiFile::Availability => [0x00, 0x08],
            // EF 0001 of this application is a certificate.
            JpkiFile::SignCertificate => [0x00, 0x01],
            JpkiFile::SignKey => [0x00, 0x1A],
            JpkiFile::SignPin => [0x00, 0x1B],
            JpkiFile::TokenInformation => [0x00, 0x06],
        }
    }
}

impl Scope for InputAssist {
    type File = AssistFile;
    const APPLICATION: Application = Application::InputAssist;

    fn file_id(file: AssistFile) -> [u8; 2] {
        match file {
            AssistFile::BasicAttributes => [0x00, 0x02],
            AssistFile::Pin => [0x00, 0x11],
        }
    }
}

/// A command that may be sent while its application is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scoped<A> {
    command: Command,
    within: PhantomData<fn() -> A>,
}

impl<A> Scoped<A> {
    fn new(command: Command) -> Self {
        Self { command, within: PhantomData }
    }

    pub(crate) fn into_command(self) -> Command {
        self.command
    }
}

/// How the tries left are asked for; readers differ in what they let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TriesQuery {
    /// With a fifth byte `00`, for readers that refuse four bytes.
    FiveBytes,
    /// Four bytes, as ISO 7816-4 says.
    FourBytes,
}

const SELECT_BY_NAME: [u8; 4] = [0x00, 0xA4, 0x04, 0x0C];
const VERIFY: [u8; 4] = [0x00, 0x20, 0x00, 0x80];
const SIGN: [u8; 4] = [0x80, 0x2A, 0x00, 0x80];

/// Ends a session on the card: every verified PIN is forgotten.
pub fn end_session() -> Command {
    Command::with_data(SELECT_BY_NAME, Application::IssuerDomain.aid())
}

/// Selects the application, no file information wanted.
pub(crate) fn select_application<A: Scope>() -> Scoped<A> {
    Scoped::new(Command::with_data(SELECT_BY_NAME, A::APPLICATION.aid()))
}

/// Selects a file of the application.
pub(crate) fn select_file<A: Scope>(file: A::File) -> Scoped<A> {
    Scoped::new(Command::with_data([0x00, 0xA4, 0x02, 0x0C], &A::file_id(file)))
}

/// Reads up to `len` bytes (1 to 256) of the selected file. The first bit of the offset would name a
/// file by its short id instead, so it is never set.
pub(crate) fn read_binary<A: Scope>(offset: u16, len: u16) -> Scoped<A> {
    let [high, low] = (offset & 0x7FFF).to_be_bytes();
    // An expected length of 256 is written as 0.
    let [_, le] = len.clamp(1, 256).to_be_bytes();
    Scoped::new(Command::asking([0x00, 0xB0, high, low], le))
}

/// Asks how many tries the selected PIN has left; costs none.
pub(crate) fn query_tries<A: Scope>(form: TriesQuery) -> Scoped<A> {
    Scoped::new(match form {
        TriesQuery::FourBytes => Command::bare(VERIFY),
        TriesQuery::FiveBytes => Command::asking(VERIFY, 0),
    })
}

/// Verifies the selected PIN. A wrong one costs a try.
pub(crate) fn verify_pin<A: Scope>(pin: &dyn CardPin) -> Scoped<A> {
    Scoped::new(Command::with_data(VERIFY, pin.card_bytes()))
}

/// Signs with the selected key. For RSA the card pads the DigestInfo as PKCS#1 v1.5 says; for P-384
/// it gets the hash (the announced cards are not published yet).
pub(crate) fn sign(digest: &MessageDigest) -> Scoped<Jpki> {
    Scoped::new(match digest {
        MessageDigest::Sha256(digest) => {
            Command::with_data_asking(SIGN, &digest_info_sha256(digest), 0)
        }
        MessageDigest::Sha384(digest) => Command::with_data_asking(SIGN, digest, 0),
    })
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
    use crate::pin::{AuthPin, SignPassword};

    fn hex(command: &Command) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        for byte in command.as_bytes() {
            write!(text, "{byte:02X}").expect("writing to a string");
        }
        text
    }

    fn check<A>(command: Scoped<A>, expected: &str) {
        assert_eq!(hex(&command.into_command()), expected);
    }

    #[test]
    fn commands_have_the_documented_bytes() {
        check(select_application::<Jpki>(), "00A4040C0AD392F000260100000001");
        check(select_application::<InputAssist>(), "00A4040C0AD3921000310001010408");
        assert_eq!(hex(&end_session()), "00A4040C07A0000001510000");
        check(select_file::<Jpki>(JpkiFile::AuthPin), "00A4020C020018");
        check(select_file::<InputAssist>(AssistFile::BasicAttributes), "00A4020C020002");
        check(read_binary::<Jpki>(0, 4), "00B0000004");
        check(read_binary::<Jpki>(0x0104, 256), "00B0010400");
        check(read_binary::<InputAssist>(0x8104, 256), "00B0010400");
        check(query_tries::<Jpki>(TriesQuery::FourBytes), "00200080");
        check(query_tries::<Jpki>(TriesQuery::FiveBytes), "0020008000");
        let pin = AuthPin::from_digits(b"1234").expect("four digits");
        check(verify_pin::<Jpki>(&pin), "002000800431323334");
        let password = SignPassword::from_ascii(b"ABC123").expect("six characters");
        check(verify_pin::<Jpki>(&password), "0020008006414243313233");
        let prefix = "802A0080333031300D060960864801650304020105000420";
        let sha256 = MessageDigest::Sha256([0xAB; 32]);
        check(sign(&sha256), &format!("{prefix}{}00", "AB".repeat(32)));
        let sha384 = MessageDigest::Sha384([0xCD; 48]);
        check(sign(&sha384), &format!("802A008030{}00", "CD".repeat(48)));
    }

    /// The My Number lies in EF 0001 of 券面事項入力補助AP. The matches name every file, so a new one
    /// has to come by here.
    #[test]
    fn no_file_of_the_input_assist_application_is_the_my_number() {
        for file in [AssistFile::BasicAttributes, AssistFile::Pin] {
            let expected = match file {
                AssistFile::BasicAttributes => [0x00, 0x02],
                AssistFile::Pin => [0x00, 0x11],
            };
            assert_eq!(InputAssist::file_id(file), expected);
            assert_ne!(InputAssist::file_id(file), [0x00, 0x01]);
        }
    }

    /// 券面事項確認AP, 住基AP and 共通カードAP are not in the list.
    #[test]
    fn no_other_municipal_application_can_be_selected() {
        const MUNICIPAL: &[u8] = &[0xD3, 0x92, 0x10];
        let municipal: Vec<_> =
            Application::ALL.into_iter().filter(|one| one.aid().starts_with(MUNICIPAL)).collect();
        assert_eq!(municipal, [Application::InputAssist]);
    }
}
