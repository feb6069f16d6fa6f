//! The file that holds somebody's first password.

use std::path::Path;

use anyhow::anyhow;
use zeroize::Zeroizing;

use crate::secret_file::{self, SecretFileError};

/// Reads the password, without the line's end. The words are of passwords: none of the remedies for keys fits here.
pub(super) fn read(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = secret_file::read_text(path).map_err(|error| match error {
        SecretFileError::Unreadable { path, cause } => anyhow!(
            "cannot read the password file {}: {cause}; write the first password into a file that only you can read",
            path.display()
        ),
        SecretFileError::Malformed { path, .. } => {
            anyhow!("{} is far too large for a password; write nothing but the password into it", path.display())
        }
        other => anyhow!("the password file: {other}"),
    })?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}
