//! Forms larger than any form of the console.

use super::fixture::Town;

const TEN_MEGABYTES: usize = 10_000_000;

#[tokio::test]
async fn a_form_that_is_too_large_is_told_so_whether_it_says_its_length_or_not() {
    let town = Town::new().await;
    let mut officer = town.officer("saito").await;
    officer.get("/orders/new").await;
    let (reason, length) = ("あ".repeat(TEN_MEGABYTES / 9), TEN_MEGABYTES.to_string());
    let (token, origin) = (officer.form_token().to_owned(), "https://console.minami.example");
    let fields = [("form_token", token.as_str()), ("reason", reason.as_str())];
    for announced in [&[][..], &[("content-length", length.as_str())]] {
        let headers = [&[("origin", origin)], announced].concat();
        let page = officer.post_as("/orders", &headers, &fields).await;
        page.has_status(413);
        page.shows("送られた内容が大きすぎます");
    }
    assert_eq!(town.orders().await, 0);
}

#[tokio::test]
async fn the_sign_in_page_tells_it_too_and_a_form_of_another_kind_is_refused_in_words() {
    let town = Town::new().await;
    let origin = ("origin", "https://console.minami.example");
    let password = "x".repeat(TEN_MEGABYTES);
    let page = town.browser().post_as("/sign-in", &[origin], &[("password", &password)]).await;
    page.has_status(413);
    page.shows("送られた内容が大きすぎます");
    let kind = ("content-type", "application/json");
    let page = town.browser().post_as("/sign-in", &[origin, kind], &[]).await;
    page.has_status(400);
    page.shows("内容を読み取れませんでした");
}
