//! Channel or volume, at the bottom for a moment.

use std::cell::RefCell;

use gtk::prelude::*;
use stb_core::view::BannerView;

use super::{
    glyph::{Glyph, MUTED, SPEAKER},
    label::{label, set_text, short_label},
    show,
};
use crate::text::Texts;

/// Width of the volume bar at 100 %.
const VOLUME_WIDTH: i32 = 900;

pub(super) struct BannerLayer {
    root: gtk::Box,
    number: gtk::Label,
    name: gtk::Label,
    state: gtk::Label,
    speaker: Glyph,
    trough: gtk::Box,
    filled: gtk::Box,
    shown: RefCell<Option<BannerView>>,
}

impl BannerLayer {
    pub(super) fn new() -> Self {
        let layer = Self {
            root: gtk::Box::new(gtk::Orientation::Horizontal, 0),
            number: label("number"),
            name: short_label("name", 1),
            state: short_label("state", 2),
            speaker: Glyph::new(SPEAKER, "speaker"),
            trough: gtk::Box::new(gtk::Orientation::Horizontal, 0),
            filled: gtk::Box::new(gtk::Orientation::Horizontal, 0),
            shown: RefCell::new(None),
        };
        layer.assemble();
        layer
    }

    fn assemble(&self) {
        self.root.set_widget_name("banner");
        self.root.add_css_class("banner");
        self.root.set_valign(gtk::Align::End);
        self.root.set_visible(false);
        self.number.set_valign(gtk::Align::Center);
        self.number.set_wrap(false);
        self.trough.add_css_class("trough");
        self.trough.set_valign(gtk::Align::Center);
        self.trough.set_size_request(VOLUME_WIDTH, -1);
        self.filled.add_css_class("filled");
        self.trough.append(&self.filled);
        let words = gtk::Box::new(gtk::Orientation::Vertical, 0);
        words.set_valign(gtk::Align::Center);
        words.set_hexpand(true);
        words.append(&self.name);
        words.append(&self.state);
        self.root.append(&self.speaker);
        self.root.append(&self.number);
        self.root.append(&self.trough);
        self.root.append(&words);
    }

    pub(super) fn root(&self) -> &gtk::Box {
        &self.root
    }

    pub(super) fn forget(&self) {
        self.shown.replace(None);
    }

    pub(super) fn apply(&self, banner: Option<&BannerView>, texts: &Texts) {
        show(&self.root, banner.is_some());
        if self.shown.borrow().as_ref() == banner {
            return;
        }
        self.shown.replace(banner.cloned());
        match banner {
            Some(BannerView::Channel { number, name, state }) => {
                self.show_parts(false);
                set_text(&self.number, number);
                set_text(&self.name, &crate::text::plain(name));
                set_text(
                    &self.state,
                    &state.as_ref().map_or_else(String::new, |s| texts.render(s)),
                );
            }
            Some(BannerView::Volume { percent, muted }) => {
                self.show_volume(*percent, *muted, texts);
            }
            None => {}
        }
    }

    /// Above an order at the lower edge; over a page at the upper edge, where no words stand.
    pub(super) fn stand(&self, is_over_page: bool, order_height: i32) {
        let (place, below) =
            if is_over_page { (gtk::Align::Start, 0) } else { (gtk::Align::End, order_height) };
        if self.root.valign() != place {
            self.root.set_valign(place);
            if is_over_page {
                self.root.add_css_class("over-page");
            } else {
                self.root.remove_css_class("over-page");
            }
        }
        if self.root.margin_bottom() != below {
            self.root.set_margin_bottom(below);
        }
    }

    fn show_volume(&self, percent: u8, is_muted: bool, texts: &Texts) {
        self.show_parts(true);
        self.speaker.set_path(if is_muted { MUTED } else { SPEAKER });
        let percent = percent.min(100);
        set_text(&self.number, &percent.to_string());
        let width = if is_muted { 0 } else { VOLUME_WIDTH * i32::from(percent) / 100 };
        show(&self.filled, width > 0);
        self.filled.set_size_request(width, -1);
        set_text(&self.name, &texts.word(if is_muted { "screen-muted" } else { "screen-volume" }));
        set_text(&self.state, "");
    }

    fn show_parts(&self, is_volume: bool) {
        show(&self.speaker, is_volume);
        show(&self.trough, is_volume);
    }
}
