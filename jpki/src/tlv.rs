//! A strict reader of DER tag-length-value elements.
//!
//! It accepts one-byte tags and definite, minimal lengths up to 65,535 bytes: all that the card and
//! the outer shell of a certificate need. It never recurses and never allocates.

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

/// Tag of a DER SEQUENCE.
pub const SEQUENCE: u8 = 0x30;
/// Tag of a DER BIT STRING.
pub const BIT_STRING: u8 = 0x03;

/// Reads the first element and returns what follows it.
pub fn read(input: &[u8]) -> Result<(Element<'_>, &[u8]), TlvError> {
    let (tag, header_len, value_len) = header(input)?;
    let end = header_len + value_len;
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

/// Tag, length of the header, length of the value.
fn header(input: &[u8]) -> Result<(u8, usize, usize), TlvError> {
    let tag = *input.first().ok_or(TlvError::Truncated)?;
    if tag & 0x1F == 0x1F {
        return Err(TlvError::LongTag);
    }
    let byte = |at: usize| input.get(at).copied().ok_or(TlvError::Truncated);
    match byte(1)? {
        short @ 0..=0x7F => Ok((tag, 2, usize::from(short))),
        0x81 => match byte(2)? {
            0..=0x7F => Err(TlvError::BadLength),
            len => Ok((tag, 3, usize::from(len))),
        },
        0x82 => match u16::from_be_bytes([byte(2)?, byte(3)?]) {
            0..=0xFF => Err(TlvError::BadLength),
            len => Ok((tag, 4, usize::from(len))),
        },
        _ => Err(TlvError::BadLength),
    }
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
        check(&[0x04, 0x83, 0x01, 0x00, 0x00], Err(TlvError::BadLength));
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
            let len = value.len();
            let mut encoded = vec![tag];
            match len {
                0..=0x7F => encoded.push(u8::try_from(len).expect("short")),
                0x80..=0xFF => encoded.extend([0x81, u8::try_from(len).expect("one byte")]),
                _ => {
                    encoded.push(0x82);
                    encoded.extend((u16::try_from(len).unwrap_or(0)).to_be_bytes());
                }
            }
            encoded.extend(&value);
            match read(&encoded) {
                Ok((element, rest)) => {
                    prop_assert_eq!(element.value, &value[..]);
                    prop_assert!(rest.is_empty());
                }
                Err(_) => prop_assert!(len > usize::from(u16::MAX)),
            }
        }
    }
}
