//! OCSP (RFC 6960): questions as bytes, answers checked.
//!
//! An answer counts when the CA itself or a responder that the CA authorised signed it, when it is
//! about exactly this certificate, when it repeats the nonce of the question and when it is fresh.
//! Anything else is a refusal with its reason, and the caller asks elsewhere ([`super::inquiry`]).

mod answer;
mod name;
mod responder;

pub use name::CertIdHash;

use super::RevocationStatus;
use crate::{
    cert::chain::Anchor,
    tlv::{self, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, context},
    verify::SignatureVerifier,
};
use name::CertId;

/// Most bytes of an answer.
pub const ANSWER_LEN_MAX: usize = 64 * 1024;
/// Bytes of a nonce (RFC 9654 asks for 32).
pub const NONCE_LEN: usize = 32;

/// Content of id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2.
const NONCE_ID: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];

/// What an answer has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcspRules {
    /// How the question names the issuer.
    pub hash: CertIdHash,
    /// The nonce must be repeated. Switch off only for a responder that signs answers in advance.
    pub require_nonce: bool,
    /// The responder's certificate must say that nobody need ask for its own revocation
    /// (id-pkix-ocsp-nocheck); otherwise the answer would rest on a question nobody asked.
    pub require_no_check: bool,
    /// Oldest state that is taken, in seconds.
    pub max_age_secs: i64,
    /// Tolerated difference of the clocks, in seconds.
    pub skew_secs: i64,
}

impl Default for OcspRules {
    fn default() -> Self {
        Self {
            hash: CertIdHash::Sha256,
            require_nonce: true,
            require_no_check: true,
            max_age_secs: 120,
            skew_secs: super::crl::SKEW_SECS,
        }
    }
}

/// One question about one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspQuestion {
    certificate: CertId,
    nonce: [u8; NONCE_LEN],
}

/// A checked answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcspAnswer {
    /// Good, revoked or unknown.
    pub status: RevocationStatus,
    /// When the responder signed, Unix seconds.
    pub produced_at: i64,
    /// Until when the state may be reused, Unix seconds, if the responder says.
    pub next_update: Option<i64>,
}

/// Why an answer is refused, one variant per rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum OcspRefusal {
    /// Nobody with the right to answer signed it.
    #[error("the answer was not signed by its responder")]
    BadSignature,
    /// From the future.
    #[error("the answer is not yet valid")]
    FromTheFuture,
    /// The CA generation is outside its own validity.
    #[error("the issuer's own certificate is not valid now")]
    IssuerNotValid,
    /// Not strict DER, not basic, or too long.
    #[error("not a well-formed answer")]
    Malformed,
    /// The responder refused, with this code of RFC 6960, 4.2.1.
    #[error("the responder refuses to answer, code {code}")]
    NotSuccessful {
        /// Code.
        code: u8,
    },
    /// About another certificate, or about several.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// The responder's certificate is outside its validity.
    #[error("the responder's certificate is not valid now")]
    ResponderNotValid,
    /// Nobody says that the responder's own certificate need not be checked.
    #[error("the responder's own revocation would have to be checked")]
    ResponderRevocable,
    /// No certificate of the responder that the CA issued.
    #[error("the responder was not authorised by the issuer")]
    ResponderUnauthorised,
    /// The responder's certificate is not made for signing answers, and for nothing else.
    #[error("the responder's certificate is not made for this")]
    ResponderWrongUsage,
    /// The state is older than allowed.
    #[error("the answer is too old")]
    TooOld,
    /// A critical extension that no rule here understands.
    #[error("the answer holds a critical extension that is not understood")]
    UnknownCriticalExtension,
    /// Neither RSA-2048 with SHA-256 nor P-384 with SHA-384.
    #[error("the answer's algorithm is not allowed")]
    UnsupportedAlgorithm,
    /// Another nonce, or none: somebody replays an old answer.
    #[error("the answer does not repeat the nonce")]
    WrongNonce,
}

impl OcspQuestion {
    /// Asks for the certificate of this issuer with this serial number (big-endian, as in the
    /// certificate). The nonce is fresh random bytes.
    pub fn new(issuer: &Anchor, serial: &[u8], rules: &OcspRules, nonce: [u8; NONCE_LEN]) -> Self {
        Self { certificate: CertId::of(issuer, serial, rules.hash), nonce }
    }

    /// The request, DER (`application/ocsp-request`).
    pub fn request_der(&self) -> Vec<u8> {
        let request = tlv::encode(SEQUENCE, &self.certificate.encode());
        let list = tlv::encode(SEQUENCE, &request);
        let extensions = tlv::encode(context(2), &nonce_extensions(&self.nonce));
        let tbs = tlv::encode(SEQUENCE, &[list, extensions].concat());
        tlv::encode(SEQUENCE, &tbs)
    }

    /// Checks an answer (`application/ocsp-response`).
    pub fn verify(
        &self,
        answer_der: &[u8],
        issuer: &Anchor,
        rules: &OcspRules,
        now_unix_secs: i64,
        verifier: &dyn SignatureVerifier,
    ) -> Result<OcspAnswer, OcspRefusal> {
        if !issuer.is_valid_at(now_unix_secs) {
            return Err(OcspRefusal::IssuerNotValid);
        }
        let basic = answer::unwrap(answer_der)?;
        let data = answer::ResponseData::parse(basic.content)?;
        responder::check(&basic, data.responder, issuer, rules, now_unix_secs, verifier)?;
        self.check_nonce(data.nonce, rules)?;
        data.single.check(&self.certificate)?;
        data.single.check_times(rules, now_unix_secs)?;
        Ok(OcspAnswer {
            status: data.single.status,
            produced_at: data.produced_at,
            next_update: data.single.next_update,
        })
    }

    fn check_nonce(&self, nonce: Option<&[u8]>, rules: &OcspRules) -> Result<(), OcspRefusal> {
        match nonce {
            Some(nonce) if nonce == self.nonce => Ok(()),
            None if !rules.require_nonce => Ok(()),
            _ => Err(OcspRefusal::WrongNonce),
        }
    }
}

/// `Extensions` with a nonce and nothing else.
pub fn nonce_extensions(nonce: &[u8]) -> Vec<u8> {
    let value = tlv::encode(OCTET_STRING, &tlv::encode(OCTET_STRING, nonce));
    let extension = [tlv::encode(OBJECT_IDENTIFIER, NONCE_ID), value].concat();
    tlv::encode(SEQUENCE, &tlv::encode(SEQUENCE, &extension))
}
