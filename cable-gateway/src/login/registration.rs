//! A card is linked at home: with the code from the town's letter at once, likewise by somebody who
//! has just proved by signature to be that person (a renewed card), without either when the town
//! has approved.
//!
//! The home's own box, the card with its PIN, and the letter (or a member of staff) together say
//! whose card it is; none of them does so alone.

use gateway_api::{
    card::{CardLinkState, LINK_PURPOSE},
    login::LoginProof,
};

use super::{LoginDesk, LoginError, Occasion, VerifiedLogin, conclusion::write_event};
use crate::{
    audit::Viewer,
    card::{
        code::{self, CodePurpose},
        link::{self, NewLink, key},
        stop,
    },
    device::Device,
    enrolment::CodeHash,
    random::Random,
    store::{Sql, StoreError},
};

const WAY: &str = "card-link";
const VERSION_MAX_LEN: usize = 40;

/// What the box sends.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub(crate) login_id: String,
    pub(crate) proof: LoginProof,
    pub(crate) resident_id: String,
    pub(crate) code: Option<CodeHash>,
    pub(crate) consent_version: String,
    /// Who proved at level L3, a moment ago at this box, to be somebody: as good as a letter.
    pub(crate) signed_by: Option<String>,
}

/// A card is not linked.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The proof does not count.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// No such resident in this box's home.
    #[error("this box's home has no such resident")]
    NoResident,
    /// Unknown, used, expired, or written to somebody else.
    #[error("the code is unknown, used or expired; ask the town for a new letter")]
    CodeRefused,
    /// The card is linked to somebody else, or was stopped or refused before.
    #[error("this card cannot be linked here; the town office can look at it")]
    CardRefused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LoginDesk {
    /// Links the card behind a proof to a resident of the box's home.
    pub(crate) async fn register(
        &self,
        occasion: Occasion<'_>,
        device: &Device,
        request: Registration,
    ) -> Result<CardLinkState, RegistrationError> {
        let now_ms = occasion.now_ms;
        let nonce = self.use_up(&occasion, device, request.login_id.clone()).await?;
        let nonce = nonce.filter(|nonce| nonce.purpose == LINK_PURPOSE);
        let outcome = match nonce {
            None => Err(LoginError::NonceRefused),
            Some(nonce) => self.verify_proof(&nonce, device, &request.proof, &occasion).await,
        };
        let version = &request.consent_version;
        if version.is_empty() || version.len() > VERSION_MAX_LEN || !version.is_ascii() {
            let text = "consent_version has 1 to 40 ASCII characters";
            return Err(LoginError::BadRequest(text).into());
        }
        let (device, random) = (device.clone(), occasion.random);
        let work = move |sql: &mut dyn Sql| {
            let linked = match outcome {
                Ok((verified, _)) => {
                    link_verified(sql, &device, &verified, &request, now_ms, &*random)?
                }
                Err(refusal) => Err(refusal.into()),
            };
            let code = match &linked {
                Ok(CardLinkState::Linked) => "linked",
                Ok(CardLinkState::WaitsForTown) => "proposed",
                Err(_) => "refused",
            };
            write_event(sql, now_ms, &device.device_id, None, WAY, code)?;
            Ok::<_, StoreError>(linked)
        };
        occasion.store.write(work).await?
    }
}

/// A letter to another person of the home stays usable: somebody chose the wrong name.
fn link_verified(
    sql: &mut dyn Sql,
    device: &Device,
    verified: &VerifiedLogin,
    request: &Registration,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Result<CardLinkState, RegistrationError>, StoreError> {
    let person = link::person_of(sql, &device.household_id, &request.resident_id)?;
    let Some(person_id) = person else { return Ok(Err(RegistrationError::NoResident)) };
    let query = "SELECT link_id, person_id, state FROM credential_link \
                 WHERE kind = $1 AND issuer_key_id = $2 AND serial = $3";
    let known = sql.optional(query, &key(verified))?;
    let mut link_id = None;
    if let Some(row) = known {
        let same = row.get::<String>("person_id")? == person_id;
        match (same, row.get::<String>("state")?.as_str()) {
            (true, "active") => return Ok(Ok(CardLinkState::Linked)),
            (true, "proposed") => link_id = Some(row.get::<String>("link_id")?),
            _ => return Ok(Err(RegistrationError::CardRefused)),
        }
    }
    if link_id.is_none() && stop::covers(sql, &person_id, verified)? {
        return Ok(Err(RegistrationError::CardRefused));
    }
    let is_signer = request.signed_by.as_ref() == Some(&person_id);
    if let Some(hash) = request.code.filter(|_| !is_signer) {
        if code::written_to(sql, hash, CodePurpose::Link, now_ms)?.as_ref() != Some(&person_id) {
            return Ok(Err(RegistrationError::CodeRefused));
        }
        code::use_up(sql, hash, CodePurpose::Link, now_ms)?;
    }
    let state = match request.code {
        Some(_) => CardLinkState::Linked,
        None if is_signer => CardLinkState::Linked,
        None => CardLinkState::WaitsForTown,
    };
    let counts = state == CardLinkState::Linked;
    let new = NewLink {
        verified,
        person_id: &person_id,
        counts,
        linked_by: "resident",
        device_id: Some(&device.device_id),
        agreed: (&request.consent_version, "tv"),
        viewer: &Viewer::resident("card-registration"),
        action: if counts { "card-linked" } else { "card-proposed" },
        now_ms,
    };
    match link_id {
        // The letter came after the card was shown for the first time.
        Some(link_id) => link::settle(sql, &new, &link_id)?,
        None => link::insert(sql, &new, random)?,
    }
    Ok(Ok(state))
}
