use gateway_api::report::ReportContent;

use super::*;

fn id(number: u8) -> OrderId {
    OrderId([number; 16])
}

fn report(number: u128, order: u8, answer: Answer) -> Report {
    let content = ReportContent::OrderAnswer { order_id: id(order).to_string(), answer };
    let report_id = Uuid::from_u128(number);
    Report { report_id, happened_at_ms: 0, clock_trusted: true, content }
}

/// The home answers this order; the report has this number.
fn says(memory: &mut Memory, order: u8, answer: Answer, number: u128, under: Under) {
    memory.set_answer(id(order), answer, report(number, order, answer), under);
}

fn waiting(memory: &Memory) -> Vec<u128> {
    memory.waiting().map(|report| report.report_id.as_u128()).collect()
}

#[test]
fn an_answer_waits_until_the_town_has_it_or_refuses_it() {
    let mut memory = Memory::default();
    says(&mut memory, 1, Answer::Leaving, 5, Under::default());
    says(&mut memory, 2, Answer::Staying, 6, Under::default());
    let (_, mut memory) = read(&write(b"book", &memory)).expect("it was just written");
    assert_eq!(waiting(&memory), [5, 6]);
    assert!(memory.deliver(Uuid::from_u128(5)));
    assert!(memory.refuse(Uuid::from_u128(6)));
    assert!(!memory.deliver(Uuid::from_u128(7)));
    assert_eq!(waiting(&memory), []);
}

#[test]
fn a_call_that_a_later_answer_took_back_is_not_sent_after_it() {
    let mut memory = Memory::default();
    says(&mut memory, 1, Answer::NeedHelp, 5, Under::default());
    memory.carry_help(id(2), &[id(1)]);
    says(&mut memory, 2, Answer::Leaving, 6, Under::default());
    assert_eq!(waiting(&memory), [6]);
}

#[test]
fn answers_and_receipts_survive_the_store() {
    let mut memory = Memory::default();
    says(&mut memory, 1, Answer::NeedHelp, 5, Under::default());
    assert!(memory.note_received(id(2)));
    assert!(!memory.note_received(id(2)));
    let (book, restored) = read(&write(b"book", &memory)).expect("it was just written");
    assert_eq!(book, b"book");
    assert_eq!(restored, memory);
}

#[test]
fn a_call_for_help_stands_through_updates_until_it_is_answered_otherwise() {
    let mut memory = Memory::default();
    says(&mut memory, 1, Answer::NeedHelp, 5, Under::default());
    memory.carry_help(id(2), &[id(1)]);
    let (_, mut memory) = read(&write(b"book", &memory)).expect("it was just written");
    memory.carry_help(id(3), &[id(2)]);
    assert_eq!(memory.help(id(3)).map(|given| given.report), Some(Uuid::from_u128(5)));
    says(&mut memory, 3, Answer::Leaving, 6, Under::default());
    memory.carry_help(id(3), &[id(2)]);
    memory.carry_help(id(4), &[id(3)]);
    memory.carry_help(id(5), &[id(1), id(2)]);
    let helps = [3, 4, 5].map(|number| memory.help(id(number)));
    assert_eq!(helps, [None, None, None], "also where an older order is updated");
}

fn advice(text: &str) -> Advice {
    serde_json::from_str(&format!("\"{text}\"")).expect("advice is a text")
}

fn under(text: &str) -> Under {
    Under { is_drill: false, advice: Some(advice(text)) }
}

#[test]
fn an_answer_counts_until_the_advice_turns_and_not_again_when_it_turns_back() {
    let mut memory = Memory::default();
    says(&mut memory, 1, Answer::Leaving, 5, under("out"));
    assert!(!memory.advise(&advice("out"), false) && memory.answer(id(1)).is_some());
    assert!(!memory.advise(&advice("up"), true), "a drill turns nothing that is meant");
    assert!(memory.advise(&advice("up"), false));
    let (_, mut memory) = read(&write(b"book", &memory)).expect("it was just written");
    assert!(!memory.advise(&advice("out"), false) && memory.answer(id(1)).is_none());
    assert_eq!(memory.last(id(1)).map(|given| given.answer), Some(Answer::Leaving));
    assert_eq!(waiting(&memory), [5], "the town hears all the same what was said");
    says(&mut memory, 1, Answer::Leaving, 6, under("out"));
    assert!(memory.answer(id(1)).is_some());
}

#[test]
fn a_call_for_help_stands_when_the_advice_turns() {
    let mut memory = Memory::default();
    says(&mut memory, 1, Answer::NeedHelp, 5, under("out"));
    assert_eq!(memory.help(id(1)), None);
    memory.advise(&advice("up"), false);
    assert_eq!(memory.help(id(1)).map(|given| given.report), Some(Uuid::from_u128(5)));
    memory.carry_help(id(2), &[id(1)]);
    assert!(memory.help(id(2)).is_some());
    let none = BTreeSet::new();
    assert_eq!(memory.calls_beyond(&none).len(), 1, "also when the order is over");
}

#[test]
fn an_answer_of_an_earlier_version_is_taken_for_one_to_the_present_advice() {
    let mut memory = Memory::default();
    let nothing_known = Under::default();
    says(&mut memory, 1, Answer::Leaving, 5, nothing_known);
    assert!(!memory.advise(&advice("out"), false));
    assert!(memory.advise(&advice("up"), false));
}

#[test]
fn staff_deals_with_the_call_of_one_report_and_may_take_that_back() {
    let mut memory = Memory::default();
    says(&mut memory, 1, Answer::NeedHelp, 5, Under::default());
    memory.carry_help(id(2), &[id(1)]);
    let (call, other) = (Uuid::from_u128(5), Uuid::from_u128(6));
    assert!(!memory.set_dealt_with(&[other]), "of another box of the home");
    assert!(memory.set_dealt_with(&[call, other]) && !memory.set_dealt_with(&[call]));
    assert!(memory.help(id(2)).is_some_and(|given| given.dealt_with), "the carried call too");
    memory.read_dealt_with();
    let (_, mut memory) = read(&write(b"book", &memory)).expect("it was just written");
    assert!(memory.calls_beyond(&BTreeSet::new()).is_empty());
    assert!(memory.set_dealt_with(&[]));
    assert_eq!(memory.calls_beyond(&BTreeSet::new()).len(), 1, "told anew");
    memory.set_dealt_with(&[call]);
    says(&mut memory, 1, Answer::NeedHelp, 7, Under::default());
    assert!(!memory.set_dealt_with(&[call]), "a new call is not the one that was dealt with");
    assert!(memory.answer(id(1)).is_some_and(|given| !given.dealt_with));
}

#[test]
fn damaged_bytes_are_told() {
    assert_eq!(read(b""), None);
    assert_eq!(read(br#"{"book":"!","memory":{"orders":[]}}"#), None);
}

#[test]
fn a_call_for_help_is_not_forgotten_for_newer_orders() {
    let mut memory = Memory::default();
    says(&mut memory, 0, Answer::NeedHelp, 5, Under::default());
    memory.deliver(Uuid::from_u128(5));
    for number in 1..=255 {
        memory.note_shown(id(number));
    }
    assert_eq!(memory.orders.len(), MOST);
    assert_eq!(memory.calls_beyond(&BTreeSet::new()).len(), 1);
    let mut newer = Memory::default();
    for number in 100..=200 {
        newer.note_shown(id(number));
    }
    newer.remember_before(memory);
    assert_eq!(newer.orders.len(), MOST);
    assert_eq!(newer.calls_beyond(&BTreeSet::new()).len(), 1);
}

#[test]
fn the_memory_is_bounded() {
    let mut memory = Memory::default();
    for number in 0..=255 {
        memory.note_shown(id(number));
    }
    assert_eq!(memory.orders.len(), MOST);
    assert!(!memory.note_shown(id(255)));
    assert!(memory.note_shown(id(0)), "the oldest was forgotten");
}

/// It ended with its drill: nobody waits for anything.
#[test]
fn the_call_of_a_drill_keeps_no_place() {
    let mut memory = Memory::default();
    let drill = || Under { is_drill: true, advice: None };
    says(&mut memory, 1, Answer::NeedHelp, 5, drill());
    says(&mut memory, 2, Answer::NeedHelp, 6, Under::default());
    for number in [5, 6] {
        assert!(memory.deliver(Uuid::from_u128(number)));
    }
    for number in 3..=66 {
        memory.note_received(id(number));
    }
    assert_eq!(memory.last(id(1)), None);
    assert!(memory.last(id(2)).is_some(), "what is meant is kept");
}
