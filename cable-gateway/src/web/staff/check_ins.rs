//! The nurse's list of today: who to look at first.

use askama::Template;
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use jiff::Zoned;

use super::{
    Console,
    context::{Duty as _, Fields, Nurse, On},
    fault::{Fault, Refused},
    page::{Frame, html, now_text},
    wording,
};
use crate::{
    staff::triage::{self, Answer, Hours, Standing, Today},
    store::{
        Sql,
        check_in::{self, CheckIn, PersonToday},
    },
};

#[derive(Template)]
#[template(path = "staff/check_ins.html")]
struct CheckInsPage {
    frame: Frame,
    today: String,
    now: String,
    here: String,
    chips: Vec<Chip>,
    rows: Vec<PersonRow>,
}

struct Chip {
    value: &'static str,
    label: &'static str,
    count: usize,
    current: bool,
}

struct PersonRow {
    person: String,
    name: String,
    kana: String,
    area: String,
    urgency_class: &'static str,
    condition_class: &'static str,
    icon: &'static str,
    condition: &'static str,
    contact_wanted: bool,
    time: String,
    last_signal: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(nurse): On<Nurse>,
    uri: Uri,
) -> Result<Response, Refused> {
    let filter = Standing::from_code(Fields::of_query(&uri).one("show"));
    let (person, now_ms) = (nurse.person().clone(), console.now_ms());
    let viewer = nurse.viewer("daily-watch");
    let date = wording::local(now_ms).date().to_string();
    // One transaction: the names leave the store together with the record of the look.
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?.titled("きょうの体調", "check-ins");
        let mut counts = [0; Standing::ALL.len()];
        let mut shown = |someone: &PersonToday| {
            let standing = standing(someone, now_ms);
            counts[standing as usize] += 1;
            filter.is_none_or(|filter| filter == standing)
        };
        let people = check_in::today(sql, &viewer, now_ms, &date, &mut shown)?;
        Ok::<_, Fault>((frame, counts, people))
    };
    let (frame, counts, mut people) = console.app.store.write(work).await?;
    people.sort_by_key(|someone| standing(someone, now_ms));
    let page = CheckInsPage {
        frame,
        today: wording::day(now_ms),
        now: now_text(&console),
        here: filter
            .map_or("/check-ins".to_owned(), |filter| format!("/check-ins?show={}", filter.code())),
        chips: chips(&counts, filter),
        rows: people.iter().map(|someone| row(someone, now_ms)).collect(),
    };
    Ok(html(&page)?.into_response())
}

fn standing(someone: &PersonToday, now_ms: i64) -> Standing {
    let answer = someone.answer.as_ref().map(|answer| Answer {
        urgent: is_urgent(answer),
        minute: minute(&wording::local(answer.happened_at_ms)),
    });
    let today = Today { answer, withdrawn: someone.withdrawn };
    triage::standing(today, minute(&wording::local(now_ms)), Hours::default())
}

fn is_urgent(answer: &CheckIn) -> bool {
    answer.condition == "bad" || answer.contact_wanted
}

fn minute(time: &Zoned) -> u32 {
    u32::from(time.hour().unsigned_abs()) * 60 + u32::from(time.minute().unsigned_abs())
}

fn chips(counts: &[usize; Standing::ALL.len()], filter: Option<Standing>) -> Vec<Chip> {
    let all =
        Chip {
            value: "", label: "すべて", count: counts.iter().sum(), current: filter.is_none()
        };
    let chip = |standing: Standing| Chip {
        value: standing.code(),
        label: label(standing),
        count: counts[standing as usize],
        current: filter == Some(standing),
    };
    std::iter::once(all).chain(Standing::ALL.map(chip)).collect()
}

fn label(standing: Standing) -> &'static str {
    match standing {
        Standing::Urgent => "よくない・電話希望",
        Standing::Missed => "答えなし",
        Standing::Late => "遅れて回答",
        Standing::NotYet => "これから",
        Standing::Done => "回答ずみ",
        Standing::Withdrawn => "取り消し",
    }
}

fn row(someone: &PersonToday, now_ms: i64) -> PersonRow {
    let standing = standing(someone, now_ms);
    let answer = someone.answer.as_ref();
    let (condition_class, icon, condition) = match answer.map(|answer| answer.condition.as_str()) {
        Some("bad") => ("condition-bad", "bad", "よくない"),
        Some("good") => ("condition-good", "good", "元気"),
        Some(_) => ("condition-normal", "normal", "ふつう"),
        None => match standing {
            Standing::Missed => ("condition-missed", "missed", "答えなし"),
            Standing::Withdrawn => ("condition-withdrawn", "withdrawn", "取り消し"),
            _ => ("condition-waiting", "waiting", "これから"),
        },
    };
    let late = if standing == Standing::Late { "（遅れ）" } else { "" };
    PersonRow {
        person: someone.person_id.clone(),
        name: wording::name(&someone.name),
        kana: someone.kana.clone(),
        area: someone.area_name.clone(),
        urgency_class: match standing {
            Standing::Urgent => "row-bad",
            Standing::Missed => "row-missed",
            _ => "",
        },
        condition_class,
        icon,
        condition,
        contact_wanted: answer.is_some_and(|answer| answer.contact_wanted),
        time: answer.map_or("―".to_owned(), |answer| {
            format!("{}{late}", wording::clock(answer.happened_at_ms))
        }),
        last_signal: someone
            .last_answer_ms
            .map_or("記録なし".to_owned(), |at| wording::short_time(at, now_ms)),
    }
}
