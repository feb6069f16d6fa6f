//! The shape of a citizen's certificate: which kind it is and whether it keeps that kind's rules.

use x509_parser::{
    certificate::X509Certificate,
    extensions::{KeyUsage, ParsedExtension, X509Extension},
    num_bigint::BigUint,
    oid_registry::{
        OID_PKCS1_RSAENCRYPTION, OID_PKCS1_SHA256WITHRSA, OID_X509_EXT_BASIC_CONSTRAINTS,
        OID_X509_EXT_CERTIFICATE_POLICIES, OID_X509_EXT_KEY_USAGE,
    },
    prelude::FromDer as _,
    public_key::PublicKey as ParsedKey,
    x509::{X509Name, X509Version},
};

use super::shell::Shell;
use crate::{
    trust::HierarchyProfile,
    verify::{LoginRefusal, PublicKey},
};

/// Bits of the only key size in use.
const RSA_BITS: usize = 2048;
/// Most bytes of a serial number (RFC 5280, 4.1.2.2).
const SERIAL_LEN_MAX: usize = 20;
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
    parsed: X509Certificate<'a>,
    key_usage: Option<(bool, KeyUsage)>,
    policies: Vec<String>,
    authority_key_id: Option<&'a [u8]>,
    is_ca: bool,
    unknown_critical: bool,
}

impl<'a> Certificate<'a> {
    /// Reads strictly: one certificate, no trailing byte, every known extension well formed.
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self, LoginRefusal> {
        let shell = Shell::parse(der).ok_or(LoginRefusal::Malformed)?;
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| LoginRefusal::Malformed)?;
        if !rest.is_empty() || parsed.version() != X509Version::V3 {
            return Err(LoginRefusal::Malformed);
        }
        // A duplicate would let two readers see two different certificates.
        parsed.extensions_map().map_err(|_| LoginRefusal::Malformed)?;
        let mut certificate = Self {
            shell,
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

    fn read_extensions(&mut self) -> Result<(), LoginRefusal> {
        for extension in self.parsed.tbs_certificate.extensions().to_vec() {
            match extension.parsed_extension() {
                ParsedExtension::ParseError { .. } => return Err(LoginRefusal::Malformed),
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

    /// Only RSA-2048, exponent 65537, SHA-256. A next generation adds a variant here.
    pub(crate) fn check_algorithms(&self) -> Result<PublicKey<'_>, LoginRefusal> {
        let inner = &self.parsed.tbs_certificate.signature;
        if !self.shell.is_sha256_with_rsa() || inner.algorithm != OID_PKCS1_SHA256WITHRSA {
            return Err(LoginRefusal::UnsupportedAlgorithm);
        }
        let key = self.parsed.public_key();
        let ParsedKey::RSA(rsa) = key.parsed().map_err(|_| LoginRefusal::Malformed)? else {
            return Err(LoginRefusal::UnsupportedAlgorithm);
        };
        let bits = BigUint::from_bytes_be(rsa.modulus).bits();
        let exponent_ok = BigUint::from_bytes_be(rsa.exponent) == BigUint::from(65_537u32);
        if key.algorithm.algorithm != OID_PKCS1_RSAENCRYPTION
            || usize::try_from(bits) != Ok(RSA_BITS)
            || !exponent_ok
        {
            return Err(LoginRefusal::UnsupportedAlgorithm);
        }
        Ok(PublicKey::Rsa2048 { pkcs1_der: &key.subject_public_key.data })
    }

    /// Kind by the name of the issuer, the policy and the key usage, which must all agree.
    pub(crate) fn kind(&self, profile: &HierarchyProfile) -> Result<CertificateKind, LoginRefusal> {
        let issuer = self.parsed.issuer();
        if !names_organization(issuer, &profile.organization) {
            return Err(LoginRefusal::ForeignHierarchy);
        }
        let class = [CertificateClass::Authentication, CertificateClass::Signature]
            .into_iter()
            .find(|class| names_unit(issuer, profile.unit(*class)))
            .ok_or(LoginRefusal::ForeignHierarchy)?;
        let rule = profile
            .policies(class)
            .iter()
            .find(|rule| self.policies.contains(&rule.oid))
            .ok_or(LoginRefusal::WrongPolicy)?;
        Ok(CertificateKind { class, holder: rule.holder })
    }

    /// Rules of a citizen's certificate besides its dates.
    pub(crate) fn check_leaf(&self, class: CertificateClass) -> Result<(), LoginRefusal> {
        if self.is_ca {
            return Err(LoginRefusal::CaAsCitizen);
        }
        if self.key_usage.map(|(critical, usage)| (critical, usage.flags))
            != Some((true, exact_key_usage(class)))
        {
            return Err(LoginRefusal::WrongKeyUsage);
        }
        if self.unknown_critical {
            return Err(LoginRefusal::UnknownCriticalExtension);
        }
        Ok(())
    }

    pub(crate) fn check_validity(&self, now_unix_secs: i64) -> Result<(), LoginRefusal> {
        let validity = self.parsed.validity();
        if now_unix_secs < validity.not_before.timestamp() {
            return Err(LoginRefusal::NotYetValid);
        }
        if now_unix_secs > validity.not_after.timestamp() {
            return Err(LoginRefusal::Expired { not_after: validity.not_after.timestamp() });
        }
        Ok(())
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
    pub(crate) fn serial(&self) -> Result<&[u8], LoginRefusal> {
        let serial = self.parsed.tbs_certificate.raw_serial();
        let positive = serial.first().is_some_and(|first| first & 0x80 == 0);
        let not_zero = serial.iter().any(|byte| *byte != 0);
        if !positive || !not_zero || serial.len() > SERIAL_LEN_MAX {
            return Err(LoginRefusal::Malformed);
        }
        Ok(serial)
    }

    /// The one common name: an opaque id, never a person's name.
    pub(crate) fn common_name(&self) -> Result<String, LoginRefusal> {
        let mut names = self.parsed.subject().iter_common_name();
        let (Some(name), None) = (names.next(), names.next()) else {
            return Err(LoginRefusal::Malformed);
        };
        let text = name.as_str().map_err(|_| LoginRefusal::Malformed)?;
        if text.is_empty() || text.chars().count() > COMMON_NAME_LEN_MAX {
            return Err(LoginRefusal::Malformed);
        }
        Ok(text.to_owned())
    }
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
