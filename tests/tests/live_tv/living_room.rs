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
    newest: NewestSink,
}

/// The sink of the newest pipeline.
type NewestSink = Arc<Mutex<Option<glib::WeakRef<gst::Element>>>>;

impl Screen for Eye {
    fn sink(&self) -> Result<gst::Element, glib::BoolError> {
        let sink = self.nowhere.sink()?;
        *self.newest.lock().expect("no test panics here") = Some(sink.downgrade());
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

/// Frequency of the first of the channels, from how often it passes zero; none of a short piece.
fn tone(pad: &gst::Pad, buffer: &gst::BufferRef) -> Option<u32> {
    let caps = pad.current_caps()?;
    let structure = caps.structure(0)?;
    let (rate, channels) =
        (structure.get::<i32>("rate").ok()?, structure.get::<i32>("channels").ok()?);
    let (rate, channels) = (u64::try_from(rate).ok()?, usize::try_from(channels).ok()?);
    let format = structure.get::<&str>("format").ok()?;
    let map = buffer.map_readable().ok()?;
    let is_positive: Vec<bool> = match format {
        "F32LE" => map
            .chunks_exact(4 * channels)
            .map(|frame| f32::from_le_bytes([frame[0], frame[1], frame[2], frame[3]]) > 0.0)
            .collect(),
        "S16LE" => map
            .chunks_exact(2 * channels)
            .map(|frame| i16::from_le_bytes([frame[0], frame[1]]) > 0)
            .collect(),
        _ => return None,
    };
    let crossings = is_positive.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64;
    let frames = (is_positive.len() >= 1_000).then_some(is_positive.len() as u64)?;
    u32::try_from(crossings * rate / (2 * frames)).ok()
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
    newest: NewestSink,
}

impl LivingRoom {
    pub(crate) fn new(config: &PlayerConfig) -> Result<Self> {
        let (teller, told) = mpsc::channel();
        let (seen, newest) = (Seen::default(), NewestSink::default());
        let eye = Eye {
            nowhere: HeadlessScreen::default(),
            sinks: AtomicU32::new(0),
            seen: Arc::clone(&seen),
            newest: Arc::clone(&newest),
        };
        let config = PlayerConfig { interface: Ipv4Addr::LOCALHOST, ..config.clone() };
        let player = Player::start(config, Box::new(eye), move |id, state| {
            let _ = teller.send((id.to_owned(), state));
        })?;
        Ok(Self { player, told, seen, newest })
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

    /// Waits until the channel plays: it is tuned, and its picture is there before it is called playing. Between
    /// the two a starved machine may see no signal for a while; the states without a machine are tested in
    /// `stb-app`'s `player::watch`.
    pub(crate) fn comes_up(&self, channel: &Channel) -> Result<()> {
        let way = self.until(channel, PlayerState::Playing)?;
        let [PlayerState::Tuning, .., PlayerState::FirstPicture, PlayerState::Playing] = way[..]
        else {
            bail!("{} came up by way of {way:?}", channel.channel_id);
        };
        Ok(())
    }

    /// Mean colour of the picture that came last.
    pub(crate) fn colour(&self) -> Result<Colour> {
        let seen = *self.seen.lock().expect("no test panics here");
        seen.map(|(_, colour)| colour).context("no picture was seen")
    }

    /// Presses 音声切換; gives the channel, the number of the sound and how many there are.
    pub(crate) fn next_sound(&self) -> Result<(String, u16, u16)> {
        let (teller, told) = mpsc::channel();
        self.player.next_sound(move |id, number, count| {
            let _ = teller.send((id.to_owned(), number, count));
        });
        told.recv_timeout(PATIENCE).context("the player said nothing of the sound")
    }

    /// Waits until one of these tones, in hertz, is heard.
    pub(crate) fn hears(&self, tones: &[u32]) -> Result<u32> {
        let pad = self.ear()?;
        let (teller, told) = mpsc::channel();
        let probe = pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
            if let Some(tone) = info.buffer().and_then(|buffer| tone(pad, buffer)) {
                let _ = teller.send(tone);
            }
            gst::PadProbeReturn::Ok
        });
        let began = std::time::Instant::now();
        let heard = loop {
            let tone = told.recv_timeout(PATIENCE).context("nothing is heard")?;
            let near = tones.iter().find(|wanted| wanted.abs_diff(tone) * 5 < **wanted);
            if let Some(near) = near {
                break *near;
            }
            if began.elapsed() > PATIENCE {
                bail!("{tone} Hz is heard, not {tones:?}");
            }
        };
        if let Some(probe) = probe {
            pad.remove_probe(probe);
        }
        Ok(heard)
    }

    /// Where the decoded sound of the newest pipeline passes.
    fn ear(&self) -> Result<gst::Pad> {
        let newest = self.newest.lock().expect("no test panics here").clone();
        let sink = newest.and_then(|sink| sink.upgrade()).context("no pipeline was built")?;
        let pipeline = sink.parent().and_downcast::<gst::Bin>().context("a sink has a pipeline")?;
        let volume =
            pipeline.iterate_elements().into_iter().flatten().find(|element| {
                element.factory().is_some_and(|factory| factory.name() == "volume")
            });
        volume.and_then(|volume| volume.static_pad("sink")).context("there is no sound")
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
