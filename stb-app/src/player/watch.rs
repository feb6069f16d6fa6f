//! Decides how the tuned channel does, and what to try when it does not do well.
//!
//! Pure: looks at observations, keeps no clock and touches no pipeline.

use std::time::Duration;

use stb_core::event::PlayerState;

/// Silence after which there is no signal.
const SILENCE: Duration = Duration::from_secs(1);
/// Time with packets but without a new picture after which the pipeline is built anew.
const STALL: Duration = Duration::from_secs(3);
/// Sound that does not begin within this time is not waited for.
const SOUND_GRACE: Duration = Duration::from_secs(2);
/// Least time between two pipelines after errors.
const ERROR_PAUSE: Duration = Duration::from_secs(1);
/// Waits before joining again; the last one repeats.
const REJOIN_SECONDS: [u64; 4] = [1, 2, 5, 10];

/// Whether this box can show the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    /// The tables have not been seen.
    Unknown,
    /// There is a decoder.
    Yes,
    /// No picture, no decoder, or encrypted.
    No,
}

/// The tuned channel at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observation {
    /// Arrival of the last packet.
    pub(crate) last_packet: Option<Duration>,
    /// Pictures shown since the pipeline was built.
    pub(crate) rendered: u64,
    /// Sound runs, or there is none.
    pub(crate) sound_settled: bool,
    /// Whether this box can show it.
    pub(crate) support: Support,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Say that the channel does so.
    Tell(PlayerState),
    /// Leave the multicast group and join it again.
    Rejoin,
    /// Build the pipeline anew; the count of pictures begins at 0.
    Rebuild,
}

/// Watches one tuned channel.
#[derive(Debug)]
pub(crate) struct Watch {
    state: PlayerState,
    tuned: Duration,
    /// Beginning of the present state.
    since: Duration,
    rendered: u64,
    /// When the count of pictures last grew, or a pipeline was built.
    progress: Duration,
    rejoins: usize,
    rejoin_at: Duration,
    broken: bool,
    /// There was a picture since it was tuned: the channel can be shown.
    had_picture: bool,
    /// The latest picture, or when the signal came back.
    waits_since: Duration,
}

impl Watch {
    /// A channel tuned just now. Its state is `Tuning`.
    pub(crate) fn new(now: Duration) -> Self {
        Self {
            state: PlayerState::Tuning,
            tuned: now,
            since: now,
            rendered: 0,
            progress: now,
            rejoins: 0,
            rejoin_at: now,
            broken: false,
            had_picture: false,
            waits_since: now,
        }
    }

    /// For how long packets came without a picture, on a channel that had one. No signal is no stall, and a
    /// channel that never had a picture is the sender's fault.
    pub(crate) fn stalled(&self, now: Duration) -> Duration {
        if self.had_picture { now.saturating_sub(self.waits_since) } else { Duration::ZERO }
    }

    /// How the channel does.
    pub(crate) const fn state(&self) -> PlayerState {
        self.state
    }

    /// The pipeline reported an error.
    pub(crate) fn pipeline_broke(&mut self) {
        self.broken = true;
    }

    /// Looks at the channel and says what to do.
    pub(crate) fn observe(&mut self, now: Duration, seen: &Observation) -> Vec<Step> {
        let mut steps = Vec::new();
        if now.saturating_sub(seen.last_packet.unwrap_or_default().max(self.tuned)) >= SILENCE {
            self.waits_since = now;
            self.stay_silent(now, &mut steps);
        } else if seen.support == Support::No {
            self.waits_since = now;
            self.enter(PlayerState::Unsupported, now, &mut steps);
        } else if matches!(self.state, PlayerState::NoSignal | PlayerState::Unsupported) {
            self.enter(PlayerState::Tuning, now, &mut steps);
            self.rebuild(now, &mut steps);
        } else {
            self.follow_pictures(now, seen, &mut steps);
        }
        steps
    }

    fn stay_silent(&mut self, now: Duration, steps: &mut Vec<Step>) {
        if self.state != PlayerState::NoSignal {
            self.rejoins = 0;
            self.enter(PlayerState::NoSignal, now, steps);
        } else if now >= self.rejoin_at {
            steps.push(Step::Rejoin);
            self.rejoins += 1;
        } else {
            return;
        }
        let wait = REJOIN_SECONDS[self.rejoins.min(REJOIN_SECONDS.len() - 1)];
        self.rejoin_at = now + Duration::from_secs(wait);
    }

    fn follow_pictures(&mut self, now: Duration, seen: &Observation, steps: &mut Vec<Step>) {
        let waited = now.saturating_sub(self.progress);
        if self.broken && waited >= ERROR_PAUSE {
            self.enter(PlayerState::Recovering, now, steps);
            self.rebuild(now, steps);
        } else if seen.rendered > self.rendered {
            self.rendered = seen.rendered;
            self.progress = now;
            self.had_picture = true;
            self.waits_since = now;
            self.show(now, seen, steps);
        } else if waited >= STALL {
            self.enter(PlayerState::Recovering, now, steps);
            self.rebuild(now, steps);
        }
    }

    fn show(&mut self, now: Duration, seen: &Observation, steps: &mut Vec<Step>) {
        let settled = seen.sound_settled || now.saturating_sub(self.since) >= SOUND_GRACE;
        match self.state {
            PlayerState::Tuning | PlayerState::Recovering => {
                self.enter(PlayerState::FirstPicture, now, steps);
            }
            PlayerState::FirstPicture if seen.rendered > 1 && settled => {
                self.enter(PlayerState::Playing, now, steps);
            }
            _ => {}
        }
    }

    fn rebuild(&mut self, now: Duration, steps: &mut Vec<Step>) {
        self.rendered = 0;
        self.progress = now;
        self.broken = false;
        steps.push(Step::Rebuild);
    }

    fn enter(&mut self, state: PlayerState, now: Duration, steps: &mut Vec<Step>) {
        if self.state != state {
            self.state = state;
            self.since = now;
            steps.push(Step::Tell(state));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    /// Observes every 100 ms from 0 to `end`; `channel` says how it does at each time.
    fn run(end: u64, channel: impl Fn(u64, u64) -> Observation) -> Vec<(u64, Step)> {
        let mut watch = Watch::new(Duration::ZERO);
        let mut built = 0;
        let mut steps = Vec::new();
        for now in (0..=end).step_by(100) {
            for step in watch.observe(MS(now), &channel(now, now - built)) {
                if step == Step::Rebuild {
                    built = now;
                }
                steps.push((now, step));
            }
        }
        steps
    }

    fn good(now: u64, since_built: u64) -> Observation {
        Observation {
            last_packet: Some(MS(now)),
            rendered: since_built / 40,
            sound_settled: since_built >= 300,
            support: Support::Yes,
        }
    }

    #[test]
    fn a_good_channel_shows_and_then_sounds() {
        let wanted =
            [(100, Step::Tell(PlayerState::FirstPicture)), (300, Step::Tell(PlayerState::Playing))];
        assert_eq!(run(10_000, good), wanted);
    }

    #[test]
    fn a_silent_channel_is_joined_again_ever_more_rarely() {
        let silent = |_, _| Observation {
            last_packet: None,
            rendered: 0,
            sound_settled: false,
            support: Support::Unknown,
        };
        let mut wanted = vec![(1000, Step::Tell(PlayerState::NoSignal))];
        wanted.extend([2000, 4000, 9000, 19_000, 29_000].map(|at| (at, Step::Rejoin)));
        assert_eq!(run(30_000, silent), wanted);
    }

    #[test]
    fn a_signal_that_comes_back_is_shown_again() {
        let pause = |now: u64, since: u64| Observation {
            last_packet: Some(MS(if (2000..5000).contains(&now) { 1900 } else { now })),
            ..good(now, since)
        };
        let wanted = [
            (100, Step::Tell(PlayerState::FirstPicture)),
            (300, Step::Tell(PlayerState::Playing)),
            (2900, Step::Tell(PlayerState::NoSignal)),
            (3900, Step::Rejoin),
            (5000, Step::Tell(PlayerState::Tuning)),
            (5000, Step::Rebuild),
            (5100, Step::Tell(PlayerState::FirstPicture)),
            (5300, Step::Tell(PlayerState::Playing)),
        ];
        assert_eq!(run(8000, pause), wanted);
    }

    #[test]
    fn packets_without_pictures_make_a_new_pipeline() {
        let stuck = |now: u64, since: u64| Observation { rendered: 0, ..good(now, since) };
        let wanted = [
            (3000, Step::Tell(PlayerState::Recovering)),
            (3000, Step::Rebuild),
            (6000, Step::Rebuild),
        ];
        assert_eq!(run(8000, stuck), wanted);
    }

    /// The longest stall while the channel did so.
    fn longest_stall(channel: impl Fn(u64, u64) -> Observation) -> Duration {
        let mut watch = Watch::new(Duration::ZERO);
        let mut built = 0;
        let mut longest = Duration::ZERO;
        for now in (0..=60_000).step_by(100) {
            if watch.observe(MS(now), &channel(now, now - built)).contains(&Step::Rebuild) {
                built = now;
            }
            longest = longest.max(watch.stalled(MS(now)));
        }
        longest
    }

    #[test]
    fn only_a_channel_that_had_a_picture_and_has_signal_can_stall() {
        assert!(longest_stall(good) <= MS(100));
        let freezes = |now: u64, since: u64| Observation {
            rendered: now.min(5_000).saturating_sub(now - since) / 40,
            ..good(now, since)
        };
        assert_eq!(longest_stall(freezes), MS(55_000));
        let never = |now, since| Observation { rendered: 0, ..good(now, since) };
        assert_eq!(longest_stall(never), MS(0));
        let silent = |now: u64, since| Observation {
            last_packet: Some(MS(now.min(5_000))),
            ..freezes(now, since)
        };
        assert!(longest_stall(silent) < SILENCE, "until the silence is noticed");
        let back = |now, since| if now < 50_000 { silent(now, since) } else { freezes(now, since) };
        assert_eq!(longest_stall(back), MS(10_100), "the signal is back and the picture is not");
    }

    #[test]
    fn an_error_is_answered_at_most_once_a_second() {
        let mut watch = Watch::new(Duration::ZERO);
        let mut rebuilt = Vec::new();
        for now in (0..3500).step_by(100) {
            watch.pipeline_broke();
            let steps = watch.observe(MS(now), &Observation { rendered: 0, ..good(now, 0) });
            rebuilt.extend(steps.contains(&Step::Rebuild).then_some(now));
        }
        assert_eq!(rebuilt, [1000, 2000, 3000]);
    }

    #[test]
    fn missing_sound_is_not_waited_for_forever() {
        let mute = |now, since| Observation { sound_settled: false, ..good(now, since) };
        assert_eq!(run(4000, mute)[1], (2100, Step::Tell(PlayerState::Playing)));
    }

    #[test]
    fn what_cannot_be_shown_is_said_until_it_can() {
        let later = |now: u64, since| Observation {
            support: if now < 500 { Support::No } else { Support::Yes },
            ..good(now, since)
        };
        let wanted = [
            (0, Step::Tell(PlayerState::Unsupported)),
            (500, Step::Tell(PlayerState::Tuning)),
            (500, Step::Rebuild),
            (600, Step::Tell(PlayerState::FirstPicture)),
        ];
        assert_eq!(run(700, later), wanted);
    }

    proptest! {
        /// Whatever happens: every change is told once, and nothing is built or joined in a rush.
        #[test]
        fn never_hectic(world in prop::collection::vec((any::<bool>(), any::<bool>(), 0_u8..3, any::<bool>()), 1..300)) {
            let mut watch = Watch::new(Duration::ZERO);
            let (mut last_packet, mut rendered) = (None, 0);
            let (mut told, mut rebuilt, mut rejoined) = (PlayerState::Tuning, None, None);
            for (index, (packet, picture, support, broke)) in world.into_iter().enumerate() {
                let now = MS(index as u64 * 250);
                if packet { last_packet = Some(now); }
                if picture { rendered += 1; }
                if broke { watch.pipeline_broke(); }
                let support = [Support::Unknown, Support::Yes, Support::No][usize::from(support)];
                let seen = Observation { last_packet, rendered, sound_settled: picture, support };
                for step in watch.observe(now, &seen) {
                    match step {
                        Step::Tell(state) => {
                            prop_assert_ne!(state, told);
                            told = state;
                        }
                        Step::Rebuild => {
                            if let Some(before) = rebuilt.filter(|_| told == PlayerState::Recovering) {
                                prop_assert!(now.saturating_sub(before) >= ERROR_PAUSE);
                            }
                            (rebuilt, rendered) = (Some(now), 0);
                        }
                        Step::Rejoin => {
                            prop_assert_eq!(told, PlayerState::NoSignal);
                            prop_assert!(rejoined.is_none_or(|before| now.saturating_sub(before) >= MS(1000)));
                            rejoined = Some(now);
                        }
                    }
                }
                prop_assert_eq!(told, watch.state);
            }
        }
    }
}
