//! The checks of a citizen's certificate in their order, each step noted in a report.

use super::{CertificateClass, CertificateKind, KeyError, SignatureVerifier, matches};
use crate::{
    cert::{
        attributes::{AttributeError, BasicAttributes},
        chain::find_issuer,
        profile::Certificate,
    },
    report::{Report, StepOutcome, Verification},
    revocation::{
        CertificateId, DistributionPointName, RevocationQuestion, RevocationSource,
        RevocationStatus,
    },
    trust::TrustStore,
};

/// What somebody shows.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// Certificate, DER.
    pub certificate_der: &'a [u8],
    /// What kind it has to be.
    pub class: CertificateClass,
    /// What its key signed; none for a card that was only touched.
    pub proof: Option<Proof<'a>>,
}

/// A signature and what was signed.
#[derive(Clone, Copy)]
pub struct Proof<'a> {
    /// Bytes built by the verifying side from what it stored, see [`crate::tbs`].
    pub tbs_bytes: &'a [u8],
    /// Signature of the card.
    pub signature: &'a [u8],
}

/// Shows neither the bytes nor the signature.
impl std::fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proof({} bytes, ..)", self.tbs_bytes.len())
    }
}

/// A certificate that passed every check, and what may be kept of it.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedCertificate {
    /// Subject key id of the issuing CA generation.
    pub issuer_key_id: Vec<u8>,
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// Opaque id in the certificate; not a name.
    pub subject_cn: String,
    /// Begin of validity, Unix seconds: when it was issued.
    pub not_before: i64,
    /// End of validity, Unix seconds.
    pub not_after: i64,
    /// Auth or signature certificate, card or phone.
    pub kind: CertificateKind,
    /// Where its issuer says the revocation lists lie.
    pub distribution_points: Vec<DistributionPointName>,
}

/// Shows the kind only: everything else leads to a person.
impl std::fmt::Debug for VerifiedCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerifiedCertificate({:?}, ..)", self.kind)
    }
}

impl VerifiedCertificate {
    /// The certificate's name for good.
    pub fn certificate_id(&self) -> CertificateId {
        CertificateId { issuer_key_id: self.issuer_key_id.clone(), serial: self.serial.clone() }
    }

    /// The question for a [`RevocationSource`].
    pub fn question(&self) -> RevocationQuestion {
        RevocationQuestion {
            certificate: self.certificate_id(),
            distribution_points: self.distribution_points.clone(),
        }
    }

    /// Asks a source for the state of this certificate.
    pub fn revocation(
        &self,
        source: &dyn RevocationSource,
        now_unix_secs: i64,
    ) -> RevocationStatus {
        source.status(&self.question(), now_unix_secs)
    }
}

/// A person who signed with a signature certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSigner {
    /// Which certificate.
    pub certificate: VerifiedCertificate,
    /// Name, address, birth date and sex as the CA recorded them.
    pub attributes: BasicAttributes,
}

/// Why a certificate or a signature is refused, one variant per rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// A signature certificate without well-formed attributes.
    #[error("the attributes are not as they must be: {0}")]
    BadAttributes(#[from] AttributeError),
    /// A CA certificate was presented as a citizen's.
    #[error("a CA certificate is no citizen's")]
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
    /// Neither RSA-2048 with SHA-256 nor P-384 with SHA-384.
    #[error("algorithm or key is not allowed")]
    UnsupportedAlgorithm,
    /// Another kind of certificate was asked for.
    #[error("the certificate is of another kind")]
    WrongKind,
    /// Key usage bits are not exactly those of its kind.
    #[error("the certificate's key usage is wrong")]
    WrongKeyUsage,
    /// No policy of its kind.
    #[error("the certificate's policy is wrong")]
    WrongPolicy,
}

impl From<KeyError> for Refusal {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Malformed => Self::Malformed,
            KeyError::UnsupportedAlgorithm | KeyError::WrongExponent | KeyError::WrongSize => {
                Self::UnsupportedAlgorithm
            }
        }
    }
}

/// Checks what was presented; the result names every step that was taken.
///
/// Revocation is asked afterwards, see [`Verification::with_revocation`].
pub fn verify(
    presented: &Presented<'_>,
    trust: &TrustStore,
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Verification {
    let mut checks = Checks {
        report: Report::at(now_unix_secs, presented.proof.is_some()),
        trust,
        now_unix_secs,
        verifier,
    };
    match checks.run(presented) {
        Ok((certificate, attributes)) => {
            Verification { report: checks.report, certificate: Some(certificate), attributes }
        }
        Err(refusal) => {
            checks.report.refuse(refusal);
            Verification { report: checks.report, certificate: None, attributes: None }
        }
    }
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
) -> Result<VerifiedCertificate, Refusal> {
    let proof = Some(Proof { tbs_bytes, signature });
    let class = CertificateClass::Authentication;
    let presented = Presented { certificate_der, class, proof };
    verify(&presented, trust, now_unix_secs, verifier).into_certificate()
}

/// Verifies a touched card: its auth certificate is good. That the card is present, or that its
/// owner is, stays unproven; grant what assurance level 1 grants and no more.
pub fn verify_touch(
    certificate_der: &[u8],
    trust: &TrustStore,
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Result<VerifiedCertificate, Refusal> {
    let class = CertificateClass::Authentication;
    let presented = Presented { certificate_der, class, proof: None };
    verify(&presented, trust, now_unix_secs, verifier).into_certificate()
}

/// Verifies a signature made with the signature certificate, and reads who signed.
///
/// `tbs_bytes` are [`crate::tbs::DocumentTbs::bytes`], built by the verifying side.
pub fn verify_document(
    certificate_der: &[u8],
    tbs_bytes: &[u8],
    signature: &[u8],
    trust: &TrustStore,
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Result<VerifiedSigner, Refusal> {
    let proof = Some(Proof { tbs_bytes, signature });
    let class = CertificateClass::Signature;
    let presented = Presented { certificate_der, class, proof };
    verify(&presented, trust, now_unix_secs, verifier).into_signer()
}

/// The steps and how far they got.
struct Checks<'a> {
    report: Report,
    trust: &'a TrustStore,
    now_unix_secs: i64,
    verifier: &'a dyn SignatureVerifier,
}

type Found = (VerifiedCertificate, Option<BasicAttributes>);

impl Checks<'_> {
    fn run(&mut self, presented: &Presented<'_>) -> Result<Found, Refusal> {
        let certificate = Certificate::parse(presented.certificate_der)?;
        self.signature(&certificate, presented.proof)?;
        let (issuer_key_id, kind) = self.chain(&certificate, presented.class)?;
        self.report.chain = StepOutcome::Passed;
        certificate.check_validity(self.now_unix_secs)?;
        self.report.validity = StepOutcome::Passed;
        let attributes = match presented.class {
            CertificateClass::Authentication => None,
            CertificateClass::Signature => Some(certificate.attributes()?),
        };
        let verified = VerifiedCertificate {
            issuer_key_id,
            serial: certificate.serial()?.to_vec(),
            subject_cn: certificate.common_name()?,
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            kind,
            distribution_points: certificate.distribution_points()?,
        };
        Ok((verified, attributes))
    }

    fn signature(
        &mut self,
        certificate: &Certificate<'_>,
        proof: Option<Proof<'_>>,
    ) -> Result<(), Refusal> {
        let key = certificate.check_algorithms()?;
        let Some(proof) = proof else { return Ok(()) };
        if !matches(self.verifier, key, proof.tbs_bytes, proof.signature) {
            return Err(Refusal::SignatureMismatch);
        }
        self.report.signature = StepOutcome::Passed;
        Ok(())
    }

    fn chain(
        &self,
        certificate: &Certificate<'_>,
        class: CertificateClass,
    ) -> Result<(Vec<u8>, CertificateKind), Refusal> {
        let kind = certificate.kind(self.trust.profile())?;
        if kind.class != class {
            return Err(Refusal::WrongKind);
        }
        let anchors = self.trust.anchors(class);
        let issuer = find_issuer(certificate, anchors, self.now_unix_secs, self.verifier)?;
        certificate.check_leaf(class)?;
        Ok((issuer.key_id().to_vec(), kind))
    }
}
