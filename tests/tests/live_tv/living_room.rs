//! A player in front of a screen that looks at its pictures.

use std::{
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Receiver},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use gateway_api::provisioning::Channel;
use gst::{glib, prelude::*};
use stb_app::player::{HeadlessScreen, Player, PlayerConfig, Screen, Witness, ZapMarks};
use stb_core::event::PlayerState;

/// Longest wait for something that must happen; far beyond what it takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Mean of blue, green and red.
pub(crate) type Colour = [u64; 3];

/// Number of a sink, and the mean colour of its first picture.
type Seen = Arc<Mutex<Option<(u32, Colour)>>>;

/// Nowhere to be seen, but it knows the picture that a viewer would see.
struct Eye {
    nowhere: HeadlessScreen,
    sinks: AtomicU32,
    seen: Seen,
}

impl Screen for Eye {
    fn sink(&self) -> Result<gst::Element, glib::BoolError> {
        let sink = self.nowhere.sink()?;
        let (seen, number) = (self.seen.clone(), self.sinks.fetch_add(1, Ordering::Relaxed));
        sink.connect("preroll-handoff", false, move |values| {
            let buffer = values.get(1).and_then(|value| value.get::<gst::Buffer>().ok());
            let map = buffer.as_ref().and_then(|buffer| buffer.map_readable().ok());
            let mut seen = seen.lock().expect("no test panics here");
            // A pipeline that is being stopped may hand over one more picture.
            if seen.is_none_or(|(newest, _)| newest < number) {
                *seen = map.map(|bytes| (number, mean(&bytes)));
            }
            None
        });
        Ok(sink)
    }

    fn expect(&self, sink: &gst::Element, witness: Witness) {
        self.nowhere.expect(sink, witness);
    }

    fn clear(&self, _: &gst::Element) {}

    fn size(&self) -> Option<(i32, i32)> {
        Some((160, 90))
    }
}

fn mean(bgra: &[u8]) -> Colour {
    let pixels = (bgra.len() / 4).max(1) as u64;
    std::array::from_fn(|part| {
        bgra.iter().skip(part).step_by(4).map(|byte| u64::from(*byte)).sum::<u64>() / pixels
    })
}

/// A player, what it tells, and what is on its screen.
pub(crate) struct LivingRoom {
    pub(crate) player: Player,
    told: Receiver<(String, PlayerState)>,
    seen: Seen,
}

impl LivingRoom {
    pub(crate) fn new(config: &PlayerConfig) -> Result<Self> {
        let (teller, told) = mpsc::channel();
        let seen = Seen::default();
        let eye = Eye {
            nowhere: HeadlessScreen::default(),
            sinks: AtomicU32::new(0),
            seen: Arc::clone(&seen),
        };
        let config = PlayerConfig { interface: Ipv4Addr::LOCALHOST, ..config.clone() };
        let player = Player::start(config, Box::new(eye), move |id, state| {
            let _ = teller.send((id.to_owned(), state));
        })?;
        Ok(Self { player, told, seen })
    }

    /// Waits for the next thing told.
    pub(crate) fn next(&self) -> Result<(String, PlayerState)> {
        self.told.recv_timeout(PATIENCE).context("the player said nothing more")
    }

    /// Waits until the channel does so; gives everything told on the way.
    pub(crate) fn until(&self, channel: &Channel, wanted: PlayerState) -> Result<Vec<PlayerState>> {
        let mut way = Vec::new();
        while way.last() != Some(&wanted) {
            let (id, state) = self.next().with_context(|| format!("so far {way:?}"))?;
            if id != channel.channel_id {
                bail!("{id} is {state:?}, but {} is on", channel.channel_id);
            }
            way.push(state);
        }
        Ok(way)
    }

    /// Mean colour of the picture that came last.
    pub(crate) fn colour(&self) -> Result<Colour> {
        let seen = *self.seen.lock().expect("no test panics here");
        seen.map(|(_, colour)| colour).context("no picture was seen")
    }

    pub(crate) fn last_zap(&self) -> Result<ZapMarks> {
        self.player.zaps().pop().context("no channel was asked for")
    }
}

/// A channel whose address nobody uses.
pub(crate) fn channel(number: u16, multicast: bool) -> Result<(Channel, SocketAddrV4)> {
    let port = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
    let last = 100 + u8::try_from(number)?;
    let group = if multicast { Ipv4Addr::new(239, 255, 36, last) } else { Ipv4Addr::LOCALHOST };
    let address = SocketAddrV4::new(group, port);
    let channel = Channel {
        channel_id: format!("channel-{number}"),
        number,
        name: format!("Channel {number}"),
        source: address.to_string(),
    };
    Ok((channel, address))
}
