//! The box's card reader against the system's card service and a virtual card.

use pcsc::{Context, Protocols, Scope, ShareMode};
use stb_app::effects::{Events, card::CardReader};
use stb_core::{
    effect::CardCommand,
    event::{CardIo, Event, ReaderState},
};
use virtual_card::{
    applet::VirtualCard,
    ca::{TestHierarchy, person::Person},
    keys::TestOnlyKeys,
    pcscd::{CardService, READER_NAME},
    profile::CardProfile,
    vpcd::VirtualReader,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const NOW: i64 = 1_795_132_800;

const SELECT: &[u8] = b"\x00\xa4\x04\x0c\x0a\xd3\x92\xf0\x00\x26\x01\x00\x00\x00\x01";
const SELECT_PIN: &[u8] = b"\x00\xa4\x02\x0c\x02\x00\x18";
const VERIFY: &[u8] = b"\x00\x20\x00\x80\x041234";
const SELECT_KEY: &[u8] = b"\x00\xa4\x02\x0c\x02\x00\x17";
const OK: &[u8] = b"\x90\x00";
const NOT_VERIFIED: &[u8] = b"\x69\x82";

/// A card service, a reader slot, and the box's adapter.
struct Bench {
    reader: VirtualReader,
    service: CardService,
    card: CardReader,
    happened: async_channel::Receiver<Event>,
}

fn bench() -> Result<Bench, Box<dyn std::error::Error>> {
    let service = CardService::start_system_wide()?;
    let reader = VirtualReader::new(service.vpcd_address());
    let (card, happened) = adapter()?;
    Ok(Bench { reader, service, card, happened })
}

fn adapter() -> std::io::Result<(CardReader, async_channel::Receiver<Event>)> {
    let (events, happened): (Events, _) = async_channel::bounded(64);
    Ok((CardReader::start(Some("Virtual PCD".into()), events)?, happened))
}

fn virtual_card() -> Result<VirtualCard, Box<dyn std::error::Error>> {
    let mut keys = TestOnlyKeys::starting_at(0);
    let mut hierarchy = TestHierarchy::create(&mut keys, NOW)?;
    let file = hierarchy.issue(CardProfile::Normal, &Person::invented(), &mut keys, NOW)?;
    Ok(VirtualCard::new(file)?)
}

/// The compute-signature command over 51 arbitrary bytes.
fn sign() -> Vec<u8> {
    let mut command = b"\x80\x2a\x00\x80\x33".to_vec();
    command.extend([0x30; 51]);
    command.push(0);
    command
}

impl Bench {
    fn with_card() -> Result<Self, Box<dyn std::error::Error>> {
        let bench = bench()?;
        bench.reader.insert(virtual_card()?);
        bench.wait_for(ReaderState::CardPresent);
        Ok(bench)
    }

    fn next(&self) -> Event {
        self.happened.recv_blocking().expect("the adapter lives")
    }

    /// States in between may or may not be seen: the service polls its readers.
    fn wait_for(&self, wanted: ReaderState) {
        while self.next() != Event::ReaderChanged(wanted) {}
    }

    /// The next word of the conversation, past what the watch says meanwhile.
    fn answer(&self) -> Event {
        loop {
            match self.next() {
                Event::ReaderChanged(_) => {}
                event => return event,
            }
        }
    }

    /// Whether the watch ever said busy, up to a change that is made to happen now.
    fn seen_busy(&self) -> bool {
        self.card.reset();
        self.reader.remove();
        let mut busy = false;
        loop {
            match self.next() {
                Event::ReaderChanged(ReaderState::Busy) => busy = true,
                Event::ReaderChanged(ReaderState::Empty) => return busy,
                _ => {}
            }
        }
    }

    #[track_caller]
    fn check(&self, command: &[u8], expected: &[u8]) {
        self.card.transmit(CardCommand(command.to_vec().into()));
        assert_eq!(self.answer(), Event::CardAnswered(expected.to_vec()));
    }
}

#[test]
fn a_card_is_seen_coming_and_going() -> Outcome {
    let bench = bench()?;
    bench.wait_for(ReaderState::Empty);
    bench.reader.insert(virtual_card()?);
    bench.wait_for(ReaderState::CardPresent);
    bench.reader.remove();
    bench.wait_for(ReaderState::Empty);
    Ok(())
}

#[test]
fn a_conversation_leaves_nothing_open_behind_it() -> Outcome {
    let bench = Bench::with_card()?;
    bench.card.open();
    bench.check(SELECT, OK);
    bench.check(SELECT_PIN, OK);
    bench.check(VERIFY, OK);
    bench.card.reset();
    bench.card.open();
    bench.check(SELECT, OK);
    bench.check(SELECT_KEY, OK);
    bench.check(&sign(), NOT_VERIFIED);
    Ok(())
}

#[test]
fn while_the_box_talks_nobody_else_does_and_it_is_not_busy_itself() -> Outcome {
    let bench = Bench::with_card()?;
    bench.card.open();
    bench.check(SELECT, OK);
    let other = Context::establish(Scope::User)?;
    let name = std::ffi::CString::new(READER_NAME)?;
    let refused = other.connect(&name, ShareMode::Shared, Protocols::ANY).err();
    assert_eq!(refused, Some(pcsc::Error::SharingViolation));
    bench.check(SELECT_PIN, OK);
    assert!(!bench.seen_busy(), "the box's own conversation is no trouble");
    Ok(())
}

#[test]
fn a_card_held_by_another_program_is_told_apart() -> Outcome {
    let bench = Bench::with_card()?;
    let other = Context::establish(Scope::User)?;
    let name = std::ffi::CString::new(READER_NAME)?;
    let held = other.connect(&name, ShareMode::Exclusive, Protocols::ANY)?;
    bench.wait_for(ReaderState::Busy);
    bench.card.open();
    assert_eq!(bench.answer(), Event::CardFailed(CardIo::Busy));
    drop(held);
    bench.wait_for(ReaderState::CardPresent);
    bench.card.open();
    bench.check(SELECT, OK);
    Ok(())
}

#[test]
fn a_card_pulled_in_the_middle_is_removed_and_not_a_disturbed_line() -> Outcome {
    let bench = Bench::with_card()?;
    bench.card.open();
    bench.check(SELECT, OK);
    bench.check(SELECT_PIN, OK);
    bench.reader.remove();
    bench.card.transmit(CardCommand(VERIFY.to_vec().into()));
    assert_eq!(bench.answer(), Event::CardFailed(CardIo::Removed));
    // What was queued behind the failure is not sent to the next card.
    bench.card.transmit(CardCommand(SELECT_KEY.to_vec().into()));
    bench.card.reset();
    bench.reader.insert(virtual_card()?);
    bench.wait_for(ReaderState::CardPresent);
    bench.card.open();
    bench.check(SELECT, OK);
    Ok(())
}

#[test]
fn without_a_card_a_conversation_does_not_begin() -> Outcome {
    let bench = bench()?;
    bench.wait_for(ReaderState::Empty);
    bench.card.open();
    assert_eq!(bench.answer(), Event::CardFailed(CardIo::Removed));
    Ok(())
}

#[test]
fn a_card_service_that_stops_is_told_and_found_again() -> Outcome {
    let mut bench = Bench::with_card()?;
    bench.card.open();
    bench.check(SELECT, OK);
    bench.service.stop();
    bench.card.transmit(CardCommand(SELECT_PIN.to_vec().into()));
    let mut told = (false, false);
    while told != (true, true) {
        match bench.next() {
            Event::CardFailed(CardIo::ServiceDown) => told.0 = true,
            Event::ReaderChanged(ReaderState::ServiceDown) => told.1 = true,
            event => assert!(matches!(event, Event::ReaderChanged(_)), "{event:?}"),
        }
    }
    bench.service.restart()?;
    bench.wait_for(ReaderState::CardPresent);
    bench.card.open();
    bench.check(SELECT, OK);
    Ok(())
}
