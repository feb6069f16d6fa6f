//! What stands between the sentence and the items of a page.

use gtk::prelude::*;
use stb_core::{
    phrase::{Phrase, say},
    view::{Body, Row},
};

use super::{
    glyph::Glyph,
    label::{label, whole_up_to, with_text},
};
use crate::text::Texts;

/// A label in a table wraps when it is wider.
const WIDEST_LABEL: usize = 36;

/// The widget of a body; none when there is nothing to draw.
pub(super) fn widget(body: &Body, texts: &Texts) -> Option<gtk::Widget> {
    match body {
        Body::Empty => None,
        Body::Picture(icon) => {
            let plate = gtk::Box::new(gtk::Orientation::Vertical, 0);
            plate.add_css_class("plate");
            plate.set_halign(gtk::Align::Center);
            plate.set_valign(gtk::Align::Center);
            plate.append(&Glyph::of(*icon, "plate-icon"));
            Some(plate.upcast())
        }
        Body::PinDots { entered, wanted, tries_left } => {
            Some(pin_dots(*entered, *wanted, *tries_left, texts).upcast())
        }
        Body::Rows { rows, page, pages } => Some(table(rows, (*page, *pages), texts).upcast()),
    }
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
