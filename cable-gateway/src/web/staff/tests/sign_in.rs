//! Signing in, and what ends a session.

use super::{
    browser::{Browser, Page},
    fixture::{PASSWORD, Town},
};

async fn attempt(browser: &mut Browser, login: &str, password: &str, code: &str) -> Page {
    let fields =
        [("login", login), ("password", password), ("code", code), ("next", "/orders/new")];
    browser.post("/sign-in", &fields).await
}

#[tokio::test]
async fn the_right_three_lead_to_the_page_that_was_asked_for() {
    let town = Town::new().await;
    let mut browser = town.browser();
    let page = attempt(&mut browser, "saito", PASSWORD, &town.code("saito")).await;
    page.has_status(303);
    assert_eq!(page.location(), "/orders/new");
    let cookie = page.headers["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.starts_with("__Host-hitokoe-staff="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    browser.get("/orders/new").await.shows("佐藤 健一");
}

#[tokio::test]
async fn a_wrong_part_is_refused_without_saying_which() {
    let town = Town::new().await;
    let code = town.code("saito");
    let wrong = [
        ("saito", "another password", code.as_str()),
        ("saito", PASSWORD, "000000"),
        ("saito", PASSWORD, "abc"),
        ("nobody", PASSWORD, code.as_str()),
    ];
    for (login, password, code) in wrong {
        let page = attempt(&mut town.browser(), login, password, code).await;
        page.has_status(401);
        page.shows("職員ID、パスワード、確認コードのどれかが違います。");
        assert!(!page.headers.contains_key("set-cookie"));
        page.hides(PASSWORD);
        page.shows(&format!("value=\"{login}\""));
    }
}

#[tokio::test]
async fn a_code_works_once() {
    let town = Town::new().await;
    let code = town.code("saito");
    attempt(&mut town.browser(), "saito", PASSWORD, &code).await.has_status(303);
    let again = attempt(&mut town.browser(), "saito", PASSWORD, &code).await;
    again.has_status(401);
    again.shows("この確認コードは使用済みです。");
    town.clock.advance(30_000);
    // The code of the step before is still within the allowed difference, but used.
    attempt(&mut town.browser(), "saito", PASSWORD, &code).await.has_status(401);
    attempt(&mut town.browser(), "saito", PASSWORD, &town.code("saito")).await.has_status(303);
}

#[track_caller]
fn is_locked(page: &Page) {
    page.has_status(429);
    page.shows("まちがいが続いたため");
}

#[tokio::test]
async fn five_wrong_attempts_lock_the_login_for_five_minutes() {
    let town = Town::new().await;
    for _ in 0..4 {
        attempt(&mut town.browser(), "saito", "wrong password", "000000").await.has_status(401);
    }
    is_locked(&attempt(&mut town.browser(), "saito", "wrong password", "000000").await);
    is_locked(&attempt(&mut town.browser(), "saito", PASSWORD, &town.code("saito")).await);
    attempt(&mut town.browser(), "mori", PASSWORD, &town.code("mori")).await.has_status(303);
    town.clock.advance(5 * 60_000);
    attempt(&mut town.browser(), "saito", PASSWORD, &town.code("saito")).await.has_status(303);
}

#[tokio::test]
async fn a_login_that_does_not_exist_is_locked_alike() {
    let town = Town::new().await;
    for _ in 0..4 {
        attempt(&mut town.browser(), "nobody", "wrong password", "000000").await.has_status(401);
    }
    is_locked(&attempt(&mut town.browser(), "nobody", "wrong password", "000000").await);
}

#[tokio::test]
async fn a_burst_of_guesses_gets_no_more_attempts_than_a_patient_one() {
    let town = Town::new().await;
    let mut burst = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let mut browser = town.browser();
        burst.spawn(async move {
            attempt(&mut browser, "saito", "wrong password", "000000").await.status.as_u16()
        });
    }
    let statuses = burst.join_all().await;
    let refused = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(refused, 4, "{statuses:?}");
}

#[tokio::test]
async fn fifteen_idle_minutes_end_a_session_and_keep_what_was_typed() {
    let town = Town::new().await;
    let mut officer = town.officer("saito").await;
    officer.get("/orders/new").await.has_status(200);
    town.clock.advance(14 * 60_000);
    officer.get("/orders/new").await.has_status(200);
    town.clock.advance(14 * 60_000);
    officer.get("/orders").await.has_status(200);
    town.clock.advance(15 * 60_000);
    let page = officer.post("/orders", &[("hazard", "flood"), ("reason", "川が増水")]).await;
    page.has_status(303);
    let next = "/sign-in?next=%2Forders%2Fnew%3Fhazard%3Dflood%26reason%3D";
    assert!(page.location().starts_with(next), "{}", page.location());
    assert!(page.location().ends_with("&reason=idle"), "{}", page.location());
    let sign_in = officer.get(page.location()).await;
    sign_in.shows("しばらく操作がなかったため");
    sign_in.shows("value=\"/orders/new?hazard=flood&#38;reason=%E5%B7%9D");
}

#[tokio::test]
async fn a_page_that_refreshes_itself_keeps_no_session_alive() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    let mut officer = town.officer("saito").await;
    for _ in 0..3 {
        town.clock.advance(4 * 60_000);
        officer.poll(&format!("/orders/{order}/board")).await.has_status(200);
    }
    town.clock.advance(4 * 60_000);
    let page = officer.poll(&format!("/orders/{order}/board")).await;
    page.has_status(401);
    let target = page.headers["hx-redirect"].to_str().expect("ASCII");
    assert_eq!(target, format!("/sign-in?next=%2Forders%2F{order}&reason=idle"));
    assert!(page.body.is_empty());
}

#[tokio::test]
async fn twelve_hours_end_every_session() {
    let town = Town::new().await;
    let mut officer = town.officer("saito").await;
    for _ in 0..71 {
        town.clock.advance(10 * 60_000);
        officer.get("/orders/new").await.has_status(200);
    }
    town.clock.advance(10 * 60_000);
    officer.get("/orders/new").await.has_status(303);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server_too() {
    let town = Town::new().await;
    let mut officer = town.officer("saito").await;
    officer.get("/orders").await;
    let mut copy = officer.copy();
    let page = officer.post("/sign-out", &[]).await;
    page.has_status(303);
    assert!(page.headers["set-cookie"].to_str().expect("ASCII").contains("Max-Age=0"));
    copy.get("/orders").await.has_status(303);
}

#[tokio::test]
async fn a_tls_proxy_is_believed_and_plain_loopback_gets_a_plain_cookie() {
    let town = Town::plain().await;
    let code = town.code("saito");
    let fields = [("login", "saito"), ("password", PASSWORD), ("code", code.as_str())];
    let origin = ("sec-fetch-site", "same-origin");
    let page = town.browser().post_as("/sign-in", &[origin], &fields).await;
    let cookie = page.headers["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.starts_with("hitokoe-staff="), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");
    let code = town.code("mori");
    let fields = [("login", "mori"), ("password", PASSWORD), ("code", code.as_str())];
    let proxied = [origin, ("x-forwarded-proto", "https")];
    let page = town.browser().post_as("/sign-in", &proxied, &fields).await;
    let cookie = page.headers["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.starts_with("__Host-hitokoe-staff="), "{cookie}");
}
