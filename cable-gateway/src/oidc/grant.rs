//! From a yes to tokens: codes that work once, access tokens kept as hashes.

use gateway_api::login::AssuranceLevel;

use super::{
    CODE_MS, TOKEN_MS,
    attribute::{self, Attributes},
    authorization::fits_challenge,
    client::Client,
    fault::Fault,
    request::{Answer, Request},
    subject,
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

/// What was granted.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its id; also the `sid` of id tokens.
    pub grant_id: String,
    /// To whom.
    pub client_id: String,
    /// By whom.
    pub person_id: String,
    /// Under which id the client knows the person.
    pub subject: String,
    /// What the client may know.
    pub attributes: Attributes,
    /// Level of the answer.
    pub level: AssuranceLevel,
    /// When the card was used.
    pub authenticated_at_ms: i64,
    /// What was known about revocation when the card was used.
    pub standing: Standing,
    /// Comes back in the id token.
    pub nonce: Option<String>,
}

/// A grant whose access token was just drawn.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The grant.
    pub grant: Grant,
    /// The access token; kept nowhere.
    pub access_token: String,
}

/// Draws a code for a browser that waits.
pub fn draw_code(
    sql: &mut dyn Sql,
    client: &Client,
    request: &Request,
    answer: &Answer,
    now_ms: i64,
    random: &dyn Random,
) -> Result<String, StoreError> {
    let code = base64url(&random::bytes::<32>(random));
    let hash = sha256(code.as_bytes());
    insert(sql, client, request, answer, Some(&hash), now_ms, random)?;
    Ok(code)
}

/// Issues tokens for a service that waited itself.
pub fn issue_directly(
    sql: &mut dyn Sql,
    client: &Client,
    request: &Request,
    answer: &Answer,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Issued, StoreError> {
    let grant_id = insert(sql, client, request, answer, None, now_ms, random)?;
    draw_token(sql, &grant_id, now_ms, random)
}

/// Uses up a code. Whatever comes out, it never works again; when it did before, somebody else
/// has it too, and what was issued for it stops counting.
pub fn redeem(
    sql: &mut dyn Sql,
    client: &Client,
    shown: &Shown<'_>,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Result<Issued, Fault>, StoreError> {
    let hash = sha256(shown.code.as_bytes());
    let query = "UPDATE service_grant SET code_used_at_ms = $2 \
                 WHERE code_hash = $1 AND code_used_at_ms IS NULL RETURNING *";
    let Some(row) = sql.optional(query, values![&hash, now_ms])? else {
        let query = "UPDATE service_grant SET revoked_at_ms = $2 \
                     WHERE code_hash = $1 AND revoked_at_ms IS NULL";
        if sql.execute(query, values![&hash, now_ms])? > 0 {
            tracing::warn!(client = client.client_id, "a code came twice; its tokens are revoked");
        }
        return Ok(Err(Fault::grant("the code is unknown or was used before")));
    };
    if let Err(fault) = fits(&row, client, shown, now_ms)? {
        return Ok(Err(fault));
    }
    let grant_id: String = row.get("grant_id")?;
    draw_token(sql, &grant_id, now_ms, random).map(Ok)
}

/// What a client shows for a code.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The code.
    pub code: &'a str,
    /// The address that the code came to.
    pub redirect_uri: &'a str,
    /// What the challenge was made of.
    pub verifier: &'a str,
}

fn fits(
    row: &Row,
    client: &Client,
    shown: &Shown<'_>,
    now_ms: i64,
) -> Result<Result<(), Fault>, StoreError> {
    let (redirect_uri, challenge): (String, String) =
        (row.get("redirect_uri")?, row.get("code_challenge")?);
    let fault = if row.get::<String>("client_id")? != client.client_id {
        "the code belongs to another client"
    } else if row.get::<i64>("code_expires_at_ms")? <= now_ms {
        "the code is expired"
    } else if row.get::<Option<i64>>("revoked_at_ms")?.is_some() {
        "the consent was withdrawn"
    } else if redirect_uri != shown.redirect_uri {
        "redirect_uri is not the one that the code was issued for"
    } else if !fits_challenge(shown.verifier, &challenge) {
        "code_verifier does not fit the code_challenge"
    } else {
        return Ok(Ok(()));
    };
    Ok(Err(Fault::grant(fault)))
}

fn insert(
    sql: &mut dyn Sql,
    client: &Client,
    request: &Request,
    answer: &Answer,
    code_hash: Option<&[u8; 32]>,
    now_ms: i64,
    random: &dyn Random,
) -> Result<String, StoreError> {
    let grant_id = random::id(random);
    let subject = subject::of(sql, &client.sector, &answer.person_id, now_ms, random)?;
    // A consent that was withdrawn between the answer and now gives nothing.
    let revoked = "SELECT withdrawn_at_ms FROM service_consent WHERE consent_id = $1";
    let revoked: Option<i64> =
        sql.one(revoked, values![&answer.consent_id])?.get("withdrawn_at_ms")?;
    sql.execute(
        "INSERT INTO service_grant (grant_id, client_id, person_id, consent_id, subject, \
         attributes, level, authenticated_at_ms, nonce, redirect_uri, code_challenge, code_hash, \
         code_expires_at_ms, revoked_at_ms, created_at_ms, revocation, revocation_source_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        values![
            &grant_id,
            &client.client_id,
            &answer.person_id,
            &answer.consent_id,
            subject,
            attribute::to_text(&request.attributes),
            level_number(answer.level),
            answer.authenticated_at_ms,
            request.nonce.as_ref(),
            request.back.as_ref().map(|back| &back.redirect_uri),
            request.code_challenge.as_ref(),
            code_hash,
            code_hash.map(|_| now_ms + CODE_MS),
            revoked,
            now_ms,
            answer.standing.code(),
            answer.standing.source_at_ms()
        ],
    )?;
    Ok(grant_id)
}

fn draw_token(
    sql: &mut dyn Sql,
    grant_id: &str,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Issued, StoreError> {
    let access_token = base64url(&random::bytes::<32>(random));
    let row = sql.one(
        "UPDATE service_grant SET token_hash = $2, token_expires_at_ms = $3 \
         WHERE grant_id = $1 RETURNING *",
        values![grant_id, &sha256(access_token.as_bytes()), now_ms + TOKEN_MS],
    )?;
    Ok(Issued { grant: grant(&row)?, access_token })
}

/// The grant behind an access token that counts now.
pub fn by_token(
    sql: &mut dyn Sql,
    access_token: &str,
    now_ms: i64,
) -> Result<Option<Grant>, StoreError> {
    let query = "SELECT * FROM service_grant WHERE token_hash = $1 \
                 AND token_expires_at_ms > $2 AND revoked_at_ms IS NULL";
    let hash = sha256(access_token.as_bytes());
    sql.optional(query, values![&hash, now_ms])?.as_ref().map(grant).transpose()
}

/// A client gives an access token back (RFC 7009); tokens of others are left alone.
pub fn revoke_token(
    sql: &mut dyn Sql,
    client_id: &str,
    access_token: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let query = "UPDATE service_grant SET revoked_at_ms = $3 \
                 WHERE token_hash = $1 AND client_id = $2 AND revoked_at_ms IS NULL";
    sql.execute(query, values![&sha256(access_token.as_bytes()), client_id, now_ms]).map(drop)
}

/// The person leaves a service: what was granted at that sign-in stops counting.
pub fn end(
    sql: &mut dyn Sql,
    client_id: &str,
    grant_id: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let query = "UPDATE service_grant SET revoked_at_ms = $3 \
                 WHERE grant_id = $1 AND client_id = $2 AND revoked_at_ms IS NULL";
    sql.execute(query, values![grant_id, client_id, now_ms]).map(drop)
}

fn grant(row: &Row) -> Result<Grant, StoreError> {
    Ok(Grant {
        grant_id: row.get("grant_id")?,
        client_id: row.get("client_id")?,
        person_id: row.get("person_id")?,
        subject: row.get("subject")?,
        attributes: attribute::from_text(&row.get::<String>("attributes")?)?,
        level: attribute::level(row.get("level")?)?,
        authenticated_at_ms: row.get("authenticated_at_ms")?,
        standing: Standing::read(row)?,
        nonce: row.get("nonce")?,
    })
}
