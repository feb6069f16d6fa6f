use std::path::PathBuf;

use axum::http::StatusCode;
use gateway_api::{
    ProblemCode,
    status::{BoxStatus, StatusAnswer},
    update::{BundleId, UpdateReason, UpdateReport, UpdateState},
};

use super::{status, tell, version};
use crate::{
    testing::TestGateway,
    update::{
        bundle::{SIGNED_DATA, forge},
        intake::{self, Intake},
        shelf::{self, Pause, ShelfError},
    },
};

/// A file of the shape of a bundle with this version in its manifest.
fn bundle(folder: &std::path::Path, said: &str) -> PathBuf {
    let (payload, manifest) = forge::payload("hitokoe-stb", said);
    let bytes = forge::file(&payload, &forge::cms(SIGNED_DATA, Some(&manifest)));
    let path = folder.join(format!("{said}.raucb"));
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Takes a version in and offers it to so many of a hundred boxes.
async fn rolled_out(gateway: &TestGateway, said: &str, percent: u32) -> (BundleId, PathBuf) {
    let folder = tempfile::tempdir().expect("temporary folder").keep();
    let (source, config) = (bundle(&folder, said), &gateway.state.config.updates);
    let Intake { id, size_bytes: size, .. } =
        intake::bring_in(config, &source, &version(said)).expect("a bundle");
    let (entered, now_ms) = (version(said), gateway.state.now_ms());
    let add = move |sql: &mut dyn crate::store::Sql| {
        shelf::add(sql, id, &entered, size, now_ms)?;
        if percent > 0 { shelf::widen(sql, &entered, percent) } else { Ok(()) }
    };
    gateway.state.store.write(add).await.expect("added");
    (id, source)
}

fn with(
    said: &BoxStatus,
    state: UpdateState,
    reason: Option<UpdateReason>,
    id: BundleId,
) -> BoxStatus {
    let update = UpdateReport { state, reason, version: Some(version("2.0.0")), bundle: Some(id) };
    BoxStatus { update, ..said.clone() }
}

fn offered(answer: &StatusAnswer) -> Option<String> {
    answer.offer.as_ref().map(|offer| offer.version.to_string())
}

#[tokio::test]
async fn a_bundle_is_offered_and_fetched_whole_or_in_ranges() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let (id, source) = rolled_out(&gateway, "2.0.0", 100).await;
    let bytes = std::fs::read(source).expect("the bundle");
    let answer = tell(&client, &status("1.0.0")).await;
    let offer = answer.offer.expect("a newer version");
    assert_eq!((offer.bundle, offer.size_bytes), (id, bytes.len() as u64));
    let path = format!("/box/v1/updates/{id}");
    let whole = client.get(&path).await;
    assert_eq!((whole.status, whole.bytes()), (StatusCode::OK, &bytes[..]));
    for (range, expected) in [
        ("bytes=0-0", &bytes[..1]),
        ("bytes=4096-8191", &bytes[4_096..8_192]),
        ("bytes=199000-", &bytes[199_000..]),
        ("bytes=-8", &bytes[bytes.len() - 8..]),
    ] {
        let part = client.get_range(&path, range).await;
        assert_eq!((part.status, part.bytes()), (StatusCode::PARTIAL_CONTENT, expected), "{range}");
    }
    let beyond = client.get_range(&path, "bytes=900000-900001").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let counters = gateway.state.metrics.text(&[]);
    for line in [
        "hitokoe_update_answers_total{part=\"whole\"} 1",
        "hitokoe_update_answers_total{part=\"range\"} 4",
        "hitokoe_update_answers_total{part=\"none\"} 1",
        &format!("hitokoe_update_bytes_total{{part=\"whole\"}} {}", bytes.len()),
        &format!(
            "hitokoe_update_bytes_total{{part=\"range\"}} {}",
            1 + 4_096 + bytes.len() - 199_000 + 8
        ),
    ] {
        assert!(counters.lines().any(|counted| counted == line), "{line}\n{counters}");
    }
    gateway.stranger_box().get(&path).await.refused(ProblemCode::DeviceRefused);
    for unknown in ["00", "..%2F..%2Fgateway.toml", &"0".repeat(64)] {
        client.get(&format!("/box/v1/updates/{unknown}")).await.refused(ProblemCode::Unknown);
    }
    gateway.stop().await;
}

#[tokio::test]
async fn only_what_is_newer_and_whose_turn_has_come_is_offered() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let (id, _) = rolled_out(&gateway, "2.0.0", 0).await;
    assert_eq!(offered(&tell(&client, &status("1.0.0")).await), None, "nobody is offered it yet");
    client.get(&format!("/box/v1/updates/{id}")).await.refused(ProblemCode::Unknown);
    let widen = |percent| {
        move |sql: &mut dyn crate::store::Sql| shelf::widen(sql, &version("2.0.0"), percent)
    };
    let store = &gateway.state.store;
    store.write(widen(100)).await.expect("widened");
    assert_eq!(offered(&tell(&client, &status("1.0.0")).await).as_deref(), Some("2.0.0"));
    for running in ["2.0.0", "2.0.0.1", "3.0"] {
        assert_eq!(offered(&tell(&client, &status(running)).await), None, "{running}");
    }
    assert!(matches!(store.write(widen(10)).await, Err(ShelfError::Smaller { present: 100 })));
    for odd in [101, 50] {
        assert!(
            matches!(store.write(widen(odd)).await, Err(ShelfError::NoStep(percent)) if percent == odd)
        );
    }
    let pause = |sql: &mut dyn crate::store::Sql| shelf::pause(sql, &version("2.0.0"));
    store.write(pause).await.expect("paused");
    assert_eq!(offered(&tell(&client, &status("1.0.0")).await), None, "paused by hand");
    assert_eq!(
        client.get(&format!("/box/v1/updates/{id}")).await.status,
        StatusCode::OK,
        "a box in the middle of it goes on"
    );
    assert!(matches!(store.write(widen(100)).await, Err(ShelfError::Paused)));
    let resume = |sql: &mut dyn crate::store::Sql| shelf::resume(sql, &version("2.0.0"), 1);
    store.write(resume).await.expect("resumed");
    assert_eq!(offered(&tell(&client, &status("1.0.0")).await).as_deref(), Some("2.0.0"));
    gateway.stop().await;
}

#[tokio::test]
async fn an_older_version_and_a_wrong_file_are_not_taken_in() {
    let gateway = TestGateway::start().await;
    rolled_out(&gateway, "2.0.0", 1).await;
    let folder = tempfile::tempdir().expect("temporary folder");
    let config = &gateway.state.config.updates;
    let refused = |said: &str, source: &std::path::Path| {
        intake::bring_in(config, source, &version(said)).expect_err("refused").to_string()
    };
    let source = bundle(folder.path(), "1.9.0");
    assert!(refused("2.1.0", &source).contains("says version 1.9.0, not 2.1.0"));
    let other = folder.path().join("picture.png");
    std::fs::write(&other, [0x89; 4_000]).expect("written");
    assert!(refused("2.1.0", &other).contains("no update bundle"));
    std::fs::write(&other, b"").expect("written");
    assert!(refused("2.1.0", &other).contains("no update bundle"));
    let Intake { id, size_bytes: size, .. } =
        intake::bring_in(config, &source, &version("1.9.0")).expect("a bundle");
    let add =
        move |sql: &mut dyn crate::store::Sql| shelf::add(sql, id, &version("1.9.0"), size, 1);
    let error = gateway.state.store.write(add).await.expect_err("a downgrade").to_string();
    assert!(error.contains("not newer than 2.0.0"), "{error}");
    gateway.stop().await;
}

/// The operator looked at the failures, and goes on with 2.0.0.
async fn resumes(gateway: &TestGateway) {
    let now_ms = gateway.state.now_ms() + 1;
    let resume =
        move |sql: &mut dyn crate::store::Sql| shelf::resume(sql, &version("2.0.0"), now_ms);
    gateway.state.store.write(resume).await.expect("resumed");
}

#[tokio::test]
async fn failing_boxes_pause_a_rollout_and_good_ones_are_counted() {
    let gateway = TestGateway::start().await;
    let (id, _) = rolled_out(&gateway, "2.0.0", 100).await;
    let (first, second) = (gateway.home_box().await, gateway.home_box().await);
    let find = |sql: &mut dyn crate::store::Sql| shelf::find(sql, &version("2.0.0"));
    tell(&first, &with(&status("1.0.0"), UpdateState::Waiting, Some(UpdateReason::Busy), id)).await;
    tell(&first, &with(&status("2.0.0"), UpdateState::Current, None, id)).await;
    tell(
        &second,
        &with(&status("1.0.0"), UpdateState::Refused, Some(UpdateReason::Unreachable), id),
    )
    .await;
    let bundle = gateway.state.store.read(find).await.expect("here");
    let tally = (bundle.tally.good, bundle.tally.going, bundle.tally.failed);
    assert_eq!((tally, bundle.pause), ((1, 1, 0), None), "a bad line is no fault of the bundle");
    let back = with(&status("1.0.0"), UpdateState::FellBack, Some(UpdateReason::NotWorking), id);
    let answer = tell(&second, &back).await;
    assert_eq!(offered(&answer), None);
    let bundle = gateway.state.store.read(find).await.expect("here");
    assert_eq!((bundle.tally.failed, bundle.pause), (1, Some(Pause::Failures)));
    resumes(&gateway).await;
    tell(&second, &back).await;
    let bundle = gateway.state.store.read(find).await.expect("here");
    assert_eq!(bundle.pause, None, "what was looked at does not pause it again");
    gateway.stop().await;
}

#[tokio::test]
async fn a_bundle_that_cannot_be_written_pauses_once_for_a_box_that_tries_again() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let (id, _) = rolled_out(&gateway, "2.0.0", 100).await;
    let find = |sql: &mut dyn crate::store::Sql| shelf::find(sql, &version("2.0.0"));
    let writing = with(&status("1.0.0"), UpdateState::Writing, None, id);
    let failed = with(&status("1.0.0"), UpdateState::Refused, Some(UpdateReason::NotWritten), id);
    tell(&client, &writing).await;
    tell(&client, &failed).await;
    let bundle = gateway.state.store.read(find).await.expect("here");
    assert_eq!((bundle.tally.failed, bundle.pause), (1, Some(Pause::Failures)));
    resumes(&gateway).await;
    gateway.clock.advance(3_600_000);
    tell(&client, &writing).await;
    tell(&client, &failed).await;
    let bundle = gateway.state.store.read(find).await.expect("here");
    assert_eq!(bundle.pause, None, "the operator has looked at this box");
    tell(&client, &with(&status("2.0.0"), UpdateState::Current, None, id)).await;
    let bundle = gateway.state.store.read(find).await.expect("here");
    assert_eq!((bundle.tally.failed, bundle.tally.good), (0, 1));
    gateway.stop().await;
}
