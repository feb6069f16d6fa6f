//! The end of every way of being recognised: the person is found, a session opened, and what happened
//! written down, in one transaction.

use gateway_api::login::{AssuranceLevel, Session};

use super::{Accepted, LoginDesk, LoginError, Occasion, VerifiedLogin, credential, signature};
use crate::{
    device::Device,
    session::{self, Bound, NewSession},
    store::{Sql, StoreError},
    values,
};

impl LoginDesk {
    /// Finds the person, opens the session and writes down what happened.
    pub(super) async fn conclude(
        &self,
        occasion: Occasion<'_>,
        device: &Device,
        level: AssuranceLevel,
        bound: Option<Bound>,
        outcome: Result<Accepted, LoginError>,
        find: impl FnOnce(&mut dyn Sql, &VerifiedLogin) -> Result<String, LoginError> + Send + 'static,
    ) -> Result<Session, LoginError> {
        let ttl = match level {
            AssuranceLevel::L1 => self.config.touch_session,
            _ => self.config.pin_session,
        };
        let ttl_ms = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        let (now_ms, random) = (occasion.now_ms, occasion.random);
        let (device, way) = (device.clone(), way(level));
        let written = occasion
            .store
            .write(move |sql| {
                let found = outcome.and_then(|(verified, standing)| {
                    let person = find(sql, &verified)?;
                    Ok((admitted(sql, person, level, &device)?, standing))
                });
                // No refusal: what was written on the way to the person goes back.
                if let Err(LoginError::Store(error)) = found {
                    return Err(error);
                }
                let code = found.as_ref().map_or_else(LoginError::outcome, |_| "opened");
                let person = found.as_ref().ok().map(|(person, _)| person.as_str());
                write_event(sql, now_ms, &device.device_id, person, way, code)?;
                let (person_id, standing) = match found {
                    Ok(found) => found,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                let new = NewSession {
                    device_id: &device.device_id,
                    household_id: &device.household_id,
                    person_id: &person_id,
                    level,
                    now_ms,
                    expires_at_ms: now_ms + ttl_ms,
                    bound: bound.as_ref(),
                    standing,
                };
                Ok::<_, StoreError>(Ok(session::open(sql, &new, &*random)?))
            })
            .await;
        let result = written.unwrap_or_else(|error| Err(error.into()));
        let outcome = result.as_ref().map_or_else(LoginError::outcome, |_| "opened");
        self.metrics.logins.count([way, outcome]);
        tracing::info!(way, outcome, "login concluded");
        result
    }
}

/// A touched card counts in its own home only: its certificate can be read, and copied, without the
/// PIN. With the PIN a person is known at every box.
fn admitted(
    sql: &mut dyn Sql,
    person_id: String,
    level: AssuranceLevel,
    device: &Device,
) -> Result<String, LoginError> {
    let proven = level >= AssuranceLevel::L2;
    if proven || credential::lives_in(sql, &person_id, &device.household_id)? {
        Ok(person_id)
    } else {
        Err(LoginError::OtherHousehold)
    }
}

fn way(level: AssuranceLevel) -> &'static str {
    match level {
        AssuranceLevel::L0 | AssuranceLevel::L1 => "card-touch",
        AssuranceLevel::L2 => "card-pin",
        AssuranceLevel::L3 => signature::WAY,
    }
}

pub(super) fn write_event(
    sql: &mut dyn Sql,
    at_ms: i64,
    device_id: &str,
    person_id: Option<&str>,
    way: &str,
    outcome: &str,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO auth_event (event_id, at_ms, device_id, person_id, way, outcome) \
         SELECT COALESCE(MAX(event_id), 0) + 1, $1, $2, $3, $4, $5 FROM auth_event",
        values![at_ms, device_id, person_id, way, outcome],
    )?;
    Ok(())
}
