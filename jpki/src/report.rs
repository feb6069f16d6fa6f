//! The result of a verification, step by step, and the form of it that may leave the verifier.
//!
//! [`Report`] stays inside: its refusals and times may say something about a life. [`PublicReport`]
//! is what a relying service gets: which steps passed, how fresh the revocation data was, and no
//! value that comes from a certificate (invariant 5).

use serde::{Deserialize, Serialize};

use crate::{
    cert::attributes::BasicAttributes,
    revocation::{Decision, Flag, RevocationPolicy, RevocationStatus},
    verify::{Refusal, VerifiedCertificate, VerifiedSigner},
};

/// How one step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepOutcome {
    /// It was not part of the question, e.g. the signature of a card that was only touched.
    NotAsked,
    /// A step before it failed.
    NotReached,
    /// It passed.
    Passed,
    /// It failed.
    Refused(Refusal),
}

/// Every step of one verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The card signed these bytes, with an algorithm that is allowed.
    pub signature: StepOutcome,
    /// A CA generation of the right kind issued it, and it keeps the rules of its kind.
    pub chain: StepOutcome,
    /// Its dates, and those of its issuer.
    pub validity: StepOutcome,
    /// Its revocation; none before a source was asked.
    pub revocation: Option<RevocationStatus>,
    /// When all this was checked, Unix seconds.
    pub checked_at: i64,
}

impl Report {
    pub(crate) fn at(checked_at: i64, with_signature: bool) -> Self {
        Self {
            signature: if with_signature { StepOutcome::NotReached } else { StepOutcome::NotAsked },
            chain: StepOutcome::NotReached,
            validity: StepOutcome::NotReached,
            revocation: None,
            checked_at,
        }
    }

    /// Notes a refusal at the step whose rule it is.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        let step = match refusal {
            Refusal::SignatureMismatch => &mut self.signature,
            Refusal::Expired { .. } | Refusal::NotYetValid | Refusal::IssuerNotValid => {
                &mut self.validity
            }
            _ => &mut self.chain,
        };
        *step = StepOutcome::Refused(refusal);
    }

    /// Why it failed, if it did; revocation is the policy's matter.
    pub fn refusal(&self) -> Option<Refusal> {
        [self.signature, self.chain, self.validity].into_iter().find_map(|step| match step {
            StepOutcome::Refused(refusal) => Some(refusal),
            _ => None,
        })
    }

    /// When the revocation data was made.
    pub fn source_updated_at(&self) -> Option<i64> {
        self.revocation.and_then(RevocationStatus::source_updated_at)
    }

    fn verdict(&self, policy: RevocationPolicy) -> (PublicResult, Option<Flag>) {
        if let Some(refusal) = self.refusal() {
            return (PublicResult::of(refusal), None);
        }
        match policy.decide(self.revocation.unwrap_or(RevocationStatus::Unknown)) {
            Decision::Accept => (PublicResult::Ok, None),
            Decision::AcceptWithFlag(flag) => (PublicResult::Ok, Some(flag)),
            Decision::Refuse(crate::revocation::RevocationRefusal::Revoked) => {
                (PublicResult::CertificateHasBeenRevoked, None)
            }
            Decision::Refuse(_) => (PublicResult::RevocationNotKnown, None),
        }
    }

    /// What a relying service may see.
    pub fn public(&self, policy: RevocationPolicy) -> PublicReport {
        let (result, flag) = self.verdict(policy);
        PublicReport {
            result,
            signature: self.signature.into(),
            chain: self.chain.into(),
            validity: self.validity.into(),
            revocation: self.revocation.into(),
            flag,
            checked_at: self.checked_at,
            source_updated_at: self.source_updated_at(),
        }
    }
}

/// A verification with what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The steps.
    pub report: Report,
    /// The certificate, when every step passed.
    pub certificate: Option<VerifiedCertificate>,
    /// Who signed, when it is a signature certificate and every step passed.
    pub attributes: Option<BasicAttributes>,
}

impl Verification {
    /// Adds what a revocation source said.
    #[must_use]
    pub fn with_revocation(mut self, status: RevocationStatus) -> Self {
        self.report.revocation = Some(status);
        self
    }

    /// The certificate, or why there is none.
    pub fn into_certificate(self) -> Result<VerifiedCertificate, Refusal> {
        self.certificate.ok_or(self.report.refusal().unwrap_or(Refusal::Malformed))
    }

    /// Certificate and attributes, or why there are none.
    pub fn into_signer(self) -> Result<VerifiedSigner, Refusal> {
        let refusal = self.report.refusal().unwrap_or(Refusal::WrongKind);
        match (self.certificate, self.attributes) {
            (Some(certificate), Some(attributes)) => Ok(VerifiedSigner { certificate, attributes }),
            _ => Err(refusal),
        }
    }
}

/// A result without any certificate data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublicReport {
    /// The whole in one word.
    pub result: PublicResult,
    /// See [`Report::signature`].
    pub signature: PublicStep,
    /// See [`Report::chain`].
    pub chain: PublicStep,
    /// See [`Report::validity`].
    pub validity: PublicStep,
    /// Good, revoked, stale or unknown; neither the reason nor the time of a revocation.
    pub revocation: PublicRevocation,
    /// What was accepted in doubt.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub flag: Option<Flag>,
    /// When it was checked, Unix seconds.
    pub checked_at: i64,
    /// When the revocation data was made, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_updated_at: Option<i64>,
}

/// The whole in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicResult {
    /// Revoked.
    CertificateHasBeenRevoked,
    /// Its time is over, has not begun, or its issuer's is over.
    CertificateNotInItsTime,
    /// Everything passed that the service asks for.
    Ok,
    /// No fresh source said that it is good, and the service does not accept that.
    RevocationNotKnown,
    /// The card did not sign these bytes.
    SignatureDidNotMatch,
    /// No certificate that counts here.
    UnsupportedCertificate,
}

impl PublicResult {
    fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SignatureMismatch => Self::SignatureDidNotMatch,
            Refusal::Expired { .. } | Refusal::NotYetValid | Refusal::IssuerNotValid => {
                Self::CertificateNotInItsTime
            }
            _ => Self::UnsupportedCertificate,
        }
    }
}

/// How a step ended, without the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicStep {
    /// Not part of the question.
    NotAsked,
    /// Not reached.
    NotReached,
    /// Passed.
    Passed,
    /// Refused.
    Refused,
}

impl From<StepOutcome> for PublicStep {
    fn from(step: StepOutcome) -> Self {
        match step {
            StepOutcome::NotAsked => Self::NotAsked,
            StepOutcome::NotReached => Self::NotReached,
            StepOutcome::Passed => Self::Passed,
            StepOutcome::Refused(_) => Self::Refused,
        }
    }
}

/// Revocation in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicRevocation {
    /// Not revoked.
    Good,
    /// No source was asked.
    NotAsked,
    /// Revoked.
    Revoked,
    /// The source is too old.
    Stale,
    /// No source knows.
    Unknown,
}

impl From<Option<RevocationStatus>> for PublicRevocation {
    fn from(status: Option<RevocationStatus>) -> Self {
        match status {
            None => Self::NotAsked,
            Some(RevocationStatus::Good { .. }) => Self::Good,
            Some(RevocationStatus::Revoked { .. }) => Self::Revoked,
            Some(RevocationStatus::Stale { .. }) => Self::Stale,
            Some(RevocationStatus::Unknown) => Self::Unknown,
        }
    }
}
