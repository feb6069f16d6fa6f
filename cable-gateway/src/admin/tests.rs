//! What the operator is told on the command line when something does not fit.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use super::*;
use crate::{secret_file, testing::TestGateway};

/// What a command that is refused says.
async fn refused(gateway: &TestGateway, command: Command) -> String {
    let refused = run(&gateway.state.config, command).await.err();
    format!("{:#}", refused.expect("it cannot be done"))
}

#[track_caller]
fn says(told: &str, expected: &[&str]) {
    for part in expected {
        assert!(told.contains(part), "`{part}` is missing in: {told}");
    }
}

fn staff(name: &str, password_file: &Path) -> Command {
    Command::CreateStaff {
        login: "kono".to_owned(),
        name: name.to_owned(),
        office: "美波ケーブル".to_owned(),
        role: Role::FleetOperator,
        password_file: password_file.to_owned(),
    }
}

fn password_in(folder: &Path) -> PathBuf {
    let file = folder.join("password.txt");
    secret_file::write_text(&file, "correct horse battery\n").expect("written");
    file
}

#[tokio::test]
async fn check_config_shows_the_names_that_boxes_may_use() {
    let gateway = TestGateway::start().await;
    let said = check_config(&gateway.state.config).expect("usable");
    says(&said, &["boxes reach this gateway as localhost"]);
    gateway.stop().await;
}

#[tokio::test]
async fn a_password_file_that_cannot_be_used_is_told_without_a_word_of_keys() {
    let gateway = TestGateway::start().await;
    let folder = tempfile::tempdir().expect("temporary folder");
    let (place, missing) = (folder.path(), folder.path().join("nowhere.txt"));
    let open = password_in(place);
    fs::set_permissions(&open, Permissions::from_mode(0o644)).expect("mode set");
    let large = place.join("large.txt");
    secret_file::write_text(&large, &"x".repeat(70_000)).expect("written");
    for (file, expected) in [
        (missing.as_path(), "password"),
        (place, "is a folder"),
        (&open, "chmod 600"),
        (&large, "password"),
    ] {
        let said = refused(&gateway, staff("河野 武", file)).await;
        says(&said, &[&file.display().to_string(), expected]);
        assert!(!said.contains("key"), "{said}");
        assert_eq!(said.contains("chmod"), file == open, "{said}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_name_that_no_television_shows_is_told_with_its_letter() {
    let gateway = TestGateway::start().await;
    let folder = tempfile::tempdir().expect("temporary folder");
    let password = password_in(folder.path());
    let said = refused(&gateway, staff("a😀", &password)).await;
    says(&said, &["the name", "😀", "kanji, kana, Latin letters"]);
    let said = refused(&gateway, staff("  ", &password)).await;
    says(&said, &["the name", "1 to 300 bytes"]);
    gateway.stop().await;
}

#[tokio::test]
async fn an_export_never_takes_the_place_of_a_file() {
    let gateway = TestGateway::start().await;
    let folder = tempfile::tempdir().expect("temporary folder");
    let there = folder.path().join("log.jsonl");
    fs::write(&there, "an earlier export").expect("written");
    let export = |output: &Path| Command::Audit {
        command: audit::Command::Export { output: output.to_owned() },
    };
    let said = refused(&gateway, export(&there)).await;
    says(&said, &[&there.display().to_string(), "exists", "name another file"]);
    assert_eq!(fs::read_to_string(&there).expect("there"), "an earlier export");
    let nowhere = folder.path().join("no/log.jsonl");
    let said = refused(&gateway, export(&nowhere)).await;
    says(&said, &[&nowhere.display().to_string(), "check that its folder exists"]);
    gateway.stop().await;
}

#[tokio::test]
async fn a_bundle_that_is_not_there_is_told_with_what_to_name() {
    let gateway = TestGateway::start().await;
    let folder = tempfile::tempdir().expect("temporary folder");
    let add = |bundle: &Path| Command::Update {
        command: updates::Command::Add {
            bundle: bundle.to_owned(),
            version: gateway_api::version::Version::parse("2.0.0").expect("a version"),
        },
    };
    let said = refused(&gateway, add(folder.path())).await;
    says(&said, &[&folder.path().display().to_string(), "is a folder", ".raucb"]);
    let missing = folder.path().join("none.raucb");
    let said = refused(&gateway, add(&missing)).await;
    says(&said, &[&missing.display().to_string(), "no such file", "name the bundle"]);
    gateway.stop().await;
}

#[tokio::test]
async fn a_list_of_codes_says_when_it_is_shorter_or_longer_than_asked_for() {
    let gateway = TestGateway::start().await;
    let homes = gateway.number("SELECT COUNT(*) AS n FROM household").await;
    let homes = usize::try_from(homes).expect("a count");
    let draw = |homes: usize, addressees: bool| {
        run(&gateway.state.config, Command::CreateEnrolmentCodes { homes, days: 30, addressees })
    };
    let first = draw(2, false).await.expect("drawn");
    assert_eq!(first.text.lines().count(), 3);
    says(&first.notice.expect("said"), &[&format!("2 codes; {} homes still wait", homes - 2)]);
    assert!(first.text.starts_with("\u{feff}household_id,area,code,valid_until\r\n"), "no names");
    let rest = draw(400, true).await.expect("drawn");
    assert_eq!(rest.text.lines().count(), homes - 1);
    let expected = format!("{} codes, not 400: every other home has a box, or a code", homes - 2);
    says(&rest.notice.expect("said"), &[&expected, "no address in the town's file"]);
    let refused = draw(0, false).await.expect_err("none asked for").to_string();
    says(&refused, &["1 to 500 codes"]);
    gateway.stop().await;
}
