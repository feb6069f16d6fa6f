//! A strict reader of DER tag-length-value elements.
//!
//! It accepts one-byte tags and definite, minimal lengths of up to four bytes: all that the card,
//! certificates and revocation lists need. Reading never recurses and never allocates; how large a
//! thing may be is the matter of whoever reads it.

/// One element, borrowed from its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Tag byte, class and constructed bit included.
    pub tag: u8,
    /// Content.
    pub value: &'a [u8],
    /// Tag, length and content.
    pub raw: &'a [u8],
}

/// Why bytes are no element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlvError {
    /// The length has an indefinite, non-minimal or too large form.
    #[error("length form not allowed")]
    BadLength,
    /// Tags of several bytes are not used here.
    #[error("tag of several bytes")]
    LongTag,
    /// Bytes follow the last element.
    #[error("bytes follow the element")]
    TrailingBytes,
    /// The input ends inside the element.
    #[error("input ends inside the element")]
    Truncated,
    /// Another tag was expected.
    #[error("tag {found:02X} instead of {expected:02X}")]
    WrongTag {
        /// Expected.
        expected: u8,
        /// Found.
        found: u8,
    },
}

/// Tag of a DER BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// Tag of a DER INTEGER.
pub const INTEGER: u8 = 0x02;
/// Tag of a DER BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// Tag of a DER OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// Tag of a DER OBJECT IDENTIFIER.
pub const OBJECT_IDENTIFIER: u8 = 0x06;
/// Tag of a DER ENUMERATED.
pub const ENUMERATED: u8 = 0x0A;
/// Tag of a DER UTF8String.
pub const UTF8_STRING: u8 = 0x0C;
/// Tag of a DER UTCTime.
pub const UTC_TIME: u8 = 0x17;
/// Tag of a DER GeneralizedTime.
pub const GENERALIZED_TIME: u8 = 0x18;
/// Tag of a DER SEQUENCE.
pub const SEQUENCE: u8 = 0x30;

/// Tag of a constructed element in the context class, `[number]`.
pub const fn context(number: u8) -> u8 {
    0xA0 | number
}

/// Tag of a primitive element in the context class, `[number] IMPLICIT`.
pub const fn context_primitive(number: u8) -> u8 {
    0x80 | number
}

/// Reads the first element and returns what follows it.
pub fn read(input: &[u8]) -> Result<(Element<'_>, &[u8]), TlvError> {
    let (tag, header_len, value_len) = header(input)?;
    let end = header_len.checked_add(value_len).ok_or(TlvError::BadLength)?;
    let raw = input.get(..end).ok_or(TlvError::Truncated)?;
    let element = Element { tag, value: &raw[header_len..], raw };
    Ok((element, &input[end..]))
}

/// Reads the first element, which must have this tag.
pub fn read_tagged(input: &[u8], expected: u8) -> Result<(Element<'_>, &[u8]), TlvError> {
    let (element, rest) = read(input)?;
    if element.tag != expected {
        return Err(TlvError::WrongTag { expected, found: element.tag });
    }
    Ok((element, rest))
}

/// Reads an element with this tag that fills the input.
pub fn read_only(input: &[u8], expected: u8) -> Result<Element<'_>, TlvError> {
    let (element, rest) = read_tagged(input, expected)?;
    if !rest.is_empty() {
        return Err(TlvError::TrailingBytes);
    }
    Ok(element)
}

/// Reads an element with this tag if there is one, else leaves the input as it is.
pub fn read_optional(input: &[u8], tag: u8) -> Result<(Option<Element<'_>>, &[u8]), TlvError> {
    if input.first() != Some(&tag) {
        return Ok((None, input));
    }
    let (element, rest) = read(input)?;
    Ok((Some(element), rest))
}

/// Encodes one element; what is longer than 4 GiB is cut by nobody here, so keep below.
pub fn encode(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut bytes = vec![tag];
    match length {
        [0, 0, 0, short @ 0..=0x7F] => bytes.push(short),
        [0, 0, 0, one] => bytes.extend([0x81, one]),
        [0, 0, high, low] => bytes.extend([0x82, high, low]),
        [0, rest @ ..] => bytes.extend([&[0x83], &rest[..]].concat()),
        four => bytes.extend([&[0x84], &four[..]].concat()),
    }
    bytes.extend_from_slice(value);
    bytes
}

/// Tag, length of the header, length of the value. The value need not be there yet.
pub(crate) fn header(input: &[u8]) -> Result<(u8, usize, usize), TlvError> {
    let tag = *input.first().ok_or(TlvError::Truncated)?;
    if tag & 0x1F == 0x1F {
        return Err(TlvError::LongTag);
    }
    let first = *input.get(1).ok_or(TlvError::Truncated)?;
    if first < 0x80 {
        return Ok((tag, 2, usize::from(first)));
    }
    let count = usize::from(first & 0x7F);
    if !(1..=4).contains(&count) {
        return Err(TlvError::BadLength);
    }
    let bytes = input.get(2..2 + count).ok_or(TlvError::Truncated)?;
    let length = bytes.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte));
    // Minimal: the first byte counts, and one byte alone is beyond the short form.
    if bytes[0] == 0 || length < 0x80 {
        return Err(TlvError::BadLength);
    }
    let length = usize::try_from(length).map_err(|_| TlvError::BadLength)?;
    Ok((tag, 2 + count, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(input: &[u8], expected: Result<(u8, &[u8], &[u8]), TlvError>) {
        let found = read(input).map(|(element, rest)| (element.tag, element.value, rest));
        assert_eq!(found, expected, "{input:02X?}");
    }

    #[test]
    fn lengths_are_definite_and_minimal() {
        check(&[0x04, 0x00], Ok((0x04, &[], &[])));
        check(&[0x04, 0x01, 0xAA, 0xBB], Ok((0x04, &[0xAA], &[0xBB])));
        check(&[], Err(TlvError::Truncated));
        check(&[0x04], Err(TlvError::Truncated));
        check(&[0x04, 0x02, 0xAA], Err(TlvError::Truncated));
        check(&[0x04, 0x80, 0x00, 0x00], Err(TlvError::BadLength));
        check(&[0x04, 0x81, 0x7F], Err(TlvError::BadLength));
        check(&[0x04, 0x82, 0x00, 0xFF], Err(TlvError::BadLength));
        check(&[0x04, 0x83, 0x00, 0x01, 0x00], Err(TlvError::BadLength));
        check(&[0x04, 0x83, 0x01, 0x00, 0x00], Err(TlvError::Truncated));
        check(&[0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], Err(TlvError::Truncated));
        check(&[0x04, 0x85, 0x01, 0x00, 0x00, 0x00, 0x00], Err(TlvError::BadLength));
        check(&[0x1F, 0x81, 0x01, 0x00], Err(TlvError::LongTag));
    }

    #[test]
    fn trailing_bytes_and_foreign_tags_are_refused() {
        assert_eq!(read_only(&[0x30, 0x00, 0x00], SEQUENCE), Err(TlvError::TrailingBytes));
        let wrong = TlvError::WrongTag { expected: SEQUENCE, found: 0x31 };
        assert_eq!(read_only(&[0x31, 0x00], SEQUENCE), Err(wrong));
    }

    proptest! {
        #[test]
        fn element_and_rest_are_the_input(input in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Ok((element, rest)) = read(&input) {
                prop_assert_eq!([element.raw, rest].concat(), &input[..]);
                prop_assert!(element.raw.ends_with(element.value));
            }
        }

        #[test]
        fn any_content_survives(tag in 0u8..0x1F, value in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let encoded = encode(tag, &value);
            let (element, rest) = read(&encoded).expect("just encoded");
            prop_assert_eq!(element.tag, tag);
            prop_assert_eq!(element.value, &value[..]);
            prop_assert!(rest.is_empty());
        }
    }
}
