//! The order on the whole screen: everything needed to go, large enough to be read from the sofa.
//!
//! Nothing is cut: names, places and the town's words wrap. With larger text the town's words and
//! the other place have a page of their own; the way there and who helps stay.

use gtk::prelude::*;
use stb_core::view::{Icon, PlaceView, StepView, TakeoverView, TextScale};

use super::{
    block,
    message::{
        WIDEST_ORDER_NAME, action, answered, append_some, fact, horizontal, leave_by, names,
        smaller_if_wider, steps, vertical,
    },
    place,
};
use crate::{
    text::{Texts, plain},
    ui::label::{label, whole_up_to, with_text},
};

/// Wider names are written smaller still; a Latin letter is one wide, a kanji two.
const WIDEST_SMALL_NAMES: usize = 120;
/// District and hazard in one or two lines.
const WIDEST_DISTRICT: usize = 36;
/// What the town wrote, up to two lines of it.
const WIDEST_REASON: usize = 160;

/// The coloured field across the top: picture, digit, order name, district, time.
pub(super) fn masthead(takeover: &TakeoverView, texts: &Texts) -> gtk::Box {
    let masthead = horizontal("block");
    masthead.add_css_class("masthead");
    let sign = block::digit_sign(takeover, texts);
    sign.set_valign(gtk::Align::Center);
    masthead.append(&sign);
    let text = texts.render(&takeover.title);
    let title = whole_up_to(label("order-name"), WIDEST_ORDER_NAME, &text);
    smaller_if_wider(&title, &text, WIDEST_ORDER_NAME);
    title.set_hexpand(true);
    title.set_valign(gtk::Align::Center);
    masthead.append(&title);
    let around = vertical();
    around.set_valign(gtk::Align::Center);
    for (class, phrase) in [("district", &takeover.place), ("source", &takeover.source)] {
        let text = texts.render(phrase);
        let line = with_text(label(class), &text);
        smaller_if_wider(&line, &text, WIDEST_DISTRICT);
        line.set_xalign(1.0);
        line.set_justify(gtk::Justification::Right);
        around.append(&line);
    }
    masthead.append(&around);
    masthead
}

/// What stands between the coloured field and the answers.
pub(super) fn fill(message: &gtk::Box, takeover: &TakeoverView, scale: TextScale, texts: &Texts) {
    if let Some(names) = names(takeover, texts) {
        names.set_lines(-1);
        names.set_ellipsize(gtk::pango::EllipsizeMode::None);
        if crate::ui::line_break::width(&names.text()) > WIDEST_SMALL_NAMES {
            names.add_css_class("longest");
        }
        message.append(&names);
    }
    if takeover.reading {
        fill_with_words(message, takeover, texts);
    } else {
        message.append(&action(takeover, texts));
        message.append(&middle(takeover, scale, texts));
        append_some(message, facts(takeover, scale, texts).as_ref());
        // Whoever has answered knows why.
        let has_room = scale == TextScale::Normal && takeover.answered.is_none();
        let words = reason(takeover).filter(|_| has_room);
        append_some(message, words.map(|words| reason_label(&words)).as_ref());
    }
    append_some(message, answered(takeover, texts).as_ref());
}

/// Where to on the left, how on the right; larger text below each other, where a step has the
/// whole width for its one line. Alone, the steps take it all.
fn middle(takeover: &TakeoverView, scale: TextScale, texts: &Texts) -> gtk::Box {
    let middle = horizontal("middle");
    middle.set_vexpand(true);
    let steps = steps(&takeover.steps, texts);
    let where_to = where_to(takeover, scale, texts);
    match (&where_to, scale) {
        (None, _) => steps.add_css_class("alone"),
        (Some(_), TextScale::Normal) => middle.set_homogeneous(true),
        (Some(_), _) => middle.set_orientation(gtk::Orientation::Vertical),
    }
    append_some(&middle, where_to.as_ref());
    steps.set_vexpand(true);
    middle.append(&steps);
    middle
}

/// By when, and with whom.
fn facts(takeover: &TakeoverView, scale: TextScale, texts: &Texts) -> Option<gtk::Box> {
    let line = horizontal("facts");
    append_some(&line, leave_by(takeover, texts).as_ref());
    if scale == TextScale::Normal {
        append_some(&line, supporters(takeover, texts).as_ref());
    } else if !names_helpers(takeover) {
        line.set_orientation(gtk::Orientation::Vertical);
        append_some(&line, supporters(takeover, texts).as_ref());
    }
    line.first_child().is_some().then_some(line)
}

/// Whether a step says who helps.
fn names_helpers(takeover: &TakeoverView) -> bool {
    let named = |step: &StepView| step.text.args.iter().any(|(name, _)| *name == "names");
    takeover.steps.iter().any(named)
}

/// The place, and the one that serves otherwise.
fn where_to(takeover: &TakeoverView, scale: TextScale, texts: &Texts) -> Option<gtk::Box> {
    if scale > TextScale::Normal {
        let named = |place: &Option<PlaceView>| place::row(place.as_ref()?, texts);
        return named(&takeover.destination).or_else(|| named(&takeover.fallback));
    }
    let column = vertical();
    column.add_css_class("where-to");
    column.set_hexpand(true);
    column.set_valign(gtk::Align::Center);
    append_some(&column, destination(takeover, texts).as_ref());
    if takeover.answered.is_none() {
        append_some(&column, fallback(takeover, texts).as_ref());
    }
    column.first_child().is_some().then_some(column)
}

/// The page of the town's words, with the place that serves otherwise and who helps.
fn fill_with_words(message: &gtk::Box, takeover: &TakeoverView, texts: &Texts) {
    let page = vertical();
    page.set_vexpand(true);
    page.set_valign(gtk::Align::Center);
    if let Some(words) = reason(takeover) {
        page.append(&with_text(label("place-heading"), &texts.word("screen-words")));
        page.append(&with_text(label("words"), &words));
    }
    append_some(&page, destination(takeover, texts).as_ref());
    append_some(&page, fallback(takeover, texts).as_ref());
    append_some(&page, supporters(takeover, texts).as_ref());
    message.append(&page);
}

fn destination(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    place::whole_card(takeover.destination.as_ref()?, texts)
}

fn fallback(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    place::fallback(takeover.fallback.as_ref()?, texts)
}

fn supporters(takeover: &TakeoverView, texts: &Texts) -> Option<gtk::Box> {
    let supporters = takeover.supporters.as_ref()?;
    Some(fact(Icon::Neighbour, "supporters", &texts.render(supporters)))
}

fn reason_label(words: &str) -> gtk::Label {
    let reason = with_text(label("reason"), words);
    smaller_if_wider(&reason, words, WIDEST_REASON);
    reason
}

fn reason(takeover: &TakeoverView) -> Option<String> {
    takeover.reason.as_deref().map(plain).filter(|reason| !reason.is_empty())
}
