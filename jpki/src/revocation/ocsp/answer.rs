//! The parts of an answer (RFC 6960, 4.2.1).

use super::{ANSWER_LEN_MAX, NONCE_ID, OcspRefusal, OcspRules, name::CertId};
use crate::{
    cert::extension,
    revocation::{RevocationReason, RevocationStatus},
    shell::Shell,
    time,
    tlv::{
        self, ENUMERATED, Element, GENERALIZED_TIME, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
        TlvError, context, context_primitive,
    },
};

/// Content of id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1.
const BASIC_ID: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];

/// The signed part with its signature.
pub(super) fn unwrap(answer_der: &[u8]) -> Result<Shell<'_>, OcspRefusal> {
    if answer_der.len() > ANSWER_LEN_MAX {
        return Err(OcspRefusal::Malformed);
    }
    let whole = tlv::read_only(answer_der, SEQUENCE).map_err(malformed)?;
    let (status, rest) = tlv::read_tagged(whole.value, ENUMERATED).map_err(malformed)?;
    match status.value {
        [0] => {}
        [code] => return Err(OcspRefusal::NotSuccessful { code: *code }),
        _ => return Err(OcspRefusal::Malformed),
    }
    let explicit = tlv::read_only(rest, context(0)).map_err(malformed)?;
    let bytes = tlv::read_only(explicit.value, SEQUENCE).map_err(malformed)?;
    let (id, rest) = tlv::read_tagged(bytes.value, OBJECT_IDENTIFIER).map_err(malformed)?;
    if id.value != BASIC_ID {
        return Err(OcspRefusal::Malformed);
    }
    let basic = tlv::read_only(rest, OCTET_STRING).map_err(malformed)?;
    Shell::parse_with_appendix(basic.value).ok_or(OcspRefusal::Malformed)
}

/// What is signed.
pub(super) struct ResponseData<'a> {
    /// Who answers: `[1]` a name or `[2]` a hash of a key.
    pub(super) responder: Element<'a>,
    pub(super) produced_at: i64,
    pub(super) single: SingleResponse<'a>,
    pub(super) nonce: Option<&'a [u8]>,
}

impl<'a> ResponseData<'a> {
    pub(super) fn parse(content: &'a [u8]) -> Result<Self, OcspRefusal> {
        let (_version, rest) = tlv::read_optional(content, context(0)).map_err(malformed)?;
        let (responder, rest) = tlv::read(rest).map_err(malformed)?;
        let (produced_at, rest) = tlv::read_tagged(rest, GENERALIZED_TIME).map_err(malformed)?;
        let (responses, rest) = tlv::read_tagged(rest, SEQUENCE).map_err(malformed)?;
        let nonce = match rest {
            [] => None,
            _ => nonce(tlv::read_only(rest, context(1)).map_err(malformed)?.value)?,
        };
        // One was asked for; more would be somebody else's matter.
        let (single, others) = tlv::read_tagged(responses.value, SEQUENCE).map_err(malformed)?;
        if !others.is_empty() {
            return Err(OcspRefusal::OtherCertificate);
        }
        Ok(Self {
            responder,
            produced_at: time::parse(&produced_at).ok_or(OcspRefusal::Malformed)?,
            single: SingleResponse::parse(single.value)?,
            nonce,
        })
    }
}

/// The nonce among the extensions, if it is there.
fn nonce(extensions: &[u8]) -> Result<Option<&[u8]>, OcspRefusal> {
    let mut nonce = None;
    for extension in extension::read_all(extensions).map_err(malformed)? {
        if extension.id == NONCE_ID {
            nonce = Some(tlv::read_only(extension.value, OCTET_STRING).map_err(malformed)?.value);
        } else if extension.critical {
            return Err(OcspRefusal::UnknownCriticalExtension);
        }
    }
    Ok(nonce)
}

/// The state of one certificate.
pub(super) struct SingleResponse<'a> {
    certificate: &'a [u8],
    pub(super) status: RevocationStatus,
    this_update: i64,
    pub(super) next_update: Option<i64>,
}

impl<'a> SingleResponse<'a> {
    fn parse(content: &'a [u8]) -> Result<Self, OcspRefusal> {
        let (certificate, rest) = tlv::read_tagged(content, SEQUENCE).map_err(malformed)?;
        let (status, rest) = tlv::read(rest).map_err(malformed)?;
        let (this_update, rest) = tlv::read_tagged(rest, GENERALIZED_TIME).map_err(malformed)?;
        let (next_update, rest) = tlv::read_optional(rest, context(0)).map_err(malformed)?;
        let this_update = time::parse(&this_update).ok_or(OcspRefusal::Malformed)?;
        let next_update = next_update.map(|explicit| read_time(explicit.value)).transpose()?;
        if !rest.is_empty() {
            refuse_critical(tlv::read_only(rest, context(1)).map_err(malformed)?.value)?;
        }
        let status = read_status(&status, this_update)?;
        Ok(Self { certificate: certificate.value, status, this_update, next_update })
    }

    pub(super) fn check(&self, asked: &CertId) -> Result<(), OcspRefusal> {
        if asked.is_named_by(self.certificate) {
            return Ok(());
        }
        Err(OcspRefusal::OtherCertificate)
    }

    pub(super) fn check_times(&self, rules: &OcspRules, now: i64) -> Result<(), OcspRefusal> {
        if self.this_update > now.saturating_add(rules.skew_secs) {
            return Err(OcspRefusal::FromTheFuture);
        }
        let is_over = self.next_update.is_some_and(|next| next < now);
        if now.saturating_sub(self.this_update) > rules.max_age_secs || is_over {
            return Err(OcspRefusal::TooOld);
        }
        Ok(())
    }
}

fn refuse_critical(extensions: &[u8]) -> Result<(), OcspRefusal> {
    let all = extension::read_all(extensions).map_err(malformed)?;
    if all.iter().any(|extension| extension.critical) {
        return Err(OcspRefusal::UnknownCriticalExtension);
    }
    Ok(())
}

fn read_status(
    status: &Element<'_>,
    source_updated_at: i64,
) -> Result<RevocationStatus, OcspRefusal> {
    const GOOD: u8 = context_primitive(0);
    const REVOKED: u8 = context(1);
    const UNKNOWN: u8 = context_primitive(2);
    match (status.tag, status.value) {
        (GOOD, []) => Ok(RevocationStatus::Good { source_updated_at }),
        (UNKNOWN, []) => Ok(RevocationStatus::Unknown),
        (REVOKED, info) => {
            let (revoked_at, rest) = tlv::read_tagged(info, GENERALIZED_TIME).map_err(malformed)?;
            let revoked_at = time::parse(&revoked_at).ok_or(OcspRefusal::Malformed)?;
            let reason = read_reason(rest)?;
            Ok(RevocationStatus::Revoked { reason, revoked_at, source_updated_at })
        }
        _ => Err(OcspRefusal::Malformed),
    }
}

fn read_reason(rest: &[u8]) -> Result<RevocationReason, OcspRefusal> {
    if rest.is_empty() {
        return Ok(RevocationReason::Unspecified);
    }
    let explicit = tlv::read_only(rest, context(0)).map_err(malformed)?;
    let code = tlv::read_only(explicit.value, ENUMERATED).map_err(malformed)?;
    match code.value {
        [code] => RevocationReason::from_code(*code).ok_or(OcspRefusal::Malformed),
        _ => Err(OcspRefusal::Malformed),
    }
}

fn read_time(content: &[u8]) -> Result<i64, OcspRefusal> {
    let element = tlv::read_only(content, GENERALIZED_TIME).map_err(malformed)?;
    time::parse(&element).ok_or(OcspRefusal::Malformed)
}

fn malformed(_: TlvError) -> OcspRefusal {
    OcspRefusal::Malformed
}
