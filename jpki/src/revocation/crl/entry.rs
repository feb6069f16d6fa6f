//! One revoked certificate in a list (RFC 5280, 5.3).

use super::CrlRefusal;
use crate::{
    algorithm::is_positive,
    cert::extension,
    revocation::{
        RevocationReason,
        table::{Revocation, Serial, TableBuilder},
    },
    time,
    tlv::{self, ENUMERATED, INTEGER, SEQUENCE, TlvError},
};

/// Most bytes of one entry; a usual one has about 37.
pub(super) const ENTRY_LEN_MAX: usize = 1024;

/// Content of the identifiers 2.5.29.21 (reason) and 2.5.29.29 (certificate issuer).
const REASON: &[u8] = &[0x55, 0x1D, 0x15];
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1D, 0x1D];
/// The extensions of nearly every entry: a reason, not critical.
const USUAL_EXTENSIONS: &[u8; USUAL_EXTENSIONS_LEN] =
    &[0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01];

const USUAL_EXTENSIONS_LEN: usize = 13;

/// Content bytes of a UTCTime.
const DATE_LEN: usize = 13;
/// Most bytes of a serial number that is below the limit of the short table whatever it is.
const SHORT_SERIAL_LEN: usize = 7;
/// Bytes of a usual entry after its serial number, and of the whole with the longest number.
const AFTER_SERIAL: usize = 2 + DATE_LEN + USUAL_EXTENSIONS_LEN + 1;
const USUAL_LEN_MAX: usize = 4 + SHORT_SERIAL_LEN + AFTER_SERIAL;

/// Takes the first entry and returns its length; none when the input ends inside it.
pub(super) fn take(input: &[u8], table: &mut TableBuilder) -> Result<Option<usize>, CrlRefusal> {
    match usual(input) {
        Some((length, serial, revocation)) => {
            table.push_short(serial, revocation)?;
            Ok(Some(length))
        }
        None => take_any(input, table),
    }
}

/// The form of nearly every entry, read without a detour: a short serial number, a UTCTime, a
/// reason. Everything else, malformed entries included, is left to [`take_any`], and so are the last
/// bytes of a part.
fn usual(input: &[u8]) -> Option<(usize, u64, Revocation)> {
    let window: &[u8; USUAL_LEN_MAX] = input.first_chunk()?;
    let [tlv::SEQUENCE, content_len, INTEGER, serial_len, number @ ..] = window else {
        return None;
    };
    let serial_len = usize::from(*serial_len);
    if serial_len > SHORT_SERIAL_LEN || usize::from(*content_len) != 2 + serial_len + AFTER_SERIAL {
        return None;
    }
    let (serial, rest) = number.split_at(serial_len);
    let after: &[u8; AFTER_SERIAL] = rest.first_chunk()?;
    let [tlv::UTC_TIME, 13, after @ ..] = after else { return None };
    let (date, after) = after.split_first_chunk::<DATE_LEN>()?;
    let (extensions, code) = after.split_first_chunk::<USUAL_EXTENSIONS_LEN>()?;
    if !is_positive(serial) || extensions != USUAL_EXTENSIONS {
        return None;
    }
    let revoked_at = time::parse_utc(date)?;
    let reason = RevocationReason::from_code(*code.first()?)?;
    // The number is the first of eight bytes, without a loop over its length.
    let number =
        u64::from_be_bytes(*number.first_chunk()?) >> (u64::BITS as usize - 8 * serial_len);
    Some((2 + usize::from(*content_len), number, Revocation { reason, revoked_at }))
}

fn take_any(input: &[u8], table: &mut TableBuilder) -> Result<Option<usize>, CrlRefusal> {
    let (element, rest) = match tlv::read_tagged(input, SEQUENCE) {
        Ok(found) => found,
        Err(TlvError::Truncated) if input.len() <= ENTRY_LEN_MAX => return Ok(None),
        Err(_) => return Err(CrlRefusal::Malformed),
    };
    let length = input.len() - rest.len();
    if length > ENTRY_LEN_MAX {
        return Err(CrlRefusal::Malformed);
    }
    let (serial, rest) = tlv::read_tagged(element.value, INTEGER).map_err(malformed)?;
    let (date, extensions) = tlv::read(rest).map_err(malformed)?;
    let revoked_at = time::parse(&date).ok_or(CrlRefusal::Malformed)?;
    let reason = reason(extensions)?;
    push(table, serial.value, Revocation { reason, revoked_at })?;
    Ok(Some(length))
}

fn push(table: &mut TableBuilder, serial: &[u8], revocation: Revocation) -> Result<(), CrlRefusal> {
    if !is_positive(serial) {
        return Err(CrlRefusal::Malformed);
    }
    let serial = Serial::from_bytes(serial).ok_or(CrlRefusal::Malformed)?;
    Ok(table.push(serial, revocation)?)
}

fn reason(extensions: &[u8]) -> Result<RevocationReason, CrlRefusal> {
    match extensions.split_last() {
        None => Ok(RevocationReason::Unspecified),
        Some((code, rest)) if rest == USUAL_EXTENSIONS => {
            RevocationReason::from_code(*code).ok_or(CrlRefusal::Malformed)
        }
        Some(_) => unusual_reason(extensions),
    }
}

fn unusual_reason(extensions: &[u8]) -> Result<RevocationReason, CrlRefusal> {
    let mut reason = RevocationReason::Unspecified;
    for extension in extension::read_all(extensions).map_err(malformed)? {
        match extension.id {
            REASON => {
                let code = tlv::read_only(extension.value, ENUMERATED).map_err(malformed)?;
                let [code] = code.value else { return Err(CrlRefusal::Malformed) };
                reason = RevocationReason::from_code(*code).ok_or(CrlRefusal::Malformed)?;
            }
            CERTIFICATE_ISSUER => return Err(CrlRefusal::Indirect),
            _ if extension.critical => return Err(CrlRefusal::UnknownCriticalExtension),
            _ => {}
        }
    }
    Ok(reason)
}

fn malformed(_: TlvError) -> CrlRefusal {
    CrlRefusal::Malformed
}
