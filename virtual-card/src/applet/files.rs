//! Elementary files of the JPKI application.

use jpki::card::Application;

use crate::card_file::{AssistData, CardFile, Credential};

/// Size of a certificate file; what the certificate leaves free is filler.
const CERTIFICATE_FILE_LEN: usize = 3808;

/// A file, named by what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ef {
    AssistAttributes,
    AssistMyNumber,
    AssistPin,
    AuthCaCertificate,
    AuthCertificate,
    AuthKey,
    AuthPin,
    Availability,
    SignCaCertificate,
    SignCertificate,
    SignKey,
    SignPin,
    TokenInformation,
}

/// Contents of the files that can be read.
pub(super) struct Files {
    auth_certificate: Vec<u8>,
    auth_ca: Vec<u8>,
    sign_certificate: Vec<u8>,
    sign_ca: Vec<u8>,
    token: Vec<u8>,
    availability: [u8; 3],
    attributes: Vec<u8>,
}

impl Files {
    pub(super) fn of(file: &CardFile) -> Self {
        let certificate = |credential: &Credential| padded(&credential.certificate.0);
        let ca = |credential: &Credential| padded(&credential.ca_certificate.0);
        let mark = |present: bool| if present { 0x8F } else { 0x00 };
        Self {
            auth_certificate: certificate(&file.auth),
            auth_ca: ca(&file.auth),
            sign_certificate: file.sign.as_ref().map_or_else(|| padded(&[]), certificate),
            sign_ca: file.sign.as_ref().map_or_else(|| padded(&[]), ca),
            token: token_information(file.profile.token_label()),
            availability: [
                mark(file.sign.is_some()),
                mark(!file.auth.certificate.0.is_empty()),
                0x00,
            ],
            attributes: file.assist.as_ref().map(text_file).unwrap_or_default(),
        }
    }

    pub(super) fn find(application: Option<Application>, id: u16) -> Option<Ef> {
        match application? {
            Application::Jpki => Self::find_jpki(id),
            Application::InputAssist => Self::find_assist(id),
            Application::IssuerDomain => None,
        }
    }

    fn find_assist(id: u16) -> Option<Ef> {
        Some(match id {
            0x0001 => Ef::AssistMyNumber,
            0x0002 => Ef::AssistAttributes,
            0x0011 => Ef::AssistPin,
            _ => return None,
        })
    }

    fn find_jpki(id: u16) -> Option<Ef> {
        Some(match id {
            0x0001 => Ef::SignCertificate,
            0x0002 => Ef::SignCaCertificate,
            0x0006 => Ef::TokenInformation,
            0x0008 => Ef::Availability,
            0x000A => Ef::AuthCertificate,
            0x000B => Ef::AuthCaCertificate,
            0x0017 => Ef::AuthKey,
            0x0018 => Ef::AuthPin,
            0x001A => Ef::SignKey,
            0x001B => Ef::SignPin,
            _ => return None,
        })
    }

    pub(super) fn content(&self, file: Ef) -> Option<&[u8]> {
        match file {
            Ef::AssistAttributes => Some(&self.attributes),
            Ef::AuthCaCertificate => Some(&self.auth_ca),
            Ef::AuthCertificate => Some(&self.auth_certificate),
            Ef::Availability => Some(&self.availability),
            Ef::SignCaCertificate => Some(&self.sign_ca),
            Ef::SignCertificate => Some(&self.sign_certificate),
            Ef::TokenInformation => Some(&self.token),
            Ef::AssistMyNumber
            | Ef::AssistPin
            | Ef::AuthKey
            | Ef::AuthPin
            | Ef::SignKey
            | Ef::SignPin => None,
        }
    }
}

/// `FF 20` with a table of offsets and the four attributes.
fn text_file(data: &AssistData) -> Vec<u8> {
    const TABLE_LEN: usize = 11;
    let fields = [
        element([0xDF, 0x22], data.name.as_bytes()),
        element([0xDF, 0x23], data.address.as_bytes()),
        element([0xDF, 0x24], data.birth_date.as_bytes()),
        element([0xDF, 0x25], data.sex.to_string().as_bytes()),
    ];
    let content_len = TABLE_LEN + fields.iter().map(Vec::len).sum::<usize>();
    let header_len = element([0xFF, 0x20], &vec![0; content_len]).len() - content_len;
    let mut offset = header_len + TABLE_LEN;
    let mut table = Vec::new();
    for field in &fields {
        table.extend(u16::try_from(offset).unwrap_or(u16::MAX).to_be_bytes());
        offset += field.len();
    }
    element([0xFF, 0x20], &[element([0xDF, 0x21], &table), fields.concat()].concat())
}

/// A tag of two bytes; the length as in DER.
fn element(tag: [u8; 2], value: &[u8]) -> Vec<u8> {
    let encoded = jpki::tlv::encode(0, value);
    [&tag[..], &encoded[1..]].concat()
}

fn padded(certificate: &[u8]) -> Vec<u8> {
    let mut content = certificate.to_vec();
    content.resize(CERTIFICATE_FILE_LEN.max(content.len()), 0xFF);
    content
}

/// `CK_TOKEN_INFO` with 32-bit big-endian integers, 160 bytes.
fn token_information(label: &str) -> Vec<u8> {
    const UNKNOWN: u32 = u32::MAX;
    const PIN_LEN_MAX: u32 = 16;
    const PIN_LEN_MIN: u32 = 6;
    let text = [(label, 32), ("TEST ONLY", 32), ("JPKI", 16), ("0000000000000000", 16)];
    let mut content: Vec<u8> =
        text.into_iter().flat_map(|(text, width)| format!("{text:<width$}").into_bytes()).collect();
    let numbers = [0, 0, 0, 0, 0, PIN_LEN_MAX, PIN_LEN_MIN].into_iter().chain([UNKNOWN; 4]);
    content.extend(numbers.flat_map(u32::to_be_bytes));
    content.extend(b"0301");
    content.extend([b'0'; 16]);
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_information_has_the_documented_layout() {
        let content = token_information("JPKIAPICCTOKEN2");
        assert_eq!(content.len(), 160);
        assert_eq!(content[..32], *b"JPKIAPICCTOKEN2                 ");
        assert_eq!(content[116..124], [0, 0, 0, 16, 0, 0, 0, 6]);
        assert_eq!(content[124..140], [0xFF; 16]);
        assert_eq!(content[140..144], *b"0301");
    }
}
