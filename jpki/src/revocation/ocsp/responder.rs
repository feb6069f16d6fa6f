//! Who may answer: the CA itself, or a responder with a certificate that the CA issued for nothing
//! else (RFC 6960, 4.2.2.2).

use x509_parser::oid_registry::{OID_PKIX_AUTHORITY_INFO_ACCESS, OID_X509_EXT_EXTENDED_KEY_USAGE};

use super::{OcspRefusal, OcspRules, name::responder_key_hash};
use crate::{
    cert::{chain::Anchor, profile::Certificate},
    shell::Shell,
    tlv::{self, Element, OCTET_STRING, SEQUENCE, context},
    verify::{PublicKey, SignatureVerifier},
};

/// Most certificates that come with an answer.
const CERTIFICATES_MAX: usize = 4;

/// Checks that somebody with the right to answer signed.
pub(super) fn check(
    basic: &Shell<'_>,
    responder: Element<'_>,
    issuer: &Anchor,
    rules: &OcspRules,
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Result<(), OcspRefusal> {
    if basic.algorithm().is_none() {
        return Err(OcspRefusal::UnsupportedAlgorithm);
    }
    let id = ResponderId::parse(responder)?;
    let is_signed = if id.names(issuer.name_der(), issuer.key()) {
        basic.is_signed_by(issuer.key(), verifier)
    } else {
        let delegate = Delegate::find(basic.appendix, &id)?;
        delegate.check(issuer, rules, now_unix_secs, verifier)?;
        basic.is_signed_by(delegate.key, verifier)
    };
    if is_signed { Ok(()) } else { Err(OcspRefusal::BadSignature) }
}

enum ResponderId<'a> {
    KeyHash(&'a [u8]),
    Name(&'a [u8]),
}

impl<'a> ResponderId<'a> {
    fn parse(element: Element<'a>) -> Result<Self, OcspRefusal> {
        const BY_NAME: u8 = context(1);
        const BY_KEY: u8 = context(2);
        match element.tag {
            BY_NAME => Ok(Self::Name(element.value)),
            BY_KEY => {
                let hash = tlv::read_only(element.value, OCTET_STRING);
                Ok(Self::KeyHash(hash.map_err(|_| OcspRefusal::Malformed)?.value))
            }
            _ => Err(OcspRefusal::Malformed),
        }
    }

    fn names(&self, name_der: &[u8], key: PublicKey<'_>) -> bool {
        match self {
            Self::KeyHash(hash) => *hash == responder_key_hash(key.bits()),
            Self::Name(name) => *name == name_der,
        }
    }
}

/// A responder with its own certificate.
struct Delegate<'a> {
    certificate: Certificate<'a>,
    key: PublicKey<'a>,
}

impl<'a> Delegate<'a> {
    /// The first certificate that came along and bears this name.
    fn find(appendix: &'a [u8], id: &ResponderId<'_>) -> Result<Self, OcspRefusal> {
        if appendix.is_empty() {
            return Err(OcspRefusal::ResponderUnauthorised);
        }
        let malformed = |_| OcspRefusal::Malformed;
        let explicit = tlv::read_only(appendix, context(0)).map_err(malformed)?;
        let mut rest = tlv::read_only(explicit.value, SEQUENCE).map_err(malformed)?.value;
        for _ in 0..CERTIFICATES_MAX {
            if rest.is_empty() {
                break;
            }
            let (element, after) = tlv::read_tagged(rest, SEQUENCE).map_err(malformed)?;
            rest = after;
            let certificate =
                Certificate::parse(element.raw).map_err(|_| OcspRefusal::Malformed)?;
            let Ok(key) = certificate.check_algorithms() else { continue };
            if id.names(certificate.subject_der(), key) {
                return Ok(Self { certificate, key });
            }
        }
        Err(OcspRefusal::ResponderUnauthorised)
    }

    fn check(
        &self,
        issuer: &Anchor,
        rules: &OcspRules,
        now_unix_secs: i64,
        verifier: &dyn SignatureVerifier,
    ) -> Result<(), OcspRefusal> {
        let certificate = &self.certificate;
        let is_issued = certificate.issuer_der() == issuer.name_der()
            && certificate.authority_key_id().is_none_or(|id| id == issuer.key_id())
            && issuer.signed(&certificate.shell, verifier);
        if !is_issued {
            return Err(OcspRefusal::ResponderUnauthorised);
        }
        if !self.is_made_for_answers() {
            return Err(OcspRefusal::ResponderWrongUsage);
        }
        if certificate.check_validity(now_unix_secs).is_err() {
            return Err(OcspRefusal::ResponderNotValid);
        }
        let no_check = x509_parser::der_parser::oid!(1.3.6.1.5.5.7.48.1.5);
        if rules.require_no_check && !certificate.has_extension(&no_check) {
            return Err(OcspRefusal::ResponderRevocable);
        }
        Ok(())
    }

    fn is_made_for_answers(&self) -> bool {
        let known = [OID_X509_EXT_EXTENDED_KEY_USAGE, OID_PKIX_AUTHORITY_INFO_ACCESS];
        let only_answers = self.certificate.extended_key_usage().is_some_and(|usage| {
            let others = [
                usage.any,
                usage.server_auth,
                usage.client_auth,
                usage.code_signing,
                usage.email_protection,
                usage.time_stamping,
            ];
            usage.ocsp_signing && usage.other.is_empty() && !others.contains(&true)
        });
        only_answers
            && self.certificate.only_signs()
            && !self.certificate.is_ca()
            && !self.certificate.has_unknown_critical_besides(&known)
    }
}
