//! Orders on their way from the form to the homes: one person, two persons, emergencies.

use super::{
    browser::{Browser, Page},
    fixture::Town,
};

/// Fields of a form: mode, hazard, level.
pub(super) fn form(
    mode: &'static str,
    hazard: &'static str,
    level: &'static str,
) -> Vec<(&'static str, &'static str)> {
    vec![
        ("mode", mode),
        ("hazard", hazard),
        ("level", level),
        ("scope", "districts"),
        ("area", "A14"),
        ("shelters", "all-open"),
        ("reason", "川の水位が上がっています。"),
    ]
}

/// Writes an order and returns the path of its draft.
pub(super) async fn write(officer: &mut Browser, fields: &[(&str, &str)]) -> String {
    officer.get("/orders/new").await;
    let page = officer.post("/orders", fields).await;
    page.has_status(303);
    assert!(page.location().starts_with("/drafts/"), "{}", page.location());
    page.location().to_owned()
}

#[track_caller]
pub(super) fn is_issued(page: &Page) {
    page.has_status(303);
    assert!(page.location().starts_with("/orders/"), "{}", page.location());
    assert!(page.location().ends_with("?done=issued"), "{}", page.location());
}

#[tokio::test]
async fn one_officer_suffices_for_level_3_and_drills() {
    let town = Town::new().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    for fields in
        [form("actual", "flood", "3"), form("drill", "flood", "5"), form("drill", "tsunami", "")]
    {
        let draft = write(&mut saito, &fields).await;
        assert_eq!(town.orders().await, 0, "a form alone sends nothing");
        saito.get(&draft).await.shows("ボタンを押すと、すぐにテレビに届きます。");
        saito.get("/orders").await.shows("内容を確かめて発令へ");
        mori.get("/orders").await.hides(&draft);
        is_issued(&saito.post(&format!("{draft}/issue"), &[]).await);
        assert_eq!(town.orders().await, 1);
        town.forget_orders().await;
        // A drill is kept back where an actual order stands.
        town.loses_its_orders().await;
    }
}

#[tokio::test]
async fn levels_4_and_5_and_tsunami_wait_for_a_second_person() {
    let town = Town::new().await;
    for fields in [
        form("actual", "flood", "4"),
        form("actual", "landslide", "5"),
        form("actual", "tsunami", ""),
    ] {
        let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
        let draft = write(&mut saito, &fields).await;
        let waiting = saito.get(&draft).await;
        waiting.shows("もう一人の確認を待っています");
        waiting.hides(&format!("action=\"{draft}/issue\""));
        // Pressing on without the button changes nothing, however often.
        for _ in 0..2 {
            let page = saito.post(&format!("{draft}/issue"), &[]).await;
            page.has_status(409);
            page.shows("自分では確認できません");
        }
        assert_eq!(town.orders().await, 0);
        mori.get("/orders").await.shows("二人目の確認待ち");
        mori.get(&draft).await.shows("二人目の確認です。");
        is_issued(&mori.post(&format!("{draft}/issue"), &[]).await);
        assert_eq!(town.orders().await, 1);
        let again = mori.post(&format!("{draft}/issue"), &[]).await;
        again.has_status(409);
        assert_eq!(town.orders().await, 1, "a second press sends nothing");
        town.forget_orders().await;
    }
}

#[tokio::test]
async fn the_same_person_on_two_browsers_is_one_person() {
    let town = Town::new().await;
    let mut desk = town.officer("saito").await;
    town.clock.advance(30_000);
    let mut tablet = town.officer("saito").await;
    let draft = write(&mut desk, &form("actual", "flood", "4")).await;
    tablet.get(&draft).await.shows("もう一人の確認を待っています");
    tablet.post(&format!("{draft}/issue"), &[]).await.has_status(409);
    assert_eq!(town.orders().await, 0);
}

#[tokio::test]
async fn an_emergency_needs_a_typed_reason_and_is_marked() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    let draft = write(&mut saito, &form("actual", "tsunami", "")).await;
    let path = format!("{draft}/emergency");
    for reason in ["", "   ", "　　", &"あ".repeat(201)] {
        let page = saito.post(&path, &[("emergency_reason", reason)]).await;
        page.has_status(409);
        page.shows("理由を1文字以上200文字まで");
    }
    let reason = [("emergency_reason", "大津波警報。<当直は一人>")];
    let page = saito.post(&path, &reason).await;
    is_issued(&page);
    let board = saito.get(page.location()).await;
    board.shows("一人で緊急発令");
    board.shows("大津波警報。&#60;当直は一人&#62;");
    saito.get("/orders").await.shows("一人で緊急発令");
    let acts = town.audit_acts().await;
    assert!(
        acts.iter().any(|(act, why)| act == "order-emergency-reason" && why.contains("当直は一人")),
        "{acts:?}"
    );
}

#[tokio::test]
async fn no_emergency_path_for_level_4_nor_for_a_stranger() {
    let town = Town::new().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    let reason = [("emergency_reason", "人がいない")];
    let draft = write(&mut saito, &form("actual", "flood", "4")).await;
    saito.get(&draft).await.hides("emergency_reason");
    saito.post(&format!("{draft}/emergency"), &reason).await.has_status(409);
    saito.get(&draft).await.shows("もう一人の確認を待っています");
    let draft = write(&mut saito, &form("actual", "flood", "5")).await;
    mori.get(&draft).await.hides("emergency_reason");
    mori.post(&format!("{draft}/emergency"), &reason).await.has_status(409);
    assert_eq!(town.orders().await, 0);
}

#[tokio::test]
async fn a_second_person_can_refuse_and_the_author_can_take_back() {
    let town = Town::new().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    let draft = write(&mut saito, &form("actual", "flood", "4")).await;
    saito.post(&format!("{draft}/reject"), &[("reject_reason", "x")]).await.has_status(409);
    mori.get(&draft).await;
    mori.post(&format!("{draft}/reject"), &[("reject_reason", "")]).await.has_status(409);
    let page = mori.post(&format!("{draft}/reject"), &[("reject_reason", "地区が違います")]).await;
    page.has_status(303);
    let closed = saito.get(&draft).await;
    closed.shows("差し戻しました。理由：地区が違います");
    closed.shows("/orders/new?mode=actual&#38;hazard=flood&#38;level=4");
    mori.post(&format!("{draft}/issue"), &[]).await.has_status(409);

    let draft = write(&mut saito, &form("actual", "flood", "4")).await;
    mori.post(&format!("{draft}/withdraw"), &[]).await.has_status(409);
    saito.post(&format!("{draft}/withdraw"), &[]).await.has_status(303);
    mori.post(&format!("{draft}/issue"), &[]).await.has_status(409);
    assert_eq!(town.orders().await, 0);
}

#[tokio::test]
async fn a_draft_of_an_hour_ago_is_not_sent() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    let draft = write(&mut saito, &form("actual", "flood", "3")).await;
    for _ in 0..6 {
        town.clock.advance(10 * 60_000);
        saito.get("/orders").await.has_status(200);
    }
    let page = saito.post(&format!("{draft}/issue"), &[]).await;
    page.has_status(409);
    page.shows("作成から1時間を過ぎたため");
    assert_eq!(town.orders().await, 0);
}

#[tokio::test]
async fn ending_an_order_needs_the_authority_of_issuing_it() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    saito.get(&format!("/orders/{order}/end")).await.shows("まちがって発令した");
    for act in ["", "issue", "update"] {
        saito.post(&format!("/orders/{order}/end"), &[("act", act)]).await.has_status(422);
    }
    let page = saito.post(&format!("/orders/{order}/end"), &[("act", "lift")]).await;
    let draft = page.location().to_owned();
    saito.get(&draft).await.shows("もう一人の確認を待っています");
    saito.post(&format!("{draft}/issue"), &[]).await.has_status(409);
    is_issued(&mori_issues(&mut mori, &draft).await);
    let overview = saito.get("/orders").await;
    overview.shows("発令中の避難情報はありません。");
    let late = saito.get(&format!("/orders/{order}/update")).await;
    late.has_status(409);
    late.shows("もう発令中ではありません");
}

async fn mori_issues(mori: &mut Browser, draft: &str) -> Page {
    mori.get(draft).await;
    mori.post(&format!("{draft}/issue"), &[]).await
}

#[tokio::test]
async fn lowering_a_level_4_order_needs_two_persons_too() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    let update = format!("/orders/{order}/update");
    let page = saito.get(&update).await;
    page.shows("内容を変える");
    // Neither the mode nor the hazard of what is in force can be changed by a crafted form.
    let mut fields = form("drill", "tsunami", "3");
    fields.push(("area", "A13"));
    let page = saito.post(&update, &fields).await;
    page.has_status(303);
    let draft = page.location().to_owned();
    let waiting = saito.get(&draft).await;
    waiting.shows("洪水 高齢者等避難");
    waiting.shows("もう一人の確認を待っています");
    is_issued(&mori_issues(&mut mori, &draft).await);
}

#[tokio::test]
async fn an_order_whose_key_was_revoked_asks_to_be_issued_anew() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    let path = format!("/orders/{order}");
    for page in ["/orders", &path] {
        saito.get(page).await.hides("受信機はもう信じません");
    }
    town.loses_its_orders().await;
    for page in ["/orders", &path] {
        let page = saito.get(page).await;
        page.shows("受信機はもう信じません。出し直してください。");
        page.shows("1件の避難情報がテレビから消えています。");
        page.hides("発令中：");
    }
    let update = format!("{path}/update");
    saito.get(&update).await;
    let draft = saito.post(&update, &form("actual", "flood", "4")).await.location().to_owned();
    is_issued(&mori_issues(&mut mori, &draft).await);
    saito.get("/orders").await.hides("受信機はもう信じません");
    saito.get("/orders").await.shows("発令中：");
}

#[tokio::test]
async fn a_form_with_errors_says_them_and_keeps_everything() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    saito.get("/orders/new").await;
    let reason = "い".repeat(121);
    let page = saito
        .post("/orders", &[("hazard", "landslide"), ("reason", &reason), ("scope", "districts")])
        .await;
    page.has_status(422);
    for error in [
        "訓練か、実際の発令かを選んでください。",
        "避難情報の種類を選んでください。",
        "地区を一つ以上選ぶか",
        "理由が1文字超えています。",
    ] {
        page.shows(error);
    }
    page.shows(&reason);
    page.shows("value=\"landslide\" required checked");
    assert_eq!(town.orders().await, 0);
}

#[tokio::test]
async fn what_does_not_apply_is_left_out() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    // A level under tsunami, a shelter that does not suit it, a part beside its whole.
    let fields = [
        ("mode", "drill"),
        ("hazard", "tsunami"),
        ("level", "5"),
        ("scope", "districts"),
        ("area", "A05"),
        ("area", "A17"),
        ("area", "A99"),
        ("shelters", "each"),
        ("shelter-S-HILL", "open"),
        ("shelter-S-SHORE", "open"),
        ("reason", " 川が増水 "),
    ];
    let draft = write(&mut saito, &fields).await;
    let page = saito.get(&draft).await;
    page.shows("津波 避難指示");
    page.shows("<dt>地区</dt><dd>奥河内</dd>");
    page.shows("開設（1か所）：高台広場</li>");
    page.hides("海辺公民館");
    page.shows("<dd>川が増水</dd>");
    is_issued(&saito.post(&format!("{draft}/issue"), &[]).await);
}

/// Each of them, and the words that say why.
const UNREADABLE: [(&str, &str); 3] = [
    ("\u{1b}[31m川が増水", "目に見えない制御文字が入っています。"),
    ("一行目\r\n二行目", "改行は使えません。"),
    ("川が\u{202e}増水", "文字の向きを変える記号など"),
];

#[tokio::test]
async fn text_that_does_something_is_refused_and_what_was_typed_stays() {
    let town = Town::new().await;
    let order = town.order_in_force().await;
    town.forget_orders().await;
    let mut saito = town.officer("saito").await;
    saito.get("/orders/new").await;
    for (reason, words) in UNREADABLE {
        let fields =
            [("mode", "drill"), ("hazard", "tsunami"), ("scope", "town"), ("reason", reason)];
        let page = saito.post("/orders", &fields).await;
        page.has_status(422);
        page.shows(words);
        page.shows("津波");
        let fields = [("act", "lift"), ("reason", reason)];
        let page = saito.post(&format!("/orders/{order}/end"), &fields).await;
        page.has_status(422);
        page.shows(words);
    }
    assert_eq!(town.orders().await, 0);
}

#[tokio::test]
async fn the_preview_is_the_guidance_of_a_home_in_the_chosen_district() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    saito.get("/orders/new").await.shows("ここに見本が出ます");
    let mut fields = form("actual", "tsunami", "");
    let page = saito.post("/orders/preview", &fields).await;
    page.has_status(200);
    page.shows("津波 避難指示");
    page.shows("高台広場");
    page.hides("海辺公民館");
    page.hides("中村");
    page.shows("2世帯に届きます。");
    fields.push(("view_area", "A13"));
    saito.post("/orders/preview", &fields).await.shows("この地区には届きません");
    let drill = saito.post("/orders/preview", &form("drill", "flood", "5")).await;
    drill.shows("これは訓練です");
    drill.hides("高台広場");
}

#[tokio::test]
async fn a_crash_between_claim_and_publication_sends_nothing_twice_and_loses_nothing() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    let draft = write(&mut saito, &form("actual", "flood", "3")).await;
    town.press_and_die(&draft, false).await;
    saito.get(&draft).await.shows("いま発令の処理をしています。");
    saito.post(&format!("{draft}/issue"), &[]).await.has_status(409);
    town.clock.advance(31_000);
    saito.get("/orders").await.shows(&draft);
    is_issued(&saito.post(&format!("{draft}/issue"), &[]).await);
    assert_eq!(town.orders().await, 1);

    let draft = write(&mut saito, &form("drill", "tsunami", "")).await;
    town.press_and_die(&draft, true).await;
    town.clock.advance(31_000);
    saito.get("/orders").await.hides(&draft);
    saito.get(&draft).await.shows("に発令しました。");
    saito.post(&format!("{draft}/issue"), &[]).await.has_status(409);
    assert_eq!(town.orders().await, 2);
}

#[tokio::test]
async fn what_a_television_cannot_show_is_refused_where_it_is_typed() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    saito.get("/orders/new").await;
    let typed = |reason: &'static str| {
        let fields = form("drill", "flood", "3");
        fields.into_iter().filter(|(name, _)| *name != "reason").chain([("reason", reason)])
    };
    for (reason, sentence) in [
        ("川が😀あふれます", "テレビで表示できない文字「😀」が入っています"),
        ("川が\u{e01}あふれます", "テレビで表示できない文字"),
        ("　 　", "空白だけの理由は送れません"),
        ("\u{3164}\u{ad}", "空白だけの理由は送れません"),
    ] {
        let page = saito.post("/orders", &typed(reason).collect::<Vec<_>>()).await;
        page.has_status(422);
        page.shows(sentence);
    }
    for reason in ["", "𠮷野川・髙﨑、㈱美波①〜②（ｶﾅ）※☎", "Evacuate now – café"]
    {
        let page = saito.post("/orders", &typed(reason).collect::<Vec<_>>()).await;
        page.has_status(303);
    }
    let order = super::standing::issue(&mut saito, &form("drill", "flood", "4")).await;
    let fields = [("act", "lift"), ("reason", "水が引きました🎉")];
    let page = saito.post(&format!("/orders/{order}/end"), &fields).await;
    page.has_status(422);
    page.shows("テレビで表示できない文字「🎉」が入っています");
}
