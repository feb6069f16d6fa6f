//! A browser as far as the console can tell: cookies, origins, forms.

use std::net::IpAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use tower::ServiceExt as _;

use crate::tls::Peer;

pub(super) const HOST: &str = "console.minami.example";

pub(super) struct Browser {
    router: Router,
    cookie: Option<String>,
    form_token: String,
    address: IpAddr,
}

/// What came back.
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Page {
    pub(super) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().expect("ASCII"))
    }

    #[track_caller]
    pub(super) fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "「{text}」 is missing in {}", self.body);
    }

    #[track_caller]
    pub(super) fn hides(&self, text: &str) {
        assert!(!self.body.contains(text), "「{text}」 should not be in {}", self.body);
    }

    #[track_caller]
    pub(super) fn has_status(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
    }
}

impl Browser {
    pub(super) fn new(router: Router) -> Self {
        let address = IpAddr::from([192, 0, 2, 10]);
        Self { router, cookie: None, form_token: String::new(), address }
    }

    /// The same from another address.
    pub(super) fn at(self, address: [u8; 4]) -> Self {
        Self { address: IpAddr::from(address), ..self }
    }

    pub(super) async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// Any method without a body.
    pub(super) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Page {
        self.send(method, path, headers, String::new()).await
    }

    /// As htmx asks.
    pub(super) async fn poll(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, &[("hx-request", "true")], String::new()).await
    }

    /// A form of this console, with its token.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.form_token.clone();
        let fields = [&[("form_token", token.as_str())], fields].concat();
        self.post_as(path, &[("origin", &format!("https://{HOST}"))], &fields).await
    }

    /// Any form, sent from anywhere.
    pub(super) async fn post_as(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Page {
        use crate::encoding::query_value;
        let pair =
            |(name, value): &(&str, &str)| format!("{}={}", query_value(name), query_value(value));
        let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        self.send(Method::POST, path, headers, body).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Page {
        let mut request = Request::builder().method(method.clone()).uri(path).header("host", HOST);
        let has_kind = headers.iter().any(|(name, _)| *name == "content-type");
        if method == Method::POST && !has_kind {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let mut request = request.body(Body::from(body)).expect("a request");
        let peer = Peer { address: (self.address, 50_000).into(), certificate_sha256: None };
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 4 << 20).await.expect("a body");
        let page = Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).expect("UTF-8"),
        };
        self.remember(&page);
        page
    }

    fn remember(&mut self, page: &Page) {
        if let Some(cookie) = page.headers.get(header::SET_COOKIE) {
            let pair = cookie.to_str().expect("ASCII").split(';').next().expect("a pair");
            let value = pair.split_once('=').expect("a value").1;
            self.cookie = (!value.is_empty()).then(|| pair.to_owned());
        }
        let field = "name=\"form_token\" value=\"";
        if let Some((_, rest)) = page.body.split_once(field) {
            self.form_token = rest.split('"').next().expect("a value").to_owned();
        }
    }

    /// The same browser, cookies included, on another machine.
    pub(super) fn copy(&self) -> Self {
        let (cookie, form_token) = (self.cookie.clone(), self.form_token.clone());
        Self { router: self.router.clone(), cookie, form_token, address: self.address }
    }

    pub(super) fn form_token(&self) -> &str {
        &self.form_token
    }
}
