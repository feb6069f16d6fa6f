//! The test of the image: one start of the machine, then a walk through an evening on it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    machine::{Credential, Files, Machine, SOON, Wiring},
    programmes::Programmes,
    reader::Reader,
    screen::Picture,
};
use crate::{
    forge::{self, Key},
    place,
    process::Process,
    town::{HOME, Options, Town, cards::PIN},
    watch,
};

/// Emulated, with other builds on the same cores.
const START: Duration = Duration::from_mins(5);
/// Size of the programmes: what an emulated processor decodes beside everything else.
const EMULATED_PICTURE: (u32, u32) = (320, 180);
/// A key that waited too long in an emulated machine is dropped, as on a box; a person presses again then.
const KEY_NOTICED: Duration = Duration::from_secs(6);
const PRESSES_MAX: u32 = 5;
/// A blank screen has one or two colours.
const COLOURS_OF_A_PROGRAMME: usize = 40;
/// District of the demonstration home.
const HERE: &str = "A14";
/// The keymap that the image ships, and so what the remote in the carton sends.
const KEYMAP: &str = "rootfs/etc/rc_keymaps/hitokoe.toml";

/// Updates that no box takes, and a word of the reason that its journal must name.
const REFUSED: &[(&str, &str)] = &[
    ("stranger", "signature verification failed"),
    ("other-box", "Compatible mismatch"),
    ("downgrade", "is older than"),
    ("damaged", "Input/output error"),
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

/// The machine and the town around it.
pub struct Visit {
    machine: Machine,
    town: Town,
    _programmes: Programmes,
    card: Process,
    control: PathBuf,
    out: PathBuf,
    pictures: u32,
    marks_seen: usize,
    timings: Vec<(String, Duration)>,
}

impl Visit {
    /// Founds the town and starts the machine.
    pub fn start(files: &Files, out: &Path, window: bool) -> Result<Self> {
        std::fs::create_dir_all(out)?;
        let options = Options { channels: true, picture: EMULATED_PICTURE };
        let town = Town::found(options, None)?;
        let folder = town.path().join("machine");
        std::fs::create_dir_all(&folder)?;
        let wiring = Wiring {
            gateway_port: town.gateway_port(),
            credentials: vec![
                ("stb.enrol-code".into(), Credential::Text(town.enrolment_code(HOME)?)),
                (
                    "hitokoe.gateway-ca".into(),
                    Credential::File(town.path().join("keys/server-ca.cert.pem")),
                ),
            ],
            window,
        };
        let machine = Machine::start(files, &wiring, &folder)?;
        let (to, from) = machine.cable;
        let programmes = Programmes::forward(&town.groups()?, to, from)?;
        let reader = Reader::start(&machine.reader_socket())?;
        let control = folder.join("cards.sock");
        let mut card = Process::start(
            "usb-card",
            Command::new(place::program("virtual-card")?)
                .args(["reader", "--vpcd", &reader.address().to_string(), "--control"])
                .arg(&control),
            &town.logs(),
        )?;
        card.wait_until("control socket", SOON, || control.exists())?;
        Ok(Self {
            machine,
            town,
            _programmes: programmes,
            card,
            control,
            out: out.to_path_buf(),
            pictures: 0,
            marks_seen: 0,
            timings: Vec::new(),
        })
    }

    /// Everything, in the order of an evening.
    pub fn walk(&mut self) -> Result<()> {
        self.step("television", Self::television)?;
        self.step("system", Self::system)?;
        self.step("infrared", Self::infrared)?;
        self.step("card", Self::card)?;
        self.step("cec", Self::cec)?;
        self.step("order", Self::order)?;
        self.step("crash", Self::crash)?;
        self.step("answer", Self::answer)?;
        self.step("gateway gone", Self::gateway_gone)?;
        self.step("update", Self::update)?;
        self.step("watchdog", Self::watchdog)
    }

    fn step(&mut self, name: &str, does: fn(&mut Self) -> Result<()>) -> Result<()> {
        eprintln!("-- {name}");
        let begun = Instant::now();
        let done = does(self);
        if done.is_err() {
            self.leave_evidence(name);
        }
        done.with_context(|| format!("image test, step `{name}`"))?;
        self.timings.push((name.to_owned(), begun.elapsed()));
        Ok(())
    }

    /// What each step took.
    pub fn timings(&self) -> &[(String, Duration)] {
        &self.timings
    }

    /// What was on the screen and in the journal says more than the error.
    fn leave_evidence(&mut self, name: &str) {
        let _best_effort = self.machine.save_picture(&self.out.join(format!("failed-{name}.png")));
        let journal = self.machine.run("journalctl -b --no-pager -o short-monotonic | tail -n 300");
        let journal = journal.map_or_else(|error| error.to_string(), |answer| answer.said);
        let _best_effort = std::fs::write(self.out.join("journal.txt"), journal);
        let _best_effort = std::fs::write(self.out.join("console.txt"), self.machine.console());
    }

    fn picture(&mut self, name: &str) -> Result<()> {
        self.pictures += 1;
        self.machine.save_picture(&self.out.join(format!("{:02}-{name}.png", self.pictures)))
    }

    /// From the first instruction to a programme on the screen, from inside the sandbox.
    fn television(&mut self) -> Result<()> {
        self.machine.wait_for("systemctl is-active --quiet stb-app.service", START)?;
        self.wait_mark("zap-first-picture", "")?;
        let machine = &self.machine;
        let first = watch::until("a programme on the screen", SOON, || {
            let picture = machine.picture()?;
            Ok((picture.colours() >= COLOURS_OF_A_PROGRAMME).then_some(picture))
        })?;
        // The programme moves.
        watch::until("a moving picture", SOON, || {
            Ok((machine.picture()?.difference_percent(&first) > 0).then_some(()))
        })?;
        self.picture("television")
    }

    /// What runs, what listens, what can be written.
    fn system(&mut self) -> Result<()> {
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

    /// Keys through the kernel's own decoder and the keymap that the image ships.
    fn infrared(&mut self) -> Result<()> {
        self.machine.succeed("modprobe rc-loopback")?;
        self.machine.wait_for("journalctl -u stb-app -o cat | grep -q 'remote connected'", SOON)?;
        self.press("KEY_HOMEPAGE")?;
        self.wait_mark("page-painted", "Home")?;
        self.picture("home-by-infrared")?;
        self.press("KEY_EXIT")?;
        self.press("KEY_CHANNELUP")?;
        self.wait_mark("zap-first-picture", "town-2")?;
        self.picture("channel-by-infrared")?;
        for key in ["KEY_RED", "KEY_BLUE", "KEY_GREEN", "KEY_YELLOW", "KEY_EPG", "KEY_NUMERIC_12"] {
            self.press(key)?;
        }
        Ok(())
    }

    /// A card in the USB reader, four digits by remote, a session at the gateway.
    fn card(&mut self) -> Result<()> {
        self.press("KEY_EXIT")?;
        self.press("KEY_HOMEPAGE")?;
        self.wait_mark("page-painted", "Home")?;
        self.press("KEY_RIGHT")?;
        self.press("KEY_OK")?;
        self.wait_mark("page-painted", "CardPrompt")?;
        self.insert("hana")?;
        self.wait_mark("page-painted", "Pin")?;
        self.picture("pin")?;
        for digit in PIN.chars() {
            self.press(&format!("KEY_NUMERIC_{digit}"))?;
        }
        self.wait_mark("greeting-painted", "")?;
        self.picture("welcome-by-usb-card")?;
        self.remove_card()?;
        self.press("KEY_EXIT")
    }

    /// The television set's remote, through an emulated HDMI-CEC line.
    fn cec(&mut self) -> Result<()> {
        self.machine.succeed("modprobe vivid n_devs=1 node_types=0x101")?;
        self.machine.wait_for("ls /dev/cec0 /dev/cec1", SOON)?;
        self.machine.wait_for("systemctl is-active --quiet hitokoe-cec@cec1.service", SOON)?;
        self.machine.succeed("cec-ctl -d0 --tv >/dev/null")?;
        self.machine
            .succeed("cec-ctl -d0 -t4 --user-control-pressed ui-cmd=root-menu >/dev/null")?;
        self.wait_mark("page-painted", "Home")?;
        self.picture("home-by-cec")?;
        self.press("KEY_EXIT")
    }

    /// An order out of the multicast, over whatever is on the screen.
    fn order(&mut self) -> Result<()> {
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        let order = forge::order(HERE, 1, now)?;
        let bytes = forge::sign(&self.town, &order, Key::Order)?;
        forge::send(&self.town, &bytes)?;
        self.wait_mark("takeover-painted", "")?;
        self.picture("order")
    }

    /// The application is killed: back within two seconds, with the order.
    fn crash(&mut self) -> Result<()> {
        let before = self.machine.succeed("systemctl show -P MainPID stb-app.service")?;
        self.marks_seen = 0;
        // A fresh file, so that no mark of the dead process counts.
        self.machine
            .succeed("rm -f /run/stb/marks.jsonl; systemctl kill -s KILL stb-app.service")?;
        self.wait_mark("takeover-painted", "")?;
        let after = self.machine.succeed("systemctl show -P MainPID stb-app.service")?;
        ensure!(before != after, "it was not killed");
        let gone = self.machine.succeed(
            "journalctl -u stb-app -o short-unix --no-pager | grep -E 'Main process exited|Started' | tail -n 2",
        )?;
        let moment =
            |line: &str| line.split_whitespace().next().and_then(|w| w.parse::<f64>().ok());
        let moments: Vec<f64> = gone.lines().filter_map(moment).collect();
        if let [killed, back] = moments[..] {
            eprintln!("   back after {:.2} s", back - killed);
        }
        self.picture("order-after-crash")
    }

    fn answer(&mut self) -> Result<()> {
        self.press("KEY_OK")?;
        self.town.wait_for_count("SELECT COUNT(*) FROM order_answer", 1, SOON)?;
        self.picture("answered")
    }

    fn gateway_gone(&mut self) -> Result<()> {
        self.town.kill_gateway()?;
        self.press("KEY_EXIT")?;
        let machine = &self.machine;
        let picture: Picture = machine.picture()?;
        ensure!(picture.colours() >= COLOURS_OF_A_PROGRAMME, "the picture went with the gateway");
        self.town.start_gateway()
    }

    /// What is not ours, older, damaged or untimely is refused with its reason; what is good is written
    /// beside the running version, and a version that proves nothing does not stay.
    fn update(&mut self) -> Result<()> {
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
        let answer = self.machine.run("rauc install /run/bundles/good.raucb 2>&1")?;
        ensure!(answer.code != 0, "installed during an order");
        self.machine.succeed("rm /run/stb/busy")?;
        self.machine.succeed("rauc install /run/bundles/good.raucb 2>&1")?;
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
    fn watchdog(&mut self) -> Result<()> {
        let reset = self.machine.succeed("cat /sys/class/watchdog/watchdog0/state")?;
        ensure!(reset.trim() == "active", "the watchdog is {reset}");
        self.machine.wait_for_reset("sysctl -qw kernel.panic=0; echo c > /proc/sysrq-trigger", START)?;
        self.picture("after-reset")
    }

    /// One key of the remote in the carton, until the box has noticed it.
    fn press(&mut self, key: &str) -> Result<()> {
        let code = scancode(key)?;
        for _ in 0..PRESSES_MAX {
            self.machine.succeed(&format!("ir-ctl -d /dev/lirc0 -S nec:{code}"))?;
            if self.look_for_mark("key-received", "", KEY_NOTICED)?.is_none() {
                return Ok(());
            }
        }
        bail!("the box did not notice {key}")
    }

    fn insert(&mut self, label: &str) -> Result<()> {
        self.card.ensure_running()?;
        let file = self.town.path().join("cards").join(format!("{label}.json"));
        virtual_card::control::Request::Swap(file).send(&self.control)?;
        Ok(())
    }

    fn remove_card(&mut self) -> Result<()> {
        virtual_card::control::Request::Remove.send(&self.control)?;
        Ok(())
    }

    /// Waits for a mark that no earlier step saw; an empty detail fits every one.
    fn wait_mark(&mut self, name: &str, detail: &str) -> Result<()> {
        match self.look_for_mark(name, detail, SOON)? {
            None => Ok(()),
            Some(lines) => bail!("no mark {name} {detail}; new ones: {lines}"),
        }
    }

    /// Gives the marks that came instead when this one did not come.
    fn look_for_mark(
        &mut self,
        name: &str,
        detail: &str,
        limit: Duration,
    ) -> Result<Option<String>> {
        let end = Instant::now() + limit;
        loop {
            let command = format!("tail -n +{} /run/stb/marks.jsonl", self.marks_seen + 1);
            let lines = self.machine.run(&command)?.said;
            for (index, line) in lines.lines().enumerate() {
                let Ok(mark) = serde_json::from_str::<crate::marks::Mark>(line) else { continue };
                let fits = detail.is_empty() || mark.detail.as_deref() == Some(detail);
                if mark.mark == name && fits {
                    self.marks_seen += index + 1;
                    return Ok(None);
                }
            }
            if Instant::now() >= end {
                return Ok(Some(lines));
            }
        }
    }
}

/// What the remote in the carton sends for a key.
fn scancode(key: &str) -> Result<String> {
    let keymap = std::fs::read_to_string(place::root().join(KEYMAP)).context(KEYMAP)?;
    let wanted = format!("\"{key}\"");
    keymap
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .find(|(_, name)| *name == wanted)
        .map(|(code, _)| code.to_owned())
        .with_context(|| format!("{KEYMAP} has no {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_the_walk_presses_is_in_the_carton() {
        for key in ["KEY_HOMEPAGE", "KEY_EXIT", "KEY_OK", "KEY_RIGHT", "KEY_NUMERIC_0", "KEY_RED"] {
            assert!(scancode(key).is_ok_and(|code| code.starts_with("0x40")), "{key}");
        }
        assert!(scancode("KEY_NOWHERE").is_err());
    }
}
