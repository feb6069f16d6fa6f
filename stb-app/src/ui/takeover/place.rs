//! A place to go to, with the condition under which it is safe.

use gtk::prelude::*;
use stb_core::view::{Icon, PlaceView};

use crate::{
    text::{Texts, plain},
    ui::{
        glyph::Glyph,
        label::{label, short_label, whole_up_to, with_text},
    },
};

/// A name or condition that is not wider than this stays on one line.
const WIDEST_NAME: usize = 18;

/// Everything that is known of the place; none when not even its name is.
pub(super) fn card(place: &PlaceView, texts: &Texts) -> Option<gtk::Box> {
    let name = name(place, "place-name", 3)?;
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

/// Name and condition, where there is little room.
pub(super) fn short(place: &PlaceView) -> Option<gtk::Box> {
    let name = name(place, "place-name", 2)?;
    let (card, words) = framed();
    words.append(&name);
    if let Some(condition) = condition(place) {
        words.append(&condition);
    }
    Some(card)
}

/// The second choice, in smaller words.
pub(super) fn fallback(place: &PlaceView, texts: &Texts) -> Option<gtk::Box> {
    let name = name(place, "fallback-name", 2)?;
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

fn name(place: &PlaceView, class: &str, lines: i32) -> Option<gtk::Label> {
    let name = plain(&place.name);
    (!name.is_empty()).then(|| whole_up_to(short_label(class, lines), WIDEST_NAME, &name))
}

fn condition(place: &PlaceView) -> Option<gtk::Label> {
    let text = place.condition.as_deref().map(plain).filter(|text| !text.is_empty())?;
    let condition = whole_up_to(short_label("condition", 2), WIDEST_NAME, &text);
    condition.set_halign(gtk::Align::Start);
    Some(condition)
}
