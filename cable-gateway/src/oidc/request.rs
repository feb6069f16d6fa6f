//! Requests that wait for an answer on the television.
//!
//! Three kinds wait alike: a browser that a service sent here, a service that shows the number
//! itself, and a service that wants a statement. Each one has a number for the person and a secret
//! for whoever waits. The box that took a request is the only one that can answer it.

mod answer;

use gateway_api::{login::AssuranceLevel, service::ServiceRequest};

pub(crate) use answer::approve;
pub use answer::{AnswerError, refuse};

use super::{
    OPEN_REQUESTS_MAX, REQUEST_MS,
    attribute::{self, Attributes},
    authorization::{Authorization, ReturnAddress},
    client::{self, Client},
    fault::{Code, Fault},
};
use crate::{
    encoding::sha256,
    jws::base64url,
    random::{self, Random},
    revocation::Standing,
    session::level_number,
    store::{Row, Sql, StoreError},
    values,
};

/// Digits of a number.
pub const USER_CODE_DIGITS: usize = 8;
/// Numbers that lead nowhere, per box and hour.
const FAILURES_MAX: i64 = 10;
const HOUR_MS: i64 = 3_600_000;

/// What a new request is made of.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// `code`, `device` or `statement`.
    pub kind: Kind,
    /// What the service would get to know.
    pub attributes: Attributes,
    /// Level that the answer must have.
    pub level: AssuranceLevel,
    /// Where the browser goes, and what it brings; for a browser only.
    pub browser: Option<(ReturnAddress, Authorization)>,
    /// Comes back in the id token of a request without a browser.
    pub nonce: Option<String>,
    /// Questions as JSON, and the service's own reference; for a statement only.
    pub form: Option<(String, Option<String>)>,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A browser; it gets a code.
    Code,
    /// A service; it gets tokens.
    Device,
    /// A service; it gets a statement.
    Statement,
}

/// An opened request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its id.
    pub request_id: String,
    /// The number to type on the television.
    pub user_code: String,
    /// What the waiting side shows to get the answer.
    pub holder: String,
}

/// How far a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nobody typed the number yet.
    Waiting,
    /// A television shows the question.
    Claimed,
    /// The person said yes.
    Approved,
    /// The person said no.
    Refused,
    /// The answer was fetched.
    Finished,
}

/// A request as it is kept.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its id.
    pub request_id: String,
    /// Who asks.
    pub client_id: String,
    /// Who waits.
    pub kind: Kind,
    /// The number.
    pub user_code: String,
    /// Where the browser goes.
    pub back: Option<ReturnAddress>,
    /// Comes back in the id token.
    pub nonce: Option<String>,
    /// PKCE challenge.
    pub code_challenge: Option<String>,
    /// What the service would get to know.
    pub attributes: Attributes,
    /// Level that the answer must have.
    pub level: AssuranceLevel,
    /// Questions, JSON.
    pub form: Option<String>,
    /// The service's own reference.
    pub contract_ref: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// When it ends.
    pub expires_at_ms: i64,
    /// Who answered; there from the approval on.
    pub answer: Option<Answer>,
}

/// Who said yes, and how.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The person.
    pub person_id: String,
    /// At which box.
    pub device_id: String,
    /// In which session.
    pub session_id: String,
    /// Level of that session.
    pub level: AssuranceLevel,
    /// When the card was used.
    pub authenticated_at_ms: i64,
    /// The consent behind it.
    pub consent_id: String,
    /// Answers to the questions, JSON.
    pub answers: Option<String>,
    /// What was known about revocation when the card was used.
    pub standing: Standing,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Code, Self::Device, Self::Statement];

    fn code(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Device => "device",
            Self::Statement => "statement",
        }
    }
}

impl Stage {
    fn from_code(code: &str) -> Result<Self, StoreError> {
        match code {
            "waiting" => Ok(Self::Waiting),
            "claimed" => Ok(Self::Claimed),
            "approved" => Ok(Self::Approved),
            "refused" => Ok(Self::Refused),
            "finished" => Ok(Self::Finished),
            _ => Err(StoreError::Column { column: "stage" }),
        }
    }
}

/// Opens a request.
pub fn open(
    sql: &mut dyn Sql,
    client: &Client,
    new: &NewRequest,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Opened, Fault> {
    let query = "SELECT COUNT(*) AS n FROM service_request \
                 WHERE stage IN ('waiting', 'claimed') AND expires_at_ms > $1";
    if sql.one(query, values![now_ms])?.get::<i64>("n")? >= OPEN_REQUESTS_MAX {
        tracing::warn!("too many open requests of services; new ones are refused");
        return Err(Fault::new(Code::TemporarilyUnavailable, "too many open requests, try later"));
    }
    // A number that ended may come again; one request at a time has it.
    let end = "UPDATE service_request SET stage = 'finished' \
               WHERE stage IN ('waiting', 'claimed') AND expires_at_ms <= $1";
    sql.execute(end, values![now_ms])?;
    let opened = Opened {
        request_id: random::id(random),
        user_code: draw_user_code(sql, random)?,
        holder: base64url(&random::bytes::<32>(random)),
    };
    insert(sql, client, new, &opened, now_ms)?;
    Ok(opened)
}

fn insert(
    sql: &mut dyn Sql,
    client: &Client,
    new: &NewRequest,
    opened: &Opened,
    now_ms: i64,
) -> Result<(), StoreError> {
    let (back, asked) = new.browser.as_ref().map(|(back, asked)| (back, asked)).unzip();
    let nonce = asked.map_or(new.nonce.as_deref(), |asked| asked.nonce.as_deref());
    let (form, reference) = new.form.as_ref().map(|(form, reference)| (form, reference)).unzip();
    sql.execute(
        "INSERT INTO service_request (request_id, client_id, kind, user_code, holder_hash, \
         redirect_uri, client_state, nonce, code_challenge, attributes, level, form, \
         contract_ref, stage, created_at_ms, expires_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting', $14, $15)",
        values![
            &opened.request_id,
            &client.client_id,
            new.kind.code(),
            &opened.user_code,
            &sha256(opened.holder.as_bytes()),
            back.map(|back| &back.redirect_uri),
            back.and_then(|back| back.state.as_ref()),
            nonce,
            asked.map(|asked| &asked.code_challenge),
            attribute::to_text(&new.attributes),
            level_number(new.level),
            form,
            reference.and_then(Option::as_ref),
            now_ms,
            now_ms + REQUEST_MS
        ],
    )?;
    Ok(())
}

/// A number that no open request has; every one is equally likely.
fn draw_user_code(sql: &mut dyn Sql, random: &dyn Random) -> Result<String, Fault> {
    let range = 10_u64.pow(8);
    let taken = "SELECT request_id FROM service_request \
                 WHERE user_code = $1 AND stage IN ('waiting', 'claimed')";
    for _ in 0..20 {
        let number = u64::from_be_bytes(random::bytes(random));
        if number >= u64::MAX - u64::MAX % range {
            continue;
        }
        let code = format!("{:08}", number % range);
        if sql.optional(taken, values![&code])?.is_none() {
            return Ok(code);
        }
    }
    Err(Fault::new(Code::TemporarilyUnavailable, "no number is free, try later"))
}

/// A box asks for the request behind a number and takes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// Unknown, over, or taken by another box.
    #[error("no request waits under this number; start again at the service")]
    Unknown,
    /// Too many wrong numbers from this box.
    #[error("too many numbers that led nowhere from this box; wait an hour")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes the request behind a number for this box; a number that leads nowhere is counted.
pub fn claim(
    sql: &mut dyn Sql,
    device_id: &str,
    user_code: &str,
    now_ms: i64,
) -> Result<Result<ServiceRequest, ClaimError>, StoreError> {
    let query = "SELECT COUNT(*) AS n FROM user_code_failure WHERE device_id = $1 AND at_ms > $2";
    let failures: i64 = sql.one(query, values![device_id, now_ms - HOUR_MS])?.get("n")?;
    if failures >= FAILURES_MAX {
        return Ok(Err(ClaimError::TooMany));
    }
    let row = sql.optional(
        "UPDATE service_request SET stage = 'claimed', device_id = $2, \
         claimed_at_ms = COALESCE(claimed_at_ms, $3) \
         WHERE user_code = $1 AND expires_at_ms > $3 AND (stage = 'waiting' \
         OR (stage = 'claimed' AND device_id = $2)) RETURNING *",
        values![user_code, device_id, now_ms],
    )?;
    let request = row.as_ref().map(request).transpose()?;
    let client = match &request {
        Some(request) => client::active(sql, &request.client_id)?,
        None => None,
    };
    if let (Some(request), Some(client)) = (request, client) {
        return shown(request, client).map(Ok);
    }
    let query = "INSERT INTO user_code_failure (device_id, at_ms) VALUES ($1, $2)";
    sql.execute(query, values![device_id, now_ms])?;
    Ok(Err(ClaimError::Unknown))
}

fn shown(request: Request, client: Client) -> Result<ServiceRequest, StoreError> {
    let form = request.form.as_deref().map(serde_json::from_str).transpose();
    Ok(ServiceRequest {
        login_relying_party: client.relying_party(),
        login_purpose: login_purpose(&request.request_id),
        request_id: request.request_id,
        service_name: client.name,
        service_kana: client.kana,
        purpose: client.purpose,
        attributes: request.attributes.into_iter().collect(),
        level: request.level,
        form: form.map_err(|_| StoreError::Column { column: "form" })?,
        expires_at_ms: request.expires_at_ms,
    })
}

/// `purpose` of the login that answers this request: the card signs it.
fn login_purpose(request_id: &str) -> String {
    format!("request:{request_id}")
}

/// The request for which the waiting side shows its secret.
pub fn by_holder(sql: &mut dyn Sql, holder: &str) -> Result<Option<Request>, StoreError> {
    let query = "SELECT * FROM service_request WHERE holder_hash = $1";
    sql.optional(query, values![&sha256(holder.as_bytes())])?.as_ref().map(request).transpose()
}

/// Notes that a service asked whether there is an answer; answers whether that was too soon.
pub fn polled(
    sql: &mut dyn Sql,
    request_id: &str,
    now_ms: i64,
    interval_ms: i64,
) -> Result<bool, StoreError> {
    let query = "SELECT polled_at_ms FROM service_request WHERE request_id = $1";
    let last: Option<i64> = sql.one(query, values![request_id])?.get("polled_at_ms")?;
    let query = "UPDATE service_request SET polled_at_ms = $2 WHERE request_id = $1";
    sql.execute(query, values![request_id, now_ms])?;
    Ok(last.is_some_and(|last| now_ms - last < interval_ms))
}

/// The answer was fetched, or nobody waits for one any more.
pub fn close(sql: &mut dyn Sql, request_id: &str) -> Result<(), StoreError> {
    let query = "UPDATE service_request SET stage = 'finished' WHERE request_id = $1";
    sql.execute(query, values![request_id]).map(drop)
}

/// The waiting side gives up; an answer that was given before stays.
pub fn cancel(sql: &mut dyn Sql, request_id: &str) -> Result<(), StoreError> {
    let query = "UPDATE service_request SET stage = 'refused' \
                 WHERE request_id = $1 AND stage IN ('waiting', 'claimed')";
    sql.execute(query, values![request_id]).map(drop)
}

fn request(row: &Row) -> Result<Request, StoreError> {
    let kind: String = row.get("kind")?;
    let kind = Kind::ALL.into_iter().find(|known| known.code() == kind);
    let state = row.get("client_state")?;
    let redirect_uri: Option<String> = row.get("redirect_uri")?;
    Ok(Request {
        request_id: row.get("request_id")?,
        client_id: row.get("client_id")?,
        kind: kind.ok_or(StoreError::Column { column: "kind" })?,
        user_code: row.get("user_code")?,
        back: redirect_uri.map(|redirect_uri| ReturnAddress { redirect_uri, state }),
        nonce: row.get("nonce")?,
        code_challenge: row.get("code_challenge")?,
        attributes: attribute::from_text(&row.get::<String>("attributes")?)?,
        level: attribute::level(row.get("level")?)?,
        form: row.get("form")?,
        contract_ref: row.get("contract_ref")?,
        stage: Stage::from_code(&row.get::<String>("stage")?)?,
        expires_at_ms: row.get("expires_at_ms")?,
        answer: answer(row)?,
    })
}

fn answer(row: &Row) -> Result<Option<Answer>, StoreError> {
    let Some(person_id) = row.get::<Option<String>>("person_id")? else { return Ok(None) };
    Ok(Some(Answer {
        person_id,
        device_id: row.get("device_id")?,
        session_id: row.get("session_id")?,
        level: attribute::level(row.get("reached_level")?)?,
        authenticated_at_ms: row.get("authenticated_at_ms")?,
        consent_id: row.get("consent_id")?,
        answers: row.get("answers")?,
        standing: Standing::read(row)?,
    }))
}
