//! The scripts of the box that touch disks, in the box's shell, with programs that say what they were asked.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

/// Says a line of what it is asked, and fails when the test wants that.
const OBEYS: &str = "#!/bin/sh\n\
    echo \"${0##*/} $*\" >>\"$HITOKOE_ROOT/asked\"\n\
    ! grep -qsx \"${0##*/} $1\" \"$HITOKOE_ROOT/fails\"\n";
/// A value of a device as in the file `TYPE.data`, of what the encrypted one holds as in `TYPE.mapped`.
const BLKID: &str = "#!/bin/sh\ncase \"$6\" in */mapper/*) name=mapped ;; *) name=data ;; esac\n\
    cat \"$HITOKOE_ROOT/blkid/$3.$name\" 2>/dev/null\n";
/// The disk says so from then on.
const FORMATTED: &str = "echo crypto_LUKS >\"$HITOKOE_ROOT/blkid/TYPE.data\"\n\
    rm -f \"$HITOKOE_ROOT/blkid/LABEL.data\"\n";

/// A machine below a folder.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().expect("a folder"));
        for folder in
            ["bin", "blkid", "data", "dev/disk/by-partlabel", "dev/mapper", "proc", "run", "sys"]
        {
            fs::create_dir_all(machine.path(folder)).expect("a folder");
        }
        machine.put("proc/cmdline", "quiet rauc.slot=A\n");
        machine.program("blkid", BLKID);
        for name in ["mount", "umount", "mke2fs", "e2fsck", "blkdiscard", "sync", "udevadm"] {
            machine.program(name, OBEYS);
        }
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().expect("below the folder")).expect("a folder");
        fs::write(file, text).expect("written");
    }

    fn program(&self, name: &str, text: &str) {
        let file = self.path("bin").join(name);
        fs::write(&file, text).expect("written");
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("may be started");
    }

    /// Whether the script ended well.
    fn runs(&self, script: &str, words: &[&str]) -> bool {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rootfs/usr/lib/hitokoe");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("dash");
        shell.arg(folder.join(script)).args(words);
        shell.env("HITOKOE_ROOT", self.0.path());
        shell.env("PATH", format!("{}:{path}", self.path("bin").display()));
        shell.output().expect("dash starts").status.success()
    }

    fn asked(&self) -> String {
        let said = fs::read_to_string(self.path("asked")).unwrap_or_default();
        said.replace(&self.0.path().display().to_string(), "")
    }
}

/// A box with a data partition and a TPM.
fn box_with_tpm(kind: &str, label: &str) -> Machine {
    let machine = Machine::new();
    machine.put("dev/disk/by-partlabel/data", "");
    machine.put("sys/class/tpmrm/tpmrm0", "");
    machine.put("blkid/TYPE.data", kind);
    machine.put("blkid/LABEL.data", label);
    machine.put("blkid/TYPE.mapped", "ext4");
    machine.put("token", "");
    machine.program("systemd-cryptenroll", OBEYS);
    let opens = format!("{OBEYS}[ $? = 1 ] || touch \"$HITOKOE_ROOT/dev/mapper/data\"\n");
    machine.program(
        "systemd-cryptsetup",
        &format!("{opens}[ -e \"$HITOKOE_ROOT/dev/mapper/data\" ]\n"),
    );
    machine.program(
        "cryptsetup",
        &format!(
            "{OBEYS}code=$?\n[ \"$1\" != luksDump ] || cat \"$HITOKOE_ROOT/token\"\n\
             [ \"$code $1\" != '0 luksFormat' ] || {{ {FORMATTED} }}\n\
             [ \"$code $1\" != '0 open' ] || touch \"$HITOKOE_ROOT/dev/mapper/data\"\n\
             [ \"$code $1\" != '0 close' ] || rm -f \"$HITOKOE_ROOT/dev/mapper/data\"\n\
             exit \"$code\"\n"
        ),
    );
    machine
}

const REAL: &str = "/dev/disk/by-partlabel/data";
const MAPPED: &str = "/dev/mapper/data";

/// What became of the partition.
struct Outcome {
    /// The volume that is mounted; none for memory.
    mounted: Option<&'static str>,
    /// Encrypted now.
    encrypted: bool,
    /// The volume that got a file system.
    made: Option<&'static str>,
}

#[track_caller]
fn check_mount(machine: &Machine, expected: &Outcome) {
    assert!(machine.runs("data-partition", &["mount"]), "there is always a /data");
    let asked = machine.asked();
    let lines = |start: &str| -> Vec<&str> {
        asked.lines().filter(|line| line.starts_with(start)).collect()
    };
    for volume in [REAL, MAPPED] {
        let mounts = lines("mount -t ext4").iter().any(|line| line.contains(volume));
        assert_eq!(mounts, expected.mounted == Some(volume), "{volume}\n{asked}");
        let made = lines("mke2fs").iter().any(|line| line.ends_with(volume));
        assert_eq!(made, expected.made == Some(volume), "{volume}\n{asked}");
    }
    assert_eq!(lines("mount -t tmpfs").len(), usize::from(expected.mounted.is_none()), "{asked}");
    assert_eq!(!lines("cryptsetup luksFormat").is_empty(), expected.encrypted, "{asked}");
    assert!(!machine.path("run/hitokoe-data.key").exists(), "the key stays nowhere");
}

#[test]
fn the_first_start_encrypts() {
    for (kind, label) in [("ext4", "hitokoe-blank"), ("", "")] {
        let made = Outcome { mounted: Some(MAPPED), encrypted: true, made: Some(MAPPED) };
        check_mount(&box_with_tpm(kind, label), &made);
    }
}

#[test]
fn a_tpm_that_is_found_late_is_waited_for() {
    let machine = box_with_tpm("ext4", "hitokoe-blank");
    fs::remove_file(machine.path("sys/class/tpmrm/tpmrm0")).expect("removed");
    let found =
        "#!/bin/sh\n[ \"$1\" != settle ] || touch \"$HITOKOE_ROOT/sys/class/tpmrm/tpmrm0\"\n";
    machine.program("udevadm", found);
    machine.put("sys/firmware/acpi/tables/TPM2", "");
    let made = Outcome { mounted: Some(MAPPED), encrypted: true, made: Some(MAPPED) };
    check_mount(&machine, &made);
}

#[test]
fn what_cannot_be_encrypted_is_not_written_in_the_clear() {
    for (fails, made) in [
        ("cryptsetup luksFormat", None),
        ("cryptsetup open", None),
        ("mke2fs -q", Some(MAPPED)),
        ("cryptsetup close", Some(MAPPED)),
        ("systemd-cryptenroll --unlock-key-file=KEY", Some(MAPPED)),
        ("systemd-cryptsetup attach", Some(MAPPED)),
    ] {
        let machine = box_with_tpm("ext4", "hitokoe-blank");
        let key = machine.path("run/hitokoe-data.key");
        machine.put("fails", &fails.replace("KEY", &key.display().to_string()));
        check_mount(&machine, &Outcome { mounted: None, encrypted: true, made });
    }
}

#[test]
fn what_nobody_recognises_is_kept() {
    // The head of an encrypted partition is damaged; or it cannot be read at all.
    let damaged = box_with_tpm("", "");
    damaged.put("dev/disk/by-partlabel/data", "a key slot of a home");
    let unreadable = box_with_tpm("", "");
    unreadable.program("head", "#!/bin/sh\nexit 1\n");
    for machine in [damaged, unreadable] {
        check_mount(&machine, &Outcome { mounted: None, encrypted: false, made: None });
        let kept = fs::read_to_string(machine.path("dev/disk/by-partlabel/data")).expect("there");
        assert!(!kept.contains('\0'), "{kept:?}");
    }
    // Flash that was only ever erased.
    let erased = box_with_tpm("", "");
    fs::write(erased.path("dev/disk/by-partlabel/data"), [0xff; 5_000]).expect("written");
    let made = Outcome { mounted: Some(MAPPED), encrypted: true, made: Some(MAPPED) };
    check_mount(&erased, &made);
}

#[test]
fn a_partition_in_the_clear_stays_until_the_home_is_wiped() {
    let machine = box_with_tpm("ext4", "hitokoe-data");
    check_mount(&machine, &Outcome { mounted: Some(REAL), encrypted: false, made: None });
    let machine = box_with_tpm("ext4", "hitokoe-reset");
    let anew = Outcome { mounted: Some(MAPPED), encrypted: true, made: Some(MAPPED) };
    check_mount(&machine, &anew);
}

#[test]
fn an_encryption_that_was_cut_off_is_begun_anew() {
    let machine = box_with_tpm("crypto_LUKS", "");
    let anew = Outcome { mounted: Some(MAPPED), encrypted: true, made: Some(MAPPED) };
    check_mount(&machine, &anew);
    // Nothing is wiped only because the header cannot be read just now.
    let machine = box_with_tpm("crypto_LUKS", "");
    machine.put("fails", "cryptsetup luksDump\nsystemd-cryptsetup attach\n");
    check_mount(&machine, &Outcome { mounted: None, encrypted: false, made: None });
}

#[test]
fn an_encrypted_partition_is_opened_and_never_overwritten_in_the_clear() {
    let machine = box_with_tpm("crypto_LUKS", "");
    machine.put("token", "  0: systemd-tpm2\n");
    check_mount(&machine, &Outcome { mounted: Some(MAPPED), encrypted: false, made: None });

    let machine = box_with_tpm("crypto_LUKS", "");
    machine.put("token", "  0: systemd-tpm2\n");
    machine.put("fails", "systemd-cryptsetup attach\n");
    check_mount(&machine, &Outcome { mounted: None, encrypted: false, made: None });

    machine.put("asked", "");
    machine.put("fails", "");
    machine.put("proc/cmdline", "quiet hitokoe.factory_reset=1\n");
    let anew = Outcome { mounted: Some(MAPPED), encrypted: true, made: Some(MAPPED) };
    check_mount(&machine, &anew);

    // The home is wiped from its menu: the old key goes with it.
    let machine = box_with_tpm("crypto_LUKS", "");
    machine.put("token", "  0: systemd-tpm2\n");
    machine.put("blkid/LABEL.mapped", "hitokoe-reset");
    check_mount(&machine, &anew);

    // The TPM does not answer: what lies encrypted here is not exchanged for something in the clear.
    let machine = box_with_tpm("crypto_LUKS", "");
    fs::remove_file(machine.path("sys/class/tpmrm/tpmrm0")).expect("removed");
    machine.put("fails", "systemd-cryptsetup attach\n");
    machine.put("proc/cmdline", "quiet hitokoe.factory_reset=1\n");
    check_mount(&machine, &Outcome { mounted: None, encrypted: false, made: None });
}

#[test]
fn without_a_tpm_the_partition_is_made_kept_and_reset_in_the_clear() {
    for (label, made) in [("hitokoe-blank", true), ("hitokoe-reset", true), ("hitokoe-data", false)]
    {
        let machine = box_with_tpm("ext4", label);
        fs::remove_file(machine.path("sys/class/tpmrm/tpmrm0")).expect("removed");
        let made = made.then_some(REAL);
        check_mount(&machine, &Outcome { mounted: Some(REAL), encrypted: false, made });
        assert!(!machine.asked().contains("udevadm"), "nothing to wait for: {}", machine.asked());
    }
}

#[test]
fn a_kernel_that_does_not_fit_leaves_nothing_mounted() {
    let machine = Machine::new();
    machine.program("mountpoint", "#!/bin/sh\nexit 1\n");
    machine.put("run/hitokoe-slot/boot/linux", "a kernel");
    machine.put("run/hitokoe-slot/usr/lib/hitokoe/cmdline", "quiet");
    machine.put("run/hitokoe-esp/loader/entries/hitokoe-a.conf", "sort-key hitokoe-1\n");
    assert!(machine.runs("boot-slot", &["set-primary", "B"]));
    assert!(machine.path("run/hitokoe-esp/loader/entries/hitokoe-b+3.conf").exists());
    machine.put("asked", "");
    // The EFI system partition is full.
    machine.program("cp", "#!/bin/sh\nexit 1\n");
    assert!(!machine.runs("boot-slot", &["set-primary", "B"]));
    let asked = machine.asked();
    for place in ["/run/hitokoe-slot", "/run/hitokoe-esp"] {
        assert!(asked.lines().any(|line| line == format!("umount {place}")), "{place}\n{asked}");
    }
}
