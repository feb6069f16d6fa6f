//! The nurse's list: who comes first, and why somebody did not answer.

use super::{browser::Page, fixture::Town};
use crate::clock::Clock as _;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// The rows of the list, in their order.
fn rows(page: &Page) -> Vec<&str> {
    page.body.split("<tr class=").skip(1).filter_map(|rest| rest.split("</tr>").next()).collect()
}

#[track_caller]
fn check_row(row: &str, texts: &[&str]) {
    for text in texts {
        assert!(row.contains(text), "「{text}」 is missing in {row}");
    }
}

/// Half past twelve, when a missing answer counts.
async fn after_noon() -> (Town, i64) {
    let town = Town::new().await;
    town.clock.advance(2 * HOUR_MS);
    town.hears_of_nakamura().await;
    let now_ms = town.clock.now_ms();
    (town, now_ms)
}

#[tokio::test]
async fn days_without_an_answer_come_first_and_a_silent_box_is_told_apart() {
    let (town, now_ms) = after_noon().await;
    town.has_box("h-west", now_ms).await;
    town.is_well("p-ichiro", now_ms - 3 * DAY_MS).await;
    town.has_box("h-names", now_ms - 3 * HOUR_MS).await;
    for person in ["p-0", "p-1"] {
        town.is_well(person, now_ms - DAY_MS).await;
    }
    town.is_well("p-2", now_ms - 2 * DAY_MS).await;
    for person in ["p-3", "p-4"] {
        town.is_well(person, now_ms - 2 * HOUR_MS).await;
    }
    let page = town.nurse().await.get("/check-ins").await;
    let rows = rows(&page);
    check_row(rows[0], &["西 一郎", "3日 答えなし", "電話か訪問で確かめる"]);
    check_row(rows[1], &["中村 ハナ", "よくない", "電話してほしい"]);
    check_row(rows[2], &["2日 答えなし", "受信機の電源も尋ねる", "09:30 から応答なし"]);
    for row in &rows[3..5] {
        check_row(row, &["受信機の応答なし", "直らなければケーブル会社へ"]);
    }
    check_row(rows[5], &["中村 茂", "答えなし", "最近まで接続"]);
    check_row(rows[6], &["元気"]);
    assert_eq!(rows.len(), 8);
    page.hides("受信機が応答していません");
    page.shows("3日以上 答えなし <span class=\"chip-count figures\">1");
}

/// Five persons of one home are one fault of one home.
#[tokio::test]
async fn an_outage_is_counted_in_homes() {
    let (town, now_ms) = after_noon().await;
    town.has_box("h-names", now_ms - 3 * HOUR_MS).await;
    town.grows_by_homes(3, now_ms - 3 * HOUR_MS).await;
    let mut nurse = town.nurse().await;
    nurse.get("/check-ins").await.hides("受信機が応答していません");
    let town = after_noon().await.0;
    town.grows_by_homes(5, now_ms - 3 * HOUR_MS).await;
    town.nurse().await.get("/check-ins").await.shows("5世帯の受信機が応答していません。");
}

#[tokio::test]
async fn a_box_of_which_nothing_was_ever_noted_is_not_called_connected() {
    let (town, _) = after_noon().await;
    town.never_heard_of_nakamura().await;
    let page = town.nurse().await.get("/check-ins").await;
    check_row(rows(&page)[0], &["中村 ハナ", "記録なし"]);
    page.hides("接続中");
}

#[tokio::test]
async fn who_moves_in_is_on_the_list_at_once() {
    let town = Town::new().await;
    let mut nurse = town.nurse().await;
    nurse.get("/check-ins").await.hides("東 次郎");
    town.grows_by_homes(1, town.clock.now_ms()).await;
    nurse.get("/check-ins").await.shows("東 次郎");
}

#[tokio::test]
async fn a_box_that_is_heard_of_again_is_no_outage() {
    let (town, now_ms) = after_noon().await;
    town.has_box("h-names", now_ms - 14 * 60_000).await;
    let page = town.nurse().await.get("/check-ins").await;
    page.hides("受信機が応答していません");
    page.hides("受信機の応答なし");
}

#[tokio::test]
async fn a_home_without_a_box_is_nobody_who_did_not_answer() {
    let (town, _) = after_noon().await;
    let page = town.nurse().await.get("/check-ins?show=no-box").await;
    page.shows("西 一郎");
    page.shows("受信機の登録なし");
    page.hides("中村 茂");
}

#[tokio::test]
async fn many_homes_without_a_box_are_one_line() {
    let (town, _) = after_noon().await;
    town.grows_by(40).await;
    let mut nurse = town.nurse().await;
    let page = nurse.get("/check-ins").await;
    page.shows("46人</strong> います。");
    page.shows("href=\"/check-ins?show=no-box\"");
    page.hides("西 はな");
    check_row(rows(&page)[0], &["中村 ハナ"]);
    assert_eq!(rows(&nurse.get("/check-ins?show=no-box").await).len(), 46);
}

#[tokio::test]
async fn after_an_undo_the_pages_say_which_answer_stands() {
    let (town, now_ms) = after_noon().await;
    let mut nurse = town.nurse().await;
    town.takes_back("p-hana", now_ms).await;
    let page = nurse.get("/check-ins").await;
    page.shows("ほかに有効な答えはありません");
    let page = nurse.get("/residents/p-hana").await;
    page.shows("09:00の「よくない」は取り消されました。この14日に、ほかに有効な答えはありません。");
    town.is_well("p-hana", now_ms - DAY_MS).await;
    let page = nurse.get("/check-ins").await;
    page.shows("取り消しのあと、11月19日 12:30の「元気」が有効です");
    let page = nurse.get("/residents/p-hana").await;
    page.shows("いま有効な答えは、11月19日 12:30の「元気」です。");
    page.shows("09:00の「よくない」は取り消し</span>");
    town.is_well("p-hana", now_ms - HOUR_MS).await;
    nurse.get("/check-ins").await.shows("取り消しのあと、11:30の「元気」が有効です");
    nurse.get("/residents/p-shigeru").await.hides("取り消");
}

#[tokio::test]
async fn the_age_is_told_when_the_town_said_when_somebody_was_born() {
    let town = Town::new().await;
    town.was_born("p-hana", "1944-05-03").await;
    let mut nurse = town.nurse().await;
    let page = nurse.get("/check-ins?show=urgent").await;
    check_row(rows(&page)[0], &["中村 ハナ", "82歳"]);
    nurse.get("/residents/p-hana").await.shows("82歳　日和佐浦");
    nurse.get("/residents/p-shigeru").await.shows("―　日和佐浦");
}

#[tokio::test]
async fn a_long_list_has_pages_and_only_who_is_shown_was_looked_at() {
    let town = Town::new().await;
    town.everybody_has_a_box().await;
    town.grows_by(150).await;
    let mut nurse = town.nurse().await;
    let page = nurse.get("/check-ins").await;
    page.shows("158人のうち 1〜100人目");
    page.shows("href=\"/check-ins?page=2\"");
    assert_eq!((rows(&page).len(), town.looks("check-in-today").await), (100, 100));
    let page = nurse.get("/check-ins?page=2").await;
    page.shows("158人のうち 101〜158人目");
    assert_eq!((rows(&page).len(), town.looks("check-in-today").await), (58, 158));
    let page = nurse.get("/check-ins?page=999").await;
    page.shows("101〜158人目");
    nurse.get("/check-ins?page=x").await.shows("1〜100人目");
}
