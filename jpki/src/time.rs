//! Times as certificates and lists write them (RFC 5280, 4.1.2.5): always UTC, always to the second.

use crate::tlv::{self, Element, GENERALIZED_TIME, UTC_TIME};

const DAY_SECS: i64 = 86_400;
/// From this year on four digits are written.
const GENERALIZED_FROM_YEAR: i64 = 2050;

/// Unix seconds of a UTCTime or GeneralizedTime in its one DER form.
pub fn parse(element: &Element<'_>) -> Option<i64> {
    match (element.tag, element.value) {
        (UTC_TIME, text) => parse_utc(text.try_into().ok()?),
        (GENERALIZED_TIME, [year @ .., b'Z']) if year.len() == 14 => {
            from_parts(two(year)? * 100 + two(&year[2..])?, &year[4..])
        }
        _ => None,
    }
}

/// The thirteen bytes of a UTCTime. Lists hold millions of them, so its digits are read all at once.
pub(crate) fn parse_utc(text: &[u8; 13]) -> Option<i64> {
    let [digits @ .., b'Z'] = text else { return None };
    let (date, time) = digits.split_first_chunk::<8>()?;
    let [short, month, day, hour] = pairs(*date)?;
    if short >= 50 {
        return from_parts(1900 + i64::from(short), &digits[2..]);
    }
    let &[a, b, c, d] = time.first_chunk()?;
    let [minute, second, ..] = pairs([a, b, c, d, b'0', b'0', b'0', b'0'])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_of_this_century(short, month, day)?;
    let within = u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second);
    Some(SECS_TO_2000 + i64::from(days) * DAY_SECS + i64::from(within))
}

/// Four numbers of two digits each, by arithmetic on all eight bytes of a word.
fn pairs(digits: [u8; 8]) -> Option<[u8; 4]> {
    let values = u64::from_le_bytes(digits) ^ 0x3030_3030_3030_3030;
    // The first bit of a byte is set here when its value is above 9.
    let above_nine = values.wrapping_add(0x7676_7676_7676_7676) | values;
    if above_nine & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let [first, _, second, _, third, _, fourth, _] = (values * 10 + (values >> 8)).to_le_bytes();
    Some([first, second, third, fourth])
}

/// 2000-01-01, Unix seconds.
const SECS_TO_2000: i64 = 946_684_800;

/// Days since 2000-01-01 of a date in the years 2000 to 2049, in which every fourth year is a leap
/// year. Lists of millions of dates are read with this; [`days`] is the same for every year.
#[inline]
fn days_of_this_century(year: u8, month: u8, day: u8) -> Option<u32> {
    const LENGTHS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    const BEFORE: [u16; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let place = usize::from(month).checked_sub(1)?;
    let is_leap = year.is_multiple_of(4);
    let length = LENGTHS.get(place)? + u8::from(is_leap && month == 2);
    if day == 0 || day > length {
        return None;
    }
    let years = u32::from(year) * 365 + u32::from(year).div_ceil(4);
    let leap_day = u32::from(is_leap && month > 2);
    Some(years + u32::from(BEFORE[place]) + leap_day + u32::from(day) - 1)
}

/// The same way back; none for years beyond 9999 or before 1950.
pub fn encode(unix_secs: i64) -> Option<Vec<u8>> {
    let (year, month, day) = civil(unix_secs.div_euclid(DAY_SECS));
    let within = unix_secs.rem_euclid(DAY_SECS);
    let (hour, minute, second) = (within / 3600, within / 60 % 60, within % 60);
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    match year {
        1950..GENERALIZED_FROM_YEAR => {
            Some(tlv::encode(UTC_TIME, format!("{:02}{rest}", year % 100).as_bytes()))
        }
        GENERALIZED_FROM_YEAR..=9999 => Some(generalized(year, &rest)),
        _ => None,
    }
}

/// Always with four digits of the year, as OCSP wants it.
pub fn encode_generalized(unix_secs: i64) -> Option<Vec<u8>> {
    let der = encode(unix_secs)?;
    match der.as_slice() {
        [UTC_TIME, _, _, _, rest @ ..] => {
            let (year, ..) = civil(unix_secs.div_euclid(DAY_SECS));
            Some(generalized(year, std::str::from_utf8(rest).ok()?))
        }
        _ => Some(der),
    }
}

fn generalized(year: i64, rest: &str) -> Vec<u8> {
    tlv::encode(GENERALIZED_TIME, format!("{year:04}{rest}").as_bytes())
}

/// `MMDDHHMMSS` in this year.
fn from_parts(year: i64, rest: &[u8]) -> Option<i64> {
    let (month, day) = (two(rest)?, two(&rest[2..])?);
    let (hour, minute, second) = (two(&rest[4..])?, two(&rest[6..])?, two(&rest[8..])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days(year, month, day)?;
    Some(days * DAY_SECS + hour * 3600 + minute * 60 + second)
}

fn two(digits: &[u8]) -> Option<i64> {
    match digits {
        [high @ b'0'..=b'9', low @ b'0'..=b'9', ..] => {
            Some(i64::from(high - b'0') * 10 + i64::from(low - b'0'))
        }
        _ => None,
    }
}

/// Days since 1970-01-01 of a Gregorian date; none when there is no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is the last of them.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of a day since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(tag: u8, text: &str) -> Option<i64> {
        let der = tlv::encode(tag, text.as_bytes());
        parse(&tlv::read(&der).expect("just encoded").0)
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(parsed(UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(parsed(UTC_TIME, "261120000000Z"), Some(1_795_132_800));
        assert_eq!(parsed(UTC_TIME, "500101000000Z"), Some(-631_152_000));
        assert_eq!(parsed(GENERALIZED_TIME, "20261120000000Z"), Some(1_795_132_800));
        assert_eq!(parsed(GENERALIZED_TIME, "20000229235959Z"), Some(951_868_799));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "Z",
            "261120000000",
            "2611200000Z",
            "261120000000+0900",
            "261320000000Z",
            "260229000000Z",
            "261120240000Z",
            "261120000060Z",
            "26112000000aZ",
            "260100000000Z",
        ] {
            assert_eq!(parsed(UTC_TIME, text), None, "{text}");
        }
        assert_eq!(parsed(GENERALIZED_TIME, "20261120000000.5Z"), None);
        assert_eq!(parsed(GENERALIZED_TIME, "21000229000000Z"), None);
        assert_eq!(parsed(UTC_TIME, "20261120000000Z"), None);
    }

    #[test]
    fn the_quick_way_counts_the_same_days() {
        for (year, month, day) in (0..50u8)
            .flat_map(|year| (0..=13).map(move |month| (year, month)))
            .flat_map(|(year, month)| (0..=32).map(move |day| (year, month, day)))
        {
            let slow = days(2000 + i64::from(year), i64::from(month), i64::from(day));
            let quick = days_of_this_century(year, month, day).map(|days| i64::from(days) + 10_957);
            assert_eq!(quick, slow, "{year} {month} {day}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(secs in -631_152_000i64..253_402_300_800) {
            for der in [encode(secs), encode_generalized(secs)].into_iter().flatten() {
                prop_assert_eq!(parse(&tlv::read(&der).expect("encoded").0), Some(secs));
            }
        }

        #[test]
        fn all_digits_at_once_are_the_same_digits(
            text in proptest::collection::vec(b'/'..=b':', 8), wild in any::<[u8; 8]>(),
        ) {
            for text in [text.as_slice(), &wild] {
                let slow: Option<Vec<i64>> = text.chunks(2).map(two).collect();
                let quick = pairs(text.try_into().expect("eight"));
                prop_assert_eq!(quick.map(|found| found.map(i64::from).to_vec()), slow);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(tag in 0u8..0x1F, bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            let der = tlv::encode(tag, &bytes);
            let parsed = parse(&tlv::read(&der).expect("encoded").0);
            prop_assert!(parsed.is_none_or(|secs| encode_generalized(secs).is_some()));
        }
    }
}
