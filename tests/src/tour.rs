//! One evening, driven: remote keys on the box, a real browser at the town office, a picture of every
//! step and the latencies that the evening showed.

mod cards;
mod services;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{
    console::{Desk, OrderEntry},
    marks::{Mark, now_us},
    town::{Options, Town, cards::PIN},
};

/// Area of the demo home, 日和佐浦, and one in which nobody of this home lives, 伊座利.
const HERE: &str = "A14";

/// Everything the box does by itself is done within this, or something is wrong.
const SOON: Duration = Duration::from_secs(20);

/// Runs the tour; pictures and `latencies.md` go into `out`.
pub fn run(out: &Path) -> Result<()> {
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    std::fs::create_dir_all(out)?;
    let town = Town::start(Options::default(), None)?;
    let mut tour = Tour { town, out: out.to_path_buf(), pictures: 0, latencies: Vec::new() };
    let walked = tour.walk();
    if walked.is_err() {
        // What was on the screen says more than the error alone.
        let _best_effort = tour.town.display.picture(&out.join("failed.png"));
        copy_logs(&tour.town.logs(), &out.join("logs"))?;
    }
    walked.and_then(|()| tour.finish())
}

struct Tour {
    town: Town,
    out: PathBuf,
    pictures: u32,
    latencies: Vec<(&'static str, i64)>,
}

impl Tour {
    fn walk(&mut self) -> Result<()> {
        self.television()?;
        self.service()?;
        self.login()?;
        self.check_in()?;
        self.nurse()?;
        let (author, second) = self.officers()?;
        let order = self.order(&author, &second)?;
        self.answer(&author, &order)?;
        self.lift(&author, &second, &order)?;
        self.access_log()?;
        self.cards()?;
        self.drill(&author)?;
        self.town.ensure_well()
    }

    fn television(&mut self) -> Result<()> {
        self.wait("zap-first-picture", 0)?;
        self.settled("channel")?;
        self.picture("watch")?;
        for (key, name) in [("Page_Up", "zap"), ("Page_Down", "zap-back")] {
            let pressed = self.press(key)?;
            let asked = self.wait("zap-requested", pressed)?;
            let picture = self.wait("zap-first-picture", asked.at_us)?;
            self.latencies.push(("zap requested -> first picture", picture.at_us - asked.at_us));
            self.settled("channel")?;
            self.picture(name)?;
        }
        Ok(())
    }

    fn login(&mut self) -> Result<()> {
        self.press_and_see("Home", "Home")?;
        self.picture("home")?;
        self.press("Right")?;
        self.press_and_see("Return", "CardPrompt")?;
        self.picture("card-prompt")?;
        let inserted = now_us();
        self.town.cards.insert("hana")?;
        self.see("Pin", inserted)?;
        self.picture("pin")?;
        let digits: Vec<String> = PIN.chars().map(String::from).collect();
        let (last, first) = digits.split_last().context("the PIN has digits")?;
        for digit in first {
            self.press(digit)?;
        }
        self.picture("pin-three-digits")?;
        let pressed = self.press(last)?;
        let digit = self.wait("pin-last-digit", pressed)?;
        let greeting = self.wait("greeting-painted", digit.at_us)?;
        self.latencies.push(("last PIN digit -> greeting painted", greeting.at_us - digit.at_us));
        self.picture("welcome")
    }

    fn check_in(&mut self) -> Result<()> {
        self.press_and_see("Return", "Home")?;
        self.press_and_see("Return", "CheckIn")?;
        self.picture("check-in")?;
        self.press_and_see("Return", "CheckInDone")?;
        self.settled("check-in")?;
        self.picture("check-in-done")?;
        self.town.wait_for_count("SELECT COUNT(*) FROM check_in", 1, SOON)?;
        self.press("Escape")?;
        Ok(())
    }

    fn nurse(&mut self) -> Result<()> {
        let nurse = Desk::sign_in(&self.town, &self.town.staff[2])?;
        nurse.open("/check-ins")?;
        nurse.browser.wait_for_words("中村 ハナ")?;
        self.page(&nurse, "console-check-ins")?;
        nurse.browser.click_path("//a[contains(., '中村 ハナ')]")?;
        nurse.browser.wait_for_words("14日")?;
        self.page(&nurse, "console-resident")
    }

    fn officers(&mut self) -> Result<(Desk, Desk)> {
        let author = Desk::sign_in(&self.town, &self.town.staff[0])?;
        author.open("/orders")?;
        self.page(&author, "console-overview")?;
        let second = Desk::sign_in(&self.town, &self.town.staff[1])?;
        Ok((author, second))
    }

    /// Level 4 by two officers; gives the order's page.
    fn order(&mut self, author: &Desk, second: &Desk) -> Result<String> {
        let entry = OrderEntry {
            areas: &[HERE],
            hazard: "landslide",
            level: Some(4),
            reason: "裏山の斜面に割れ目が見つかりました。",
            drill: false,
        };
        author.fill_order(&entry)?;
        self.page(author, "console-order-form")?;
        let draft = author.draft(&entry)?;
        self.page(author, "console-waiting-for-second")?;
        second.open("/orders")?;
        self.page(second, "console-second-sees")?;
        second.open(&draft)?;
        self.page(second, "console-confirm")?;
        let posted = now_us();
        second.press_issue()?;
        self.taken_over(posted)?;
        self.picture("order-band")?;
        let spoken = self.wait("speech-started", posted)?;
        let painted = self.wait("takeover-painted", posted)?;
        self.latencies.push(("takeover painted -> speech starts", spoken.at_us - painted.at_us));
        second.browser.wait_for_words("未回答")?;
        let board = second.path()?;
        Ok(board)
    }

    fn answer(&mut self, author: &Desk, order: &str) -> Result<()> {
        author.open(order)?;
        self.page(author, "console-board-not-answered")?;
        self.wait_stage("FullScreen", Duration::from_mins(1))?;
        self.picture("order-full-screen")?;
        let pressed = self.press("Return")?;
        self.wait("key-painted", pressed)?;
        self.settled("answer")?;
        self.picture("order-answered")?;
        self.town.wait_for_count("SELECT COUNT(*) FROM order_answer", 1, SOON)?;
        author.open(order)?;
        self.page(author, "console-board-answered")?;
        self.press("Escape")?;
        self.picture("order-as-one-line")
    }

    fn lift(&mut self, author: &Desk, second: &Desk, order: &str) -> Result<()> {
        let id = order.rsplit('/').next().context("the board has an address")?;
        let draft = author.draft_end(id, "lift", "雨が弱まり、斜面の動きも止まりました。")?;
        second.open(&draft)?;
        let posted = now_us();
        second.press_issue()?;
        self.taken_over(posted)?;
        self.picture("order-lifted")?;
        self.town.display.read();
        self.press("Return")?;
        Ok(())
    }

    fn drill(&mut self, author: &Desk) -> Result<()> {
        let draft = author.draft(&OrderEntry {
            areas: &[],
            hazard: "tsunami",
            level: None,
            reason: "津波避難訓練です。",
            drill: true,
        })?;
        self.page(author, "console-drill")?;
        author.open(&draft)?;
        let posted = now_us();
        author.press_issue()?;
        self.taken_over(posted)?;
        self.picture("drill-tsunami")?;
        self.town.display.read();
        self.press("Right")?;
        self.picture("drill-focus-help")?;
        self.press("Left")?;
        self.press("Return")?;
        self.press("Escape")?;
        Ok(())
    }

    /// The resident sees who looked.
    fn access_log(&mut self) -> Result<()> {
        self.press_and_see("Home", "Home")?;
        self.picture("home-logged-in")?;
        self.press("Down")?;
        let asked = now_us();
        self.press_and_see("Return", "AccessLog")?;
        // The nurse and the two officers looked; the list comes from the gateway.
        self.wait("rows-painted", asked)?;
        self.picture("access-log")?;
        let pressed = self.press("Escape")?;
        self.wait("key-painted", pressed)?;
        self.town.cards.remove()?;
        self.press_and_see("Home", "Home")?;
        self.picture("home-card-removed")
    }

    /// Types the card's PIN; gives the time just before.
    fn type_pin(&mut self) -> Result<i64> {
        let begun = now_us();
        for digit in PIN.chars() {
            self.press(&digit.to_string())?;
        }
        Ok(begun)
    }

    fn taken_over(&mut self, posted: i64) -> Result<()> {
        let arrived = self.wait("order-arrived", posted)?;
        let painted = self.wait("takeover-painted", posted)?;
        self.latencies.push(("button pressed in the console -> painted", painted.at_us - posted));
        self.latencies.push(("order arrived at the box -> painted", painted.at_us - arrived.at_us));
        Ok(())
    }

    fn wait_stage(&self, stage: &str, limit: Duration) -> Result<()> {
        let marks = self.town.marks();
        crate::watch::until(&format!("stage {stage}"), limit, || {
            let all = marks.all()?;
            let found = all.iter().rev().find(|mark| mark.mark == "takeover-stage-painted");
            Ok(found.filter(|mark| mark.detail.as_deref() == Some(stage)).map(|_| ()))
        })
    }

    /// Presses a key; gives the time just before.
    fn press(&mut self, key: &str) -> Result<i64> {
        let pressed = now_us();
        self.town.display.press(key)?;
        let received = self.wait("key-received", pressed)?;
        let painted = self.wait("key-painted", received.at_us)?;
        self.latencies.push(("key -> painted", painted.at_us - received.at_us));
        Ok(pressed)
    }

    fn press_and_see(&mut self, key: &str, page: &str) -> Result<()> {
        let pressed = self.press(key)?;
        self.see(page, pressed)
    }

    /// What was asked for is done, and the screen says so.
    fn settled(&self, subject: &str) -> Result<()> {
        self.town.marks().wait_settled(subject, SOON)
    }

    fn see(&self, page: &str, after_us: i64) -> Result<()> {
        self.town.marks().wait_page(page, after_us, SOON)
    }

    fn wait(&self, mark: &str, after_us: i64) -> Result<Mark> {
        self.town.marks().wait(mark, after_us, SOON)
    }

    fn picture(&mut self, name: &str) -> Result<()> {
        let file = self.next_file(name);
        self.town.display.picture(&file)
    }

    fn page(&mut self, desk: &Desk, name: &str) -> Result<()> {
        let file = self.next_file(name);
        desk.picture(&file)
    }

    fn next_file(&mut self, name: &str) -> PathBuf {
        self.pictures += 1;
        self.out.join(format!("{:02}-{name}.png", self.pictures))
    }

    fn finish(self) -> Result<()> {
        let table = table(&self.latencies);
        print!("{table}");
        std::fs::write(self.out.join("latencies.md"), &table)?;
        println!("{} pictures in {}", self.pictures, self.out.display());
        Ok(())
    }
}

/// Count, median and largest of each latency, in milliseconds.
fn table(latencies: &[(&str, i64)]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in latencies {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let rows: Vec<String> = names.iter().map(|name| row(name, latencies)).collect();
    format!("| latency | n | median ms | max ms |\n|---|---|---|---|\n{}\n", rows.join("\n"))
}

fn row(name: &str, latencies: &[(&str, i64)]) -> String {
    let of_name = latencies.iter().filter(|(other, _)| *other == name);
    let mut values: Vec<i64> = of_name.map(|(_, us)| *us).collect();
    values.sort_unstable();
    let middle = milliseconds(values[(values.len() - 1) / 2]);
    let largest = milliseconds(values[values.len() - 1]);
    format!("| {name} | {} | {middle:.1} | {largest:.1} |", values.len())
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of one evening are exact in f64")]
fn milliseconds(us: i64) -> f64 {
    us as f64 / 1_000.0
}

fn copy_logs(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
