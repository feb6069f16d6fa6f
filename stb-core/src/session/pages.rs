//! What the screen shows while a person becomes known.

use gateway_api::login::AssuranceLevel;
use jpki::{
    pin::{AuthPin, SignPassword},
    token::TokenKind,
};

use crate::{
    nav::{CardDeed, Choice, Command, Draft},
    phrase::say,
    view::{Body, Icon, Layout, PageKind},
};

use super::{
    Attempt, CardDesk, Stage,
    entry::SecretEntry,
    password::PasswordEntry,
    pin::PinEntry,
    purpose::Purpose,
    talk::SecretKind,
    trouble::{Cause, Remedy, Trouble},
};

/// Keys of the pad from left to right, top to bottom; `None` is 訂正.
const PAD_DIGITS: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/// Keys of the keyboard in rows of ten; after them 1字消す and 決定.
const KEYBOARD: &[u8; 36] = b"1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ";

impl CardDesk {
    /// The page of the attempt; none when nobody waits for one.
    pub(crate) fn draft(&self) -> Option<Draft> {
        let attempt = self.attempt.as_ref().filter(|attempt| attempt.has_page)?;
        Some(match &attempt.stage {
            Stage::WaitingForCard => prompt(attempt),
            Stage::Touching(_) | Stage::Talking { .. } => busy(say::card_reading()),
            Stage::TouchSent | Stage::Opening | Stage::ProofSent => busy(say::card_checking()),
            Stage::LastTry(talk) => last_try(talk.secret()),
            Stage::EnteringPin { flow, entry, tries_left, after_wrong } => {
                let tries = (*tries_left, *after_wrong);
                match entry {
                    SecretEntry::Pin(entry) => pin_page(attempt, entry, tries, flow.token()),
                    SecretEntry::Password(entry) => password_page(attempt, entry, tries),
                }
            }
            Stage::Troubled(trouble) => trouble_page(attempt, *trouble),
        })
    }
}

fn deed(label: crate::phrase::Phrase, deed: CardDeed) -> Choice {
    Choice::new(label, None, Command::Card(deed))
}

/// For what, before anything is asked.
fn prompt(attempt: &Attempt) -> Draft {
    Draft::new(PageKind::CardPrompt, say::card_prompt_title(), Layout::Row)
        .lead(attempt.words())
        .detail(Some(say::card_prompt_detail()))
        .body(Body::Picture(Icon::CardInsert))
        .choice(deed(say::button_stop(), CardDeed::Leave))
}

fn busy(title: crate::phrase::Phrase) -> Draft {
    Draft::new(PageKind::CardBusy, title, Layout::Row)
        .lead(say::card_keep_inserted())
        .body(Body::Picture(Icon::Card))
        .choice(deed(say::button_stop(), CardDeed::Leave))
}

/// The safe choice stands first.
fn last_try(secret: SecretKind) -> Draft {
    let lead = match secret {
        SecretKind::Pin => say::last_try_lead(),
        SecretKind::Password => say::last_password_lead(),
    };
    Draft::new(PageKind::LastTry, say::last_try_title(), Layout::Column)
        .lead(lead)
        .body(Body::Picture(Icon::Warning))
        .choice(deed(say::last_try_stop(), CardDeed::Leave))
        .choice(deed(say::last_try_go_on(), CardDeed::UseLastTry))
}

fn pin_page(
    attempt: &Attempt,
    entry: &PinEntry,
    (tries_left, after_wrong): (u8, bool),
    token: TokenKind,
) -> Draft {
    let title = match token {
        TokenKind::AndroidPhone | TokenKind::IPhone => say::pin_title_phone(),
        TokenKind::PlasticCard | TokenKind::Unknown => say::pin_title(),
    };
    let body = Body::PinDots {
        entered: u8::try_from(entry.len()).unwrap_or(u8::MAX),
        wanted: u8::try_from(AuthPin::DIGITS).unwrap_or(u8::MAX),
        tries_left,
    };
    let digit = |digit: u8| deed(say::pad_digit(digit.into()), CardDeed::PadDigit(digit));
    let mut draft = Draft::new(PageKind::Pin, title, Layout::KeyPad)
        .lead(attempt.words())
        .detail(after_wrong.then(say::pin_wrong))
        .body(body)
        .hint(say::hint_pin());
    draft.choices.extend(PAD_DIGITS.map(digit));
    draft
        .choice(deed(say::pad_clear(), CardDeed::PadClear))
        .choice(digit(0))
        .choice(deed(say::pad_submit(), CardDeed::PadSubmit))
}

/// Capitals and digits only; the card knows no others.
fn password_page(
    attempt: &Attempt,
    entry: &PasswordEntry,
    (tries_left, after_wrong): (u8, bool),
) -> Draft {
    let number = |value: usize| u8::try_from(value).unwrap_or(u8::MAX);
    let body = Body::Password {
        entered: number(entry.len()),
        glimpse: entry.glimpse(),
        least: number(SignPassword::LEN_MIN),
        most: number(SignPassword::LEN_MAX),
        tries_left,
    };
    let key = |character: &u8| {
        let label = say::keyboard_key(&char::from(*character).to_string());
        deed(label, CardDeed::PadCharacter(*character))
    };
    let mut draft = Draft::new(PageKind::Password, say::password_title(), Layout::Keyboard)
        .lead(attempt.words())
        .detail(after_wrong.then(say::password_wrong))
        .body(body)
        .hint(say::hint_password());
    draft.choices.extend(KEYBOARD.iter().map(key));
    draft
        .choice(deed(say::pad_delete(), CardDeed::PadClear))
        .choice(deed(say::pad_submit(), CardDeed::PadSubmit))
}

fn trouble_page(attempt: &Attempt, trouble: Trouble) -> Draft {
    let tries = if attempt.level == AssuranceLevel::L3 {
        trouble.tries.password_sentence()
    } else {
        trouble.tries.sentence()
    };
    let button = match trouble.cause.remedy() {
        // Nothing was asked for: there is nothing to stop, and no home page below.
        _ if attempt.purpose == Purpose::Greeting => deed(say::button_close(), CardDeed::Leave),
        Remedy::Retry => deed(say::button_retry(), CardDeed::Retry),
        Remedy::Insert => deed(say::button_stop(), CardDeed::Leave),
        // The page that asked for the card lies below.
        Remedy::Leave if attempt.errand.is_some() => deed(say::button_back(), CardDeed::Leave),
        Remedy::Leave => deed(say::button_home(), CardDeed::Leave),
    };
    let draft = Draft::new(PageKind::CardTrouble, trouble.cause.sentence(), Layout::Row)
        .lead(trouble.cause.action())
        .detail(tries)
        .body(Body::Picture(trouble.cause.icon()))
        .choice(button);
    if trouble.cause == Cause::PersonUnknown {
        return draft.choice(Choice::new(say::cards_link(), None, Command::OpenCardLink));
    }
    draft
}
