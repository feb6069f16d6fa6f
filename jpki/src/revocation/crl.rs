//! Certificate revocation lists (RFC 5280, 5) as the JPKI shapes them.
//!
//! A list of the size of a nation has more than a hundred megabytes, so [`CrlReader`] takes it in
//! parts of any size and keeps only the table. What it read is worth nothing before
//! [`UnverifiedCrl::verify`] has checked who signed it and which partition it covers.
//!
//! Not supported, and refused: lists of other issuers' certificates (indirect), lists of changes
//! (delta), lists for some reasons only.

mod entry;
mod reader;
mod scope;
mod stored;

pub use reader::{CrlLimits, CrlReader};
pub use stored::StoredCrlError;

use super::{
    CertificateId, DistributionPointName, RevocationStatus,
    table::{Serial, Table, TableError},
};
use crate::{
    algorithm::MessageDigest,
    cert::chain::Anchor,
    verify::{SignatureVerifier, matches_digest},
};
use scope::Scope;

/// Tolerated lead of the issuer's clock.
pub const SKEW_SECS: i64 = 15 * 60;

/// What the list is expected to cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected<'a> {
    /// Whatever it names itself. For lists that are kept under their own names: one of another
    /// partition answers for that partition only.
    AsNamed,
    /// One distribution point, named as in the certificates.
    Partition(&'a DistributionPointName),
    /// Everything the CA ever issued.
    Whole,
}

/// Number of a list: grows with every list of one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrlNumber(Serial);

impl CrlNumber {
    fn from_integer(value: &[u8]) -> Option<Self> {
        let is_zero = value == [0];
        (is_zero || crate::algorithm::is_positive(value)).then_some(())?;
        Serial::from_bytes(value).map(Self)
    }

    /// Big-endian, without leading zeros.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<u64> for CrlNumber {
    fn from(number: u64) -> Self {
        Self(number.into())
    }
}

/// Why a list is refused, one variant per rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CrlRefusal {
    /// Neither RSA-2048 with SHA-256 nor P-384 with SHA-384, or two different algorithms.
    #[error("the list's algorithm is not allowed")]
    UnsupportedAlgorithm,
    /// The signature is not the issuer's.
    #[error("the list was not signed by its issuer")]
    BadSignature,
    /// A list of changes.
    #[error("a list of changes is not supported")]
    Delta,
    /// Covers certificates of other issuers.
    #[error("an indirect list is not supported")]
    Indirect,
    /// The CA generation is outside its own validity.
    #[error("the issuer's own certificate is not valid now")]
    IssuerNotValid,
    /// Not strict DER, or not a list.
    #[error("not a well-formed list")]
    Malformed,
    /// Without a next update nobody knows when it is stale.
    #[error("the list does not say when the next one comes")]
    NoNextUpdate,
    /// Without a number nobody knows which of two lists is newer.
    #[error("the list has no number")]
    NoNumber,
    /// Made in the future.
    #[error("the list is not yet valid")]
    NotYetValid,
    /// Another partition than the expected one.
    #[error("the list covers another partition")]
    OtherPartition,
    /// For some reasons only.
    #[error("the list covers some reasons only")]
    SomeReasons,
    /// Its entries make no table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Longer than the limit.
    #[error("the list is too long")]
    TooLong,
    /// A critical extension, of the list or of an entry, that no rule here understands.
    #[error("the list holds a critical extension that is not understood")]
    UnknownCriticalExtension,
    /// Of CA certificates or attribute certificates only.
    #[error("the list does not cover citizens' certificates")]
    WrongCertificates,
    /// Named for another issuer, or signed by another generation of it.
    #[error("the list belongs to another issuer")]
    WrongIssuer,
}

/// A list that was read; nobody knows yet who made it.
pub struct UnverifiedCrl {
    issuer_der: Vec<u8>,
    this_update: i64,
    next_update: i64,
    number: CrlNumber,
    authority_key_id: Option<Vec<u8>>,
    scope: Scope,
    table: Table,
    digest: MessageDigest,
    signature: Vec<u8>,
}

impl UnverifiedCrl {
    /// Checks issuer, signature, partition and times.
    pub fn verify(
        self,
        issuer: &Anchor,
        expected: Expected<'_>,
        now_unix_secs: i64,
        verifier: &dyn SignatureVerifier,
    ) -> Result<Crl, CrlRefusal> {
        self.check_issuer(issuer, now_unix_secs)?;
        if !matches_digest(verifier, issuer.key(), &self.digest, &self.signature) {
            return Err(CrlRefusal::BadSignature);
        }
        self.scope.check(expected)?;
        if self.this_update > now_unix_secs + SKEW_SECS || self.next_update < self.this_update {
            return Err(CrlRefusal::NotYetValid);
        }
        Ok(Crl {
            issuer_key_id: issuer.key_id().to_vec(),
            partition: self.scope.into_names(),
            number: self.number,
            this_update: self.this_update,
            next_update: self.next_update,
            table: self.table,
        })
    }

    fn check_issuer(&self, issuer: &Anchor, now_unix_secs: i64) -> Result<(), CrlRefusal> {
        let is_named = self.issuer_der == issuer.name_der()
            && self.authority_key_id.as_deref().is_none_or(|id| id == issuer.key_id());
        if !is_named {
            return Err(CrlRefusal::WrongIssuer);
        }
        if !issuer.is_valid_at(now_unix_secs) {
            return Err(CrlRefusal::IssuerNotValid);
        }
        Ok(())
    }

    /// Key id of the generation that claims to have signed it, to find the issuer by.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.authority_key_id.as_deref()
    }
}

/// Shows nothing that leads to a person.
impl std::fmt::Debug for UnverifiedCrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnverifiedCrl({:?})", self.table)
    }
}

/// A list that its issuer signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Crl {
    issuer_key_id: Vec<u8>,
    /// Names of the distribution point; none for a list of everything.
    partition: Vec<DistributionPointName>,
    number: CrlNumber,
    this_update: i64,
    next_update: i64,
    table: Table,
}

/// Shows nothing that leads to a person.
impl std::fmt::Debug for Crl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crl({:?}, {:?})", self.number, self.table)
    }
}

impl Crl {
    /// Reads and verifies a list that is in memory as a whole.
    pub fn from_der(
        der: &[u8],
        issuer: &Anchor,
        expected: Expected<'_>,
        now_unix_secs: i64,
        verifier: &dyn SignatureVerifier,
    ) -> Result<Self, CrlRefusal> {
        let mut reader = CrlReader::new(CrlLimits::default());
        reader.feed(der)?;
        reader.finish()?.verify(issuer, expected, now_unix_secs, verifier)
    }

    /// Key id of the CA generation that signed it.
    pub fn issuer_key_id(&self) -> &[u8] {
        &self.issuer_key_id
    }

    /// Names of its distribution point; none for a list of everything.
    pub fn partition(&self) -> &[DistributionPointName] {
        &self.partition
    }

    /// Its number.
    pub fn number(&self) -> CrlNumber {
        self.number
    }

    /// When it was made, Unix seconds.
    pub fn this_update(&self) -> i64 {
        self.this_update
    }

    /// When the next one comes at the latest, Unix seconds.
    pub fn next_update(&self) -> i64 {
        self.next_update
    }

    /// The revoked certificates.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Whether it says anything about a certificate with these distribution points.
    pub fn covers(&self, certificate: &CertificateId, points: &[DistributionPointName]) -> bool {
        self.issuer_key_id == certificate.issuer_key_id
            && (self.partition.is_empty() || self.partition.iter().any(|own| points.contains(own)))
    }

    /// What it says about a certificate that it covers. What was revoked stays so, however old the
    /// list is; that it is not revoked is believed until the next update only.
    pub fn status(&self, certificate: &CertificateId, now_unix_secs: i64) -> RevocationStatus {
        let source_updated_at = self.this_update;
        let entry = Serial::from_bytes(&certificate.serial).map(|serial| self.table.get(serial));
        match entry {
            None => RevocationStatus::Unknown,
            Some(Some(found)) => RevocationStatus::Revoked {
                reason: found.reason,
                revoked_at: found.revoked_at,
                source_updated_at,
            },
            Some(None) if now_unix_secs > self.next_update => {
                RevocationStatus::Stale { source_updated_at }
            }
            Some(None) => RevocationStatus::Good { source_updated_at },
        }
    }
}
