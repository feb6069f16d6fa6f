//! Distinguished names: country as PrintableString, everything else as UTF8String.

use const_oid::{ObjectIdentifier, db::rfc4519};
use der::{Any, Tag, asn1::SetOfVec};
use x509_cert::{
    attr::AttributeTypeAndValue,
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

use super::CaError;

pub(super) const COUNTRY: ObjectIdentifier = rfc4519::COUNTRY_NAME;
pub(super) const ORGANIZATION: ObjectIdentifier = rfc4519::ORGANIZATION_NAME;
pub(super) const UNIT: ObjectIdentifier = rfc4519::ORGANIZATIONAL_UNIT_NAME;
pub(super) const LOCALITY: ObjectIdentifier = rfc4519::LOCALITY_NAME;
pub(super) const COMMON_NAME: ObjectIdentifier = rfc4519::COMMON_NAME;

/// A name from its parts, most general first.
pub(super) fn distinguished(parts: &[(ObjectIdentifier, &str)]) -> Result<Name, CaError> {
    let rdns = parts.iter().map(|(oid, text)| relative(*oid, text)).collect::<Result<_, _>>()?;
    Ok(RdnSequence(rdns))
}

fn relative(oid: ObjectIdentifier, text: &str) -> Result<RelativeDistinguishedName, der::Error> {
    let tag = if oid == COUNTRY { Tag::PrintableString } else { Tag::Utf8String };
    let attribute = AttributeTypeAndValue { oid, value: Any::new(tag, text.as_bytes())? };
    Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![attribute])?))
}
