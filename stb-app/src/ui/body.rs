//! What stands between the sentence and the items of a page.

use gtk::prelude::*;
use stb_core::{
    phrase::{Phrase, say},
    view::{Body, Glimpse, Icon, Row},
};

use super::{
    glyph::Glyph,
    label::{centred, label, whole_up_to, with_text},
};
use crate::text::Texts;

/// A label in a table wraps when it is wider.
const WIDEST_LABEL: usize = 36;

/// The widget of a body; none when there is nothing to draw.
pub(super) fn widget(body: &Body, texts: &Texts) -> Option<gtk::Widget> {
    match body {
        Body::Empty => None,
        Body::Picture(icon) => Some(plate(*icon).upcast()),
        Body::Phone(number) => Some(phone(number).upcast()),
        Body::PinDots { entered, wanted, tries_left } => {
            Some(pin_dots(*entered, *wanted, *tries_left, texts).upcast())
        }
        Body::Digits { digits, wanted } => Some(digit_places(digits, *wanted).upcast()),
        Body::Password { entered, glimpse, least, most, tries_left } => {
            let count = (*entered, *least, *most);
            Some(characters(count, *glimpse, *tries_left, texts).upcast())
        }
        Body::Rows { rows, page, pages } => Some(table(rows, (*page, *pages), texts).upcast()),
    }
}

fn plate(icon: Icon) -> gtk::Box {
    let plate = gtk::Box::new(gtk::Orientation::Vertical, 0);
    plate.add_css_class("plate");
    plate.set_halign(gtk::Align::Center);
    plate.set_valign(gtk::Align::Center);
    plate.append(&Glyph::of(icon, "plate-icon"));
    plate
}

/// The number below its picture, on one line: it is copied digit by digit.
fn phone(number: &str) -> gtk::Box {
    let plate = plate(Icon::Phone);
    plate.add_css_class("phone");
    let number = with_text(centred(label("phone-number")), number);
    number.set_wrap(false);
    plate.append(&number);
    plate
}

fn pin_dots(entered: u8, wanted: u8, tries_left: u8, texts: &Texts) -> gtk::Box {
    let body = gtk::Box::new(gtk::Orientation::Vertical, 0);
    body.add_css_class("pin");
    let places = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    for index in 0..wanted {
        let place = gtk::Box::new(gtk::Orientation::Horizontal, 0);
        place.add_css_class("pin-place");
        place.set_hexpand(false);
        let dot = gtk::Box::new(gtk::Orientation::Horizontal, 0);
        dot.add_css_class("pin-dot");
        dot.set_halign(gtk::Align::Center);
        dot.set_valign(gtk::Align::Center);
        dot.set_hexpand(true);
        if index >= entered {
            dot.add_css_class("empty");
        }
        if index == entered {
            place.add_css_class("next");
        }
        place.append(&dot);
        places.append(&place);
    }
    body.append(&places);
    let tries = say::pin_tries_left(tries_left.into());
    body.append(&with_text(label("detail"), &texts.render(&tries)));
    body
}

/// Places in groups of four, so that a number can be compared with the one on paper.
const GROUP: u8 = 4;

fn digit_places(digits: &str, wanted: u8) -> gtk::Box {
    let places = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    places.add_css_class("digits");
    for index in 0..wanted {
        let digit = digits.get(usize::from(index)..usize::from(index) + 1);
        let is_next = usize::from(index) == digits.len();
        places.append(&seen_place(digit.unwrap_or_default(), is_next, index, wanted));
    }
    places
}

/// One place with what stands in it; a gap follows each group.
fn seen_place(content: &str, is_next: bool, index: u8, count: u8) -> gtk::Box {
    let place = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    place.add_css_class("digit-place");
    if is_next {
        place.add_css_class("next");
    }
    if (index + 1).is_multiple_of(GROUP) && index + 1 < count {
        place.add_css_class("group-end");
    }
    let shown = with_text(centred(label("digit-shown")), content);
    shown.set_hexpand(true);
    // What stands in a place does not make it wider than its neighbours.
    place.set_hexpand(false);
    place.append(&shown);
    place
}

/// Masked characters; the one that was typed last is seen for a moment.
fn characters(
    (entered, least, most): (u8, u8, u8),
    glimpse: Option<Glimpse>,
    tries_left: u8,
    texts: &Texts,
) -> gtk::Box {
    /// What hides a character.
    const MASK: &str = "●";
    let body = gtk::Box::new(gtk::Orientation::Vertical, 0);
    body.add_css_class("password");
    let places = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    for index in 0..most {
        let seen = glimpse.filter(|_| index + 1 == entered).map(|glimpse| glimpse.0.to_string());
        let content = match seen {
            Some(character) => character,
            None if index < entered => MASK.to_owned(),
            None => String::new(),
        };
        places.append(&seen_place(&content, index == entered, index, most));
    }
    body.append(&places);
    let facts = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    let count = say::password_count(entered.into());
    let length = say::password_length(least.into(), most.into());
    for phrase in [count, length, say::pin_tries_left(tries_left.into())] {
        facts.append(&with_text(label("detail"), &texts.render(&phrase)));
    }
    body.append(&facts);
    body
}

fn table(rows: &[Row], (page, pages): (u16, u16), texts: &Texts) -> gtk::Box {
    let body = gtk::Box::new(gtk::Orientation::Vertical, 0);
    body.add_css_class("rows");
    let labels = gtk::SizeGroup::new(gtk::SizeGroupMode::Horizontal);
    for row in rows {
        body.append(&table_row(row, &labels, texts));
    }
    if pages > 1 {
        let marker =
            Phrase::new("screen-page").number("page", page.into()).number("pages", pages.into());
        let marker = with_text(label("page-marker"), &texts.render(&marker));
        marker.set_xalign(1.0);
        body.append(&marker);
    }
    body
}

/// All labels of a table are as wide as the widest.
fn table_row(row: &Row, labels: &gtk::SizeGroup, texts: &Texts) -> gtk::Box {
    let line = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    line.add_css_class("row");
    let name = whole_up_to(label("row-label"), WIDEST_LABEL, &texts.render(&row.label));
    name.set_valign(gtk::Align::Baseline);
    labels.add_widget(&name);
    let value = with_text(label("row-value"), &texts.render(&row.value));
    value.set_valign(gtk::Align::Baseline);
    value.set_hexpand(true);
    line.append(&name);
    line.append(&value);
    line
}
