//! The support asks for a diagnosis, sees what became of it, and takes it away as a file.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};

use super::{Operator, one};
use crate::{
    fleet::diagnosis::{self, KEPT_MS, Record, State as Progress},
    free_text,
    push::Frame,
    random,
    store::{Sql, StoreError},
    web::staff::{
        Console,
        context::{On, Posted},
        fault::{Fault, Refused},
        page::FieldError,
        wording,
    },
};

/// The reason is one line on a television.
const REASON_CHARS_MAX: usize = 40;

/// The last question to a box, as its page shows it.
pub(super) struct DiagnosisView {
    pub(super) words: String,
    pub(super) detail: String,
    pub(super) reason: String,
    pub(super) is_open: bool,
    pub(super) is_here: bool,
}

impl DiagnosisView {
    pub(super) fn of(record: &Record, now_ms: i64) -> Self {
        let settled = wording::short_time(record.settled_at_ms.unwrap_or(now_ms), now_ms);
        let (words, detail) = match record.state {
            Progress::Asked => (
                "家の人にたずねています".to_owned(),
                format!(
                    "だれかがテレビを見ているとき、10秒ほどボタンが押されなければ出ます。電源が切れていれば、次につながったときに伝わります。{}までに答えがなければ終わります。",
                    wording::day_and_clock(record.expires_at_ms)
                ),
            ),
            Progress::Given => (
                format!("届きました（{settled}）"),
                format!(
                    "{}まで保管し、そのあと自動で消します。",
                    wording::day(record.settled_at_ms.unwrap_or(now_ms) + KEPT_MS)
                ),
            ),
            Progress::Declined => (
                format!("「送らない」と答えました（{settled}）"),
                "何も届いていません。".to_owned(),
            ),
            Progress::Expired => (
                "答えがないまま終わりました".to_owned(),
                "何も届いていません。電話などで伝えてから、もう一度たずねてください。".to_owned(),
            ),
        };
        Self {
            words,
            detail,
            reason: record.reason.clone(),
            is_open: record.state == Progress::Asked,
            is_here: record.state == Progress::Given,
        }
    }
}

/// Asks the home.
pub(super) async fn ask(
    State(console): State<Console>,
    Path(device_id): Path<String>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let reason = posted.fields.one("reason").trim().to_owned();
    if let Some(text) = fault(&reason) {
        let errors = vec![FieldError::new("reason", text)];
        let page = one::page(&console, &posted.by, device_id, errors, reason).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (viewer, now_ms) = (posted.by.viewer(""), console.now_ms());
    let bytes = random::bytes::<16>(&*console.app.random);
    let request_id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    let (id, asked) = (device_id.clone(), reason.clone());
    let work =
        move |sql: &mut dyn Sql| diagnosis::ask(sql, &viewer, &id, (&asked, request_id), now_ms);
    if !console.app.store.write(work).await? {
        let text = "いまはたずねられません。前の質問がまだ続いているか、利用を止めた受信機です。";
        let errors = vec![FieldError::new("reason", text.to_owned())];
        let page = one::page(&console, &posted.by, device_id, errors, reason).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    // The question itself comes with the answer to the state, as it does to a box that is off now.
    console.app.hub.send(&device_id, &Frame::status_wanted());
    Ok(Redirect::to(&format!("/fleet/boxes/{device_id}")).into_response())
}

fn fault(reason: &str) -> Option<String> {
    if reason.is_empty() {
        return Some("テレビに出す理由を書いてください。".to_owned());
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        return Some(format!("理由は{REASON_CHARS_MAX}文字までで書いてください。"));
    }
    free_text::check_for_television(reason).err().map(free_text::FreeTextFault::words)
}

/// The answer as a file.
pub(super) async fn download(
    State(console): State<Console>,
    On(operator): On<Operator>,
    Path(device_id): Path<String>,
) -> Result<Response, Refused> {
    let (viewer, now_ms) = (operator.viewer(""), console.now_ms());
    let take = move |sql: &mut dyn Sql| diagnosis::take_away(sql, &viewer, &device_id, now_ms);
    let content = console.app.store.write::<_, StoreError, _>(take).await?;
    let content = content.ok_or(Fault::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"diagnosis.json\""),
        ),
    ];
    Ok((headers, content).into_response())
}
