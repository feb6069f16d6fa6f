//! A drill while an actual order stands: televisions there show the order, and nobody is told otherwise.

use crate::clock::Clock as _;

use super::{
    browser::Page,
    fixture::Town,
    orders::{form, write},
    standing::issue,
};

const BEFORE: &str = "変わる前";
const KEPT_BACK: &str = "実際の避難情報が出ている家のテレビには、訓練は出ません";

#[tokio::test]
async fn who_writes_a_drill_is_told_which_homes_will_not_see_it() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    let drill = [form("drill", "earthquake", "4"), vec![("area", "A13")]].concat();
    let draft = write(&mut saito, &drill).await;
    saito.get(&draft).await.hides(KEPT_BACK);
    saito.post("/orders/preview", &drill).await.shows("3世帯に届きます。");
    town.order_in_force().await;
    let preview = saito.post("/orders/preview", &drill).await;
    preview.shows(KEPT_BACK);
    preview.shows("3世帯のうち、2世帯のテレビには出ません。");
    let page = saito.get(&draft).await;
    for words in [KEPT_BACK, "出ない地区：<strong>日和佐浦</strong>（2世帯）", "洪水 避難指示"]
    {
        page.shows(words);
    }
    page.shows("このほか2世帯のテレビには出ません");
    page.shows("ボタンを押すと、すぐにテレビに届きます。");
    // An actual order is kept back by nothing, nor is a drill elsewhere.
    saito.post("/orders/preview", &form("actual", "earthquake", "4")).await.hides(KEPT_BACK);
    let nowhere = write(&mut saito, &form("drill", "earthquake", "4")).await;
    saito.get(&nowhere).await.shows("送っても、いまはどの家のテレビにも出ません。");
    town.loses_its_orders().await;
    saito.get(&draft).await.hides(KEPT_BACK);
}

#[tokio::test]
async fn the_board_of_a_drill_counts_what_televisions_showed() {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    town.everybody_has_a_box().await;
    let fields = [form("drill", "earthquake", "4"), vec![("area", "A13")]].concat();
    let drill = issue(&mut saito, &fields).await;
    town.takes(&drill, "d-nakamura", Some(town.clock.now_ms())).await;
    town.order_in_force().await;
    // The box of 日和佐浦 has the drill and shows the order; the one of 東由岐 is about to show it.
    town.takes(&drill, "h-names", None).await;
    town.takes(&drill, "h-west", None).await;
    let page = saito.get(&format!("/orders/{drill}")).await;
    page.shows("対象 3世帯のうち 1世帯のテレビに届き");
    page.shows("<strong>1世帯のテレビにはこの訓練を出していません。</strong>");
    page.shows("「届いていない」には数えていません");
    // 東由岐 alone: its television could show the drill, and has not.
    page.shows("訓練を出していません 1世帯、届いていない 1世帯");
    saito.get("/orders").await.shows("<span>未到達 1</span><span>訓練を出していません 1</span>");
    town.takes(&drill, "h-west", Some(town.clock.now_ms())).await;
    let page = saito.get(&format!("/orders/{drill}")).await;
    page.shows("対象 3世帯のうち 2世帯のテレビに届き");
    town.loses_its_orders().await;
    saito.get(&format!("/orders/{drill}")).await.hides("訓練を出していません");
}

/// The board of a drill that a home answered, after another drill.
async fn board_after(answer: &'static str, other: &[(&'static str, &'static str)]) -> Page {
    let town = Town::new().await;
    let mut saito = town.officer("saito").await;
    let landslide = issue(&mut saito, &form("drill", "landslide", "4")).await;
    let board = format!("/orders/{landslide}");
    town.answer(&landslide, "h-nakamura", answer).await;
    saito.get(&board).await.hides(BEFORE);
    town.clock.advance(60_000);
    issue(&mut saito, other).await;
    saito.get(&board).await
}

#[tokio::test]
async fn an_answer_to_other_advice_is_marked_on_the_board() {
    let tsunami = form("drill", "tsunami", "");
    let page = board_after("leaving", &tsunami).await;
    page.shows("<strong>1世帯の回答は、ほかの避難情報が変わる前のものです。</strong>");
    page.shows("変わる前の回答");
    // A call for help stands whatever changes, and an order elsewhere changes nothing here.
    board_after("need-help", &tsunami).await.hides(BEFORE);
    let elsewhere: Vec<_> = tsunami.into_iter().filter(|field| field.0 != "area").collect();
    let elsewhere = [elsewhere, vec![("area", "A13")]].concat();
    board_after("leaving", &elsewhere).await.hides(BEFORE);
}
