//! A service that shows the number itself (RFC 8628).

use super::fixture::{Service, Town};
use crate::oidc::{PICK_UP_MS, REQUEST_MS};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn ask(town: &Town, service: &Service, secret: &str) -> super::fixture::Answer {
    let answer =
        town.post_as(service, "/token", &[("grant_type", GRANT), ("device_code", secret)]).await;
    town.gateway.clock.advance(5_000);
    answer
}

#[tokio::test]
async fn a_service_waits_and_gets_tokens_once() {
    let town = Town::new().await;
    let opened = town
        .post_as(&town.library, "/device_authorization", &[("scope", "openid municipality")])
        .await
        .json();
    assert_eq!((&opened["expires_in"], &opened["interval"]), (&300.into(), &5.into()));
    let secret = opened["device_code"].as_str().expect("a secret");
    let number = opened["user_code"].as_str().expect("a number");
    ask(&town, &town.library, secret).await.refused("authorization_pending");
    let request = town.claim(number).await;
    ask(&town, &town.library, secret).await.refused("authorization_pending");
    town.gateway.clock.advance(-1);
    ask(&town, &town.library, secret).await.refused("slow_down");
    town.approve(&request).await;
    let other = town.service("kiosk", "kiosk.example").await;
    ask(&town, &other, secret).await.refused("invalid_grant");
    let tokens = ask(&town, &town.library, secret).await.json();
    let token = tokens["access_token"].as_str().expect("a token");
    let claims = town.userinfo(token).await.json();
    assert_eq!(claims["municipality_code"], "363871");
    assert!(claims.get("name").is_none(), "only what was asked and agreed");
    ask(&town, &town.library, secret).await.refused("invalid_grant");
    town.gateway.stop().await;
}

#[tokio::test]
async fn no_and_silence_are_told() {
    let town = Town::new().await;
    let open = async || {
        let scope = [("scope", "openid")];
        let opened = town.post_as(&town.library, "/device_authorization", &scope).await.json();
        let text = |name: &str| opened[name].as_str().expect("text").to_owned();
        (text("device_code"), text("user_code"))
    };
    let (secret, number) = open().await;
    let request = town.claim(&number).await;
    let at = gateway_api::path::SERVICE_REFUSAL.replace("{request_id}", &request.request_id);
    town.tv.post_raw(&at, "").await.done();
    ask(&town, &town.library, &secret).await.refused("access_denied");

    let (secret, number) = open().await;
    let request = town.claim(&number).await;
    town.approve(&request).await;
    town.gateway.clock.advance(REQUEST_MS + PICK_UP_MS);
    ask(&town, &town.library, &secret).await.refused("expired_token");
    ask(&town, &town.library, "nonsense").await.refused("invalid_grant");
    town.gateway.stop().await;
}
