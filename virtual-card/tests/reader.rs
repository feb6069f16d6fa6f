//! The virtual reader against a driver of our own making, and against a real card service that
//! stops and starts again.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Output},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use virtual_card::{
    applet::{ATR, VirtualCard},
    ca::{TestHierarchy, person::Person},
    keys::TestOnlyKeys,
    pcscd::{CardService, READER_NAME},
    profile::CardProfile,
    vpcd::{SlotState, VirtualReader},
};

const NOW: i64 = 1_795_132_800;
/// Far beyond anything expected; reached only when a test is about to fail.
const PATIENCE: Duration = Duration::from_secs(20);

fn card(profile: CardProfile) -> anyhow::Result<VirtualCard> {
    let mut keys = TestOnlyKeys::starting_at(0);
    let mut hierarchy = TestHierarchy::create(&mut keys, NOW)?;
    let file = hierarchy.issue(profile, &Person::invented(), &mut keys, NOW)?;
    Ok(VirtualCard::new(file)?)
}

/// The driver's side of the wire.
struct Driver(TcpListener);

impl Driver {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self(TcpListener::bind("127.0.0.1:0")?))
    }

    fn reader(&self) -> anyhow::Result<VirtualReader> {
        Ok(VirtualReader::new(self.0.local_addr()?))
    }

    fn accept(&self) -> anyhow::Result<TcpStream> {
        let (stream, _) = self.0.accept()?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }
}

/// Writes length and content apart, as the real driver does.
fn send(stream: &mut TcpStream, content: &[u8]) -> anyhow::Result<()> {
    stream.write_all(&u16::try_from(content.len())?.to_be_bytes())?;
    stream.write_all(content)?;
    Ok(())
}

fn receive(stream: &mut TcpStream) -> anyhow::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut content = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut content)?;
    Ok(content)
}

fn ask(stream: &mut TcpStream, command: &[u8]) -> anyhow::Result<Vec<u8>> {
    send(stream, command)?;
    receive(stream)
}

const SELECT_JPKI: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";
const VERIFY: &[u8] = b"\x00\x20\x00\x98\x041234";
const READ_PHONE_CERTIFICATE: &[u8] = b"\x00\xB0\x8A\x00\x01";

#[test]
fn power_atr_and_commands_pass() -> anyhow::Result<()> {
    let driver = Driver::listen()?;
    let reader = driver.reader()?;
    assert_eq!(reader.state(), SlotState::Empty);
    reader.insert(card(CardProfile::Android)?);
    let mut wire = driver.accept()?;
    assert_eq!(reader.state(), SlotState::Unnoticed);
    send(&mut wire, &[1])?;
    assert_eq!(ask(&mut wire, &[4])?, ATR);
    assert!(reader.wait_until(SlotState::Present, PATIENCE));
    assert_eq!(ask(&mut wire, SELECT_JPKI)?, [0x90, 0x00]);
    assert_eq!(ask(&mut wire, VERIFY)?, [0x90, 0x00]);
    assert_eq!(ask(&mut wire, READ_PHONE_CERTIFICATE)?, [0x30, 0x90, 0x00]);
    send(&mut wire, &[2])?;
    assert_eq!(ask(&mut wire, SELECT_JPKI)?, [0x90, 0x00]);
    assert_eq!(ask(&mut wire, READ_PHONE_CERTIFICATE)?, [0x69, 0x82]);
    Ok(())
}

#[test]
fn taking_the_card_out_closes_the_wire_and_keeps_its_counters() -> anyhow::Result<()> {
    let driver = Driver::listen()?;
    let reader = driver.reader()?;
    reader.insert(card(CardProfile::Normal)?);
    let mut wire = driver.accept()?;
    assert_eq!(ask(&mut wire, SELECT_JPKI)?, [0x90, 0x00]);
    assert_eq!(ask(&mut wire, b"\x00\x20\x00\x98\x049999")?, [0x63, 0xC2]);
    let taken = reader.remove().context("the card")?;
    assert_eq!(taken.file().auth.tries_left, 2);
    assert_eq!(reader.state(), SlotState::Empty);
    assert_eq!(wire.read(&mut [0])?, 0);
    assert!(reader.remove().is_none());
    Ok(())
}

#[test]
fn a_swap_is_a_removal_and_an_insertion() -> anyhow::Result<()> {
    let driver = Driver::listen()?;
    let reader = driver.reader()?;
    reader.insert(card(CardProfile::Normal)?);
    let mut first = driver.accept()?;
    let before = reader.insert(card(CardProfile::Foreign)?);
    assert_eq!(before.map(|card| card.file().profile), Some(CardProfile::Normal));
    assert_eq!(first.read(&mut [0])?, 0);
    assert_eq!(ask(&mut driver.accept()?, SELECT_JPKI)?, [0x6A, 0x82]);
    Ok(())
}

#[test]
fn a_card_without_a_service_waits_and_can_be_taken_out() -> anyhow::Result<()> {
    let address = Driver::listen()?.0.local_addr()?;
    let reader = VirtualReader::new(address);
    reader.insert(card(CardProfile::Normal)?);
    assert_eq!(reader.state(), SlotState::Unnoticed);
    assert!(reader.remove().is_some());
    Ok(())
}

fn client(service: &CardService, program: &str, arguments: &[&str]) -> anyhow::Result<Output> {
    Command::new(program)
        .args(arguments)
        .envs(service.client_environment())
        .output()
        .with_context(|| format!("{program} is needed by this test and could not be run"))
}

#[test]
fn a_card_survives_a_restart_of_the_card_service() -> anyhow::Result<()> {
    let mut service = CardService::start()?;
    let reader = VirtualReader::new(service.vpcd_address());
    reader.insert(card(CardProfile::Normal)?);
    ensure!(reader.wait_until(SlotState::Present, PATIENCE), "the card is not noticed");
    let seen = client(&service, "opensc-tool", &["--reader", READER_NAME, "--atr"])?;
    ensure!(seen.status.success(), "{seen:?}");
    service.stop();
    ensure!(reader.wait_until(SlotState::Unnoticed, PATIENCE), "the service still holds it");
    let gone = client(&service, "opensc-tool", &["--atr"])?;
    ensure!(!gone.status.success(), "the card service still answers");
    service.restart()?;
    ensure!(reader.wait_until(SlotState::Present, PATIENCE), "the card is not noticed again");
    let back = client(&service, "opensc-tool", &["--reader", READER_NAME, "--atr"])?;
    ensure!(back.status.success(), "{back:?}");
    Ok(())
}

#[test]
fn several_card_services_do_not_see_each_other() -> anyhow::Result<()> {
    let (first, second) = (CardService::start()?, CardService::start()?);
    let reader = VirtualReader::new(first.vpcd_address());
    reader.insert(card(CardProfile::Normal)?);
    ensure!(reader.wait_until(SlotState::Present, PATIENCE), "the card is not noticed");
    let list = |service| -> anyhow::Result<String> {
        let output = client(service, "opensc-tool", &["--list-readers"])?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let has_card = |list: &str| list.lines().any(|line| line.contains("Yes"));
    ensure!(has_card(&list(&first)?), "the card is missing where it lies");
    ensure!(!has_card(&list(&second)?), "the card is seen where it does not lie");
    Ok(())
}

#[test]
fn a_stopped_service_leaves_no_socket() -> anyhow::Result<()> {
    let service = CardService::start()?;
    let socket = service.socket().to_owned();
    assert!(socket.exists());
    drop(service);
    assert!(!socket.exists());
    Ok(())
}
