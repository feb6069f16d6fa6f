//! `POST /box/v1/card-links`: a card is linked at home.

use axum::{Json, extract::State};
use gateway_api::{
    Problem, ProblemCode,
    card::{CardLinkAnswer, CardLinkRequest},
    login::AssuranceLevel,
};

use super::{Refused, enrolments::hash, logins::occasion, peer::Resident, problem::Body};
use crate::{
    device::Device,
    login::{Registration, RegistrationError},
    state::AppState,
};

impl From<RegistrationError> for Refused {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::Login(error) => error.into(),
            RegistrationError::NoResident => Self::new(ProblemCode::PersonUnknown, error),
            RegistrationError::CodeRefused => Self::new(ProblemCode::CodeRefused, error),
            RegistrationError::CardRefused => Self::new(ProblemCode::CertificateRefused, error),
            RegistrationError::Store(error) => error.into(),
        }
    }
}

/// Links the card that signed the proof to a resident of this box's home.
#[utoipa::path(
    post, path = "/box/v1/card-links", tag = "cards", request_body = CardLinkRequest,
    operation_id = "card_links",
    params(("Authorization" = Option<String>, Header,
        description = "`Bearer` and the token of an L3 session: a renewed card needs no letter")),
    responses(
        (status = 200, description = "The card counts, or waits for the town",
            body = CardLinkAnswer),
        (status = 400, description = "Malformed", body = Problem),
        (status = 401, description = "No active device", body = Problem),
        (status = 403, description = "Nonce, certificate, code, card or resident refused",
            body = Problem),
        (status = 429, description = "Too many tries at this box", body = Problem),
        (status = 503, description = "Nobody knows whether the certificate is revoked",
            body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    session: Option<Resident>,
    Body(request): Body<CardLinkRequest>,
) -> Result<Json<CardLinkAnswer>, Refused> {
    let occasion = occasion(&state, &device)?;
    let code = match request.code {
        Some(code) => Some(hash(&state, code).await?),
        None => None,
    };
    let signed_by = session.map(|Resident(session)| session);
    let signed_by = signed_by.filter(|session| session.level == AssuranceLevel::L3);
    let registration = Registration {
        signed_by: signed_by.map(|session| session.person_id),
        login_id: request.login_id,
        proof: request.proof,
        resident_id: request.resident_id,
        code,
        consent_version: request.consent_version,
    };
    let state = state.logins.register(occasion, &device, registration).await?;
    Ok(Json(CardLinkAnswer { state }))
}
