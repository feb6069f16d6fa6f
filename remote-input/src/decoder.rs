//! Raw events to keys: what repeats, what bounces, what came too late.
//!
//! Pure: the time of reading comes in with each event. One decoder serves one device.

use std::collections::HashMap;

use stb_core::key::{KeyAction, RemoteKey};

use crate::{keymap::Keymap, recording::RawEvent};

const TYPE_SYN: u16 = 0;
const TYPE_KEY: u16 = 1;
const SYN_REPORT: u16 = 0;
const SYN_DROPPED: u16 = 3;
const RELEASED: i32 = 0;
const PRESSED: i32 = 1;
const REPEATED: i32 = 2;

/// More keys cannot be held on a remote; beyond this the device is broken and starts afresh.
const HELD_MAX: usize = 64;

/// Times of the rules. The defaults suit slow hands (`docs/decisions` and the design's key rules).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// An event older than this when it is read is dropped: the screen has moved on since.
    pub stale_us: u64,
    /// The same key again within this time is the same press.
    pub debounce_us: u64,
    /// A held key repeats after this time...
    pub repeat_delay_us: u64,
    /// ...and then no faster than this, whatever the kernel does.
    pub repeat_interval_us: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            stale_us: 300_000,
            debounce_us: 150_000,
            repeat_delay_us: 600_000,
            repeat_interval_us: 200_000,
        }
    }
}

/// One key as it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// Which.
    pub key: RemoteKey,
    /// How.
    pub action: KeyAction,
    /// When it happened, on the clock of the events.
    pub time_us: u64,
}

/// Decoder of one device.
#[derive(Debug)]
pub struct Decoder {
    keymap: Keymap,
    rules: Rules,
    /// Codes that are down, with the time from which the next repeat counts.
    held: HashMap<u16, u64>,
    last_press: Option<(RemoteKey, u64)>,
    /// Events were lost; everything up to the next report is a fragment.
    dropped: bool,
}

impl Decoder {
    /// A decoder with nothing held.
    pub fn new(keymap: Keymap, rules: Rules) -> Self {
        Self { keymap, rules, held: HashMap::new(), last_press: None, dropped: false }
    }

    /// Takes one event; `read_at_us` is the time of reading on the events' clock.
    pub fn decode(&mut self, event: RawEvent, read_at_us: u64) -> Option<Decoded> {
        if event.kind == TYPE_SYN {
            self.synchronise(event.code);
            return None;
        }
        if event.kind != TYPE_KEY || self.dropped {
            return None;
        }
        let key = self.keymap.key(event.code)?;
        let action = match event.value {
            PRESSED => self.press(key, event),
            REPEATED => self.repeat(key, event),
            RELEASED => {
                self.held.remove(&event.code);
                None
            }
            _ => None,
        }?;
        let age_us = read_at_us.saturating_sub(event.time_us);
        (age_us <= self.rules.stale_us).then_some(Decoded { key, action, time_us: event.time_us })
    }

    /// After `SYN_DROPPED` the kernel's state is unknown: keys count as released, so that a held
    /// key can neither repeat for ever nor be taken for a new press.
    fn synchronise(&mut self, code: u16) {
        match code {
            SYN_DROPPED => {
                self.dropped = true;
                self.held.clear();
            }
            SYN_REPORT => self.dropped = false,
            _ => {}
        }
    }

    fn press(&mut self, key: RemoteKey, event: RawEvent) -> Option<KeyAction> {
        if self.held.len() >= HELD_MAX {
            self.held.clear();
        }
        self.held.insert(event.code, event.time_us.saturating_add(self.rules.repeat_delay_us));
        // A clock set back makes the last press lie in the future; then nothing bounces.
        let bounced = self.last_press.is_some_and(|(last, at_us)| {
            last == key
                && event.time_us.checked_sub(at_us).is_some_and(|gap| gap < self.rules.debounce_us)
        });
        if bounced {
            return None;
        }
        self.last_press = Some((key, event.time_us));
        Some(KeyAction::Pressed)
    }

    fn repeat(&mut self, key: RemoteKey, event: RawEvent) -> Option<KeyAction> {
        let next_us = self.held.get_mut(&event.code)?;
        if !key.repeats() || event.time_us < *next_us {
            return None;
        }
        *next_us = event.time_us.saturating_add(self.rules.repeat_interval_us);
        Some(KeyAction::Repeated)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recording::{self, Recorded};

    fn decoded(stream: &str) -> Vec<Decoded> {
        let mut decoder = Decoder::new(Keymap::default(), Rules::default());
        let recorded = recording::parse(stream).expect("a valid stream");
        recorded.iter().filter_map(|one| decoder.decode(one.event, one.read_at_us)).collect()
    }

    #[track_caller]
    fn check(stream: &str, expected: &[&str]) {
        let keys: Vec<_> = decoded(stream)
            .iter()
            .map(|one| format!("{} {:?} {:?}", one.time_us / 1_000, one.key, one.action))
            .collect();
        assert_eq!(keys, expected);
    }

    #[test]
    fn a_press_counts_once_and_its_release_not_at_all() {
        check(
            "1000000 4 4 65600\n1000000 1 352 1\n1000000 0 0 0\n1090000 1 352 0\n1090000 0 0 0",
            &["1000 Confirm Pressed"],
        );
    }

    #[test]
    fn arrows_repeat_at_a_pace_for_slow_hands() {
        // The kernel's own pace: after 250 ms every 33 ms.
        let repeats: Vec<_> =
            (0..30).map(|step| format!("{} 1 108 2", 250_000 + step * 33_000)).collect();
        let stream = format!("0 1 108 1\n{}", repeats.join("\n"));
        check(
            &stream,
            &["0 Down Pressed", "613 Down Repeated", "844 Down Repeated", "1075 Down Repeated"],
        );
    }

    #[test]
    fn confirm_back_and_digits_never_repeat() {
        for code in [352, 28, 158, 1, 174, 513] {
            let keys = decoded(&format!("0 1 {code} 1\n800000 1 {code} 2\n1600000 1 {code} 2\n"));
            assert_eq!(keys.len(), 1, "code {code}");
        }
    }

    #[test]
    fn a_bouncing_key_is_one_press() {
        check(
            "0 1 352 1\n40000 1 352 0\n90000 1 352 1\n120000 1 352 0\n160000 1 352 1",
            &["0 Confirm Pressed", "160 Confirm Pressed"],
        );
        // Two codes for one key bounce as well; two keys do not.
        check("0 1 352 1\n50000 1 28 1", &["0 Confirm Pressed"]);
        check("0 1 513 1\n50000 1 514 1", &["0 Digit(1) Pressed", "50 Digit(2) Pressed"]);
    }

    #[test]
    fn what_was_pressed_long_before_it_is_read_is_dropped() {
        check(
            "0 1 352 1 299000\n400000 1 352 0 450000\n500000 1 352 1 801000",
            &["0 Confirm Pressed"],
        );
        check("0 1 108 1 900000\n650000 1 108 2 900000", &["650 Down Repeated"]);
    }

    #[test]
    fn lost_events_let_go_of_every_key() {
        let stream = "0 1 108 1\n0 0 0 0\n10000 0 3 0\n20000 1 352 1\n20000 0 0 0\n\
                      700000 1 108 2\n700000 0 0 0\n800000 1 103 1\n800000 0 0 0";
        check(stream, &["0 Down Pressed", "800 Up Pressed"]);
    }

    #[test]
    fn a_clock_set_back_does_not_swallow_keys() {
        check("900000000 1 352 1\n1000 1 352 1", &["900000 Confirm Pressed", "1 Confirm Pressed"]);
    }

    #[test]
    fn unknown_codes_and_values_say_nothing() {
        check("0 1 30 1\n0 1 352 7\n0 2 0 5\n0 1 108 2", &[]);
    }

    fn any_event() -> impl Strategy<Value = Recorded> {
        let codes = prop_oneof![Just(352_u16), Just(158), Just(108), Just(0x192), 0..0x300_u16];
        (0..5_000_000_u64, 0..4_u16, codes, -1..4_i32, 0..600_000_u64).prop_map(
            |(time_us, kind, code, value, delay_us)| Recorded {
                event: RawEvent { time_us, kind, code, value },
                read_at_us: time_us + delay_us,
            },
        )
    }

    proptest! {
        #[test]
        fn the_rules_hold_for_any_stream(
            mut stream in prop::collection::vec(any_event(), 0..200),
        ) {
            stream.sort_by_key(|one| one.event.time_us);
            let mut decoder = Decoder::new(Keymap::default(), Rules::default());
            let keymap = Keymap::default();
            let mut last: Option<(RemoteKey, u64)> = None;
            for one in stream {
                let touched = (one.event.kind == TYPE_KEY && one.event.value == PRESSED)
                    .then(|| keymap.key(one.event.code))
                    .flatten();
                // Another key in between, even one read too late, makes a quick press a new one.
                last = last.filter(|(before, _)| touched.is_none_or(|key| key == *before));
                let Some(key) = decoder.decode(one.event, one.read_at_us) else { continue };
                prop_assert!(one.read_at_us - key.time_us <= 300_000);
                match key.action {
                    KeyAction::Repeated => prop_assert!(key.key.repeats()),
                    KeyAction::Pressed => {
                        if let Some((_, before)) = last.replace((key.key, key.time_us)) {
                            prop_assert!(key.time_us - before >= 150_000);
                        }
                    }
                }
            }
        }
    }
}
