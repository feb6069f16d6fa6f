//! The test of the image: one start of the machine, then a walk through an evening on it.

mod evening;
mod figures;
mod machine_room;
mod updates;

use std::{
    io::BufRead,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use evacuation::order::Order;

use super::{
    machine::{Credential, Files, Machine, SOON, START, Wiring, bare_start},
    programmes::Programmes,
    reader::Reader,
};
use crate::{
    figure::Figure,
    marks::Mark,
    place,
    process::Process,
    town::{HOME, Options, Town},
    watch,
};

/// The programmes: what an emulated processor decodes and paints beside everything else.
const EMULATED: Options = Options { channels: true, picture: (320, 180), fps: 5 };
/// The keymap that the image ships, and so what the remote in the carton sends.
const KEYMAP: &str = "rootfs/etc/rc_keymaps/hitokoe.toml";

type Step = (&'static str, fn(&mut Visit) -> Result<()>);

/// In this order: later ones build on what earlier ones left on the screen.
const STEPS: &[Step] = &[
    ("first-start", Visit::first_start),
    ("system", Visit::system),
    ("infrared", Visit::infrared),
    ("cec", Visit::cec),
    ("card", Visit::card),
    ("reader", Visit::reader_unplugged),
    ("standby", Visit::standby),
    ("order", Visit::order),
    ("crash", Visit::crash),
    ("safe-mode", Visit::safe_mode),
    ("answer", Visit::answer),
    ("lift", Visit::lift),
    ("hang", Visit::hang),
    ("start", Visit::ordinary_start),
    ("update", Visit::update),
    ("factory-reset", Visit::factory_reset),
    ("power-cut", Visit::power_cut),
    ("dead-version", Visit::dead_version),
    ("dark-version", Visit::dark_version),
    ("good-version", Visit::good_version),
];
const ALWAYS: [&str; 1] = ["first-start"];

/// The machine and the town around it.
pub struct Visit {
    machine: Machine,
    town: Town,
    wiring: Wiring,
    programmes: Option<Programmes>,
    reader: Reader,
    card: Process,
    control: PathBuf,
    out: PathBuf,
    /// What the kernel and a shell need to start, where it was measured.
    bare: Option<f64>,
    powered_on: Instant,
    /// What the town said last by multicast.
    order: Option<Order>,
    pictures: u32,
    marks_seen: usize,
    timings: Vec<(String, Duration)>,
    figures: Vec<Figure>,
}

impl Visit {
    /// Founds the town and starts the machine; measures first what any machine needs to start, if wanted.
    pub fn start(files: &Files, out: &Path, window: bool, is_measured: bool) -> Result<Self> {
        std::fs::create_dir_all(out)?;
        let town = Town::found(EMULATED, None)?;
        let folder = town.path().join("machine");
        std::fs::create_dir_all(&folder)?;
        let wiring =
            Wiring { gateway_port: town.gateway_port(), credentials: credentials(&town)?, window };
        let bare = is_measured.then(|| bare_start(files, &town.path().join("bare"))).transpose()?;
        let powered_on = Instant::now();
        let machine = Machine::start(files, &wiring, &folder)?;
        let programmes = Some(programmes(&town, &machine)?);
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
            wiring,
            programmes,
            reader,
            card,
            control,
            out: out.to_path_buf(),
            bare,
            powered_on,
            order: None,
            pictures: 0,
            marks_seen: 0,
            timings: Vec::new(),
            figures: Vec::new(),
        })
    }

    /// An evening, or the named steps of it; the first start is always there.
    pub fn walk(&mut self, wanted: &[String]) -> Result<()> {
        for name in wanted {
            let names: Vec<_> = STEPS.iter().map(|(step, _)| *step).collect();
            ensure!(
                names.contains(&name.as_str()),
                "no step is called `{name}`; there are {names:?}"
            );
        }
        for (name, does) in STEPS {
            if ALWAYS.contains(name) || wanted.is_empty() || wanted.iter().any(|w| w == name) {
                self.step(name, *does)?;
            }
        }
        Ok(())
    }

    /// What a person who looks for something types, line by line.
    pub fn obey(&mut self, lines: impl BufRead) -> Result<()> {
        for line in lines.lines() {
            let line = line?;
            let done = match line.split_once(' ') {
                Some(("picture", name)) => self.picture(name).map(|()| String::new()),
                Some(("press", key)) => self.press(key).map(|()| String::new()),
                Some(("card", label)) => self.insert(label).map(|()| String::new()),
                _ => self.machine.run_within(&line, START).map(|answer| answer.said),
            };
            println!("{}", done.unwrap_or_else(|error| format!("{error:#}")));
        }
        Ok(())
    }

    fn step(&mut self, name: &str, does: fn(&mut Self) -> Result<()>) -> Result<()> {
        eprintln!("-- {name}");
        let begun = Instant::now();
        let done = does(self);
        if done.is_err() {
            self.leave_evidence(name);
        }
        done.with_context(|| format!("image test, step `{name}`"))?;
        eprintln!("   {name}: {:.1} s", begun.elapsed().as_secs_f32());
        self.timings.push((name.to_owned(), begun.elapsed()));
        Ok(())
    }

    /// What each step took.
    pub fn timings(&self) -> &[(String, Duration)] {
        &self.timings
    }

    /// What was measured on the way.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
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

    /// One key of the remote in the carton, until the box has noticed it.
    fn press(&mut self, key: &str) -> Result<()> {
        let code = scancode(key)?;
        self.machine.succeed(&format!("ir-ctl -d /dev/lirc0 -S nec:{code}"))?;
        self.wait_mark("key-received", "").map(drop).with_context(|| format!("pressing {key}"))
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
    fn wait_mark(&mut self, name: &str, detail: &str) -> Result<Mark> {
        let (machine, seen) = (&mut self.machine, self.marks_seen);
        let mut marks = Vec::new();
        let found = watch::until(&format!("mark {name} {detail}"), SOON, || {
            machine.ensure_running()?;
            marks = machine.marks().all()?;
            Ok(marks.iter().skip(seen).position(|mark| {
                mark.mark == name && (detail.is_empty() || mark.detail.as_deref() == Some(detail))
            }))
        });
        let new = marks.iter().skip(seen).map(|mark| mark.mark.as_str()).collect::<Vec<_>>();
        let index = seen + found.with_context(|| format!("new marks: {new:?}"))?;
        self.marks_seen = index + 1;
        Ok(marks.swap_remove(index))
    }

    /// Only what is marked from now on counts.
    fn forget_marks(&mut self) -> Result<()> {
        self.marks_seen = self.machine.marks().all()?.len();
        Ok(())
    }
}

/// What the box gets from its factory: a code of the operator's letter, and whom to believe.
fn credentials(town: &Town) -> Result<Vec<(String, Credential)>> {
    let authority = town.path().join("keys/server-ca.cert.pem");
    Ok(vec![
        ("stb.enrol-code".into(), Credential::Text(town.enrolment_code(HOME)?)),
        ("hitokoe.gateway-ca".into(), Credential::File(authority)),
    ])
}

fn programmes(town: &Town, machine: &Machine) -> Result<Programmes> {
    let (to, from) = machine.cable;
    Programmes::forward(&town.groups()?, to, from)
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
