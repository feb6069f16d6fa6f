//! The first start as the box itself comes through it, and the way back to it.

use stb_core::{
    config::NewBox, event::Event, first_start::EnrolmentNews, key::RemoteKey, service::LetterCode,
    view::View,
};

use crate::television::Television;

const CODE: &str = "618204957310";

pub(crate) fn all() -> Vec<(&'static str, View)> {
    let mut language = Television::unpacked(NewBox::default());
    let first = language.view();
    language.press_all(&[RemoteKey::Down, RemoteKey::Down]);
    let english = language.view();
    let mut size = Television::unpacked(NewBox::default());
    size.choose_here("language-ja");
    let mut missing = at_code();
    missing.type_digits("61820");
    missing.choose_here("pad-submit");
    let refused = EnrolmentNews::CodeRefused(LetterCode::new(CODE));
    vec![
        ("first-language", first),
        ("first-language-english", english),
        ("first-size", size.view()),
        ("first-code", at_code().view()),
        ("first-code-missing", missing.view()),
        ("first-code-refused", told(refused).view()),
        ("first-connecting", sent().view()),
        ("first-unreachable", told(EnrolmentNews::Unreachable).view()),
        ("first-crowded", told(EnrolmentNews::Crowded).view()),
        ("first-faulty", told(EnrolmentNews::Faulty).view()),
        ("start-over-settings", stopped(&[]).view()),
        ("start-over", stopped(&["start-over-tile"]).view()),
        ("start-over-begun", stopped(&["start-over-tile", "start-over-yes"]).view()),
        ("start-over-failed", not_wiped().view()),
        ("start-over-home", stopped_at_home().view()),
        ("first-code-refused-again", refused_again().view()),
    ]
}

fn at_code() -> Television {
    let mut television = Television::unpacked(NewBox::default());
    television.choose_here("language-ja");
    television.choose_here("scale-normal");
    television
}

fn sent() -> Television {
    let mut television = at_code();
    television.type_digits(CODE);
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television
}

fn told(news: EnrolmentNews) -> Television {
    let mut television = sent();
    television.happens(Event::EnrolmentTold(news));
    television
}

fn refused_again() -> Television {
    let refused = || Event::EnrolmentTold(EnrolmentNews::CodeRefused(LetterCode::new(CODE)));
    let mut television = told(EnrolmentNews::CodeRefused(LetterCode::new(CODE)));
    television.type_digits(CODE);
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.happens(refused());
    television
}

fn not_wiped() -> Television {
    let mut television = stopped(&["start-over-tile", "start-over-yes"]);
    television.happens(Event::StartOverFailed);
    television
}

fn stopped_at_home() -> Television {
    let mut television = stopped(&[]);
    television.press(RemoteKey::Home);
    television.wait(10_000);
    television
}

/// A box that was stopped.
fn stopped(way: &[&str]) -> Television {
    let mut television = Television::at_home();
    television.happens(Event::LinkLost);
    television.happens(Event::DeviceRefused { is_stopped: true });
    television.choose("tile-settings");
    for item in way {
        television.choose_here(item);
    }
    television
}
