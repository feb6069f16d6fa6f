//! An outside library signs a person in: nothing of ours is on the service's side but the key of
//! its assertion.

use openidconnect::{
    AccessTokenHash, AuthenticationContextClass, AuthorizationCode, ClientId, CsrfToken,
    HttpRequest, HttpResponse, IssuerUrl, LanguageTag, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims},
};
use serde_json::json;

use super::fixture::{CALLBACK, ISSUER, Town, Web, parameter};

/// The library's way to the network.
async fn http(web: Web, request: HttpRequest) -> Result<HttpResponse, std::io::Error> {
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().expect("a path").as_str().to_owned();
    assert_eq!(head.uri.host(), Some("id.minami.example"));
    head.headers.insert("host", "id.minami.example".parse().expect("a value"));
    head.uri = path.parse().expect("a path");
    Ok(web.exchange(axum::http::Request::from_parts(head, body)).await)
}

#[tokio::test]
async fn an_outside_library_signs_a_person_in() {
    let town = Town::new().await;
    let web = town.web.clone();
    let network = |request| http(web.clone(), request);
    let issuer = IssuerUrl::new(ISSUER.to_owned()).expect("an address");
    let metadata = CoreProviderMetadata::discover_async(issuer, &network).await;
    let client = CoreClient::from_provider_metadata(
        metadata.expect("discovered"),
        ClientId::new("library".to_owned()),
        None,
    )
    .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).expect("an address"));
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scope(Scope::new("name".to_owned()))
        .set_pkce_challenge(challenge)
        .url();

    let query = address.query().expect("a query");
    assert_eq!(address.path(), "/authorize");
    let visit = town.open(query).await;
    let request = town.claim(&town.number(&visit).await).await;
    assert_eq!(request.service_name, "町立図書館");
    town.approve(&request).await;
    let back = town.way_back(&visit).await;
    assert!(back.starts_with(&format!("{CALLBACK}?")));
    assert_eq!(parameter(&back, "state").as_deref(), Some(state.secret().as_str()));
    assert_eq!(parameter(&back, "iss").as_deref(), Some(ISSUER));

    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let assertion =
        town.library.assertion(town.now(), &json!({ "aud": format!("{ISSUER}/token") }));
    let tokens = client
        .exchange_code(AuthorizationCode::new(parameter(&back, "code").expect("a code")))
        .expect("the token address is known")
        .set_pkce_verifier(verifier)
        .add_extra_param("client_assertion_type", kind)
        .add_extra_param("client_assertion", assertion)
        .request_async(&network)
        .await
        .expect("tokens");
    let id_token = tokens.id_token().expect("an id token");
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, &nonce).expect("it verifies");
    assert_eq!(
        claims.auth_context_ref(),
        Some(&AuthenticationContextClass::new("urn:hitokoe:acr:l2".to_owned()))
    );
    assert!(claims.auth_time().is_some());
    let expected = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg().expect("an algorithm"),
        id_token.signing_key(&verifier).expect("a key"),
    );
    assert_eq!(claims.access_token_hash(), Some(&expected.expect("a hash")));

    let person: CoreUserInfoClaims = client
        .user_info(tokens.access_token().to_owned(), Some(claims.subject().to_owned()))
        .expect("the userinfo address is known")
        .request_async(&network)
        .await
        .expect("claims");
    let name = person.name().and_then(|name| name.get(None::<&LanguageTag>));
    assert_eq!(name.map(|name| name.as_str()), Some("中村 ハナ"));
    town.gateway.stop().await;
}
