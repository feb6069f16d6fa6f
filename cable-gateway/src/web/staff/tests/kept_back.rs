//! A drill while an actual order stands: televisions there show the order, and nobody is told otherwise.

use crate::clock::Clock as _;

use super::{
    fixture::Town,
    orders::{form, write},
    standing::issue,
};

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
    page.shows("訓練を出していません");
    town.takes(&drill, "h-west", Some(town.clock.now_ms())).await;
    let page = saito.get(&format!("/orders/{drill}")).await;
    page.shows("対象 3世帯のうち 2世帯のテレビに届き");
    town.loses_its_orders().await;
    saito.get(&format!("/orders/{drill}")).await.hides("訓練を出していません");
}
