//! Files and folders of lists, as they lie there now.

use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Most files of one folder.
const FILES_MAX: usize = 10_000;

/// A file, and what tells whether it was written since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListFile {
    pub(super) path: PathBuf,
    pub(super) seen: Seen,
}

/// Time of the last change and length.
pub(super) type Seen = (SystemTime, u64);

/// A file, or every `*.crl` of a folder in order of names. One that cannot be looked at is told with
/// its name.
pub(super) fn files(path: &Path) -> io::Result<Vec<Result<ListFile, (PathBuf, io::Error)>>> {
    if !std::fs::metadata(path)?.is_dir() {
        return Ok(vec![file(path.to_owned())]);
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(path)?.take(FILES_MAX) {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "crl") {
            paths.push(path);
        }
    }
    paths.sort_unstable();
    Ok(paths.into_iter().map(file).collect())
}

fn file(path: PathBuf) -> Result<ListFile, (PathBuf, io::Error)> {
    let about = std::fs::metadata(&path).and_then(|about| Ok((about.modified()?, about.len())));
    match about {
        Ok(seen) => Ok(ListFile { path, seen }),
        Err(error) => Err((path, error)),
    }
}
