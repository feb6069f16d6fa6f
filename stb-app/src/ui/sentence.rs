//! Layers of one sentence: what is said instead of a picture, and remarks that leave by themselves.

use std::cell::RefCell;

use gtk::prelude::*;
use stb_core::phrase::Phrase;

use super::{
    label::{centred, label, set_text},
    show,
};
use crate::text::Texts;

/// Characters in a line of a remark over the picture.
const NARROW: i32 = 30;

pub(super) struct SentenceLayer {
    root: gtk::Box,
    text: gtk::Label,
    shown: RefCell<Option<Phrase>>,
}

impl SentenceLayer {
    /// In the middle, instead of a picture.
    pub(super) fn notice() -> Self {
        let layer = Self::new("notice", centred(label("lead")));
        layer.root.set_halign(gtk::Align::Center);
        layer.root.set_valign(gtk::Align::Center);
        layer
    }

    /// At the right, nothing essential.
    pub(super) fn toast() -> Self {
        let layer = Self::new("toast", label("detail"));
        layer.root.set_halign(gtk::Align::End);
        layer.root.set_valign(gtk::Align::Start);
        layer
    }

    /// At the bottom, how to begin.
    pub(super) fn hint() -> Self {
        let layer = Self::new("hint-begin", label("detail"));
        layer.text.set_max_width_chars(-1);
        layer.root.set_halign(gtk::Align::Center);
        layer.root.set_valign(gtk::Align::End);
        layer
    }

    fn new(name: &str, text: gtk::Label) -> Self {
        let root = gtk::Box::new(gtk::Orientation::Vertical, 0);
        root.set_widget_name(name);
        root.add_css_class(name);
        root.set_visible(false);
        text.set_max_width_chars(NARROW);
        root.append(&text);
        Self { root, text, shown: RefCell::new(None) }
    }

    /// Over a page at the lower edge, where only the hint stands; else at the upper one.
    pub(super) fn stand(&self, is_over_page: bool, order_height: i32) {
        let place = if is_over_page { gtk::Align::End } else { gtk::Align::Start };
        if self.root.valign() != place {
            self.root.set_valign(place);
            self.text.set_max_width_chars(if is_over_page { -1 } else { NARROW });
            if is_over_page {
                self.root.add_css_class("over-page");
            } else {
                self.root.remove_css_class("over-page");
            }
        }
        let below = if is_over_page { order_height } else { 0 };
        if self.root.margin_bottom() != below {
            self.root.set_margin_bottom(below);
        }
    }

    pub(super) fn root(&self) -> &gtk::Box {
        &self.root
    }

    pub(super) fn forget(&self) {
        self.shown.replace(None);
    }

    pub(super) fn apply(&self, sentence: Option<&Phrase>, texts: &Texts) {
        show(&self.root, sentence.is_some());
        if self.shown.borrow().as_ref() == sentence {
            return;
        }
        self.shown.replace(sentence.cloned());
        if let Some(sentence) = sentence {
            set_text(&self.text, &texts.render(sentence));
        }
    }
}
