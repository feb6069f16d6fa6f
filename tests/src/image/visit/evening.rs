//! What people at the television see and do.

use std::{
    fmt::Debug,
    ops::RangeBounds,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};

use evacuation::order::{Act, Order};

use super::{SOON, START, Visit};
use crate::{
    display::read_screen,
    forge::{self, Key},
    marks::Mark,
    town::cards::PIN,
    watch,
};

/// District of the demonstration home.
const HERE: &str = "A14";
/// A blank screen has one or two colours.
const COLOURS_OF_A_PROGRAMME: usize = 40;
const COLOURS_OF_DARKNESS: usize = 2;
/// Level 4, and how much of the screen its band has at least while everything else goes on.
const LEVEL_4: ([u8; 3], usize) = ([170, 0, 170], 5);
/// The same of a danger that is over.
const LIFTED: ([u8; 3], usize) = ([11, 79, 67], 5);
/// Of a hundred pixels: more than moves within one programme.
const ANOTHER_PROGRAMME: usize = 30;

impl Visit {
    /// From the first instruction to a programme, from inside the sandbox: the box has its code from the
    /// factory, and somebody chooses language and size meanwhile.
    pub(super) fn first_start(&mut self) -> Result<()> {
        self.machine.wait_for("systemctl is-active --quiet stb-app.service", START)?;
        let shown = self.wait_mark("zap-first-picture", "")?;
        let power_on = self.powered_on.elapsed();
        self.remote()?;
        self.picture("first-language")?;
        self.choose_and("first-size")?;
        self.choose_and("first-television")?;
        self.see_programme()?;
        self.note_start("first-start", &shown, Some(power_on))
    }

    /// The code from the factory is used up: the one of the letter is typed.
    pub(super) fn first_start_with_letter(&mut self, code: &str) -> Result<()> {
        self.machine.wait_for("systemctl is-active --quiet stb-app.service", START)?;
        self.wait_mark("page-painted", "FirstChoice")?;
        self.remote()?;
        self.choose_and("letter-size")?;
        read_screen();
        self.press("KEY_OK")?;
        self.wait_mark("page-painted", "EnrolmentCode")?;
        self.picture("letter-code")?;
        for digit in code.chars() {
            self.press(&format!("KEY_NUMERIC_{digit}"))?;
        }
        read_screen();
        self.press("KEY_OK")?;
        self.wait_mark("page-painted", "Enrolling")?;
        self.wait_mark("zap-first-picture", "")?;
        self.see_programme()
    }

    /// What has the focus, as somebody chooses who read the page first.
    fn choose_and(&mut self, picture: &str) -> Result<()> {
        read_screen();
        self.press("KEY_OK")?;
        self.wait_mark("key-painted", "")?;
        self.picture(picture)
    }

    /// A start as on every other day.
    pub(super) fn ordinary_start(&mut self) -> Result<()> {
        self.reset_by("systemctl reboot")?;
        let shown = self.television()?;
        self.note_start("start", &shown, None)?;
        self.remote()
    }

    /// The box is known, and comes up with its programme.
    pub(super) fn television(&mut self) -> Result<Mark> {
        self.machine.wait_for("systemctl is-active --quiet stb-app.service", START)?;
        let shown = self.wait_mark("zap-first-picture", "")?;
        self.see_programme()?;
        Ok(shown)
    }

    fn see_programme(&mut self) -> Result<()> {
        self.wait_for_colours(COLOURS_OF_A_PROGRAMME..)?;
        let machine = &self.machine;
        let first = machine.picture()?;
        // The programme moves.
        watch::until("a moving picture", SOON, || {
            Ok((machine.picture()?.difference_percent(&first) > 0).then_some(()))
        })?;
        self.picture("television")
    }

    fn wait_for_colours(&self, wanted: impl RangeBounds<usize> + Debug) -> Result<()> {
        let what = format!("a screen of {wanted:?} colours");
        watch::until(&what, SOON, || {
            Ok(wanted.contains(&self.machine.picture()?.colours()).then_some(()))
        })
    }

    /// The order is not only painted by the application: it is what the machine shows.
    fn wait_for_order(&self) -> Result<()> {
        self.wait_for_band("an order", LEVEL_4)
    }

    /// The compositor shows what is painted a little later.
    fn wait_for_band(&self, what: &str, (colour, least): ([u8; 3], usize)) -> Result<()> {
        watch::until(&format!("{what} on the screen"), SOON, || {
            Ok((self.machine.picture()?.share_percent(colour) >= least).then_some(()))
        })
    }

    /// A receiver is plugged in while the box runs.
    pub(super) fn remote(&mut self) -> Result<()> {
        self.machine.succeed("modprobe rc-loopback")?;
        // By this process: one before it may have said so, too.
        let connected = "journalctl -o cat _SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID stb-app) \
                         | grep -q 'remote connected'";
        self.machine.wait_for(connected, SOON)
    }

    /// Keys through the kernel's own decoder and the keymap that the image ships.
    pub(super) fn infrared(&mut self) -> Result<()> {
        self.press("KEY_HOMEPAGE")?;
        self.wait_mark("page-painted", "Home")?;
        self.picture("home-by-infrared")?;
        self.press("KEY_EXIT")?;
        let before = self.machine.picture()?;
        self.press("KEY_CHANNELUP")?;
        self.wait_mark("zap-first-picture", "town-2")?;
        watch::until("another programme", SOON, || {
            let changed = self.machine.picture()?.difference_percent(&before);
            Ok((changed >= ANOTHER_PROGRAMME).then_some(()))
        })?;
        self.picture("channel-by-infrared")?;
        for key in ["KEY_RED", "KEY_BLUE", "KEY_GREEN", "KEY_YELLOW", "KEY_EPG", "KEY_NUMERIC_12"] {
            self.press(key)?;
        }
        Ok(())
    }

    /// A card in the USB reader, four digits by remote, a session at the gateway.
    pub(super) fn card(&mut self) -> Result<()> {
        self.ask_for_card()?;
        self.wait_mark("page-painted", "CardPrompt")?;
        self.log_in()
    }

    fn ask_for_card(&mut self) -> Result<()> {
        self.press("KEY_EXIT")?;
        self.press("KEY_HOMEPAGE")?;
        self.wait_mark("page-painted", "Home")?;
        self.press("KEY_RIGHT")?;
        self.press("KEY_OK")
    }

    fn log_in(&mut self) -> Result<()> {
        self.insert("hana")?;
        self.wait_mark("page-painted", "Pin")?;
        self.picture("pin")?;
        self.wait_for_sign("somebody uses a card")?;
        for digit in PIN.chars() {
            self.press(&format!("KEY_NUMERIC_{digit}"))?;
        }
        self.wait_mark("greeting-painted", "")?;
        self.picture("welcome-by-usb-card")?;
        self.remove_card()?;
        self.press("KEY_EXIT")
    }

    /// What an update would be told.
    fn wait_for_sign(&mut self, words: &str) -> Result<()> {
        self.machine.wait_for(&format!("grep -q '{words}' /run/stb/busy"), SOON)
    }

    /// The reader's cable is pulled: the screen says so, and goes on when it is put in again.
    pub(super) fn reader_unplugged(&mut self) -> Result<()> {
        self.machine.unplug_reader()?;
        let state =
            |state| format!("journalctl -u stb-app -o cat | tail -n 5 | grep -q 'state={state}'");
        self.machine.wait_for(&state("NoReader"), SOON)?;
        self.ask_for_card()?;
        self.wait_mark("page-painted", "CardTrouble")?;
        self.picture("reader-unplugged")?;
        self.machine.plug_reader()?;
        self.wait_mark("page-painted", "CardPrompt")?;
        self.log_in()
    }

    /// The television set sends the keys of its own remote over HDMI.
    pub(super) fn cec(&mut self) -> Result<()> {
        // The other end of the line is the television set's; our unit shall not claim it.
        self.machine.succeed("systemctl mask --runtime hitokoe-cec@cec0.service 2>&1")?;
        self.machine.succeed("modprobe vivid n_devs=1 node_types=0x101")?;
        self.machine.wait_for("test -e /dev/cec0 -a -e /dev/cec1", SOON)?;
        self.machine.succeed("cec-ctl -d0 --tv >/dev/null")?;
        self.machine.wait_for("systemctl restart hitokoe-cec@cec1.service", SOON)?;
        self.machine.wait_for("cec-ctl -d1 | grep -q 'Logical Address  *: 4'", SOON)?;
        // The set's end of the line is a device of its own, and may be found first.
        let connected = "journalctl -u stb-app -o cat | grep -q 'remote connected.*vid-out0'";
        self.machine.wait_for(connected, SOON)?;
        for (command, key) in
            [("f2-red", "Red"), ("up", "Up"), ("select", "Confirm"), ("back", "Exit")]
        {
            let pressed =
                format!("cec-ctl -d0 -t4 --user-control-pressed ui-cmd={command} >/dev/null");
            self.machine.succeed(&pressed)?;
            self.wait_mark("key-received", key)?;
            self.machine.succeed("cec-ctl -d0 -t4 --user-control-released >/dev/null")?;
        }
        Ok(())
    }

    /// 電源 darkens the screen and lights it; the box is awake all the time.
    pub(super) fn standby(&mut self) -> Result<()> {
        self.press("KEY_POWER")?;
        self.wait_for_colours(..=COLOURS_OF_DARKNESS)?;
        self.picture("standby")?;
        self.press("KEY_POWER")?;
        self.wait_for_colours(COLOURS_OF_A_PROGRAMME..)?;
        self.picture("awake")?;
        // The order that comes next finds the screen dark.
        self.press("KEY_POWER")?;
        self.wait_for_colours(..=COLOURS_OF_DARKNESS)
    }

    /// An order out of the multicast, over whatever is on the screen; no update comes in its way.
    pub(super) fn order(&mut self) -> Result<()> {
        self.issue(forge::order(HERE, 1, now_ms()?)?)?;
        self.wait_for_order()?;
        self.picture("order")?;
        self.wait_for_sign("an order is on the screen")?;
        self.refuses("good", "an order is on the screen")
    }

    fn issue(&mut self, order: Order) -> Result<()> {
        let bytes = forge::sign(&self.town, &order, Key::Order)?;
        forge::send(&self.town, &bytes)?;
        let id = order.id.to_string();
        self.order = Some(order);
        self.wait_mark("takeover-painted", &id).map(drop)
    }

    /// The application is killed: it comes back with the order.
    pub(super) fn crash(&mut self) -> Result<()> {
        let before = self.machine.succeed("systemctl show -P MainPID stb-app.service")?;
        self.forget_marks()?;
        self.machine.succeed("systemctl kill -s KILL stb-app.service")?;
        self.wait_mark("process-start", "")?;
        let painted = self.wait_mark("takeover-painted", "")?;
        let after = self.machine.succeed("systemctl show -P MainPID stb-app.service")?;
        ensure!(before != after, "it was not killed");
        self.note_return(&painted)?;
        self.wait_for_order()?;
        self.picture("order-after-crash")?;
        self.wait_for_sign("an order is on the screen")
    }

    /// Crash after crash: television and orders without what may have crashed, and back.
    pub(super) fn safe_mode(&mut self) -> Result<()> {
        self.forget_marks()?;
        let state = "systemctl show -P ActiveState stb-safe-mode.service";
        let crashes = format!(
            "n=0; until [ $({state}) != inactive ]; do systemctl kill -s KILL stb-app.service && \
             n=$((n+1)); sleep 0.5; done; echo $n"
        );
        let crashes = self.machine.run_within(&crashes, SOON)?.said;
        eprintln!("   safe mode after {} kills", crashes.trim());
        self.wait_mark("takeover-painted", "")?;
        self.machine.succeed("systemctl is-active --quiet stb-safe-mode.service")?;
        self.wait_for_order()?;
        self.picture("order-in-safe-mode")?;
        self.forget_marks()?;
        self.machine.succeed("systemctl start stb-safe-mode-end.service")?;
        self.wait_mark("takeover-painted", "")?;
        self.machine.succeed("systemctl is-active --quiet stb-app.service")?;
        let left = self.machine.succeed(state)?;
        ensure!(left.trim() == "inactive", "safe mode is {left}");
        let restarts = self.machine.succeed("systemctl show -P NRestarts stb-app.service")?;
        ensure!(restarts.trim() == "0", "back from safe mode only after {restarts} more starts");
        Ok(())
    }

    /// An application that stands still is noticed by the service manager.
    pub(super) fn hang(&mut self) -> Result<()> {
        self.forget_marks()?;
        self.machine.succeed("systemctl kill --kill-who=main -s STOP stb-app.service")?;
        self.machine.wait_for("journalctl -u stb-app -o cat | grep -q 'Watchdog timeout'", SOON)?;
        self.wait_mark("first-frame", "").map(drop)
    }

    /// The danger is over: read and put away, and the box may be updated again.
    pub(super) fn lift(&mut self) -> Result<()> {
        let order = self.order.take().context("lifting what nobody ordered")?;
        let lift = forge::order(HERE, order.sequence + 1, now_ms()?)?;
        self.issue(Order { act: Act::Lift, references: vec![order.id], ..lift })?;
        self.wait_for_band("the end of the order", LIFTED)?;
        self.picture("lifted")?;
        read_screen();
        self.press("KEY_OK")?;
        self.machine.wait_for("test ! -e /run/stb/busy", SOON)
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

fn now_ms() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}
