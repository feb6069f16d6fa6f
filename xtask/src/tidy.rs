//! `cargo xtask tidy`: rules of the whole repository that no compiler checks.
//!
//! Each rule gives a list of findings; one finding fails the command. A finding names the file and
//! the remedy.

mod arrows;
mod documents;
mod locales;
mod sources;

use std::{path::PathBuf, process::Command};

use anyhow::{Result, bail};

use crate::{place, run};

/// Files that git tracks or would track, relative to the root.
pub(crate) struct Tree {
    files: Vec<PathBuf>,
}

impl Tree {
    fn read() -> Result<Self> {
        let listed = run::read(
            Command::new("git")
                .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
                .current_dir(place::root()),
        )?;
        let root = place::root();
        let files = listed
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .filter(|path| root.join(path).is_file())
            .collect();
        Ok(Self { files })
    }

    /// Path and text of every UTF-8 file with this ending.
    fn texts<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
        self.files.iter().filter_map(move |path| {
            let name = path.to_string_lossy().into_owned();
            name.ends_with(ending).then_some(())?;
            Some((name, std::fs::read_to_string(place::root().join(path)).ok()?))
        })
    }
}

/// Runs every rule.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::read()?;
    let metadata = arrows::Metadata::read()?;
    let mut findings = arrows::check(&metadata);
    findings.extend(sources::check(&tree));
    findings.extend(locales::check(&tree));
    findings.extend(documents::check(&tree, &metadata)?);
    for finding in &findings {
        eprintln!("tidy: {finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    eprintln!("tidy: {} files follow the rules", tree.files.len());
    Ok(())
}
