//! The invariants of the design that this crate keeps, each with a test that fails when it breaks.

mod console;
mod login;

use std::{collections::BTreeSet, sync::Arc};

use evacuation::{
    area::AreaId,
    order::Mode,
    signing::open_order,
    trust::{KeyUsage, OpenError, Trust, open_manifest},
};
use gateway_api::{
    login::Session,
    path,
    report::{Condition, ReportContent},
    resident::AccessLog,
};

use crate::{
    audit::{self, Object, Viewer, chain::Finding},
    orders::OrderDraft,
    store::{Sql, StoreError, Value, check_in},
    testing::{TestGateway, flood, report},
};

/// The whole list of a day, as a nurse sees it.
fn list(sql: &mut dyn Sql, now_ms: i64) -> Result<Vec<check_in::Identity>, StoreError> {
    let roll = check_in::roll(sql, Arc::default())?;
    let states = check_in::states(sql, &roll, "2026-11-20", &BTreeSet::new())?;
    let ids: Vec<String> = states.into_iter().map(|state| state.person_id.to_string()).collect();
    check_in::identities(sql, &nurse(), now_ms, &ids)
}

fn nurse() -> Viewer {
    Viewer {
        actor: "staff-7".to_owned(),
        office: "健康づくり課 保健師".to_owned(),
        purpose: "daily-watch".to_owned(),
    }
}

/// Invariant 2: no personal data in an order.
#[tokio::test]
async fn invariant_2_an_order_holds_no_resident() {
    let gateway = TestGateway::start().await;
    let order = gateway.publish(flood()).await;
    let people =
        gateway.write(|sql| sql.all("SELECT person_id, name, kana FROM person", &[])).await;
    let homes = gateway.write(|sql| sql.all("SELECT household_id FROM household", &[])).await;
    let texts = people
        .iter()
        .flat_map(|row| ["person_id", "name", "kana"].map(|column| row.get::<String>(column)))
        .chain(homes.iter().map(|row| row.get::<String>("household_id")));
    let mut looked_for = 0;
    for text in texts.map(|text| text.expect("text")).filter(|text| !text.is_empty()) {
        assert!(!contains(&order.signed, text.as_bytes()), "{text} is in the order");
        looked_for += 1;
    }
    assert!(looked_for > 100);
    gateway.stop().await;
}

/// Invariant 3: only the town can order; a drill key can never sign an actual order.
#[tokio::test]
async fn invariant_3_drills_and_actual_orders_never_share_a_key() {
    let gateway = TestGateway::start().await;
    let keys = gateway.state.keys.current();
    let manifest = open_manifest(keys.manifest(), &keys.manifest_root()).expect("signed");
    let usage_of = |bytes: &[u8]| {
        let kid = open_order(bytes, &Trust::new(manifest.clone())).expect("believed").kid;
        manifest.keys.iter().find(|key| key.kid() == kid).expect("named").usage
    };
    assert_eq!(usage_of(&gateway.publish(flood()).await.signed), KeyUsage::Order);
    for mode in [Mode::Drill, Mode::Test] {
        let order = gateway.publish(OrderDraft { mode, ..flood() }).await;
        assert_eq!(usage_of(&order.signed), KeyUsage::Drill);
    }
    let elsewhere = OrderDraft { areas: vec![AreaId::new("A02").expect("an id")], ..flood() };
    let order = gateway.state.orders.preview(elsewhere).await.expect("a preview");
    let forged = evacuation::signing::sign_order(
        &order,
        keys.order_key(Mode::Drill, gateway.state.now_ms()),
    );
    let refused = open_order(&forged.expect("signed"), &Trust::new(manifest.clone()));
    assert_eq!(refused.map(drop), Err(OpenError::WrongKeyUsage));
    gateway.stop().await;
}

/// Invariants 4 and 5: after a login, the certificate and its serial are in `credential_link` and
/// nowhere else; no PIN ever reached the gateway; the answer holds neither.
#[tokio::test]
async fn invariants_4_and_5_a_login_leaves_no_certificate_behind() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let challenge = client.challenge().await;
    let proof = client.sign(&gateway.hana, &challenge);
    let answer = client.prove(&challenge, &proof).await;
    let session: Session = answer.ok();
    let certificate = gateway.hana.certificate();
    let serial = gateway
        .write(|sql| sql.one("SELECT serial FROM credential_link", &[])?.get::<Vec<u8>>("serial"))
        .await;
    let secrets = [
        certificate,
        serial.clone(),
        crate::encoding::hex(&serial).into_bytes(),
        proof.certificate.into_bytes(),
        proof.signature.into_bytes(),
        session.token.clone().into_bytes(),
    ];
    for (table, values) in every_value(&gateway).await {
        for value in values {
            let bytes = match value {
                Value::Bytes(bytes) => bytes,
                Value::Text(text) => text.into_bytes(),
                Value::Int(_) | Value::Null => continue,
            };
            let found = secrets.iter().any(|secret| contains(&bytes, secret));
            let allowed = table == "credential_link" && bytes == serial;
            assert!(!found || allowed, "{table} holds what belongs to the card or the session");
        }
    }
    let without_token = answer.text().replace(&session.token, "");
    for secret in &secrets[..5] {
        assert!(!contains(without_token.as_bytes(), secret), "the answer holds card data");
    }
    gateway.stop().await;
}

/// Invariant 6: what was acknowledged is not lost. The acknowledgement comes after the commit, and
/// a copy of the database files taken at that moment holds the check-in: nothing waits in memory.
#[tokio::test]
async fn invariant_6_an_acknowledged_check_in_is_on_the_disk() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let session = client.touch(&gateway.hana).await;
    let content = ReportContent::CheckIn {
        session_id: session.session_id,
        condition: Condition::Good,
        contact_wanted: true,
    };
    client.report(&report(gateway.state.now_ms(), content)).await.done();
    let copy = tempfile::tempdir().expect("temporary folder");
    for suffix in ["", "-wal"] {
        let mut from = gateway.state.config.database.path.clone().into_os_string();
        from.push(suffix);
        std::fs::copy(from, copy.path().join(format!("copy{suffix}"))).expect("copied");
    }
    let store = crate::store::Store::open(&copy.path().join("copy")).expect("opened");
    let count = |sql: &mut dyn Sql| sql.one("SELECT COUNT(*) AS n FROM check_in", &[])?.get("n");
    assert_eq!(store.read::<i64, StoreError, _>(count).await, Ok(1));
    gateway.stop().await;
}

/// Invariant 8: a look at a person's data is written down in the same transaction, the resident
/// sees it on the television, and a look that cannot be written down gives no data.
#[tokio::test]
async fn invariant_8_the_resident_sees_who_looked() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let session = client.log_in(&gateway.hana).await;
    let now_ms = gateway.state.now_ms();
    let people = gateway.write(move |sql| list(sql, now_ms)).await;
    assert!(people.iter().any(|person| person.name == "中村 ハナ"));
    let log: AccessLog = client.get_as(path::ACCESS_LOG, &session.token).await.ok();
    assert_eq!(log.views.len(), 1);
    assert_eq!(log.views[0].viewer, "健康づくり課 保健師");
    assert_eq!(log.views[0].object, Object::CheckInToday.label());
    assert_eq!((log.views[0].purpose.as_str(), log.views[0].looks), ("きょうの様子を確認", 1));
    assert_eq!(log.views[0].at_ms, now_ms);

    let another = Viewer { actor: "staff-8".to_owned(), ..nurse() };
    let ids = vec![people[0].person_id.clone()];
    let unwritten = move |sql: &mut dyn Sql| check_in::identities(sql, &another, now_ms, &ids);
    assert!(gateway.state.store.read(unwritten).await.is_err(), "readers cannot look");
    gateway.stop().await;
}

/// Invariant 8: the log cannot be changed, and a change by force shows.
#[tokio::test]
async fn invariant_8_the_audit_log_is_append_only_and_chained() {
    let gateway = TestGateway::start().await;
    let now_ms = gateway.state.now_ms();
    for at_ms in now_ms..now_ms + 3 {
        let look = move |sql: &mut dyn Sql| {
            let person = sql.one("SELECT MIN(person_id) AS id FROM person", &[])?.get("id")?;
            audit::view(sql, &nurse(), at_ms, Object::Household, &[person])
        };
        gateway.write(look).await;
    }
    assert_eq!(broken(&gateway).await, []);
    for attack in [
        "UPDATE audit SET actor = 'somebody else' WHERE audit_id = 2",
        "DELETE FROM audit WHERE audit_id = 3",
        "DELETE FROM audit_subject WHERE audit_id = 2",
        "UPDATE audit_subject SET audit_id = 1 WHERE audit_id = 2",
    ] {
        let attacked = gateway.state.store.write(move |sql| sql.execute(attack, &[])).await;
        assert!(attacked.is_err(), "{attack}");
    }
    let by_force = |sql: &mut dyn Sql| {
        sql.script("DROP TRIGGER audit_subject_never_shrinks")?;
        sql.execute("DELETE FROM audit_subject WHERE audit_id = 2", &[])
    };
    gateway.write(by_force).await;
    assert_eq!(broken(&gateway).await, [Finding::Changed { audit_id: 2 }]);
    gateway.stop().await;
}

/// What does not fit in the audit log.
async fn broken(gateway: &TestGateway) -> Vec<Finding> {
    let ring = gateway.state.signing_keys.clone();
    gateway.write(move |sql| audit::chain::check(sql, &ring, None)).await.findings
}

async fn every_value(gateway: &TestGateway) -> Vec<(String, Vec<Value>)> {
    let tables = gateway
        .write(|sql| sql.all("SELECT name FROM sqlite_master WHERE type = 'table'", &[]))
        .await;
    let mut found = Vec::new();
    for table in tables {
        let name: String = table.get("name").expect("a name");
        // Queries are static in the program; a test may leak the few that it needs.
        let query: &'static str = Box::leak(format!("SELECT * FROM {name}").into_boxed_str());
        for row in gateway.write(move |sql| sql.all(query, &[])).await {
            found.push((name.clone(), row.values().to_vec()));
        }
    }
    found
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
