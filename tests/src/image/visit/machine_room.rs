//! What nobody sees: what runs, listens, may be written and is allowed.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::{SOON, Visit};

/// Services that may run as root, and why nothing less will do.
const ROOT: &[&str] = &[
    "systemd",         // process 1
    "systemd-journal", // reads the kernel's log
    "systemd-udevd",   // devices
    "systemd-logind",  // seats
    "(udev-worker)",
    "(sd-pam)",
    "pcscd", // readers belong to root; without capabilities, see its drop-in
    "rauc",  // writes slots and boot entries
    "agent", // test images only
    "tail",  // test images only
];

impl Visit {
    /// What runs, what listens, what can be written.
    pub(super) fn system(&mut self) -> Result<()> {
        // Picture, gateway and card service were seen; what writes that down ends by itself.
        self.machine.wait_for("systemctl is-active --quiet hitokoe-mark-good.service", SOON)?;
        let failed = self.machine.succeed("systemctl --failed --no-legend --plain")?;
        ensure!(failed.trim().is_empty(), "units failed: {failed}");
        for place in ["/etc/x", "/usr/x", "/boot/x", "/x"] {
            let written = self.machine.run(&format!("touch {place}"))?;
            ensure!(written.said.contains("Read-only"), "{place} could be written");
        }
        let options = self.machine.succeed("findmnt -n -o FSTYPE,OPTIONS /")?;
        ensure!(options.contains("erofs") && options.contains("ro"), "root is {options}");
        self.listeners()?;
        self.encryption()?;
        self.root_processes()?;
        self.card_service()?;
        self.note_memory()?;
        let report = self.machine.succeed(
            "ps -eo rss=,user=,comm= --sort=-rss | head -n 12; \
             free -m; ss -Hlntu; ps -N --ppid 2 -o user=,comm=",
        )?;
        let report = report + &self.sandboxes()?;
        Ok(std::fs::write(self.out.join("system.txt"), report)?)
    }

    /// How much of the system each unit of ours could reach: 0 is nothing, 10 is everything.
    fn sandboxes(&mut self) -> Result<String> {
        let levels = self.machine.succeed(
            "cd /usr/lib/systemd/system; \
             for unit in stb-*.service hitokoe-*.service weston.service pcscd.service rauc.service; do \
             systemd-analyze security --no-pager $unit | sed -n 's/.*exposure level for //p'; done",
        )?;
        for unit in ["stb-app.service", "stb-safe-mode.service"] {
            let level = levels.lines().find_map(|line| line.strip_prefix(unit)?.strip_prefix(": "));
            let level = level.and_then(|level| level.split(' ').next()?.parse::<f32>().ok());
            ensure!(level.is_some_and(|level| level < 2.0), "the sandbox of {unit}: {levels}");
        }
        Ok(levels)
    }

    /// What the home has on the box opens for this machine's TPM and for nobody's passphrase.
    fn encryption(&mut self) -> Result<()> {
        let volume = self.machine.succeed("findmnt -n -o SOURCE /data")?;
        ensure!(volume.trim() == "/dev/mapper/data", "/data is on {volume}");
        let listed = self.machine.succeed("systemd-cryptenroll /dev/disk/by-partlabel/data")?;
        let kinds: Vec<_> = listed.lines().skip(1).map(str::split_whitespace).collect();
        let kinds: Vec<_> = kinds.into_iter().filter_map(|mut words| words.nth(1)).collect();
        ensure!(kinds == ["tpm2"], "the data partition opens by {kinds:?}");
        Ok(())
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

    /// The application may use the card service, nobody else may; the service has no rights of root's.
    fn card_service(&mut self) -> Result<()> {
        let ask = |unit: &str| {
            format!(
                "pkcheck --action-id org.debian.pcsc-lite.access_card \
                 --process $(systemctl show -P MainPID {unit})"
            )
        };
        self.machine.succeed(&ask("stb-app.service"))?;
        let other = self.machine.run(&ask("systemd-resolved.service"))?;
        ensure!(other.code != 0, "any service may use the card service: {}", other.said);
        let rights = self.machine.succeed("grep CapEff /proc/$(pgrep -o -x pcscd)/status")?;
        ensure!(rights.trim().ends_with("0000000000000000"), "the card service has {rights}");
        Ok(())
    }
}
