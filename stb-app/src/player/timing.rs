//! When pictures and sound are due.
//!
//! The first picture is shown the moment it is decoded. From then on everything follows the
//! stream's own times, moved by one offset: so late that what arrives is always early enough by a
//! margin, and no later. A channel from the ring has its margin already and goes on at once; an
//! uncached one holds its first picture for a moment.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gst::{glib, prelude::*};

use super::PlayerError;

/// Sound further from the picture than this has a wrong time and is not waited for.
const PLAUSIBLE: i64 = 5_000_000_000;

/// Shared by the streams of one pipeline. All times are nanoseconds of running time.
pub(super) struct Timing {
    margin: i64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Latest picture and sound behind the demultiplexer.
    video_edge: Option<i64>,
    sound_edge: Option<i64>,
    /// Added to every due time, once the first picture was there.
    offset: Option<i64>,
    sinks: Vec<glib::WeakRef<gst::Element>>,
}

impl Timing {
    pub(super) fn new(margin: Duration) -> Self {
        let margin = i64::try_from(margin.as_nanos()).unwrap_or(i64::MAX / 4);
        Self { margin, state: Mutex::default() }
    }

    /// Follows the picture from `entry`, the pad behind the demultiplexer, to its sink.
    /// `first` is called when the first picture reaches the sink.
    pub(super) fn watch_video(
        self: &Arc<Self>,
        pipeline: &gst::Pipeline,
        entry: &gst::Pad,
        sink: &gst::Element,
        first: impl Fn() + Send + Sync + 'static,
    ) -> Result<(), PlayerError> {
        self.state().sinks.push(sink.downgrade());
        let timing = self.clone();
        each_buffer(entry, move |at| timing.state().video_edge = Some(at));
        let (timing, pipeline) = (self.clone(), pipeline.downgrade());
        let pad = sink.static_pad("sink").ok_or(PlayerError::NoDecoder)?;
        pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
            if let (Some(due), Some(now)) = (running_time(pad, info), now(&pipeline)) {
                timing.begin(now, due);
            }
            first();
            gst::PadProbeReturn::Remove
        });
        Ok(())
    }

    /// Follows the sound from `entry`, the pad behind the demultiplexer, to its sink.
    pub(super) fn watch_sound(
        self: &Arc<Self>,
        pipeline: &gst::Pipeline,
        entry: &gst::Pad,
        sink: &gst::Element,
    ) {
        let mut state = self.state();
        state.sinks.push(sink.downgrade());
        state.apply();
        drop(state);
        let (timing, pipeline) = (self.clone(), pipeline.downgrade());
        each_buffer(entry, move |at| {
            let mut state = timing.state();
            let is_first = state.sound_edge.replace(at).is_none();
            if let Some(now) = now(&pipeline).filter(|_| is_first) {
                state.wait_for_late_sound(now, timing.margin);
            }
        });
    }

    fn begin(&self, now: i64, due: i64) {
        let mut state = self.state();
        state.offset = Some(first_offset(now, due, state.ready(due), self.margin));
        state.apply();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Up to when both picture and sound have arrived.
    fn ready(&self, due: i64) -> i64 {
        let video = self.video_edge.unwrap_or(due);
        self.sound_edge.filter(|sound| plausible(*sound, video)).map_or(video, |s| s.min(video))
    }

    /// Sound that appears after the picture went on may need more time than the picture left.
    fn wait_for_late_sound(&mut self, now: i64, margin: i64) {
        let (Some(offset), Some(sound)) = (self.offset, self.sound_edge) else { return };
        if !self.video_edge.is_some_and(|video| plausible(sound, video)) {
            return;
        }
        let wanted = now.saturating_add(margin).saturating_sub(sound);
        if wanted > offset {
            self.offset = Some(wanted);
            self.apply();
        }
    }

    fn apply(&self) {
        let Some(offset) = self.offset else { return };
        for sink in self.sinks.iter().filter_map(glib::WeakRef::upgrade) {
            sink.set_property("ts-offset", offset);
        }
    }
}

fn plausible(sound: i64, video: i64) -> bool {
    sound.saturating_sub(video).abs() < PLAUSIBLE
}

/// The picture due at `due` is shown at `now`; the next ones follow at their distance as soon as
/// what is `ready` lasts for the margin.
fn first_offset(now: i64, due: i64, ready: i64, margin: i64) -> i64 {
    let at_once = now.saturating_sub(due);
    let with_margin = now.saturating_add(margin).saturating_sub(ready);
    at_once.max(with_margin)
}

fn now(pipeline: &glib::WeakRef<gst::Pipeline>) -> Option<i64> {
    let time = pipeline.upgrade()?.current_running_time()?;
    i64::try_from(time.nseconds()).ok()
}

fn running_time(pad: &gst::Pad, info: &gst::PadProbeInfo<'_>) -> Option<i64> {
    let pts = info.buffer()?.pts()?;
    let segment = pad.sticky_event::<gst::event::Segment>(0)?;
    let running = segment.segment().downcast_ref::<gst::ClockTime>()?.to_running_time(pts)?;
    i64::try_from(running.nseconds()).ok()
}

fn each_buffer(pad: &gst::Pad, act: impl Fn(i64) + Send + Sync + 'static) {
    pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
        if let Some(at) = running_time(pad, info) {
            act(at);
        }
        gst::PadProbeReturn::Ok
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cached_channel_goes_on_at_once() {
        assert_eq!(first_offset(100, 40, 900, 250), 60);
    }

    #[test]
    fn an_uncached_channel_waits_for_its_margin() {
        let offset = first_offset(100, 40, 80, 250);
        assert_eq!(80 + offset, 100 + 250, "what is ready lasts for the margin");
    }

    #[test]
    fn late_sound_moves_both() {
        let mut state = State { video_edge: Some(1000), offset: Some(50), ..State::default() };
        state.sound_edge = Some(600);
        state.wait_for_late_sound(700, 250);
        assert_eq!(state.offset, Some(350));
        state.sound_edge = Some(2000);
        state.wait_for_late_sound(700, 250);
        assert_eq!(state.offset, Some(350), "early sound moves nothing");
    }

    #[test]
    fn sound_with_a_wrong_time_is_not_waited_for() {
        let mut state = State { video_edge: Some(2 * PLAUSIBLE), ..State::default() };
        state.sound_edge = Some(0);
        assert_eq!(state.ready(0), 2 * PLAUSIBLE);
        state.offset = Some(50);
        state.wait_for_late_sound(100, 250);
        assert_eq!(state.offset, Some(50));
    }
}
