//! Who asks: the box by its certificate, the resident by the session's token.

use axum::{
    extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, Request, State},
    http::{header::AUTHORIZATION, request::Parts},
    middleware::Next,
    response::Response,
};
use gateway_api::{ProblemCode, login::AssuranceLevel};

use super::Refused;
use crate::{
    device::{self, Device},
    renewal,
    session::{self, SessionRecord},
    state::AppState,
    tls::Peer,
};

/// Lets only active devices through and tells the handler which one it is.
pub(super) async fn require_device(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refused> {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let shown = peer.and_then(|ConnectInfo(peer)| peer.certificate_sha256);
    let sha256 = shown.ok_or_else(|| refused("a device certificate is needed; enrol first"))?;
    let mut device = state.store.read(move |sql| device::by_certificate(sql, &sha256)).await?;
    if device.is_none() {
        device = renewal::first_use(&state.store, sha256).await?;
    }
    let Some(device) = device else { return Err(unwelcome(&state, sha256).await?) };
    request.extensions_mut().insert(device);
    Ok(next.run(request).await)
}

/// Stopped by its operator, or nobody knows it.
async fn unwelcome(state: &AppState, sha256: [u8; 32]) -> Result<Refused, Refused> {
    let is_stopped = state.store.read(move |sql| device::is_revoked(sql, &sha256)).await?;
    Ok(if is_stopped {
        Refused::new(ProblemCode::DeviceStopped, "the operator stopped this device; enrol again")
    } else {
        refused("the device is unknown; enrol again")
    })
}

fn refused(detail: &str) -> Refused {
    Refused::new(ProblemCode::DeviceRefused, detail)
}

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| refused("no device certificate"))
    }
}

/// The session named in the `Authorization` header.
#[derive(Debug)]
pub(super) struct Resident(pub(super) SessionRecord);

/// Nobody without the header; a token that does not count is refused all the same.
impl OptionalFromRequestParts<AppState> for Resident {
    type Rejection = Refused;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Option<Self>, Refused> {
        if !parts.headers.contains_key(AUTHORIZATION) {
            return Ok(None);
        }
        <Self as FromRequestParts<AppState>>::from_request_parts(parts, state).await.map(Some)
    }
}

impl FromRequestParts<AppState> for Resident {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let device = Device::from_request_parts(parts, state).await?;
        let refused =
            || Refused::new(ProblemCode::SessionRefused, "the session is unknown or over");
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(refused)?;
        let (token, now_ms) = (token.to_owned(), state.now_ms());
        let find = move |sql: &mut dyn crate::store::Sql| {
            session::by_token(sql, &device.device_id, &token, now_ms)
        };
        state.store.read(find).await?.map(Self).ok_or_else(refused)
    }
}

/// A session that was opened with the PIN (level L2): whoever only touched a card sees no personal
/// data.
#[derive(Debug)]
pub(super) struct Proven(pub(super) SessionRecord);

impl FromRequestParts<AppState> for Proven {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refused> {
        let found = <Resident as FromRequestParts<AppState>>::from_request_parts(parts, state);
        let Resident(session) = found.await?;
        if session.level >= AssuranceLevel::L2 {
            return Ok(Self(session));
        }
        let detail = "a touched card is not enough here; log in with the PIN (level L2)";
        Err(Refused::new(ProblemCode::SessionRefused, detail))
    }
}
