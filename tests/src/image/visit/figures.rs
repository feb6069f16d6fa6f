//! What the machine needed, as the lines that `cargo xtask bench` prints. Emulated, beside other work: only the
//! ratios mean something.

use std::time::Duration;

use anyhow::{Context, Result};

use super::Visit;
use crate::{figure::Figure, marks::Mark};

/// Services whose memory is told one by one.
const SERVICES: &str =
    "stb-app weston pcscd systemd-journal systemd-resolve systemd-network polkitd systemd";

impl Visit {
    /// From the kernel's first instruction to a programme on the screen, beside the same kernel that starts a
    /// shell and nothing else; where the power came on, also from there.
    pub(super) fn note_start(
        &mut self,
        start: &str,
        picture: &Mark,
        power_on: Option<Duration>,
    ) -> Result<()> {
        let Some(bare) = self.bare else { return Ok(()) };
        if let Some(power_on) = power_on {
            let name = format!("image.{start}.power-on-to-picture");
            self.figures.push(Figure::new(&name, power_on.as_secs_f64(), "s", 1));
        }
        let name = format!("image.{start}.kernel-to-picture");
        let figure = Figure::new(&name, seconds(picture), "s", 1);
        self.figures.push(figure.beside("bare shell", bare));
        self.note_waits(start, picture)?;
        let chain = self.machine.succeed(
            "systemctl is-system-running --wait; systemd-analyze time; \
             systemd-analyze critical-chain --no-pager stb-app.service; \
             systemd-analyze blame --no-pager | head -n 12; \
             grep -vE 'key-|page-' /run/stb/marks.jsonl | head -n 12",
        )?;
        Ok(std::fs::write(self.out.join(format!("{start}.txt")), chain)?)
    }

    /// What the picture waited for, one after the other: their sum is the time to it.
    fn note_waits(&mut self, start: &str, picture: &Mark) -> Result<()> {
        let times = self.machine.succeed(
            "systemctl show -P UserspaceTimestampMonotonic; \
             systemctl show -P InactiveExitTimestampMonotonic hitokoe-data.service; \
             systemctl show -P ActiveEnterTimestampMonotonic hitokoe-data.service",
        )?;
        let times = times.lines().map(|time| time.trim().parse().context("a time of systemd"));
        let [kernel, device, data] = times
            .collect::<Result<Vec<i64>>>()?
            .try_into()
            .map_err(|times| anyhow::anyhow!("not three times: {times:?}"))?;
        let marks = self.machine.marks().all()?;
        let time_of = |name: &str| {
            let mark = marks.iter().rfind(|mark| mark.mark == name);
            mark.map(|mark| mark.at_us).with_context(|| format!("no mark `{name}`"))
        };
        let ends = [
            ("kernel", kernel),
            ("until-the-disk-is-there", device),
            ("data-partition", data),
            ("until-the-program-runs", time_of("process-start")?),
            ("program-to-first-frame", time_of("first-frame")?),
            ("first-frame-to-picture", picture.at_us),
        ];
        let mut begin = 0;
        for (wait, end) in ends {
            let name = format!("image.{start}.waits.{wait}");
            self.figures.push(Figure::new(&name, in_seconds(end - begin), "s", 1));
            begin = end;
        }
        Ok(())
    }

    /// From the death of the application to the order on the screen, beside the start of a program that is
    /// linked as it is and does nothing.
    pub(super) fn note_return(&mut self, painted: &Mark) -> Result<()> {
        let died = "journalctl -u stb-app -o short-monotonic --no-pager | grep 'Main process exited' | tail -n 1";
        let died = self.machine.succeed(died)?;
        let died = died.trim_start_matches(['[', ' ']).split(']').next().unwrap_or_default();
        let died: f64 = died.trim().parse().with_context(|| format!("no time: {died}"))?;
        let times = "read -r a b </proc/uptime; stb-app --version >/dev/null; read -r c d </proc/uptime; echo $a $c";
        let times = self.machine.succeed(times)?;
        let (begun, done) = times.trim().split_once(' ').context("two times")?;
        let bare = done.parse::<f64>()? - begun.parse::<f64>()?;
        let figure = Figure::new("image.kill-to-order", seconds(painted) - died, "s", 1);
        self.figures.push(figure.beside("stb-app --version", bare));
        Ok(())
    }

    /// What the updater fetched of a new version, beside the bundle's size.
    #[expect(clippy::cast_precision_loss, reason = "sizes of bundles are far below 2^52")]
    pub(super) fn note_update(&mut self, fetched: u64, size: u64) {
        let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
        let figure = Figure::new("image.update.fetched-in-ranges", mib(fetched), "MiB", 1);
        self.figures.push(figure.beside("the whole bundle", mib(size)));
    }

    /// Proportional shares, so that the sum is what the box needs.
    pub(super) fn note_memory(&mut self) -> Result<()> {
        let shares = format!(
            "for name in {SERVICES}; do pid=$(pgrep -o -x $name) || continue; \
             awk -v name=$name '/^Pss:/ {{ print name, $2 }}' /proc/$pid/smaps_rollup; done; \
             awk '/^MemTotal/ {{ all = $2 }} /^MemAvailable/ {{ print \"all-in-use\", all - $2 }}' /proc/meminfo"
        );
        for line in self.machine.succeed(&shares)?.lines() {
            let Some((name, kib)) = line.split_once(' ') else { continue };
            let mib = kib.trim().parse::<f64>()? / 1024.0;
            self.figures.push(Figure::new(&format!("image.memory.{name}"), mib, "MiB", 1));
        }
        Ok(())
    }
}

fn seconds(mark: &Mark) -> f64 {
    in_seconds(mark.at_us)
}

#[expect(clippy::cast_precision_loss, reason = "uptime in microseconds is far below 2^52")]
fn in_seconds(us: i64) -> f64 {
    us as f64 / 1e6
}
