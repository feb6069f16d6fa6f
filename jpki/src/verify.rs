//! Who is it? A certificate and a signature become a certificate id, or a refusal.
//!
//! The challenge must have been consumed before anything here is called: see [`crate::manual`].

mod portable;

pub use portable::PortableVerifier;

use crate::{
    cert::{
        chain::find_issuer,
        profile::{Certificate, CertificateClass},
        revocation::{CertificateId, RevocationSource, RevocationStatus},
    },
    trust::TrustStore,
};

pub use crate::cert::profile::{CertificateKind, Holder};

/// Algorithms of signatures, closed so that a new one is met by the compiler at every use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256. The next generation of cards adds ECDSA P-384 here.
    RsaPkcs1Sha256,
}

/// Public keys that are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicKey<'a> {
    /// RSA with 2048 bits and exponent 65537.
    Rsa2048 {
        /// `RSAPublicKey` of RFC 8017, A.1.1, DER.
        pkcs1_der: &'a [u8],
    },
}

/// Checks one signature with the primitive of some library.
pub trait SignatureVerifier {
    /// Hashes the message and checks the signature; the padding must match exactly.
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: PublicKey<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureMismatch>;
}

/// The signature was not made with this key over this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
pub struct SignatureMismatch;

/// A certificate that passed every check, and what may be kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedLogin {
    /// Subject key id of the issuing CA generation.
    pub issuer_key_id: Vec<u8>,
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// Opaque id in the certificate; not a name.
    pub subject_cn: String,
    /// End of validity, Unix seconds.
    pub not_after: i64,
    /// Auth or signature certificate, card or phone.
    pub kind: CertificateKind,
}

impl VerifiedLogin {
    /// The question for a [`RevocationSource`].
    pub fn certificate_id(&self) -> CertificateId {
        CertificateId { issuer_key_id: self.issuer_key_id.clone(), serial: self.serial.clone() }
    }

    /// Asks a source for the state of this certificate.
    pub fn revocation(
        &self,
        source: &dyn RevocationSource,
        now_unix_secs: i64,
    ) -> RevocationStatus {
        source.status(&self.certificate_id(), now_unix_secs)
    }
}

/// Why a login is refused, one variant per rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LoginRefusal {
    /// A CA certificate was presented as a citizen's.
    #[error("a CA certificate cannot log in")]
    CaAsCitizen,
    /// Its time is over.
    #[error("the certificate has expired")]
    Expired {
        /// End of validity, Unix seconds.
        not_after: i64,
    },
    /// Issued in another hierarchy than the store's, for example a test hierarchy.
    #[error("the certificate belongs to another hierarchy")]
    ForeignHierarchy,
    /// It names a CA of ours that never signed it.
    #[error("the certificate was not signed by its issuer")]
    ForgedCertificate,
    /// The CA generation is outside its own validity.
    #[error("the issuer's own certificate is not valid now")]
    IssuerNotValid,
    /// Not one strict DER certificate of at most 8 KiB.
    #[error("not a well-formed certificate")]
    Malformed,
    /// Its time has not begun.
    #[error("the certificate is not yet valid")]
    NotYetValid,
    /// The signature was not made by this certificate's key over these bytes.
    #[error("the signature does not match")]
    SignatureMismatch,
    /// A critical extension that no rule here understands.
    #[error("the certificate holds a critical extension that is not understood")]
    UnknownCriticalExtension,
    /// No CA generation with that name and key id is installed.
    #[error("the issuer is not known")]
    UnknownIssuer,
    /// Not RSA-2048 with SHA-256.
    #[error("algorithm or key is not allowed")]
    UnsupportedAlgorithm,
    /// An auth certificate was asked for, this is another kind.
    #[error("the certificate is of another kind")]
    WrongKind,
    /// Key usage bits are not exactly those of its kind.
    #[error("the certificate's key usage is wrong")]
    WrongKeyUsage,
    /// No policy of its kind.
    #[error("the certificate's policy is wrong")]
    WrongPolicy,
}

/// Verifies a login: this card signed these bytes, and its auth certificate is good.
///
/// `tbs_bytes` are [`crate::tbs::LoginTbs::bytes`], built by the verifying side from what it stored.
pub fn verify_login(
    certificate_der: &[u8],
    tbs_bytes: &[u8],
    signature: &[u8],
    trust: &TrustStore,
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Result<VerifiedLogin, LoginRefusal> {
    let certificate = Certificate::parse(certificate_der)?;
    let key = certificate.check_algorithms()?;
    verifier
        .verify(SignatureAlgorithm::RsaPkcs1Sha256, key, tbs_bytes, signature)
        .map_err(|SignatureMismatch| LoginRefusal::SignatureMismatch)?;
    check_certificate(&certificate, trust, now_unix_secs, verifier)
}

/// Verifies a touched card: its auth certificate is good. That the card is present, or that its
/// owner is, stays unproven; grant what assurance level 1 grants and no more.
pub fn verify_touch(
    certificate_der: &[u8],
    trust: &TrustStore,
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Result<VerifiedLogin, LoginRefusal> {
    let certificate = Certificate::parse(certificate_der)?;
    certificate.check_algorithms()?;
    check_certificate(&certificate, trust, now_unix_secs, verifier)
}

fn check_certificate(
    certificate: &Certificate<'_>,
    trust: &TrustStore,
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Result<VerifiedLogin, LoginRefusal> {
    let class = CertificateClass::Authentication;
    let kind = certificate.kind(trust.profile())?;
    if kind.class != class {
        return Err(LoginRefusal::WrongKind);
    }
    let issuer = find_issuer(certificate, trust.anchors(class), now_unix_secs, verifier)?;
    certificate.check_leaf(class)?;
    certificate.check_validity(now_unix_secs)?;
    Ok(VerifiedLogin {
        issuer_key_id: issuer.key_id.clone(),
        serial: certificate.serial()?.to_vec(),
        subject_cn: certificate.common_name()?,
        not_after: certificate.not_after(),
        kind,
    })
}
