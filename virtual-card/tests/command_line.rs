//! The command line: CA, cards, and a running reader that is told what to do.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, ensure};
use jpki::{
    trust::{HierarchyProfile, TrustStore},
    verify::{PortableVerifier, verify_touch},
};
use virtual_card::{ca::TestHierarchy, keys::TestOnlyKeys};

fn virtual_card(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virtual-card"));
    command.args(arguments).current_dir(folder);
    command
}

/// Runs to the end; output on success, error text on failure.
fn run(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = virtual_card(folder, arguments).output().expect("built by cargo");
    let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn issue(folder: &Path, profile: &str, name: &str, file: &str) -> Result<String, String> {
    run(folder, &["issue", "--ca", "ca", "--profile", profile, "--name", name, "--out", file])
}

/// A CA that need not wait for fresh keys.
fn ca_of_published_keys(folder: &Path) -> anyhow::Result<()> {
    let mut keys = TestOnlyKeys::starting_at(0);
    TestHierarchy::create(&mut keys, now_unix_secs())?.save(&folder.join("ca"))?;
    Ok(())
}

fn now_unix_secs() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the tool dates certificates by the clock")]
    let now = std::time::SystemTime::now();
    let since_epoch = now.duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since_epoch.as_secs()).expect("before the year 292 billion")
}

/// Stops the reader at the end of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn cards_of_a_stored_ca_verify_against_its_files() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    run(path, &["ca", "--out", "ca"]).map_err(anyhow::Error::msg)?;
    ensure!(run(path, &["ca", "--out", "ca"]).is_err(), "a CA was overwritten");
    for name in ["one", "two"] {
        issue(path, "normal", "美波　太郎", &format!("{name}.json")).map_err(anyhow::Error::msg)?;
    }
    let mut trust = TrustStore::new(HierarchyProfile::hitokoe_test());
    for number in 1..=3 {
        let ca = std::fs::read(path.join(format!("ca/auth-ca-0{number}.der")))?;
        trust.add_anchor(&ca, &PortableVerifier)?;
    }
    let serial = |file: &str| -> anyhow::Result<Vec<u8>> {
        let certificate = std::fs::read(path.join(file))?;
        Ok(verify_touch(&certificate, &trust, now_unix_secs(), &PortableVerifier)?.serial)
    };
    assert_ne!(serial("one.auth.der")?, serial("two.auth.der")?);
    Ok(())
}

#[test]
fn bad_arguments_are_told_and_write_nothing() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let without_ca = issue(path, "normal", "誰か", "card.json");
    ensure!(without_ca.is_err_and(|text| text.contains("ca.json")));
    ca_of_published_keys(path)?;
    let bad_pin = run(path, &["issue", "--ca", "ca", "--pin", "12a4", "--out", "card.json"]);
    ensure!(bad_pin.is_err_and(|text| text.contains("four digits")));
    ensure!(issue(path, "gold", "誰か", "card.json").is_err());
    ensure!(!path.join("card.json").exists());
    Ok(())
}

#[test]
fn a_running_reader_does_what_it_is_told() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    ca_of_published_keys(path)?;
    issue(path, "child", "美波　さくら", "child.json").map_err(anyhow::Error::msg)?;
    // Port 9 has no driver: the card waits, and everything else works.
    let mut child = virtual_card(path, &["reader", "--vpcd", "127.0.0.1:9", "--control", "ctl"])
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().context("piped")?;
    let _running = Running(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    ensure!(line.contains("control socket"), "{line}");

    let tell = |words: &[&str]| run(path, &[words, &["--control", "ctl"]].concat());
    let check = |words: &[&str], expected: Result<&str, &str>| match (tell(words), expected) {
        (Ok(found), Ok(part)) | (Err(found), Err(part)) => {
            assert!(found.contains(part), "{words:?}: {found}");
        }
        (found, _) => panic!("{words:?}: {found:?}"),
    };
    check(&["status"], Ok("empty"));
    check(&["remove"], Err("no card in the reader"));
    check(&["insert", "missing.json"], Err("missing.json"));
    check(&["insert", "ca/ca.json"], Err("not a card file"));
    check(&["insert", "child.json"], Ok("inserted 美波　さくら (Child)"));
    check(&["status"], Ok("unnoticed 美波　さくら (Child)"));
    check(&["insert", "child.json"], Err("there is a card in the reader"));
    check(&["swap", "child.json"], Ok("inserted"));
    check(&["remove"], Ok("removed"));
    check(&["status"], Ok("empty"));
    Ok(())
}
