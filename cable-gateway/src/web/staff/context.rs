//! Who sits at the browser. A handler that needs an officer takes an [`Officer`].

use std::{convert::Infallible, net::IpAddr};

use axum::{
    Form,
    extract::{
        ConnectInfo, FromRequest, FromRequestParts, Query, Request, rejection::FormRejection,
    },
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
};

use super::{
    Console,
    fault::{Fault, Refused},
};
use crate::{
    audit::Viewer,
    encoding::query_value,
    network::Network,
    staff::{
        Role, StaffMember,
        session::{self, Found, SessionToken},
    },
    tls::Peer,
};

/// Cookie where browsers reach the console over TLS; the prefix binds it to this host.
const SECURE_COOKIE: &str = "__Host-hitokoe-staff";
/// Cookie on a machine's own loopback address, without TLS.
const PLAIN_COOKIE: &str = "hitokoe-staff";

/// A signed-in person of any role.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) member: StaffMember,
    pub(super) form_token: String,
}

/// A role that a handler asks for.
pub(super) trait Duty: Sized + Send {
    /// Takes the person if the role is right.
    fn take_up(person: Person) -> Option<Self>;

    /// The person on duty.
    fn person(&self) -> &Person;
}

impl Duty for Person {
    fn take_up(person: Person) -> Option<Self> {
        Some(person)
    }

    fn person(&self) -> &Person {
        self
    }
}

/// A disaster officer at work.
#[derive(Debug, Clone)]
pub(super) struct Officer(Person);

impl Duty for Officer {
    fn take_up(person: Person) -> Option<Self> {
        (person.member.role == Role::DisasterOfficer).then_some(Self(person))
    }

    fn person(&self) -> &Person {
        &self.0
    }
}

impl Officer {
    /// For the audit log.
    pub(super) fn viewer(&self, purpose: &str) -> Viewer {
        viewer(&self.0, purpose)
    }

    pub(super) fn member(&self) -> &StaffMember {
        &self.0.member
    }
}

/// A public-health nurse at work.
#[derive(Debug, Clone)]
pub(super) struct Nurse(Person);

impl Duty for Nurse {
    fn take_up(person: Person) -> Option<Self> {
        (person.member.role == Role::PublicHealthNurse).then_some(Self(person))
    }

    fn person(&self) -> &Person {
        &self.0
    }
}

impl Nurse {
    /// For the audit log.
    pub(super) fn viewer(&self, purpose: &str) -> Viewer {
        viewer(&self.0, purpose)
    }
}

/// For the audit log.
pub(super) fn viewer(person: &Person, purpose: &str) -> Viewer {
    Viewer {
        actor: person.member.staff_id.clone(),
        office: person.member.viewer(),
        purpose: purpose.to_owned(),
    }
}

/// Somebody on duty who opened a page.
pub(super) struct On<D>(pub(super) D);

impl<D: Duty> FromRequestParts<Console> for On<D> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Refused> {
        let next = parts.uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
        enter(console, &parts.headers, next, true).await.map(|(duty, _)| Self(duty))
    }
}

/// Somebody on duty whose page asks again by itself; this keeps no session alive.
pub(super) struct Watching<D>(pub(super) D);

impl<D: Duty> FromRequestParts<Console> for Watching<D> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Refused> {
        let path = parts.uri.path();
        let next = path.strip_suffix("/board").unwrap_or(path).to_owned();
        enter(console, &parts.headers, next, false).await.map(|(duty, _)| Self(duty))
    }
}

/// Where a request comes from, for waiting times.
pub(super) struct Address(pub(super) String);

impl FromRequestParts<Console> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>();
        let peer = peer.map(|ConnectInfo(peer)| peer.address.ip());
        // Without TLS this listener is on the loopback address behind a proxy, which adds the
        // address it was asked from at the end of the list.
        let proxied = if console.secure_cookie { None } else { forwarded(&parts.headers) };
        let network = |address| Network::of(address).to_string();
        Ok(Self(proxied.or(peer).map_or("unknown".to_owned(), network)))
    }
}

fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let list = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    list.rsplit(',').next()?.trim().parse().ok()
}

/// A form of this console, sent by somebody on duty.
pub(super) struct Posted<D> {
    pub(super) by: D,
    pub(super) fields: Fields,
    pub(super) token: SessionToken,
}

impl<D: Duty> FromRequest<Console> for Posted<D> {
    type Rejection = Refused;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Refused> {
        let headers = request.headers().clone();
        let path = request.uri().path().to_owned();
        let form = Form::<Vec<(String, String)>>::from_request(request, console).await;
        let fields = Fields(form.map_err(|cause| unreadable(&cause))?.0);
        let (by, token) = enter::<D>(console, &headers, fields.way_back(&path), true).await?;
        if !token.owns_form(fields.one("form_token")) {
            return Err(Fault::Forged.into());
        }
        Ok(Self { by, fields, token })
    }
}

/// What is wrong with a form that cannot be read.
pub(super) fn unreadable(cause: &FormRejection) -> Fault {
    if cause.status() == StatusCode::PAYLOAD_TOO_LARGE { Fault::TooLarge } else { Fault::Malformed }
}

/// Finds the session behind the cookie and the duty behind the session.
async fn enter<D: Duty>(
    console: &Console,
    headers: &HeaderMap,
    next: String,
    active: bool,
) -> Result<(D, SessionToken), Refused> {
    let by_script = headers.contains_key("hx-request");
    let refused = |expired| Fault::NotSignedIn { next, expired, by_script };
    let Some(token) = token(console, headers) else { return Err(refused(false).into()) };
    let idle_ms = i64::from(console.app.config.staff.idle_minutes) * 60_000;
    let found =
        session::find(&console.app.store, &token, console.now_ms(), idle_ms, active).await?;
    let member = match found {
        Found::Active(member) => member,
        Found::Expired => return Err(refused(true).into()),
        Found::None => return Err(refused(false).into()),
    };
    let person = Person { member, form_token: token.form_token() };
    Ok((D::take_up(person).ok_or(Fault::WrongRole)?, token))
}

/// Whether the browser speaks TLS, to this listener or to the proxy before it.
fn is_secure(console: &Console, headers: &HeaderMap) -> bool {
    console.secure_cookie || headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
}

fn cookie_name(secure: bool) -> &'static str {
    if secure { SECURE_COOKIE } else { PLAIN_COOKIE }
}

/// The token in the request's cookie.
fn token(console: &Console, headers: &HeaderMap) -> Option<SessionToken> {
    let wanted = cookie_name(is_secure(console, headers));
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|cookie| cookie.split(';'));
    let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == wanted)?;
    SessionToken::parse(token)
}

/// `Set-Cookie` that begins a session, or ends it when there is no token.
pub(super) fn set_cookie(
    console: &Console,
    headers: &HeaderMap,
    token: Option<&SessionToken>,
) -> String {
    let secure = is_secure(console, headers);
    let (value, age) = match token {
        Some(token) => (token.as_str(), session::ABSOLUTE_MS / 1000),
        None => ("", 0),
    };
    let (name, flag) = (cookie_name(secure), if secure { "; Secure" } else { "" });
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{flag}")
}

/// Fields of a form or a query, in order, names repeated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields of a query.
    pub(super) fn of_query(uri: &Uri) -> Self {
        Query::try_from_uri(uri).map(|Query(pairs)| Self(pairs)).unwrap_or_default()
    }

    /// The first value of this name; empty when there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value)
    }

    /// All values of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Fields whose name begins with `prefix`, without it.
    pub(super) fn prefixed<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let stripped = move |(name, value): &'a (String, String)| {
            Some((name.strip_prefix(prefix)?, value.as_str()))
        };
        self.0.iter().filter_map(stripped)
    }

    /// As a query string, without the token.
    pub(super) fn query(&self) -> String {
        let kept = self.0.iter().filter(|(name, value)| name != "form_token" && !value.is_empty());
        let pair = |(name, value): &(String, String)| {
            format!("{}={}", query_value(name), query_value(value))
        };
        kept.map(pair).collect::<Vec<_>>().join("&")
    }

    /// The page to come back to when the session ran out while this form was filled in: an order
    /// form keeps everything that was typed.
    fn way_back(&self, path: &str) -> String {
        let page = match path {
            "/orders" | "/orders/preview" => "/orders/new",
            "/sign-out" => return "/".to_owned(),
            // Neither a name nor a code comes into an address.
            path if path.starts_with("/cards/lost") => return "/cards/lost".to_owned(),
            path if path.starts_with("/orders/") && path.contains("/help/") => {
                return path.split_once("/help/").map_or(path, |(page, _)| page).to_owned();
            }
            path if path.starts_with("/residents/") || path.starts_with("/fleet/boxes/") => {
                let form = path.strip_suffix("/keys").or(path.strip_suffix("/diagnosis"));
                form.unwrap_or(path)
            }
            path if path.starts_with("/fleet/updates/") => return "/fleet/updates".to_owned(),
            path if path.starts_with("/drafts/") => {
                return path.rsplit_once('/').map_or(path, |(page, _)| page).to_owned();
            }
            path => path,
        };
        format!("{page}?{}", self.query())
    }
}
