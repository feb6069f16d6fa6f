//! Images for boxes: who is offered which, and what became of it.

use std::sync::{Arc, OnceLock};

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use gateway_api::version::Version;

use super::{Operator, words};
use crate::{
    audit,
    encoding::megabytes,
    store::Sql,
    update::{
        rollout,
        shelf::{self, Bundle, Pause, ShelfError},
    },
    web::staff::{
        Console,
        context::{Duty as _, On, Posted},
        fault::{Fault, Refused},
        page::{Frame, html},
        wording,
    },
};

#[derive(Template)]
#[template(path = "staff/fleet_updates.html")]
struct UpdatesPage {
    frame: Frame,
    bundles: Vec<Row>,
}

struct Row {
    version: String,
    added: String,
    size: String,
    standing: String,
    percent: u32,
    /// The next larger share, when there is one.
    next: Option<u32>,
    paused: bool,
    failed_too_often: bool,
    good: u32,
    going: u32,
    failed: u32,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(operator): On<Operator>,
) -> Result<Response, Refused> {
    let (person, now_ms) = (operator.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?.titled("受信機の更新", "updates");
        let bundles = shelf::all(sql)?.iter().map(|bundle| row(bundle, now_ms)).collect();
        Ok::<_, Fault>(UpdatesPage { frame, bundles })
    };
    Ok(html(&console.app.store.read(work).await?)?.into_response())
}

fn row(bundle: &Bundle, now_ms: i64) -> Row {
    Row {
        version: bundle.version.to_string(),
        added: wording::short_time(bundle.added_at_ms, now_ms),
        size: megabytes(bundle.size_bytes),
        standing: words::standing(bundle),
        percent: bundle.percent,
        next: rollout::next(bundle.percent).filter(|_| bundle.pause.is_none()),
        paused: bundle.pause.is_some(),
        failed_too_often: bundle.pause == Some(Pause::Failures),
        good: bundle.tally.good,
        going: bundle.tally.going,
        failed: bundle.tally.failed,
    }
}

pub(super) async fn widen(
    State(console): State<Console>,
    Path(version): Path<String>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let percent = rollout::step(posted.fields.one("percent")).ok_or(Fault::Malformed)?;
    let change = move |sql: &mut dyn Sql, version: &Version| shelf::widen(sql, version, percent);
    let purpose = format!("{version} {percent}");
    change_version(&console, &posted.by, &version, "update-rolled-out", purpose, change).await
}

pub(super) async fn pause(
    State(console): State<Console>,
    Path(version): Path<String>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let change = |sql: &mut dyn Sql, version: &Version| shelf::pause(sql, version);
    let purpose = version.clone();
    change_version(&console, &posted.by, &version, "update-paused", purpose, change).await
}

pub(super) async fn resume(
    State(console): State<Console>,
    Path(version): Path<String>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let now_ms = console.now_ms();
    let change = move |sql: &mut dyn Sql, version: &Version| shelf::resume(sql, version, now_ms);
    let purpose = version.clone();
    change_version(&console, &posted.by, &version, "update-resumed", purpose, change).await
}

#[derive(Template)]
#[template(path = "staff/fleet_withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    version: String,
    standing: String,
    good: u32,
    going: u32,
}

/// The first step: what will happen.
pub(super) async fn ask(
    State(console): State<Console>,
    On(operator): On<Operator>,
    Path(version): Path<String>,
) -> Result<Response, Refused> {
    let version = Version::parse(&version).map_err(|_| Fault::NotFound)?;
    let (person, now_ms) = (operator.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?.titled("版の取り下げ", "updates");
        let bundle = shelf::all(sql)?.into_iter().find(|bundle| bundle.version == version);
        let bundle = bundle.ok_or(Fault::NotFound)?;
        Ok::<_, Fault>(WithdrawPage {
            frame: Frame { narrow: true, ..frame },
            version: bundle.version.to_string(),
            standing: words::standing(&bundle),
            good: bundle.tally.good,
            going: bundle.tally.going,
        })
    };
    Ok(html(&console.app.store.read(work).await?)?.into_response())
}

/// The second step.
pub(super) async fn withdraw(
    State(console): State<Console>,
    Path(version): Path<String>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let directory = console.app.config.updates.directory.clone();
    let withdrawn = Arc::new(OnceLock::new());
    let known = Arc::clone(&withdrawn);
    let change = move |sql: &mut dyn Sql, version: &Version| {
        // Tried again after a conflict, it finds the same.
        let _same = known.set(shelf::withdraw(sql, version)?);
        Ok(())
    };
    let purpose = version.clone();
    let answer =
        change_version(&console, &posted.by, &version, "update-withdrawn", purpose, change).await?;
    // Only now: what is not written down is still offered. A file that stays is no harm.
    if let Some(id) = withdrawn.get()
        && let Err(error) = shelf::remove_file(&directory, *id)
    {
        tracing::warn!(%error, "the file of a withdrawn version stays");
    }
    Ok(answer)
}

/// Changes a version and writes it down. What no longer fits was changed by somebody else meanwhile: the page
/// shows how it stands now.
async fn change_version(
    console: &Console,
    by: &Operator,
    version: &str,
    action: &'static str,
    purpose: String,
    change: impl FnOnce(&mut dyn Sql, &Version) -> Result<(), ShelfError> + Send + 'static,
) -> Result<Response, Refused> {
    let version = Version::parse(version).map_err(|_| Fault::NotFound)?;
    let (viewer, now_ms) = (by.viewer(&purpose), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        change(sql, &version)?;
        Ok::<_, ShelfError>(audit::act(sql, &viewer, now_ms, action, &[])?)
    };
    match console.app.store.write(work).await {
        Ok(()) | Err(ShelfError::Smaller { .. } | ShelfError::Paused) => {
            Ok(Redirect::to("/fleet/updates").into_response())
        }
        Err(ShelfError::Store(error)) => Err(error.into()),
        Err(_) => Err(Fault::NotFound.into()),
    }
}
