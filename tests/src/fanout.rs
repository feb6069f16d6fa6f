//! One order to ten thousand connected receivers: the gateway as it ships, over mutual TLS, beside a
//! raw `write()` loop and the brokers that this machine has.
//!
//! Receivers are in this process, the servers each in their own; a process may have 20,000 open files
//! on many machines, so that no two of them are measured at once. What is compared is the CPU time of
//! the server for one delivery, because receivers share the cores with it.

mod boxes;
mod peers;
mod raw;
mod receivers;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

pub use raw::serve_if_asked;

use crate::figure::Figure;
use receivers::Receivers;

/// Connected receivers.
const RECEIVERS: usize = 10_000;
/// Orders, of which the first ones only warm up.
const ROUNDS: usize = 20;
const WARM_UP: usize = 3;
/// Between two orders: keep-alives and timers of the servers get their turn.
const PAUSE: Duration = Duration::from_millis(500);
/// Until the last receiver has an order.
const DEADLINE: Duration = Duration::from_mins(1);
/// What every receiver waits for in every order.
const MARK: &[u8] = b"event: order";

/// What one server needed.
struct Outcome {
    /// CPU time of the server for one delivery, in microseconds.
    cpu_us: f64,
    /// From the publication to the last receiver, in milliseconds, sorted.
    last_ms: Vec<f64>,
}

/// Something that publishes to the receivers.
trait Server {
    /// Publishes once.
    async fn publish(&mut self) -> Result<()>;

    /// CPU time so far, in microseconds.
    fn cpu_us(&self) -> Result<i64>;
}

/// Measures the gateway, the raw loop and the peers.
pub fn fanout() -> Result<Vec<Figure>> {
    raise_open_files()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (ours, order_us, frame) = runtime.block_on(boxes::measure())?;
    let raw = runtime.block_on(raw::measure(&frame))?;
    let mut figures = vec![
        Figure::new("fanout.10000.cpu-per-delivery", ours.cpu_us, "us", ROUNDS - WARM_UP)
            .beside("raw write() loop", raw.cpu_us)
            .within(raw.cpu_us * 1.2),
        Figure::new("fanout.10000.order-itself-cpu", order_us / 1_000.0, "ms", ROUNDS),
        last("fanout.10000.last-box", &ours),
        last("fanout.10000.last-receiver.raw-write-loop", &raw),
    ];
    for peer in &peers::ALL {
        let Some(measured) = runtime.block_on(peers::measure(peer, &frame))? else {
            eprintln!("{}: `{}` is not installed here, not measured", peer.name, peer.program);
            continue;
        };
        let name = format!("fanout.10000.cpu-per-delivery.beside-{}", peer.program);
        let ours = Figure::new(&name, ours.cpu_us, "us", ROUNDS - WARM_UP);
        figures.push(ours.beside(peer.name, measured.cpu_us).within(measured.cpu_us));
        figures.push(last(&format!("fanout.10000.last-receiver.{}", peer.program), &measured));
    }
    Ok(figures)
}

fn last(name: &str, outcome: &Outcome) -> Figure {
    let middle = outcome.last_ms[outcome.last_ms.len() / 2];
    Figure::new(name, middle, "ms", outcome.last_ms.len())
}

/// Publishes again and again, and waits each time until everybody has it.
async fn rounds(server: &mut impl Server, receivers: &Receivers) -> Result<Outcome> {
    let (mut last_ms, mut before_us) = (Vec::new(), 0);
    for round in 0..ROUNDS {
        tokio::time::sleep(PAUSE).await;
        if round == WARM_UP {
            before_us = server.cpu_us()?;
        }
        let begun = Instant::now();
        server.publish().await?;
        let waited = receivers.have(RECEIVERS * (round + 1));
        tokio::time::timeout(DEADLINE, waited).await.with_context(|| {
            format!("{} of {RECEIVERS} deliveries in round {round}", receivers.count())
        })?;
        if round >= WARM_UP {
            last_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    let used_us = server.cpu_us()? - before_us;
    last_ms.sort_by(f64::total_cmp);
    Ok(Outcome { cpu_us: per(used_us, RECEIVERS * (ROUNDS - WARM_UP)), last_ms })
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of one run are exact in f64")]
pub(crate) fn per(total_us: i64, times: usize) -> f64 {
    total_us as f64 / times as f64
}

pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

fn raise_open_files() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?;
    let enough = limit.maximum.is_none_or(|files| files > RECEIVERS as u64 + 500);
    anyhow::ensure!(enough, "this process may not open {RECEIVERS} files; raise `ulimit -Hn`");
    Ok(())
}
