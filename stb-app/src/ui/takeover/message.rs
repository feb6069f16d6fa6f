//! The words of an order: order name, people, what to do, where to, steps, answers.

use gtk::prelude::*;
use stb_core::{
    phrase::Phrase,
    view::{Icon, Item, StepView, TakeoverStage, TakeoverView},
};

use super::place;
use crate::{
    text::{Texts, plain},
    ui::{
        glyph::Glyph,
        item::{self, Shape},
        label::{label, short_label, with_text},
    },
};

/// Gap between the answers.
const GAP: i32 = 28;
/// More names than this, in characters, are written smaller.
const LONG_NAMES: usize = 34;

/// The words, and the answers among them.
pub(super) fn widget(takeover: &TakeoverView, texts: &Texts) -> (gtk::Box, Vec<gtk::Box>) {
    let answers = answer_items(&takeover.answers, texts);
    let message = vertical();
    match takeover.stage {
        TakeoverStage::Notice => fill_notice(&message, takeover, texts),
        TakeoverStage::Band => fill_band(&message, takeover, texts),
        TakeoverStage::Large => fill_large(&message, takeover, texts),
        TakeoverStage::FullScreen => fill_whole(&message, takeover, texts),
    }
    if !answers.is_empty() {
        message.append(&answer_row(&answers));
    }
    if takeover.stage == TakeoverStage::FullScreen {
        message.append(&with_text(short_label("source", 1), &texts.render(&takeover.source)));
    }
    (message, answers)
}

/// One line: what holds, and what was answered.
fn fill_notice(message: &gtk::Box, takeover: &TakeoverView, texts: &Texts) {
    let line = horizontal("notice-line");
    line.set_valign(gtk::Align::Center);
    line.set_vexpand(true);
    line.append(&with_text(short_label("order-name", 1), &texts.render(&takeover.title)));
    let place = with_text(short_label("order-detail", 1), &texts.render(&takeover.place));
    place.set_hexpand(true);
    line.append(&place);
    if let Some(answered) = answered(takeover, texts) {
        line.append(&answered);
    }
    message.append(&line);
}

fn fill_band(message: &gtk::Box, takeover: &TakeoverView, texts: &Texts) {
    let top = heading(takeover, texts);
    if let Some(names) = names(takeover, texts) {
        names.set_hexpand(true);
        names.set_xalign(1.0);
        top.append(&names);
    }
    message.append(&top);
    let middle = horizontal("middle");
    middle.set_vexpand(true);
    let action = action(takeover, texts);
    action.set_valign(gtk::Align::Center);
    action.set_hexpand(true);
    middle.append(&action);
    if let Some(answered) = answered(takeover, texts) {
        middle.append(&answered);
    } else if let Some(destination) = &takeover.destination {
        middle.append(&place::short(destination, texts));
    }
    message.append(&middle);
}

fn fill_large(message: &gtk::Box, takeover: &TakeoverView, texts: &Texts) {
    message.append(&heading(takeover, texts));
    append_some(message, names(takeover, texts).as_ref());
    message.append(&action(takeover, texts));
    let middle = horizontal("middle");
    middle.set_vexpand(true);
    append_some(&middle, destination(takeover, texts).as_ref());
    append_some(&middle, leave_by(takeover, texts).as_ref());
    message.append(&middle);
    append_some(message, answered(takeover, texts).as_ref());
}

fn fill_whole(message: &gtk::Box, takeover: &TakeoverView, texts: &Texts) {
    message.append(&heading(takeover, texts));
    append_some(message, names(takeover, texts).as_ref());
    message.append(&action(takeover, texts));
    let middle = horizontal("middle");
    middle.set_vexpand(true);
    middle.set_homogeneous(takeover.destination.is_some());
    append_some(&middle, where_to(takeover, texts).as_ref());
    middle.append(&steps(&takeover.steps, texts));
    message.append(&middle);
    if let Some(reason) = takeover.reason.as_deref().map(plain).filter(|reason| !reason.is_empty())
    {
        message.append(&with_text(short_label("reason", 2), &reason));
    }
    append_some(message, answered(takeover, texts).as_ref());
}

/// Order name, and how many more orders there are.
fn heading(takeover: &TakeoverView, texts: &Texts) -> gtk::Box {
    let heading = horizontal("heading");
    let title = with_text(label("order-name"), &texts.render(&takeover.title));
    heading.append(&title);
    if takeover.others > 0 {
        let others = i64::try_from(takeover.others).unwrap_or(i64::MAX);
        let others = Phrase::new("screen-others").number("count", others);
        let others = with_text(label("others"), &texts.render(&others));
        others.set_valign(gtk::Align::Center);
        others.set_wrap(false);
        heading.append(&others);
    }
    heading
}

/// The people addressed; none when no name is known.
fn names(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Label> {
    let names =
        takeover.names.iter().map(|name| plain(name)).filter(|name| !name.is_empty()).reduce(
            |first, second| {
                let both = Phrase::new("screen-names-joined").text("first", first);
                texts.render(&both.text("second", second))
            },
        )?;
    let is_long = names.chars().count() > LONG_NAMES;
    let label = with_text(short_label("names", 2), &names);
    if is_long {
        label.add_css_class("long");
    }
    Some(label)
}

fn action(takeover: &TakeoverView, texts: &Texts) -> gtk::Label {
    with_text(label("action"), &texts.render(&takeover.action))
}

fn destination(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    let place = place::card(takeover.destination.as_ref()?, "screen-destination", texts);
    place.set_hexpand(true);
    Some(place)
}

/// Where to, by when, with whom, and where to otherwise.
fn where_to(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    let column = vertical();
    column.add_css_class("where-to");
    column.set_hexpand(true);
    append_some(&column, destination(takeover, texts).as_ref());
    append_some(&column, leave_by(takeover, texts).as_ref());
    if let Some(supporters) = &takeover.supporters {
        column.append(&fact(Icon::Neighbour, "supporters", &texts.render(supporters)));
    }
    if let Some(fallback) = &takeover.fallback {
        column.append(&place::fallback(fallback, texts));
    }
    column.first_child().is_some().then_some(column)
}

fn leave_by(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    let text = texts.render(takeover.leave_by.as_ref()?);
    Some(fact(Icon::Clock, "leave-by", &text))
}

/// A picture with a sentence.
fn fact(icon: Icon, class: &str, text: &str) -> gtk::Box {
    let fact = horizontal("fact");
    fact.append(&Glyph::of(icon, "fact-icon"));
    let words = with_text(label(class), text);
    words.set_hexpand(true);
    fact.append(&words);
    fact
}

fn steps(steps: &[StepView; 3], texts: &Texts) -> gtk::Box {
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

fn answered(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    let (_, sentence) = takeover.answered.as_ref()?;
    let answered = fact(Icon::Check, "answered-text", &texts.render(sentence));
    answered.add_css_class("answered");
    Some(answered)
}

fn answer_items(answers: &[Item], texts: &Texts) -> Vec<gtk::Box> {
    answers.iter().map(|answer| item::widget(answer, Shape::Button, texts)).collect()
}

fn answer_row(answers: &[gtk::Box]) -> gtk::Box {
    let row = gtk::Box::new(gtk::Orientation::Horizontal, GAP);
    row.add_css_class("answers");
    row.set_homogeneous(true);
    row.set_valign(gtk::Align::End);
    for answer in answers {
        answer.set_hexpand(true);
        row.append(answer);
    }
    row
}

fn append_some(parent: &gtk::Box, child: Option<&impl IsA<gtk::Widget>>) {
    if let Some(child) = child {
        parent.append(child);
    }
}

fn vertical() -> gtk::Box {
    gtk::Box::new(gtk::Orientation::Vertical, 0)
}

fn horizontal(class: &str) -> gtk::Box {
    let line = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    line.add_css_class(class);
    line
}
