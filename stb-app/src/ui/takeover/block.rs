//! The coloured block: hazard, digit, district.

use evacuation::hazard::{Hazard, Level};
use gtk::prelude::*;
use stb_core::view::{Icon, TakeoverStage, TakeoverView};

use super::tone::Tone;
use crate::{
    text::Texts,
    ui::{
        fit::Fit,
        glyph::Glyph,
        label::{centred, label, with_text},
    },
};

/// The block of an order.
pub(super) fn widget(takeover: &TakeoverView, texts: &Texts) -> Fit {
    let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
    content.set_valign(gtk::Align::Center);
    content.append(&sign(takeover, texts));
    if takeover.stage > TakeoverStage::Notice {
        content.append(&with_text(centred(label("district")), &texts.render(&takeover.place)));
    }
    let block = Fit::filling(&content);
    block.add_css_class("block");
    block
}

/// Picture with digit or word; beside each other where the height is short.
fn sign(takeover: &TakeoverView, texts: &Texts) -> gtk::Box {
    let is_low = takeover.stage <= TakeoverStage::Band;
    let orientation =
        if is_low { gtk::Orientation::Horizontal } else { gtk::Orientation::Vertical };
    sign_of(takeover, orientation, figure(Tone::of(takeover), texts))
}

/// Picture with the digit; a word in its place stands in the order name beside it.
pub(super) fn digit_sign(takeover: &TakeoverView, texts: &Texts) -> gtk::Box {
    let tone = Tone::of(takeover);
    let digit = figure(tone, texts).filter(|_| matches!(tone, Tone::Level(_)));
    sign_of(takeover, gtk::Orientation::Horizontal, digit)
}

fn sign_of(
    takeover: &TakeoverView,
    orientation: gtk::Orientation,
    figure: Option<(&'static str, String)>,
) -> gtk::Box {
    let sign = gtk::Box::new(orientation, 0);
    sign.add_css_class("sign");
    sign.set_halign(gtk::Align::Center);
    let tone = Tone::of(takeover);
    let icon = if matches!(tone, Tone::Lifted | Tone::Cancelled) {
        Icon::Check
    } else {
        hazard_icon(takeover.hazard)
    };
    sign.append(&Glyph::of(icon, "hazard-icon"));
    if let Some((class, text)) = figure {
        let figure = with_text(centred(label(class)), &text);
        figure.set_wrap(false);
        sign.append(&figure);
    }
    sign
}

/// The digit, or the word that stands in its place.
fn figure(tone: Tone, texts: &Texts) -> Option<(&'static str, String)> {
    match tone {
        Tone::Level(Level::Five) => Some(("digit", "5".to_owned())),
        Tone::Level(Level::Four) => Some(("digit", "4".to_owned())),
        Tone::Level(Level::Three) => Some(("digit", "3".to_owned())),
        Tone::Tsunami => Some(("sign-word", texts.word("screen-tsunami"))),
        Tone::Lifted => Some(("sign-word", texts.word("screen-lifted"))),
        Tone::Cancelled => Some(("sign-word", texts.word("screen-cancelled"))),
        Tone::Named(_) | Tone::Other => None,
    }
}

const fn hazard_icon(hazard: Hazard) -> Icon {
    match hazard {
        Hazard::Flood => Icon::Flood,
        Hazard::Landslide => Icon::Landslide,
        Hazard::StormSurge => Icon::StormSurge,
        Hazard::Earthquake => Icon::Earthquake,
        Hazard::Tsunami => Icon::Tsunami,
        Hazard::LargeFire => Icon::Fire,
        Hazard::InlandFlood => Icon::InlandFlood,
        Hazard::Volcano => Icon::Volcano,
    }
}
