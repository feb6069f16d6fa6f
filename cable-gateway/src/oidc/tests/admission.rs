//! What the authorization endpoint refuses, and who counts as a client.

use axum::http::StatusCode;
use serde_json::json;

use super::fixture::{CALLBACK, ISSUER, Town, parameter};
use crate::jws::base64url;

#[tokio::test]
async fn an_answer_never_goes_to_an_address_that_was_not_registered() {
    let town = Town::new().await;
    for wrong in [
        "https://library.example/callback/",
        "https://library.example/callback?x=1",
        "https://library.example/Callback",
        "https://library.example:443/callback",
        "https://library.example.evil.example/callback",
        "https://evil.example/callback",
        "//library.example/callback",
        "",
    ] {
        let path = format!("/authorize?{}", town.query(&[("redirect_uri", wrong)]));
        let answer = town.web.get(&path, &[]).await;
        assert!(answer.goes_nowhere(), "{wrong}: {} {}", answer.status, answer.body);
    }
    for changes in [
        [("client_id", "nobody")].as_slice(),
        &[("client_id", "")],
        &[("state", &"x".repeat(300))],
        &[("state", "a\nb")],
    ] {
        let path = format!("/authorize?{}", town.query(changes));
        assert!(town.web.get(&path, &[]).await.goes_nowhere(), "{changes:?}");
    }
    let twice = format!("/authorize?{}&state=other", town.query(&[]));
    assert!(town.web.get(&twice, &[]).await.goes_nowhere(), "a repeated parameter");
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_faulty_request_goes_back_with_its_code() {
    let town = Town::new().await;
    for (changes, error) in [
        ([("response_type", "token")], "unsupported_response_type"),
        ([("response_type", "code id_token")], "unsupported_response_type"),
        ([("response_type", "")], "invalid_request"),
        ([("response_mode", "fragment")], "invalid_request"),
        ([("scope", "name")], "invalid_scope"),
        ([("scope", "openid district")], "invalid_scope"),
        ([("code_challenge", "")], "invalid_request"),
        ([("code_challenge", "short")], "invalid_request"),
        ([("code_challenge_method", "plain")], "invalid_request"),
        ([("code_challenge_method", "")], "invalid_request"),
        ([("prompt", "none")], "login_required"),
        ([("request", "e30.e30.e30")], "request_not_supported"),
        ([("request_uri", "https://library.example/r")], "request_uri_not_supported"),
        ([("nonce", "a\u{7f}b")], "invalid_request"),
    ] {
        let answer = town.web.get(&format!("/authorize?{}", town.query(&changes)), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{changes:?}");
        let back = answer.header("location");
        assert!(back.starts_with(&format!("{CALLBACK}?")), "{back}");
        assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{changes:?}");
        assert_eq!(parameter(&back, "state").as_deref(), Some("the state"));
        assert_eq!(parameter(&back, "iss").as_deref(), Some(ISSUER));
        assert_eq!(parameter(&back, "code"), None);
    }
    assert_eq!(town.gateway.number("SELECT COUNT(*) AS n FROM service_request").await, 0);
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_client_proves_itself_with_a_fresh_assertion_of_its_own_key() {
    let town = Town::new().await;
    let other = town.service("kiosk", "kiosk.example").await;
    let now = town.now();
    for (changes, why) in [
        (json!({ "aud": "https://other.example" }), "another provider"),
        (json!({ "aud": [ISSUER, "https://other.example"] }), "two receivers"),
        (json!({ "aud": null }), "no receiver"),
        (json!({ "exp": now - 61 }), "expired"),
        (json!({ "exp": now + 3600 }), "too long"),
        (json!({ "exp": null }), "no end"),
        (json!({ "nbf": now + 120 }), "not yet valid"),
        (json!({ "iat": now + 120 }), "from the future"),
        (json!({ "sub": "kiosk" }), "another subject"),
        (json!({ "iss": "kiosk" }), "another issuer"),
        (json!({ "iss": "nobody", "sub": "nobody" }), "unknown"),
        (json!({ "jti": null }), "no id"),
        (json!({ "jti": "" }), "an empty id"),
    ] {
        let assertion = town.library.assertion(now, &changes);
        let answer = town.post_with("/token", &assertion, &[("grant_type", "x")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{why}");
        answer.refused("invalid_client");
    }
    // Signed by somebody else's key, or by nobody.
    let forged = super::fixture::Service { client_id: "library".to_owned(), key: other.key };
    let forged = forged.assertion(now, &json!({}));
    town.post_with("/token", &forged, &[]).await.refused("invalid_client");
    let good = town.library.assertion(now, &json!({}));
    let payload = good.split('.').nth(1).expect("a payload");
    let unsigned = format!("{}.{payload}.", base64url(br#"{"alg":"none"}"#));
    town.post_with("/token", &unsigned, &[]).await.refused("invalid_client");
    town.web
        .post("/token", "client_id=library&client_secret=x", &[])
        .await
        .refused("invalid_client");
    let basic = [("authorization", "Basic bGlicmFyeTp4")];
    town.web.post("/token", "grant_type=x", &basic).await.refused("invalid_client");
    let named = [("grant_type", "x"), ("client_id", "kiosk")];
    town.post_with("/token", &good, &named).await.refused("invalid_client");

    // Within the skew, and with either name of the receiver: believed, once.
    let late = town.library.assertion(now - 30, &json!({ "exp": now - 30, "aud": [ISSUER] }));
    town.post_with("/token", &late, &[("grant_type", "x")]).await.refused("unsupported_grant_type");
    town.post_with("/token", &late, &[("grant_type", "x")]).await.refused("invalid_client");
    let both = [
        town.post_with("/token", &good, &[("grant_type", "x")]),
        town.post_with("/token", &good, &[("grant_type", "x")]),
    ];
    let answers = futures_util::future::join_all(both).await;
    let believed = answers.iter().filter(|answer| answer.status == StatusCode::BAD_REQUEST).count();
    assert_eq!(believed, 1, "of two at the same moment one counts");
    town.gateway.stop().await;
}

#[tokio::test]
async fn the_documents_say_what_is_done() {
    let town = Town::new().await;
    let document = town.web.get("/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(document["issuer"], ISSUER);
    assert_eq!(document["subject_types_supported"], json!(["pairwise"]));
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
    let keys = town.web.get("/jwks", &[]).await.json();
    let keys = keys["keys"].as_array().expect("keys");
    assert_eq!(keys.len(), 2);
    for key in keys {
        assert_eq!((&key["kty"], &key["alg"]), (&json!("EC"), &json!("ES256")));
        assert!(key.get("d").is_none(), "the private half stays here");
    }
    town.gateway.stop().await;
}

#[tokio::test]
async fn one_address_cannot_fill_the_waiting_room() {
    let town = Town::new().await;
    let path = format!("/authorize?{}", town.query(&[]));
    for _ in 0..120 {
        let answer = town.web.get(&path, &[]).await;
        assert!(answer.header("location").starts_with("/authorize/"));
    }
    let back = town.web.get(&path, &[]).await.header("location");
    assert_eq!(parameter(&back, "error").as_deref(), Some("temporarily_unavailable"));
    town.gateway.clock.advance(60_000);
    assert!(town.web.get(&path, &[]).await.header("location").starts_with("/authorize/"));
    town.gateway.stop().await;
}
