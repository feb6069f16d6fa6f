//! The first start: from a carton to a television, with the remote alone.

use evacuation::hazard::Level;
use proptest::prelude::*;
use stb_core::{
    Config, Machine,
    config::{Enrolled, NewBox, Standing},
    effect::Effect,
    event::{Event, ReaderState},
    first_start::EnrolmentNews,
    key::{KeyAction, RemoteKey},
    service::LetterCode,
    view::{Body, Language, PageKind, TextScale},
};

use crate::{card::Card, television::Television, town::Town};

const CODE: &str = "123456789012";

fn with_code() -> NewBox {
    NewBox { code: Some(LetterCode::new(CODE)), ..NewBox::default() }
}

fn at_code() -> Television {
    let mut television = Television::unpacked(NewBox::default());
    television.choose_here("language-ja");
    television.choose_here("scale-normal");
    television.sees(PageKind::EnrolmentCode);
    television
}

fn enrolled(town: &Town) -> EnrolmentNews {
    EnrolmentNews::Enrolled(Enrolled {
        device_id: "box-1".to_owned(),
        gateway_id: "gateway.minami".to_owned(),
        manifest_root_key: town.root_key(),
    })
}

fn hears(television: &mut Television, news: EnrolmentNews) {
    television.happens(Event::EnrolmentTold(news));
}

fn hears_enrolled(television: &mut Television) {
    let news = enrolled(&television.town);
    hears(television, news);
}

/// Codes that went to the gateway since the last look.
fn tried(television: &mut Television) -> Vec<String> {
    let effects = television.take_effects();
    let codes = effects.into_iter().filter_map(|effect| match effect {
        Effect::Enrol(code) => Some(code.digits().to_owned()),
        _ => None,
    });
    codes.collect()
}

fn type_code(television: &mut Television, code: &str) {
    television.type_digits(code);
    television.wait(700);
    television.press(RemoteKey::Confirm);
}

#[test]
fn a_box_asks_for_words_size_and_code_and_becomes_a_television() {
    let mut television = Television::unpacked(NewBox::default());
    television.sees(PageKind::FirstChoice);
    television.choose_here("language-ja-easy");
    television.choose_here("scale-large");
    television.sees(PageKind::EnrolmentCode);
    type_code(&mut television, CODE);
    television.sees(PageKind::Enrolling);
    let effects = format!("{:?}", television.effects);
    assert!(!effects.contains(CODE), "a code is in no log: {effects}");
    assert_eq!(tried(&mut television), [CODE]);
    hears_enrolled(&mut television);
    let last = television.effects.iter().rposition(|effect| match effect {
        Effect::Speak { sentences, .. } => sentences.iter().any(|one| one.id == "first-done"),
        _ => false,
    });
    let hushed = television.effects.iter().rposition(|effect| *effect == Effect::StopSpeech);
    assert!(last > hushed, "the good news are cut off");
    let view = television.machine.view();
    assert!(view.page.is_none(), "{:?}", view.page);
    assert_eq!((view.language, view.scale), (Language::JaEasy, TextScale::Large));
    television.wait(5_000);
    assert!(television.disk.settings.is_some(), "what was chosen is kept");
}

#[test]
fn who_chooses_sees_what_is_meant() {
    let mut television = Television::unpacked(NewBox::default());
    assert_eq!(television.machine.view().language, Language::Ja);
    television.press_all(&[RemoteKey::Down, RemoteKey::Down]);
    assert_eq!(television.machine.view().language, Language::En);
    television.press_all(&[RemoteKey::Up, RemoteKey::Up]);
    television.choose_here("language-ja");
    television.press_all(&[RemoteKey::Down, RemoteKey::Down]);
    assert_eq!(television.machine.view().scale, TextScale::Largest);
    television.press(RemoteKey::Back);
    assert_eq!(television.machine.view().scale, TextScale::Normal, "nothing was chosen");
}

#[test]
fn a_refused_code_is_told_and_another_one_may_be_typed() {
    let mut television = at_code();
    type_code(&mut television, CODE);
    hears(&mut television, EnrolmentNews::CodeRefused(LetterCode::new(CODE)));
    let page = television.page();
    assert_eq!(page.kind, PageKind::EnrolmentCode);
    assert_eq!(page.title.id, "first-refused-title", "what is read first");
    assert_eq!(page.lead.map(|lead| lead.id), Some("first-refused-lead"));
    assert_eq!(page.body, Body::Digits { digits: String::new(), wanted: 12 });
    television.type_digits("9");
    assert_eq!(television.page().title.id, "first-code-title");
    television.choose_here("pad-delete");
    type_code(&mut television, "999999999999");
    assert_eq!(tried(&mut television), [CODE, "999999999999"]);
    hears_enrolled(&mut television);
    assert!(television.machine.view().page.is_none());
}

#[test]
fn a_late_refusal_of_the_number_before_does_not_disturb() {
    let mut television = at_code();
    type_code(&mut television, CODE);
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::EnrolmentCode);
    for _ in 0..12 {
        television.choose_here("pad-delete");
    }
    type_code(&mut television, "999999999999");
    hears(&mut television, EnrolmentNews::CodeRefused(LetterCode::new(CODE)));
    television.sees(PageKind::Enrolling);
}

#[test]
fn half_a_number_goes_nowhere() {
    let mut television = at_code();
    television.type_digits("12345");
    television.wait(700);
    television.press(RemoteKey::Confirm);
    assert_eq!(tried(&mut television), [""; 0]);
    let page = television.page();
    assert_eq!(page.body, Body::Digits { digits: "12345".to_owned(), wanted: 12 });
    assert_eq!(page.kind, PageKind::EnrolmentCode);
    assert_eq!(page.detail.map(|detail| detail.id), Some("digits-missing"));
}

#[test]
fn a_code_that_came_with_the_box_needs_nobody() {
    let mut television = Television::unpacked(with_code());
    assert_eq!(tried(&mut television), [CODE], "it is tried while somebody chooses");
    television.sees(PageKind::FirstChoice);
    hears_enrolled(&mut television);
    television.wait(59_000);
    television.sees(PageKind::FirstChoice);
    television.wait(1_500);
    assert!(television.machine.view().page.is_none(), "nobody is there");
}

#[test]
fn whoever_chooses_is_not_interrupted() {
    let mut television = Television::unpacked(with_code());
    hears_enrolled(&mut television);
    television.wait(50_000);
    television.press(RemoteKey::Down);
    television.wait(50_000);
    television.sees(PageKind::FirstChoice);
    television.choose_here("language-ja");
    television.choose_here("scale-normal");
    assert!(television.machine.view().page.is_none());
}

#[test]
fn a_refused_code_of_the_factory_gives_way_to_the_letter() {
    let mut television = Television::unpacked(with_code());
    television.choose_here("language-ja");
    hears(&mut television, EnrolmentNews::CodeRefused(LetterCode::new(CODE)));
    television.choose_here("scale-normal");
    let page = television.page();
    assert_eq!((page.kind, page.title.id), (PageKind::EnrolmentCode, "first-code-title"));
}

#[test]
fn whoever_is_refused_again_is_told_whom_to_call() {
    let mut television = at_code();
    for lead in ["first-refused-lead", "first-refused-again-lead-phone"] {
        type_code(&mut television, CODE);
        hears(&mut television, EnrolmentNews::CodeRefused(LetterCode::new(CODE)));
        assert_eq!(television.page().lead.map(|lead| lead.id), Some(lead));
    }
}

#[test]
fn what_keeps_the_box_waiting_is_told_and_the_number_can_be_typed_anew() {
    let mut television = at_code();
    type_code(&mut television, CODE);
    let obstacles = [
        (EnrolmentNews::Unreachable, "first-unreachable-title"),
        (EnrolmentNews::Crowded, "first-crowded-title"),
        (EnrolmentNews::Faulty, "first-faulty-title"),
    ];
    for (news, title) in obstacles {
        hears(&mut television, news);
        assert_eq!(television.page().title.id, title);
    }
    television.choose_here("first-retype");
    let page = television.page();
    assert_eq!(page.kind, PageKind::EnrolmentCode);
    assert_eq!(page.body, Body::Digits { digits: CODE.to_owned(), wanted: 12 }, "to be compared");
    television.wait(700);
    television.take_effects();
    television.press(RemoteKey::Confirm);
    assert_eq!(tried(&mut television), [CODE], "決定 sends it as it stands");
    hears_enrolled(&mut television);
    assert!(television.machine.view().page.is_none(), "it went on meanwhile");
}

#[test]
fn the_operator_s_number_stands_where_it_is_needed() {
    let new = NewBox { is_set_up_by_hand: true, ..NewBox::default() };
    let mut television = Television::unpacked(new);
    let lead = television.page().lead.map(|lead| lead.id);
    assert_eq!(lead, Some("first-code-lead-phone"));
    type_code(&mut television, CODE);
    hears(&mut television, EnrolmentNews::Faulty);
    assert_eq!(television.page().lead.map(|lead| lead.id), Some("call-operator-phone"));
}

#[test]
fn a_disk_that_does_not_answer_keeps_nobody_from_the_first_question() {
    let mut television = Television::boxed(with_code());
    television.happens(Event::DeadlineReached);
    assert!(television.machine.view().page.is_none(), "it may answer yet");
    television.wait(5_000);
    television.sees(PageKind::FirstChoice);
    assert_eq!(tried(&mut television), [CODE]);
    television.press(RemoteKey::Down);
    television.start();
    television.sees(PageKind::FirstChoice);
    assert_eq!(tried(&mut television), [""; 0], "begun once");
    assert_eq!(television.focused(), "language-ja-easy", "nobody is sent back");
}

#[test]
fn a_power_cut_before_the_size_asks_for_the_size() {
    let mut television = Television::unpacked(NewBox::default());
    television.choose_here("language-en");
    television.wait(5_000);
    let disk = television.disk.clone();
    let mut again = Television::boxed(NewBox::default());
    again.disk = disk;
    again.start();
    assert_eq!(again.page().title.id, "first-scale-title");
}

#[test]
fn after_a_power_cut_nothing_chosen_is_asked_again() {
    let mut television = Television::unpacked(NewBox::default());
    television.choose_here("language-en");
    television.choose_here("scale-normal");
    television.wait(5_000);
    let disk = television.disk.clone();
    let mut again = Television::cold();
    again.machine = Machine::new(Config::of(Standing::New(NewBox::default()), 8));
    again.disk = disk;
    again.start();
    again.sees(PageKind::EnrolmentCode);
    assert_eq!(again.machine.view().language, Language::En);
}

#[test]
fn a_card_in_the_reader_waits_until_the_box_belongs_to_a_home() {
    let mut television = Television::unpacked(with_code());
    television.insert(Card::of_hana());
    television.sees(PageKind::FirstChoice);
    let effects = television.take_effects();
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::OpenCard)), "{effects:?}");
    television.pull_card();
    hears_enrolled(&mut television);
    television.choose_here("language-ja");
    television.choose_here("scale-normal");
    let vitals = television.machine.vitals();
    assert_eq!(vitals.reader, gateway_api::status::Reader::Ready, "the desk knows the reader");
}

#[test]
fn an_order_comes_up_over_the_last_questions() {
    let mut television = Television::unpacked(with_code());
    hears_enrolled(&mut television);
    television.happens(Event::LinkOpened);
    let provisioning = television.town.provisioning();
    television.happens(Event::Provisioned(Box::new(provisioning)));
    television.sees(PageKind::FirstChoice);
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.machine.view().takeover.is_some());
    television.wait(2_000);
    television.press(RemoteKey::Confirm);
    television.wait(10_000);
    television.press(RemoteKey::Home);
    television.sees(PageKind::Home);
}

#[test]
fn a_provisioning_that_overtakes_the_good_news_is_believed_all_the_same() {
    let mut television = Television::unpacked(with_code());
    let provisioning = television.town.provisioning();
    television.happens(Event::Provisioned(Box::new(provisioning)));
    hears_enrolled(&mut television);
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.machine.view().takeover.is_some());
}

#[test]
fn a_box_that_lost_its_identity_keeps_the_orders_of_its_store() {
    let mut before = Television::at_home();
    let order = before.town.flood(Level::Four);
    let bytes = before.town.sign(&order);
    before.receive(bytes);
    let kept = before.disk.orders.clone();
    assert!(kept.is_some());
    let mut television = Television::cold();
    television.machine = Machine::new(Config::of(Standing::New(NewBox::default()), 9));
    television.disk = before.disk;
    television.start();
    television.sees(PageKind::FirstChoice);
    television.wait(5_000);
    assert_eq!(television.disk.orders, kept, "a repaired identity finds them again");
}

#[test]
fn a_box_whose_disk_fails_says_so_before_it_asks_anything() {
    let mut television =
        Television::unpacked(NewBox { remembers_nothing: true, ..NewBox::default() });
    assert_eq!(television.page().title.id, "first-faulty-title");
    television.choose_here("first-retype");
    television.sees(PageKind::EnrolmentCode);
}

#[test]
fn standby_is_left_where_it_was_entered() {
    let mut television = at_code();
    television.press(RemoteKey::Power);
    assert!(television.machine.view().page.is_none());
    television.press(RemoteKey::Digit(1));
    let page = television.page();
    assert_eq!(page.body, Body::Digits { digits: String::new(), wanted: 12 }, "it only wakes");
}

fn something() -> impl Strategy<Value = Event> {
    use RemoteKey::{Back, Confirm, Down, Exit, Help, Home, Left, Power, Red, Right, Up};
    let key = prop_oneof![
        prop::sample::select(vec![
            Up, Down, Left, Right, Confirm, Back, Exit, Home, Help, Power, Red
        ]),
        (0_u8..=9).prop_map(RemoteKey::Digit),
    ];
    let code = prop::sample::select(vec![CODE, "1", ""]);
    prop_oneof![
        20 => key.prop_map(|key| Event::Key { key, action: KeyAction::Pressed }),
        1 => code.prop_map(|code| {
            Event::EnrolmentTold(EnrolmentNews::CodeRefused(LetterCode::new(code)))
        }),
        1 => Just(Event::EnrolmentTold(EnrolmentNews::Unreachable)),
        1 => Just(Event::EnrolmentTold(EnrolmentNews::Crowded)),
        1 => Just(Event::EnrolmentTold(EnrolmentNews::Faulty)),
        1 => Just(Event::ReaderChanged(ReaderState::Empty)),
        1 => Just(Event::LinkLost),
    ]
}

proptest! {
    /// Invariant 7 before there is a television: one focus, no dead end, and no way past enrolment.
    #[test]
    fn no_key_leads_past_the_enrolment_and_none_ends_it(
        events in prop::collection::vec((something(), 0_u64..2_000), 0..80)
    ) {
        let mut television = Television::unpacked(NewBox::default());
        for (event, pause) in events {
            television.wait(pause);
            television.happens(event);
        }
        let view = television.machine.view();
        if view.page.is_none() {
            prop_assert!(view.picture.covered, "dark only because somebody wished it");
            television.press(RemoteKey::Confirm);
        }
        let page = television.page();
        prop_assert!(matches!(
            page.kind,
            PageKind::FirstChoice | PageKind::EnrolmentCode | PageKind::Enrolling
        ));
        hears_enrolled(&mut television);
        television.wait(61_000);
        prop_assert!(television.machine.view().page.is_none(), "a television at last");
    }
}
