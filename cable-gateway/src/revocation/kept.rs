//! Verified lists on disk, so that a restart knows them at once and takes no older ones.
//!
//! The files hold no signature; their folder is for the gateway's user only.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jpki::{
    revocation::crl::{Crl, CrlLimits},
    trust::TrustStore,
};

use super::SharedLists;
use crate::{
    encoding::{hex, sha256},
    file_modes::create_folder,
    secret_file::{self, SecretFileError},
};

const ENDING: &str = "list";
/// Twelve bytes for each entry, and some for the head.
const FILE_LEN_MAX: u64 = 512 * 1024 * 1024;

/// Takes every kept list of a believed authority. What cannot be read is told, and fetched anew.
pub(crate) fn load(folder: &Path, trust: &TrustStore, lists: &SharedLists) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let paths = paths.filter(|path| path.extension().is_some_and(|ending| ending == ENDING));
    let mut taken = 0;
    for path in paths {
        match read(&path) {
            Ok(list) if trust.issuer(list.issuer_key_id()).is_some() => {
                taken += usize::from(lists.offer(&Arc::new(list)).is_ok());
            }
            Ok(_) => tracing::info!(
                file = %path.display(),
                "a kept list is of an authority no longer believed; remove the file"
            ),
            Err(cause) => tracing::warn!(
                file = %path.display(),
                %cause,
                "a kept list cannot be used; it is fetched anew, remove the file if this comes again"
            ),
        }
    }
    taken
}

fn read(path: &Path) -> io::Result<Crl> {
    if std::fs::metadata(path)?.len() > FILE_LEN_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let bytes = std::fs::read(path)?;
    Crl::from_bytes(&bytes, CrlLimits::default().entries_max).map_err(io::Error::other)
}

/// Writes a list in place of the one before it; whoever reads sees one of the two.
pub(crate) fn keep(folder: &Path, list: &Crl) -> Result<(), SecretFileError> {
    let path = folder.join(name(list));
    create_folder(folder)
        .map_err(|cause| SecretFileError::Unwritable { path: path.clone(), cause })?;
    secret_file::replace(&path, &list.to_bytes(), secret_file::PRIVATE)
}

/// One file for each authority and distribution point.
fn name(list: &Crl) -> PathBuf {
    let mut key = list.issuer_key_id().to_vec();
    for point in list.partition() {
        key.extend(point.as_der());
    }
    PathBuf::from(hex(&sha256(&key)[..16])).with_extension(ENDING)
}
