//! Extensions as the real certificates have them.

use const_oid::{AssociatedOid, ObjectIdentifier};
use der::{
    Any, Encode, Tag,
    asn1::{Ia5String, OctetString},
    flagset::FlagSet,
};
use rsa::sha2::{Digest as _, Sha256};
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, CrlDistributionPoints,
            ExtendedKeyUsage, IssuerAltName, KeyUsage, KeyUsages, SubjectAltName,
            SubjectKeyIdentifier,
            certpolicy::{PolicyInformation, PolicyQualifierInfo},
            crl::dp::DistributionPoint,
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
    spki::SubjectPublicKeyInfoOwned,
};

use super::{
    Ca, CaError, Purpose, name,
    person::{Person, Town},
    status_answer::NO_CHECK,
};

const CPS_QUALIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.1");
/// Where the test CA's statement would lie; `.invalid` never resolves.
const CPS_URI: &[u8] = b"http://hitokoe.invalid/test-cps";
/// Bytes of a key id, as RFC 5280 4.2.1.2 cuts it.
const KEY_ID_LEN: usize = 20;

/// Key id of a public key.
pub(super) fn key_id(public_key: &SubjectPublicKeyInfoOwned) -> Vec<u8> {
    let bits = public_key.subject_public_key.raw_bytes();
    Sha256::digest(bits)[..KEY_ID_LEN].to_vec()
}

pub(super) fn of_ca(name: &Name, key_id: &[u8]) -> Result<Vec<Extension>, CaError> {
    let constraints = BasicConstraints { ca: true, path_len_constraint: None };
    Ok(vec![
        critical(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))?,
        critical(&constraints)?,
        plain(&SubjectAltName(vec![service_name()?]))?,
        plain(&distribution_point(vec![GeneralName::DirectoryName(name.clone())]))?,
        plain(&SubjectKeyIdentifier(OctetString::new(key_id)?))?,
    ])
}

pub(super) fn of_citizen(
    purpose: Purpose,
    policy: ObjectIdentifier,
    issuer: &Ca,
    person: &Person,
    public_key: &SubjectPublicKeyInfoOwned,
) -> Result<Vec<Extension>, CaError> {
    let usage: FlagSet<KeyUsages> = match purpose {
        Purpose::Auth => KeyUsages::DigitalSignature.into(),
        Purpose::Sign => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
    };
    let mut extensions = vec![critical(&KeyUsage(usage))?, policies(policy)?];
    if purpose == Purpose::Sign {
        extensions.push(plain(&SubjectAltName(person.attributes()?))?);
    }
    extensions.extend([
        plain(&IssuerAltName(vec![service_name()?]))?,
        plain(&distribution_point(partition(purpose, &issuer.name, &person.town)?))?,
        plain(&AuthorityKeyIdentifier {
            key_identifier: Some(OctetString::new(issuer.key_id.as_slice())?),
            ..AuthorityKeyIdentifier::default()
        })?,
        plain(&SubjectKeyIdentifier(OctetString::new(key_id(public_key))?))?,
    ]);
    Ok(extensions)
}

/// Critical certificate policies with a pointer to the practice statement.
pub(super) fn policies(policy: ObjectIdentifier) -> Result<Extension, CaError> {
    let qualifier = PolicyQualifierInfo {
        policy_qualifier_id: CPS_QUALIFIER,
        qualifier: Some(Any::new(Tag::Ia5String, CPS_URI)?),
    };
    critical(&CertificatePolicies(vec![PolicyInformation {
        policy_identifier: policy,
        policy_qualifiers: Some(vec![qualifier]),
    }]))
}

fn service_name() -> Result<GeneralName, CaError> {
    let parts = [(name::COUNTRY, "JP"), (name::ORGANIZATION, "ひとこえ試験用認証サービス")];
    Ok(GeneralName::DirectoryName(name::distinguished(&parts)?))
}

/// Revocation lists are cut by town and addressed by a directory name. The real auth certificates
/// may say otherwise; here their point bears a URI beside it, so that both forms are met.
pub(super) fn partition(
    purpose: Purpose,
    issuer: &Name,
    town: &Town,
) -> Result<Vec<GeneralName>, CaError> {
    let mut full = issuer.clone();
    let parts = [
        (name::UNIT, "CRL Distribution Points"),
        (name::UNIT, &town.prefecture),
        (name::COMMON_NAME, &format!("{} CRLDP", town.city)),
    ];
    full.0.extend(name::distinguished(&parts)?.0);
    let mut names = vec![GeneralName::DirectoryName(full)];
    if purpose == Purpose::Auth {
        let Town { prefecture, city } = town;
        let uri = format!("http://crl.hitokoe.invalid/{prefecture}/{city}.crl");
        names.push(GeneralName::UniformResourceIdentifier(Ia5String::new(&uri)?));
    }
    Ok(names)
}

fn distribution_point(full_name: Vec<GeneralName>) -> CrlDistributionPoints {
    CrlDistributionPoints(vec![DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(full_name)),
        reasons: None,
        crl_issuer: None,
    }])
}

/// A responder's certificate: it signs answers, and nobody need ask for its own revocation.
pub(super) fn of_responder(
    issuer: &Ca,
    public_key: &SubjectPublicKeyInfoOwned,
) -> Result<Vec<Extension>, CaError> {
    let answers = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
    let no_check = OctetString::new(vec![0x05, 0x00])?;
    Ok(vec![
        critical(&KeyUsage(KeyUsages::DigitalSignature.into()))?,
        critical(&ExtendedKeyUsage(vec![answers]))?,
        Extension { extn_id: NO_CHECK, critical: false, extn_value: no_check },
        plain(&AuthorityKeyIdentifier {
            key_identifier: Some(OctetString::new(issuer.key_id.as_slice())?),
            ..AuthorityKeyIdentifier::default()
        })?,
        plain(&SubjectKeyIdentifier(OctetString::new(key_id(public_key))?))?,
    ])
}

fn critical<T: AssociatedOid + Encode>(value: &T) -> Result<Extension, CaError> {
    extension(value, true)
}

fn plain<T: AssociatedOid + Encode>(value: &T) -> Result<Extension, CaError> {
    extension(value, false)
}

fn extension<T: AssociatedOid + Encode>(value: &T, critical: bool) -> Result<Extension, CaError> {
    Ok(Extension { extn_id: T::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}
