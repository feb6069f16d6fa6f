//! Time comes in as an argument, twice: a clock that only runs forward and a clock on the wall.

use evacuation::order::UnixMillis;

use crate::phrase::{Phrase, say};

/// The moment of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the box started; every deadline counts on this clock.
    pub monotonic_ms: u64,
    /// Unix milliseconds, UTC.
    pub wall_ms: i64,
    /// Whether the wall clock was set from a trustworthy source since the box started.
    pub wall_trusted: bool,
}

/// Japan has one offset from UTC and no summer time.
const JAPAN_OFFSET_MS: i64 = 9 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

impl Now {
    /// Days since 1970 by the calendar in Japan.
    pub fn day_in_japan(self) -> i64 {
        (self.wall_ms.saturating_add(JAPAN_OFFSET_MS)).div_euclid(DAY_MS)
    }
}

/// Clock time in Japan as it is shown: `9:05`.
pub(crate) fn clock_in_japan(at: UnixMillis) -> String {
    let (hour, minute) = hour_and_minute(at);
    format!("{hour}:{minute:02}")
}

/// By when to leave, as it is shown and spoken.
pub(crate) fn leave_by(at: UnixMillis) -> Phrase {
    let (hour, minute) = hour_and_minute(at);
    say::leave_by(&clock_in_japan(at), hour, minute)
}

/// Hour and minute in Japan.
pub(crate) fn hour_and_minute_in_japan(at_ms: i64) -> (i64, i64) {
    hour_and_minute(UnixMillis(at_ms))
}

fn hour_and_minute(at: UnixMillis) -> (i64, i64) {
    let minutes = minute_of_day_in_japan(at.0);
    (minutes / 60, minutes % 60)
}

/// Minutes after midnight in Japan.
pub(crate) fn minute_of_day_in_japan(at_ms: i64) -> i64 {
    at_ms.saturating_add(JAPAN_OFFSET_MS).rem_euclid(DAY_MS) / 60_000
}

/// Month and day in Japan as they are shown: 11 and 20.
pub(crate) fn date_in_japan(at_ms: i64) -> (i64, i64) {
    /// The calendar repeats after 400 years.
    const CYCLE_DAYS: i64 = 146_097;
    let mut days = at_ms.saturating_add(JAPAN_OFFSET_MS).div_euclid(DAY_MS).rem_euclid(CYCLE_DAYS);
    let mut year = 1970;
    while days >= days_of_year(year) {
        days -= days_of_year(year);
        year += 1;
    }
    let mut month = 1;
    while days >= days_of_month(year, month) {
        days -= days_of_month(year, month);
        month += 1;
    }
    (month, days + 1)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_year(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(at_ms: i64, date: (i64, i64), clock: &str) {
        assert_eq!(date_in_japan(at_ms), date);
        assert_eq!(clock_in_japan(UnixMillis(at_ms)), clock);
    }

    #[test]
    fn wall_time_is_told_as_in_japan() {
        check(0, (1, 1), "9:00");
        check(1_709_218_800_000, (3, 1), "0:00");
        check(1_709_218_799_999, (2, 29), "23:59");
        check(1_795_132_800_000, (11, 20), "9:00");
    }

    #[test]
    fn a_clock_at_its_limits_does_not_break_anything() {
        for wall_ms in [i64::MIN, i64::MAX] {
            let now = Now { monotonic_ms: 0, wall_ms, wall_trusted: false };
            now.day_in_japan();
            clock_in_japan(UnixMillis(wall_ms));
            let (month, day) = date_in_japan(wall_ms);
            assert!((1..=12).contains(&month) && (1..=31).contains(&day));
        }
    }
}
