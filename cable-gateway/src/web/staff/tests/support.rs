//! What staff choose for a home's remote, and what the support asks of a box.

use super::fixture::Town;
use crate::{
    push::Subscription,
    store::{Sql, StoreError},
    values,
};

impl Town {
    /// The home of the 中村 answered the support's question.
    async fn answers(&self, state: &'static str) {
        let now_ms = self.now_ms();
        let content = (state == "given").then_some("{\"log\": []}");
        let write = move |sql: &mut dyn Sql| {
            let query = "UPDATE diagnosis SET state = $1, content = $2, settled_at_ms = $3 \
                         WHERE device_id = 'd-nakamura'";
            sql.execute(query, values![state, content.map(str::to_owned), now_ms])
        };
        self.write::<_, StoreError, _>(write).await;
    }
}

/// Longer than two beats are apart.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);
const BOX: &str = "/fleet/boxes/d-nakamura";
const ASK: &str = "/fleet/boxes/d-nakamura/diagnosis";
const FILE: &str = "/fleet/boxes/d-nakamura/diagnosis.json";

#[tokio::test]
async fn the_support_asks_with_a_reason_sees_what_became_of_it_and_takes_it_away() {
    let town = Town::new().await;
    let mut operator = town.officer("kono").await;
    let page = operator.get(BOX).await;
    page.shows("家の人にたずねる");
    page.hides("diagnosis.json");
    for (reason, text) in [
        ("", "テレビに出す理由を書いてください"),
        ("😀", "テレビで表示できない文字"),
        (&"あ".repeat(41), "理由は40文字まで"),
    ] {
        let refused = operator.post(ASK, &[("reason", reason)]).await;
        refused.has_status(422);
        refused.shows(text);
    }
    operator.get(FILE).await.has_status(404);
    operator.post(ASK, &[("reason", "画面が止まるため")]).await.has_status(303);
    let page = operator.get(BOX).await;
    page.shows("家の人にたずねています");
    page.shows("理由：画面が止まるため");
    page.hides("家の人にたずねる</button>");
    town.answers("given").await;
    let page = operator.get(BOX).await;
    page.shows("もう一度たずねると、いまの記録は消えます");
    page.shows(FILE);
    let file = operator.get(FILE).await;
    file.has_status(200);
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"diagnosis.json\"");
    assert_eq!(file.body, "{\"log\": []}");
    operator.get(BOX).await;
    operator.post(ASK, &[("reason", "もう一度")]).await.has_status(303);
    operator.get(FILE).await.has_status(404);
    town.answers("declined").await;
    operator.get(BOX).await.shows("「送らない」と答えました");
    let acts = town.audit_acts().await;
    for (object, purpose) in
        [("diagnosis-asked", "d-nakamura 画面が止まるため"), ("diagnosis-downloaded", "d-nakamura")]
    {
        assert!(acts.contains(&(object.to_owned(), purpose.to_owned())), "{acts:?}");
    }
}

#[tokio::test]
async fn nobody_but_the_support_asks_or_takes_away() {
    let town = Town::new().await;
    let mut operator = town.officer("kono").await;
    operator.get(BOX).await;
    operator.post(ASK, &[("reason", "画面が止まるため")]).await.has_status(303);
    town.answers("given").await;
    for mut other in [town.officer("saito").await, town.nurse().await, town.officer("ogawa").await]
    {
        for page in ["/orders/new", "/check-ins", "/cards"] {
            other.get(page).await;
        }
        other.get(FILE).await.has_status(403);
        other.post(ASK, &[("reason", "見たい")]).await.has_status(403);
        other.post("/fleet/boxes/d-nakamura/keys", &[("keys", "simple")]).await.has_status(403);
    }
    town.browser().get(FILE).await.has_status(303);
    operator.post("/fleet/boxes/nowhere/diagnosis", &[("reason", "x")]).await.has_status(404);
    operator.post("/fleet/boxes/nowhere/keys", &[("keys", "all")]).await.has_status(404);
}

#[tokio::test]
async fn nurse_and_support_choose_the_keys_of_a_home() {
    let town = Town::new().await;
    let (mut nurse, mut operator) = (town.nurse().await, town.officer("kono").await);
    let chosen = |code: &str| format!("value=\"{code}\" required checked");
    nurse.get("/residents/p-hana").await.shows(&chosen("all"));
    let form = "/residents/p-hana/keys";
    nurse.post(form, &[("keys", "simple")]).await.has_status(303);
    nurse.get("/residents/p-shigeru").await.shows(&chosen("simple"));
    operator.get(BOX).await.shows(&chosen("simple"));
    let form_of_box = "/fleet/boxes/d-nakamura/keys";
    operator.post(form_of_box, &[("keys", "minimal")]).await.has_status(303);
    operator.post(form_of_box, &[("keys", "none")]).await.has_status(400);
    nurse.get("/residents/p-hana").await.shows(&chosen("minimal"));
    nurse.post("/residents/00/keys", &[("keys", "all")]).await.has_status(404);
    let acts = town.audit_acts().await;
    let words: Vec<&str> = acts
        .iter()
        .filter(|(object, _)| object == "remote-keys-chosen")
        .map(|(_, purpose)| purpose.as_str())
        .collect();
    assert_eq!(words, ["h-nakamura simple", "h-nakamura minimal"]);
    let mut officer = town.officer("saito").await;
    officer.get("/orders/new").await;
    officer.post(form, &[("keys", "all")]).await.has_status(403);
}

/// What a box hears next.
async fn next(heard: &mut Subscription) -> String {
    let frame = tokio::time::timeout(DEADLINE, heard.next()).await.expect("something is told");
    let frame = frame.expect("the stream goes on");
    String::from_utf8(frame.bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn the_box_is_told_at_once_that_its_state_is_wanted() {
    let town = Town::new().await;
    let mut operator = town.officer("kono").await;
    let (mut heard, mut neighbour) = (town.hears("d-nakamura"), town.hears("d-west"));
    operator.get(BOX).await;
    operator.post(ASK, &[("reason", "😀")]).await.has_status(422);
    operator.post(ASK, &[("reason", "画面が止まるため")]).await.has_status(303);
    assert_eq!(next(&mut heard).await, "event: status-wanted\ndata: 1\n\n");
    town.hang_up();
    assert!(heard.next().await.is_none() && neighbour.next().await.is_none(), "nothing else");
}

/// Two beats are ten seconds apart: what comes between them came because somebody changed something.
#[tokio::test]
async fn chosen_keys_and_a_call_that_was_dealt_with_reach_the_home_between_two_beats() {
    let town = Town::new().await;
    let (mut nurse, mut operator) = (town.nurse().await, town.officer("kono").await);
    let mut saito = town.officer("saito").await;
    let order = town.order_in_force().await;
    town.answer(&order, "h-nakamura", "need-help").await;
    let (mut heard, mut neighbour) = (town.hears("d-nakamura"), town.hears("d-west"));
    town.beats();
    for heard in [&mut heard, &mut neighbour] {
        assert!(next(heard).await.starts_with("event: heartbeat\n"));
    }
    nurse.get("/residents/p-hana").await;
    nurse.post("/residents/p-hana/keys", &[("keys", "simple")]).await.has_status(303);
    assert_eq!(next(&mut heard).await, "event: provisioning-changed\ndata: 3 at-once\n\n");
    operator.get(BOX).await;
    let form = "/fleet/boxes/d-nakamura/keys";
    operator.post(form, &[("keys", "minimal")]).await.has_status(303);
    assert_eq!(next(&mut heard).await, "event: provisioning-changed\ndata: 4 at-once\n\n");
    let call = format!("/orders/{order}/help/h-nakamura");
    saito.get(&format!("/orders/{order}")).await;
    saito.post(&call, &[("help", "dealt-with")]).await.has_status(303);
    assert_eq!(next(&mut heard).await, "event: provisioning-changed\ndata: 5 at-once\n\n");
    town.hang_up();
    assert!(neighbour.next().await.is_none(), "another home hears of none of it");
}
