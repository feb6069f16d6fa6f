//! Lists and a responder of the simulated agency, over real sockets and files.

mod agency;

use std::{os::unix::fs::PermissionsExt as _, sync::Arc, time::Duration};

use jpki::revocation::{RevocationPolicy, RevocationStatus, inquiry::FindingSource};
use tokio::time::Instant;

use self::agency::{Office, SilentServer, now};
use super::{RevocationDesk, fetch::Round};
use crate::{config::revocation_of, metrics::Metrics};

fn word(status: RevocationStatus) -> &'static str {
    match status {
        RevocationStatus::Good { .. } => "good",
        RevocationStatus::Revoked { .. } => "revoked",
        RevocationStatus::Stale { .. } => "stale",
        RevocationStatus::Unknown => "unknown",
    }
}

#[tokio::test]
async fn lists_come_from_addresses_and_folders_and_survive_a_restart() {
    let office = Office::open().await;
    for source in [office.list_url(), office.lists_folder()] {
        let kept = tempfile::tempdir().expect("a folder");
        let config = revocation_of(&format!("[[lists]]\nsource = \"{source}\""), kept.path());
        let mut line = office.line(&config);
        assert_eq!(line.status(&office), "unknown", "before the first look");
        assert!(line.round().await.1, "{source}");
        assert_eq!(line.status(&office), "good");
        office.lose_card();
        let (revoked, all_well) = line.round().await;
        assert!(all_well && !revoked.is_empty(), "the list told by the change: {revoked:?}");
        assert_eq!(line.status(&office), "revoked");
        let restarted = office.line(&config);
        restarted.fetcher.load_kept().await;
        assert_eq!(restarted.status(&office), "revoked", "known at once");
        office.issue_again();
    }
}

/// A draft that an earlier run left behind, readable by everybody.
#[tokio::test]
async fn a_kept_list_is_for_the_gateways_user_whatever_lay_there() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let source = office.list_url();
    let text = format!("[[lists]]\nsource = \"{source}\"");
    let config = revocation_of(&text, kept.path());
    office.line(&config).round().await;
    let files =
        || std::fs::read_dir(kept.path()).expect("a folder").map(|file| file.expect("one").path());
    let list = files().next().expect("a kept list");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::write(list.with_extension("new"), b"half of a li").expect("written");
    std::fs::set_permissions(list.with_extension("new"), open).expect("mode set");
    office.lose_card();
    office.line(&config).round().await;
    assert_eq!(files().collect::<Vec<_>>(), std::slice::from_ref(&list));
    let mode = std::fs::metadata(list).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn an_unchanged_list_is_not_sent_again() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let source = office.list_url();
    let mut line =
        office.line(&revocation_of(&format!("[[lists]]\nsource = \"{source}\""), kept.path()));
    line.round().await;
    line.round().await;
    let text = line.metrics.text(&[]);
    assert!(text.contains("list_fetches_total{result=\"taken\"} 1"), "{text}");
    assert!(text.contains("list_fetches_total{result=\"unchanged\"} 1"), "{text}");
    assert_eq!(office.sent_lists(), 1, "the second answer had no body");
}

#[tokio::test]
async fn a_list_that_is_not_the_expected_one_changes_nothing() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let source = office.lists_folder();
    let config = revocation_of(&format!("[[lists]]\nsource = \"{source}\""), kept.path());
    let mut line = office.line(&config);
    line.round().await;
    for wrong in [
        office.older_list(),
        office.list_signed_by_another_key(),
        office.list_of_another_authority(),
        b"no list".to_vec(),
    ] {
        office.replace_list(&wrong);
        let (revoked, all_well) = line.round().await;
        assert!(revoked.is_empty() && !all_well);
        assert_eq!(line.status(&office), "good", "the list in use stays");
    }
    let other = "distribution_point = [\"C=JP\", \"CN=Elsewhere\"]";
    let config = revocation_of(
        &format!("[[lists]]\nsource = \"{}\"\n{other}", office.lists_folder()),
        kept.path(),
    );
    let mut line = office.line(&config);
    assert!(!line.round().await.1, "another distribution point");
    let silent = SilentServer::start().await;
    let slow = format!("fetch_timeout_seconds = 1\n[[lists]]\nsource = \"{}\"", silent.url());
    let mut line = office.line(&revocation_of(&slow, kept.path()));
    assert!(!line.round().await.1, "slower than allowed");
}

#[tokio::test]
async fn one_list_with_a_fault_is_looked_at_again_and_the_good_ones_are_left_alone() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let folder = office.lists_folder();
    let foreign = format!("{folder}/foreign.crl");
    std::fs::write(&foreign, b"no list").expect("written");
    let text = format!("[[lists]]\nsource = \"{folder}\"");
    let mut line = office.line(&revocation_of(&text, kept.path()));
    assert!(!line.round().await.1);
    let start = Instant::now();
    assert!(line.fetcher.due(start).await.is_empty());
    let due = line.fetcher.due(start + Duration::from_mins(2)).await;
    assert_eq!(due.iter().map(|one| &one.source).collect::<Vec<_>>(), [&foreign]);
    let away = kept.path().join("away");
    std::fs::rename(&folder, &away).expect("taken away");
    assert!(!line.round().await.1);
    std::fs::rename(&away, &folder).expect("brought back");
    let due = line.fetcher.due(Instant::now() + Duration::from_mins(2)).await;
    assert!(due.len() > 1, "a folder that is back is read as a whole: {due:?}");
}

#[tokio::test]
async fn a_server_that_hangs_holds_up_no_other_list() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let silent = SilentServer::start().await;
    let lists = [silent.url(), office.list_url()].map(|at| format!("[[lists]]\nsource = \"{at}\""));
    let mut line = office.line(&revocation_of(&lists.join("\n"), kept.path()));
    let start = Instant::now();
    let mut round = Round::of(line.fetcher.due(start).await);
    let next = line.fetcher.next(&mut round, now());
    let found = tokio::time::timeout(Duration::from_secs(30), next).await.expect("in time");
    assert_eq!(found, Some(Some(Vec::new())), "the list after the one that hangs");
    assert_eq!(line.status(&office), "good");
    let refused = "list_fetches_total{result=\"refused\"}";
    assert!(!line.metrics.text(&[]).contains(&format!("{refused} 1")), "it hangs still");
    drop(silent);
    assert_eq!(line.fetcher.next(&mut round, now()).await, Some(None), "the test lets it go");
    assert_eq!(line.fetcher.next(&mut round, now()).await, None);
    let pause = line.fetcher.pause(Instant::now());
    assert!(pause <= Duration::from_mins(1), "{pause:?}");
    let due = line.fetcher.due(Instant::now() + pause).await;
    assert_eq!(due.len(), 1, "the one that hung alone: {due:?}");
}

#[tokio::test]
async fn the_responder_comes_first_and_silence_leads_to_the_lists() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let lists = format!("[[lists]]\nsource = \"{}\"", office.list_url());
    let ocsp = format!("[ocsp]\nurl = \"{}\"\ncache_seconds = 0\n{lists}", office.ocsp_url());
    let mut line = office.line(&revocation_of(&ocsp, kept.path()));
    line.round().await;
    let found = line.ask(&office).await;
    assert_eq!((word(found.status), found.source), ("good", FindingSource::Ocsp));
    office.lose_card_without_publishing();
    let found = line.ask(&office).await;
    assert_eq!((word(found.status), found.source), ("revoked", FindingSource::Ocsp));
    let text = line.metrics.text(&[]);
    assert!(text.contains("queries_total{source=\"ocsp\",certificate=\"auth\"} 2"), "{text}");
    assert!(text.contains("cost_yen_total{certificate=\"auth\"} 4"), "{text}");

    let silent = SilentServer::start().await;
    for (url, trouble) in [
        (silent.url(), "timed-out"),
        ("http://127.0.0.1:1/ocsp".to_owned(), "unreachable"),
        (office.list_url(), "unreachable"),
    ] {
        let ocsp = format!("[ocsp]\nurl = \"{url}\"\ntimeout_ms = 100\n{lists}");
        let mut line = office.line(&revocation_of(&ocsp, kept.path()));
        line.round().await;
        let found = line.ask(&office).await;
        assert_eq!((word(found.status), found.source), ("good", FindingSource::List), "{url}");
        let text = line.metrics.text(&[]);
        assert!(text.contains(&format!("ocsp_troubles_total{{cause=\"{trouble}\"}} 1")), "{text}");
    }
}

#[tokio::test]
async fn an_answer_is_used_again_for_a_short_time_and_never_after_a_list_said_otherwise() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let (ocsp, source) = (office.ocsp_url(), office.list_url());
    let text = format!("[ocsp]\nurl = \"{ocsp}\"\n[[lists]]\nsource = \"{source}\"");
    let mut line = office.line(&revocation_of(&text, kept.path()));
    line.round().await;
    line.ask(&office).await;
    office.lose_card();
    assert_eq!(word(line.ask(&office).await.status), "good", "of a minute ago");
    line.round().await;
    assert_eq!(word(line.ask(&office).await.status), "revoked", "as soon as the list is in use");
    assert_eq!(word(line.ask(&office).await.status), "revoked", "for no second price");
    let text = line.metrics.text(&[]);
    assert!(text.contains("queries_total{source=\"cache\",certificate=\"auth\"} 2"), "{text}");
}

/// The time limit is for the line. A list that was swapped in while nobody listened any more would
/// be unchanged at the next look, and nobody would be told of it.
#[test]
fn a_slow_machine_takes_the_list_that_came_in_time() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let office = Office::open().await;
        let kept = tempfile::tempdir().expect("a folder");
        let source = office.list_url();
        let text = format!("fetch_timeout_seconds = 1\n[[lists]]\nsource = \"{source}\"");
        let mut line = office.line(&revocation_of(&text, kept.path()));
        assert!(line.round().await.1);
        office.lose_card();
        // The only thread for slow work is busy for longer than the limit.
        let (_silent, nothing) = std::sync::mpsc::channel::<()>();
        let busy = move || nothing.recv_timeout(Duration::from_millis(1500));
        let other_work = tokio::task::spawn_blocking(busy);
        let (revoked, all_well) = line.round().await;
        assert!(all_well && !revoked.is_empty(), "{revoked:?}");
        assert!(other_work.await.expect("over").is_err(), "it took its time");
    });
}

#[tokio::test]
async fn each_service_has_its_own_policy() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let text = "stale = \"allow-with-flag\"\n[services.\"service:bank\"]\nunknown = \"deny\"";
    let config = revocation_of(text, kept.path());
    let desk = RevocationDesk::new(&config, office.trust(), Arc::new(Metrics::default()));
    let desk = desk.expect("a desk");
    assert_eq!(desk.policy(None), config.policy);
    assert_eq!(desk.policy(Some("town-services")), config.policy);
    assert_eq!(desk.policy(Some("service:bank")), RevocationPolicy::default());
}

#[tokio::test]
async fn the_metrics_tell_how_old_the_lists_are() {
    let office = Office::open().await;
    let kept = tempfile::tempdir().expect("a folder");
    let source = office.list_url();
    let mut line =
        office.line(&revocation_of(&format!("[[lists]]\nsource = \"{source}\""), kept.path()));
    line.round().await;
    let ages = line.desk.ages(now() + 40 * 3600);
    let [age] = ages.as_slice() else { panic!("{ages:?}") };
    assert_eq!((age.certificate, age.count, age.stale), ("auth", 1, 1));
    assert!((144_000..144_060).contains(&age.oldest_secs), "{age:?}");
    assert_eq!(line.status_at(&office, now() + 40 * 3600), "stale");
}
