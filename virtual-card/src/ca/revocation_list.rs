//! A revocation list before it is signed. As with certificates, every field can be changed, so that
//! a test can break one rule and keep all others.

use der::Encode as _;
use jpki::{
    revocation::{DistributionPointName, RevocationReason},
    time,
    tlv::{
        self, BIT_STRING, BOOLEAN, ENUMERATED, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
        context, context_primitive,
    },
};

use super::{Ca, CaError, certificate::algorithm_identifier};
use crate::keys::SecretKey;

const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1D, 0x23];
const NUMBER: &[u8] = &[0x55, 0x1D, 0x14];
const REASON: &[u8] = &[0x55, 0x1D, 0x15];
const ISSUING_POINT: &[u8] = &[0x55, 0x1D, 0x1C];

/// One revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrlEntry {
    /// Big-endian serial number.
    pub serial: Vec<u8>,
    /// Since when, Unix seconds.
    pub revoked_at: i64,
    /// Why; none leaves the extension out.
    pub reason: Option<RevocationReason>,
    /// Further extensions, each DER.
    pub extensions: Vec<Vec<u8>>,
}

impl CrlEntry {
    /// Revoked for this reason.
    pub fn new(serial: &[u8], revoked_at: i64, reason: RevocationReason) -> Self {
        let serial = serial.to_vec();
        Self { serial, revoked_at, reason: Some(reason), extensions: Vec::new() }
    }

    fn encode(&self) -> Result<Vec<u8>, CaError> {
        let code = |reason: RevocationReason| tlv::encode(ENUMERATED, &[reason.code()]);
        let reason = self.reason.map(|reason| extension(REASON, false, &code(reason)));
        let extensions: Vec<u8> =
            reason.iter().chain(&self.extensions).flatten().copied().collect();
        let extensions = sequence_unless_empty(&extensions);
        let serial = tlv::encode(INTEGER, &self.serial);
        Ok(tlv::encode(SEQUENCE, &[serial, encoded_time(self.revoked_at)?, extensions].concat()))
    }
}

/// Everything the CA signs in a list.
#[derive(Debug, Clone)]
pub struct CrlDraft {
    /// Name of the issuer, DER.
    pub issuer_der: Vec<u8>,
    /// When it is made, Unix seconds.
    pub this_update: i64,
    /// When the next one comes, Unix seconds.
    pub next_update: Option<i64>,
    /// Number of the list.
    pub number: Option<u64>,
    /// Key id of the issuer.
    pub authority_key_id: Option<Vec<u8>>,
    /// Names of the distribution point; none for a list of everything.
    pub partition: Vec<DistributionPointName>,
    /// Content of the issuing distribution point after its name, e.g. `83 02 ..` for some reasons.
    pub limits: Vec<u8>,
    /// Entries in order.
    pub entries: Vec<CrlEntry>,
    /// Further extensions, each DER.
    pub extensions: Vec<Vec<u8>>,
}

impl CrlDraft {
    /// A list of this CA that is good until the next day.
    pub fn new(issuer: &Ca, partition: &[DistributionPointName], number: u64, now: i64) -> Self {
        const DAY_SECS: i64 = 86_400;
        Self {
            issuer_der: issuer.name.to_der().unwrap_or_default(),
            this_update: now,
            next_update: Some(now + DAY_SECS),
            number: Some(number),
            authority_key_id: Some(issuer.key_id.clone()),
            partition: partition.to_vec(),
            limits: Vec::new(),
            entries: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// DER, signed with this key.
    pub fn sign(&self, key: &SecretKey) -> Result<Vec<u8>, CaError> {
        let algorithm = algorithm_identifier(key.algorithm()).to_der()?;
        let signed = self.signed_part(&algorithm)?;
        Ok(signed_whole(&signed, &algorithm, &key.sign(&signed)?))
    }

    /// What is signed, with this `AlgorithmIdentifier` in it.
    pub fn signed_part(&self, algorithm: &[u8]) -> Result<Vec<u8>, CaError> {
        let version = tlv::encode(INTEGER, &[1]);
        let mut entries = Vec::new();
        for entry in &self.entries {
            entries.extend(entry.encode()?);
        }
        let entries = sequence_unless_empty(&entries);
        let next_update = self.next_update.map(encoded_time).transpose()?.unwrap_or_default();
        let extensions = tlv::encode(context(0), &tlv::encode(SEQUENCE, &self.all_extensions()));
        let this_update = encoded_time(self.this_update)?;
        let parts = [
            &version,
            algorithm,
            &self.issuer_der,
            &this_update,
            &next_update,
            &entries,
            &extensions,
        ];
        Ok(tlv::encode(SEQUENCE, &parts.concat()))
    }

    fn all_extensions(&self) -> Vec<u8> {
        let mut all = Vec::new();
        if let Some(key_id) = &self.authority_key_id {
            let id = tlv::encode(SEQUENCE, &tlv::encode(context_primitive(0), key_id));
            all.extend(extension(AUTHORITY_KEY_ID, false, &id));
        }
        if let Some(number) = self.number {
            all.extend(extension(NUMBER, false, &tlv::encode(INTEGER, &positive(number))));
        }
        if !self.partition.is_empty() || !self.limits.is_empty() {
            let names: Vec<u8> =
                self.partition.iter().flat_map(|name| name.as_der().to_vec()).collect();
            let mut point = Vec::new();
            if !names.is_empty() {
                point = tlv::encode(context(0), &tlv::encode(context(0), &names));
            }
            let content = [&point[..], &self.limits].concat();
            all.extend(extension(ISSUING_POINT, true, &tlv::encode(SEQUENCE, &content)));
        }
        all.extend(self.extensions.iter().flatten());
        all
    }
}

/// Signed part, algorithm and signature as one SEQUENCE.
pub(super) fn signed_whole(signed: &[u8], algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
    let signature = tlv::encode(BIT_STRING, &[&[0], signature].concat());
    tlv::encode(SEQUENCE, &[signed, algorithm, &signature].concat())
}

fn sequence_unless_empty(content: &[u8]) -> Vec<u8> {
    if content.is_empty() { Vec::new() } else { tlv::encode(SEQUENCE, content) }
}

/// One extension, DER. The identifier is given by its content.
pub fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { tlv::encode(BOOLEAN, &[0xFF]) } else { Vec::new() };
    let parts = [tlv::encode(OBJECT_IDENTIFIER, id), critical, tlv::encode(OCTET_STRING, value)];
    tlv::encode(SEQUENCE, &parts.concat())
}

/// Content of a non-negative INTEGER.
pub fn positive(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count().min(7);
    let digits = &bytes[zeros..];
    match digits.first() {
        Some(first) if first & 0x80 != 0 => [&[0], digits].concat(),
        _ => digits.to_vec(),
    }
}

pub(super) fn encoded_time(unix_secs: i64) -> Result<Vec<u8>, CaError> {
    time::encode(unix_secs).ok_or(CaError::Time)
}
