//! `cargo xtask image --twice`: the same files give the same bytes; and how much of a slot a small change is.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::Read,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{checksum, grow, pack, remove, sha256};
use crate::{packages, run};

/// What an adaptive update compares: blocks of this size, wherever they lie.
const BLOCK: usize = 4096;
/// Of each block its hash is fetched.
const HASH: usize = 32;

/// Beside the image that was just built.
pub(super) fn run(folder: &Path, voice: &Path) -> Result<()> {
    let (slot, again) = (folder.join("rootfs.erofs"), folder.join("again.erofs"));
    let tree = folder.join("tree");
    grow(folder, &tree, voice)?;
    pack(&tree, &again)?;
    let sums = (sha256(&slot)?, sha256(&again)?);
    ensure!(sums.0 == sums.1, "built twice, two images: {} and {}", sums.0, sums.1);
    println!("built twice, the same bytes: sha256 {}", sums.0);
    let mut figures = vec![figure("image.slot", fs::metadata(&slot)?.len())?];
    // One line of one file.
    let settings = tree.join("etc/hitokoe/stb.toml");
    let line = format!("echo '# another line' >> '{}'", settings.display());
    run::read(packages::privileged("sh").args(["-c", &line]))?;
    pack(&tree, &again)?;
    figures.push(figure("image.update.one-line-of-settings", fetched(&slot, &again)?)?);
    // The most that a line of the program can change: all of it.
    let program = tree.join("usr/bin/stb-app");
    let turned = format!(
        "tr '\\000-\\377' '\\001-\\377\\000' < '{0}' > '{0}.new' && mv '{0}.new' '{0}'",
        program.display()
    );
    run::read(packages::privileged("sh").args(["-c", &turned]))?;
    pack(&tree, &again)?;
    figures.push(figure("image.update.whole-program", fetched(&slot, &again)?)?);
    remove(&again)?;
    remove(&tree)?;
    let lines = figures.join("\n") + "\n";
    print!("{lines}");
    Ok(fs::write(folder.join("figures.jsonl"), lines)?)
}

/// As `cargo xtask bench` prints its figures.
#[expect(clippy::cast_precision_loss, reason = "sizes of images are far below 2^52")]
fn figure(name: &str, bytes: u64) -> Result<String> {
    let value = (bytes as f64 / 10_485.76).round() / 100.0;
    serde_json::to_string(&json!({ "name": name, "value": value, "unit": "MiB", "n": 1 }))
        .context("a figure is valid JSON")
}

/// Bytes that a box with the old slot fetches for the new one: blocks that it has nowhere, and the hashes of
/// all.
fn fetched(old: &Path, new: &Path) -> Result<u64> {
    let known: HashSet<u64> = blocks(old)?.into_iter().collect();
    let blocks = blocks(new)?;
    let unknown = blocks.iter().filter(|block| !known.contains(block)).count();
    Ok(u64::try_from(unknown * BLOCK + blocks.len() * HASH)?)
}

fn blocks(slot: &Path) -> Result<Vec<u64>> {
    let mut file = File::open(slot)?;
    let mut sums = Vec::new();
    let mut block = [0; BLOCK];
    loop {
        match file.read_exact(&mut block) {
            Ok(()) => sums.push(checksum(&block)),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(sums),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blocks_that_are_nowhere_are_fetched() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("hitokoe-blocks-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let (old, new) = (folder.join("old"), folder.join("new"));
        fs::write(&old, [[1; BLOCK], [2; BLOCK]].concat())?;
        // The second block moved, and a third is new.
        fs::write(&new, [[2; BLOCK], [3; BLOCK], [1; BLOCK]].concat())?;
        let bytes = fetched(&old, &new)?;
        fs::remove_dir_all(&folder)?;
        assert_eq!(bytes, u64::try_from(BLOCK + 3 * HASH)?);
        Ok(())
    }
}
