//! The registry clerk's pages: who opens them, what they decide, and what is written down.

use super::{
    browser::Browser,
    fixture::{CODE, Town},
};

const PAGES: [&str; 6] = [
    "/cards",
    "/cards/proposals/l-new",
    "/cards/concerns",
    "/cards/concerns/l-hana",
    "/cards/lost",
    "/cards/lost/p-hana",
];

async fn clerk(town: &Town) -> Browser {
    town.officer("ogawa").await
}

/// ハナ has a card that changed; 茂 showed one at home.
async fn town() -> Town {
    let town = Town::new().await;
    town.has_cards().await;
    town
}

#[tokio::test]
async fn only_the_clerk_opens_cards_and_the_clerk_opens_nothing_else() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    assert_eq!(clerk.get("/").await.location(), "/cards");
    for path in PAGES {
        clerk.get(path).await.has_status(200);
        for login in ["saito", "hayashi", "kono"] {
            town.officer(login).await.get(path).await.has_status(403);
        }
        assert!(town.browser().get(path).await.location().starts_with("/sign-in"), "{path}");
    }
    for path in ["/orders", "/check-ins", "/residents/p-hana", "/fleet"] {
        clerk.get(path).await.has_status(403);
    }
    let mut nurse = town.nurse().await;
    nurse.get("/check-ins").await;
    for path in ["/cards/proposals/l-new", "/cards/lost", "/cards/lost/p-hana", "/cards/lost/code"]
    {
        nurse.post(path, &[("decision", "approve")]).await.has_status(403);
    }
    assert_eq!(town.card("l-hana").await, "active");
    assert_eq!(town.card("l-new").await, "proposed");
}

#[tokio::test]
async fn a_card_counts_after_the_clerk_said_how_the_person_was_recognised() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    let page = clerk.get("/cards").await;
    page.shows("中村 茂");
    page.hides("中村 ハナ");
    let proposal = "/cards/proposals/l-new";
    clerk.get(proposal).await.shows("このカードを登録しますか");
    let page = clerk.post(proposal, &[("decision", "approve")]).await;
    page.has_status(422);
    page.shows("本人をどう確かめたかを選んでください。");
    clerk.post(proposal, &[("decision", "else")]).await.has_status(400);
    assert_eq!(town.card("l-new").await, "proposed", "nothing is decided yet");
    let page = clerk.post(proposal, &[("decision", "approve"), ("way", "counter")]).await;
    assert_eq!(page.location(), "/cards?done=approved");
    assert_eq!(town.card("l-new").await, "active");
    let done = ("card-approved".to_owned(), "card-approval counter".to_owned());
    assert!(town.audit_acts().await.contains(&done));
    let page = clerk.post(proposal, &[("decision", "reject")]).await;
    assert_eq!(page.location(), "/cards?done=gone", "somebody was faster");
    assert_eq!(town.card("l-new").await, "active");
    clerk.get(proposal).await.has_status(404);
}

#[tokio::test]
async fn a_no_needs_no_meeting() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    clerk.get("/cards").await;
    let page = clerk.post("/cards/proposals/l-new", &[("decision", "reject")]).await;
    assert_eq!(page.location(), "/cards?done=rejected");
    assert_eq!(town.card("l-new").await, "rejected");
}

#[tokio::test]
async fn a_lost_card_stops_in_two_steps() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    clerk.get("/cards/lost").await.hides("中村");
    for words in ["中村ハナ", "中村　ハナ", "なかむらは", "ナカムラ ハナ"] {
        let page = clerk.post("/cards/lost", &[("words", words)]).await;
        page.has_status(200);
        page.shows("中村 ハナ");
        page.hides("中村 茂");
        page.shows("使えるカード 1件");
    }
    for few in ["", "中", "　"] {
        clerk.post("/cards/lost", &[("words", few)]).await.has_status(422);
    }
    let page = clerk.post("/cards/lost", &[("words", "%%")]).await;
    page.shows("見つかりません。");
    clerk.get("/cards/lost/p-hana").await.shows("カードをすぐに止める");
    assert_eq!(town.card("l-hana").await, "active", "looking stops nothing");
    let page = clerk.post("/cards/lost/p-hana", &[]).await;
    assert_eq!(page.location(), "/cards/lost/p-hana");
    assert_eq!(town.card("l-hana").await, "lost");
    let page = clerk.get("/cards/lost/p-hana").await;
    page.shows("カードは止まっています");
    page.hides("すぐに止める");
    let done = ("card-stopped".to_owned(), "card-lost".to_owned());
    assert!(town.audit_acts().await.contains(&done));
    clerk.get("/cards/lost/nobody").await.has_status(404);
    clerk.post("/cards/lost/nobody", &[]).await.has_status(404);
}

#[tokio::test]
async fn cards_stop_also_when_none_is_known_here_and_once_more_when_the_next_is_lost() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    clerk.get("/cards/lost").await;
    let page = clerk.post("/cards/lost", &[("words", "西一郎")]).await;
    page.shows("使えるカードはありません");
    page.shows("/cards/lost/p-ichiro");
    let lost = "/cards/lost/p-ichiro";
    clerk.get(lost).await.shows("カードをすぐに止める");
    for _ in 0..2 {
        clerk.post(lost, &[]).await.has_status(303);
        let page = clerk.get(lost).await;
        page.shows("カードは止まっています");
        page.shows("もう一度止める");
    }
    let done = ("card-stopped".to_owned(), "card-lost".to_owned());
    let acts = town.audit_acts().await;
    assert_eq!(acts.iter().filter(|act| **act == done).count(), 2);
}

#[tokio::test]
async fn a_code_read_out_on_the_phone_stops_at_once_and_a_wrong_one_is_written_down() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    clerk.get("/cards/lost").await;
    for wrong in ["123", "000000000000"] {
        let page = clerk.post("/cards/lost/code", &[("code", wrong)]).await;
        page.has_status(422);
        page.shows("この番号は使えません。");
    }
    let refused = ("card-stop-code-refused".to_owned(), "card-lost".to_owned());
    let acts = town.audit_acts().await;
    assert_eq!(acts.iter().filter(|act| **act == refused).count(), 2);
    assert_eq!(town.card("l-hana").await, "active");
    let code = format!("{} - {} {}", &CODE[..4], &CODE[4..8], &CODE[8..]);
    let page = clerk.post("/cards/lost/code", &[("code", &code)]).await;
    page.has_status(200);
    page.shows("カードを止めました（1件）。");
    page.hides("中村");
    assert_eq!(town.card("l-hana").await, "lost");
}

#[tokio::test]
async fn wrong_codes_slow_this_clerk_down_and_lock_nobody_out() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    clerk.get("/cards/lost").await;
    let code = "/cards/lost/code";
    for _ in 0..2 {
        clerk.post(code, &[("code", "000000000000")]).await.has_status(422);
    }
    let page = clerk.post(code, &[("code", "000000000000")]).await;
    page.has_status(429);
    page.shows("番号のまちがいが続いたため");
    page.shows("名前で探して止めてください。");
    assert_eq!(page.headers["retry-after"], "5");
    // Not even the right one is looked at meanwhile, and waiting makes nothing worse.
    clerk.post(code, &[("code", CODE)]).await.has_status(429);
    assert_eq!(town.card("l-hana").await, "active");
    let refused = ("card-stop-code-refused".to_owned(), "card-lost".to_owned());
    let acts = town.audit_acts().await;
    assert_eq!(acts.iter().filter(|act| **act == refused).count(), 3);
    clerk.post("/cards/lost", &[("words", "中村ハナ")]).await.shows("止める確認へ");
    town.clock.advance(5_000);
    clerk.post(code, &[("code", CODE)]).await.has_status(200);
    assert_eq!(town.card("l-hana").await, "lost");
    // Forgotten by a code that counted.
    clerk.post(code, &[("code", CODE)]).await.has_status(422);
}

#[tokio::test]
async fn a_concern_ends_when_the_clerk_says_how_it_was_checked() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    clerk.get("/cards/concerns").await.shows("/cards/concerns/l-hana");
    let concern = "/cards/concerns/l-hana";
    let page = clerk.get(concern).await;
    page.shows("中村 ハナ");
    page.shows("カードの登録は変わりません");
    let page = clerk.post(concern, &[]).await;
    page.has_status(422);
    page.shows("どう確かめたかを選んでください。");
    let page = clerk.post(concern, &[("way", "phone")]).await;
    assert_eq!(page.location(), "/cards/concerns?done=checked");
    let done = ("card-concern-checked".to_owned(), "card-watch phone".to_owned());
    assert!(town.audit_acts().await.contains(&done));
    clerk.get("/cards/concerns").await.shows("確認が必要なカードはありません。");
    assert_eq!(town.card("l-hana").await, "active");
    clerk.get(concern).await.has_status(404);
    let page = clerk.post(concern, &[("way", "phone")]).await;
    assert_eq!(page.location(), "/cards/concerns?done=gone");
    // A later change is a new concern.
    town.card_changes_again().await;
    clerk.get("/cards/concerns").await.shows("中村 ハナ");
}

/// Invariant 8 on these pages: who is shown, and nobody else, was looked at.
#[tokio::test]
async fn invariant_8_every_person_on_a_page_about_cards_was_looked_at() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    clerk.get("/cards").await;
    assert_eq!(town.looks("card-proposals").await, 1);
    clerk.get("/cards/proposals/l-new").await;
    assert_eq!(town.looks("card-proposals").await, 2);
    clerk.get("/cards/concerns").await.shows("中村 ハナ");
    assert_eq!(town.looks("card-concerns").await, 1);
    clerk.get("/cards/concerns/l-hana").await;
    assert_eq!(town.looks("card-concerns").await, 2);
    clerk.get("/cards/lost").await;
    assert_eq!(town.looks("card-holders").await, 0, "nobody is shown");
    clerk.post("/cards/lost", &[("words", "中村")]).await.shows("中村 茂");
    assert_eq!(town.looks("card-holders").await, 2);
    clerk.get("/cards/lost/p-hana").await;
    assert_eq!(town.looks("card-holders").await, 3);
}

/// Invariant 5 on these pages: serial number and issuer stay where they are.
#[tokio::test]
async fn invariant_5_no_page_about_cards_shows_what_is_on_the_card() {
    let town = town().await;
    let mut clerk = clerk(&town).await;
    for path in PAGES {
        let page = clerk.get(path).await;
        for secret in ["5E41A1", "5e41a1", "155CE2", "155ce2"] {
            page.hides(secret);
        }
        for reason in ["失効", "転居", "死亡"] {
            page.hides(reason);
        }
    }
}
