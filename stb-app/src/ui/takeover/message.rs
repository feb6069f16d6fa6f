//! The words of an order: order name, people, what to do, where to, steps, answers.

use gtk::prelude::*;
use stb_core::{
    phrase::Phrase,
    view::{AnsweredView, Icon, Item, Reached, StepView, TakeoverStage, TakeoverView, TextScale},
};

use super::{place, whole};
use crate::{
    text::{Texts, plain},
    ui::{
        glyph::Glyph,
        item::{self, Shape},
        label::{label, short_label, unbroken, whole_up_to, with_text},
        line_break::width,
    },
};

/// Gap between the answers.
const GAP: i32 = 28;
/// A wider answer in larger text stands below the order name instead of beside it.
const WIDEST_ANSWER_BESIDE: usize = 14;
/// From this number on, answers are written smaller and without pictures.
const MANY_ANSWERS: usize = 4;
/// And smaller still.
const MOST_ANSWERS: usize = 5;
/// Wider names stand below the order name instead of beside it.
const WIDEST_NAMES_BESIDE: usize = 28;
/// Wider texts are written smaller; a Latin letter is one wide, a kanji two.
const WIDEST_NAMES: usize = 64;
pub(super) const WIDEST_ORDER_NAME: usize = 36;
const WIDEST_ACTION: usize = 32;

/// The words, and the answers among them.
pub(super) fn widget(
    takeover: &TakeoverView,
    scale: TextScale,
    texts: &Texts,
) -> (gtk::Box, Vec<gtk::Box>) {
    let answers = answer_items(&takeover.answers, texts);
    let message = vertical();
    match takeover.stage {
        TakeoverStage::Notice => fill_notice(&message, takeover, scale, texts),
        TakeoverStage::Band => fill_band(&message, takeover, texts),
        TakeoverStage::Large => fill_large(&message, takeover, texts),
        TakeoverStage::FullScreen => whole::fill(&message, takeover, scale, texts),
    }
    if !answers.is_empty() {
        message.append(&answer_row(&answers));
    }
    (message, answers)
}

/// One line: what holds, and what was answered; below each other where larger text says much. None
/// of it is cut.
fn fill_notice(message: &gtk::Box, takeover: &TakeoverView, scale: TextScale, texts: &Texts) {
    let line = horizontal("notice-line");
    line.set_valign(gtk::Align::Center);
    line.set_vexpand(true);
    let title = with_text(label("order-name"), &texts.render(&takeover.title));
    title.set_wrap(false);
    let place = with_text(label("order-detail"), &texts.render(&takeover.place));
    let answered = answered(takeover, texts);
    let said = takeover.answered.as_ref().map_or(0, |it| width(&texts.render(&it.text)));
    let is_stacked = scale > TextScale::Normal && said > WIDEST_ANSWER_BESIDE;
    let words = if is_stacked { horizontal("notice-words") } else { vertical() };
    words.set_hexpand(true);
    words.set_valign(gtk::Align::Center);
    words.append(&title);
    place.set_valign(gtk::Align::Center);
    words.append(&place);
    line.append(&words);
    if takeover.others > 0 {
        line.append(&others(takeover.others, texts));
    }
    message.append(&line);
    append_some(if is_stacked { message } else { &line }, answered.as_ref());
}

/// How many more orders there are; with answers the last of these says it.
fn others(count: usize, texts: &Texts) -> gtk::Label {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let others = Phrase::new("screen-others").number("count", count);
    let others = with_text(label("others"), &texts.render(&others));
    others.set_valign(gtk::Align::Center);
    others.set_wrap(false);
    others
}

fn fill_band(message: &gtk::Box, takeover: &TakeoverView, texts: &Texts) {
    let top = heading(takeover, texts);
    message.append(&top);
    if let Some(names) = names(takeover, texts) {
        if width(&names.text()) <= WIDEST_NAMES_BESIDE {
            names.set_hexpand(true);
            names.set_xalign(1.0);
            top.append(&names);
        } else {
            names.add_css_class("below");
            message.append(&names);
        }
    }
    let middle = horizontal("middle");
    middle.set_vexpand(true);
    let action = action(takeover, texts);
    action.set_valign(gtk::Align::Center);
    action.set_hexpand(true);
    middle.append(&action);
    append_some(&middle, takeover.destination.as_ref().and_then(place::short).as_ref());
    message.append(&middle);
    append_some(message, answered(takeover, texts).as_ref());
}

fn fill_large(message: &gtk::Box, takeover: &TakeoverView, texts: &Texts) {
    message.append(&heading(takeover, texts));
    append_some(message, names(takeover, texts).as_ref());
    message.append(&action(takeover, texts));
    let middle = horizontal("middle");
    middle.set_vexpand(true);
    if let Some(destination) = destination(takeover, texts) {
        middle.append(&destination);
        if let Some(leave_by) = leave_by(takeover, texts) {
            // The place takes the room that is left.
            leave_by.set_hexpand(false);
            middle.append(&leave_by);
        }
    } else {
        middle.append(&steps(&takeover.steps, texts));
    }
    message.append(&middle);
    append_some(message, answered(takeover, texts).as_ref());
}

/// The order name.
fn heading(takeover: &TakeoverView, texts: &Texts) -> gtk::Box {
    let heading = horizontal("order-line");
    let text = texts.render(&takeover.title);
    let title = whole_up_to(label("order-name"), WIDEST_ORDER_NAME, &text);
    smaller_if_wider(&title, &text, WIDEST_ORDER_NAME);
    heading.append(&title);
    heading
}

/// The people addressed; none when no name is known.
pub(super) fn names(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Label> {
    let names = takeover
        .names
        .iter()
        .map(|name| unbroken(&plain(name)))
        .filter(|name| !name.is_empty())
        .reduce(|first, second| {
            let both = Phrase::new("screen-names-joined").text("first", first);
            texts.render(&both.text("second", second))
        })?;
    let label = with_text(short_label("names", 2), &names);
    smaller_if_wider(&label, &names, WIDEST_NAMES);
    Some(label)
}

pub(super) fn smaller_if_wider(label: &gtk::Label, text: &str, widest: usize) {
    if width(text) > widest {
        label.add_css_class("long");
    }
}

pub(super) fn action(takeover: &TakeoverView, texts: &Texts) -> gtk::Label {
    let text = texts.render(&takeover.action);
    let action = with_text(label("action"), &text);
    smaller_if_wider(&action, &text, WIDEST_ACTION);
    action
}

fn destination(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    let place = place::card(takeover.destination.as_ref()?, texts)?;
    place.set_hexpand(true);
    Some(place)
}

pub(super) fn leave_by(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    let text = texts.render(takeover.leave_by.as_ref()?);
    Some(fact(Icon::Clock, "leave-by", &text))
}

/// A picture with a sentence.
pub(super) fn fact(icon: Icon, class: &str, text: &str) -> gtk::Box {
    let fact = horizontal("fact");
    fact.append(&Glyph::of(icon, "fact-icon"));
    let words = with_text(label(class), text);
    words.set_hexpand(true);
    fact.append(&words);
    fact
}

pub(super) fn steps(steps: &[StepView; 3], texts: &Texts) -> gtk::Box {
    let column = vertical();
    column.add_css_class("steps");
    column.set_homogeneous(true);
    column.set_hexpand(true);
    for (index, step) in steps.iter().enumerate() {
        let line = horizontal("step");
        let number = with_text(label("step-number"), &(index + 1).to_string());
        number.set_valign(gtk::Align::Center);
        line.append(&number);
        line.append(&Glyph::of(step.icon, "step-icon"));
        let words = with_text(label("step-text"), &texts.render(&step.text));
        words.set_hexpand(true);
        line.append(&words);
        column.append(&line);
    }
    column
}

/// What was answered: calm only when the town has it.
pub(super) fn answered(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    let AnsweredView { text, reached, .. } = takeover.answered.as_ref()?;
    let (icon, class) = match reached {
        Reached::Town => (Icon::Check, "reached"),
        Reached::NotYet => (Icon::Clock, "not-yet"),
        Reached::Refused => (Icon::Warning, "not-yet"),
    };
    let answered = fact(icon, "answered-text", &texts.render(text));
    answered.add_css_class("answered");
    answered.add_css_class(class);
    Some(answered)
}

fn answer_items(answers: &[Item], texts: &Texts) -> Vec<gtk::Box> {
    answers.iter().map(|answer| item::widget(answer, Shape::Answer, texts)).collect()
}

fn answer_row(answers: &[gtk::Box]) -> gtk::Box {
    let row = gtk::Box::new(gtk::Orientation::Horizontal, GAP);
    row.add_css_class("answers");
    row.set_homogeneous(true);
    row.set_valign(gtk::Align::End);
    if answers.len() >= MANY_ANSWERS {
        row.add_css_class("many");
    }
    if answers.len() >= MOST_ANSWERS {
        row.add_css_class("five");
    }
    for answer in answers {
        row.append(answer);
    }
    if answers.len() == 1 {
        row.add_css_class("single");
        row.set_halign(gtk::Align::Start);
    }
    row
}

pub(super) fn append_some(parent: &gtk::Box, child: Option<&impl IsA<gtk::Widget>>) {
    if let Some(child) = child {
        parent.append(child);
    }
}

pub(super) fn vertical() -> gtk::Box {
    gtk::Box::new(gtk::Orientation::Vertical, 0)
}

pub(super) fn horizontal(class: &str) -> gtk::Box {
    let line = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    line.add_css_class(class);
    line
}
