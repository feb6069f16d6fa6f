//! Bytes as text: hexadecimal for ids, base64 for the wire, escapes for addresses.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

/// Reads exactly `N` bytes of hexadecimal digits; `None` for anything else.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

/// Reads at most `limit` bytes of hexadecimal digits; `None` for anything else.
pub fn from_hex_text(text: &str, limit: usize) -> Option<Vec<u8>> {
    if text.len() > limit * 2 || !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| from_hex::<1>(std::str::from_utf8(pair).ok()?))
        .map(|byte| Some(byte?[0]))
        .collect()
}

/// A size for people: millions of bytes, rounded to one digit behind the point.
pub fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000 + u64::from(bytes % 100_000 >= 50_000);
    if tenths == 0 && bytes > 0 {
        return "under 0.1 MB".to_owned();
    }
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Base64, standard alphabet, padded.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64 of at most `limit` bytes once decoded; `None` for anything else.
pub fn from_base64(text: &str, limit: usize) -> Option<Vec<u8>> {
    if text.len() > limit.div_ceil(3) * 4 {
        return None;
    }
    STANDARD.decode(text).ok().filter(|bytes| bytes.len() <= limit)
}

/// A value of a query string, escaped (RFC 3986, 2.3).
pub fn query_value(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("writing to a string cannot fail");
        }
        escaped
    })
}

/// A moment for people at a terminal, UTC to the second.
pub fn when(at_ms: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(at_ms);
    moment.map_or_else(|_| at_ms.to_string(), |moment| moment.strftime("%FT%TZ").to_string())
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_comes_back_as_it_went() {
        assert_eq!(from_hex::<3>(&hex(&[0, 0xab, 0xff])), Some([0, 0xab, 0xff]));
        for wrong in ["", "00ab", "00abzz", "00abf", "+1+1+1", "あいう"] {
            assert_eq!(from_hex::<3>(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_are_rounded_to_the_nearest_tenth_of_a_million() {
        for (bytes, expected) in [
            (14_066_897, "14.1 MB"),
            (14_049_999, "14.0 MB"),
            (14_050_000, "14.1 MB"),
            (80_000_000, "80.0 MB"),
            (0, "0.0 MB"),
            (1, "under 0.1 MB"),
            (u64::MAX, "18446744073709.6 MB"),
        ] {
            assert_eq!(megabytes(bytes), expected, "{bytes}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            if let Some(bytes) = from_hex::<16>(&text) {
                proptest::prop_assert_eq!(hex(&bytes), text.to_ascii_lowercase());
            }
            if let Some(bytes) = from_hex_text(&text, 30) {
                proptest::prop_assert!(bytes.len() <= 30);
                proptest::prop_assert_eq!(hex(&bytes), text.to_ascii_lowercase());
            }
            if let Some(bytes) = from_base64(&text, 40) {
                proptest::prop_assert!(bytes.len() <= 40);
                proptest::prop_assert_eq!(base64(&bytes), text);
            }
        }

        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(from_base64(&base64(&bytes), bytes.len()), Some(bytes));
        }
    }

    #[test]
    fn base64_beyond_its_limit_is_refused_before_it_is_decoded() {
        assert_eq!(from_base64(&base64(&[7; 9]), 9), Some(vec![7; 9]));
        assert_eq!(from_base64(&base64(&[7; 10]), 9), None);
        assert_eq!(from_base64("not base64!", 99), None);
    }
}
