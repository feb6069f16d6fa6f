//! Every look at a person is written down, once for what a person would call one look.

use super::{browser::Browser, fixture::Town};

#[tokio::test]
async fn opening_the_list_is_one_look_at_each_person_shown() {
    let town = Town::new().await;
    town.everybody_has_a_box().await;
    let mut nurse = town.nurse().await;
    assert_eq!(town.looks("check-in-today").await, 0);
    nurse.get("/check-ins").await.has_status(200);
    let everybody = town.taking_part().await;
    assert_eq!(town.looks("check-in-today").await, everybody);
    nurse.get("/check-ins").await.has_status(200);
    assert_eq!(town.looks("check-in-today").await, 2 * everybody, "every opening is a look");
}

#[tokio::test]
async fn a_filter_writes_down_only_those_it_shows() {
    let town = Town::new().await;
    let mut nurse = town.nurse().await;
    let page = nurse.get("/check-ins?show=urgent").await;
    page.shows("中村 ハナ");
    page.hides("中村 茂");
    assert_eq!(town.looks("check-in-today").await, 1);
    nurse.get("/check-ins?show=withdrawn").await.shows("この条件にあてはまる人はいません。");
    assert_eq!(town.looks("check-in-today").await, 1);
}

#[tokio::test]
async fn the_page_of_a_person_is_another_look() {
    let town = Town::new().await;
    let mut nurse = town.nurse().await;
    let page = nurse.get("/residents/p-hana").await;
    page.shows("中村 ハナ");
    page.shows("× よくない");
    assert_eq!(town.looks("check-in-history").await, 1);
    nurse.get("/residents/nobody").await.has_status(404);
    assert_eq!(town.looks("check-in-history").await, 1);
    nurse.get("/residents/p-hana").await.has_status(200);
    assert_eq!(town.looks("check-in-history").await, 2, "looking again is another look");
}

#[tokio::test]
async fn a_board_that_refreshes_itself_is_one_look_an_hour_and_every_opening_is_another() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    let path = format!("/orders/{order}/board");
    saito.get(&format!("/orders/{order}")).await.has_status(200);
    let shown = town.looks("evacuation-board").await;
    assert!(shown > 0);
    for _ in 0..5 {
        saito.poll(&path).await.has_status(200);
    }
    assert_eq!(town.looks("evacuation-board").await, shown);
    saito.get(&format!("/orders/{order}")).await.has_status(200);
    assert_eq!(town.looks("evacuation-board").await, 2 * shown, "opened again");
    mori.poll(&path).await.has_status(200);
    assert_eq!(town.looks("evacuation-board").await, 3 * shown, "another officer is another look");
    for _ in 0..6 {
        town.clock.advance(10 * 60_000);
        saito.get("/orders").await.has_status(200);
    }
    saito.poll(&path).await.has_status(200);
    assert_eq!(town.looks("evacuation-board").await, 4 * shown, "still open an hour later");
}

#[tokio::test]
async fn an_overview_shows_figures_and_nobody() {
    let town = Town::new().await;
    town.order_in_force().await;
    let mut saito = town.officer("saito").await;
    let page = saito.get("/orders").await;
    page.shows("対象 2世帯");
    page.hides("中村");
    assert_eq!(town.looks("evacuation-board").await, 0);
}

#[tokio::test]
async fn an_unchanged_board_sends_only_the_time() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    let mut saito = town.officer("saito").await;
    let page = saito.get(&format!("/orders/{order}")).await;
    let (_, rest) = page.body.split_once("?seen=").expect("a fingerprint");
    let seen = rest.split('"').next().expect("its end").to_owned();
    let path = format!("/orders/{order}/board?seen={seen}");
    let same = saito.poll(&path).await;
    assert_eq!(same.headers["hx-reswap"], "none");
    same.shows("現在");
    same.hides("中村");
    town.answer(&order, "h-nakamura", "need-help").await;
    let changed = saito.poll(&path).await;
    assert!(!changed.headers.contains_key("hx-reswap"));
    changed.shows("助けが必要 1世帯");
    changed.shows("中村 ハナ");
}

#[tokio::test]
async fn a_call_for_help_stays_until_an_officer_has_dealt_with_it() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    town.answer(&order, "h-nakamura", "need-help").await;
    let mut saito = town.officer("saito").await;
    let page = format!("/orders/{order}");
    let path = format!("{page}/help/h-nakamura");
    let board = saito.get(&page).await;
    board.shows(&format!("action=\"{path}\""));
    board.shows("対応済みにする");
    saito.post(&path, &[("help", "nonsense")]).await.has_status(404);

    saito.post(&path, &[("help", "dealt-with")]).await.has_status(303);
    let board = saito.get(&page).await;
    board.shows("助けに対応済み");
    board.shows("1世帯は対応済みです");
    assert_eq!(town.help_acts().await, [("help-dealt-with".to_owned(), 2)]);
    saito.post(&path, &[("help", "dealt-with")]).await.has_status(303);
    assert_eq!(town.help_acts().await.len(), 1, "nothing was left to settle");

    saito.post(&path, &[("help", "reopened")]).await.has_status(303);
    saito.get(&page).await.shows("対応済みにする");
    assert_eq!(town.help_acts().await.len(), 2);
}

#[tokio::test]
async fn a_call_for_help_stays_in_sight_when_its_order_is_over() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    town.answer(&order, "h-nakamura", "need-help").await;
    town.clock.advance(25 * 3_600_000);
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    let page = saito.get("/orders").await;
    page.shows("発令中の避難情報はありません。");
    page.shows("対応が終わっていない「助けが必要」");
    page.shows("中村 ハナ");
    page.hides("西 一郎");
    assert_eq!(town.looks("evacuation-board").await, 2, "both persons of the home were looked at");
    mori.get("/orders").await.has_status(200);
    assert_eq!(town.looks("evacuation-board").await, 4);

    let path = format!("/orders/{order}/help/h-nakamura");
    let settled = saito.post(&path, &[("help", "dealt-with"), ("from", "orders")]).await;
    assert_eq!(settled.location(), "/orders");
    let page = saito.get("/orders").await;
    page.hides("対応が終わっていない");
    page.hides("中村");
    assert_eq!(town.looks("evacuation-board").await, 4, "nobody was shown");
}

#[tokio::test]
async fn the_overview_counts_calls_that_were_dealt_with() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    town.answer(&order, "h-nakamura", "need-help").await;
    let mut saito = town.officer("saito").await;
    saito.get("/orders").await.hides("対応済み 1<");
    let path = format!("/orders/{order}/help/h-nakamura");
    saito.post(&path, &[("help", "dealt-with")]).await.has_status(303);
    saito.get("/orders").await.shows("<span>対応済み 1</span>");
}

#[tokio::test]
async fn a_nurse_settles_no_call_for_help() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    town.answer(&order, "h-nakamura", "need-help").await;
    let mut nurse = town.nurse().await;
    nurse.get("/check-ins").await.has_status(200);
    let path = format!("/orders/{order}/help/h-nakamura");
    nurse.post(&path, &[("help", "dealt-with")]).await.has_status(403);
    assert!(town.help_acts().await.is_empty());
}

/// A draft that waits for a second person; its path.
async fn draft(officer: &mut Browser) -> String {
    officer.get("/orders/new").await;
    let fields = [("mode", "actual"), ("hazard", "tsunami"), ("scope", "town")];
    let page = officer.post("/orders", &fields).await;
    assert!(page.location().starts_with("/drafts/"), "{}", page.body);
    page.location().to_owned()
}

/// Every page that the console's routes name, opened: where a person's name is shown, the record
/// names that person; where nobody is shown, nobody is written down.
#[tokio::test]
async fn invariant_8_no_page_names_a_person_without_a_record() {
    let routes = include_str!("../../staff.rs");
    let routes = routes
        .split(".route(\"")
        .skip(1)
        .filter(|rest| rest.split(".route(").next().is_some_and(|route| route.contains("get(")));
    let paths: Vec<&str> = routes.filter_map(|rest| rest.split('"').next()).collect();
    assert!(paths.len() > 10, "{paths:?}");
    let mut seen = 0;
    for path in paths {
        let town = Town::new().await;
        let order = town.order_in_force().await;
        town.answer(&order, "h-nakamura", "need-help").await;
        let mut saito = town.officer("saito").await;
        let draft = draft(&mut saito).await;
        let path = path.replace("{order}", &order).replace("{person}", "p-hana");
        let path = path.replace("/drafts/{draft}", &draft).replace("{*path}", "console.css");
        assert!(!path.contains('{'), "{path} is opened with real ids");
        for mut browser in [saito, town.nurse().await] {
            let before = town.looked_at().await;
            let page = browser.get(&path).await;
            assert_ne!(page.status.as_u16(), 404, "{path} is there");
            for (person, name) in
                [("p-hana", "中村 ハナ"), ("p-shigeru", "中村 茂"), ("p-ichiro", "西 一郎")]
            {
                let shown = page.body.contains(name);
                let looks = |looks: &[String]| looks.iter().filter(|id| *id == person).count();
                let written = looks(&town.looked_at().await) > looks(&before);
                assert_eq!(shown, written, "{name} on {path}");
                seen += u32::from(shown);
            }
        }
    }
    assert!(seen > 3, "pages with names were among them");
}
