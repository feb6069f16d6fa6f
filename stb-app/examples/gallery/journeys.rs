//! Pages as the box itself comes to them: keys are pressed and cards are put in, and what it shows
//! then is the sample. Every screen of a card and of a service is here.

use evacuation::hazard::{Hazard, Level};
use gateway_api::{
    login::AssuranceLevel,
    problem::ProblemCode,
    service::{StatementChoice, StatementForm, StatementQuestion},
};
use stb_core::{
    event::{CardIo, Event, ReaderState},
    key::RemoteKey,
    service::{ServiceAnswer, ServiceFault},
    view::View,
};

use crate::{
    card::{Card, Command, Mishap, PHONE_LABEL},
    television::Television,
};

const PIN: &[u8] = b"7391";
const NUMBER: &str = "40718293";
const LETTER: &str = "618204957310";

/// A name and the way to the page.
type Journey = (&'static str, fn() -> Television);

pub(crate) fn all() -> Vec<(&'static str, View)> {
    let journeys: [&[Journey]; 6] = [&HOME, &READER, &CARD, &GATEWAY, &SERVICE, &MENU];
    let arrived = |(name, journey): &Journey| (*name, journey().view());
    journeys.into_iter().flatten().map(arrived).collect()
}

const HOME: [Journey; 8] = [
    ("journey-home", || at_home(&[RemoteKey::Home])),
    ("journey-settings", || chosen("tile-settings")),
    ("large-order", || in_large_text(Hazard::Flood, Some(Level::Four))),
    ("large-tsunami", || in_large_text(Hazard::Tsunami, None)),
    ("under-order-home", || under_order(&[])),
    ("under-order-settings", || under_order(&["tile-settings"])),
    ("under-order-cards", || under_order(&["tile-settings", "cards-title"])),
    ("journey-left", || {
        let mut television = asked();
        television.press(RemoteKey::Exit);
        television
    }),
];

/// Readers in trouble.
const READER: [Journey; 5] = [
    ("card-no-reader", || reader(ReaderState::NoReader)),
    ("card-service-down", || reader(ReaderState::ServiceDown)),
    ("card-busy-elsewhere", || reader(ReaderState::Busy)),
    ("card-mute", || reader(ReaderState::CardMute)),
    ("card-reader-gone", || broken(CardIo::ReaderGone)),
];

/// Cards and PINs.
const CARD: [Journey; 17] = [
    ("card-insert", || chosen("tile-login")),
    ("card-pin-entry", || typed(Card::of_hana(), b"73")),
    ("card-phone", || typed(Card { label: PHONE_LABEL, ..Card::of_hana() }, b"73")),
    ("card-wrong-pin", || typed(Card::of_hana(), b"0000")),
    ("card-last-try-now", || typed(Card { tries: 1, ..Card::of_hana() }, b"")),
    ("card-wrong-twice", || {
        let mut television = typed(Card::of_hana(), b"0000");
        television.wait(1_500);
        television.type_pin(b"0000");
        television
    }),
    ("card-blocked-now", || typed(Card { tries: 0, ..Card::of_hana() }, b"")),
    ("card-foreign", || typed(Card { has_jpki: false, ..Card::of_hana() }, b"")),
    ("card-without-certificate", || typed(Card { has_certificate: false, ..Card::of_hana() }, b"")),
    ("card-pulled", || pulled_at(Command::Verify)),
    ("card-moved", || broken(CardIo::Transmission)),
    ("card-entry-timed-out", || {
        let mut television = typed(Card::of_hana(), b"7");
        television.wait(60_000);
        television
    }),
    ("card-child", || password(Card { has_signature: false, ..Card::of_hana() }, "")),
    ("card-password", || password(Card::of_hana(), "1944")),
    ("card-password-last-try", || password(Card { password_tries: 1, ..Card::of_hana() }, "")),
    ("card-password-blocked", || password(Card { password_tries: 0, ..Card::of_hana() }, "")),
    ("card-password-wrong", || {
        let mut television = password(Card::of_hana(), "194400");
        television.choose_here("pad-submit");
        television
    }),
];

/// What the gateway says of a card.
const GATEWAY: [Journey; 10] = [
    ("card-checking", waiting_for_gateway),
    ("card-expired", || refused(ProblemCode::CertificateExpired)),
    ("card-changed", || refused(ProblemCode::CertificateRevoked)),
    ("card-refused", || refused(ProblemCode::CertificateRefused)),
    ("card-unregistered", || refused(ProblemCode::PersonUnknown)),
    ("card-other-household", || refused(ProblemCode::OtherHousehold)),
    ("card-unchecked", || refused(ProblemCode::RevocationUnknown)),
    ("card-overloaded", || refused(ProblemCode::TooManyRequests)),
    ("card-box-refused", || refused(ProblemCode::DeviceRefused)),
    ("card-unreachable", || {
        let mut television = waiting_for_gateway();
        television.happens(Event::LoginUnreachable);
        television
    }),
];

/// A service that asks.
const SERVICE: [Journey; 14] = [
    ("service-number", || number("4071")),
    ("service-number-missing", || {
        let mut television = number("407");
        television.press(RemoteKey::Confirm);
        television
    }),
    ("service-number-wrong", || {
        let unknown = ServiceFault::Refused(ProblemCode::Unknown);
        number_failed(ServiceAnswer::Failed(unknown))
    }),
    ("service-number-offline", || number_failed(ServiceAnswer::Failed(ServiceFault::Unreachable))),
    ("service-busy", || {
        let mut television = number("");
        television.gateway_answers = false;
        television.type_digits(NUMBER);
        television.press(RemoteKey::Confirm);
        television
    }),
    ("service-request", asked),
    ("service-request-form", pension),
    ("service-request-signature", || pension_at(AssuranceLevel::L3)),
    ("service-question", || {
        let mut television = pension();
        television.choose_here("service-yes");
        television
    }),
    ("service-summary", summary),
    ("service-pin", || {
        let mut television = asked();
        television.choose_here("service-yes");
        television.insert(Card::of_hana());
        television
    }),
    ("service-given", || {
        let mut television = asked();
        television.choose_here("service-yes");
        television.insert(Card::of_hana());
        television.type_pin(PIN);
        television
    }),
    ("service-refused", || {
        let mut television = asked();
        television.choose_here("service-no");
        television
    }),
    ("service-unknown", || {
        let mut television = asked();
        television.choose_here("service-yes");
        television.service_says = Some(ServiceAnswer::Failed(ServiceFault::Unreachable));
        television.insert(Card::of_hana());
        television.type_pin(PIN);
        television
    }),
];

/// Cards and permissions.
const MENU: [Journey; 16] = [
    ("menu-cards", menu),
    ("menu-consents", consents),
    ("menu-consent", || {
        let mut television = consents();
        television.wait(700);
        television.press(RemoteKey::Confirm);
        television
    }),
    ("menu-withdraw", withdrawal),
    ("menu-withdrawn", || {
        let mut television = withdrawal();
        television.choose_here("consent-withdraw");
        television
    }),
    ("menu-link", || {
        let mut television = menu();
        television.choose_here("cards-link");
        television
    }),
    ("menu-link-who", || link(&["link-yes"])),
    ("menu-link-letter", || link(&["link-yes", "link-person"])),
    ("menu-link-code", || {
        let mut television = link(&["link-yes", "link-person", "link-letter-yes"]);
        television.type_digits(&LETTER[..7]);
        television
    }),
    ("menu-linked", || {
        let mut television = link(&["link-yes", "link-person", "link-letter-yes"]);
        television.type_digits(LETTER);
        television.press(RemoteKey::Confirm);
        television.insert(Card::of_hana());
        television.type_pin(PIN);
        television
    }),
    ("menu-waits-for-town", || {
        let mut television = link(&["link-yes", "link-person", "link-letter-no"]);
        television.insert(Card::of_hana());
        television.type_pin(PIN);
        television
    }),
    ("menu-stop-code", || {
        let mut television = stop();
        television.service_says =
            Some(ServiceAnswer::Failed(ServiceFault::Refused(ProblemCode::CodeRefused)));
        with_letter(&mut television);
        television
    }),
    ("menu-stop", stop),
    ("menu-stop-number", || {
        let mut television = stop();
        television.choose_here("stop-yes");
        television
    }),
    ("menu-stop-unknown", || {
        let mut television = stop();
        television.service_says = Some(ServiceAnswer::Failed(ServiceFault::Unreachable));
        with_letter(&mut television);
        television
    }),
    ("menu-stopped", || {
        let mut television = stop();
        with_letter(&mut television);
        television
    }),
];

fn at_home(keys: &[RemoteKey]) -> Television {
    let mut television = Television::at_home();
    television.press_all(keys);
    television
}

/// An order at a home that reads the largest text and has somebody who helps.
fn in_large_text(hazard: Hazard, level: Option<Level>) -> Television {
    let mut television = chosen("tile-settings");
    television.choose_here("setting-scale");
    television.choose_here("scale-largest");
    let mut provisioning = television.town.provisioning();
    for plan in &mut provisioning.household.residents[0].plans {
        plan.hazard = None;
    }
    television.happens(Event::Provisioned(Box::new(provisioning)));
    let order = television.town.order(hazard, level);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.wait(60_000);
    television
}

/// A page while an answered order holds its line.
fn under_order(ways: &[&str]) -> Television {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Red, RemoteKey::Exit, RemoteKey::Home]);
    for way in ways {
        television.choose_here(way);
    }
    television
}

fn chosen(tile: &str) -> Television {
    let mut television = Television::at_home();
    television.choose(tile);
    television
}

fn reader(state: ReaderState) -> Television {
    let mut television = Television::at_home();
    television.happens(Event::ReaderChanged(state));
    television.choose("tile-login");
    television
}

fn typed(card: Card, pin: &[u8]) -> Television {
    let mut television = chosen("tile-login");
    television.insert(card);
    television.type_pin(pin);
    television
}

fn pulled_at(command: Command) -> Television {
    let mut television = typed(Card::of_hana(), b"");
    if let Some(card) = &mut television.card {
        card.mishap = Some(Mishap::PulledAt(command));
    }
    television.type_pin(PIN);
    television
}

fn broken(io: CardIo) -> Television {
    let mut television = typed(Card::of_hana(), b"7");
    television.happens(Event::CardFailed(io));
    television
}

fn waiting_for_gateway() -> Television {
    let mut television = typed(Card::of_hana(), b"739");
    television.gateway_answers = false;
    television.press(RemoteKey::Digit(1));
    television
}

fn refused(code: ProblemCode) -> Television {
    let mut television = waiting_for_gateway();
    television.happens(Event::LoginRefused(code));
    television
}

fn password(card: Card, digits: &str) -> Television {
    let mut television = Television::at_home();
    television.request.level = AssuranceLevel::L3;
    ask(&mut television);
    television.choose_here("service-yes");
    television.insert(card);
    television.type_digits(digits);
    television
}

fn number(digits: &str) -> Television {
    let mut television = chosen("tile-services");
    television.type_digits(digits);
    television
}

fn number_failed(answer: ServiceAnswer) -> Television {
    let mut television = chosen("tile-services");
    television.service_says = Some(answer);
    television.type_digits(NUMBER);
    television.press(RemoteKey::Confirm);
    television
}

fn ask(television: &mut Television) {
    television.choose("tile-services");
    television.type_digits(NUMBER);
    television.press(RemoteKey::Confirm);
}

fn asked() -> Television {
    let mut television = Television::at_home();
    ask(&mut television);
    television
}

fn pension() -> Television {
    pension_at(AssuranceLevel::L2)
}

fn pension_at(level: AssuranceLevel) -> Television {
    let question = |id: &str, text: &str, choices: [&str; 2]| StatementQuestion {
        question_id: id.to_owned(),
        text: text.to_owned(),
        choices: choices
            .map(|text| StatementChoice { code: text.to_owned(), text: text.to_owned() })
            .to_vec(),
    };
    let mut television = Television::at_home();
    "あおぞら年金基金".clone_into(&mut television.request.service_name);
    "年金を続けてお支払いするため".clone_into(&mut television.request.purpose);
    television.request.form = Some(StatementForm {
        purpose: "living-status-confirmation".to_owned(),
        form_id: "genkyo".to_owned(),
        form_version: "2026.1".to_owned(),
        title: "年金の現況届".to_owned(),
        questions: vec![
            question("address", "お住まいは前と同じですか。", ["同じ", "変わった"]),
            question("spouse", "生計を同じくする配偶者はいますか。", ["いる", "いない"]),
            question("other", "ほかの年金を受けていますか。", ["受けていない", "受けている"]),
        ],
    });
    television.request.level = level;
    ask(&mut television);
    television
}

fn summary() -> Television {
    let mut television = pension();
    television.choose_here("service-yes");
    for _ in 0..3 {
        television.wait(700);
        television.press(RemoteKey::Confirm);
    }
    television
}

fn menu() -> Television {
    let mut television = chosen("tile-settings");
    television.choose_here("cards-title");
    television
}

fn consents() -> Television {
    let mut television = menu();
    television.choose_here("cards-consents");
    television.insert(Card::of_hana());
    television.type_pin(PIN);
    television
}

fn withdrawal() -> Television {
    let mut television = consents();
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.choose_here("consent-withdraw");
    television
}

fn link(ways: &[&str]) -> Television {
    let mut television = menu();
    television.choose_here("cards-link");
    for way in ways {
        television.choose_here(way);
    }
    television
}

fn stop() -> Television {
    let mut television = menu();
    television.choose_here("cards-stop");
    television
}

fn with_letter(television: &mut Television) {
    television.choose_here("stop-yes");
    television.type_digits(LETTER);
    television.press(RemoteKey::Confirm);
}
