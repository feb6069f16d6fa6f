//! A place to go to, with the condition under which it is safe.

use gtk::prelude::*;
use stb_core::view::{Icon, PlaceView};

use crate::{
    text::{Texts, plain},
    ui::{
        glyph::Glyph,
        label::{label, whole_up_to, with_text},
        line_break::width,
    },
};

use super::message::smaller_if_wider;

/// A name or condition that is not wider than this stays on one line.
const WIDEST_NAME: usize = 18;

/// Name, condition and distance that are not wider stand in one line of large text.
const WIDEST_ROW: usize = 46;

/// Wider ones are written smaller.
const WIDEST_LARGE: usize = 40;

/// Everything that is known of the place; none when not even its name is.
pub(super) fn card(place: &PlaceView, texts: &Texts) -> Option<gtk::Box> {
    let name = name(place, "place-name")?;
    let (card, words) = framed();
    words.append(&with_text(label("place-heading"), &texts.word("screen-destination")));
    words.append(&name);
    if let Some(condition) = condition(place) {
        words.append(&condition);
    }
    if let Some(note) = &place.note {
        words.append(&with_text(label("place-note"), &texts.render(note)));
    }
    Some(card)
}

/// The same on the whole screen; the heading stands below the picture.
pub(super) fn whole_card(place: &PlaceView, texts: &Texts) -> Option<gtk::Box> {
    let name = name(place, "place-name")?;
    let card = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    card.add_css_class("place");
    let mark = gtk::Box::new(gtk::Orientation::Vertical, 0);
    mark.add_css_class("place-mark");
    mark.set_valign(gtk::Align::Center);
    mark.append(&Glyph::of(Icon::Shelter, "place-icon"));
    let heading = with_text(label("place-heading"), &texts.word("screen-destination"));
    heading.set_wrap(false);
    mark.append(&heading);
    card.append(&mark);
    let words = gtk::Box::new(gtk::Orientation::Vertical, 0);
    words.set_hexpand(true);
    words.set_valign(gtk::Align::Center);
    words.append(&name);
    if let Some(condition) = condition(place) {
        words.append(&condition);
    }
    if let Some(note) = &place.note {
        words.append(&with_text(label("place-note"), &texts.render(note)));
    }
    card.append(&words);
    Some(card)
}

/// The same in one line of the whole width; the distance has one of its own where it does not fit.
pub(super) fn row(place: &PlaceView, texts: &Texts) -> Option<gtk::Box> {
    let name = name(place, "place-name")?;
    name.set_hexpand(true);
    name.set_valign(gtk::Align::Center);
    let (card, words) = framed();
    let line = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    line.append(&name);
    let mut beside = 0;
    if let Some(condition) = condition(place) {
        beside += width(&condition.text());
        // A label of its own size beside the name has another baseline, and GTK counts the room for both only when
        // it knows the width; a column has none.
        let column = gtk::Box::new(gtk::Orientation::Vertical, 0);
        column.set_valign(gtk::Align::Center);
        column.append(&condition);
        line.append(&column);
    }
    words.append(&line);
    if let Some(distance) = &place.distance {
        let text = texts.render(distance);
        let fits = width(&name.text()) + beside + width(&text) <= WIDEST_ROW;
        let distance = with_text(label("place-distance"), &text);
        distance.set_valign(gtk::Align::Center);
        if fits { &line } else { &words }.append(&distance);
    }
    Some(card)
}

/// Name and condition, where there is little room.
pub(super) fn short(place: &PlaceView) -> Option<gtk::Box> {
    let name = name(place, "place-name")?;
    let (card, words) = framed();
    words.append(&name);
    if let Some(condition) = condition(place) {
        words.append(&condition);
    }
    Some(card)
}

/// The second choice, in smaller words.
pub(super) fn fallback(place: &PlaceView, texts: &Texts) -> Option<gtk::Box> {
    let name = plain(&place.name);
    let name = (!name.is_empty()).then(|| with_text(label("fallback-name"), &name))?;
    name.set_hexpand(true);
    let fallback = gtk::Box::new(gtk::Orientation::Vertical, 0);
    fallback.add_css_class("fallback");
    let line = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    let heading = with_text(label("place-heading"), &texts.word("screen-fallback"));
    line.append(&heading);
    line.append(&name);
    fallback.append(&line);
    if let Some(condition) = condition(place) {
        fallback.append(&condition);
    }
    Some(fallback)
}

/// A card with its picture, and the column for the words.
fn framed() -> (gtk::Box, gtk::Box) {
    let card = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    card.add_css_class("place");
    card.append(&Glyph::of(Icon::Shelter, "place-icon"));
    let words = gtk::Box::new(gtk::Orientation::Vertical, 0);
    words.set_hexpand(true);
    words.set_valign(gtk::Align::Center);
    card.append(&words);
    (card, words)
}

fn name(place: &PlaceView, class: &str) -> Option<gtk::Label> {
    let name = plain(&place.name);
    (!name.is_empty()).then(|| uncut(class, &name))
}

fn condition(place: &PlaceView) -> Option<gtk::Label> {
    let text = place.condition.as_deref().map(plain).filter(|text| !text.is_empty())?;
    let condition = uncut("condition", &text);
    condition.set_halign(gtk::Align::Start);
    Some(condition)
}

/// Where to, and under which condition, is never cut: what is long is written smaller.
fn uncut(class: &str, text: &str) -> gtk::Label {
    let label = whole_up_to(label(class), WIDEST_NAME, text);
    smaller_if_wider(&label, text, WIDEST_LARGE);
    label
}
