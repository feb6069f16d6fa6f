//! A look into a bundle, so that a wrong file is told before any box fetches it.
//!
//! This is no verification: only boxes hold the keyring, and only they decide. A bundle of the format `verity`
//! is a squashfs, then a CMS signature that holds the manifest in clear, then the length of the signature.

/// Longest signature.
const SIGNATURE_MAX: u64 = 256 * 1024;
/// Bytes at the end that hold the signature's length.
const LENGTH_LEN: u64 = 8;
const SQUASHFS: &[u8] = b"hsqs";
/// Smallest squashfs: its head.
const PAYLOAD_MIN: u64 = 96;

/// Why a file is no bundle for boxes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not a bundle at all.
    #[error("the file is no update bundle of the format verity; make it with `rauc bundle`")]
    NoBundle,
    /// The manifest names no version.
    #[error("the manifest of the bundle names no version")]
    NoVersion,
}

/// How many bytes at the end of a file of this size, with this tail, belong to the signature and its length.
pub fn signature_len(file_len: u64, tail: [u8; 8]) -> Result<u64, BundleError> {
    let signature = u64::from_be_bytes(tail);
    let room = file_len.checked_sub(PAYLOAD_MIN + LENGTH_LEN).ok_or(BundleError::NoBundle)?;
    if signature == 0 || signature > SIGNATURE_MAX.min(room) {
        return Err(BundleError::NoBundle);
    }
    Ok(signature + LENGTH_LEN)
}

/// Checks the first bytes.
pub fn check_head(head: &[u8]) -> Result<(), BundleError> {
    if head.starts_with(SQUASHFS) { Ok(()) } else { Err(BundleError::NoBundle) }
}

/// The version that the manifest inside the signature names.
pub fn version_in(signature: &[u8]) -> Result<&str, BundleError> {
    const KEY: &[u8] = b"\nversion=";
    let at = signature.windows(KEY.len()).position(|part| part == KEY);
    let rest = &signature[at.ok_or(BundleError::NoVersion)? + KEY.len()..];
    let end = rest.iter().position(|byte| *byte == b'\n').ok_or(BundleError::NoVersion)?;
    std::str::from_utf8(&rest[..end]).map_err(|_| BundleError::NoVersion)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_version_is_found_between_other_bytes() {
        let signature =
            b"\x30\x82\x01[update]\ncompatible=hitokoe-stb\nversion=1.4.0\n\n[bundle]\n\xff";
        assert_eq!(version_in(signature), Ok("1.4.0"));
        assert_eq!(version_in(b"version=1.4.0\n"), Err(BundleError::NoVersion));
        assert_eq!(version_in(b"\nversion=1.4.0"), Err(BundleError::NoVersion));
        assert_eq!(version_in(b"\nversion=\xff\n"), Err(BundleError::NoVersion));
    }

    #[test]
    fn lengths_beyond_the_file_are_refused() {
        assert_eq!(signature_len(1_000_000, 2_000_u64.to_be_bytes()), Ok(2_008));
        for (file, signature) in
            [(1_000_000, 0), (1_000_000, 300_000), (100, 1), (1_000, 990), (0, 1)]
        {
            let refused = signature_len(file, u64::to_be_bytes(signature));
            assert_eq!(refused, Err(BundleError::NoBundle), "{file} {signature}");
        }
        assert_eq!(check_head(b"PK\x03\x04"), Err(BundleError::NoBundle));
        assert_eq!(check_head(b"hsqs\x01"), Ok(()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600), file: u64, tail: [u8; 8]) {
            let _read = version_in(&bytes);
            if let Ok(length) = signature_len(file, tail) {
                prop_assert!(length <= SIGNATURE_MAX + LENGTH_LEN && length < file);
            }
        }
    }
}
