//! Signing in and out.

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    Console,
    context::{Address, Duty as _, Fields, On, Person, Posted, set_cookie, unreadable},
    fault::{Fault, Refused},
    page::{FieldError, Frame, Notice, html},
    wording,
};
use crate::{
    audit::{self, Viewer},
    staff::{
        Role, StaffMember,
        credential::CredentialError,
        session,
        sign_in::{Attempt, SignInError, sign_in},
    },
    store::{StoreError, town},
};

#[derive(Template)]
#[template(path = "staff/sign_in.html")]
struct SignInPage {
    frame: Frame,
    notice: Option<Notice>,
    errors: Vec<FieldError>,
    login: String,
    next: String,
}

/// What the form sends. The password is wiped when it was used.
#[derive(Deserialize)]
pub(super) struct SignInForm {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// The first page of a role.
pub(super) async fn home(On(person): On<Person>) -> Redirect {
    Redirect::to(first_page(person.member.role))
}

fn first_page(role: Role) -> &'static str {
    match role {
        Role::DisasterOfficer => "/orders",
        Role::PublicHealthNurse => "/check-ins",
        Role::FleetOperator => "/fleet",
        Role::RegistryClerk => "/cards",
    }
}

pub(super) async fn show(State(console): State<Console>, uri: Uri) -> Result<Response, Refused> {
    let query = Fields::of_query(&uri);
    let notice = match query.one("reason") {
        "idle" => Some(Notice::warning(
            "しばらく操作がなかったため、サインアウトしました。もう一度サインインすると、続きから始められます。",
        )),
        "out" => Some(Notice::calm("サインアウトしました。")),
        _ => None,
    };
    let page = SignInPage {
        frame: frame(&console).await?,
        notice,
        errors: Vec::new(),
        login: String::new(),
        next: local(query.one("next")).unwrap_or_default().to_owned(),
    };
    Ok(html(&page)?.into_response())
}

pub(super) async fn submit(
    State(console): State<Console>,
    headers: HeaderMap,
    Address(address): Address,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Result<Response, Refused> {
    let Form(form) = form.map_err(|cause| unreadable(&cause))?;
    let password = Zeroizing::new(form.password);
    let errors = missing(&form.login, &password, &form.code);
    if !errors.is_empty() {
        let next = local(&form.next).unwrap_or_default().to_owned();
        let (frame, login) = (frame(&console).await?, form.login);
        let page = SignInPage { frame, notice: None, errors, login, next };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response());
    }
    let attempt = Attempt { login: form.login.clone(), password, code: form.code, address };
    let app = &console.app;
    let (clock, random) = (app.clock.as_ref(), app.random.as_ref());
    match sign_in(&app.store, clock, random, &console.hashing, &console.seal, attempt).await {
        Ok((token, member)) => {
            note(&console, &member, "signed-in").await?;
            let target = local(&form.next).unwrap_or_else(|| first_page(member.role));
            let cookie = set_cookie(&console, &headers, Some(&token));
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(target)).into_response())
        }
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(error) => {
            let (status, text) = words(&error, console.now_ms());
            // Who has to wait typed nothing wrong this time: no field is marked.
            let (notice, errors) = match error {
                SignInError::Wait { .. } => (Some(Notice::warning(text)), Vec::new()),
                _ => (None, vec![FieldError::new("login", text)]),
            };
            let next = local(&form.next).unwrap_or_default().to_owned();
            let login = form.login;
            let page = SignInPage { frame: frame(&console).await?, notice, errors, login, next };
            let retry_after = retry_after(&error, console.now_ms());
            Ok((status, retry_after, html(&page)?).into_response())
        }
    }
}

pub(super) async fn sign_out(
    State(console): State<Console>,
    headers: HeaderMap,
    posted: Posted<Person>,
) -> Result<Response, Refused> {
    session::end(&console.app.store, &posted.token).await?;
    note(&console, &posted.by.person().member, "signed-out").await?;
    let cookie = set_cookie(&console, &headers, None);
    // What the browser kept of these pages goes too.
    let clear = (header::HeaderName::from_static("clear-site-data"), "\"cache\"".to_owned());
    Ok(([(header::SET_COOKIE, cookie), clear], Redirect::to("/sign-in?reason=out")).into_response())
}

fn missing(login: &str, password: &str, code: &str) -> Vec<FieldError> {
    let fields = [
        ("login", login, "職員IDを入力してください。"),
        ("password", password, "パスワードを入力してください。"),
        ("code", code, "確認コードを入力してください。"),
    ];
    let empty = fields.into_iter().filter(|(_, value, _)| value.trim().is_empty());
    empty.map(|(field, _, text)| FieldError::new(field, text)).collect()
}

fn words(error: &SignInError, now_ms: i64) -> (StatusCode, String) {
    match error {
        SignInError::Wait { until_ms } => {
            let text = format!(
                "まちがいが続いたため、{}まで受け付けません。その時刻を過ぎてから、もう一度入力してください。急ぐときは、ふだん使っている端末でサインインするか、管理者に解除を依頼してください。",
                wording::waiting_until(*until_ms, now_ms)
            );
            (StatusCode::TOO_MANY_REQUESTS, text)
        }
        SignInError::CodeUsed => (
            StatusCode::UNAUTHORIZED,
            "この確認コードは使用済みです。認証アプリの数字が変わるのを待って、入力してください。"
                .to_owned(),
        ),
        SignInError::Credential(CredentialError::Busy) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "サインインが混み合っています。少し待ってやり直してください。".to_owned(),
        ),
        SignInError::Refused => (
            StatusCode::UNAUTHORIZED,
            "職員ID、パスワード、確認コードのどれかが違います。もう一度入力してください。"
                .to_owned(),
        ),
        other => {
            tracing::error!(error = %other, "a sign-in failed for a reason of the gateway's own");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "いまサインインできません。システムの管理者に知らせてください。".to_owned(),
            )
        }
    }
}

/// When to come back, for programs.
fn retry_after(error: &SignInError, now_ms: i64) -> Option<[(header::HeaderName, String); 1]> {
    match error {
        SignInError::Wait { until_ms } => Some(wording::retry_after(*until_ms, now_ms)),
        _ => None,
    }
}

/// A path on this console; anything else could lead a person away.
fn local(next: &str) -> Option<&str> {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let printable = next.bytes().all(|byte| byte.is_ascii_graphic());
    (inside && printable && next.len() <= 8_000 && next != "/").then_some(next)
}

async fn frame(console: &Console) -> Result<Frame, Fault> {
    let town = console.app.store.read(|sql| town::load(sql)).await?;
    let mut frame = Frame::bare("職員サインイン");
    frame.town = town.map(|town| town.name).unwrap_or_default();
    Ok(frame)
}

async fn note(console: &Console, member: &StaffMember, action: &'static str) -> Result<(), Fault> {
    let viewer = Viewer {
        actor: member.staff_id.clone(),
        office: member.viewer(),
        purpose: "console".to_owned(),
    };
    let now_ms = console.now_ms();
    let work = move |sql: &mut dyn crate::store::Sql| {
        audit::act(sql, &viewer, now_ms, action, &[])?;
        Ok::<_, StoreError>(())
    };
    Ok(console.app.store.write(work).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_console_are_followed() {
        assert_eq!(local("/orders/new?hazard=flood"), Some("/orders/new?hazard=flood"));
        for foreign in ["", "//evil.example", "https://evil.example", "/\\evil", "/a\r\nb", "/"] {
            assert_eq!(local(foreign), None, "{foreign}");
        }
    }
}
