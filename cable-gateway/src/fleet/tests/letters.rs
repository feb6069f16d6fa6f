use std::collections::HashSet;

use crate::{
    audit::{self, Viewer},
    fleet::{
        codes::{self, Wanted},
        envelope,
    },
    random::SystemRandom,
    testing::TestGateway,
};

fn operator() -> Viewer {
    let (actor, office) = ("staff-4".to_owned(), "美波ケーブル".to_owned());
    Viewer { actor, office, purpose: String::new() }
}

/// What the audit log says about lists of codes.
async fn written_down(gateway: &TestGateway) -> Vec<String> {
    let entries = gateway.write(|sql| audit::newest(sql, 20)).await;
    let lists = entries.into_iter().filter(|entry| entry.object == "enrolment-codes-created");
    lists.map(|entry| entry.purpose).collect()
}

#[tokio::test]
async fn two_who_press_at_once_give_a_home_one_code() {
    let gateway = TestGateway::start().await;
    let now_ms = gateway.state.now_ms();
    let homes = gateway.write(move |sql| codes::homes_without_box(sql, now_ms, 3)).await;
    let (store, config) = (&gateway.state.store, &gateway.state.config);
    // Both looked before either of them wrote; one home is the first one's alone.
    let draw = |homes: &[codes::Home]| {
        let wanted = Wanted { homes: homes.to_vec(), now_ms, days: 90, viewer: operator() };
        codes::draw(store, config, &SystemRandom, wanted, ())
    };
    let (first, second) = tokio::join!(draw(&homes), draw(&homes[..2]));
    let (first, second) = (first.expect("drawn"), second.expect("drawn"));
    let given = first.iter().chain(&second).map(|letter| &letter.home.household_id);
    assert_eq!(given.collect::<HashSet<_>>().len(), 3);
    assert_eq!(first.len() + second.len(), 3, "each home is on one list");
    let codes = gateway.number("SELECT COUNT(*) AS n FROM enrolment_code").await;
    assert_eq!(codes, 3);
    let lists = [first.len(), second.len()].into_iter().filter(|drawn| *drawn > 0);
    let mut expected: Vec<_> = lists.map(|drawn| format!("{drawn} homes")).collect();
    let mut written = written_down(&gateway).await;
    expected.sort_unstable();
    written.sort_unstable();
    assert_eq!(written, expected, "what each of them got, not what they asked for");
    gateway.stop().await;
}

#[tokio::test]
async fn a_home_that_got_its_box_meanwhile_gets_no_code() {
    let gateway = TestGateway::start().await;
    let now_ms = gateway.state.now_ms();
    let everybody = gateway.write(move |sql| codes::homes_without_box(sql, now_ms, 500)).await;
    let is_home = |home: &codes::Home| home.household_id == crate::testing::HOME;
    let homes: Vec<_> = everybody.into_iter().filter(is_home).collect();
    assert_eq!(homes.len(), 1, "it has no box yet");
    gateway.home_box().await;
    let (days, viewer) = (90, operator());
    let wanted = Wanted { homes, now_ms, days, viewer };
    let (store, config) = (&gateway.state.store, &gateway.state.config);
    let drawn = codes::draw(store, config, &SystemRandom, wanted, ()).await.expect("drawn");
    assert!(drawn.is_empty());
    assert!(written_down(&gateway).await.is_empty());
    gateway.stop().await;
}

#[tokio::test]
async fn whoever_stands_on_an_envelope_reads_in_the_log_that_somebody_looked() {
    let gateway = TestGateway::start().await;
    let now_ms = gateway.state.now_ms();
    let home = move |sql: &mut dyn crate::store::Sql| {
        let first = "UPDATE person SET address = NULL WHERE name = '中村 ハナ'";
        let second =
            "UPDATE person SET address = '美波町奥河内字本村18番地1' WHERE name = '中村 茂'";
        sql.execute(first, &[])?;
        sql.execute(second, &[])?;
        codes::home_without_box(sql, crate::testing::HOME, now_ms)
    };
    let homes = vec![gateway.write(home).await.expect("it has no box yet")];
    let viewer = Viewer { office: "運用担当".to_owned(), ..operator() };
    let (asking, asked) = (viewer.clone(), homes.clone());
    let envelopes =
        gateway.write(move |sql| envelope::of_homes(sql, &asking, &asked, now_ms)).await;
    let wanted = Wanted { homes, now_ms, days: 90, viewer };
    let (store, config) = (&gateway.state.store, &gateway.state.config);
    let drawn = codes::draw(store, config, &SystemRandom, wanted, ()).await.expect("drawn");
    let text = codes::list(&drawn, Some(&envelopes), now_ms, 90);
    assert!(text.contains(",valid_until,addressee,address\r\n"), "{text}");
    assert!(text.ends_with(",中村 ハナ,美波町奥河内字本村18番地1\r\n"), "{text}");
    for name in ["中村 ハナ", "中村 茂"] {
        let looks = gateway.write(move |sql| {
            let query = "SELECT person_id FROM person WHERE name = $1";
            let person: String = sql.one(query, crate::values![name])?.get("person_id")?;
            audit::views_of(sql, &person)
        });
        let looks = looks.await;
        assert!(
            looks.iter().any(|look| look.object.contains("登録番号の手紙")),
            "{name}: {looks:?}"
        );
    }
    gateway.stop().await;
}
