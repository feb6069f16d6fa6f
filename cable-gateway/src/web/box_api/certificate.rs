//! `POST /box/v1/certificate`: the next device certificate, over the one that is still valid.

use axum::{Json, extract::State};
use gateway_api::{
    Problem, ProblemCode,
    enrolment::{CertificateRenewal, RenewedCertificate},
};

use super::{Refused, problem::Body};
use crate::{
    device::Device,
    device_authority::DeviceRequest,
    renewal::{self, RenewalError},
    state::AppState,
    store::Sql,
};

impl From<RenewalError> for Refused {
    fn from(error: RenewalError) -> Self {
        match error {
            RenewalError::OtherKey => Self::new(ProblemCode::DeviceRefused, error),
            RenewalError::Issue(cause) => {
                tracing::error!(%cause, "device certificate not renewed");
                Self::new(ProblemCode::Internal, "the device certificate could not be issued")
            }
            RenewalError::Store(error) => error.into(),
        }
    }
}

/// Issues the next certificate for the key of this box; the one before counts until this one was used.
#[utoipa::path(
    post, path = "/box/v1/certificate", tag = "device", request_body = CertificateRenewal,
    responses(
        (status = 200, description = "The next certificate", body = RenewedCertificate),
        (status = 400, description = "The certificate request is refused", body = Problem),
        (status = 401, description = "No active device, or the request is for another key",
            body = Problem),
        (status = 429, description = "Too many renewals by this box", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    Body(request): Body<CertificateRenewal>,
) -> Result<Json<RenewedCertificate>, Refused> {
    let now_ms = state.now_ms();
    if !state.limits.renewal.allow(&device.device_id, now_ms) {
        let detail = "too many renewals by this box; wait a minute";
        return Err(Refused::new(ProblemCode::TooManyRequests, detail));
    }
    let request = DeviceRequest::from_pem(&request.certificate_request_pem)
        .map_err(|cause| Refused::new(ProblemCode::BadRequest, cause))?;
    let (authority, random) = (state.device_authority.clone(), state.random.clone());
    let renew = move |sql: &mut dyn Sql| {
        renewal::renew(sql, &device.device_id, &request, &authority, now_ms, &*random)
    };
    let certificate = state.store.write(renew).await?;
    let certificate_chain_pem = state.device_authority.chain_pem(&certificate);
    Ok(Json(RenewedCertificate { certificate_chain_pem }))
}
