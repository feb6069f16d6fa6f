//! What people at the television see and do.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};

use super::{SOON, START, Visit};
use crate::{
    forge::{self, Key},
    town::cards::PIN,
    watch,
};

/// District of the demonstration home.
const HERE: &str = "A14";
/// A blank screen has one or two colours.
const COLOURS_OF_A_PROGRAMME: usize = 40;

impl Visit {
    /// From the first instruction to a programme on the screen, from inside the sandbox.
    pub(super) fn television(&mut self) -> Result<()> {
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

    /// A receiver is plugged in while the box runs.
    pub(super) fn remote(&mut self) -> Result<()> {
        self.machine.succeed("modprobe rc-loopback")?;
        self.machine.wait_for("journalctl -u stb-app -o cat | grep -q 'remote connected'", SOON)
    }

    /// Keys through the kernel's own decoder and the keymap that the image ships.
    pub(super) fn infrared(&mut self) -> Result<()> {
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
    pub(super) fn card(&mut self) -> Result<()> {
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

    /// On an emulated HDMI-CEC line the box becomes a playback device, and opens what becomes its remote.
    pub(super) fn cec(&mut self) -> Result<()> {
        // The other end of the line is the television set's; our unit shall not claim it.
        self.machine.succeed("systemctl mask --runtime hitokoe-cec@cec0.service 2>&1")?;
        self.machine.succeed("modprobe vivid n_devs=1 node_types=0x101")?;
        self.machine.wait_for("test -e /dev/cec0 -a -e /dev/cec1", SOON)?;
        self.machine.succeed("cec-ctl -d0 --tv >/dev/null")?;
        self.machine.wait_for("systemctl restart hitokoe-cec@cec1.service", SOON)?;
        self.machine.wait_for("cec-ctl -d1 | grep -q 'Logical Address  *: 4'", SOON)?;
        let connected = "journalctl -u stb-app -o cat | grep -q 'remote connected.*vivid'";
        self.machine.wait_for(connected, SOON)
    }

    /// An order out of the multicast, over whatever is on the screen.
    pub(super) fn order(&mut self) -> Result<()> {
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        let order = forge::order(HERE, 1, now)?;
        let bytes = forge::sign(&self.town, &order, Key::Order)?;
        forge::send(&self.town, &bytes)?;
        self.wait_mark("takeover-painted", "")?;
        self.picture("order")
    }

    /// The application is killed: back within two seconds, with the order.
    pub(super) fn crash(&mut self) -> Result<()> {
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

    /// The answer reaches the town; the programme goes on when the gateway is gone.
    pub(super) fn answer(&mut self) -> Result<()> {
        self.press("KEY_OK")?;
        self.town.wait_for_count("SELECT COUNT(*) FROM order_answer", 1, SOON)?;
        self.wait_mark("key-painted", "")?;
        self.picture("answered")?;
        self.town.kill_gateway()?;
        self.press("KEY_EXIT")?;
        let picture = self.machine.picture()?;
        ensure!(picture.colours() >= COLOURS_OF_A_PROGRAMME, "the picture went with the gateway");
        self.town.start_gateway()
    }
}
