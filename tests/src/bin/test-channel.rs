//! Sends one live test programme until it is stopped.

use std::{
    net::{Ipv4Addr, SocketAddrV4},
    time::Duration,
};

use anyhow::{Result, ensure};
use clap::Parser;
use hitokoe_tests::channels::{Broadcast, Codec, Programme};

/// Sends one live test programme: moving picture, ticking clock, soft tone.
#[derive(Debug, Parser)]
struct Arguments {
    /// Multicast group (or one receiver) and port.
    #[arg(long)]
    group: SocketAddrV4,
    /// Interface to send from; from loopback nothing leaves the machine.
    #[arg(long, default_value = "127.0.0.1")]
    interface: Ipv4Addr,
    /// Name in the picture.
    #[arg(long, default_value = "ひとこえテレビ")]
    name: String,
    /// Number in the picture.
    #[arg(long, default_value_t = 1)]
    number: u16,
    /// Width and height.
    #[arg(long, default_value = "1280x720", value_parser = size)]
    size: (u32, u32),
    /// Pictures per second.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=60))]
    fps: u32,
    /// How the picture is coded.
    #[arg(long, value_enum, default_value = "h264")]
    codec: Codec,
    /// Distance of the pictures at which a decoder may start.
    #[arg(long, default_value_t = 500)]
    gop_ms: u64,
    /// Without sound.
    #[arg(long)]
    silent: bool,
}

fn size(text: &str) -> Result<(u32, u32)> {
    let parsed = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let (width, height) = parsed.ok_or_else(|| anyhow::anyhow!("a size looks like 1280x720"))?;
    let sensible = |side: u32| side.is_multiple_of(2) && (64..=4096).contains(&side);
    ensure!(sensible(width) && sensible(height), "both sides are even and between 64 and 4096");
    Ok((width, height))
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let programme = Programme {
        group: arguments.group,
        interface: arguments.interface,
        name: arguments.name,
        number: arguments.number,
        size: arguments.size,
        fps: arguments.fps,
        codec: arguments.codec,
        gop: Duration::from_millis(arguments.gop_ms),
        sound: !arguments.silent,
    };
    Broadcast::start(&programme)?.wait()
}
