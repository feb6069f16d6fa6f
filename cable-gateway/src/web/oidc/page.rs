//! Pages for the person at a phone or computer, and their headers.

use askama::Template;
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::oidc::{
    client::Client,
    request::{Request as ServiceRequest, Stage},
};
use crate::web::security_headers;

const STYLE: &str = include_str!("../../../static/sign-in.css");
const SCRIPT: &str = include_str!("../../../static/sign-in.js");

/// No address is handed on.
const REFERRER: &str = "no-referrer";

#[derive(Template)]
#[template(path = "oidc/waiting.html")]
struct WaitingPage<'a> {
    service: &'a str,
    purpose: &'a str,
    request_id: &'a str,
    first: &'a str,
    second: &'a str,
    claimed: bool,
}

#[derive(Template)]
#[template(path = "oidc/message.html")]
struct MessagePage {
    heading: &'static str,
    text: &'static str,
}

/// Adds the headers that every answer has.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    security_headers::add(&mut response, policy(""), REFERRER);
    response
}

fn policy(form_target: &str) -> HeaderValue {
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         form-action 'self'{form_target}; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The page with the number.
pub(super) fn waiting(request: &ServiceRequest, client: &Client) -> Response {
    let (first, second) = request.user_code.split_at(request.user_code.len() / 2);
    let page = WaitingPage {
        service: &client.name,
        purpose: &client.purpose,
        request_id: &request.request_id,
        first,
        second,
        claimed: request.stage == Stage::Claimed,
    };
    // A browser follows the way back after "cancel" only to places that this names.
    let back = request.back.as_ref().and_then(|back| origin(&back.redirect_uri));
    let target = back.map(|origin| format!(" {origin}")).unwrap_or_default();
    let mut response = html(StatusCode::OK, &page);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy(&target));
    response
}

fn origin(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

/// The request is not this browser's, or over.
pub(super) fn over() -> Response {
    let page = MessagePage {
        heading: "この確認は終わりました",
        text: "もう一度、利用したいサービスの画面からやり直してください。",
    };
    html(StatusCode::NOT_FOUND, &page)
}

/// A service sent something that cannot be; the browser goes nowhere.
pub(super) fn refusal(status: StatusCode) -> Response {
    let page = if status.is_server_error() {
        MessagePage {
            heading: "いま確認できません",
            text: "少し待ってから、利用したいサービスの画面からやり直してください。",
        }
    } else {
        MessagePage {
            heading: "このサービスからの確認を受け付けられません",
            text: "サービスの設定に誤りがあります。利用したいサービスの窓口に知らせてください。",
        }
    };
    html(status, &page)
}

/// The person left a service.
pub(super) fn left() -> Response {
    let page = MessagePage {
        heading: "サインアウトしました", text: "この画面を閉じてください。"
    };
    html(StatusCode::OK, &page)
}

/// How the number is used.
pub(super) async fn help() -> Response {
    let page = MessagePage {
        heading: "番号はテレビで入力します",
        text: "テレビのホーム画面で「ほかのサービス」を選び、サービスの画面に出ている8けたの番号を入れてください。",
    };
    html(StatusCode::OK, &page)
}

/// Every path that does not exist.
pub(super) async fn nothing_here() -> Response {
    let page = MessagePage {
        heading: "ページが見つかりません",
        text: "利用したいサービスの画面からやり直してください。",
    };
    html(StatusCode::NOT_FOUND, &page)
}

/// `GET /static/sign-in.css`.
pub(super) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

/// `GET /static/sign-in.js`.
pub(super) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, text).into_response()
}

fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page for a service's visitor failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
