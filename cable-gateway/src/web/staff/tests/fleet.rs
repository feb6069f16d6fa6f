//! The operator's pages: who may open them, what they show, and that nobody who lives in the town is on them.

use std::collections::BTreeSet;

use super::{
    browser::{Browser, Page},
    fixture::Town,
};

const PAGES: [&str; 6] = [
    "/fleet",
    "/fleet.csv",
    "/fleet/boxes/d-nakamura",
    "/fleet/boxes/d-nakamura/revoke",
    "/fleet/letters",
    "/fleet/updates",
];

async fn operator(town: &Town) -> Browser {
    town.officer("kono").await
}

/// Ids in the rows of the list.
fn listed(page: &Page) -> Vec<String> {
    let parts = page.body.split("box-link\" href=\"/fleet/boxes/").skip(1);
    parts.filter_map(|part| Some(part.split_once('"')?.0.to_owned())).collect()
}

#[tokio::test]
async fn only_the_operator_opens_the_fleet_and_the_operator_opens_nothing_else() {
    let town = Town::new().await;
    let mut operator = operator(&town).await;
    for path in PAGES {
        operator.get(path).await.has_status(200);
        for mut other in [town.officer("saito").await, town.nurse().await] {
            other.get(path).await.has_status(403);
        }
        let page = town.browser().get(path).await;
        page.has_status(303);
        assert!(page.location().starts_with("/sign-in"), "{path}");
    }
    for path in ["/orders", "/orders/new", "/check-ins", "/residents/p-hana"] {
        operator.get(path).await.has_status(403);
    }
    operator.get("/fleet").await;
    for path in ["/orders", "/orders/00/end", "/drafts/00/issue"] {
        operator.post(path, &[]).await.has_status(403);
    }
    let (mut officer, forms) = (
        town.officer("saito").await,
        [
            "/fleet/boxes/d-nakamura/revoke",
            "/fleet/boxes/d-nakamura/letter",
            "/fleet/letters",
            "/fleet/updates/2.0.0/pause",
            "/fleet/updates/2.0.0/withdraw",
        ],
    );
    officer.get("/orders/new").await;
    for path in forms {
        officer.post(path, &[("reason", "lost")]).await.has_status(403);
    }
    assert_eq!(operator.get("/").await.location(), "/fleet");
}

/// Support sees no resident: neither a name nor what anybody answered is on a page or in a table.
#[tokio::test]
async fn no_page_and_no_table_names_a_resident() {
    let town = Town::new().await;
    town.tells_states().await;
    let secrets = town.everything_about_people().await;
    assert!(secrets.iter().any(|text| text == "中村 ハナ") && secrets.len() >= 8, "{secrets:?}");
    let mut operator = operator(&town).await;
    let mut pages = Vec::new();
    for path in PAGES {
        pages.push(operator.get(path).await.body);
    }
    let fields = [("homes", "2"), ("days", "90")];
    operator.get("/fleet/letters").await;
    let letters = operator.post("/fleet/letters", &fields).await;
    letters.has_status(200);
    pages.push(letters.body);
    for body in pages {
        assert!(body.len() > 40, "something is shown");
        for secret in &secrets {
            assert!(!body.contains(secret.as_str()), "「{secret}」 in {body}");
        }
    }
}

#[tokio::test]
async fn boxes_are_filtered_searched_and_paged() {
    let town = Town::new().await;
    town.tells_states().await;
    town.grows_by_homes(120, town.now_ms()).await;
    let mut operator = operator(&town).await;
    let first = operator.get("/fleet").await;
    assert_eq!(listed(&first).len(), 100);
    first.shows("121台のうち 1〜100台目");
    let second = operator.get("/fleet?page=2").await;
    let all: BTreeSet<String> = listed(&first).into_iter().chain(listed(&second)).collect();
    assert_eq!((listed(&second).len(), all.len()), (21, 121), "everybody once");
    assert_eq!(listed(&operator.get("/fleet?page=99").await), listed(&second));
    let found = operator.get("/fleet?search=h-more-11").await;
    assert_eq!(listed(&found).len(), 11, "11 and 110 to 119");
    assert_eq!(listed(&operator.get("/fleet?search=d-naka").await), ["d-nakamura"]);
    assert_eq!(listed(&operator.get("/fleet?area=A13").await).len(), 100);
    assert_eq!(listed(&operator.get("/fleet?version=1.2.0").await), ["d-nakamura"]);
    for (kind, expected) in [
        ("reader", 1),
        ("signal", 0),
        ("failed", 1),
        ("updating", 0),
        ("unreported", 100),
        ("stopped", 0),
        ("silent", 0),
    ] {
        let page = operator.get(&format!("/fleet?show={kind}")).await;
        assert_eq!(listed(&page).len(), expected, "{kind}");
    }
    let failed = operator.get("/fleet?show=failed").await;
    failed.shows("元の版に戻りました（映像・通信・カードのどれかを確かめられませんでした）");
    failed.shows("つながっていません");
    operator.get("/fleet/boxes/d-nakamura").await.shows("586 MiB（全体 977 MiB）");
    for strange in ["%25", "_", "'%20OR%201=1--", "%3Cscript%3E"] {
        let page = operator.get(&format!("/fleet?search={strange}")).await;
        page.has_status(200);
        page.hides("<script>");
        assert!(listed(&page).is_empty(), "{strange}");
    }
}

#[tokio::test]
async fn the_table_has_every_box_that_fits_and_is_written_down() {
    let town = Town::new().await;
    town.tells_states().await;
    town.grows_by_homes(120, town.now_ms()).await;
    let mut operator = operator(&town).await;
    let page = operator.get("/fleet.csv").await;
    assert_eq!(page.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(page.body.lines().count(), 122, "a head and every box");
    page.shows("d-nakamura,h-nakamura,日和佐浦,active,");
    let failed = operator.get("/fleet.csv?show=failed").await;
    assert_eq!(failed.body.lines().count(), 2);
    failed.shows(",fell-back,not-working,1.3.0,");
    let exports = town.audit_acts().await;
    let exports: Vec<_> = exports.iter().filter(|(object, _)| object == "fleet-exported").collect();
    assert_eq!(exports.len(), 2);
}

#[tokio::test]
async fn a_box_is_stopped_in_two_steps_and_it_is_written_down() {
    let town = Town::new().await;
    let mut operator = operator(&town).await;
    let box_page = operator.get("/fleet/boxes/d-nakamura").await;
    box_page.shows("href=\"/fleet/boxes/d-nakamura/revoke\"");
    box_page.hides("method=\"post\" action=\"/fleet/boxes/d-nakamura/revoke\"");
    let form = "/fleet/boxes/d-nakamura/revoke";
    operator.get(form).await.shows("元には戻せません");
    let refused = operator.post(form, &[]).await;
    refused.has_status(422);
    refused.shows("停止する理由を選んでください");
    operator.post(form, &[("reason", "because")]).await.has_status(422);
    assert!(town.audit_acts().await.iter().all(|(object, _)| object != "box-revoked"));
    operator.post(form, &[("reason", "lost")]).await.has_status(303);
    let stopped = operator.get("/fleet/boxes/d-nakamura").await;
    stopped.shows("この受信機は利用を停止しました");
    stopped.shows("初期化");
    let letter = "/fleet/boxes/d-nakamura/letter";
    stopped.shows(&format!("action=\"{letter}\""));
    let table = operator.post(letter, &[]).await;
    table.has_status(200);
    table.shows("h-nakamura,日和佐浦,");
    assert_eq!(table.body.lines().count(), 2);
    let stopped = operator.get("/fleet/boxes/d-nakamura").await;
    stopped.shows("まだ使える登録番号があります");
    stopped.hides(letter);
    operator.post(letter, &[]).await.has_status(303);
    assert_eq!(listed(&operator.get("/fleet?show=stopped").await), ["d-nakamura"]);
    let acts = town.audit_acts().await;
    assert!(acts.contains(&("box-revoked".to_owned(), "d-nakamura lost".to_owned())), "{acts:?}");
    operator.get("/fleet").await;
    operator.post(form, &[("reason", "lost")]).await.has_status(404);
    operator.get("/fleet/boxes/nowhere").await.has_status(404);
}

#[tokio::test]
async fn letters_hold_a_code_for_each_home_without_a_box_once() {
    let town = Town::new().await;
    let mut operator = operator(&town).await;
    operator.get("/fleet/letters").await.shows(">2</strong>世帯です");
    let wrong = operator.post("/fleet/letters", &[("homes", "0"), ("days", "90")]).await;
    wrong.has_status(422);
    let many = operator.post("/fleet/letters", &[("homes", "3"), ("days", "90")]).await;
    many.has_status(422);
    many.shows("登録番号を待っている世帯は2世帯です");
    let table = operator.post("/fleet/letters", &[("homes", "2"), ("days", "90")]).await;
    table.has_status(200);
    let lines: Vec<_> = table.body.lines().skip(1).collect();
    assert_eq!(lines.len(), 2, "the third home has a box: {lines:?}");
    for (line, home) in lines.iter().zip(["h-names,日和佐浦,", "h-west,東由岐,"]) {
        assert!(line.starts_with(home), "{line}");
        let code = line.split(',').nth(2).expect("a code");
        assert_eq!(code.replace(' ', "").len(), 12, "{code}");
    }
    operator.get("/fleet/letters").await.shows(">0</strong>世帯です");
    let again = operator.post("/fleet/letters", &[("homes", "1"), ("days", "90")]).await;
    again.has_status(422);
    let acts = town.audit_acts().await;
    assert!(
        acts.contains(&("enrolment-codes-created".to_owned(), "2 homes".to_owned())),
        "{acts:?}"
    );
}

#[tokio::test]
async fn a_rollout_is_widened_paused_and_resumed_on_its_page() {
    let town = Town::new().await;
    let mut operator = operator(&town).await;
    operator.get("/fleet/updates").await.shows("配る版はまだありません");
    town.takes_in("2.0.0").await;
    let page = operator.get("/fleet/updates").await;
    page.shows("まだ配っていません");
    let act = |deed: &str| format!("/fleet/updates/2.0.0/{deed}");
    operator.post(&act("roll-out"), &[("percent", "1")]).await.has_status(303);
    operator.get("/fleet/updates").await.shows("全体の1%に配っています");
    // A page that is no longer true changes nothing.
    operator.post(&act("roll-out"), &[("percent", "1")]).await.has_status(303);
    operator.post(&act("roll-out"), &[("percent", "7")]).await.has_status(400);
    operator.post(&act("pause"), &[]).await.has_status(303);
    operator.get("/fleet").await.shows("一時停止しています");
    operator.post(&act("roll-out"), &[("percent", "10")]).await.has_status(303);
    operator.get("/fleet/updates").await.shows("これまでの段階：1%");
    operator.post(&act("resume"), &[]).await.has_status(303);
    operator.get("/fleet/updates").await.shows("全体の1%に配っています");
    operator.post("/fleet/updates/9.9/pause", &[]).await.has_status(404);
    let deeds: Vec<String> = town.audit_acts().await.into_iter().map(|(deed, _)| deed).collect();
    for deed in ["update-rolled-out", "update-paused", "update-resumed"] {
        assert_eq!(deeds.iter().filter(|one| *one == deed).count(), 1, "{deed}");
    }
}

#[tokio::test]
async fn a_version_is_withdrawn_in_two_steps() {
    let town = Town::new().await;
    let mut operator = operator(&town).await;
    town.takes_in("2.0.0").await;
    let page = operator.get("/fleet/updates").await;
    page.shows("/fleet/updates/2.0.0/withdraw");
    page.hides("method=\"post\" action=\"/fleet/updates/2.0.0/withdraw\"");
    let asked = operator.get("/fleet/updates/2.0.0/withdraw").await;
    asked.has_status(200);
    asked.shows("元には戻せません");
    operator.post("/fleet/updates/2.0.0/withdraw", &[]).await.has_status(303);
    operator.get("/fleet/updates").await.shows("配る版はまだありません");
    operator.post("/fleet/updates/2.0.0/withdraw", &[]).await.has_status(404);
    operator.get("/fleet/updates/2.0.0/withdraw").await.has_status(404);
    let acts = town.audit_acts().await;
    let withdrawn = ("update-withdrawn".to_owned(), "2.0.0".to_owned());
    assert_eq!(acts.iter().filter(|act| **act == withdrawn).count(), 1, "{acts:?}");
}
