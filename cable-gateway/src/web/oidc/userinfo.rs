//! `/userinfo`: what the person agreed to tell, as it is now.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
};
use gateway_api::service::ServiceAttribute;
use serde_json::{Map, Value};

use super::{Desk, answer::Refused};
use crate::{
    audit::{self, Object, Viewer},
    oidc::{
        client,
        fault::{Code, Fault},
        grant::{self, Grant},
    },
    store::{Row, Sql, StoreError},
    values,
};

/// Gives the subject and the attributes of the access token in the `Authorization` header.
pub(super) async fn handler(
    State(desk): State<Desk>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refused> {
    let refused = Fault::new(Code::InvalidToken, "the access token is missing or does not count");
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(refused)?;
    let (token, now_ms) = (token.to_owned(), desk.app.now_ms());
    let read = move |sql: &mut dyn Sql| match grant::by_token(sql, &token, now_ms)? {
        Some(grant) => claims(sql, &grant, now_ms).map(Some),
        None => Ok(None),
    };
    let claims = desk.app.store.write::<_, StoreError, _>(read).await?;
    Ok(Json(claims.ok_or(refused)?))
}

/// Reads the attributes and writes down that they were told, in one transaction (invariant 8).
fn claims(sql: &mut dyn Sql, grant: &Grant, now_ms: i64) -> Result<Value, StoreError> {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), grant.subject.clone().into());
    if !grant.attributes.is_empty() {
        let row = sql.one(
            "SELECT p.name, p.kana, a.name AS district, t.municipality_code, t.name AS town \
             FROM person p LEFT JOIN household_resident r ON r.person_id = p.person_id \
             LEFT JOIN household h ON h.household_id = r.household_id \
             LEFT JOIN area a ON a.area_id = h.area_id \
             LEFT JOIN town t ON r.person_id IS NOT NULL WHERE p.person_id = $1",
            values![&grant.person_id],
        )?;
        for attribute in &grant.attributes {
            add(&mut claims, *attribute, &row)?;
        }
        note(sql, grant, now_ms)?;
    }
    Ok(claims.into())
}

fn add(
    claims: &mut Map<String, Value>,
    attribute: ServiceAttribute,
    row: &Row,
) -> Result<(), StoreError> {
    let columns: &[(&str, &'static str)] = match attribute {
        ServiceAttribute::Name => &[("name", "name")],
        ServiceAttribute::Kana => &[("name#ja-Kana-JP", "kana")],
        ServiceAttribute::Municipality => {
            &[("municipality", "town"), ("municipality_code", "municipality_code")]
        }
        ServiceAttribute::District => &[("district", "district")],
    };
    for (claim, column) in columns {
        let value: Option<String> = row.get(column)?;
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            claims.insert((*claim).to_owned(), value.into());
        }
    }
    Ok(())
}

fn note(sql: &mut dyn Sql, grant: &Grant, now_ms: i64) -> Result<(), StoreError> {
    let client = client::active(sql, &grant.client_id)?;
    let viewer = Viewer {
        actor: format!("service:{}", grant.client_id),
        office: client.map_or_else(|| grant.client_id.clone(), |client| client.name),
        purpose: "sign-in".to_owned(),
    };
    let person = [grant.person_id.clone()];
    audit::view(sql, &viewer, now_ms, Object::ServiceAttributes, &person)
}
