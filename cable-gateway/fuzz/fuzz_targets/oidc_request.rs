//! Hostile parameters at the authorization endpoint: whatever they are, an answer goes to the
//! registered address alone, and nothing is granted that the registration does not allow.
#![no_main]

use cable_gateway::oidc::{
    authorization::{ReturnAddress, check},
    client::Client,
    parameters::Parameters,
};
use gateway_api::{login::AssuranceLevel, service::ServiceAttribute};
use libfuzzer_sys::fuzz_target;

const ADDRESS: &str = "https://library.example/callback";
const ISSUER: &str = "https://id.minami.example";

fn client() -> Client {
    Client {
        client_id: "library".to_owned(),
        name: "図書館".to_owned(),
        kana: "トショカン".to_owned(),
        purpose: "予約".to_owned(),
        sector: "library.example".to_owned(),
        redirect_uris: vec![ADDRESS.to_owned()],
        post_logout_redirect_uris: Vec::new(),
        attributes: [ServiceAttribute::Name].into_iter().collect(),
        statement_purposes: Vec::new(),
        minimum_level: AssuranceLevel::L2,
        keys: Vec::new(),
    }
}

/// Pairs as a form gives them: name, value, name, value, divided by zero bytes.
fn pairs(text: &str) -> Vec<(String, String)> {
    let parts: Vec<_> = text.split('\0').collect();
    parts.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (client, mut usual) = (client(), pairs(text));
    for (name, value) in [
        ("redirect_uri", ADDRESS),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge_method", "S256"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ] {
        if usual.iter().all(|(known, _)| known != name) {
            usual.push((name.to_owned(), value.to_owned()));
        }
    }
    let Ok(parameters) = Parameters::new(usual) else { return };
    let Ok(address) = ReturnAddress::find(&client, &parameters) else { return };
    let answer = address.with(ISSUER, &[("code", "c")]);
    let rest = answer.strip_prefix(ADDRESS).expect("the registered address");
    assert!(rest.starts_with('?') && rest.is_ascii() && !rest.contains(['#', ' ', '\r', '\n']));
    if let Ok(request) = check(&client, &parameters) {
        assert!(request.attributes.is_subset(&client.attributes));
        assert!(request.level >= client.minimum_level);
    }
});
