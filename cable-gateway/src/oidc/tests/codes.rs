//! Codes, tokens, and what becomes of stolen ones.

use axum::http::StatusCode;

use super::fixture::{CALLBACK, Town, VERIFIER, parameter};
use crate::oidc::{CODE_MS, REQUEST_MS, TOKEN_MS};

#[tokio::test]
async fn a_code_works_once_and_a_second_try_takes_the_tokens_back() {
    let town = Town::new().await;
    let code = town.code(&town.query(&[])).await;
    let tokens = town.redeem(&code, &[]).await.json();
    let token = tokens["access_token"].as_str().expect("a token");
    assert_eq!(tokens["scope"], "openid name");
    assert_eq!(town.userinfo(token).await.json()["name"], "中村 ハナ");
    town.redeem(&code, &[]).await.refused("invalid_grant");
    town.userinfo(token).await.refused("invalid_token");
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_code_is_bound_to_client_address_and_verifier_and_a_wrong_try_ends_it() {
    let town = Town::new().await;
    let other = town.service("kiosk", "kiosk.example").await;
    let wrong_verifier = VERIFIER.to_uppercase();
    for changes in [
        [("code_verifier", wrong_verifier.as_str())],
        [("redirect_uri", "https://library.example/other")],
    ] {
        let code = town.code(&town.query(&[])).await;
        town.redeem(&code, &changes).await.refused("invalid_grant");
        town.redeem(&code, &[]).await.refused("invalid_grant");
    }
    let code = town.code(&town.query(&[])).await;
    town.redeem_as(&other, &code, &[]).await.refused("invalid_grant");
    town.redeem(&code, &[]).await.refused("invalid_grant");
    for missing in ["code", "redirect_uri", "code_verifier"] {
        town.redeem("x", &[(missing, "")]).await.refused("invalid_request");
    }
    town.redeem("nonsense", &[]).await.refused("invalid_grant");
    town.gateway.stop().await;
}

#[tokio::test]
async fn codes_and_tokens_end() {
    let town = Town::new().await;
    let code = town.code(&town.query(&[])).await;
    town.gateway.clock.advance(CODE_MS);
    town.redeem(&code, &[]).await.refused("invalid_grant");

    let code = town.code(&town.query(&[])).await;
    town.gateway.clock.advance(CODE_MS - 1);
    let tokens = town.redeem(&code, &[]).await.json();
    let token = tokens["access_token"].as_str().expect("a token");
    town.gateway.clock.advance(TOKEN_MS - 1);
    town.userinfo(token).await.json();
    town.gateway.clock.advance(1);
    town.userinfo(token).await.refused("invalid_token");
    town.gateway.stop().await;
}

#[tokio::test]
async fn only_the_browser_that_asked_gets_the_code_and_only_once() {
    let town = Town::new().await;
    let visit = town.open(&town.query(&[])).await;
    let request = town.claim(&town.number(&visit).await).await;
    town.approve(&request).await;
    for cookie in ["", "__Secure-hitokoe-x=1", &format!("{}x", visit.cookie)] {
        let answer = town.web.get(&visit.path, &[("cookie", cookie)]).await;
        assert!(answer.goes_nowhere(), "{cookie}");
    }
    let other = town.open(&town.query(&[])).await;
    let answer = town.web.get(&visit.path, &[("cookie", &other.cookie)]).await;
    assert!(answer.goes_nowhere(), "another request's cookie");
    let progress = format!("{}/progress", visit.path);
    let stage = town.web.get(&progress, &[("cookie", &visit.cookie)]).await.json();
    assert_eq!(stage["stage"], "answered");
    let back = town.way_back(&visit).await;
    assert!(parameter(&back, "code").is_some());
    let again = town.web.get(&visit.path, &[("cookie", &visit.cookie)]).await;
    assert!(again.goes_nowhere());
    town.gateway.stop().await;
}

#[tokio::test]
async fn no_and_silence_go_back_as_refusals() {
    let town = Town::new().await;
    let visit = town.open(&town.query(&[])).await;
    let request = town.claim(&town.number(&visit).await).await;
    let at = gateway_api::path::SERVICE_REFUSAL.replace("{request_id}", &request.request_id);
    town.tv.post_raw(&at, "").await.done();
    let back = town.way_back(&visit).await;
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&back, "state").as_deref(), Some("the state"));

    let visit = town.open(&town.query(&[])).await;
    let cancel = format!("{}/cancel", visit.path);
    let answer = town.web.post(&cancel, "", &[("cookie", &visit.cookie)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let back = town.way_back(&visit).await;
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));

    let visit = town.open(&town.query(&[])).await;
    town.gateway.clock.advance(REQUEST_MS);
    let back = town.way_back(&visit).await;
    assert!(back.starts_with(CALLBACK));
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    town.gateway.stop().await;
}

#[tokio::test]
async fn the_store_knows_no_code_and_no_token() {
    let town = Town::new().await;
    let code = town.code(&town.query(&[])).await;
    let tokens = town.redeem(&code, &[]).await.json();
    let token = tokens["access_token"].as_str().expect("a token").to_owned();
    let rows = town.gateway.write(|sql| sql.all("SELECT * FROM service_grant", &[])).await;
    let text = format!("{:?}", rows.iter().map(crate::store::Row::values).collect::<Vec<_>>());
    assert!(rows.len() == 1 && !text.contains(&code) && !text.contains(&token));
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_sign_out_ends_the_tokens_and_leads_to_registered_places_only() {
    let town = Town::new().await;
    let code = town.code(&town.query(&[])).await;
    let tokens = town.redeem(&code, &[]).await.json();
    let (token, id_token) = (&tokens["access_token"], &tokens["id_token"]);
    let (token, hint) = (token.as_str().expect("text"), id_token.as_str().expect("text"));
    let bye = "https%3A%2F%2Flibrary.example%2Fbye";
    let nothing = format!("/logout?post_logout_redirect_uri={bye}");
    assert_eq!(town.web.get(&nothing, &[]).await.status, StatusCode::OK, "nobody is known");
    let forged = format!("/logout?id_token_hint={hint}x&post_logout_redirect_uri={bye}");
    assert_eq!(town.web.get(&forged, &[]).await.status, StatusCode::OK);
    town.userinfo(token).await.json();
    let evil = format!("/logout?id_token_hint={hint}&post_logout_redirect_uri=https%3A%2F%2Fevil");
    let answer = town.web.get(&evil, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "the sign-in ends, the browser stays");
    town.userinfo(token).await.refused("invalid_token");
    let good = format!("/logout?id_token_hint={hint}&post_logout_redirect_uri={bye}&state=a%20b");
    let answer = town.web.get(&good, &[]).await;
    assert_eq!(answer.header("location"), "https://library.example/bye?state=a%20b");
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_service_gives_a_token_back() {
    let town = Town::new().await;
    let other = town.service("kiosk", "kiosk.example").await;
    let code = town.code(&town.query(&[])).await;
    let tokens = town.redeem(&code, &[]).await.json();
    let token = tokens["access_token"].as_str().expect("a token");
    assert_eq!(town.post_as(&other, "/revoke", &[("token", token)]).await.status, StatusCode::OK);
    town.userinfo(token).await.json();
    let own = town.post_as(&town.library, "/revoke", &[("token", token)]).await;
    assert_eq!(own.status, StatusCode::OK);
    town.userinfo(token).await.refused("invalid_token");
    town.gateway.stop().await;
}
