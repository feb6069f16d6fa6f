//! By when to have left.

use crate::{
    hazard::Level,
    order::{Order, UnixMillis},
};

const MINUTE_MS: i64 = 60 * 1_000;
/// Those who need time shall have arrived this long after a level-3 order.
const ARRIVAL_MS: i64 = 60 * MINUTE_MS;
/// Without a known distance the way is taken to last this long.
const UNKNOWN_WAY_MS: i64 = 30 * MINUTE_MS;
/// Milliseconds for a straight metre: half a metre a second, and a way 1.3 times as long.
const MS_PER_METRE: i64 = 2_600;
/// Times are told in such steps, rounded down.
const STEP_MS: i64 = 5 * MINUTE_MS;

/// By when those who need time shall have left after a level-3 order: in time to arrive within an
/// hour of the issue at the pace of a slow walker. None, which means "now", at every other level, or
/// when the way is so long that this was before the issue.
pub(super) fn leave_by(order: &Order, distance_m: Option<u32>) -> Option<UnixMillis> {
    if order.level != Some(Level::Three) {
        return None;
    }
    let way = distance_m.map_or(UNKNOWN_WAY_MS, |metres| i64::from(metres) * MS_PER_METRE);
    let latest = order.issued_at.0.saturating_add(ARRIVAL_MS - way);
    let rounded = latest - latest.rem_euclid(STEP_MS);
    (rounded > order.issued_at.0).then_some(UnixMillis(rounded))
}
