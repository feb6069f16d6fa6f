//! Words of the consoles: the same names for levels, hazards and times everywhere.

use axum::http::{HeaderName, header};
use evacuation::{
    hazard::{Hazard, Level},
    order::Act,
    shelter::ShelterState,
};
use jiff::{
    Timestamp, Zoned,
    civil::{Date, Weekday},
    tz::TimeZone,
};

/// Shown instead of a name that nobody entered.
pub(super) const NO_NAME: &str = "（氏名未登録）";

/// A hazard in the officer's words.
pub(super) fn hazard(hazard: Hazard) -> &'static str {
    match hazard {
        Hazard::Flood => "洪水",
        Hazard::Landslide => "土砂災害",
        Hazard::StormSurge => "高潮",
        Hazard::Earthquake => "地震",
        Hazard::Tsunami => "津波",
        Hazard::LargeFire => "大規模な火事",
        Hazard::InlandFlood => "内水氾濫",
        Hazard::Volcano => "火山現象",
    }
}

/// Name of the order that a level stands for (災害対策基本法 56, 60).
pub(super) fn order_name(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Three) => "高齢者等避難",
        Some(Level::Four) | None => "避難指示",
        Some(Level::Five) => "緊急安全確保",
    }
}

/// Why an order cannot be issued, and which ones can.
pub(super) fn not_issued_against(against: Hazard, level: Level) -> String {
    let quoted = |level: &Level| format!("「{}」", order_name(Some(*level)));
    let orders: Vec<_> = against.orders().iter().map(quoted).collect();
    format!(
        "{}では「{}」を発令しません。{}を選んでください。",
        hazard(against),
        order_name(Some(level)),
        orders.join("か")
    )
}

/// Who does what at a level.
pub(super) fn level_detail(level: Level) -> &'static str {
    match level {
        Level::Three => "時間のかかる人は避難を始める",
        Level::Four => "危険な場所から全員が避難する",
        Level::Five => "命の危険。直ちに安全を確保する",
    }
}

/// Name of an act.
pub(super) fn act(act: Act) -> &'static str {
    match act {
        Act::Issue => "発令",
        Act::Update => "更新",
        Act::Lift => "解除",
        Act::Cancel => "取消",
    }
}

/// State of a shelter.
pub(super) fn shelter_state(state: ShelterState) -> &'static str {
    match state {
        ShelterState::Open => "開設",
        ShelterState::Closed => "閉鎖",
        ShelterState::Full => "満員",
    }
}

/// A name, or what stands for a missing one.
pub(super) fn name(name: &str) -> String {
    if name.trim().is_empty() { NO_NAME.to_owned() } else { name.to_owned() }
}

/// Local time in Japan, which has known no summer time since 1951.
pub(super) fn local(at_ms: i64) -> Zoned {
    let zone = TimeZone::fixed(jiff::tz::offset(9));
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone)
}

/// Minutes after midnight in Japan.
pub(super) fn minute(at_ms: i64) -> u32 {
    const DAY_MINUTES: i64 = 24 * 60;
    let minutes = (at_ms.div_euclid(60_000) + 9 * 60).rem_euclid(DAY_MINUTES);
    u32::try_from(minutes).unwrap_or(0)
}

/// `14:05`
pub(super) fn clock(at_ms: i64) -> String {
    local(at_ms).strftime("%H:%M").to_string()
}

/// `14:05:09`
pub(super) fn clock_with_seconds(at_ms: i64) -> String {
    local(at_ms).strftime("%H:%M:%S").to_string()
}

/// `11月20日（金）`
pub(super) fn day(at_ms: i64) -> String {
    let time = local(at_ms);
    format!("{}月{}日（{}）", time.month(), time.day(), weekday(time.weekday()))
}

/// `11月20日 14:05`
pub(super) fn day_and_clock(at_ms: i64) -> String {
    let time = local(at_ms);
    format!("{}月{}日 {}", time.month(), time.day(), time.strftime("%H:%M"))
}

/// The clock when it was today, the day as well when it was not.
pub(super) fn short_time(at_ms: i64, now_ms: i64) -> String {
    if local(at_ms).date() == local(now_ms).date() { clock(at_ms) } else { day_and_clock(at_ms) }
}

/// `月` to `日`
pub(super) fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
        Weekday::Sunday => "日",
    }
}

/// How long ago: `たった今`, `12分`, `3時間5分`.
pub(super) fn elapsed(from_ms: i64, now_ms: i64) -> String {
    let minutes = (now_ms - from_ms).max(0) / 60_000;
    match (minutes / 60, minutes % 60) {
        (0, 0) => "たった今".to_owned(),
        (0, minutes) => format!("{minutes}分経過"),
        (hours, 0) => format!("{hours}時間経過"),
        (hours, minutes) => format!("{hours}時間{minutes}分経過"),
    }
}

/// `10:30:05（あと5秒）`, not a second too early.
pub(super) fn waiting_until(until_ms: i64, now_ms: i64) -> String {
    let from = clock_with_seconds(until_ms + 999);
    format!("{from}（あと{}）", waiting(seconds_until(until_ms, now_ms)))
}

/// The same for programs.
pub(super) fn retry_after(until_ms: i64, now_ms: i64) -> [(HeaderName, String); 1] {
    [(header::RETRY_AFTER, seconds_until(until_ms, now_ms).to_string())]
}

fn seconds_until(until_ms: i64, now_ms: i64) -> i64 {
    ((until_ms - now_ms).max(0) + 999) / 1_000
}

/// How long to wait: `20秒`, `2分40秒`.
pub(super) fn waiting(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds}秒"),
        (minutes, 0) => format!("{minutes}分"),
        (minutes, seconds) => format!("{minutes}分{seconds}秒"),
    }
}

/// Age in full years: `82歳`; a dash when the town did not say when somebody was born.
pub(super) fn age(born_on: Option<&str>, now_ms: i64) -> String {
    let born = born_on.and_then(|text| text.parse::<Date>().ok());
    born.and_then(|born| years_between(born, local(now_ms).date()))
        .map_or("―".to_owned(), |years| format!("{years}歳"))
}

/// Day of birth and age: `1944年5月3日（82歳）`.
pub(super) fn born(born_on: Option<&str>, now_ms: i64) -> String {
    match born_on.and_then(|text| text.parse::<Date>().ok()) {
        None => "―".to_owned(),
        Some(day) => {
            let (year, month, date) = (day.year(), day.month(), day.day());
            format!("{year}年{month}月{date}日（{}）", age(born_on, now_ms))
        }
    }
}

/// Full years; a person born on 29 February is a year older on 1 March.
fn years_between(born: Date, today: Date) -> Option<i16> {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    let years = today.year() - born.year() - i16::from(!had_birthday);
    (years >= 0).then_some(years)
}

/// The answer to the daily question, as the television's button says it.
pub(super) fn condition(code: &str) -> &'static str {
    match code {
        "good" => "元気",
        "bad" => "よくない",
        _ => "ふつう",
    }
}

/// What a person needs when leaving.
pub(super) fn need(need: gateway_api::household::Need) -> &'static str {
    use gateway_api::household::Need;
    match need {
        Need::MoreTime => "時間がかかる",
        Need::Helper => "介助が必要",
        Need::Wheelchair => "車いす",
        Need::HardOfHearing => "耳が不自由",
        Need::LowVision => "目が不自由",
        Need::Medicine => "薬・電源が必要",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_japanese() {
        let at_ms = 1_795_152_600_000; // 2026-11-20 05:30 UTC
        assert_eq!(clock(at_ms), "14:30");
        assert_eq!(day(at_ms), "11月20日（金）");
        assert_eq!(short_time(at_ms, at_ms + 1), "14:30");
        assert_eq!(short_time(at_ms, at_ms + 86_400_000), "11月20日 14:30");
        assert_eq!([20, 120, 160].map(waiting), ["20秒", "2分", "2分40秒"]);
        assert_eq!(elapsed(0, 59_999), "たった今");
        assert_eq!(elapsed(0, 185 * 60_000), "3時間5分経過");
    }

    #[test]
    fn age_is_in_full_years() {
        let at_ms = 1_795_152_600_000; // 2026-11-20
        assert_eq!(age(Some("1944-11-20"), at_ms), "82歳");
        assert_eq!(age(Some("1944-11-21"), at_ms), "81歳");
        for unknown in [None, Some(""), Some("2026-11-21")] {
            assert_eq!(age(unknown, at_ms), "―", "{unknown:?}");
        }
    }

    #[test]
    fn a_missing_name_is_said() {
        assert_eq!(name(" "), NO_NAME);
        assert_eq!(name("髙﨑 ﾊﾅ"), "髙﨑 ﾊﾅ");
    }
}
