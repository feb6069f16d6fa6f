//! One person over two weeks: a strip with a symbol for each day, and the same as a table.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;

use super::{
    Console,
    context::{Duty as _, Nurse, On},
    fault::{Fault, Refused},
    page::{Frame, html},
    remote_keys::KeyForm,
    wording,
};
use crate::store::{
    Sql,
    check_in::{self, CheckIn, PersonHistory},
};

const DAYS: i64 = 14;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Width of one day in the strip's own units.
const CELL: i64 = 64;

#[derive(Template)]
#[template(path = "staff/resident.html")]
struct ResidentPage {
    frame: Frame,
    person: PersonView,
    /// None for somebody who lives nowhere here any more.
    keys: Option<KeyForm>,
}

struct PersonView {
    name: String,
    kana: String,
    age: String,
    area: String,
    strip_width: i64,
    strip_label: String,
    strip: Vec<Cell>,
    /// Which answer stands after one of today was taken back.
    stands: Option<String>,
    days: Vec<DayLine>,
}

struct Cell {
    class: &'static str,
    x: i64,
    frame_x: i64,
    centre: i64,
    symbol: &'static str,
    weekday: &'static str,
    day: String,
    today: bool,
}

struct DayLine {
    date: String,
    condition: &'static str,
    time: String,
    contact: &'static str,
    /// Answers that were taken back.
    undone: Vec<String>,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(nurse): On<Nurse>,
    Path(person_id): Path<String>,
) -> Result<Response, Refused> {
    let (person, now_ms) = (nurse.person().clone(), console.now_ms());
    let viewer = nurse.viewer("daily-watch");
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?;
        let since_ms = now_ms - DAYS * DAY_MS;
        let history = check_in::history(sql, &viewer, now_ms, &person_id, since_ms)?;
        let action = format!("/residents/{person_id}/keys");
        Ok::<_, Fault>((frame, history.ok_or(Fault::NotFound)?, action))
    };
    let (frame, history, action) = console.app.store.write(work).await?;
    let person = view(&history, now_ms);
    let frame = frame.titled(format!("{}さんの体調", person.name), "");
    let keys = history.key_lock.map(|present| KeyForm::new(action, present));
    Ok(html(&ResidentPage { frame, person, keys })?.into_response())
}

fn view(history: &PersonHistory, now_ms: i64) -> PersonView {
    let identity = &history.identity;
    let days: Vec<Day<'_>> = (0..DAYS).rev().map(|ago| day(history, now_ms, ago)).collect();
    let answered = days.iter().filter(|day| day.answer.is_some()).count();
    let bad = days.iter().filter(|day| day.condition() == "bad").count();
    PersonView {
        name: wording::name(&identity.name),
        kana: identity.kana.clone(),
        age: wording::age(identity.born_on.as_deref(), now_ms),
        area: identity.area_name.clone().unwrap_or_default(),
        strip_width: DAYS * CELL,
        strip_label: format!(
            "{DAYS}日のうち{answered}日に回答、よくない日は{bad}日。くわしくは下の表にあります。"
        ),
        stands: stands(history, now_ms),
        strip: (0..).zip(&days).map(|(index, day)| cell(index, day)).collect(),
        days: days.iter().rev().map(line).collect(),
    }
}

/// The newest answer that stands, told when one of today was taken back.
fn stands(history: &PersonHistory, now_ms: i64) -> Option<String> {
    let today = wording::local(now_ms).date();
    let is_undone = |answer: &&CheckIn| {
        answer.withdrawn_at_ms.is_some() && wording::local(answer.happened_at_ms).date() == today
    };
    let undone = history.answers.iter().find(is_undone)?;
    let said = |answer: &CheckIn| {
        let at = wording::short_time(answer.happened_at_ms, now_ms);
        format!("{at}の「{}」", wording::condition(&answer.condition))
    };
    let standing = history.answers.iter().find(|answer| answer.withdrawn_at_ms.is_none());
    let stands = match standing {
        Some(answer) => format!("いま有効な答えは、{}です。", said(answer)),
        None => format!("この{DAYS}日に、ほかに有効な答えはありません。"),
    };
    Some(format!("{}は取り消されました。{stands}", said(undone)))
}

/// One day of one person: the newest answer that stands, and what was taken back.
struct Day<'a> {
    date: Date,
    today: bool,
    answer: Option<&'a CheckIn>,
    undone: Vec<&'a CheckIn>,
}

impl Day<'_> {
    fn condition(&self) -> &str {
        self.answer.map_or("", |answer| answer.condition.as_str())
    }
}

fn day(history: &PersonHistory, now_ms: i64, ago: i64) -> Day<'_> {
    let date = wording::local(now_ms - ago * DAY_MS).date();
    let of_day = |answer: &&CheckIn| wording::local(answer.happened_at_ms).date() == date;
    let (undone, standing): (Vec<_>, Vec<_>) =
        history.answers.iter().filter(of_day).partition(|answer| answer.withdrawn_at_ms.is_some());
    Day { date, today: ago == 0, answer: standing.first().copied(), undone }
}

fn cell(index: i64, day: &Day<'_>) -> Cell {
    let (class, symbol) = match day.condition() {
        "good" => ("strip-cell strip-good", "○"),
        "normal" => ("strip-cell strip-normal", "△"),
        "bad" => ("strip-cell strip-bad", "×"),
        _ => ("strip-cell strip-none", "・"),
    };
    let x = index * CELL + 6;
    Cell {
        class,
        x,
        frame_x: x - 3,
        centre: x + 26,
        symbol,
        weekday: wording::weekday(day.date.weekday()),
        day: format!("{}/{}", day.date.month(), day.date.day()),
        today: day.today,
    }
}

fn line(day: &Day<'_>) -> DayLine {
    let weekday = wording::weekday(day.date.weekday());
    let today = if day.today { " きょう" } else { "" };
    DayLine {
        date: format!("{}月{}日（{weekday}）{today}", day.date.month(), day.date.day()),
        condition: match day.condition() {
            "good" => "○ 元気",
            "normal" => "△ ふつう",
            "bad" => "× よくない",
            _ => "・ 答えなし",
        },
        time: day.answer.map_or("―".to_owned(), |answer| wording::clock(answer.happened_at_ms)),
        contact: match day.answer {
            Some(answer) if answer.contact_wanted => "電話してほしい",
            _ => "",
        },
        undone: day.undone.iter().map(|answer| undone(answer)).collect(),
    }
}

fn undone(answer: &CheckIn) -> String {
    let at = wording::clock(answer.happened_at_ms);
    format!("{at}の「{}」は取り消し", wording::condition(&answer.condition))
}
