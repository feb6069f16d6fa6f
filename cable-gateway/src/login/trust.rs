//! The folder of trusted authorities.

use std::path::{Path, PathBuf};

use jpki::{
    trust::{HierarchyProfile, TrustError, TrustStore},
    verify::SignatureVerifier,
};

const FILE_MAX_LEN: u64 = 64 * 1024;

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustFolderError {
    /// It cannot be read.
    #[error("cannot read {path}: {cause}; login.auth_issuers names a folder of DER certificates")]
    Unreadable {
        /// Folder or file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A file in it is no authority of this hierarchy.
    #[error("{path}: {cause}; remove it, or set login.hierarchy to the hierarchy it belongs to")]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: TrustError,
    },
    /// A file in it is far too large.
    #[error("{path} is larger than a certificate; remove it from the folder")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

/// Takes every `*.der`, `*.cer` and `*.crt` of the folder; an empty folder is a store that refuses
/// everybody, which is logged.
pub(super) fn load(
    folder: &Path,
    profile: HierarchyProfile,
    verifier: &dyn SignatureVerifier,
) -> Result<TrustStore, TrustFolderError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |cause| TrustFolderError::Unreadable { path, cause }
    };
    let mut store = TrustStore::new(profile);
    let mut count = 0;
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        paths.push(entry.map_err(unreadable(folder))?.path());
    }
    paths.sort();
    for path in paths.into_iter().filter(|path| is_certificate(path)) {
        let length = std::fs::metadata(&path).map_err(unreadable(&path))?.len();
        if length > FILE_MAX_LEN {
            return Err(TrustFolderError::TooLarge { path });
        }
        let der = std::fs::read(&path).map_err(unreadable(&path))?;
        let added = store.add_anchor(&der, verifier);
        added.map_err(|cause| TrustFolderError::Refused { path, cause })?;
        count += 1;
    }
    if count == 0 {
        tracing::warn!(folder = %folder.display(), "no trusted authority: every card is refused");
    }
    Ok(store)
}

fn is_certificate(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["der", "cer", "crt"].contains(&extension))
}
