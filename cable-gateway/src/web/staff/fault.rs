//! Refusals and failures as pages: what happened, and the one thing to do next.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::page::{Frame, MessagePage, html};
use crate::{
    encoding::query_value, orders::OrderError, staff::draft::DraftError, store::StoreError,
};

/// Why a request ends here.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn {
        /// Where to go on after the sign-in.
        next: String,
        /// Whether a session ran out, rather than never being there.
        expired: bool,
        /// Whether a script asked, not a person.
        by_script: bool,
    },
    /// The person has another role.
    #[error("another role")]
    WrongRole,
    /// The form was not written by this console.
    #[error("forged form")]
    Forged,
    /// The form is larger than any form of this console.
    #[error("form too large")]
    TooLarge,
    /// The form cannot be read.
    #[error("malformed form")]
    Malformed,
    /// The order is not in force any more.
    #[error("the order is not in force")]
    NotInForce,
    /// A layer below the pages refused, e.g. an address that cannot be read.
    #[error("refused with {0}")]
    Bare(StatusCode),
    /// Nothing exists under this address.
    #[error("nothing here")]
    NotFound,
    /// The town's tables were never imported.
    #[error("no town imported")]
    NoTown,
    /// A template failed.
    #[error("template: {0}")]
    Template(#[from] askama::Error),
    /// A draft could not be read.
    #[error(transparent)]
    Draft(DraftError),
    /// The order desk failed.
    #[error(transparent)]
    Order(OrderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DraftError> for Fault {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Unknown => Self::NotFound,
            DraftError::Store(error) => Self::Store(error),
            other => Self::Draft(other),
        }
    }
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn { .. } => StatusCode::UNAUTHORIZED,
            Self::WrongRole | Self::Forged => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Bare(status) => *status,
            Self::NotInForce => StatusCode::CONFLICT,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NoTown | Self::Store(StoreError::Overloaded) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::WrongRole => (
                "このページは開けません",
                "この画面は別の担当の職員のものです。必要なときは、担当の課に問い合わせてください。",
            ),
            Self::Forged => (
                "操作を受け付けませんでした",
                "画面が古くなっているか、ほかのページからの操作でした。もう一度はじめから操作してください。",
            ),
            Self::Bare(StatusCode::METHOD_NOT_ALLOWED) => (
                "この操作はできません",
                "開き方が違います。はじめの画面から操作してください。何も登録していません。",
            ),
            Self::Bare(StatusCode::REQUEST_TIMEOUT) => (
                "時間がかかりすぎました",
                "通信が遅いか、途切れています。前の画面に戻り、もう一度送ってください。",
            ),
            Self::TooLarge | Self::Bare(StatusCode::PAYLOAD_TOO_LARGE) => (
                "送られた内容が大きすぎます",
                "前の画面に戻り、文章を短くしてから、もう一度送ってください。何も登録していません。",
            ),
            Self::Malformed
            | Self::Bare(StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE) => {
                (
                    "内容を読み取れませんでした",
                    "前の画面に戻り、もう一度送ってください。何も登録していません。",
                )
            }
            Self::NotInForce => (
                "この情報は、もう発令中ではありません",
                "ほかの職員が更新、解除、または取消をしたか、期限が過ぎました。",
            ),
            Self::NotFound | Self::Bare(StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST) => {
                ("ページが見つかりません", "アドレスが違うか、すでになくなったページです。")
            }
            Self::NoTown => (
                "町の地区と避難場所が登録されていません",
                "システムの管理者に、町のデータの取り込みを依頼してください。",
            ),
            Self::Store(StoreError::Overloaded) => (
                "混み合っています",
                "少し待ってから、もう一度操作してください。入力した内容は送られていません。",
            ),
            _ => (
                "うまく処理できませんでした",
                "もう一度操作してください。続くときはシステムの管理者に知らせてください。",
            ),
        }
    }

    /// The page that says it.
    pub(super) fn page(&self) -> Response {
        let (heading, text) = self.words();
        let page = MessagePage {
            frame: Frame::bare(heading),
            heading,
            text,
            href: "/",
            link: "はじめの画面へ",
        };
        match html(&page) {
            Ok(body) => (self.status(), body).into_response(),
            Err(_) => (self.status(), heading).into_response(),
        }
    }
}

/// Any error of a handler, with the console that shows it.
pub(super) struct Refused(pub(super) Fault);

impl<E: Into<Fault>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self.0 {
            Fault::NotSignedIn { next, expired, by_script } => {
                let target = sign_in_address(&next, expired);
                if by_script {
                    ask_script_to_leave(&target)
                } else {
                    Redirect::to(&target).into_response()
                }
            }
            fault => {
                if fault.status().is_server_error() {
                    tracing::error!(error = %fault, "a page of the console failed");
                }
                fault.page()
            }
        }
    }
}

fn ask_script_to_leave(target: &str) -> Response {
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    if let Ok(target) = HeaderValue::from_str(target) {
        response.headers_mut().insert("hx-redirect", target);
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

fn sign_in_address(next: &str, expired: bool) -> String {
    let reason = if expired { "&reason=idle" } else { "" };
    format!("/sign-in?next={}{reason}", query_value(next))
}

/// A refusal that no page of ours told, e.g. of an address that is no text, becomes a page too.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let (status, headers) = (response.status(), response.headers());
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_page = kind.is_some_and(|kind| kind.starts_with("text/html"));
    let refused = status.is_client_error() || status.is_server_error();
    if !refused || is_page || headers.contains_key("hx-redirect") {
        return response;
    }
    let mut page = Fault::Bare(status).page();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = headers.get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

pub(super) async fn nothing_here() -> Response {
    Refused(Fault::NotFound).into_response()
}
