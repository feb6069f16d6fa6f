//! Which certificates a list covers: its extensions (RFC 5280, 5.2).

use super::{CrlNumber, CrlRefusal, Expected};
use crate::{
    cert::extension::{self, Extension},
    revocation::DistributionPointName,
    tlv::{self, INTEGER, SEQUENCE, context, context_primitive},
};

/// Contents of the identifiers below 2.5.29.
const NUMBER: &[u8] = &[0x55, 0x1D, 0x14];
const DELTA: &[u8] = &[0x55, 0x1D, 0x1B];
const ISSUING_POINT: &[u8] = &[0x55, 0x1D, 0x1C];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1D, 0x23];

/// The distribution point of a list.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Its names; none when the list names no point.
    names: Vec<DistributionPointName>,
    is_partition: bool,
}

impl Scope {
    pub(super) fn check(&self, expected: Expected<'_>) -> Result<(), CrlRefusal> {
        let fits = match expected {
            // A point without a name that is known here would pass for a list of everything.
            Expected::AsNamed => !self.is_partition || !self.names.is_empty(),
            Expected::Whole => !self.is_partition,
            Expected::Partition(name) => self.names.contains(name),
        };
        if fits { Ok(()) } else { Err(CrlRefusal::OtherPartition) }
    }

    pub(super) fn into_names(self) -> Vec<DistributionPointName> {
        self.names
    }
}

/// What the extensions of a list say.
#[derive(Debug, Default)]
pub(super) struct CrlExtensions {
    pub(super) number: Option<CrlNumber>,
    pub(super) authority_key_id: Option<Vec<u8>>,
    pub(super) scope: Scope,
}

impl CrlExtensions {
    /// Reads `Extensions` that fill the input.
    pub(super) fn parse(der: &[u8]) -> Result<Self, CrlRefusal> {
        let mut found = Self::default();
        for extension in extension::read_all(der).map_err(|_| CrlRefusal::Malformed)? {
            found.take(&extension)?;
        }
        Ok(found)
    }

    fn take(&mut self, extension: &Extension<'_>) -> Result<(), CrlRefusal> {
        match extension.id {
            NUMBER => self.number = Some(number(extension.value).ok_or(CrlRefusal::Malformed)?),
            AUTHORITY_KEY_ID => {
                self.authority_key_id = key_id(extension.value)?;
            }
            ISSUING_POINT => self.scope = issuing_point(extension.value)?,
            DELTA => return Err(CrlRefusal::Delta),
            _ if extension.critical => return Err(CrlRefusal::UnknownCriticalExtension),
            _ => {}
        }
        Ok(())
    }
}

fn number(value: &[u8]) -> Option<CrlNumber> {
    CrlNumber::from_integer(tlv::read_only(value, INTEGER).ok()?.value)
}

/// The key id of an authority key identifier, if it has one.
fn key_id(value: &[u8]) -> Result<Option<Vec<u8>>, CrlRefusal> {
    let malformed = |_| CrlRefusal::Malformed;
    let whole = tlv::read_only(value, SEQUENCE).map_err(malformed)?;
    let (id, _) = tlv::read_optional(whole.value, context_primitive(0)).map_err(malformed)?;
    Ok(id.map(|id| id.value.to_vec()))
}

/// Issuing distribution point (RFC 5280, 5.2.5).
fn issuing_point(value: &[u8]) -> Result<Scope, CrlRefusal> {
    let malformed = |_| CrlRefusal::Malformed;
    let whole = tlv::read_only(value, SEQUENCE).map_err(malformed)?;
    let (point, mut rest) = tlv::read_optional(whole.value, context(0)).map_err(malformed)?;
    while !rest.is_empty() {
        let (limit, after) = tlv::read(rest).map_err(malformed)?;
        rest = after;
        let is_set = limit.value != [0x00];
        match limit.tag {
            SOME_REASONS => return Err(CrlRefusal::SomeReasons),
            ONLY_CAS | ONLY_ATTRIBUTES if is_set => return Err(CrlRefusal::WrongCertificates),
            INDIRECT if is_set => return Err(CrlRefusal::Indirect),
            ONLY_CITIZENS | ONLY_CAS | ONLY_ATTRIBUTES | INDIRECT => {}
            _ => return Err(CrlRefusal::Malformed),
        }
    }
    match point {
        None => Ok(Scope::default()),
        Some(point) => {
            let names = extension::full_name(point.value).map_err(malformed)?;
            Ok(Scope { names, is_partition: true })
        }
    }
}

const ONLY_CITIZENS: u8 = context_primitive(1);
const ONLY_CAS: u8 = context_primitive(2);
const SOME_REASONS: u8 = context_primitive(3);
const INDIRECT: u8 = context_primitive(4);
const ONLY_ATTRIBUTES: u8 = context_primitive(5);
