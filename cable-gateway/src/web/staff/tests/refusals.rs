//! Every refusal of the console is a Japanese page with a way back.

use axum::http::Method;

use super::{
    browser::{HOST, Page},
    fixture::Town,
};

#[track_caller]
fn check(page: &Page, status: u16, heading: &str) {
    page.has_status(status);
    page.shows(heading);
    page.shows("<a class=\"button button-primary\" href=\"/\">はじめの画面へ</a>");
    for english in ["Invalid", "Failed", "Not Found", "Method"] {
        page.hides(english);
    }
}

#[tokio::test]
async fn every_refusal_is_a_japanese_page_with_a_way_back() {
    let town = Town::new().await;
    let (mut nurse, mut officer) = (town.nurse().await, town.officer("saito").await);
    let lost = "ページが見つかりません";
    for path in ["/residents/%F0%9F", "/residents/a%FFb"] {
        check(&nurse.get(path).await, 400, lost);
    }
    for path in ["/orders/%F0%9F", "/orders/%F0%9F/update", "/orders/%80/end", "/drafts/%C3%28"] {
        check(&officer.get(path).await, 400, lost);
    }
    for path in ["/nowhere", "/residents/nobody/more", "/static/nothing.css", "/%F0%9F"] {
        check(&nurse.get(path).await, 404, lost);
    }
    for path in ["/sign-out", "/drafts/x/issue", "/orders/preview"] {
        let page = officer.get(path).await;
        check(&page, 405, "この操作はできません");
        assert_eq!(page.headers["allow"], "POST", "{path}");
    }
    let origin = format!("https://{HOST}");
    let wrong = officer.ask(Method::DELETE, "/orders", &[("origin", &origin)]).await;
    check(&wrong, 405, "この操作はできません");
    officer.get("/orders/new").await;
    let long = "x".repeat(70_000);
    let page = officer.post("/orders", &[("reason", &long)]).await;
    check(&page, 413, "送られた内容が大きすぎます");
    let headers = [("origin", origin.as_str()), ("content-type", "text/xml")];
    check(&officer.post_as("/orders", &headers, &[]).await, 400, "内容を読み取れませんでした");
}

#[tokio::test]
async fn a_script_is_still_sent_to_the_sign_in() {
    let town = Town::new().await;
    let page = town.browser().poll("/orders/x/board").await;
    page.has_status(401);
    assert!(page.headers["hx-redirect"].to_str().expect("ASCII").starts_with("/sign-in"));
}

#[tokio::test]
async fn the_band_tells_a_tsunami_before_everything_else() {
    let town = Town::new().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    for (hazard, level) in [("tsunami", ""), ("flood", "5")] {
        let fields = super::orders::form("actual", hazard, level);
        let draft = super::orders::write(&mut saito, &fields).await;
        mori.get(&draft).await;
        mori.post(&format!("{draft}/issue"), &[]).await.has_status(303);
    }
    saito.get("/orders").await.shows("発令中：津波 避難指示");
}
