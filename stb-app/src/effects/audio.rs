//! A short sound through the sound card: from memory, at once, stoppable.

use std::{sync::OnceLock, time::Duration};

use gst::prelude::*;

/// Sinks that stand for a sound card, best first.
const SINKS: [&str; 3] = ["pipewiresink", "pulsesink", "alsasink"];

/// Passes a sound in its own time and in silence.
const NO_SINK: &str = "fakesink";

/// Looking for a sound card takes up to a second; it is done once.
static SINK: OnceLock<&'static str> = OnceLock::new();

/// Sound in memory: 16 bit, one channel.
#[derive(Clone, PartialEq, Eq)]
pub struct Sound {
    /// Little-endian samples.
    pub samples: Vec<u8>,
    /// Samples per second.
    pub rate: u32,
}

/// Why a sound is not heard.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// GStreamer lacks something or the sound card failed.
    #[error("sound: {0}")]
    Pipeline(String),
    /// Not the one kind of WAV that we read.
    #[error("no 16-bit mono WAV")]
    NotWav,
}

impl From<gst::glib::BoolError> for AudioError {
    fn from(error: gst::glib::BoolError) -> Self {
        Self::Pipeline(error.to_string())
    }
}

impl Sound {
    /// Reads a WAV of 16 bit and one channel.
    pub fn from_wav(wav: &[u8]) -> Result<Self, AudioError> {
        parse_wav(wav).ok_or(AudioError::NotWav)
    }

    /// How long it sounds.
    pub fn duration(&self) -> Duration {
        let samples = self.samples.len() as u64 / 2;
        Duration::from_micros(samples * 1_000_000 / u64::from(self.rate.max(1)))
    }
}

/// Looks for a sound card ahead of the first sound.
pub fn prepare() -> Result<(), AudioError> {
    sink().map(drop)
}

/// A sink that is ready; the silent one where there is no sound card or it went away.
fn sink() -> Result<gst::Element, AudioError> {
    gst::init().map_err(|error| AudioError::Pipeline(error.to_string()))?;
    let name = SINK.get_or_init(|| {
        let name = SINKS.into_iter().find(|name| ready(name).is_some()).unwrap_or(NO_SINK);
        tracing::info!(sink = name, "sound goes here");
        name
    });
    match ready(name) {
        Some(sink) => Ok(sink),
        None => Ok(gst::ElementFactory::make(NO_SINK).property("sync", true).build()?),
    }
}

fn ready(name: &str) -> Option<gst::Element> {
    if name == NO_SINK {
        return None;
    }
    let sink = gst::ElementFactory::make(name).build().ok()?;
    let is_ready = sink.set_state(gst::State::Ready).is_ok();
    if !is_ready {
        // An element must not be dropped in between states.
        let _ = sink.set_state(gst::State::Null);
    }
    is_ready.then_some(sink)
}

fn parse_wav(wav: &[u8]) -> Option<Sound> {
    let mut chunks = wav.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut rate = None;
    while chunks.len() >= 8 {
        let (name, rest) = chunks.split_at(4);
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?.min(rest.len());
        let (content, after) = rest.split_at(length);
        match name {
            b"fmt " => rate = Some(mono_rate(content)?),
            b"data" => {
                let samples = content.get(..content.len() / 2 * 2)?.to_vec();
                return Some(Sound { samples, rate: rate? });
            }
            _ => {}
        }
        chunks = after.get(length % 2..).unwrap_or_default();
    }
    None
}

/// The rate of a format chunk that says PCM, one channel, 16 bit.
fn mono_rate(format: &[u8]) -> Option<u32> {
    let word = |at: usize| Some(u16::from_le_bytes(format.get(at..at + 2)?.try_into().ok()?));
    let rate = u32::from_le_bytes(format.get(4..8)?.try_into().ok()?);
    let fits = word(0)? == 1 && word(2)? == 1 && word(14)? == 16;
    (fits && (8_000..=192_000).contains(&rate)).then_some(rate)
}

/// A sound that is being played; dropping it makes it silent.
#[derive(Debug)]
pub struct Playback {
    pipeline: gst::Pipeline,
    bus: gst::Bus,
}

impl Playback {
    /// Starts a sound on the default sound card; without one it passes in silence.
    pub fn start(sound: &Sound) -> Result<Self, AudioError> {
        let sink = sink()?;
        let caps = gst::Caps::builder("audio/x-raw")
            .field("format", "S16LE")
            .field("layout", "interleaved")
            .field("channels", 1_i32)
            .field("rate", i32::try_from(sound.rate).unwrap_or(48_000))
            .build();
        let source = gst_app::AppSrc::builder().caps(&caps).format(gst::Format::Time).build();
        let convert = gst::ElementFactory::make("audioconvert").build()?;
        let resample = gst::ElementFactory::make("audioresample").build()?;
        let pipeline = gst::Pipeline::new();
        pipeline.add_many([source.upcast_ref(), &convert, &resample, &sink])?;
        gst::Element::link_many([source.upcast_ref(), &convert, &resample, &sink])?;
        let bus = pipeline.bus().ok_or_else(|| AudioError::Pipeline("no bus".into()))?;
        let playback = Self { pipeline, bus };
        let broken = |error: &dyn std::fmt::Display| AudioError::Pipeline(error.to_string());
        playback.pipeline.set_state(gst::State::Playing).map_err(|error| broken(&error))?;
        let mut buffer = gst::Buffer::from_slice(sound.samples.clone());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::ZERO);
            buffer.set_duration(gst::ClockTime::from_useconds(
                u64::try_from(sound.duration().as_micros()).unwrap_or(u64::MAX),
            ));
        }
        source.push_buffer(buffer).map_err(|error| broken(&error))?;
        source.end_of_stream().map_err(|error| broken(&error))?;
        Ok(playback)
    }

    /// Waits at most this long; says whether the sound is over.
    pub fn wait(&self, at_most: Duration) -> Result<bool, AudioError> {
        let timeout = gst::ClockTime::try_from(at_most).unwrap_or(gst::ClockTime::ZERO);
        ended(self.bus.timed_pop_filtered(timeout, &ENDS))
    }

    /// Says whether the sound is over, without waiting.
    pub fn is_over(&self) -> Result<bool, AudioError> {
        ended(self.bus.pop_filtered(&ENDS))
    }
}

/// Messages with which a sound ends.
const ENDS: [gst::MessageType; 2] = [gst::MessageType::Eos, gst::MessageType::Error];

fn ended(message: Option<gst::Message>) -> Result<bool, AudioError> {
    let Some(message) = message else { return Ok(false) };
    match message.view() {
        gst::MessageView::Error(error) => Err(AudioError::Pipeline(error.error().to_string())),
        _ => Ok(true),
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        // Fails only for a pipeline that is broken already.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wav(channels: u16, extra: &[u8], samples: &[u8]) -> Vec<u8> {
        let mut wav = b"RIFF\0\0\0\0WAVE".to_vec();
        wav.extend(extra);
        wav.extend(b"fmt \x10\0\0\0\x01\0");
        wav.extend(channels.to_le_bytes());
        wav.extend(48_000_u32.to_le_bytes());
        wav.extend([0, 0, 0, 0, 2, 0, 16, 0]);
        wav.extend(b"data");
        wav.extend(u32::try_from(samples.len()).expect("short").to_le_bytes());
        wav.extend(samples);
        wav
    }

    #[test]
    fn a_wav_is_read_past_other_chunks() {
        let sound = Sound::from_wav(&wav(1, b"LIST\x03\0\0\0abc\0", &[1, 2, 3, 4])).expect("WAV");
        assert_eq!((sound.samples, sound.rate), (vec![1, 2, 3, 4], 48_000));
        assert!(Sound::from_wav(&wav(2, b"", &[1, 2])).is_err());
        assert!(Sound::from_wav(b"").is_err());
    }

    #[test]
    fn a_sound_comes_to_its_end_without_a_sound_card() -> Result<(), AudioError> {
        let sound = Sound { samples: vec![0; 9_600], rate: 48_000 };
        assert_eq!(sound.duration(), Duration::from_millis(100));
        let playback = Playback::start(&sound)?;
        assert!(playback.wait(Duration::from_secs(20))?);
        Ok(())
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Sound::from_wav(&bytes);
            let _ = Sound::from_wav(&wav(1, &bytes, &bytes));
        }
    }
}
