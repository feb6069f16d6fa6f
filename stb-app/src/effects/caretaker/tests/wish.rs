//! The script of the box that takes wishes up, with a RAUC that says what it is told to.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use gateway_api::update::{BundleId, UpdateReason};
use stb_core::update::Installer;

use super::super::Surroundings;

const BUNDLE: BundleId = BundleId([0xcd; 32]);

/// A machine with the box's files and programs of our own.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new(rauc: &str) -> Self {
        let machine = Self(tempfile::tempdir().expect("a folder"));
        for folder in ["bin", "etc/hitokoe", "run/hitokoe", "run/hitokoe-update", "run/stb", "wish"]
        {
            fs::create_dir_all(machine.path(folder)).expect("a folder");
        }
        let settings = "data_dir = \"/data/hitokoe\"\n[gateway]\nurl = \"https://g.example:8443/\"\n\
                        ca_file = \"/etc/hitokoe/gateway-ca.pem\"\n";
        fs::write(machine.path("etc/hitokoe/stb.toml"), settings).expect("written");
        fs::write(machine.path("run/hitokoe/boot"), "slot=A\nboot=x\n").expect("written");
        let help = "case \"$*\" in *--help*) echo \"  --tls-cert=PEM  client\"; exit 0 ;; esac\n";
        machine.program("rauc", &format!("{help}echo \"$*\" >>\"$HITOKOE_ROOT/asked\"\n{rauc}"));
        machine.program("systemctl", "echo \"$*\" >>\"$HITOKOE_ROOT/asked\"\n");
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn program(&self, name: &str, text: &str) {
        let file = self.path("bin").join(name);
        fs::write(&file, format!("#!/bin/sh\n{text}")).expect("written");
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("may be started");
    }

    /// What the installer says after this wish.
    fn wishes(&self, wish: &str) -> Installer {
        fs::write(self.path("wish/wish"), format!("{wish}\n")).expect("written");
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../rootfs/usr/lib/hitokoe/update-wish");
        let path = std::env::var("PATH").unwrap_or_default();
        Command::new(script)
            .env("HITOKOE_ROOT", self.0.path())
            .env("CREDENTIALS_DIRECTORY", self.path("wish"))
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .output()
            .expect("the script starts");
        Surroundings::at(self.0.path(), Some(self.path("run/stb")), "box-1").installer()
    }

    fn asked(&self) -> String {
        fs::read_to_string(self.path("asked")).unwrap_or_default()
    }
}

#[test]
fn a_bundle_is_fetched_from_the_own_gateway_as_this_box() {
    let machine = Machine::new("exit 0\n");
    assert_eq!(machine.wishes(&format!("install {BUNDLE} 2.0.0")), Installer::Wrote(BUNDLE));
    let asked = machine.asked();
    let url = format!(" https://g.example:8443/box/v1/updates/{BUNDLE}\n");
    assert!(asked.starts_with("install --tls-cert=") && asked.ends_with(&url), "{asked}");
    assert!(asked.contains("--tls-key=/data/hitokoe/device/key.pem "), "{asked}");
    assert!(asked.contains("--tls-ca=/etc/hitokoe/gateway-ca.pem "), "{asked}");
}

#[track_caller]
fn check(said: &str, reason: UpdateReason) {
    let machine = Machine::new(&format!("echo \"{said}\" >&2\nexit 1\n"));
    let told = machine.wishes(&format!("install {BUNDLE} 2.0.0"));
    assert_eq!(told, Installer::Refused(BUNDLE, reason), "{said}");
}

#[test]
fn why_a_bundle_was_not_taken_is_told_in_words_of_the_fleet() {
    check("update refused: version 1.0.0 is older than 1.1.0", UpdateReason::NotNewer);
    check("update refused: an order is on the screen", UpdateReason::Busy);
    check(
        "signature verification failed: Verify error: unable to get local issuer",
        UpdateReason::Untrusted,
    );
    check(
        "Compatible mismatch: Expected 'hitokoe-stb' but bundle manifest has 'x'",
        UpdateReason::Untrusted,
    );
    check("failed to download bundle: HTTP error 404", UpdateReason::Unreachable);
    check("Failed updating slot rootfs.1: No space left on device", UpdateReason::NotWritten);
}

#[test]
fn nothing_begins_during_an_order_and_an_order_ends_what_began() {
    let machine = Machine::new("exit 0\n");
    fs::write(machine.path("run/stb/busy"), "an order is on the screen\n").expect("written");
    let wish = format!("install {BUNDLE} 2.0.0");
    assert_eq!(machine.wishes(&wish), Installer::Refused(BUNDLE, UpdateReason::Busy));
    machine.wishes("restart");
    assert_eq!(machine.asked(), "", "neither RAUC nor a restart");

    // The order comes while RAUC writes; stopping RAUC's service ends its client.
    let machine = Machine::new(
        "touch \"$HITOKOE_ROOT/run/stb/busy\"\nwhile [ ! -e \"$HITOKOE_ROOT/stopped\" ]; do sleep 0.1; done\nexit 1\n",
    );
    machine.program(
        "systemctl",
        "echo \"$*\" >>\"$HITOKOE_ROOT/asked\"\ntouch \"$HITOKOE_ROOT/stopped\"\n",
    );
    assert_eq!(machine.wishes(&wish), Installer::Refused(BUNDLE, UpdateReason::Busy));
    assert!(machine.asked().ends_with("stop rauc.service\n"), "{}", machine.asked());
}

#[test]
fn a_restart_is_a_restart_and_anything_else_is_no_wish() {
    let machine = Machine::new("exit 0\n");
    machine.wishes("restart");
    assert_eq!(machine.asked(), "--no-block reboot\n");
    for wish in
        ["", "install", "install ../../etc/passwd 1", "install https://evil.example/x 1", "erase"]
    {
        assert_eq!(machine.wishes(wish), Installer::Idle, "{wish}");
    }
    assert_eq!(machine.asked(), "--no-block reboot\n");
    machine.program("rauc", "echo 'install options: --progress'\n");
    let told = machine.wishes(&format!("install {BUNDLE} 2.0.0"));
    assert_eq!(
        told,
        Installer::Refused(BUNDLE, UpdateReason::NoUpdater),
        "no streaming in this build"
    );
}
