//! How OCSP names a certificate: hashes of its issuer, and its serial number (RFC 6960, 4.1.1).

use rsa::sha2::{Digest as _, Sha256};
use sha1::Sha1;

use crate::{
    cert::chain::Anchor,
    tlv::{self, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE},
};

/// Hash that names the issuer. Nothing rests on its strength: the answer is checked against the
/// issuer's key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertIdHash {
    /// For responders that know nothing else.
    Sha1,
    /// The default.
    Sha256,
}

impl CertIdHash {
    /// Content of the identifier.
    fn id(self) -> &'static [u8] {
        match self {
            Self::Sha1 => &[0x2B, 0x0E, 0x03, 0x02, 0x1A],
            Self::Sha256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
        }
    }

    fn hash(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        }
    }
}

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CertId {
    hash: CertIdHash,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    /// As in the certificate, sign byte included.
    serial: Vec<u8>,
}

impl CertId {
    pub(super) fn of(issuer: &Anchor, serial: &[u8], hash: CertIdHash) -> Self {
        Self {
            hash,
            issuer_name_hash: hash.hash(issuer.name_der()),
            issuer_key_hash: hash.hash(issuer.key().bits()),
            serial: serial.to_vec(),
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        const NULL: &[u8] = &[0x05, 0x00];
        let algorithm = [&tlv::encode(OBJECT_IDENTIFIER, self.hash.id()), NULL].concat();
        let fields = [
            tlv::encode(SEQUENCE, &algorithm),
            tlv::encode(OCTET_STRING, &self.issuer_name_hash),
            tlv::encode(OCTET_STRING, &self.issuer_key_hash),
            tlv::encode(INTEGER, &self.serial),
        ];
        tlv::encode(SEQUENCE, &fields.concat())
    }

    /// Whether this content of a `CertID` names the same certificate by the same hash.
    pub(super) fn is_named_by(&self, content: &[u8]) -> bool {
        self.fits(content).unwrap_or(false)
    }

    fn fits(&self, content: &[u8]) -> Option<bool> {
        let (algorithm, rest) = tlv::read_tagged(content, SEQUENCE).ok()?;
        let (name_hash, rest) = tlv::read_tagged(rest, OCTET_STRING).ok()?;
        let (key_hash, rest) = tlv::read_tagged(rest, OCTET_STRING).ok()?;
        let serial = tlv::read_only(rest, INTEGER).ok()?;
        let (id, parameters) = tlv::read_tagged(algorithm.value, OBJECT_IDENTIFIER).ok()?;
        Some(
            id.value == self.hash.id()
                // Responders write the absent parameters as NULL or leave them out.
                && matches!(parameters, [] | [0x05, 0x00])
                && name_hash.value == self.issuer_name_hash
                && key_hash.value == self.issuer_key_hash
                && serial.value == self.serial,
        )
    }
}

/// Hash by which a responder names its own key (RFC 6960, 4.2.1): always SHA-1.
pub(super) fn responder_key_hash(key_bits: &[u8]) -> [u8; 20] {
    Sha1::digest(key_bits).into()
}
