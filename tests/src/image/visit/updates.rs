//! Updates, and everything that can go wrong with one: refused, cut off, dead, dark, good.

use anyhow::{Context, Result, ensure};

use super::{SOON, START, Visit, programmes, scancode};
use crate::{image::agent::Answer, town::HOME};

/// Updates that no box takes, and a word of the reason that its journal must name.
const REFUSED: &[(&str, &str)] = &[
    ("stranger", "signature verification failed"),
    ("other-box", "Compatible mismatch"),
    ("downgrade", "is older than"),
    ("damaged", "failed"),
];
/// Version of the update that every box takes.
const GOOD: &str = "99.0.0";
/// So slow that the plug can be pulled in the middle of the smallest update.
const SLOW_DISK: u32 = 1_000_000;

impl Visit {
    /// What is not ours, older, or damaged is refused with its reason, and changes nothing.
    pub(super) fn update(&mut self) -> Result<()> {
        for (bundle, reason) in REFUSED {
            self.refuses(bundle, reason)?;
        }
        // This version showed its programme, its gateway and its reader long ago.
        self.machine.wait_for("systemctl is-active --quiet hitokoe-mark-good.service", SOON)
    }

    pub(super) fn refuses(&mut self, bundle: &str, reason: &str) -> Result<()> {
        let answer = self.install(bundle)?;
        ensure!(answer.code != 0, "{bundle} was installed");
        let journal = self.machine.succeed("journalctl -u rauc -o cat --no-pager | tail -n 40")?;
        let told = format!("{}{journal}", answer.said);
        ensure!(told.contains(reason), "{bundle}: refused without `{reason}`: {told}");
        ensure!(self.primary()? == "A", "{bundle} changed the slot");
        Ok(())
    }

    /// The operator stops the box, and the home sends it back to its carton with the remote: what it had there is
    /// gone, and so is the box's name at the gateway.
    pub(super) fn factory_reset(&mut self) -> Result<()> {
        self.machine.succeed("runuser -u stb -- touch /data/hitokoe/of-this-home")?;
        let before = self.machine.succeed("ls -A /data/hitokoe | grep -v ^gstreamer")?;
        self.stop_box()?;
        self.open_start_over()?;
        let yes = format!("ir-ctl -d /dev/lirc0 -S nec:{}", scancode("KEY_OK")?);
        self.reset_by(&yes)?;
        self.machine.wait_for("systemctl is-active --quiet hitokoe-data.service", START)?;
        let after = self.machine.succeed("ls -A /data/hitokoe || true")?;
        let kept: Vec<_> =
            before.lines().filter(|name| after.lines().any(|l| l == *name)).collect();
        ensure!(kept.is_empty(), "survived the reset: {kept:?}");
        ensure!(before.contains("store.sqlite3"), "there was nothing to wipe: {before}");
        Ok(())
    }

    fn stop_box(&mut self) -> Result<()> {
        let enrolment = self.machine.succeed("cat /data/hitokoe/device/enrolment.json")?;
        let enrolment: gateway_api::enrolment::EnrolmentAnswer = serde_json::from_str(&enrolment)?;
        self.town.admin(&["revoke-device", &enrolment.device_id])?;
        let told = "journalctl -u stb-app -o cat | grep -q 'does not know this box'";
        self.machine.wait_for(told, SOON)
    }

    /// The last tile of the home page, the last but one of the settings, and yes.
    fn open_start_over(&mut self) -> Result<()> {
        self.press("KEY_HOMEPAGE")?;
        self.wait_mark("page-painted", "Home")?;
        for key in ["KEY_DOWN", "KEY_RIGHT", "KEY_RIGHT", "KEY_OK"] {
            self.press(key)?;
        }
        self.wait_mark("page-painted", "Settings")?;
        self.picture("settings-of-stopped-box")?;
        for key in ["KEY_DOWN", "KEY_DOWN", "KEY_DOWN", "KEY_DOWN", "KEY_OK"] {
            self.press(key)?;
        }
        self.wait_mark("page-painted", "StartOver")?;
        self.press("KEY_RIGHT")?;
        self.wait_mark("key-painted", "")?;
        self.picture("start-over")
    }

    /// The home's new letter enrols the box that was reset. Then the plug is pulled while an update is written: the
    /// version before starts, and the update can be had again.
    pub(super) fn power_cut(&mut self) -> Result<()> {
        let code = self.town.enrolment_code(HOME)?;
        self.first_start_with_letter(&code)?;
        self.plug_in_bundles()?;
        self.machine.slow_down_disk(SLOW_DISK)?;
        self.machine
            .succeed("systemd-run --quiet --collect rauc install /run/bundles/good.raucb")?;
        let writing = "journalctl -u rauc -o cat | grep -q 'writing data to device'";
        self.machine.wait_for(writing, SOON)?;
        self.machine.cut_power()?;
        self.machine.power_on(&self.wiring)?;
        self.meet_new_emulator()?;
        self.television()?;
        ensure!(self.primary()? == "A", "half an update is to be started");
        let state = self.machine.succeed("/usr/lib/hitokoe/boot-slot get-state B")?;
        ensure!(state.trim() == "bad", "half an update is {state}");
        self.fetch_update()
    }

    /// The same update, offered by the gateway: the box hears of it when its application starts, and the updater
    /// fetches it in ranges, as this box.
    fn fetch_update(&mut self) -> Result<()> {
        let bundle = self.machine.offered_bundle();
        let bundle = bundle.to_str().context("path is not UTF-8")?;
        self.town.admin(&["update", "add", bundle, "--version", GOOD])?;
        self.town.admin(&["update", "roll-out", GOOD, "--percent", "100"])?;
        self.forget_marks()?;
        self.machine.succeed("systemctl restart stb-app.service")?;
        self.wait_mark("first-frame", "")?;
        // Somebody is at home: at night the box would start again as soon as it is written.
        self.remote()?;
        self.press("KEY_EXIT")?;
        let state = "/run/hitokoe-update/state";
        self.machine.wait_for(&format!("grep -qE '^(wrote|refused)' {state}"), START)?;
        let told = self
            .machine
            .succeed(&format!("cat {state}; journalctl -u rauc -o cat | tail -n 30"))?;
        ensure!(told.starts_with("wrote"), "the offered update was not written: {told}");
        // Until the application has noted it, a version that does not start would be fetched once more.
        self.machine.wait_for("grep -q '\"written\":{' /data/hitokoe/caretaker.json", SOON)?;
        self.note_fetched()?;
        ensure!(self.primary()? == "B", "the new version is not the next one");
        self.ensure_entry("hitokoe-b+3.conf")
    }

    /// The updater asked for what it lacked, never for the whole.
    fn note_fetched(&mut self) -> Result<()> {
        let count = |name, part| {
            self.town.counter(&format!("hitokoe_update_{name}_total{{part=\"{part}\"}}"))
        };
        let (whole, ranges) = (count("answers", "whole")?, count("answers", "range")?);
        ensure!(whole == 0 && ranges > 0, "{whole} answers with the whole, {ranges} with a range");
        let size = std::fs::metadata(self.machine.offered_bundle())?.len();
        self.note_update(count("bytes", "range")?, size);
        Ok(())
    }

    /// The kernel dies, and would stay so; the hardware notices. The version that was installed has a kernel
    /// and nothing that it could start: the boot loader tries it three times, then takes the one before.
    pub(super) fn dead_version(&mut self) -> Result<()> {
        let watchdog = self.machine.succeed("cat /sys/class/watchdog/watchdog0/state")?;
        ensure!(watchdog.trim() == "active", "the watchdog is {watchdog}");
        let die = "sysctl -qw kernel.panic=0; echo c > /proc/sysrq-trigger";
        self.reset_by(die)?;
        self.ensure_entry("hitokoe-b+0-3.conf")?;
        ensure!(self.primary()? == "A", "no fall-back");
        ensure!(self.slot()? == "A", "the dead version runs");
        Ok(())
    }

    /// A version that starts and shows no picture is not kept, and starts the box anew when its time is over.
    ///
    /// It is the running version, copied: a whole one takes minutes to be written by an emulated machine, and
    /// how an update is written was seen before.
    pub(super) fn dark_version(&mut self) -> Result<()> {
        let copy = format!(
            "dd if=/dev/disk/by-partlabel/rootfs-a of=/dev/disk/by-partlabel/rootfs-b bs=4M \
             count={} iflag=count_bytes conv=fsync status=none && rauc status mark-active other 2>&1",
            self.machine.slot_bytes()?
        );
        let copied = self.machine.run_within(&copy, START)?;
        ensure!(copied.code == 0, "not copied: {}", copied.said);
        self.programmes = None;
        self.reset_by("systemctl reboot")?;
        ensure!(self.slot()? == "B", "the new version was not started");
        self.machine.wait_for("systemctl is-active --quiet stb-app.service", START)?;
        for word in ["event stream open", "card reader"] {
            let told = format!("journalctl -u stb-app -o cat | grep -q '{word}'");
            self.machine.wait_for(&told, SOON)?;
        }
        self.picture("new-version-without-picture")?;
        self.machine.succeed("test ! -e /run/stb/healthy")?;
        self.machine.succeed("/usr/lib/hitokoe/boot-slot on-trial")?;
        // What the timer does after ten minutes.
        self.reset_by("systemctl start hitokoe-unproven.service")?;
        self.ensure_entry("hitokoe-b+1-2.conf")
    }

    /// The same version with its programme is kept.
    pub(super) fn good_version(&mut self) -> Result<()> {
        self.programmes = Some(programmes(&self.town, &self.machine)?);
        ensure!(self.slot()? == "B", "the second try was not taken");
        self.television()?;
        self.machine.wait_for("systemctl is-active --quiet hitokoe-mark-good.service", SOON)?;
        self.ensure_entry("hitokoe-b.conf")?;
        ensure!(self.primary()? == "B", "the good version is not kept");
        self.machine.succeed("! /usr/lib/hitokoe/boot-slot on-trial").map(drop)
    }

    pub(super) fn reset_by(&mut self, command: &str) -> Result<()> {
        self.machine.wait_for_reset(command, &self.wiring, START)?;
        self.meet_new_emulator()
    }

    /// Its sockets and files are new.
    fn meet_new_emulator(&mut self) -> Result<()> {
        self.marks_seen = 0;
        self.reader.reconnect(&self.machine.reader_socket())
    }

    fn install(&mut self, bundle: &str) -> Result<Answer> {
        self.plug_in_bundles()?;
        self.machine.run_within(&format!("rauc install /run/bundles/{bundle}.raucb 2>&1"), START)
    }

    fn plug_in_bundles(&mut self) -> Result<()> {
        let mount = "mountpoint -q /run/bundles || \
                     { mkdir -p /run/bundles && mount -o ro /dev/vdb /run/bundles; }";
        self.machine.succeed(mount).map(drop)
    }

    /// The slot that is to be started next.
    fn primary(&mut self) -> Result<String> {
        let slot = self.machine.succeed("/usr/lib/hitokoe/boot-slot get-primary")?;
        Ok(slot.trim().to_owned())
    }

    /// The slot that runs.
    fn slot(&mut self) -> Result<String> {
        let slot = self.machine.succeed("sed 's/.*rauc.slot=\\(.\\).*/\\1/' /proc/cmdline")?;
        Ok(slot.trim().to_owned())
    }

    /// The boot loader's own count of tries.
    fn ensure_entry(&mut self, name: &str) -> Result<()> {
        let list =
            "mount -o ro /dev/disk/by-partlabel/esp /mnt && ls /mnt/loader/entries; umount /mnt";
        let entries = self.machine.succeed(list)?;
        ensure!(entries.lines().any(|entry| entry == name), "no {name} among {entries}");
        Ok(())
    }
}
