//! An OCSP answer before it is signed, and the request it answers. Every field can be changed.

use const_oid::ObjectIdentifier;
use der::Encode as _;
use jpki::{
    revocation::{RevocationReason, ocsp::nonce_extensions},
    time,
    tlv::{
        self, ENUMERATED, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, context,
        context_primitive,
    },
};
use rsa::sha2::Digest as _;
use sha1::Sha1;
use x509_cert::name::Name;

use super::{
    Ca, CaError, TestHierarchy,
    certificate::{CertificateDraft, Validity, algorithm_identifier},
    extension, name,
    revocation_list::signed_whole,
};
use crate::keys::SecretKey;

const BASIC_ID: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
const NONCE_ID: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
const YEAR_SECS: i64 = 365 * 86_400;

/// State of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateState {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked {
        /// Why.
        reason: RevocationReason,
        /// Since when, Unix seconds.
        revoked_at: i64,
    },
    /// Never issued here.
    Unknown,
}

impl CertificateState {
    fn encode(self) -> Result<Vec<u8>, CaError> {
        Ok(match self {
            Self::Good => tlv::encode(context_primitive(0), &[]),
            Self::Unknown => tlv::encode(context_primitive(2), &[]),
            Self::Revoked { reason, revoked_at } => {
                let reason = tlv::encode(ENUMERATED, &[reason.code()]);
                let parts = [generalized(revoked_at)?, tlv::encode(context(0), &reason)];
                tlv::encode(context(1), &parts.concat())
            }
        })
    }
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspRequest {
    /// `CertID`, DER, to be repeated in the answer.
    pub cert_id: Vec<u8>,
    /// Hash of the issuer's key.
    pub issuer_key_hash: Vec<u8>,
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// Nonce.
    pub nonce: Option<Vec<u8>>,
}

impl OcspRequest {
    /// Reads a request for one certificate.
    pub fn parse(der: &[u8]) -> Option<Self> {
        let whole = tlv::read_only(der, SEQUENCE).ok()?;
        let (tbs, _) = tlv::read_tagged(whole.value, SEQUENCE).ok()?;
        let (list, rest) = tlv::read_tagged(tbs.value, SEQUENCE).ok()?;
        let (request, _) = tlv::read_tagged(list.value, SEQUENCE).ok()?;
        let (cert_id, _) = tlv::read_tagged(request.value, SEQUENCE).ok()?;
        let (_hash, fields) = tlv::read_tagged(cert_id.value, SEQUENCE).ok()?;
        let (_name, fields) = tlv::read_tagged(fields, OCTET_STRING).ok()?;
        let (key, fields) = tlv::read_tagged(fields, OCTET_STRING).ok()?;
        let serial = tlv::read_only(fields, INTEGER).ok()?;
        Some(Self {
            cert_id: cert_id.raw.to_vec(),
            issuer_key_hash: key.value.to_vec(),
            serial: serial.value.to_vec(),
            nonce: nonce(rest),
        })
    }

    /// Whether it asks about a certificate of this CA, by whatever hash.
    pub fn is_for(&self, ca: &Ca) -> bool {
        let Ok(info) = ca.key().public_key_info() else { return false };
        let bits = info.subject_public_key.raw_bytes();
        let hashes = [Sha1::digest(bits).to_vec(), rsa::sha2::Sha256::digest(bits).to_vec()];
        hashes.contains(&self.issuer_key_hash)
    }
}

fn nonce(extensions: &[u8]) -> Option<Vec<u8>> {
    let explicit = tlv::read_only(extensions, context(2)).ok()?;
    let mut rest = tlv::read_only(explicit.value, SEQUENCE).ok()?.value;
    while let Ok((extension, after)) = tlv::read_tagged(rest, SEQUENCE) {
        let (id, value) = tlv::read_tagged(extension.value, OBJECT_IDENTIFIER).ok()?;
        if id.value == NONCE_ID {
            let value = tlv::read_only(value, OCTET_STRING).ok()?;
            return Some(tlv::read_only(value.value, OCTET_STRING).ok()?.value.to_vec());
        }
        rest = after;
    }
    None
}

/// A responder: its certificate and key.
#[derive(Clone)]
pub struct Responder {
    /// Certificate, DER; none for the CA itself.
    pub certificate_der: Option<Vec<u8>>,
    /// Its name.
    pub name: Name,
    /// Its key.
    pub key: SecretKey,
}

/// Everything a responder signs.
#[derive(Debug, Clone)]
pub struct OcspDraft {
    /// Whether the responder names itself by its key instead of its name.
    pub by_key: bool,
    /// When it is signed, Unix seconds.
    pub produced_at: i64,
    /// `CertID`s, DER, each with the same state.
    pub cert_ids: Vec<Vec<u8>>,
    /// State.
    pub state: CertificateState,
    /// When the state was known, Unix seconds.
    pub this_update: i64,
    /// Until when it may be used, Unix seconds.
    pub next_update: Option<i64>,
    /// Nonce.
    pub nonce: Option<Vec<u8>>,
    /// `Extensions` of the answer in place of the nonce.
    pub extensions: Option<Vec<u8>>,
    /// `Extensions` of the single response.
    pub single_extensions: Option<Vec<u8>>,
}

impl OcspDraft {
    /// A good answer to this request.
    pub fn answering(request: &OcspRequest, state: CertificateState, now: i64) -> Self {
        Self {
            by_key: false,
            produced_at: now,
            cert_ids: vec![request.cert_id.clone()],
            state,
            this_update: now,
            next_update: None,
            nonce: request.nonce.clone(),
            extensions: None,
            single_extensions: None,
        }
    }

    /// DER of the whole answer, signed by this responder.
    pub fn sign(&self, responder: &Responder) -> Result<Vec<u8>, CaError> {
        let algorithm = algorithm_identifier(responder.key.algorithm()).to_der()?;
        let data = self.response_data(responder)?;
        let whole = signed_whole(&data, &algorithm, &responder.key.sign(&data)?);
        let certificates = responder
            .certificate_der
            .as_ref()
            .map(|certificate| tlv::encode(context(0), &tlv::encode(SEQUENCE, certificate)));
        Ok(successful(&with_certificates(&whole, certificates.as_deref())))
    }

    fn response_data(&self, responder: &Responder) -> Result<Vec<u8>, CaError> {
        let id = if self.by_key {
            let info = responder.key.public_key_info()?;
            let hash = Sha1::digest(info.subject_public_key.raw_bytes());
            tlv::encode(context(2), &tlv::encode(OCTET_STRING, &hash))
        } else {
            tlv::encode(context(1), &responder.name.to_der()?)
        };
        let mut singles = Vec::new();
        for cert_id in &self.cert_ids {
            singles.extend(self.single(cert_id)?);
        }
        let extensions = self.extensions.clone().or(self.nonce.as_deref().map(nonce_extensions));
        let extensions = extensions.map(|all| tlv::encode(context(1), &all)).unwrap_or_default();
        let singles = tlv::encode(SEQUENCE, &singles);
        let parts = [id, generalized(self.produced_at)?, singles, extensions];
        Ok(tlv::encode(SEQUENCE, &parts.concat()))
    }

    fn single(&self, cert_id: &[u8]) -> Result<Vec<u8>, CaError> {
        let next_update = match self.next_update {
            None => Vec::new(),
            Some(next) => tlv::encode(context(0), &generalized(next)?),
        };
        let extensions = self.single_extensions.as_ref();
        let extensions = extensions.map(|all| tlv::encode(context(1), all)).unwrap_or_default();
        let (state, this_update) = (self.state.encode()?, generalized(self.this_update)?);
        let parts = [cert_id, &state, &this_update, &next_update, &extensions];
        Ok(tlv::encode(SEQUENCE, &parts.concat()))
    }
}

/// An answer without content: 1 malformed request, 2 internal error, 3 try later, 6 unauthorised.
pub fn unsuccessful(code: u8) -> Vec<u8> {
    tlv::encode(SEQUENCE, &tlv::encode(ENUMERATED, &[code]))
}

fn successful(basic: &[u8]) -> Vec<u8> {
    let id = tlv::encode(OBJECT_IDENTIFIER, BASIC_ID);
    let bytes = tlv::encode(SEQUENCE, &[id, tlv::encode(OCTET_STRING, basic)].concat());
    let parts = [tlv::encode(ENUMERATED, &[0]), tlv::encode(context(0), &bytes)];
    tlv::encode(SEQUENCE, &parts.concat())
}

fn with_certificates(whole: &[u8], certificates: Option<&[u8]>) -> Vec<u8> {
    let content = tlv::read_only(whole, SEQUENCE).map_or(&[][..], |whole| whole.value);
    tlv::encode(SEQUENCE, &[content, certificates.unwrap_or_default()].concat())
}

fn generalized(unix_secs: i64) -> Result<Vec<u8>, CaError> {
    time::encode_generalized(unix_secs).ok_or(CaError::Time)
}

impl TestHierarchy {
    /// A responder's certificate as this CA would issue it, open to changes before it is signed.
    pub fn responder_draft(
        &mut self,
        issuer: &Ca,
        key: &SecretKey,
        now_unix_secs: i64,
    ) -> Result<CertificateDraft, CaError> {
        let serial = self.take_serial();
        let public_key = key.public_key_info()?;
        let subject = [(name::COUNTRY, "JP"), (name::COMMON_NAME, "TEST OCSP responder")];
        Ok(CertificateDraft {
            serial,
            issuer: issuer.name.clone(),
            subject: name::distinguished(&subject)?,
            validity: Validity {
                not_before: now_unix_secs - 3600,
                not_after: now_unix_secs + YEAR_SECS,
            },
            extensions: extension::of_responder(issuer, &public_key)?,
            public_key,
            algorithm: issuer.key().algorithm(),
        })
    }

    /// A responder that this CA authorised.
    pub fn responder(
        &mut self,
        issuer: &Ca,
        key: SecretKey,
        now_unix_secs: i64,
    ) -> Result<Responder, CaError> {
        let draft = self.responder_draft(issuer, &key, now_unix_secs)?;
        let certificate_der = Some(issuer.sign(&draft)?);
        Ok(Responder { certificate_der, name: draft.subject, key })
    }
}

impl Ca {
    /// The CA answering by itself.
    pub fn as_responder(&self) -> Responder {
        Responder { certificate_der: None, name: self.name.clone(), key: self.key.clone() }
    }
}

/// Identifier of the extension that says: nobody need ask for this certificate's own revocation.
pub const NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
