//! Child processes that end with their owner and leave their words in a log file.

use std::{
    fs::File,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

use crate::watch;

/// How long a process may take to end politely.
const POLITE_END: Duration = Duration::from_secs(5);

/// A running child; dropped, it is asked to end, then killed.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program; standard output and error go to `<logs>/<name>.log`.
    pub fn start(name: &str, command: &mut Command, logs: &Path) -> Result<Self> {
        let log = logs.join(format!("{name}.log"));
        let out = File::options().create(true).append(true).open(&log)?;
        let child = ending_with_us(command)
            .stdin(Stdio::null())
            // A group of its own: what it started (a browser, say) ends with it.
            .process_group(0)
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("cannot start {name}: {command:?}"))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// CPU time that it used so far, in microseconds: what a busy machine does not change much.
    pub fn cpu_us(&self) -> Result<i64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id()))?;
        // The program's name, in brackets, may hold anything; user and system time are the 14th
        // and 15th field, in ticks of 10 ms.
        let (_, fields) = stat.rsplit_once(')').context("the kernel tells the process's times")?;
        let ticks = fields.split_whitespace().skip(11).take(2);
        Ok(ticks.map(str::parse::<i64>).sum::<Result<i64, _>>()? * 10_000)
    }

    /// CPU time of those of its threads whose names begin so, in microseconds.
    pub fn threads_cpu_us(&self, name: &str) -> Result<i64> {
        let mut sum_ns = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.id()))? {
            let folder = thread?.path();
            if std::fs::read_to_string(folder.join("comm"))?.starts_with(name) {
                let times = std::fs::read_to_string(folder.join("schedstat"))?;
                let on_core = times.split_whitespace().next().context("time on a core")?;
                sum_ns += on_core.parse::<i64>()?;
            }
        }
        Ok(sum_ns / 1_000)
    }

    /// Everything it said so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log)
            .map(|b| String::from_utf8_lossy(&b).into_owned())
            .unwrap_or_default()
    }

    /// Whether it ended by itself, and well; fails when it ended otherwise.
    pub fn has_ended_well(&mut self) -> Result<bool> {
        match self.child.try_wait()? {
            Some(status) if status.success() => Ok(true),
            Some(_) => self.ensure_running().map(|()| false),
            None => Ok(false),
        }
    }

    /// Fails when it has ended, with the end of its log.
    pub fn ensure_running(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} ended with {status}:\n{}", self.name, tail(&self.log(), 30));
        }
        Ok(())
    }

    /// Waits until `ready` holds; fails at once when the process ends before.
    pub fn wait_until(
        &mut self,
        what: &str,
        limit: Duration,
        mut ready: impl FnMut() -> bool,
    ) -> Result<()> {
        let waited = watch::until(&format!("{}: {what}", self.name), limit, || {
            self.ensure_running()?;
            Ok(ready().then_some(()))
        });
        waited.with_context(|| format!("log of {}:\n{}", self.name, tail(&self.log(), 30)))
    }

    /// kill -9: as in a power cut.
    pub fn kill(mut self) -> Result<()> {
        self.signal(Signal::KILL);
        self.child.wait()?;
        Ok(())
    }

    /// Asks politely (SIGTERM) and waits for the end; gives the exit code.
    pub fn stop(mut self) -> Result<Option<i32>> {
        self.end()
    }

    fn end(&mut self) -> Result<Option<i32>> {
        if self.child.try_wait()?.is_none() {
            self.signal(Signal::TERM);
        }
        let child = &mut self.child;
        let waited = watch::until("end of process", POLITE_END, || Ok(child.try_wait()?));
        // Whoever of its group is left, and the process itself when it did not listen.
        self.signal(Signal::KILL);
        match waited {
            Ok(status) => Ok(status.code()),
            Err(_) => Ok(self.child.wait()?.code()),
        }
    }

    /// To the whole group; a group that has ended already needs none.
    fn signal(&self, signal: Signal) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            let _ended_already = rustix::process::kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::warn!(name = self.name, %error, "a child process could not be ended");
        }
    }
}

/// The same command, ended by the kernel when this program is killed before it could clean up.
fn ending_with_us(command: &Command) -> Command {
    let mut tied = Command::new("setpriv");
    tied.args(["--pdeathsig", "TERM"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => tied.env(name, value),
            None => tied.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        tied.current_dir(directory);
    }
    tied
}

/// Runs to the end; an exit code other than 0 is an error with what it said.
pub fn succeed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!(
            "{command:?} ended with {}:\n{said}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(said)
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
