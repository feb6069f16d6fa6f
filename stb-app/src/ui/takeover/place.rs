//! A place to go to, with the condition under which it is safe.

use gtk::prelude::*;
use stb_core::view::{Icon, PlaceView};

use crate::{
    text::{Texts, plain},
    ui::{
        glyph::Glyph,
        label::{label, short_label, with_text},
    },
};

/// Everything that is known of the place.
pub(super) fn card(place: &PlaceView, heading: &'static str, texts: &Texts) -> gtk::Box {
    let card = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    card.add_css_class("place");
    card.append(&Glyph::of(Icon::Shelter, "place-icon"));
    let words = gtk::Box::new(gtk::Orientation::Vertical, 0);
    words.set_hexpand(true);
    words.set_valign(gtk::Align::Center);
    words.append(&with_text(label("place-heading"), &texts.word(heading)));
    words.append(&with_text(short_label("place-name", 3), &plain(&place.name)));
    if let Some(condition) = condition(place) {
        words.append(&condition);
    }
    if let Some(note) = &place.note {
        words.append(&with_text(label("place-note"), &texts.render(note)));
    }
    card.append(&words);
    card
}

/// Name and condition, where there is little room.
pub(super) fn short(place: &PlaceView, _texts: &Texts) -> gtk::Box {
    let line = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    line.add_css_class("place");
    line.append(&Glyph::of(Icon::Shelter, "place-icon"));
    let words = gtk::Box::new(gtk::Orientation::Vertical, 0);
    words.set_valign(gtk::Align::Center);
    words.append(&with_text(short_label("place-name", 2), &plain(&place.name)));
    if let Some(condition) = condition(place) {
        words.append(&condition);
    }
    line.append(&words);
    line
}

/// The second choice, in smaller words.
pub(super) fn fallback(place: &PlaceView, texts: &Texts) -> gtk::Box {
    let fallback = gtk::Box::new(gtk::Orientation::Vertical, 0);
    fallback.add_css_class("fallback");
    fallback.append(&with_text(label("place-heading"), &texts.word("screen-fallback")));
    fallback.append(&with_text(short_label("fallback-name", 2), &plain(&place.name)));
    if let Some(condition) = condition(place) {
        fallback.append(&condition);
    }
    fallback
}

fn condition(place: &PlaceView) -> Option<gtk::Label> {
    let text = place.condition.as_deref().map(plain).filter(|text| !text.is_empty())?;
    let condition = with_text(short_label("condition", 2), &text);
    condition.set_halign(gtk::Align::Start);
    Some(condition)
}
