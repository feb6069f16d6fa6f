//! The four short sounds: move, edge, confirm, alert. Tones between 500 and 1000 Hz, which old ears
//! hear best.

use std::{
    io,
    sync::mpsc::{SyncSender, sync_channel},
    time::Duration,
};

use stb_core::effect::Cue;

use super::{
    Ended,
    audio::{Playback, Sound, prepare},
    supervise,
};

const RATE: u32 = 48_000;

/// A sound longer than this is stuck in the sound card.
const LONGEST: Duration = Duration::from_secs(4);

/// The alert is heard even where the short sounds are set to silence.
const ALERT_PERCENT_MIN: u8 = 60;

/// One tone: frequency in Hz (0 is a pause) and length in milliseconds.
type Tone = (f32, u32);

/// The sounds' end of the box.
#[derive(Debug, Clone)]
pub struct Cues(SyncSender<Cue>);

impl Cues {
    /// Starts with this loudness, 0-100.
    pub fn start(percent: u8) -> io::Result<Self> {
        // A sound that comes late is worse than none: while one plays, one more waits.
        let (cues, queue) = sync_channel(1);
        supervise("cue", move || {
            if let Err(error) = prepare() {
                tracing::warn!(%error, "no sound");
            }
            while let Ok(cue) = queue.recv() {
                play(cue, percent);
            }
            Ended::Finished
        })?;
        Ok(Self(cues))
    }

    /// Sounds, unless sounds already wait.
    pub fn sound(&self, cue: Cue) {
        if self.0.try_send(cue).is_err() {
            tracing::debug!(?cue, "sound left out");
        }
    }
}

fn play(cue: Cue, percent: u8) {
    let percent = if cue == Cue::Alert { percent.max(ALERT_PERCENT_MIN) } else { percent };
    if percent == 0 {
        return;
    }
    let sound = sound_of(tones(cue), f32::from(percent.min(100)) / 100.0);
    let ended = Playback::start(&sound).and_then(|playback| playback.wait(LONGEST));
    if let Err(error) = ended {
        tracing::debug!(%error, "sound not heard");
    }
}

fn tones(cue: Cue) -> &'static [Tone] {
    match cue {
        Cue::Move => &[(700.0, 35)],
        Cue::Edge => &[(500.0, 60)],
        Cue::Confirm => &[(700.0, 60), (930.0, 90)],
        Cue::Alert => &[
            (740.0, 280),
            (0.0, 60),
            (930.0, 280),
            (0.0, 60),
            (740.0, 280),
            (0.0, 60),
            (930.0, 420),
        ],
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "sample counts and amplitudes are far inside the range of both types"
)]
fn sound_of(tones: &[Tone], loudness: f32) -> Sound {
    let mut samples = Vec::new();
    for (frequency, length_ms) in tones {
        let count = RATE * length_ms / 1_000;
        for index in 0..count {
            let phase = index as f32 / RATE as f32 * frequency * std::f32::consts::TAU;
            let amplitude = phase.sin() * envelope(index, count) * loudness * 0.5;
            samples.extend(((amplitude * f32::from(i16::MAX)) as i16).to_le_bytes());
        }
    }
    Sound { samples, rate: RATE }
}

/// Fades in and out over 5 ms, so that a tone does not click.
#[expect(clippy::cast_precision_loss, reason = "sample counts are small")]
fn envelope(index: u32, count: u32) -> f32 {
    let fade = RATE / 200;
    let edge = index.min(count - 1 - index).min(fade);
    edge as f32 / fade as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sound_is_short_and_not_cut_off() {
        for cue in [Cue::Move, Cue::Edge, Cue::Confirm, Cue::Alert] {
            let sound = sound_of(tones(cue), 1.0);
            let longest_ms = if cue == Cue::Alert { 2_000 } else { 200 };
            assert!(sound.duration() <= Duration::from_millis(longest_ms), "{cue:?}");
            let loudest = sound
                .samples
                .chunks_exact(2)
                .map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs())
                .max();
            assert!(loudest.is_some_and(|peak| (10_000..20_000).contains(&peak)), "{cue:?}");
        }
    }
}
