//! What an officer is told before a second order goes beside one in force, and before a lift; and
//! which orders the form has for which hazard.

use super::{
    browser::Browser,
    fixture::Town,
    orders::{form, is_issued, write},
};

const QUESTION: &str = "同じ災害の情報が、この地区に発令中です";
const LEFT: &str = "このあとも、この地区のテレビに次の情報が残ります";

fn beside<'a>(
    fields: &[(&'static str, &'static str)],
    ids: &'a str,
) -> Vec<(&'static str, &'a str)> {
    fields.iter().copied().chain([("beside", ids)]).collect()
}

/// Issues by one officer; gives the order's id.
pub(super) async fn issue(officer: &mut Browser, fields: &[(&str, &str)]) -> String {
    let draft = write(officer, fields).await;
    officer.get(&draft).await;
    let page = officer.post(&format!("{draft}/issue"), &[]).await;
    is_issued(&page);
    page.location().trim_start_matches("/orders/").replace("?done=issued", "")
}

#[tokio::test]
async fn the_form_tells_what_stands_and_leads_to_its_update() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    let standing = issue(&mut saito, &form("actual", "flood", "3")).await;
    let graver = form("actual", "flood", "4");
    let preview = saito.post("/orders/preview", &graver).await;
    preview.shows(QUESTION);
    saito.get("/orders/new").await.hides(QUESTION);
    let page = saito.post("/orders", &graver).await;
    page.has_status(422);
    let ways = ["この情報を更新する", "更新せず、別の情報として重ねて出す"];
    for words in [QUESTION, ways[0], ways[1], "href=\"#standing\"", "川の水位が上がっています。"]
    {
        page.shows(words);
    }
    page.shows(&format!("/orders/{standing}/update?mode=actual&#38;hazard=flood&#38;level=4"));
    assert_eq!(town.orders().await, 1);

    // The main way: what was typed becomes the update, and nobody is asked again.
    let address = format!("/orders/{standing}/update");
    let fields = [&graver[..], &[("updates", standing.as_str())]].concat();
    saito.post("/orders/preview", &fields).await.hides(QUESTION);
    saito.post(&address, &fields).await.has_status(303);
}

#[tokio::test]
async fn going_on_knowingly_is_possible_and_only_for_what_was_shown() {
    let town = Town::new().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    let drill = form("drill", "flood", "3");
    let first = issue(&mut saito, &drill).await;
    saito.post("/orders", &beside(&drill, "0".repeat(32).as_str())).await.has_status(422);
    let known = beside(&drill, &first);
    saito.post("/orders/preview", &known).await.shows("checked");
    let draft = write(&mut saito, &known).await;
    saito.get(&draft).await.hides(QUESTION);

    // Another officer was faster: the draft's page asks about that one too, and sends nothing.
    let second = issue(&mut mori, &known).await;
    town.forget_orders().await;
    let page = saito.get(&draft).await;
    page.shows(QUESTION);
    page.shows(&format!("/orders/{second}/update?"));
    let refused = saito.post(&format!("{draft}/issue"), &[]).await;
    refused.has_status(409);
    refused.shows("同じ災害の情報がすでに発令中です。");
    assert_eq!(town.orders().await, 0);
    is_issued(&saito.post(&format!("{draft}/issue"), &[("beside", &second)]).await);
    assert_eq!(town.orders().await, 1);
}

#[tokio::test]
async fn an_emergency_is_asked_on_the_same_page() {
    let town = Town::new().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    let (mine, other) = (
        write(&mut saito, &form("actual", "tsunami", "")).await,
        write(&mut mori, &form("actual", "tsunami", "")).await,
    );
    let reason = ("emergency_reason", "大津波警報");
    let page = mori.post(&format!("{other}/emergency"), &[reason]).await;
    let standing = page.location().trim_start_matches("/orders/").replace("?done=issued", "");
    let path = format!("{mine}/emergency");
    let refused = saito.post(&path, &[reason]).await;
    refused.has_status(409);
    refused.shows("beside-in-emergency");
    is_issued(&saito.post(&path, &[reason, ("beside", &standing)]).await);
}

#[tokio::test]
async fn the_pages_of_a_lift_tell_what_is_left() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    let first = issue(&mut saito, &form("drill", "flood", "3")).await;
    let end = format!("/orders/{first}/end");
    saito.get(&end).await.shows("このあと、この地区のテレビに残る避難情報はありません。");
    let known = beside(&form("drill", "flood", "4"), &first);
    let graver = issue(&mut saito, &known).await;
    issue(&mut saito, &form("drill", "landslide", "3")).await;
    let page = saito.get(&format!("/orders/{graver}/end")).await;
    page.shows(LEFT);
    page.shows(&format!("href=\"{end}\""));
    page.shows("土砂災害 高齢者等避難");
    let lift = saito.post(&format!("/orders/{graver}/end"), &[("act", "lift")]).await;
    saito.get(lift.location()).await.shows(LEFT);
}

/// Two orders must never send the same people out and upstairs, in the preview neither.
#[tokio::test]
async fn the_preview_is_what_a_home_reads_beside_the_orders_that_stand_there() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    let upstairs = "外へ出るより、高い階の安全な部屋へ";
    let landslide = form("drill", "landslide", "5");
    saito.get("/orders/new").await;
    saito.post("/orders/preview", &landslide).await.shows(upstairs);
    let tsunami = issue(&mut saito, &form("drill", "tsunami", "")).await;
    let preview = saito.post("/orders/preview", &landslide).await;
    preview.shows("いちばん危ないのは津波です。いますぐ高い所へ逃げてください");
    preview.hides(upstairs);
    issue(&mut saito, &landslide).await;
    for (act, sentence, alone) in [
        ("lift", "この情報は解除されました。ほかの避難情報は続いています", "お戻りください"),
        ("cancel", "この情報は誤りでした。ほかの避難情報は続いています", "避難の必要はありません"),
    ] {
        let draft = saito.post(&format!("/orders/{tsunami}/end"), &[("act", act)]).await;
        let page = saito.get(draft.location()).await;
        page.shows(sentence);
        page.hides(alone);
    }
}

/// A hazard, an order that it does not have, and those that it has.
const NOT_ISSUED: [(&str, &str, &str); 4] = [
    ("earthquake", "3", "地震では「高齢者等避難」を発令しません。「避難指示」を選んでください。"),
    ("earthquake", "5", "地震では「緊急安全確保」を発令しません。「避難指示」を選んでください。"),
    (
        "large-fire",
        "5",
        "では「緊急安全確保」を発令しません。「高齢者等避難」か「避難指示」を選んでください。",
    ),
    (
        "volcano",
        "5",
        "では「緊急安全確保」を発令しません。「高齢者等避難」か「避難指示」を選んでください。",
    ),
];

#[tokio::test]
async fn each_hazard_has_the_orders_that_exist_for_it() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    saito.get("/orders/new").await;
    for (hazard, level, sentence) in NOT_ISSUED {
        let page = saito.post("/orders", &form("drill", hazard, level)).await;
        page.has_status(422);
        page.shows(sentence);
    }
    for (hazard, level) in [("earthquake", "4"), ("large-fire", "3"), ("volcano", "4")] {
        let draft = write(&mut saito, &form("drill", hazard, level)).await;
        let page = saito.get(&draft).await;
        page.hides("警戒レベル");
        page.hides("slab-digit");
    }
    let draft = write(&mut saito, &form("drill", "flood", "4")).await;
    saito.get(&draft).await.shows("警戒レベル4 避難指示");
    let order = issue(&mut saito, &form("drill", "volcano", "4")).await;
    saito.get(&format!("/orders/{order}/update")).await.hides("緊急安全確保");
}
