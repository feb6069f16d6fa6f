//! What the screen shows while a person becomes known.

use jpki::pin::AuthPin;

use crate::{
    nav::{CardDeed, Choice, Command, Draft},
    phrase::say,
    view::{Body, Icon, Layout, PageKind},
};

use super::{
    Attempt, CardDesk, Stage,
    pin::PinEntry,
    purpose::Purpose,
    trouble::{Remedy, Trouble},
};

/// Keys of the pad from left to right, top to bottom; `None` is 訂正.
const PAD_DIGITS: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

impl CardDesk {
    /// The page of the attempt; none when nobody waits for one.
    pub(crate) fn draft(&self) -> Option<Draft> {
        let attempt = self.attempt.as_ref().filter(|attempt| attempt.has_page)?;
        Some(match &attempt.stage {
            Stage::WaitingForCard => prompt(attempt),
            Stage::Touching(_) | Stage::Talking { .. } => busy(say::card_reading()),
            Stage::TouchSent | Stage::Opening | Stage::ProofSent => busy(say::card_checking()),
            Stage::LastTry(_) => last_try(),
            Stage::EnteringPin { entry, tries_left, after_wrong, .. } => {
                pin_page(attempt, entry, *tries_left, *after_wrong)
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
        .lead(attempt.purpose.words())
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
fn last_try() -> Draft {
    Draft::new(PageKind::LastTry, say::last_try_title(), Layout::Column)
        .lead(say::last_try_lead())
        .body(Body::Picture(Icon::Warning))
        .choice(deed(say::last_try_stop(), CardDeed::Leave))
        .choice(deed(say::last_try_go_on(), CardDeed::UseLastTry))
}

fn pin_page(attempt: &Attempt, entry: &PinEntry, tries_left: u8, after_wrong: bool) -> Draft {
    let body = Body::PinDots {
        entered: u8::try_from(entry.len()).unwrap_or(u8::MAX),
        wanted: u8::try_from(AuthPin::DIGITS).unwrap_or(u8::MAX),
        tries_left,
    };
    let digit = |digit: u8| deed(say::pad_digit(digit.into()), CardDeed::PadDigit(digit));
    let mut draft = Draft::new(PageKind::Pin, say::pin_title(), Layout::KeyPad)
        .lead(attempt.purpose.words())
        .detail(after_wrong.then(say::pin_wrong))
        .body(body)
        .hint(say::hint_pin());
    draft.choices.extend(PAD_DIGITS.map(digit));
    draft
        .choice(deed(say::pad_clear(), CardDeed::PadClear))
        .choice(digit(0))
        .choice(deed(say::pad_submit(), CardDeed::PadSubmit))
}

fn trouble_page(attempt: &Attempt, trouble: Trouble) -> Draft {
    let button = match trouble.cause.remedy() {
        // Nothing was asked for: there is nothing to stop, and no home page below.
        _ if attempt.purpose == Purpose::Greeting => deed(say::button_close(), CardDeed::Leave),
        Remedy::Retry => deed(say::button_retry(), CardDeed::Retry),
        Remedy::Insert => deed(say::button_stop(), CardDeed::Leave),
        Remedy::Leave => deed(say::button_home(), CardDeed::Leave),
    };
    Draft::new(PageKind::CardTrouble, trouble.cause.sentence(), Layout::Row)
        .lead(trouble.cause.action())
        .detail(trouble.tries.sentence())
        .body(Body::Picture(trouble.cause.icon()))
        .choice(button)
}
