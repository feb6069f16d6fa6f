use super::*;
use crate::{testing, values};

async fn with_table() -> (Store, tempfile::TempDir) {
    let (store, folder) = testing::store().await;
    store
        .write(|sql| sql.script("CREATE TABLE t (k BIGINT PRIMARY KEY, v TEXT)"))
        .await
        .expect("created");
    (store, folder)
}

fn insert(sql: &mut dyn Sql, key: i64) -> Result<u64, StoreError> {
    sql.execute("INSERT INTO t (k, v) VALUES ($1, $2)", values![key, "x"])
}

async fn keys(store: &Store) -> Vec<i64> {
    let read = |sql: &mut dyn Sql| {
        let rows = sql.all("SELECT k FROM t ORDER BY k", &[])?;
        rows.iter().map(|row| row.get("k")).collect()
    };
    store.read::<_, StoreError, _>(read).await.expect("read")
}

#[tokio::test]
async fn a_failing_transaction_leaves_nothing_and_spares_its_neighbours() {
    let (store, _folder) = with_table().await;
    // All wait together, so that they share commits.
    let works = (0..100_i64).map(|key| {
        store.write(move |sql| {
            insert(sql, key)?;
            if key % 3 == 0 { Err(StoreError::NoRow { query: "on purpose" }) } else { Ok(()) }
        })
    });
    let outcomes = futures_util::future::join_all(works).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 34);
    let expected: Vec<i64> = (0..100).filter(|key| key % 3 != 0).collect();
    assert_eq!(keys(&store).await, expected);
}

#[tokio::test]
async fn a_panic_in_a_transaction_is_an_error_and_not_the_end() {
    let (store, _folder) = with_table().await;
    let panicked = store.write::<(), StoreError, _>(|sql| {
        insert(sql, 1)?;
        panic!("on purpose")
    });
    assert_eq!(panicked.await, Err(StoreError::Panicked));
    let panicked = store.read::<(), StoreError, _>(|_| panic!("on purpose"));
    assert_eq!(panicked.await, Err(StoreError::Panicked));
    store.write(|sql| insert(sql, 2)).await.expect("the writer lives");
    assert_eq!(keys(&store).await, [2]);
}

#[tokio::test]
async fn readers_cannot_write() {
    let (store, _folder) = with_table().await;
    assert!(store.read(|sql| insert(sql, 1)).await.is_err());
    assert!(keys(&store).await.is_empty());
}

#[tokio::test]
async fn a_broken_rule_is_told_apart_from_a_broken_engine() {
    let (store, _folder) = with_table().await;
    store.write(|sql| insert(sql, 1)).await.expect("inserted");
    let twice = store.write(|sql| insert(sql, 1)).await;
    assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    let wrong = store.write(|sql| sql.execute("INSERT INTO nowhere VALUES (1)", &[])).await;
    assert!(matches!(wrong, Err(StoreError::Engine(_))), "{wrong:?}");
}

#[tokio::test]
async fn parameters_bind_by_number_and_values_come_back_as_they_were() {
    let (store, _folder) = with_table().await;
    let row = store
        .write(|sql| {
            let query = "INSERT INTO t (k, v) VALUES ($2, $1) RETURNING k, v, $3 AS b, $4 AS n";
            sql.one(query, values!["ば", 7_i64, vec![0_u8, 255], Option::<i64>::None])
        })
        .await
        .expect("inserted");
    assert_eq!(row.get("k"), Ok(7_i64));
    assert_eq!(row.get("v"), Ok("ば".to_owned()));
    assert_eq!(row.get("b"), Ok(vec![0_u8, 255]));
    assert_eq!(row.get("n"), Ok(None::<i64>));
    assert!(row.get::<i64>("v").is_err() && row.get::<i64>("nothing").is_err());
}

#[tokio::test]
async fn the_database_waits_for_the_disk() {
    let (store, _folder) = testing::store().await;
    let pragma = |query: &'static str, column: &'static str| {
        let store = store.clone();
        async move {
            let read = move |sql: &mut dyn Sql| {
                let row = sql.one(query, &[])?;
                row.get::<i64>(column).map(|n| n.to_string()).or_else(|_| row.get(column))
            };
            store.write::<String, StoreError, _>(read).await.expect("a pragma")
        }
    };
    assert_eq!(pragma("PRAGMA synchronous", "synchronous").await, "2");
    assert_eq!(pragma("PRAGMA journal_mode", "journal_mode").await, "wal");
    assert_eq!(pragma("PRAGMA foreign_keys", "foreign_keys").await, "1");
}

#[tokio::test]
async fn migrations_run_once_and_a_newer_or_changed_database_is_refused() {
    let (store, _folder) = testing::store().await;
    assert_eq!(store.migrate(2).await, Ok(Vec::new()));
    let newer = "INSERT INTO schema_migration (number, name, checksum, applied_at_ms) \
                 VALUES (999, 'later', '', 1)";
    store.write(move |sql| sql.execute(newer, &[])).await.expect("inserted");
    for refused in [store.migrate(3).await.map(drop), store.check_schema().await] {
        let error = refused.expect_err("refused");
        assert!(matches!(error, StoreError::Migration(migration::MigrationError::Newer { .. })));
    }
    let back = "DELETE FROM schema_migration WHERE number = 999";
    store.write(move |sql| sql.execute(back, &[])).await.expect("deleted");
    let change = "UPDATE schema_migration SET checksum = 'other' WHERE number = 1";
    store.write(move |sql| sql.execute(change, &[])).await.expect("changed");
    let error = store.migrate(3).await.expect_err("refused");
    assert!(matches!(error, StoreError::Migration(migration::MigrationError::Changed { .. })));
}

#[tokio::test]
async fn a_step_that_was_passed_over_is_told_and_nothing_is_guessed() {
    let (store, _folder) = testing::store().await;
    let passed_over = "DELETE FROM schema_migration WHERE number = 5";
    store.write(move |sql| sql.execute(passed_over, &[])).await.expect("deleted");
    for refused in [store.migrate(3).await.map(drop), store.check_schema().await] {
        let error = refused.expect_err("refused").to_string();
        assert!(error.contains("0005_standing") && error.contains("anew"), "{error}");
    }
}

#[tokio::test]
async fn an_empty_database_is_told_to_migrate() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let store = Store::open(&folder.path().join("new.sqlite")).expect("opened");
    let error = store.check_schema().await.expect_err("no schema").to_string();
    assert!(error.contains("cable-gateway migrate"), "{error}");
}

/// Evidence of statements as a database held it before revocation was asked about.
const EVIDENCE: &str = "\
    INSERT INTO area VALUES ('A', 1, '日和佐浦', '', NULL, NULL, NULL); \
    INSERT INTO household (household_id, ordinal, area_id, language, speak_names, \
      check_in_enabled, version) VALUES ('h', 1, 'A', 'ja', 1, 1, 1); \
    INSERT INTO person (person_id, name, kana, created_at_ms) VALUES ('p', '中村 ハナ', '', 0); \
    INSERT INTO device (device_id, household_id, state, certificate_sha256, certificate, \
      public_key_sha256, enrolled_at_ms) VALUES ('d', 'h', 'active', x'01', x'01', x'01', 0); \
    INSERT INTO service_client VALUES ('c', '図書館', '', '', 's', '', '', '', '', 2, '{}', \
      'active', 0, 0); \
    INSERT INTO service_consent VALUES ('k', 'p', 'c', 'statement', '', '', '', 'd', 2, 0, 0, \
      NULL); \
    INSERT INTO evidence VALUES ('e1', 'c', 'p', 'k', 'd', 's1', 2, 10, 20, '{\"q\":1}', 'r', \
      'unchecked', 'a.b.c'); \
    INSERT INTO evidence VALUES ('e2', 'c', 'p', 'k', 'd', 's2', 2, 30, 40, '{}', NULL, 'good', \
      'd.e.f');";

#[tokio::test]
async fn evidence_survives_the_step_that_says_more_about_revocation() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let store = Store::open(&folder.path().join("old.sqlite")).expect("opened");
    let old = |sql: &mut dyn Sql| {
        migration::apply_before(sql, 16, 1)?;
        sql.script(EVIDENCE)?;
        sql.all("SELECT * FROM evidence ORDER BY evidence_id", &[])
    };
    let before = store.write::<_, StoreError, _>(old).await.expect("an older database");
    let applied = store.migrate(2).await.expect("the missing steps");
    assert!(applied.starts_with(&["0016_revocation"]), "{applied:?}");
    let read = |sql: &mut dyn Sql| sql.all("SELECT * FROM evidence ORDER BY evidence_id", &[]);
    let after = store.read::<_, StoreError, _>(read).await.expect("read");
    assert_eq!(before.len(), 2);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.values(), after.values());
    }
    assert_eq!(after.len(), 2, "none is lost and none is there twice");
    for (query, may) in [
        ("UPDATE evidence SET revocation = 'good' WHERE evidence_id = 'e1'", false),
        (
            "INSERT INTO evidence SELECT 'e3', client_id, person_id, consent_id, device_id, \
          session_id, level, authenticated_at_ms, stated_at_ms, form, contract_ref, 'stale', \
          statement FROM evidence WHERE evidence_id = 'e1'",
            true,
        ),
        (
            "INSERT INTO evidence SELECT 'e4', client_id, 'nobody', consent_id, device_id, \
          session_id, level, authenticated_at_ms, stated_at_ms, form, contract_ref, 'good', \
          statement FROM evidence WHERE evidence_id = 'e1'",
            false,
        ),
    ] {
        let done = store.write(move |sql| sql.execute(query, &[])).await;
        assert_eq!(done.is_ok(), may, "{query}: {done:?}");
    }
    store.check_schema().await.expect("the schema of this program");
}

/// The schema must also be one for PostgreSQL: its types are few, and the columns are typed.
#[test]
fn the_schema_keeps_to_the_portable_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("read");
        let words = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("--"))
            .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
        for word in words {
            let forbidden = [
                "INTEGER",
                "INT",
                "REAL",
                "FLOAT",
                "BOOLEAN",
                "VARCHAR",
                "DATETIME",
                "JSON",
                "AUTOINCREMENT",
                "WITHOUT",
                "STRICT",
            ];
            assert!(!forbidden.contains(&word.to_ascii_uppercase().as_str()), "{word}");
        }
    }
}
