//! OpenSC, an independent implementation, reads the card through the system's pcscd and vpcd, and
//! openssl verifies what the card signed.
//!
//! Needs `pcscd`, `vsmartcard-vpcd`, `opensc` and `openssl`, and root. It fails when one is missing.

use std::{
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use virtual_card::{
    applet::VirtualCard,
    ca::{AUTH_PIN, SIGN_PASSWORD, TestHierarchy, person::Person},
    card_file::CardFile,
    keys::TestOnlyKeys,
    pcscd::{CardService, READER_NAME},
    profile::CardProfile,
    vpcd::{SlotState, VirtualReader},
};

/// 2026-11-20; openssl is not asked about validity.
const NOW: i64 = 1_795_132_800;
const MODULE: &str = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

/// Far beyond anything expected; reached only when a test is about to fail.
const PATIENCE: Duration = Duration::from_secs(20);
/// Looks at the list of readers before giving up, some 30 ms each.
const LOOKS_MAX: usize = 200;

/// Card service, reader and a card in it.
struct Desk {
    service: CardService,
    reader: VirtualReader,
    card: CardFile,
    papers: tempfile::TempDir,
}

impl Desk {
    fn with(profile: CardProfile) -> anyhow::Result<Self> {
        let mut keys = TestOnlyKeys::starting_at(0);
        let mut hierarchy = TestHierarchy::create(&mut keys, NOW)?;
        let card = hierarchy.issue(profile, &Person::invented(), &mut keys, NOW)?;
        let service = CardService::start()?;
        let reader = VirtualReader::new(service.vpcd_address());
        reader.insert(VirtualCard::new(card.clone())?);
        let desk = Self { service, reader, card, papers: tempfile::tempdir()? };
        desk.wait_for_card()?;
        Ok(desk)
    }

    /// The reader tells when the card service has asked for the ATR; the service tells its clients
    /// a moment later. (`opensc-tool --wait` misses a card that comes in while it starts.)
    fn wait_for_card(&self) -> anyhow::Result<()> {
        ensure!(self.reader.wait_until(SlotState::Present, PATIENCE), "the card is not noticed");
        for _ in 0..LOOKS_MAX {
            let list = self.run("opensc-tool", &["--list-readers"])?;
            if list.lines().any(|line| line.contains("Yes") && line.contains(READER_NAME)) {
                return Ok(());
            }
        }
        bail!("the card service does not show the card")
    }

    fn paper(&self, name: &str) -> String {
        self.papers.path().join(name).display().to_string()
    }

    fn output(&self, program: &str, arguments: &[&str]) -> anyhow::Result<Output> {
        Command::new(program)
            .args(arguments)
            .envs(self.service.client_environment())
            .env("LC_ALL", "C")
            .output()
            .with_context(|| format!("{program} is needed by this test and could not be run"))
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.output(program, arguments)?;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        ensure!(output.status.success(), "{program} {arguments:?}: {text}");
        Ok(text)
    }

    fn tries_left(&self) -> anyhow::Result<u8> {
        let card = self.reader.remove().context("the card lies in the reader")?;
        Ok(card.file().auth.tries_left)
    }
}

fn pem_to_der(desk: &Desk, pem: &str) -> anyhow::Result<Vec<u8>> {
    let (from, to) = (desk.paper("certificate.pem"), desk.paper("certificate.der"));
    std::fs::write(&from, pem)?;
    desk.run("openssl", &["x509", "-in", &from, "-outform", "DER", "-out", &to])?;
    Ok(std::fs::read(Path::new(&to))?)
}

#[test]
fn opensc_lists_the_card_as_a_my_number_card() -> anyhow::Result<()> {
    let desk = Desk::with(CardProfile::Normal)?;
    let dump = desk.run("pkcs15-tool", &["--dump"])?;
    for expected in [
        "JPKI",
        "User Authentication PIN",
        "Digital Signature PIN",
        "User Authentication Certificate",
        "Digital Signature Certificate",
        "Tries left     : 3",
    ] {
        ensure!(dump.contains(expected), "{expected} is missing in:\n{dump}");
    }
    Ok(())
}

#[test]
fn opensc_reads_the_auth_certificate() -> anyhow::Result<()> {
    let desk = Desk::with(CardProfile::Normal)?;
    let pem = desk.run("pkcs15-tool", &["--read-certificate", "1"])?;
    assert_eq!(pem_to_der(&desk, &pem)?, desk.card.auth.certificate.0);
    Ok(())
}

#[test]
fn opensc_verifies_the_pin_and_a_wrong_one_costs_a_try() -> anyhow::Result<()> {
    let desk = Desk::with(CardProfile::Normal)?;
    let verify =
        |pin| desk.output("pkcs15-tool", &["--verify-pin", "--auth-id", "1", "--pin", pin]);
    ensure!(verify(AUTH_PIN)?.status.success(), "the right PIN is refused");
    ensure!(!verify("9999")?.status.success(), "a wrong PIN is accepted");
    assert_eq!(desk.tries_left()?, 2);
    Ok(())
}

/// Signs a file with one of the two keys through PKCS#11 and lets openssl verify it.
fn check_signature(key: &str, pin: &str) -> anyhow::Result<()> {
    let desk = Desk::with(CardProfile::Normal)?;
    let credential = match key {
        "01" => &desk.card.auth,
        _ => desk.card.sign.as_ref().context("a normal card signs")?,
    };
    let (message, signature) = (desk.paper("message"), desk.paper("signature"));
    let (certificate, public) = (desk.paper("leaf.der"), desk.paper("public.pem"));
    std::fs::write(&message, "避難します")?;
    std::fs::write(&certificate, &credential.certificate.0)?;
    desk.run(
        "pkcs11-tool",
        &[
            "--module",
            MODULE,
            "--slot-index",
            slot_of(key),
            "--login",
            "--pin",
            pin,
            "--sign",
            "--id",
            key,
            "--mechanism",
            "SHA256-RSA-PKCS",
            "--input-file",
            &message,
            "--output-file",
            &signature,
        ],
    )?;
    desk.run(
        "openssl",
        &["x509", "-inform", "DER", "-in", &certificate, "-pubkey", "-noout", "-out", &public],
    )?;
    let verdict = desk.run(
        "openssl",
        &["dgst", "-sha256", "-verify", &public, "-signature", &signature, &message],
    )?;
    ensure!(verdict.contains("Verified OK"), "{verdict}");
    Ok(())
}

/// OpenSC shows each PIN as a token of its own.
fn slot_of(key: &str) -> &'static str {
    match key {
        "01" => "0",
        _ => "1",
    }
}

#[test]
fn a_login_signature_verifies_with_openssl() -> anyhow::Result<()> {
    check_signature("01", AUTH_PIN)
}

#[test]
fn a_document_signature_verifies_with_openssl() -> anyhow::Result<()> {
    check_signature("02", SIGN_PASSWORD)
}

/// What OpenSC makes of a card: whether it lists it, whether it reads the auth certificate. The
/// table of docs/virtual-card.md says the same in words.
fn reading(profile: CardProfile) -> anyhow::Result<(bool, bool)> {
    let desk = Desk::with(profile)?;
    let dump = desk.output("pkcs15-tool", &["--dump"])?;
    let read = desk.output("pkcs15-tool", &["--read-certificate", "1"])?;
    let pem = String::from_utf8_lossy(&read.stdout).into_owned();
    let is_read = read.status.success() && pem.contains("BEGIN CERTIFICATE");
    if is_read {
        assert_eq!(pem_to_der(&desk, &pem)?, desk.card.auth.certificate.0, "{profile:?}");
    }
    Ok((dump.status.success(), is_read))
}

#[test]
fn opensc_reads_every_profile_that_it_can() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for profile in CardProfile::ALL {
        let expected = match profile {
            // Its driver asks both PINs for their tries and gives the card up when one is blocked
            // or was never set.
            CardProfile::Blocked
            | CardProfile::Child
            | CardProfile::FaceOnly
            | CardProfile::Foreign => (false, false),
            // A phone asks for the PIN first, and here nothing was ever written.
            CardProfile::Android | CardProfile::Iphone | CardProfile::NoCertificate => {
                (true, false)
            }
            CardProfile::Expired
            | CardProfile::LastTry
            | CardProfile::Normal
            | CardProfile::P384
            | CardProfile::RareCharacters
            | CardProfile::RemovedDuringSigning
            | CardProfile::UnknownBirthday
            | CardProfile::WrongHierarchy => (true, true),
        };
        let found = reading(profile)?;
        if found != expected {
            wrong.push((profile, found));
        }
    }
    assert_eq!(wrong, []);
    Ok(())
}

#[test]
fn opensc_finds_no_my_number_card_in_a_foreign_one() -> anyhow::Result<()> {
    let desk = Desk::with(CardProfile::Foreign)?;
    let output = desk.output("pkcs15-tool", &["--dump"])?;
    ensure!(!output.status.success(), "a foreign card was accepted");
    Ok(())
}
