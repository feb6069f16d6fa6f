//! Who is offered an image, and when it is paused; pure.
//!
//! A box's turn comes from a hash of its id and of the bundle: it stays the same while the share grows, and it
//! is not always the same homes that go first.

use gateway_api::update::BundleId;

use crate::encoding::sha256;

/// So many of a hundred boxes; steps of a rollout.
pub const STEPS: [u32; 4] = [0, 1, 10, 100];
/// One failure among so many settled boxes pauses a rollout: a pause costs a look, a bad image costs homes.
const ONE_FAILURE_IN: u32 = 10;
const TURNS: u64 = 10_000;

/// The step that somebody wrote; none for anything else, and for nobody at all.
pub fn step(text: &str) -> Option<u32> {
    let percent: u32 = text.parse().ok()?;
    STEPS.into_iter().find(|step| *step == percent && percent > 0)
}

/// The next larger step, when there is one.
pub fn next(percent: u32) -> Option<u32> {
    STEPS.into_iter().find(|step| *step > percent)
}

/// The steps that can be asked for, for people to read.
pub fn steps() -> String {
    let [_, others @ .., last] = STEPS.map(|step| step.to_string());
    format!("{} or {last}", others.join(", "))
}

/// A box's place in the order of a rollout, 0 to 9,999.
pub fn turn(device_id: &str, bundle: BundleId) -> u32 {
    let mut text = bundle.to_string().into_bytes();
    text.extend_from_slice(device_id.as_bytes());
    let digest = sha256(&text);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u32::try_from(u64::from_be_bytes(first) % TURNS).unwrap_or(0)
}

/// Whether a box is among the first `percent` of a hundred.
pub fn is_among(device_id: &str, bundle: BundleId, percent: u32) -> bool {
    turn(device_id, bundle) < percent.saturating_mul(100)
}

/// What became of an image so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Boxes that are busy with it.
    pub going: u32,
    /// Boxes on which it works.
    pub good: u32,
    /// Boxes that refused it or went back.
    pub failed: u32,
}

/// Whether so many boxes failed that nobody else should be offered it.
pub const fn must_pause(tally: Tally) -> bool {
    let settled = tally.good.saturating_add(tally.failed);
    tally.failed > 0 && tally.failed.saturating_mul(ONE_FAILURE_IN) >= settled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_rollout_has_a_few_steps() {
        assert_eq!(["1", "10", "100"].map(step), [Some(1), Some(10), Some(100)]);
        for wrong in ["", "0", "-1", "7", "101", "1 0", "ten"] {
            assert_eq!(step(wrong), None, "{wrong}");
        }
        assert_eq!([0, 1, 10, 100].map(next), [Some(1), Some(10), Some(100), None]);
        assert_eq!(steps(), "1, 10 or 100");
    }

    #[test]
    fn shares_are_about_what_they_say() {
        let bundle = BundleId([3; 32]);
        for percent in [1, 10, 100] {
            let chosen = (0..50_000_u32)
                .filter(|number| is_among(&format!("{number:032x}"), bundle, percent))
                .count();
            let expected = 500 * percent as usize;
            assert!(chosen.abs_diff(expected) * 10 <= expected * 2, "{percent} %: {chosen}");
        }
    }

    #[test]
    fn another_image_begins_with_other_homes() {
        let first = |bundle: u8| -> Vec<u32> {
            let bundle = BundleId([bundle; 32]);
            (0..10_000).filter(|number| is_among(&format!("{number}"), bundle, 1)).collect()
        };
        let (one, other) = (first(1), first(2));
        let shared = one.iter().filter(|number| other.contains(number)).count();
        assert!(shared * 5 < one.len(), "{shared} of {}", one.len());
    }

    #[track_caller]
    fn check(good: u32, failed: u32, expected: bool) {
        assert_eq!(must_pause(Tally { going: 9, good, failed }), expected, "{good} {failed}");
    }

    #[test]
    fn a_tenth_of_failures_pauses() {
        check(0, 0, false);
        check(500, 0, false);
        check(0, 1, true);
        check(9, 1, true);
        check(10, 1, false);
        check(90, 10, true);
        check(91, 10, false);
        check(u32::MAX, 1, false);
    }

    proptest! {
        #[test]
        fn who_was_among_few_is_among_more(device in "[0-9a-f]{1,32}", id: [u8; 32]) {
            let bundle = BundleId(id);
            let mut before = false;
            for percent in STEPS {
                let now = is_among(&device, bundle, percent);
                prop_assert!(now || !before, "once offered, always offered");
                before = now;
            }
            prop_assert!(before, "a hundred of a hundred is everybody");
            prop_assert!(!is_among(&device, bundle, 0));
        }

        #[test]
        fn more_good_boxes_never_pause(good in 0_u32..100_000, failed in 0_u32..1_000) {
            if !must_pause(Tally { going: 0, good, failed }) {
                let more = Tally { going: 0, good: good + 1, failed };
                prop_assert!(!must_pause(more));
            }
        }
    }
}
