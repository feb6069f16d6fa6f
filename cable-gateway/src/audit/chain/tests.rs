//! Every way to tamper with the log, by force, and what is found.

use std::sync::Arc;

use super::{Finding, PruneError, check, export::export, prune, seal};
use crate::{
    audit::{self, Object, Viewer},
    signing_keys::{KeyError, KeyRing},
    store::{Sql, Store, StoreError},
    testing, values,
};

struct Log {
    store: Store,
    ring: Arc<KeyRing>,
    folder: tempfile::TempDir,
}

impl Log {
    /// Six entries, sealed after the fourth; three persons in each.
    async fn new() -> Self {
        let (store, folder) = testing::store().await;
        let ring = Arc::new(KeyRing::new(folder.path()));
        let log = Self { store, ring, folder };
        log.run(|ring, sql| ring.keep_fresh(sql, 0).map(drop)).await;
        log.run(|_, sql| {
            for person in ["a", "b", "c"] {
                let query = "INSERT INTO person (person_id, name, kana, created_at_ms) \
                             VALUES ($1, '', '', 0)";
                sql.execute(query, values![person])?;
            }
            Ok(())
        })
        .await;
        log.look(1..5).await;
        log.run(|ring, sql| seal(sql, ring, 5).map(drop)).await;
        log.look(5..7).await;
        log
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&KeyRing, &mut dyn Sql) -> Result<T, KeyError> + Send + 'static,
    ) -> T {
        let ring = Arc::clone(&self.ring);
        self.store.write(move |sql| work(&ring, sql)).await.expect("done")
    }

    async fn look(&self, times: std::ops::Range<i64>) {
        let persons = ["a", "b", "c"].map(str::to_owned);
        let viewer = Viewer {
            actor: "nurse".to_owned(),
            office: "健康づくり課".to_owned(),
            purpose: "daily-watch".to_owned(),
        };
        self.run(move |_, sql| {
            for at_ms in times {
                audit::view(sql, &viewer, at_ms, Object::Household, &persons)?;
            }
            Ok(())
        })
        .await;
    }

    async fn force(&self, script: &'static str) {
        let triggers = "DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks; \
                        DROP TRIGGER audit_subject_never_changes; \
                        DROP TRIGGER audit_subject_never_shrinks; \
                        DROP TRIGGER audit_checkpoint_never_changes; \
                        PRAGMA defer_foreign_keys = ON";
        let work = move |_: &KeyRing, sql: &mut dyn Sql| {
            sql.script(triggers)?;
            Ok(sql.script(script)?)
        };
        self.run(work).await;
    }

    async fn findings(&self) -> Vec<Finding> {
        self.run(|ring, sql| Ok(check(sql, ring, None)?)).await.findings
    }
}

#[tokio::test]
async fn an_untouched_log_fits() {
    let log = Log::new().await;
    let outcome = log.run(|ring, sql| Ok(check(sql, ring, None)?)).await;
    assert_eq!((outcome.entries, outcome.checkpoints), (6, 1));
    assert!(outcome.findings.is_empty());
    let sealed = log.run(|ring, sql| seal(sql, ring, 9)).await;
    assert!(sealed.is_some(), "two entries are new");
    assert_eq!(log.run(|ring, sql| seal(sql, ring, 10)).await, None, "nothing is new");
    assert!(log.findings().await.is_empty());
}

#[tokio::test]
async fn tampering_is_found() {
    let missing = |from, through| Finding::Missing { from, through };
    for (script, found) in [
        ("UPDATE audit SET actor = 'x' WHERE audit_id = 2", Finding::Changed { audit_id: 2 }),
        ("UPDATE audit SET at_ms = 0 WHERE audit_id = 6", Finding::Changed { audit_id: 6 }),
        ("UPDATE audit SET purpose = 'x' WHERE audit_id = 3", Finding::Changed { audit_id: 3 }),
        (
            "DELETE FROM audit_subject WHERE audit_id = 2 AND person_id = 'b'",
            Finding::Changed { audit_id: 2 },
        ),
        (
            "DELETE FROM audit_subject WHERE audit_id = 3; DELETE FROM audit WHERE audit_id = 3",
            missing(3, 3),
        ),
        (
            "DELETE FROM audit_subject WHERE audit_id = 1; DELETE FROM audit WHERE audit_id = 1",
            missing(1, 1),
        ),
        (
            "DELETE FROM audit_subject WHERE audit_id > 3; DELETE FROM audit WHERE audit_id > 3",
            Finding::Truncated { last: 3, sealed: 4 },
        ),
        ("DELETE FROM audit_subject; DELETE FROM audit", Finding::Truncated { last: 0, sealed: 4 }),
        // Two entries change places, with their hashes.
        (
            "UPDATE audit SET audit_id = 100 WHERE audit_id = 2; \
             UPDATE audit SET audit_id = 2 WHERE audit_id = 3; \
             UPDATE audit SET audit_id = 3 WHERE audit_id = 100",
            Finding::Changed { audit_id: 2 },
        ),
        ("UPDATE audit_checkpoint SET signed = 'x'", Finding::Forged { checkpoint_id: 1 }),
        (
            "INSERT INTO audit_beginning (removed_through, at_ms, signed) VALUES (2, 0, 'x')",
            Finding::BeginningForged { through: 2 },
        ),
    ] {
        let log = Log::new().await;
        log.force(script).await;
        let findings = log.findings().await;
        assert!(findings.contains(&found), "{script}: {findings:?}");
    }
}

#[tokio::test]
async fn a_log_written_anew_differs_from_its_checkpoint() {
    let log = Log::new().await;
    log.force("DELETE FROM audit_subject; DELETE FROM audit").await;
    log.look(10..16).await;
    let findings = log.findings().await;
    assert_eq!(findings, [Finding::Rewritten { checkpoint_id: 1, audit_id: 4 }]);
}

#[tokio::test]
async fn an_end_cut_off_together_with_its_checkpoint_is_found_by_an_anchor() {
    let log = Log::new().await;
    let anchor = log.run(|ring, sql| seal(sql, ring, 9)).await.expect("sealed");
    let with = |anchor: String| {
        log.run(move |ring: &KeyRing, sql: &mut dyn Sql| Ok(check(sql, ring, Some(&anchor))?))
    };
    assert!(with(anchor.clone()).await.findings.is_empty());
    log.force(
        "DELETE FROM audit_subject WHERE audit_id > 4; DELETE FROM audit WHERE audit_id > 4; \
         DELETE FROM audit_checkpoint WHERE checkpoint_id = 2",
    )
    .await;
    assert!(log.findings().await.is_empty(), "from inside nothing shows");
    assert_eq!(with(anchor.clone()).await.findings, [Finding::AnchorBroken { audit_id: 6 }]);
    assert_eq!(with(format!("{anchor}x")).await.findings, [Finding::AnchorRefused]);
}

#[tokio::test]
async fn a_checkpoint_of_somebody_elses_key_is_refused() {
    let log = Log::new().await;
    // Somebody with the database, but without our files, brings a key and seals a log of his own.
    let elsewhere = Arc::new(KeyRing::new(&log.folder.path().join("elsewhere")));
    log.force("DELETE FROM audit_subject; DELETE FROM audit; DELETE FROM audit_checkpoint").await;
    log.look(1..5).await;
    let ring = Arc::clone(&elsewhere);
    let forge = move |sql: &mut dyn Sql| {
        ring.rotate(sql, crate::signing_keys::KeyPurpose::Audit, 0)?;
        seal(sql, &ring, i64::from(u32::MAX))
    };
    log.store.write::<_, KeyError, _>(forge).await.expect("forged");
    assert_eq!(log.findings().await, [Finding::Forged { checkpoint_id: 1 }]);
}

#[tokio::test]
async fn a_removed_checkpoint_shows_in_the_next() {
    let log = Log::new().await;
    log.run(|ring, sql| seal(sql, ring, 9).map(drop)).await;
    log.look(9..10).await;
    log.run(|ring, sql| seal(sql, ring, 10).map(drop)).await;
    log.force("DELETE FROM audit_checkpoint WHERE checkpoint_id = 2").await;
    assert_eq!(log.findings().await, [Finding::CheckpointMissing { checkpoint_id: 2 }]);
}

#[tokio::test]
async fn the_chain_survives_a_shortened_log_and_shortening_hides_nothing() {
    let log = Log::new().await;
    let ring = Arc::clone(&log.ring);
    let shorten = move |sql: &mut dyn Sql| prune(sql, &ring, 4, 20);
    assert_eq!(log.store.write::<_, PruneError, _>(shorten).await.expect("shortened"), 3);
    let outcome = log.run(|ring, sql| Ok(check(sql, ring, None)?)).await;
    assert_eq!((outcome.entries, outcome.findings), (4, Vec::new()), "three kept, one about it");
    let attack = "DELETE FROM audit WHERE audit_id = 4";
    assert!(log.store.write(move |sql| sql.execute(attack, &[])).await.is_err());
    let ring = Arc::clone(&log.ring);
    let again = move |sql: &mut dyn Sql| prune(sql, &ring, 4, 21);
    assert_eq!(log.store.write::<_, PruneError, _>(again).await.expect("nothing"), 0);

    log.force("UPDATE audit SET actor = 'x' WHERE audit_id = 5").await;
    let ring = Arc::clone(&log.ring);
    let hide = move |sql: &mut dyn Sql| prune(sql, &ring, 100, 22);
    let refused = log.store.write::<_, PruneError, _>(hide).await;
    assert!(matches!(refused, Err(PruneError::Broken)));
    assert_eq!(log.findings().await, [Finding::Changed { audit_id: 5 }], "nothing was removed");
}

#[tokio::test]
async fn an_export_has_a_line_for_each_entry_and_the_checkpoint() {
    let log = Log::new().await;
    let text = log
        .run(|ring, sql| {
            let mut out = Vec::new();
            let count = export(sql, ring, &mut out)
                .map_err(|error| KeyError::Store(StoreError::Engine(error.to_string())))?;
            assert_eq!(count, 6);
            Ok(String::from_utf8(out).expect("UTF-8"))
        })
        .await;
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 8);
    assert_eq!(lines[0]["format"], "hitokoe-audit-1");
    assert_eq!(lines[1]["persons"], serde_json::json!(["a", "b", "c"]));
    assert_eq!(lines[6]["audit_id"], 6);
    assert!(lines[7]["checkpoint"].is_string());
}
