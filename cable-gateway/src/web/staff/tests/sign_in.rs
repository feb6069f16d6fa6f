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
        ("mori", PASSWORD, "000000"),
        ("hayashi", PASSWORD, "abc"),
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

const WRONG: &str = "wrong password";
/// An address that nobody signed in from.
const ELSEWHERE: [u8; 4] = [198, 51, 100, 7];

/// The page says when to try again, and so does its header.
#[track_caller]
fn waits(page: &Page, seconds: &str, text: &str) {
    page.has_status(429);
    page.shows("まちがいが続いたため");
    page.shows(text);
    assert_eq!(page.headers["retry-after"], seconds);
}

async fn fails(browser: &mut Browser, login: &str, times: usize) {
    for _ in 0..times {
        attempt(browser, login, WRONG, "000000").await;
    }
}

#[tokio::test]
async fn every_further_failure_doubles_the_wait_up_to_five_minutes() {
    let town = Town::new().await;
    let mut guesser = town.browser().at(ELSEWHERE);
    for _ in 0..2 {
        attempt(&mut guesser, "saito", WRONG, "000000").await.has_status(401);
    }
    let page = attempt(&mut guesser, "saito", WRONG, "000000").await;
    waits(&page, "5", "10:30:05（あと5秒）まで受け付けません");
    // What comes too early is not looked at, right or wrong, and makes nothing worse.
    town.clock.advance(4_000);
    let right = attempt(&mut guesser, "saito", PASSWORD, &town.code("saito")).await;
    waits(&right, "1", "あと1秒");
    for seconds in ["10", "20", "40", "80", "160", "300", "300"] {
        town.clock.advance(300_000);
        let page = attempt(&mut guesser, "saito", WRONG, "000000").await;
        waits(&page, seconds, "まで受け付けません");
    }
    town.clock.advance(300_000);
    attempt(&mut guesser, "saito", PASSWORD, &town.code("saito")).await.has_status(303);
}

#[tokio::test]
async fn nobody_can_lock_an_officer_out_at_an_address_they_have_used() {
    let town = Town::new().await;
    town.officer("saito").await;
    let mut guesser = town.browser().at(ELSEWHERE);
    for _ in 0..12 {
        fails(&mut guesser, "saito", 1).await;
        town.clock.advance(300_000);
    }
    fails(&mut guesser, "saito", 1).await;
    // Everybody else waits at a new address; the officer at the own desk does not.
    let new = town.browser().at([203, 0, 113, 5]);
    attempt(&mut { new }, "saito", PASSWORD, &town.code("saito")).await.has_status(429);
    attempt(&mut town.browser(), "saito", PASSWORD, &town.code("saito")).await.has_status(303);

    // Not even somebody at the same address can make it more than half a minute.
    let mut colleague = town.browser();
    for _ in 0..12 {
        fails(&mut colleague, "saito", 1).await;
        town.clock.advance(30_000);
    }
    fails(&mut colleague, "saito", 1).await;
    let page = attempt(&mut town.browser(), "saito", PASSWORD, &town.code("saito")).await;
    waits(&page, "30", "あと30秒");
    town.clock.advance(30_000);
    attempt(&mut town.browser(), "saito", PASSWORD, &town.code("saito")).await.has_status(303);
}

#[tokio::test]
async fn one_address_that_tries_many_logins_waits_and_the_others_do_not() {
    let town = Town::new().await;
    let mut sprayer = town.browser().at(ELSEWHERE);
    for number in 0..9 {
        let login = format!("person-{number}");
        attempt(&mut sprayer, &login, WRONG, "000000").await.has_status(401);
    }
    waits(&attempt(&mut sprayer, "person-9", WRONG, "000000").await, "5", "あと5秒");
    waits(&attempt(&mut sprayer, "mori", WRONG, "000000").await, "5", "あと5秒");
    attempt(&mut town.browser(), "mori", PASSWORD, &town.code("mori")).await.has_status(303);
}

#[tokio::test]
async fn a_login_that_does_not_exist_waits_alike() {
    let town = Town::new().await;
    fails(&mut town.browser(), "nobody", 2).await;
    waits(&attempt(&mut town.browser(), "nobody", WRONG, "000000").await, "5", "あと5秒");
}

#[tokio::test]
async fn a_burst_of_guesses_gets_no_more_attempts_than_a_patient_one() {
    let town = Town::new().await;
    let mut burst = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let mut browser = town.browser();
        burst.spawn(async move {
            attempt(&mut browser, "saito", WRONG, "000000").await.status.as_u16()
        });
    }
    let statuses = burst.join_all().await;
    let refused = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(refused, 2, "{statuses:?}");
}

#[tokio::test]
async fn failures_are_written_down_without_what_was_typed() {
    let town = Town::new().await;
    let mut guesser = town.browser().at(ELSEWHERE);
    fails(&mut guesser, "saito", 1).await;
    // A password in the wrong field.
    fails(&mut guesser, "asagao-no-tane", 1).await;
    let from = ("sign-in-failed".to_owned(), "from 198.51.100.7".to_owned());
    assert_eq!(town.audit_acts().await, [from.clone(), from]);
}

/// What was typed as a login may be a password, whether somebody has it or not.
#[tokio::test]
async fn counters_of_failures_hold_nothing_that_was_typed() {
    let town = Town::new().await;
    for typed in ["asagao-no-tane", "saito"] {
        fails(&mut town.browser().at(ELSEWHERE), typed, 1).await;
    }
    let subjects = town.delay_subjects().await;
    assert_eq!(subjects.len(), 5, "two for each, and the address: {subjects:?}");
    for subject in subjects {
        assert!(!subject.contains("asagao") && !subject.contains("saito"), "{subject}");
    }
}

#[tokio::test]
async fn the_administrator_ends_the_waiting_of_one_login() {
    let town = Town::new().await;
    for login in ["saito", "mori"] {
        fails(&mut town.browser().at(ELSEWHERE), login, 3).await;
    }
    town.unlocks("saito").await;
    let mut officer = town.browser().at([203, 0, 113, 9]);
    attempt(&mut officer, "saito", PASSWORD, &town.code("saito")).await.has_status(303);
    let mut other = town.browser().at([203, 0, 113, 9]);
    attempt(&mut other, "mori", PASSWORD, &town.code("mori")).await.has_status(429);
}

#[tokio::test]
async fn behind_a_proxy_the_address_is_the_one_the_proxy_was_asked_from() {
    let town = Town::plain().await;
    let guess = |forwarded: &'static str| {
        let mut browser = town.browser();
        async move {
            let fields = [("login", "saito"), ("password", WRONG), ("code", "000000")];
            let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", forwarded)];
            browser.post_as("/sign-in", &headers, &fields).await
        }
    };
    // What a client writes itself stands before what the proxy adds.
    for forwarded in ["203.0.113.1, 198.51.100.7", "203.0.113.2, 198.51.100.7", "2001:db8::1"] {
        guess(forwarded).await;
    }
    let acts = town.audit_acts().await;
    let from: Vec<_> = acts.iter().map(|(_, purpose)| purpose.as_str()).collect();
    assert_eq!(from, ["from 198.51.100.7", "from 198.51.100.7", "from 2001:db8:0:0::/64"]);
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
