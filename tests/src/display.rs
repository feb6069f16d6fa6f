//! A screen of 1920x1080, the remote in front of it, and pictures of it.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};

use crate::{
    process::{self, Process},
    watch,
};

/// Pause between two presses of one finger.
const BETWEEN_PRESSES: Duration = Duration::from_millis(250);

/// Reading an order before answering it.
const READING: Duration = Duration::from_millis(1_500);
/// How long a hand that typed a number is given before it looks up and answers.
const LOOKING_UP: Duration = Duration::from_millis(4_500);

/// A display: the visible one, or one of our own.
#[derive(Debug)]
pub struct Display {
    name: String,
    // Ends with the display.
    _server: Option<Process>,
}

impl Display {
    /// The display of this desktop session, when there is one.
    pub fn of_desktop() -> Option<Self> {
        let name = std::env::var("DISPLAY").ok().filter(|name| !name.is_empty())?;
        Some(Self { name, _server: None })
    }

    /// A virtual display of 1920x1080.
    pub fn virtual_screen(logs: &Path) -> Result<Self> {
        let number_file = logs.join("display-number");
        let _left_over = std::fs::remove_file(&number_file);
        let script = format!(
            "exec Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 3>'{}'",
            number_file.display()
        );
        let mut server = Process::start("xvfb", Command::new("sh").args(["-c", &script]), logs)?;
        let mut number = None;
        server.wait_until("display number", Duration::from_secs(20), || {
            let said = std::fs::read_to_string(&number_file).unwrap_or_default();
            number = said.strip_suffix('\n').map(|n| format!(":{n}"));
            number.is_some()
        })?;
        Ok(Self { name: number.context("Xvfb said no number")?, _server: Some(server) })
    }

    /// Value for `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Saves what is on the screen now as PNG.
    pub fn picture(&self, file: &Path) -> Result<()> {
        let mut import = Command::new("import");
        import.args(["-display", &self.name, "-window", "root"]).arg(file);
        process::succeed(&mut import)?;
        Ok(())
    }

    /// Gives the keyboard to the window of this process once it is mapped.
    pub fn focus_window_of(&self, process: u32, limit: Duration) -> Result<()> {
        let window = watch::until("window of the box", limit, || {
            let found = self
                .xdotool()
                .args(["search", "--onlyvisible", "--pid", &process.to_string()])
                .output()?;
            let said = String::from_utf8_lossy(&found.stdout).into_owned();
            Ok(said.lines().last().map(ToOwned::to_owned))
        })?;
        process::succeed(self.xdotool().args(["windowfocus", "--sync", &window]))?;
        Ok(())
    }

    /// A hand needs this long between two presses; the box takes faster ones for one.
    fn rest_finger() {
        std::thread::park_timeout(BETWEEN_PRESSES);
    }

    /// Somebody reads the screen before pressing; a key in the first moments of an alert was meant
    /// for what stood there before, and the box does not take it for an answer.
    pub fn read(&self) {
        read_screen();
    }

    /// Somebody who was typing looks up first: right after a digit the box takes 決定 for no answer.
    pub fn look_up(&self) {
        std::thread::park_timeout(LOOKING_UP);
    }

    /// Presses keys as the development keyboard names them (`Return`, `BackSpace`, `Left`, `1`, `F1`).
    pub fn press(&self, key: &str) -> Result<()> {
        Self::rest_finger();
        process::succeed(self.xdotool().args(["key", "--clearmodifiers", key]))?;
        Ok(())
    }

    fn xdotool(&self) -> Command {
        let mut command = Command::new("xdotool");
        command.env("DISPLAY", &self.name);
        command
    }
}

/// Somebody reads the screen before pressing.
pub(crate) fn read_screen() {
    std::thread::park_timeout(READING);
}
