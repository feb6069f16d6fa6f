//! Is a certificate still good? What is asked, what is answered, and what the answer is worth.
//!
//! Revocation data of the real JPKI reaches accredited operators only, over closed lines and by two
//! protocols. This module decides everything that does not depend on the line: [`crl`] turns a list
//! into a table, [`store`] keeps the newest list per CA generation and distribution point, [`ocsp`]
//! builds questions and checks answers, [`inquiry`] goes from one to the other. Sockets, files and
//! clocks are the adapter's.

mod both;
pub mod cache;
pub mod crl;
pub mod inquiry;
pub mod ocsp;
pub mod store;
pub mod table;

use std::fmt;

/// Names one certificate for good: DN and serial repeat between CA generations, this does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId {
    /// Subject key id of the issuing CA generation.
    pub issuer_key_id: Vec<u8>,
    /// Serial number, big-endian, as in the certificate.
    pub serial: Vec<u8>,
}

/// One name of a distribution point, as the GeneralName stands in certificate and list.
///
/// Lists of the JPKI are cut by town and addressed by directory names (`[4]`), never by a URI
/// (`[6]`), so names are compared byte by byte and never followed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DistributionPointName(Vec<u8>);

impl DistributionPointName {
    /// Most bytes of a name.
    pub const LEN_MAX: usize = 2048;

    /// Takes a GeneralName, DER: a directory name or a URI.
    pub fn from_der(general_name: &[u8]) -> Option<Self> {
        let (element, rest) = crate::tlv::read(general_name).ok()?;
        let known = [crate::tlv::context(4), crate::tlv::context_primitive(6)];
        let fits = rest.is_empty() && general_name.len() <= Self::LEN_MAX;
        (fits && known.contains(&element.tag)).then(|| Self(general_name.to_vec()))
    }

    /// The GeneralName, DER.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }
}

/// Shows the length only: the town in it says where somebody lives.
impl fmt::Debug for DistributionPointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistributionPointName({} bytes)", self.0.len())
    }
}

/// What a source is asked. Keep it with a stored certificate id to ask again years later.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RevocationQuestion {
    /// Which certificate.
    pub certificate: CertificateId,
    /// Where its issuer says the lists lie; a source of whole lists need not look at it.
    pub distribution_points: Vec<DistributionPointName>,
}

/// Answers whether a certificate is still good.
pub trait RevocationSource {
    /// State of this certificate as far as the source knows at this moment.
    fn status(&self, question: &RevocationQuestion, now_unix_secs: i64) -> RevocationStatus;
}

/// What is known about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Not revoked at the source's time.
    Good {
        /// When the source was made, Unix seconds.
        source_updated_at: i64,
    },
    /// Revoked.
    Revoked {
        /// Why; never told to a relying service as a fact about a life.
        reason: RevocationReason,
        /// Since when, Unix seconds.
        revoked_at: i64,
        /// When the source was made, Unix seconds.
        source_updated_at: i64,
    },
    /// The source is older than it may be.
    Stale {
        /// When the source was made, Unix seconds.
        source_updated_at: i64,
    },
    /// The source knows nothing of this certificate, or there is no source.
    Unknown,
}

impl RevocationStatus {
    /// When the source was made, if there is one.
    pub fn source_updated_at(self) -> Option<i64> {
        match self {
            Self::Good { source_updated_at }
            | Self::Revoked { source_updated_at, .. }
            | Self::Stale { source_updated_at } => Some(source_updated_at),
            Self::Unknown => None,
        }
    }
}

/// Why a certificate was revoked (RFC 5280, 5.3.1), with what the JPKI means by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RevocationReason {
    /// No reason given; destroyed before it was handed over.
    Unspecified,
    /// The key became known.
    KeyCompromise,
    /// The key of the CA became known.
    CaCompromise,
    /// A recorded item changed: name, address, birth date or sex.
    AffiliationChanged,
    /// Replaced by a newer one.
    Superseded,
    /// No longer needed.
    CessationOfOperation,
    /// Stopped for the time being, e.g. a lost card.
    CertificateHold,
    /// A right was withdrawn.
    PrivilegeWithdrawn,
    /// The key of an attribute authority became known.
    AaCompromise,
}

impl RevocationReason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// Code of RFC 5280.
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }

    /// The reason with this code. Code 8 takes an entry out of a list and is no state.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => return None,
        })
    }
}

/// There is no source: every certificate is [`RevocationStatus::Unknown`], and whoever uses it has
/// to decide what that is worth.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRevocationSource;

impl RevocationSource for NoRevocationSource {
    fn status(&self, _question: &RevocationQuestion, _now_unix_secs: i64) -> RevocationStatus {
        RevocationStatus::Unknown
    }
}

/// What a service does when nobody can say whether a certificate is revoked.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum InDoubt {
    /// Go on, and say so in the result. For services where a refusal does more harm, such as
    /// information in a disaster.
    AllowWithFlag,
    /// Refuse.
    #[default]
    Deny,
}

/// What one service makes of revocation. The default refuses whatever is not known to be good.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(default, deny_unknown_fields)]
pub struct RevocationPolicy {
    /// The source is past its next update.
    pub stale: InDoubt,
    /// No source knows the certificate.
    pub unknown: InDoubt,
}

impl RevocationPolicy {
    /// What follows from a status.
    pub fn decide(self, status: RevocationStatus) -> Decision {
        let in_doubt = |choice, flag, refusal| match choice {
            InDoubt::AllowWithFlag => Decision::AcceptWithFlag(flag),
            InDoubt::Deny => Decision::Refuse(refusal),
        };
        match status {
            RevocationStatus::Good { .. } => Decision::Accept,
            RevocationStatus::Revoked { .. } => Decision::Refuse(RevocationRefusal::Revoked),
            RevocationStatus::Stale { .. } => {
                in_doubt(self.stale, Flag::RevocationStale, RevocationRefusal::Stale)
            }
            RevocationStatus::Unknown => {
                in_doubt(self.unknown, Flag::RevocationUnknown, RevocationRefusal::Unknown)
            }
        }
    }
}

/// What a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Go on.
    Accept,
    /// Go on, and pass this on with the result.
    AcceptWithFlag(Flag),
    /// Stop.
    Refuse(RevocationRefusal),
}

/// What a result carries that was accepted in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// The source was past its next update.
    RevocationStale,
    /// No source knew the certificate.
    RevocationUnknown,
}

/// Why a certificate is not good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RevocationRefusal {
    /// It is revoked.
    #[error("the certificate is revoked")]
    Revoked,
    /// The source is too old.
    #[error("the revocation source is past its next update")]
    Stale,
    /// Nobody knows.
    #[error("no revocation source knows the certificate")]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_good_is_accepted_by_default() {
        let check = |status, expected| {
            assert_eq!(RevocationPolicy::default().decide(status), expected);
        };
        let revoked = RevocationStatus::Revoked {
            reason: RevocationReason::Superseded,
            revoked_at: 1,
            source_updated_at: 2,
        };
        check(RevocationStatus::Good { source_updated_at: 1 }, Decision::Accept);
        check(revoked, Decision::Refuse(RevocationRefusal::Revoked));
        let stale = RevocationStatus::Stale { source_updated_at: 1 };
        check(stale, Decision::Refuse(RevocationRefusal::Stale));
        check(RevocationStatus::Unknown, Decision::Refuse(RevocationRefusal::Unknown));
    }

    #[test]
    fn a_lenient_service_is_told_what_is_in_doubt_and_never_accepts_a_revoked_one() {
        let lenient =
            RevocationPolicy { stale: InDoubt::AllowWithFlag, unknown: InDoubt::AllowWithFlag };
        let stale = lenient.decide(RevocationStatus::Stale { source_updated_at: 1 });
        assert_eq!(stale, Decision::AcceptWithFlag(Flag::RevocationStale));
        let unknown = lenient.decide(RevocationStatus::Unknown);
        assert_eq!(unknown, Decision::AcceptWithFlag(Flag::RevocationUnknown));
        for reason in RevocationReason::ALL {
            let status = RevocationStatus::Revoked { reason, revoked_at: 1, source_updated_at: 2 };
            assert_eq!(lenient.decide(status), Decision::Refuse(RevocationRefusal::Revoked));
        }
    }

    #[test]
    fn reasons_survive_their_codes() {
        for reason in RevocationReason::ALL {
            assert_eq!(RevocationReason::from_code(reason.code()), Some(reason));
        }
        let known = (0..=255).filter(|code| RevocationReason::from_code(*code).is_some()).count();
        assert_eq!(known, RevocationReason::ALL.len());
    }
}
