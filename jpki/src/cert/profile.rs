//! The shape of a citizen's certificate: which kind it is and whether it keeps that kind's rules.

use x509_parser::{
    certificate::X509Certificate,
    der_parser::Oid,
    extensions::{ExtendedKeyUsage, KeyUsage, ParsedExtension, X509Extension},
    oid_registry::{
        OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_CERTIFICATE_POLICIES,
        OID_X509_EXT_CRL_DISTRIBUTION_POINTS, OID_X509_EXT_KEY_USAGE,
        OID_X509_EXT_SUBJECT_ALT_NAME,
    },
    prelude::FromDer as _,
    x509::{X509Name, X509Version},
};

use super::{
    attributes::{self, AttributeError, BasicAttributes},
    extension,
};
use crate::{
    algorithm::{PublicKey, SignatureAlgorithm, is_positive},
    revocation::DistributionPointName,
    shell::Shell,
    tlv::{self, INTEGER, SEQUENCE, context},
    trust::HierarchyProfile,
    verify::Refusal,
};

/// Most bytes a certificate may have.
pub(crate) const CERTIFICATE_LEN_MAX: usize = 8 * 1024;
/// Most bytes of a serial number (RFC 5280, 4.1.2.2).
pub(crate) const SERIAL_LEN_MAX: usize = 20;
/// Most characters of a common name (RFC 5280, A.1).
const COMMON_NAME_LEN_MAX: usize = 64;

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CertificateClass {
    /// 利用者証明用電子証明書.
    Authentication,
    /// 署名用電子証明書.
    Signature,
}

/// What holds the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// The plastic card.
    Card,
    /// A phone.
    Phone,
}

/// Kind of a certificate; stored with the account it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CertificateKind {
    /// What it is for.
    pub class: CertificateClass,
    /// What holds its key.
    pub holder: Holder,
}

/// A certificate that was read completely; nothing about it is believed yet.
pub(crate) struct Certificate<'a> {
    pub(crate) shell: Shell<'a>,
    inner: Inner<'a>,
    parsed: X509Certificate<'a>,
    key_usage: Option<(bool, KeyUsage)>,
    policies: Vec<String>,
    authority_key_id: Option<&'a [u8]>,
    is_ca: bool,
    unknown_critical: bool,
}

impl<'a> Certificate<'a> {
    /// Reads strictly: one certificate, no trailing byte, every known extension well formed.
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self, Refusal> {
        if der.len() > CERTIFICATE_LEN_MAX {
            return Err(Refusal::Malformed);
        }
        let shell = Shell::parse(der).ok_or(Refusal::Malformed)?;
        let inner = Inner::parse(shell.content).ok_or(Refusal::Malformed)?;
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| Refusal::Malformed)?;
        if !rest.is_empty() || parsed.version() != X509Version::V3 {
            return Err(Refusal::Malformed);
        }
        // A duplicate would let two readers see two different certificates.
        parsed.extensions_map().map_err(|_| Refusal::Malformed)?;
        let mut certificate = Self {
            shell,
            inner,
            parsed,
            key_usage: None,
            policies: Vec::new(),
            authority_key_id: None,
            is_ca: false,
            unknown_critical: false,
        };
        certificate.read_extensions()?;
        Ok(certificate)
    }

    fn read_extensions(&mut self) -> Result<(), Refusal> {
        for extension in self.parsed.tbs_certificate.extensions().to_vec() {
            match extension.parsed_extension() {
                ParsedExtension::ParseError { .. } => return Err(Refusal::Malformed),
                ParsedExtension::KeyUsage(usage) => {
                    self.key_usage = Some((extension.critical, *usage));
                }
                ParsedExtension::CertificatePolicies(policies) => {
                    self.policies = policies.iter().map(|p| p.policy_id.to_id_string()).collect();
                }
                ParsedExtension::AuthorityKeyIdentifier(authority) => {
                    self.authority_key_id = authority.key_identifier.as_ref().map(|id| id.0);
                }
                ParsedExtension::BasicConstraints(basic) => self.is_ca = basic.ca,
                _ => {}
            }
            self.unknown_critical |= extension.critical && !is_understood(&extension);
        }
        Ok(())
    }

    /// The citizen's key, if it and the issuer's algorithm are among the allowed ones. They need
    /// not be the same: a CA of one generation may sign keys of the next.
    pub(crate) fn check_algorithms(&self) -> Result<PublicKey<'a>, Refusal> {
        if self.shell.algorithm().is_none() || self.inner.algorithm != self.shell.algorithm_der() {
            return Err(Refusal::UnsupportedAlgorithm);
        }
        let key = PublicKey::from_spki(self.inner.public_key)?;
        if !key.is_of_the_jpki() {
            return Err(Refusal::UnsupportedAlgorithm);
        }
        Ok(key)
    }

    /// The four attributes of a signature certificate.
    pub(crate) fn attributes(&self) -> Result<BasicAttributes, Refusal> {
        let names = self.extension_value(&OID_X509_EXT_SUBJECT_ALT_NAME);
        Ok(attributes::parse(names.ok_or(AttributeError::Missing)?)?)
    }

    /// Where its revocation lists lie; none when it does not say.
    pub(crate) fn distribution_points(&self) -> Result<Vec<DistributionPointName>, Refusal> {
        match self.extension_value(&OID_X509_EXT_CRL_DISTRIBUTION_POINTS) {
            None => Ok(Vec::new()),
            Some(value) => extension::distribution_points(value).map_err(|_| Refusal::Malformed),
        }
    }

    fn extension_value(&self, id: &Oid<'_>) -> Option<&'a [u8]> {
        self.parsed.extensions().iter().find(|extension| extension.oid == *id).map(|e| e.value)
    }

    /// Extended key usages, if the extension is there: only an OCSP responder has any.
    pub(crate) fn extended_key_usage(&self) -> Option<ExtendedKeyUsage<'a>> {
        self.parsed.extensions().iter().find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::ExtendedKeyUsage(usage) => Some(usage.clone()),
            _ => None,
        })
    }

    /// Whether this extension is there.
    pub(crate) fn has_extension(&self, id: &Oid<'_>) -> bool {
        self.parsed.extensions().iter().any(|extension| extension.oid == *id)
    }

    pub(crate) fn subject_der(&self) -> &[u8] {
        self.parsed.subject().as_raw()
    }

    pub(crate) fn is_ca(&self) -> bool {
        self.is_ca
    }

    /// Whether the key usage is digitalSignature and nothing else.
    pub(crate) fn only_signs(&self) -> bool {
        self.key_usage.as_ref().is_some_and(|(_, usage)| {
            usage.flags == exact_key_usage(CertificateClass::Authentication)
        })
    }

    /// Whether a critical extension is there that is neither understood nor among these.
    pub(crate) fn has_unknown_critical_besides(&self, known: &[Oid<'_>]) -> bool {
        self.parsed.extensions().iter().any(|extension| {
            extension.critical && !is_understood(extension) && !known.contains(&extension.oid)
        })
    }

    /// Kind by the name of the issuer, the policy and the key usage, which must all agree.
    pub(crate) fn kind(&self, profile: &HierarchyProfile) -> Result<CertificateKind, Refusal> {
        let issuer = self.parsed.issuer();
        if !names_organization(issuer, &profile.organization) {
            return Err(Refusal::ForeignHierarchy);
        }
        let class = [CertificateClass::Authentication, CertificateClass::Signature]
            .into_iter()
            .find(|class| names_unit(issuer, profile.unit(*class)))
            .ok_or(Refusal::ForeignHierarchy)?;
        let rule = profile
            .policies(class)
            .iter()
            .find(|rule| self.policies.contains(&rule.oid))
            .ok_or(Refusal::WrongPolicy)?;
        Ok(CertificateKind { class, holder: rule.holder })
    }

    /// Rules of a citizen's certificate besides its dates.
    pub(crate) fn check_leaf(&self, class: CertificateClass) -> Result<(), Refusal> {
        if self.is_ca {
            return Err(Refusal::CaAsCitizen);
        }
        if self.key_usage.map(|(critical, usage)| (critical, usage.flags))
            != Some((true, exact_key_usage(class)))
        {
            return Err(Refusal::WrongKeyUsage);
        }
        if self.unknown_critical {
            return Err(Refusal::UnknownCriticalExtension);
        }
        Ok(())
    }

    pub(crate) fn check_validity(&self, now_unix_secs: i64) -> Result<(), Refusal> {
        let validity = self.parsed.validity();
        if now_unix_secs < validity.not_before.timestamp() {
            return Err(Refusal::NotYetValid);
        }
        if now_unix_secs > validity.not_after.timestamp() {
            return Err(Refusal::Expired { not_after: validity.not_after.timestamp() });
        }
        Ok(())
    }

    pub(crate) fn not_before(&self) -> i64 {
        self.parsed.validity().not_before.timestamp()
    }

    pub(crate) fn not_after(&self) -> i64 {
        self.parsed.validity().not_after.timestamp()
    }

    pub(crate) fn issuer_der(&self) -> &[u8] {
        self.parsed.issuer().as_raw()
    }

    pub(crate) fn authority_key_id(&self) -> Option<&[u8]> {
        self.authority_key_id
    }

    /// Serial as in the certificate: positive and of reasonable length.
    pub(crate) fn serial(&self) -> Result<&[u8], Refusal> {
        let serial = self.parsed.tbs_certificate.raw_serial();
        if !is_positive(serial) || serial.len() > SERIAL_LEN_MAX {
            return Err(Refusal::Malformed);
        }
        Ok(serial)
    }

    /// The one common name: an opaque id, never a person's name.
    pub(crate) fn common_name(&self) -> Result<String, Refusal> {
        let mut names = self.parsed.subject().iter_common_name();
        let (Some(name), None) = (names.next(), names.next()) else {
            return Err(Refusal::Malformed);
        };
        let text = name.as_str().map_err(|_| Refusal::Malformed)?;
        if text.is_empty() || text.chars().count() > COMMON_NAME_LEN_MAX {
            return Err(Refusal::Malformed);
        }
        Ok(text.to_owned())
    }
}

/// What is compared byte by byte in the signed part (RFC 5280, 4.1.2).
struct Inner<'a> {
    algorithm: &'a [u8],
    public_key: &'a [u8],
}

impl<'a> Inner<'a> {
    fn parse(content: &'a [u8]) -> Option<Self> {
        let (_version, rest) = tlv::read_tagged(content, context(0)).ok()?;
        let (_serial, rest) = tlv::read_tagged(rest, INTEGER).ok()?;
        let (algorithm, rest) = tlv::read_tagged(rest, SEQUENCE).ok()?;
        let (_issuer, rest) = tlv::read_tagged(rest, SEQUENCE).ok()?;
        let (_validity, rest) = tlv::read_tagged(rest, SEQUENCE).ok()?;
        let (_subject, rest) = tlv::read_tagged(rest, SEQUENCE).ok()?;
        let (public_key, _extensions) = tlv::read_tagged(rest, SEQUENCE).ok()?;
        Some(Self { algorithm: algorithm.raw, public_key: public_key.raw })
    }
}

/// The algorithm with which a certificate's key signs, if it is one of ours. Believes nothing else
/// of the certificate: a card is asked for a signature before anybody verified it.
pub(crate) fn signs_with(certificate_der: &[u8]) -> Option<SignatureAlgorithm> {
    let shell = Shell::parse(certificate_der)?;
    let inner = Inner::parse(shell.content)?;
    PublicKey::from_spki(inner.public_key).ok().map(PublicKey::algorithm)
}

/// Extensions whose criticality is honoured because their rules are applied here.
fn is_understood(extension: &X509Extension<'_>) -> bool {
    [OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_CERTIFICATE_POLICIES, OID_X509_EXT_KEY_USAGE]
        .contains(&extension.oid)
}

/// Bits of RFC 5280, 4.2.1.3 in the order of x509-parser: digitalSignature 0, nonRepudiation 1.
fn exact_key_usage(class: CertificateClass) -> u16 {
    match class {
        CertificateClass::Authentication => 0b01,
        CertificateClass::Signature => 0b11,
    }
}

pub(crate) fn names_organization(name: &X509Name<'_>, expected: &str) -> bool {
    let mut found = name.iter_organization();
    matches!((found.next(), found.next()), (Some(one), None) if one.as_str() == Ok(expected))
}

pub(crate) fn names_unit(name: &X509Name<'_>, expected: &str) -> bool {
    name.iter_organizational_unit().any(|unit| unit.as_str() == Ok(expected))
}
