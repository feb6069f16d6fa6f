//! What nobody sees: what runs and listens, updates, and a kernel that dies.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::{SOON, START, Visit};

/// Updates that no box takes, and a word of the reason that its journal must name.
const REFUSED: &[(&str, &str)] = &[
    ("stranger", "signature verification failed"),
    ("other-box", "Compatible mismatch"),
    ("downgrade", "is older than"),
    ("damaged", "failed"),
];

/// Services that may run as root, and why nothing less will do.
const ROOT: &[&str] = &[
    "systemd",         // process 1
    "systemd-journal", // reads the kernel's log
    "systemd-udevd",   // devices
    "systemd-logind",  // seats
    "(udev-worker)",
    "(sd-pam)",
    "pcscd", // readers belong to root; without capabilities, see its drop-in
    "agent", // test images only
];

impl Visit {
    /// What runs, what listens, what can be written.
    pub(super) fn system(&mut self) -> Result<()> {
        let failed = self.machine.succeed("systemctl --failed --no-legend --plain")?;
        ensure!(failed.trim().is_empty(), "units failed: {failed}");
        for place in ["/etc/x", "/usr/x", "/boot/x", "/x"] {
            let written = self.machine.run(&format!("touch {place}"))?;
            ensure!(written.said.contains("Read-only"), "{place} could be written");
        }
        let options = self.machine.succeed("findmnt -n -o FSTYPE,OPTIONS /")?;
        ensure!(options.contains("erofs") && options.contains("ro"), "root is {options}");
        self.listeners()?;
        self.root_processes()?;
        let report = self.machine.succeed(
            "systemd-analyze time; systemd-analyze critical-chain --no-pager stb-app.service; \
             systemd-analyze blame --no-pager | head -n 12; ps -eo rss=,user=,comm= --sort=-rss | head -n 12; \
             free -m",
        )?;
        Ok(std::fs::write(self.out.join("system.txt"), report)?)
    }

    /// Nothing but addresses (DHCP) and the multicast groups that the box asked for.
    fn listeners(&mut self) -> Result<()> {
        let listed = self.machine.succeed("ss -Hlntu")?;
        for line in listed.lines() {
            let address = line.split_whitespace().nth(4).unwrap_or_default();
            let wanted = address.starts_with("239.")
                || address.ends_with(":68")
                || address.ends_with(":546");
            ensure!(wanted, "something listens: {line}");
        }
        let tcp = listed.lines().filter(|line| line.starts_with("tcp")).count();
        ensure!(tcp == 0, "{tcp} TCP listeners");
        Ok(())
    }

    fn root_processes(&mut self) -> Result<()> {
        // Kernel threads are children of process 2; what this very command starts comes and goes.
        let listed = self.machine.succeed("ps -N --ppid 2 -o user=,comm=")?;
        let passing = ["ps", "sh", "sleep", "kthreadd", "tr"];
        let root: BTreeSet<&str> = listed
            .lines()
            .filter_map(|line| line.trim().split_once(char::is_whitespace))
            .filter(|(user, _)| *user == "root")
            .map(|(_, name)| name.trim())
            .filter(|name| !passing.contains(name))
            .collect();
        let unknown: Vec<_> = root.iter().filter(|name| !ROOT.contains(name)).collect();
        ensure!(unknown.is_empty(), "as root: {unknown:?}");
        Ok(())
    }

    /// What is not ours, older, damaged or untimely is refused with its reason; what is good is written
    /// beside the running version, and a version that proves nothing does not stay.
    pub(super) fn update(&mut self) -> Result<()> {
        self.machine.succeed("mkdir -p /run/bundles && mount -o ro /dev/vdb /run/bundles")?;
        for (bundle, reason) in REFUSED {
            let answer =
                self.machine.run(&format!("rauc install /run/bundles/{bundle}.raucb 2>&1"))?;
            ensure!(answer.code != 0, "{bundle} was installed");
            let journal =
                self.machine.succeed("journalctl -u rauc -o cat --no-pager | tail -n 40")?;
            let told = format!("{}{journal}", answer.said);
            ensure!(told.contains(reason), "{bundle}: refused without `{reason}`: {told}");
            ensure!(self.primary()? == "A", "{bundle} changed the slot");
        }
        self.machine.succeed("touch /run/stb/busy")?;
        let good = "rauc install /run/bundles/good.raucb 2>&1";
        let answer = self.machine.run_within(good, START)?;
        ensure!(answer.code != 0, "installed during an order");
        self.machine.succeed("rm /run/stb/busy")?;
        let answer = self.machine.run_within(good, START)?;
        ensure!(answer.code == 0, "a good update was refused: {}", answer.said);
        ensure!(self.primary()? == "B", "the new version is not the next one");
        let entries =
            "mount -o ro /dev/disk/by-partlabel/esp /mnt; ls /mnt/loader/entries; umount /mnt";
        let listed = self.machine.succeed(entries)?;
        ensure!(listed.contains("hitokoe-b+3.conf"), "no counted entry: {listed}");
        // Three starts without a picture, as the boot loader counts them.
        self.machine.succeed("/usr/lib/hitokoe/boot-slot set-state B bad")?;
        ensure!(self.primary()? == "A", "no fall-back");
        // And the version that runs says itself that it is good.
        self.machine.succeed("runuser -u stb -- touch /run/stb/healthy")?;
        self.machine.wait_for("systemctl is-active --quiet hitokoe-mark-good.service", SOON)
    }

    fn primary(&mut self) -> Result<String> {
        let slot = self.machine.succeed("/usr/lib/hitokoe/boot-slot get-primary")?;
        Ok(slot.trim().to_owned())
    }

    /// A kernel that is dead, and would stay so, is noticed by the hardware.
    pub(super) fn watchdog(&mut self) -> Result<()> {
        let reset = self.machine.succeed("cat /sys/class/watchdog/watchdog0/state")?;
        ensure!(reset.trim() == "active", "the watchdog is {reset}");
        self.machine
            .wait_for_reset("sysctl -qw kernel.panic=0; echo c > /proc/sysrq-trigger", START)?;
        self.picture("after-reset")
    }
}
