//! The nurse's list of today: who to look at first, and what to do.
//!
//! How everybody stands is read without names; then one page of it is shown, and who is shown was
//! looked at.

mod known_roll;

use std::collections::{BTreeSet, HashMap};

pub(super) use known_roll::KnownRoll;

use askama::Template;
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;

use super::{
    Console,
    context::{Duty as _, Fields, Nurse, On},
    fault::{Fault, Refused},
    page::{Frame, html, now_text},
    pages::{Pages, ROWS, last_page},
    wording,
};
use crate::{
    push::presence::QUIET_MS,
    staff::triage::{self, Answer, Home, Hours, Standing, Today},
    store::{
        Sql, StoreError,
        check_in::{self, BoxSignal, CheckIn, Identity, PersonState},
    },
};

/// From this many silent homes on, and this share of all, the fault is likely not theirs.
const OUTAGE_HOMES: usize = 5;
const OUTAGE_SHARE: usize = 5;

#[derive(Template)]
#[template(path = "staff/check_ins.html")]
struct CheckInsPage {
    frame: Frame,
    today: String,
    now: String,
    here: String,
    outage: Option<usize>,
    without_box: Option<WithoutBox>,
    chips: Vec<Chip>,
    rows: Vec<PersonRow>,
    pages: Pages,
}

/// Those from whom no answer can come, in one line: they would hide who needs somebody.
struct WithoutBox {
    persons: usize,
    href: String,
}

struct Chip {
    href: String,
    label: &'static str,
    count: usize,
    current: bool,
}

struct PersonRow {
    person: String,
    name: String,
    kana: String,
    age: String,
    area: String,
    urgency_class: &'static str,
    condition_class: &'static str,
    icon: &'static str,
    condition: String,
    contact_wanted: bool,
    /// What to do, when the state alone does not say it.
    action: String,
    last_answer: String,
    late: bool,
    signal: String,
    signal_class: &'static str,
}

/// One person with everything that the order of the list needs.
struct Ranked {
    state: PersonState,
    standing: Standing,
    missed: u32,
    home: Home,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(nurse): On<Nurse>,
    uri: Uri,
) -> Result<Response, Refused> {
    let query = Fields::of_query(&uri);
    let filter = Standing::from_code(query.one("show"));
    let (person, now_ms) = (nurse.person().clone(), console.now_ms());
    let everybody = ranked(&console, now_ms).await?;
    let counts = counts(&everybody);
    let outage = outage(&everybody);
    let without_box = counts[Standing::NoBox as usize];
    let listed: Vec<Ranked> =
        everybody.into_iter().filter(|one| is_listed(one.standing, filter)).collect();
    let number = query.one("page").parse().unwrap_or(1_usize).clamp(1, last_page(listed.len()));
    let pages = Pages::of(listed.len(), number, |page| address(filter, page));
    let shown: Vec<Ranked> = listed.into_iter().skip((number - 1) * ROWS).take(ROWS).collect();
    let ids: Vec<String> = shown.iter().map(|one| one.state.person_id.to_string()).collect();
    let viewer = nurse.viewer("daily-watch");
    // One transaction: the names leave the store together with the record of the look.
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?.titled("きょうの体調", "check-ins");
        Ok::<_, Fault>((frame, check_in::identities(sql, &viewer, now_ms, &ids)?))
    };
    let (frame, identities) = console.app.store.write(work).await?;
    let page = CheckInsPage {
        frame,
        today: wording::day(now_ms),
        now: now_text(&console),
        here: address(filter, number),
        outage,
        without_box: (filter.is_none() && without_box > 0)
            .then(|| WithoutBox { persons: without_box, href: address(Some(Standing::NoBox), 1) }),
        chips: chips(&counts, filter),
        rows: rows(&shown, &identities, now_ms),
        pages,
    };
    Ok(html(&page)?.into_response())
}

/// The list of all leaves out those without a box; a line tells of them.
fn is_listed(standing: Standing, filter: Option<Standing>) -> bool {
    filter.map_or(standing != Standing::NoBox, |filter| filter == standing)
}

/// Everybody who takes part, in the order of the list.
async fn ranked(console: &Console, now_ms: i64) -> Result<Vec<Ranked>, StoreError> {
    let connected: BTreeSet<String> = console.app.hub.connected().into_iter().collect();
    let today = wording::local(now_ms).date();
    let date = today.to_string();
    let known = console.roll.known();
    let on = date.clone();
    let read = move |sql: &mut dyn Sql| {
        let roll = check_in::roll(sql, known)?;
        Ok::<_, StoreError>((check_in::states(sql, &roll, &on, &connected)?, roll))
    };
    let (states, roll) = console.app.store.read(read).await?;
    console.roll.keep(roll);
    let mut ranked: Vec<Ranked> =
        states.into_iter().map(|state| Ranked::of(state, today, &date, now_ms)).collect();
    ranked.sort_by_key(|one| (one.standing, std::cmp::Reverse(one.missed)));
    Ok(ranked)
}

impl Ranked {
    /// `date` is `today` as the store writes it: most answers are compared with it and not read.
    fn of(state: PersonState, today: Date, date: &str, now_ms: i64) -> Self {
        let home = home(state.boxes, now_ms);
        let read = |text: &str| if text == date { Some(today) } else { day(text) };
        let answered = state.answer.as_ref().and_then(|(date, answer)| Some((read(date)?, answer)));
        let answer = answered.filter(|(date, _)| *date == today).map(|(_, answer)| Answer {
            urgent: answer.condition == "bad" || answer.contact_wanted,
            minute: wording::minute(answer.happened_at_ms),
        });
        // Without any answer, the days since the box came count.
        let enrolled = || Some(wording::local(state.boxes?.enrolled_at_ms).date());
        let since = answered.map(|(date, _)| date).or_else(enrolled);
        let days_since = since.map_or(0, |since| days_between(since, today));
        let known = Today { answer, withdrawn: state.withdrawn, days_since, home };
        let (minute, hours) = (wording::minute(now_ms), Hours::default());
        let missed = triage::missed_days(known, minute, hours);
        Self { standing: triage::standing(known, minute, hours), state, missed, home }
    }

    /// Today's answer.
    fn answer(&self, now_ms: i64) -> Option<&CheckIn> {
        let (date, answer) = self.state.answer.as_ref()?;
        (day(date) == Some(wording::local(now_ms).date())).then_some(answer)
    }
}

fn home(boxes: Option<BoxSignal>, now_ms: i64) -> Home {
    match boxes {
        None => Home::None,
        Some(boxes) if boxes.connected => Home::Heard,
        Some(boxes) => {
            // A box that was enrolled a moment ago has not been heard of yet.
            let last_ms = boxes.last_seen_ms.unwrap_or(boxes.enrolled_at_ms);
            if now_ms - last_ms < QUIET_MS { Home::Heard } else { Home::Silent }
        }
    }
}

fn day(date: &str) -> Option<Date> {
    date.parse().ok()
}

fn days_between(since: Date, today: Date) -> u32 {
    let days = since.until(today).map_or(0, |span| span.get_days());
    u32::try_from(days).unwrap_or(0)
}

fn counts(everybody: &[Ranked]) -> [usize; Standing::ALL.len()] {
    let mut counts = [0; Standing::ALL.len()];
    for one in everybody {
        counts[one.standing as usize] += 1;
    }
    counts
}

/// How many homes are silent, when they are so many that the line is to blame.
fn outage(everybody: &[Ranked]) -> Option<usize> {
    let with_box = everybody.iter().filter(|one| one.home != Home::None);
    let homes: HashMap<usize, Home> = with_box.map(|one| (one.state.home, one.home)).collect();
    let silent = homes.values().filter(|home| **home == Home::Silent).count();
    (silent >= OUTAGE_HOMES && silent * OUTAGE_SHARE >= homes.len()).then_some(silent)
}

fn address(filter: Option<Standing>, page: usize) -> String {
    let show = filter.map(|filter| format!("show={}", filter.code()));
    let page = (page > 1).then(|| format!("page={page}"));
    let query: Vec<String> = show.into_iter().chain(page).collect();
    if query.is_empty() {
        "/check-ins".to_owned()
    } else {
        format!("/check-ins?{}", query.join("&"))
    }
}

fn chips(counts: &[usize; Standing::ALL.len()], filter: Option<Standing>) -> Vec<Chip> {
    let chip = |standing: Option<Standing>, count| Chip {
        href: address(standing, 1),
        label: standing.map_or("すべて", label),
        count,
        current: filter == standing,
    };
    let of_each = Standing::ALL.into_iter().filter_map(|standing| {
        let count = counts[standing as usize];
        let shown = count > 0 || filter == Some(standing) || is_always_shown(standing);
        shown.then(|| chip(Some(standing), count))
    });
    std::iter::once(chip(None, counts.iter().sum())).chain(of_each).collect()
}

/// A zero here is good news; elsewhere it is clutter.
fn is_always_shown(standing: Standing) -> bool {
    matches!(
        standing,
        Standing::MissedThree | Standing::Urgent | Standing::MissedTwo | Standing::Missed
    )
}

fn label(standing: Standing) -> &'static str {
    match standing {
        Standing::MissedThree => "3日以上 答えなし",
        Standing::Urgent => "よくない・電話希望",
        Standing::MissedTwo => "2日 答えなし",
        Standing::Silent => "受信機の応答なし",
        Standing::Missed => "きょう 答えなし",
        Standing::Late => "遅れて回答",
        Standing::NotYet => "これから",
        Standing::Done => "回答ずみ",
        Standing::Withdrawn => "取り消し",
        Standing::NoBox => "受信機の登録なし",
    }
}

fn rows(shown: &[Ranked], identities: &[Identity], now_ms: i64) -> Vec<PersonRow> {
    let known = |one: &Ranked| {
        identities.iter().find(|identity| *identity.person_id == *one.state.person_id)
    };
    shown.iter().filter_map(|one| Some(row(one, known(one)?, now_ms))).collect()
}

fn row(one: &Ranked, identity: &Identity, now_ms: i64) -> PersonRow {
    let answer = one.answer(now_ms);
    let (condition_class, icon, condition) = condition(one, answer);
    let last = one.state.answer.as_ref().map(|(_, answer)| answer.happened_at_ms);
    let (signal_class, signal) = signal(one, now_ms);
    PersonRow {
        person: identity.person_id.clone(),
        name: wording::name(&identity.name),
        kana: identity.kana.clone(),
        age: wording::age(identity.born_on.as_deref(), now_ms),
        area: identity.area_name.clone().unwrap_or_default(),
        urgency_class: match one.standing {
            Standing::MissedThree | Standing::Urgent => "row-bad",
            Standing::MissedTwo | Standing::Silent => "row-missed",
            _ => "",
        },
        condition_class,
        icon,
        condition,
        contact_wanted: answer.is_some_and(|answer| answer.contact_wanted),
        action: action(one, now_ms),
        last_answer: last.map_or("記録なし".to_owned(), |at| wording::short_time(at, now_ms)),
        late: one.standing == Standing::Late,
        signal,
        signal_class,
    }
}

fn condition(one: &Ranked, answer: Option<&CheckIn>) -> (&'static str, &'static str, String) {
    let (class, icon, text) = match (answer.map(|answer| answer.condition.as_str()), one.standing) {
        (Some(code @ "bad"), _) => ("condition-bad", "bad", wording::condition(code)),
        (Some(code @ "good"), _) => ("condition-good", "good", wording::condition(code)),
        (Some(code), _) => ("condition-normal", "normal", wording::condition(code)),
        (None, Standing::MissedThree | Standing::MissedTwo) => {
            return ("condition-missed", "missed", format!("{}日 答えなし", one.missed));
        }
        (None, Standing::Missed) => ("condition-missed", "missed", "答えなし"),
        (None, Standing::Silent) => ("condition-silent", "unreached", "受信機の応答なし"),
        (None, Standing::Withdrawn) => ("condition-withdrawn", "withdrawn", "取り消し"),
        (None, Standing::NoBox) => ("condition-withdrawn", "unreached", "受信機の登録なし"),
        (None, _) => ("condition-waiting", "waiting", "これから"),
    };
    (class, icon, text.to_owned())
}

/// A missing answer and a silent box ask for different things.
fn action(one: &Ranked, now_ms: i64) -> String {
    if one.state.withdrawn {
        return stands(one, now_ms);
    }
    let action = match (one.standing, one.home) {
        (Standing::MissedThree, _) => "電話か訪問で確かめる",
        (Standing::MissedTwo, Home::Silent) => "電話で様子を聞き、受信機の電源も尋ねる",
        (Standing::MissedTwo, _) => "電話で様子を聞く",
        (Standing::Silent, _) => "電話で受信機の電源を尋ねる。直らなければケーブル会社へ",
        (Standing::NoBox, _) => "受信機の登録をケーブル会社に確かめる",
        (Standing::NotYet, _) if one.missed > 0 => "きのうも答えがありません",
        _ => "",
    };
    action.to_owned()
}

/// After an answer of today was taken back: which one stands.
fn stands(one: &Ranked, now_ms: i64) -> String {
    let Some((_, answer)) = &one.state.answer else {
        return "ほかに有効な答えはありません".to_owned();
    };
    let (at, said) = (answer.happened_at_ms, wording::condition(&answer.condition));
    format!("取り消しのあと、{}の「{said}」が有効です", wording::short_time(at, now_ms))
}

fn signal(one: &Ranked, now_ms: i64) -> (&'static str, String) {
    let Some(boxes) = one.state.boxes else { return ("signal-none", "―".to_owned()) };
    let class = if one.home == Home::Silent { "signal-silent" } else { "signal-heard" };
    let text = match (boxes.connected, boxes.last_seen_ms, one.home) {
        (true, ..) => "接続中".to_owned(),
        (false, None, _) => "記録なし".to_owned(),
        (false, Some(at_ms), Home::Silent) => {
            format!("{} から応答なし", wording::short_time(at_ms, now_ms))
        }
        (false, Some(_), _) => "最近まで接続".to_owned(),
    };
    (class, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_page_keeps_the_filter() {
        assert_eq!(address(Some(Standing::Missed), 2), "/check-ins?show=missed&page=2");
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let date = |text: &str| text.parse::<Date>().expect("a date");
        assert_eq!(days_between(date("2026-11-17"), date("2026-11-20")), 3);
        assert_eq!(days_between(date("2026-10-31"), date("2026-11-01")), 1);
        assert_eq!(days_between(date("2026-11-21"), date("2026-11-20")), 0, "a clock set back");
    }
}
