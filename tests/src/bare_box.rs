//! A box without a screen: it enrols and logs in as a real one does, and says what it was told.

use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use gateway_api::{
    Problem, ProblemCode,
    enrolment::{EnrolmentAnswer, EnrolmentRequest},
    login::{LoginChallenge, LoginProof, LoginRequest, Session},
    path,
};
use jpki::tbs::{LoginParts, LoginTbs};
use reqwest::{Certificate, Client, Identity, Response};
use serde::{Serialize, de::DeserializeOwned};
use virtual_card::card_file::CardFile;

use crate::town::{HOME, Town};

const SERVICE: &str = "town-services";
const PURPOSE: &str = "login";

/// An enrolled box.
pub struct BareBox {
    client: Client,
    address: String,
    gateway_id: String,
    device_id: String,
}

impl BareBox {
    /// A box that is enrolled already: whom it speaks as, and to which gateway, by address and name.
    pub fn enrolled(client: Client, address: &str, gateway_id: &str, device_id: &str) -> Self {
        let [address, gateway_id, device_id] = [address, gateway_id, device_id].map(str::to_owned);
        Self { client, address, gateway_id, device_id }
    }

    /// Enrols in the town's first household, over the network as a new box does.
    pub async fn enrol(town: &Town) -> Result<Self> {
        Self::enrol_in(town, HOME).await
    }

    /// The same in another household.
    pub async fn enrol_in(town: &Town, household: &str) -> Result<Self> {
        let code = town.enrolment_code(household)?;
        let authority = std::fs::read(town.path().join("keys/server-ca.cert.pem"))?;
        let authority = Certificate::from_pem(&authority)?;
        let address = format!("https://127.0.0.1:{}", town.gateway_port());
        let key = rcgen::KeyPair::generate()?;
        let request = rcgen::CertificateParams::new(["ignored".to_owned()])?;
        let certificate_request_pem = request.serialize_request(&key)?.pem()?;
        let stranger = builder(authority.clone()).build()?;
        let body = EnrolmentRequest { code, certificate_request_pem };
        let answer = post(&stranger, &format!("{address}{}", path::ENROLMENTS), &body).await?;
        let enrolment: EnrolmentAnswer = answer.error_for_status()?.json().await?;
        let identity = format!("{}{}", key.serialize_pem(), enrolment.certificate_chain_pem);
        let identity = Identity::from_pem(identity.as_bytes())?;
        let client = builder(authority).identity(identity).build()?;
        Ok(Self::enrolled(client, &address, &enrolment.gateway_id, &enrolment.device_id))
    }

    /// Logs in with card and PIN; the gateway's refusal comes back as its code.
    pub async fn log_in(&self, card: &CardFile) -> Result<Result<Session, ProblemCode>> {
        self.log_in_for(card, SERVICE, PURPOSE).await
    }

    /// The same for a service and a purpose, which the card signs.
    pub async fn log_in_for(
        &self,
        card: &CardFile,
        relying_party: &str,
        purpose: &str,
    ) -> Result<Result<Session, ProblemCode>> {
        let (login_id, proof) = self.signed(card, relying_party, purpose).await?;
        let path = path::LOGIN_PROOF.replace("{login_id}", &login_id);
        told(self.post(&path, &proof).await?).await
    }

    /// Opens a login and lets the card sign it; gives its id and the proof.
    pub async fn signed(
        &self,
        card: &CardFile,
        relying_party: &str,
        purpose: &str,
    ) -> Result<(String, LoginProof)> {
        let request =
            LoginRequest { relying_party: relying_party.to_owned(), purpose: purpose.to_owned() };
        let answer = self.post(path::LOGINS, &request).await?;
        let challenge: LoginChallenge = answer.error_for_status()?.json().await?;
        let nonce = STANDARD.decode(&challenge.nonce)?;
        let tbs = LoginTbs::new(LoginParts {
            gateway_id: &self.gateway_id,
            relying_party,
            purpose,
            device_id: &self.device_id,
            nonce: nonce.try_into().ok().context("32 bytes")?,
            issued_at_ms: challenge.issued_at_ms.unsigned_abs(),
        })?;
        let signature = card.auth.private_key()?.sign(&tbs.bytes())?;
        let proof = LoginProof {
            certificate: STANDARD.encode(&card.auth.certificate.0),
            signature: STANDARD.encode(signature),
        };
        Ok((challenge.login_id, proof))
    }

    /// Posts something.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Result<Response> {
        post(&self.client, &format!("{}{path}", self.address), body).await
    }

    /// Posts something in a session.
    pub async fn post_as(
        &self,
        path: &str,
        session: &Session,
        body: &impl Serialize,
    ) -> Result<Response> {
        let request = self.client.post(format!("{}{path}", self.address));
        Ok(request.bearer_auth(&session.token).json(body).send().await?)
    }

    /// Reads something in a session.
    pub async fn get_as(&self, path: &str, session: &Session) -> Result<Response> {
        let request = self.client.get(format!("{}{path}", self.address));
        Ok(request.bearer_auth(&session.token).send().await?)
    }
}

/// What the gateway gave, or the code of its refusal.
pub async fn told<T: DeserializeOwned>(answer: Response) -> Result<Result<T, ProblemCode>> {
    if answer.status().is_success() {
        return Ok(Ok(answer.json().await?));
    }
    let problem: Problem = answer.json().await?;
    Ok(Err(problem.code))
}

fn builder(authority: Certificate) -> reqwest::ClientBuilder {
    // The gateway is restarted meanwhile; a connection to the old one is of no use.
    Client::builder().tls_certs_only([authority]).no_proxy().pool_max_idle_per_host(0)
}

async fn post(client: &Client, url: &str, body: &impl Serialize) -> Result<Response> {
    Ok(client.post(url).json(body).send().await?)
}
