//! Extensions that are read by hand: distribution points and subject alternative names.

use crate::{
    revocation::DistributionPointName,
    tlv::{self, BOOLEAN, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, TlvError, context},
};

/// Most distribution points, and most names, that are looked at.
const NAMES_MAX: usize = 32;

/// Full names of the distribution points that cover every reason and are signed by the issuer
/// itself (RFC 5280, 4.2.1.13); others are of no use here and left out.
pub(crate) fn distribution_points(value: &[u8]) -> Result<Vec<DistributionPointName>, TlvError> {
    let mut names = Vec::new();
    let mut rest = tlv::read_only(value, SEQUENCE)?.value;
    while !rest.is_empty() && names.len() < NAMES_MAX {
        let (point, after) = tlv::read_tagged(rest, SEQUENCE)?;
        rest = after;
        let (name, limits) = tlv::read_optional(point.value, context(0))?;
        if let Some(name) = name
            && limits.is_empty()
        {
            names.extend(full_name(name.value)?);
        }
    }
    Ok(names)
}

/// Names of a `DistributionPointName`; a name relative to the issuer is left out.
pub(crate) fn full_name(value: &[u8]) -> Result<Vec<DistributionPointName>, TlvError> {
    let (full, rest) = tlv::read_optional(value, context(0))?;
    if !rest.is_empty() && full.is_some() {
        return Err(TlvError::TrailingBytes);
    }
    let mut names = Vec::new();
    let mut rest = full.map_or(&[][..], |full| full.value);
    while !rest.is_empty() && names.len() < NAMES_MAX {
        let (name, after) = tlv::read(rest)?;
        names.extend(DistributionPointName::from_der(name.raw));
        rest = after;
    }
    Ok(names)
}

/// One extension (RFC 5280, 4.1).
pub(crate) struct Extension<'a> {
    /// Content of its identifier.
    pub(crate) id: &'a [u8],
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

/// Reads `Extensions` that fill the input; one that stands there twice would let two readers see two
/// different things.
pub(crate) fn read_all(der: &[u8]) -> Result<Vec<Extension<'_>>, TlvError> {
    let mut rest = tlv::read_only(der, SEQUENCE)?.value;
    let mut all: Vec<Extension<'_>> = Vec::new();
    while !rest.is_empty() {
        let (element, after) = tlv::read_tagged(rest, SEQUENCE)?;
        rest = after;
        let (id, value) = tlv::read_tagged(element.value, OBJECT_IDENTIFIER)?;
        let (critical, value) = tlv::read_optional(value, BOOLEAN)?;
        let value = tlv::read_only(value, OCTET_STRING)?;
        let is_twice = all.iter().any(|other| other.id == id.value);
        if is_twice || all.len() >= NAMES_MAX {
            return Err(TlvError::TrailingBytes);
        }
        let critical = is_true(critical.map(|flag| flag.value))?;
        all.push(Extension { id: id.value, critical, value: value.value });
    }
    Ok(all)
}

/// A DER BOOLEAN; absent is false.
fn is_true(content: Option<&[u8]>) -> Result<bool, TlvError> {
    match content {
        None | Some([0x00]) => Ok(false),
        Some([0xFF]) => Ok(true),
        Some(_) => Err(TlvError::BadLength),
    }
}
