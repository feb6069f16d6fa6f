//! Sound of a channel: silent until its first picture, never a reason to have no picture.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use gst::prelude::*;

use super::{
    PlayerError,
    pipeline::{best_decoder, queue},
    timing::Timing,
};

/// Part of the loudness that remains while the box speaks.
const DUCKED: f64 = 0.2;

/// Sinks to try, sound servers before the bare device.
const OUTPUTS: [&str; 3] = ["pipewiresink", "pulsesink", "alsasink"];

/// How loud, as the resident and the box want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loudness {
    /// 0-100.
    pub(super) percent: u8,
    /// No sound.
    pub(super) muted: bool,
    /// The box speaks.
    pub(super) ducked: bool,
}

impl Loudness {
    /// Factor of the amplitude. The third power makes equal steps sound equal.
    fn gain(self) -> f64 {
        let part = f64::from(self.percent.min(100)) / 100.0;
        part.powi(3) * if self.ducked { DUCKED } else { 1.0 }
    }
}

/// Where sound goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SoundOutput {
    /// A sink of this name.
    Device(String),
    /// Nowhere: there is no device.
    Silent,
}

impl SoundOutput {
    /// Looks for a device. Takes a while; therefore once, and not for every channel.
    pub(super) fn detect() -> Self {
        let found = detect_device();
        tracing::info!(device = found.as_deref().unwrap_or("none"), "sound output");
        found.map_or(Self::Silent, Self::Device)
    }

    fn sink(&self) -> Result<gst::Element, PlayerError> {
        if let Self::Device(factory) = self {
            let sink = gst::ElementFactory::make(factory).build()?;
            if sink.set_state(gst::State::Ready).is_ok() {
                return Ok(sink);
            }
            tracing::warn!(device = %factory, "the sound device is gone");
        }
        Ok(gst::ElementFactory::make("fakesink").property("sync", true).build()?)
    }
}

/// The first of the system's usual ways to sound that answers.
fn detect_device() -> Option<String> {
    let answers = |name: &&str| {
        let Ok(sink) = gst::ElementFactory::make(name).build() else { return false };
        let ready = sink.set_state(gst::State::Ready).is_ok();
        let _ = sink.set_state(gst::State::Null);
        ready
    };
    OUTPUTS.into_iter().find(answers).map(str::to_owned)
}

/// Sound of one pipeline.
pub(super) struct Sound {
    output: SoundOutput,
    timing: Arc<Timing>,
    state: Mutex<State>,
    settled: Arc<AtomicBool>,
}

struct State {
    loudness: Loudness,
    linked: bool,
    /// Every sound of the channel that this chain can play, and which of them it plays.
    streams: Vec<gst::Pad>,
    playing: usize,
    entry: Option<gst::Pad>,
    volume: Option<gst::Element>,
    sink: Option<gst::Element>,
    /// Holds the sound until the first picture.
    held: Option<(gst::Pad, gst::PadProbeId)>,
    released: bool,
}

impl Sound {
    pub(super) fn new(
        output: SoundOutput,
        loudness: Loudness,
        expected: bool,
        timing: Arc<Timing>,
    ) -> Self {
        let state = State {
            loudness,
            linked: false,
            streams: Vec::new(),
            playing: 0,
            entry: None,
            volume: None,
            sink: None,
            held: None,
            released: false,
        };
        let settled = Arc::new(AtomicBool::new(!expected));
        Self { output, timing, state: Mutex::new(state), settled }
    }

    /// Sound runs, or there is none.
    pub(super) fn settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }

    /// How loud.
    pub(super) fn set_loudness(&self, loudness: Loudness) {
        let mut state = self.state();
        state.loudness = loudness;
        state.apply_loudness();
    }

    /// The first picture is there.
    pub(super) fn release(&self) {
        let held = {
            let mut state = self.state();
            state.released = true;
            state.held.take()
        };
        if let Some((pad, probe)) = held {
            pad.remove_probe(probe);
        }
    }

    /// Whether an object is the sound's device.
    pub(super) fn owns(&self, source: &gst::Object) -> bool {
        self.state().sink.as_ref().is_some_and(|sink| sink.upcast_ref::<gst::Object>() == source)
    }

    /// Plays this stream, unless another one plays already; then it may be chosen later.
    pub(super) fn link(
        &self,
        pipeline: &gst::Pipeline,
        stream: &gst::Pad,
    ) -> Result<(), PlayerError> {
        {
            let mut state = self.state();
            let is_first = !std::mem::replace(&mut state.linked, true);
            if is_first || state.streams.first().is_some_and(|first| are_alike(first, stream)) {
                state.streams.push(stream.clone());
            }
            if !is_first {
                return Ok(());
            }
        }
        let linked = self.build(pipeline, stream);
        if linked.is_err() {
            self.settled.store(true, Ordering::Relaxed);
        }
        linked
    }

    /// Plays the next sound of the channel, after the last one the first. Gives its number, from 1,
    /// and how many there are.
    pub(super) fn next(&self) -> (u16, u16) {
        let mut state = self.state();
        let count = if state.entry.is_some() { state.streams.len() } else { 0 };
        if count > 1
            && let Some(entry) = state.entry.clone()
        {
            let before = state.streams[state.playing].clone();
            state.playing = (state.playing + 1) % count;
            change_over(&before, &state.streams[state.playing], &entry);
        }
        let number = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
        (number((state.playing + 1).min(count)), number(count))
    }

    fn build(&self, pipeline: &gst::Pipeline, stream: &gst::Pad) -> Result<(), PlayerError> {
        let caps = stream.current_caps().unwrap_or_else(|| stream.query_caps(None));
        let decoder = best_decoder(&caps).ok_or(PlayerError::NoDecoder)?.create().build()?;
        let (queue, sink) = (queue()?, self.output.sink()?);
        let volume = gst::ElementFactory::make("volume").build()?;
        let mut chain = vec![queue.clone()];
        if let Some(parser) = parser(&caps) {
            chain.push(gst::ElementFactory::make(parser).build()?);
        }
        let convert = gst::ElementFactory::make("audioconvert").build()?;
        let resample = gst::ElementFactory::make("audioresample").build()?;
        chain.extend([decoder, convert, resample, volume.clone(), sink.clone()]);
        pipeline.add_many(&chain)?;
        gst::Element::link_many(&chain)?;
        let entry = queue.static_pad("sink").ok_or(PlayerError::NoDecoder)?;
        self.timing.watch_sound(pipeline, &entry, &sink);
        self.adopt(volume, sink)?;
        for element in chain.iter().rev() {
            element.sync_state_with_parent()?;
        }
        stream.link(&entry)?;
        self.state().entry = Some(entry);
        Ok(())
    }

    fn adopt(&self, volume: gst::Element, sink: gst::Element) -> Result<(), PlayerError> {
        let mut state = self.state();
        state.volume = Some(volume);
        state.apply_loudness();
        let pad = sink.static_pad("sink").ok_or(PlayerError::NoDecoder)?;
        state.sink = Some(sink);
        let settled = self.settled.clone();
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
            settled.store(true, Ordering::Relaxed);
            gst::PadProbeReturn::Remove
        });
        if !state.released {
            // Added last, therefore called last: `settled` is true a little early at worst.
            let hold = gst::PadProbeType::BLOCK | gst::PadProbeType::BUFFER;
            let probe = pad.add_probe(hold, |_, _| gst::PadProbeReturn::Ok);
            state.held = probe.map(|probe| (pad, probe));
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn apply_loudness(&self) {
        if let Some(volume) = &self.volume {
            volume.set_property("volume", self.loudness.gain());
            volume.set_property("mute", self.loudness.muted);
        }
    }
}

/// Lets another stream into the chain, at a moment when nothing of the present one goes in.
fn change_over(before: &gst::Pad, after: &gst::Pad, entry: &gst::Pad) {
    let (after, entry) = (after.clone(), entry.clone());
    before.add_probe(gst::PadProbeType::IDLE, move |before, _| {
        let changed = before.unlink(&entry).is_ok() && after.link(&entry).is_ok();
        if !changed {
            tracing::warn!("the sound was not changed");
        }
        gst::PadProbeReturn::Remove
    });
}

/// Whether both are coded alike, so that one chain plays both.
fn are_alike(first: &gst::Pad, other: &gst::Pad) -> bool {
    let coding = |pad: &gst::Pad| {
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let structure = caps.structure(0)?;
        Some((structure.name().to_string(), structure.get::<i32>("mpegversion").ok()))
    };
    coding(first) == coding(other)
}

fn parser(caps: &gst::Caps) -> Option<&'static str> {
    let structure = caps.structure(0)?;
    match (structure.name().as_str(), structure.get::<i32>("mpegversion")) {
        ("audio/mpeg", Ok(1)) => Some("mpegaudioparse"),
        ("audio/mpeg", _) => Some("aacparse"),
        ("audio/x-ac3" | "audio/x-eac3", _) => Some("ac3parse"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(percent: u8, ducked: bool) -> f64 {
        Loudness { percent, muted: false, ducked }.gain()
    }

    #[test]
    fn speech_lowers_the_programme() {
        assert!((gain(100, false) - 1.0).abs() < 1e-9);
        assert!((gain(50, false) - 0.125).abs() < 1e-9);
        assert!((gain(50, true) - 0.025).abs() < 1e-9);
        assert!((gain(200, false) - 1.0).abs() < 1e-9, "never louder than the programme");
    }
}
