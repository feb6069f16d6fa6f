//! Secrets in files of their own: readable by their owner only, never overwritten.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::encoding::{base64, from_base64};

/// Mode of what its owner alone may read.
pub const PRIVATE: u32 = 0o600;
/// Mode of what everybody may read.
pub const PUBLIC: u32 = 0o644;

/// A secret file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read.
    #[error("cannot read {path}: {cause}; `cable-gateway admin create-keys` creates missing keys")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It cannot be written.
    #[error("cannot write {path}: {cause}; check that its folder exists and is writable")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Others may read it.
    #[error("{path} can be read by other users; run `chmod 600 {path}`")]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// It is none.
    #[error("{path} is a folder; name a file in it")]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// It is there already.
    #[error("{path} exists; keys are never overwritten, move it away first")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// It does not hold what its name says.
    #[error("{path} does not hold {expected}; restore it from the backup, or create new keys")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What should be in it.
        expected: &'static str,
    },
}

/// Reads a secret text of at most 64 KiB that only its owner may read.
pub fn read_text(path: &Path) -> Result<Zeroizing<String>, SecretFileError> {
    let unreadable = |cause| SecretFileError::Unreadable { path: path.to_owned(), cause };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if about.is_dir() {
        return Err(SecretFileError::Folder { path: path.to_owned() });
    }
    if about.permissions().mode() & 0o077 != 0 {
        return Err(SecretFileError::Open { path: path.to_owned() });
    }
    if about.len() > 64 * 1024 {
        let expected = "a key (it is far too large)";
        return Err(SecretFileError::Malformed { path: path.to_owned(), expected });
    }
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(unreadable)
}

/// Reads 32 secret bytes, written as base64.
pub fn read_32(path: &Path) -> Result<Zeroizing<[u8; 32]>, SecretFileError> {
    let text = read_text(path)?;
    let bytes = from_base64(text.trim(), 32).map(Zeroizing::new);
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    bytes.map(Zeroizing::new).ok_or_else(|| SecretFileError::Malformed {
        path: path.to_owned(),
        expected: "32 bytes in base64",
    })
}

/// Writes 32 secret bytes as base64.
pub fn write_32(path: &Path, bytes: &[u8; 32]) -> Result<(), SecretFileError> {
    write(path, Zeroizing::new(format!("{}\n", base64(bytes))).as_bytes(), PRIVATE)
}

/// Writes a secret text for its owner only.
pub fn write_text(path: &Path, text: &str) -> Result<(), SecretFileError> {
    write(path, text.as_bytes(), PRIVATE)
}

/// Writes what everybody may read.
pub fn write_public(path: &Path, bytes: &[u8]) -> Result<(), SecretFileError> {
    write(path, bytes, PUBLIC)
}

/// Replaces a file in one step: a reader finds the old bytes or the new ones. The mode is that of the
/// new file.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), SecretFileError> {
    let beside = path.with_extension("new");
    let failed = |cause| SecretFileError::Unwritable { path: path.to_owned(), cause };
    match std::fs::remove_file(&beside) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(failed(cause)),
        _ => {}
    }
    write(&beside, bytes, mode)?;
    // New keys lie in the same folder: their names are on the disk before the file that relies on
    // them, and the new name of this one before anybody is told that it was replaced.
    sync_folder(path).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)?;
    sync_folder(path).map_err(failed)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), SecretFileError> {
    let failed = |cause: std::io::Error| match cause.kind() {
        ErrorKind::AlreadyExists => SecretFileError::Exists { path: path.to_owned() },
        _ => SecretFileError::Unwritable { path: path.to_owned(), cause },
    };
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let mut file = file.map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_for_its_owner_only_and_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("order.key");
        write_32(&path, &[7; 32]).expect("written");
        assert_eq!(*read_32(&path).expect("read"), [7; 32]);
        assert!(matches!(write_32(&path, &[8; 32]), Err(SecretFileError::Exists { .. })));
        assert_eq!(*read_32(&path).expect("read"), [7; 32], "the first key is still there");

        let open = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(&path, open).expect("mode set");
        assert!(matches!(read_32(&path), Err(SecretFileError::Open { .. })));
    }

    #[test]
    fn what_is_replaced_is_there_in_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("key-manifest.cose");
        for text in ["one", "two"] {
            replace(&path, text.as_bytes(), PUBLIC).expect("replaced");
            assert_eq!(std::fs::read(&path).expect("read"), text.as_bytes());
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
        let nowhere = folder.path().join("nowhere").join("manifest");
        assert!(matches!(replace(&nowhere, b"x", PUBLIC), Err(SecretFileError::Unwritable { .. })));
    }

    #[test]
    fn a_key_that_is_no_key_is_refused() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("order.key");
        write_text(&path, "AAAA").expect("written");
        assert!(matches!(read_32(&path), Err(SecretFileError::Malformed { .. })));
    }
}
