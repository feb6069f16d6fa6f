//! Which keys of the remote a home uses: chosen on the page of a person by the nurse, on the page of a box by the
//! operator's support. Both change the same thing.

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use gateway_api::household::KeyLock;

use super::{
    Console,
    context::{Nurse, Posted},
    fault::{Fault, Refused},
};
use crate::{
    key_lock,
    store::{Sql, StoreError},
};

/// One way to set up the remote.
pub(super) struct KeyChoice {
    pub(super) code: &'static str,
    pub(super) label: &'static str,
    pub(super) detail: &'static str,
    pub(super) is_chosen: bool,
}

/// The form as a page shows it.
pub(super) struct KeyForm {
    pub(super) action: String,
    pub(super) choices: [KeyChoice; 3],
}

impl KeyForm {
    pub(super) fn new(action: String, present: KeyLock) -> Self {
        let choice = |lock: KeyLock| {
            let (label, detail) = words(lock);
            KeyChoice { code: lock.code(), label, detail, is_chosen: lock == present }
        };
        Self { action, choices: KeyLock::ALL.map(choice) }
    }
}

const fn words(lock: KeyLock) -> (&'static str, &'static str) {
    match lock {
        KeyLock::All => ("すべて", "どのボタンも使えます"),
        KeyLock::Simple => {
            ("かんたん", "番組表、dデータ、BS・CS、字幕、音声切換、画面表示、ホームは効きません")
        }
        KeyLock::Minimal => (
            "最小限",
            "テレビを見ているあいだは、電源、音量、チャンネル、数字、ヘルプのほかは効きません",
        ),
    }
}

/// What a form says; anything else was not sent by a page of ours.
pub(super) fn chosen(fields: &super::context::Fields) -> Result<KeyLock, Fault> {
    KeyLock::from_code(fields.one("keys")).ok_or(Fault::Malformed)
}

/// The nurse chooses for the home of a person.
pub(super) async fn of_resident(
    State(console): State<Console>,
    Path(person_id): Path<String>,
    posted: Posted<Nurse>,
) -> Result<Response, Refused> {
    let lock = chosen(&posted.fields)?;
    let (viewer, now_ms, person) = (posted.by.viewer(""), console.now_ms(), person_id.clone());
    let work =
        move |sql: &mut dyn Sql| key_lock::choose_for_person(sql, &viewer, &person, lock, now_ms);
    if !console.app.store.write::<_, StoreError, _>(work).await? {
        return Err(Fault::NotFound.into());
    }
    console.app.hub.homes_changed();
    Ok(Redirect::to(&format!("/residents/{person_id}#keys")).into_response())
}
