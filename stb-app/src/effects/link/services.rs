//! Questions about services, permissions and cards. Codes, tokens and bodies are never logged.

use gateway_api::{
    card::{CardLinkAnswer, CardLinkRequest, CardStop},
    path,
    service::ServiceRequestLookup,
};
use reqwest::Method;
use stb_core::service::{CardLink, LetterCode, ServiceAnswer, ServiceCall, ServiceFault};

use super::requests::{Failure, Requests, parse, path_segment};

/// Asks, and says what the gateway said.
pub(super) async fn answer(requests: &Requests, call: ServiceCall) -> ServiceAnswer {
    requests.ask_for_service(call).await.unwrap_or_else(|failure| {
        tracing::info!(%failure, "a question about services or cards was not answered well");
        ServiceAnswer::Failed(match failure {
            Failure::Refused(problem) => ServiceFault::Refused(problem.code),
            Failure::Unreachable(_) => ServiceFault::Unreachable,
        })
    })
}

impl Requests {
    async fn ask_for_service(&self, call: ServiceCall) -> Result<ServiceAnswer, Failure> {
        match call {
            ServiceCall::TakeRequest { user_code } => {
                let lookup = ServiceRequestLookup { user_code };
                let request = self.post(path::SERVICE_REQUESTS, &lookup).await?;
                Ok(ServiceAnswer::Request(Box::new(request)))
            }
            ServiceCall::Approve { request_id, token, approval } => {
                let path = at(path::SERVICE_APPROVAL, "{request_id}", &request_id);
                let request = self.request(Method::POST, &path).bearer_auth(token);
                self.send(request.json(&approval)).await?;
                Ok(ServiceAnswer::Done)
            }
            ServiceCall::Refuse { request_id } => {
                let path = at(path::SERVICE_REFUSAL, "{request_id}", &request_id);
                self.send(self.request(Method::POST, &path)).await?;
                Ok(ServiceAnswer::Done)
            }
            ServiceCall::ListConsents { token } => {
                let request = self.request(Method::GET, path::SERVICE_CONSENTS).bearer_auth(token);
                Ok(ServiceAnswer::Consents(parse(&self.send(request).await?)?))
            }
            ServiceCall::WithdrawConsent { token, consent_id } => {
                let path = at(path::SERVICE_CONSENT, "{consent_id}", &consent_id);
                self.send(self.request(Method::DELETE, &path).bearer_auth(token)).await?;
                Ok(ServiceAnswer::Done)
            }
            ServiceCall::LinkCard(link) => self.link_card(link).await,
            ServiceCall::StopCards { code } => {
                let stop = CardStop { code: code.digits().to_owned() };
                self.send(self.request(Method::POST, path::CARD_STOPS).json(&stop)).await?;
                Ok(ServiceAnswer::Done)
            }
        }
    }

    async fn link_card(&self, link: CardLink) -> Result<ServiceAnswer, Failure> {
        let request = CardLinkRequest {
            login_id: link.login_id,
            proof: link.proof,
            resident_id: link.resident_id,
            code: link.code.as_ref().map(LetterCode::digits).map(str::to_owned),
            consent_version: link.consent_version.to_owned(),
        };
        let answer: CardLinkAnswer = self.post(path::CARD_LINKS, &request).await?;
        Ok(ServiceAnswer::Linked(answer.state))
    }
}

/// A path with an id in its place.
fn at(path: &str, place: &str, id: &str) -> String {
    path.replace(place, &path_segment(id))
}
