//! Facts about every page that JIS X 8341-3 AA needs and a program can see.

use std::collections::BTreeSet;

use super::{browser::Page, fixture::Town};

/// The tags of a page, with their attributes as written.
fn tags(body: &str) -> Vec<&str> {
    body.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

fn named<'a>(tags: &'a [&'a str], name: &'a str) -> impl Iterator<Item = &'a &'a str> {
    tags.iter().filter(move |tag| tag.split_whitespace().next() == Some(name))
}

#[track_caller]
fn check(path: &str, page: &Page) {
    let (body, tags) = (&page.body, tags(&page.body));
    assert!(body.contains("<html lang=\"ja\">"), "{path}: language");
    assert_eq!(named(&tags, "h1").count(), 1, "{path}: one h1");
    assert_eq!(named(&tags, "main").count(), 1, "{path}: one main");
    assert_eq!(named(&tags, "header").count(), 1, "{path}: one header");
    assert!(named(&tags, "title").count() >= 1 && !body.contains("<title> ｜"), "{path}: title");
    assert!(body.contains("href=\"#main\""), "{path}: a way past the masthead");
    check_ids(path, &tags);
    check_controls(path, body, &tags);
    check_scripts(path, body, &tags);
    check_tables(path, body, &tags);
}

#[track_caller]
fn check_ids(path: &str, tags: &[&str]) {
    let ids: Vec<_> = tags.iter().filter_map(|tag| attribute(tag, "id")).collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "{path}: an id is there twice");
    for tag in tags {
        let refers = ["aria-labelledby", "aria-describedby"].map(|name| attribute(tag, name));
        for id in refers.into_iter().flatten().flat_map(str::split_whitespace) {
            assert!(ids.contains(&id), "{path}: {id} is referred to and missing");
        }
    }
}

/// Every control stands inside a label or is named by one.
#[track_caller]
fn check_controls(path: &str, body: &str, tags: &[&str]) {
    let labelled: BTreeSet<_> =
        named(tags, "label").filter_map(|tag| attribute(tag, "for")).collect();
    let mut open_labels = 0_i32;
    for tag in tags {
        match tag.split_whitespace().next() {
            Some("label") => open_labels += 1,
            Some("/label") => open_labels -= 1,
            Some("input" | "select" | "textarea") => {
                let kind = attribute(tag, "type").unwrap_or("");
                let hidden = kind == "hidden" || tag.contains("aria-hidden=\"true\"");
                let named = attribute(tag, "id").is_some_and(|id| labelled.contains(id));
                assert!(hidden || named || open_labels > 0, "{path}: no label for <{tag}>");
            }
            _ => {}
        }
    }
    assert_eq!(open_labels, 0, "{path}: labels are closed");
    assert!(!body.contains("<button></button>"), "{path}: a button says what it does");
    for fieldset in body.split("<fieldset").skip(1) {
        let inside = fieldset.split("</fieldset>").next().unwrap_or("");
        assert!(inside.contains("<legend>"), "{path}: a fieldset has a legend");
    }
}

/// Nothing that the content security policy would stop.
#[track_caller]
fn check_scripts(path: &str, body: &str, tags: &[&str]) {
    for tag in tags {
        assert!(attribute(tag, "style").is_none(), "{path}: inline style in <{tag}>");
        let inline_handler = tag
            .split_whitespace()
            .skip(1)
            .any(|word| word.starts_with("on") && word.contains('=') || word.starts_with("hx-on"));
        assert!(!inline_handler, "{path}: inline handler in <{tag}>");
    }
    for script in named(tags, "script") {
        assert!(attribute(script, "src").is_some(), "{path}: inline script");
    }
    assert!(!body.contains("<style") && !body.contains("javascript:"), "{path}");
    assert!(!body.contains("http://") && !body.contains("https://"), "{path}: a foreign address");
}

#[track_caller]
fn check_tables(path: &str, body: &str, tags: &[&str]) {
    for table in body.split("<table").skip(1) {
        assert!(table.contains("<caption"), "{path}: a table has a caption");
    }
    for head in named(tags, "th") {
        assert!(attribute(head, "scope").is_some(), "{path}: a head cell has a scope");
    }
    for picture in named(tags, "svg") {
        let said = attribute(picture, "aria-label").is_some_and(|label| !label.is_empty());
        assert!(said || picture.contains("aria-hidden=\"true\""), "{path}: {picture}");
    }
}

#[tokio::test]
async fn every_page_keeps_the_basic_rules() {
    let town = Town::new().await;
    check("/sign-in", &town.browser().get("/sign-in").await);
    check("/no-such-page", &town.browser().get("/no-such-page").await);
    let order = town.order_in_force().await;
    let (mut saito, mut nurse) = (town.officer("saito").await, town.nurse().await);
    let board = format!("/orders/{order}");
    let paths = [
        "/orders",
        "/orders/new",
        "/check-ins",
        &board,
        &format!("{board}/update"),
        &format!("{board}/end"),
    ];
    for path in paths {
        check(path, &saito.get(path).await);
    }
    for path in ["/check-ins", "/check-ins?show=missed", "/residents/p-hana", "/orders"] {
        check(path, &nurse.get(path).await);
    }
    let mut operator = town.officer("kono").await;
    town.takes_in("2.0.0").await;
    for path in [
        "/fleet",
        "/fleet?show=stopped",
        "/fleet/boxes/d-nakamura",
        "/fleet/boxes/d-nakamura/revoke",
        "/fleet/letters",
        "/fleet/updates",
        "/fleet/updates/2.0.0/withdraw",
    ] {
        check(path, &operator.get(path).await);
    }
    let mut clerk = town.officer("ogawa").await;
    for filled in [false, true] {
        if filled {
            town.has_cards().await;
            check("proposal", &clerk.get("/cards/proposals/l-new").await);
        }
        for path in ["/cards", "/cards/concerns", "/cards/lost", "/cards/lost/p-hana"] {
            check(path, &clerk.get(path).await);
        }
    }
    check("found", &clerk.post("/cards/lost", &[("words", "中村")]).await);
    check("wrong code", &clerk.post("/cards/lost/code", &[("code", "1")]).await);
    saito.get("/orders/new").await;
    check("errors", &saito.post("/orders", &[]).await);
    let fields = [("mode", "actual"), ("hazard", "tsunami"), ("scope", "town")];
    let draft = saito.post("/orders", &fields).await.location().to_owned();
    check("draft, author", &saito.get(&draft).await);
    check("draft, error", &saito.post(&format!("{draft}/emergency"), &[]).await);
    let mut mori = town.officer("mori").await;
    check("draft, second person", &mori.get(&draft).await);
    check("overview, waiting", &mori.get("/orders").await);
    saito.post(&format!("{draft}/withdraw"), &[]).await.has_status(303);
    check("draft, closed", &mori.get(&draft).await);
}
