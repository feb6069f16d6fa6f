//! What a service asks for at the authorization endpoint.
//!
//! Until client and return address are known to belong together, a fault is shown to the person;
//! only after that it goes back to the service. An address that was not registered, byte for byte,
//! is never followed.

use gateway_api::login::AssuranceLevel;

use super::{
    attribute::{self, Attributes},
    client::Client,
    fault::{Code, Fault},
    parameters::Parameters,
};
use crate::{
    encoding::{query_value, sha256},
    jws::base64url,
};

/// Longest `state` and `nonce`.
const OPAQUE_MAX_LEN: usize = 255;

/// Where the answer goes; checked against the registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnAddress {
    /// The registered address.
    pub redirect_uri: String,
    /// What the service wants back unchanged.
    pub state: Option<String>,
}

/// A checked request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// What the service would get to know.
    pub attributes: Attributes,
    /// Level that the answer must have.
    pub level: AssuranceLevel,
    /// Comes back in the id token.
    pub nonce: Option<String>,
    /// SHA-256 of what the service will show for the code, base64url.
    pub code_challenge: String,
}

impl ReturnAddress {
    /// Finds the address among the registered ones.
    pub fn find(client: &Client, parameters: &Parameters) -> Result<Self, Fault> {
        let named = parameters.get("redirect_uri");
        let named = named.ok_or(Fault::request("redirect_uri is missing"))?;
        if !client.redirect_uris.iter().any(|registered| registered == named) {
            return Err(Fault::request("redirect_uri is not registered for this client"));
        }
        // A state that cannot be given back as it came is told to the person, not to the service.
        let state = parameters.short("state", OPAQUE_MAX_LEN)?;
        Ok(Self { redirect_uri: named.to_owned(), state: state.map(str::to_owned) })
    }

    /// The address with an answer; the issuer is named, so that a service of several providers
    /// knows who answered (RFC 9207).
    pub fn with(&self, issuer: &str, answer: &[(&str, &str)]) -> String {
        let state = self.state.as_deref().map(|state| ("state", state));
        self.extended(answer.iter().copied().chain(state).chain([("iss", issuer)]))
    }

    /// The address with nothing but the state, after a sign-out.
    pub fn alone(&self) -> String {
        self.extended(self.state.as_deref().map(|state| ("state", state)).into_iter())
    }

    fn extended<'a>(&self, parts: impl Iterator<Item = (&'a str, &'a str)>) -> String {
        let mut address = self.redirect_uri.clone();
        for (name, value) in parts {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(name);
            address.push('=');
            address.push_str(&query_value(value));
        }
        address
    }

    /// The address with a refusal.
    pub fn refused(&self, issuer: &str, fault: Fault) -> String {
        let answer = [("error", fault.code.text()), ("error_description", fault.description)];
        self.with(issuer, &answer)
    }
}

/// Checks the rest of the request.
pub fn check(client: &Client, parameters: &Parameters) -> Result<Authorization, Fault> {
    refuse_what_is_not_done_here(parameters)?;
    let (attributes, level) = check_wishes(client, parameters)?;
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(Fault::request("code_challenge_method must be S256"));
    }
    let challenge = parameters.get("code_challenge");
    let challenge = challenge.ok_or(Fault::request("code_challenge is missing"))?;
    if challenge.len() != 43 || !challenge.bytes().all(is_base64url) {
        return Err(Fault::request("code_challenge must be 43 characters of base64url"));
    }
    Ok(Authorization {
        attributes,
        level,
        nonce: parameters.short("nonce", OPAQUE_MAX_LEN)?.map(str::to_owned),
        code_challenge: challenge.to_owned(),
    })
}

/// Scope and level, which requests from browsers and requests by number have alike.
pub fn check_wishes(
    client: &Client,
    parameters: &Parameters,
) -> Result<(Attributes, AssuranceLevel), Fault> {
    let scope = parameters.get("scope").unwrap_or_default();
    if !scope.split(' ').any(|word| word == "openid") {
        return Err(Fault::new(Code::InvalidScope, "scope must contain openid"));
    }
    let attributes = attribute::from_scope(scope);
    if !attributes.is_subset(&client.attributes) {
        return Err(Fault::new(Code::InvalidScope, "this client may not have that scope"));
    }
    let wanted = parameters.get("acr_values").and_then(attribute::from_acr_values);
    let level = wanted.map_or(client.minimum_level, |wanted| wanted.max(client.minimum_level));
    Ok((attributes, level))
}

/// Whether this is what the challenge was made of (RFC 7636, 4.6).
pub fn fits_challenge(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return false;
    }
    let computed = base64url(&sha256(verifier.as_bytes()));
    subtle::ConstantTimeEq::ct_eq(computed.as_bytes(), challenge.as_bytes()).into()
}

fn refuse_what_is_not_done_here(parameters: &Parameters) -> Result<(), Fault> {
    if parameters.get("request").is_some() {
        return Err(Fault::new(Code::RequestNotSupported, "request objects are not taken"));
    }
    if parameters.get("request_uri").is_some() {
        return Err(Fault::new(Code::RequestUriNotSupported, "request objects are not taken"));
    }
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => {
            return Err(Fault::new(Code::UnsupportedResponseType, "response_type must be code"));
        }
        None => return Err(Fault::request("response_type is missing")),
    }
    if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(Fault::request("response_mode must be query"));
    }
    let prompt = parameters.get("prompt").unwrap_or_default();
    if prompt.split(' ').any(|word| word == "none") {
        return Err(Fault::new(Code::LoginRequired, "every sign-in is confirmed with the card"));
    }
    Ok(())
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(redirect_uri: &str, state: Option<&str>) -> ReturnAddress {
        let state = state.map(str::to_owned);
        ReturnAddress { redirect_uri: redirect_uri.to_owned(), state }
    }

    #[test]
    fn an_answer_keeps_the_query_and_escapes_what_it_adds() {
        let at = address("https://a.example/cb?tenant=1", Some("x&code=evil 日"));
        assert_eq!(
            at.with("https://id.example", &[("code", "abc")]),
            "https://a.example/cb?tenant=1&code=abc&state=x%26code%3Devil%20%E6%97%A5\
             &iss=https%3A%2F%2Fid.example"
        );
    }

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        let (verifier, challenge) = (
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        );
        assert!(fits_challenge(verifier, challenge));
        assert!(!fits_challenge(&verifier[..42], challenge));
        assert!(!fits_challenge(&verifier.replace('d', "e"), challenge));
        assert!(!fits_challenge(challenge, challenge), "the plain method does not exist");
        assert!(!fits_challenge(&"a".repeat(129), &base64url(&sha256(&[b'a'; 129]))));
    }

    proptest::proptest! {
        #[test]
        fn nothing_in_a_state_ever_adds_a_parameter(state in ".{0,100}") {
            let answer = address("https://a.example/cb", Some(&state)).with("i", &[("code", "c")]);
            proptest::prop_assert_eq!(answer.matches('&').count(), 2);
            proptest::prop_assert_eq!(answer.matches('=').count(), 3);
            proptest::prop_assert!(answer.is_ascii() && !answer.contains(['\r', '\n', '#']));
        }
    }
}
