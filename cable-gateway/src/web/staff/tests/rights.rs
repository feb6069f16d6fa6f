//! Who may open what, and which forms count.

use axum::http::Method;

use super::{browser::HOST, fixture::Town};

/// Names with values: headers, fields.
type Pairs<'a> = &'a [(&'a str, &'a str)];

/// What each visitor gets: nobody, a disaster officer, a public-health nurse. The pages of operators
/// and clerks have such tests of their own.
type Row = (Method, &'static str, [u16; 3]);

/// Every route of the console. `303` leads on (to the sign-in, or after success), `403` refuses
/// the role, `404` and `422` are answers to somebody who may ask.
fn routes() -> Vec<Row> {
    let (get, post) = (Method::GET, Method::POST);
    vec![
        (get.clone(), "/", [303, 303, 303]),
        (get.clone(), "/sign-in", [200, 200, 200]),
        (get.clone(), "/orders", [303, 200, 403]),
        (post.clone(), "/orders", [303, 422, 403]),
        (get.clone(), "/orders/new", [303, 200, 403]),
        (post.clone(), "/orders/preview", [303, 200, 403]),
        (get.clone(), "/orders/00", [303, 404, 403]),
        (get.clone(), "/orders/00/board", [303, 404, 403]),
        (get.clone(), "/orders/00/update", [303, 404, 403]),
        (post.clone(), "/orders/00/update", [303, 404, 403]),
        (get.clone(), "/orders/00/end", [303, 404, 403]),
        (post.clone(), "/orders/00/end", [303, 404, 403]),
        (get.clone(), "/drafts/00", [303, 404, 403]),
        (post.clone(), "/drafts/00/issue", [303, 404, 403]),
        (post.clone(), "/drafts/00/emergency", [303, 404, 403]),
        (post.clone(), "/drafts/00/reject", [303, 404, 403]),
        (post.clone(), "/drafts/00/withdraw", [303, 404, 403]),
        (get.clone(), "/check-ins", [303, 403, 200]),
        (get.clone(), "/residents/00", [303, 403, 404]),
        (post.clone(), "/residents/00/keys", [303, 403, 400]),
        (get.clone(), "/cards", [303, 403, 403]),
        (post.clone(), "/cards/lost", [303, 403, 403]),
        (get, "/no-such-page", [404, 404, 404]),
        (post, "/sign-out", [303, 303, 303]),
    ]
}

#[tokio::test]
async fn every_route_knows_who_may_open_it() {
    let town = Town::new().await;
    for (method, path, expected) in routes() {
        let visitors = [town.browser(), town.officer("saito").await, town.nurse().await];
        for (mut visitor, expected) in visitors.into_iter().zip(expected) {
            // Each has seen a page of their own, and with it the token of their forms.
            visitor.get("/orders/new").await;
            visitor.get("/check-ins").await;
            let page = match method {
                Method::GET => visitor.get(path).await,
                _ => visitor.post(path, &[]).await,
            };
            assert_eq!(page.status.as_u16(), expected, "{method} {path}");
            let leads_away = page.location().starts_with("/sign-in");
            assert!(expected != 303 || !page.body.contains("中村"), "{method} {path}");
            assert!(expected != 403 || !leads_away, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_form_counts_only_from_a_page_of_this_console() {
    let town = Town::new().await;
    let mut officer = town.officer("saito").await;
    officer.get("/orders/new").await;
    let token = officer.form_token().to_owned();
    let here = format!("https://{HOST}");
    let good = [("form_token", token.as_str())];
    let cases: [(Pairs<'_>, Pairs<'_>, u16); 9] = [
        (&[], &good, 403),
        (&[("origin", "https://evil.example")], &good, 403),
        (&[("origin", "null")], &good, 403),
        (&[("origin", &here), ("sec-fetch-site", "cross-site")], &good, 403),
        (&[("origin", &here), ("sec-fetch-site", "same-site")], &good, 403),
        (&[("origin", &here)], &[], 403),
        (&[("origin", &here)], &[("form_token", "0")], 403),
        (&[("sec-fetch-site", "same-origin")], &good, 422),
        (&[("origin", &here), ("sec-fetch-site", "same-origin")], &good, 422),
    ];
    for (headers, fields, expected) in cases {
        let page = officer.post_as("/orders", headers, fields).await;
        assert_eq!(page.status.as_u16(), expected, "{headers:?} {fields:?}");
    }
}

#[tokio::test]
async fn a_token_of_another_session_does_not_count() {
    let town = Town::new().await;
    let (mut saito, mut mori) = (town.officer("saito").await, town.officer("mori").await);
    mori.get("/orders/new").await;
    saito.get("/orders/new").await;
    let foreign = [("form_token", mori.form_token())];
    let page = saito.post_as("/orders", &[("sec-fetch-site", "same-origin")], &foreign).await;
    page.has_status(403);
}

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let town = Town::new().await;
    let mut officer = town.officer("saito").await;
    for path in ["/orders", "/sign-in", "/no-such-page", "/check-ins", "/static/console.css"] {
        let page = officer.get(path).await;
        let header = |name: &str| {
            page.headers.get(name).map_or("", |value| value.to_str().expect("ASCII")).to_owned()
        };
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        let cached = path.starts_with("/static/");
        assert_eq!(header("cache-control") == "no-store", !cached, "{path}");
    }
}
