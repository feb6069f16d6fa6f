//! `cargo xtask image`: the files of `rootfs/` on Debian 12, as an image that a virtual machine boots.
//!
//! The operators' quick try-out and the target of the image test. It is never anything but a development
//! image: it has no Yocto below it, its gateway is the host's, and it says what it is.

mod sbom;
mod twice;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{demo, packages, place, run, voice};

/// What a box consists of on Debian.
const BOX: &[&str] = &[
    // System
    "dbus",
    "e2fsprogs",
    "initramfs-tools",
    "iproute2",
    "kmod",
    "libpam-systemd",
    "linux-image-amd64",
    "locales",
    "nftables",
    "procps",
    "systemd",
    "systemd-resolved",
    "systemd-sysv",
    "systemd-timesyncd",
    "udev",
    "zstd",
    // Updates, and the encryption of the data partition
    "cryptsetup-bin",
    "dosfstools",
    "libcurl4",
    "libnl-genl-3-200",
    "libtss2-esys-3.0.2-0",
    "libtss2-mu0",
    "libtss2-rc0",
    "libtss2-tcti-device0",
    "rauc",
    "rauc-service",
    // Screen, sound, letters, voice
    "fonts-morisawa-bizud-gothic",
    "fonts-noto-cjk",
    "gstreamer1.0-alsa",
    "gstreamer1.0-libav",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-ugly",
    "libgtk-4-1",
    "open-jtalk",
    "open-jtalk-mecab-naist-jdic",
    "weston",
    // Card, remote, HDMI
    "ir-keytable",
    "libccid",
    "libpcsclite1",
    "pcscd",
    "polkitd",
    "v4l-utils",
];

/// Identifier of the file system, so that the same files give the same image.
const UUID: &str = "48544b45-0000-4000-8000-000000000001";
/// All times in the image, seconds since 1970.
const EPOCH: &str = "1767225600";

/// What to do with the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Only build it.
    Build,
    /// Open it in a window.
    Run,
    /// Walk through it.
    Test,
    /// Build it again and compare; say what an update costs.
    Twice,
}

/// Builds the image, then runs it or walks through it.
pub(crate) fn run(purpose: Purpose) -> Result<()> {
    packages::ensure()?;
    packages::ensure_image()?;
    let voice = voice::ensure()?;
    demo::build(&[])?;
    let folder = build(&voice)?;
    let out = place::target().join("image-test");
    let command = match purpose {
        Purpose::Build => return Ok(()),
        Purpose::Twice => return twice::run(&folder, &voice),
        Purpose::Run => "run",
        Purpose::Test => "test",
    };
    let mut machine = Command::new(place::binaries().join("image"));
    machine
        .arg("--image")
        .arg(folder)
        .arg("--out")
        .arg(&out)
        .arg(command)
        .current_dir(place::root())
        .env("HITOKOE_BIN", place::binaries())
        .env("HITOKOE_VOICE", voice);
    run::succeed(&mut machine).with_context(|| format!("pictures and reports: {}", out.display()))
}

/// `cargo xtask test image`.
pub(crate) fn test() -> Result<()> {
    run(Purpose::Test)
}

/// Gives the folder with disk, kernel and initramfs.
fn build(voice: &Path) -> Result<PathBuf> {
    let folder = place::target().join("image");
    fs::create_dir_all(&folder)?;
    // Who may sign updates of this development image: nobody but this machine.
    run::succeed(Command::new("sh").arg(scripts().join("bundles.sh")).arg("keys").arg(&folder))?;
    let tree = folder.join("tree");
    grow(&folder, &tree, voice)?;
    for name in ["boot/linux", "boot/initrd", "usr/lib/hitokoe/cmdline"] {
        let file = Path::new(name).file_name().unwrap_or_default();
        run::read(
            packages::privileged("install")
                .args(["-m", "644"])
                .arg(tree.join(name))
                .arg(folder.join(file)),
        )?;
    }
    let slot = folder.join("rootfs.erofs");
    pack(&tree, &slot)?;
    let packages = sbom::write(&tree, &folder.join("sbom.spdx.json"))?;
    run::succeed(
        Command::new("sh")
            .arg(scripts().join("disk.sh"))
            .arg(&slot)
            .arg(folder.join("disk.img"))
            .arg(&folder),
    )?;
    remove(&tree)?;
    run::succeed(Command::new("sh").arg(scripts().join("bundles.sh")).arg("make").arg(&folder))?;
    tell(&folder)?;
    println!("{packages} packages in {}", folder.join("sbom.spdx.json").display());
    Ok(folder)
}

/// Everything that will be in a slot, as files.
fn grow(folder: &Path, tree: &Path, voice: &Path) -> Result<()> {
    remove(tree)?;
    fs::create_dir_all(tree)?;
    let base = base()?;
    run::succeed(
        packages::privileged("tar").args(["--numeric-owner", "-xf"]).arg(base).arg("-C").arg(tree),
    )?;
    lay_over(tree, voice)?;
    run::read(
        packages::privileged("install")
            .args(["-D", "-m", "644"])
            .arg(folder.join("keys/update-ca.pem"))
            .arg(tree.join("etc/rauc/keyring.pem")),
    )?;
    run::succeed(
        packages::privileged("sh")
            .arg(scripts().join("finish.sh"))
            .arg(tree)
            .arg(version()?)
            .arg(EPOCH),
    )
}

/// The files as one read-only file system, the same bytes for the same files.
fn pack(tree: &Path, slot: &Path) -> Result<()> {
    remove(slot)?;
    run::succeed(
        packages::privileged("mkfs.erofs")
            .args(["--quiet", "-zlz4hc", "-U", UUID, "-T", EPOCH])
            .arg(slot)
            .arg(tree),
    )
}

fn tell(folder: &Path) -> Result<()> {
    let slot = folder.join("rootfs.erofs");
    let sum = sha256(&slot)?;
    fs::write(folder.join("rootfs.sha256"), format!("{sum}\n"))?;
    let mib = fs::metadata(&slot)?.len() >> 20;
    println!("DEVELOPMENT image, never for homes: {}", folder.join("disk.img").display());
    println!("slot {mib} MiB, sha256 {sum}");
    Ok(())
}

fn sha256(file: &Path) -> Result<String> {
    let said = run::read(Command::new("sha256sum").arg(file))?;
    Ok(said.split_whitespace().next().context("sha256sum said nothing")?.to_owned())
}

/// Debian with the packages of a box, kept while neither the list nor its recipe changes.
fn base() -> Result<PathBuf> {
    let mut recipe = BOX.join(",");
    for name in ["base.sh", "initramfs.sh", "modules-left-out"] {
        recipe.push_str(&fs::read_to_string(scripts().join(name))?);
    }
    let base = place::cache().join(format!("image-base-{:016x}.tar", checksum(recipe.as_bytes())));
    if !base.exists() {
        eprintln!("Fetching Debian for the image (once for each change of its package list)");
        let unfinished = base.with_extension("new");
        run::succeed(
            packages::privileged("sh")
                .arg(scripts().join("base.sh"))
                .arg(&unfinished)
                .arg(BOX.join(","))
                .env("SOURCE_DATE_EPOCH", EPOCH),
        )?;
        fs::rename(&unfinished, &base)?;
    }
    Ok(base)
}

/// The updater as the box needs it, kept while its recipe stays.
fn updater() -> Result<PathBuf> {
    let script = scripts().join("rauc.sh");
    let recipe = checksum(&fs::read(&script)?);
    let tools = place::cache().join("tools");
    let program = tools.join(format!("rauc-{recipe:016x}"));
    if !program.exists() {
        fs::create_dir_all(tools)?;
        eprintln!("Building RAUC for the image (once)");
        let unfinished = program.with_extension("new");
        run::succeed(Command::new("sh").arg(script).arg(&unfinished).arg(packages::RELEASE))?;
        fs::rename(&unfinished, &program)?;
    }
    Ok(program)
}

/// Our files over Debian's: those of every box, those of the try-out, the application and its voice.
fn lay_over(tree: &Path, voice: &Path) -> Result<()> {
    let root = place::root();
    let overlays = [root.join("rootfs/etc"), root.join("rootfs/usr")];
    for overlay in overlays {
        copy(&[overlay], tree)?;
    }
    for overlay in ["overlay", "test-overlay"] {
        copy(&[scripts().join(overlay).join(".")], tree)?;
    }
    let program = tree.join("usr/bin/stb-app");
    run::read(
        packages::privileged("install")
            .args(["--strip", "-m", "755"])
            .arg(place::binaries().join("stb-app"))
            .arg(&program),
    )?;
    run::read(
        packages::privileged("install")
            .args(["-m", "755"])
            .arg(updater()?)
            .arg(tree.join("usr/bin/rauc")),
    )?;
    let voices = tree.join("usr/share/hitokoe/voice");
    run::read(packages::privileged("mkdir").arg("-p").arg(&voices))?;
    let licence = voice.with_file_name("LICENSE_mei_normal.htsvoice");
    copy(&[voice.to_path_buf(), licence], &voices)
}

fn copy(from: &[PathBuf], to: &Path) -> Result<()> {
    run::read(packages::privileged("cp").args(["-a", "--no-preserve=ownership"]).args(from).arg(to))
        .map(drop)
}

fn remove(path: &Path) -> Result<()> {
    run::read(packages::privileged("rm").arg("-rf").arg(path)).map(drop)
}

fn scripts() -> PathBuf {
    place::root().join("xtask/image")
}

/// The workspace's version.
fn version() -> Result<String> {
    let manifest: toml::Table = fs::read_to_string(place::root().join("Cargo.toml"))?.parse()?;
    match manifest["workspace"]["package"]["version"].as_str() {
        Some(version) => Ok(version.to_owned()),
        None => bail!("Cargo.toml names no version"),
    }
}

/// FNV-1a: tells one recipe from another, nothing more.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_recipe_has_another_name() {
        assert_ne!(checksum(b"dbus,weston"), checksum(b"dbus,westom"));
        assert_eq!(checksum(b""), 0xcbf2_9ce4_8422_2325);
    }
}
