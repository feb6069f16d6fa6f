//! What is spoken: orders always, pages and focus when the household wants it. The television is
//! lowered meanwhile.

use crate::{
    effect::{Effect, SpeechPriority},
    phrase::{Phrase, say},
    view::{Body, Layout, PageView},
};

/// A speech of which no end is heard is over after this time: the picture must not stay quiet.
const LONGEST_MS: u64 = 120_000;

/// Labels of the keys that type a sign; the others correct and confirm.
const TYPING_KEYS: [&str; 2] = ["pad-digit", "keyboard-key"];

/// The voice.
#[derive(Debug, Default)]
pub(crate) struct Voice {
    last_id: u64,
    speaking: Option<Speaking>,
    told: Option<Told>,
}

#[derive(Debug)]
struct Speaking {
    speech_id: u64,
    priority: SpeechPriority,
    over_at: u64,
}

/// What of a page was spoken last.
#[derive(Debug, PartialEq)]
struct Told {
    title: Phrase,
    lead: Option<Phrase>,
    detail: Option<Phrase>,
    focus: usize,
    entered: usize,
    /// Digits are typed here that may be seen.
    is_number: bool,
}

impl Voice {
    pub(crate) fn say(
        &mut self,
        now_ms: u64,
        sentences: Vec<Phrase>,
        priority: SpeechPriority,
    ) -> Option<Effect> {
        if sentences.is_empty() || self.is_busy_with_more_than(priority) {
            return None;
        }
        self.last_id += 1;
        let speech_id = self.last_id;
        self.speaking = Some(Speaking { speech_id, priority, over_at: now_ms + LONGEST_MS });
        Some(Effect::Speak { speech_id, sentences, priority })
    }

    pub(crate) fn is_speaking(&self) -> bool {
        self.speaking.is_some()
    }

    pub(crate) fn ended(&mut self, speech_id: u64) {
        self.speaking.take_if(|speaking| speaking.speech_id == speech_id);
    }

    /// Whether an order is being spoken: nothing else is heard meanwhile.
    pub(crate) fn is_speaking_order(&self) -> bool {
        self.is_busy_with_more_than(SpeechPriority::Answer)
    }

    /// Silence, except for an order and what an answer to it led to.
    pub(crate) fn hush(&mut self) -> Option<Effect> {
        self.speaking
            .take_if(|speaking| speaking.priority < SpeechPriority::Answer)
            .map(|_| Effect::StopSpeech)
    }

    /// Silence, for somebody has answered.
    pub(crate) fn stop(&mut self) -> Option<Effect> {
        self.speaking.take().map(|_| Effect::StopSpeech)
    }

    pub(crate) fn deadline(&self) -> Option<u64> {
        self.speaking.as_ref().map(|speaking| speaking.over_at)
    }

    pub(crate) fn reach(&mut self, now_ms: u64) {
        self.speaking.take_if(|speaking| speaking.over_at <= now_ms);
    }

    /// The remark of the page is new, also where it stood there already: the same key was pressed again.
    pub(crate) fn tell_remark_again(&mut self) {
        if let Some(told) = &mut self.told {
            told.detail = None;
        }
    }

    /// Speaks what is new on the page: all of it, its remark, or the item that the focus moved to.
    pub(crate) fn follow(&mut self, now_ms: u64, page: Option<&PageView>) -> Option<Effect> {
        let told = page.map(Told::of);
        if told == self.told {
            return None;
        }
        let before = std::mem::replace(&mut self.told, told);
        let Some(page) = page else { return self.hush() };
        let now = self.told.as_ref()?;
        match before {
            Some(before) if before.is_typed_on(now) => {
                let sentence = entered_words(page, now.entered > before.entered);
                self.say(now_ms, vec![sentence], SpeechPriority::Focus)
            }
            Some(before) if before.is_remarked(now) => {
                self.say(now_ms, page.detail.iter().cloned().collect(), SpeechPriority::Page)
            }
            Some(before) if before.is_same_page(now) => {
                self.say(now_ms, focus_words(page), SpeechPriority::Focus)
            }
            _ => self.say(now_ms, page_words(page), SpeechPriority::Page),
        }
    }

    fn is_busy_with_more_than(&self, priority: SpeechPriority) -> bool {
        self.speaking.as_ref().is_some_and(|speaking| {
            speaking.priority == SpeechPriority::Order && priority < SpeechPriority::Order
        })
    }
}

impl Told {
    fn of(page: &PageView) -> Self {
        let entered = match page.body {
            Body::PinDots { entered, .. } | Body::Password { entered, .. } => entered.into(),
            Body::Digits { ref digits, .. } => digits.len(),
            Body::Empty | Body::Picture(_) | Body::Phone(_) | Body::Rows { .. } => 0,
        };
        Self {
            title: page.title.clone(),
            lead: page.lead.clone(),
            detail: page.detail.clone(),
            focus: page.focus,
            entered,
            is_number: matches!(page.body, Body::Digits { .. }),
        }
    }

    fn is_same_page(&self, now: &Self) -> bool {
        self.has_same_words(now) && self.detail == now.detail
    }

    fn has_same_words(&self, now: &Self) -> bool {
        self.title == now.title && self.lead == now.lead
    }

    /// A digit came or went; with the first one a remark leaves.
    fn is_typed_on(&self, now: &Self) -> bool {
        let has_grown = now.entered == self.entered + 1 && self.has_same_words(now);
        has_grown || (self.entered != now.entered && self.is_same_page(now))
    }

    /// A remark came to digits that stay as they are.
    fn is_remarked(&self, now: &Self) -> bool {
        let is_alone = self.entered == now.entered && self.focus == now.focus;
        is_alone && now.is_number && self.has_same_words(now) && self.detail != now.detail
    }
}

/// A digit that may be seen is read aloud; of what is masked only how much there is.
fn entered_words(page: &PageView, has_grown: bool) -> Phrase {
    match &page.body {
        Body::Digits { digits, .. } => match digits.bytes().last().filter(|_| has_grown) {
            Some(digit) => say::pad_digit(i64::from(digit.saturating_sub(b'0'))),
            None => say::digit_deleted(),
        },
        Body::Password { .. } if !has_grown => say::digit_deleted(),
        Body::Password { entered, .. } => say::password_characters_spoken((*entered).into()),
        Body::PinDots { entered, .. } => say::pin_digits_spoken((*entered).into()),
        Body::Empty | Body::Picture(_) | Body::Phone(_) | Body::Rows { .. } => {
            say::pin_digits_spoken(0)
        }
    }
}

const fn is_secret(body: &Body) -> bool {
    matches!(body, Body::PinDots { .. } | Body::Password { .. })
}

fn page_words(page: &PageView) -> Vec<Phrase> {
    let mut sentences = vec![page.title.clone()];
    sentences.extend(page.lead.clone());
    sentences.extend(page.detail.clone());
    if let Body::Rows { rows, .. } = &page.body {
        let row = |row: &crate::view::Row| say::row_spoken(row.label.clone(), row.value.clone());
        sentences.extend(rows.iter().map(row));
    }
    if let Body::PinDots { tries_left, .. } | Body::Password { tries_left, .. } = page.body {
        sentences.push(say::pin_tries_left(tries_left.into()));
    }
    sentences.extend(focus_words(page));
    sentences
}

/// The focused item and its place; keys of the pad without the count. Whoever is in the room hears them: the keys
/// with which something secret is typed have no name.
fn focus_words(page: &PageView) -> Vec<Phrase> {
    let Some(item) = page.items.get(page.focus) else { return Vec::new() };
    if is_secret(&page.body) && TYPING_KEYS.contains(&item.label.id) {
        return Vec::new();
    }
    let mut sentences = vec![item.label.clone()];
    sentences.extend(item.note.clone());
    let count = page.items.len();
    let is_pad = matches!(page.layout, Layout::KeyPad | Layout::Keyboard);
    if count > 1 && !is_pad {
        let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        sentences.push(say::focus_position(number(page.focus + 1), number(count)));
    }
    sentences
}
