//! One page: title, sentence, body, items, and what the keys do.

mod arrangement;

use std::cell::RefCell;

use gtk::prelude::*;
use stb_core::{
    phrase::Phrase,
    view::{Body, PageKind, PageView, TextScale},
};

use super::{
    HEIGHT, WIDTH,
    fit::Fit,
    item::set_focus,
    label::{label, set_text, short_label, unbroken},
    show,
};
use crate::text::Texts;
use arrangement::Arrangement;

/// Height of what the style sheet puts above and below the content of a panel.
const PANEL_EDGES: i32 = 76;
/// Left and right of it a television may cut; the style sheet says the same.
const SAFE_SIDE: i32 = 96;

pub(super) struct PageLayer {
    root: gtk::Box,
    fit: Fit,
    content: gtk::Box,
    title: gtk::Label,
    status: gtk::Label,
    hint: gtk::Label,
    main: gtk::Box,
    shown: RefCell<Option<Shown>>,
}

/// What is on the screen now.
struct Shown {
    page: PageView,
    arrangement: Arrangement,
}

impl PageLayer {
    pub(super) fn new() -> Self {
        let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
        let layer = Self {
            root: gtk::Box::new(gtk::Orientation::Vertical, 0),
            fit: Fit::with_width(&content, WIDTH - 2 * SAFE_SIDE),
            content,
            title: label("title"),
            status: short_label("status", 2),
            hint: label("hint"),
            main: gtk::Box::new(gtk::Orientation::Vertical, 0),
            shown: RefCell::new(None),
        };
        layer.assemble();
        layer
    }

    fn assemble(&self) {
        let header = gtk::Box::new(gtk::Orientation::Horizontal, 0);
        header.add_css_class("header");
        self.title.set_hexpand(true);
        self.status.set_xalign(1.0);
        self.status.set_justify(gtk::Justification::Right);
        self.status.set_max_width_chars(24);
        header.append(&self.title);
        header.append(&self.status);
        self.main.set_vexpand(true);
        self.content.append(&header);
        self.content.append(&self.main);
        self.content.append(&self.hint);
        self.fit.add_css_class("safe");
        self.fit.set_vexpand(true);
        self.fit.set_hexpand(true);
        self.root.set_widget_name("page");
        self.root.add_css_class("page");
        self.root.set_visible(false);
        self.root.append(&self.fit);
    }

    pub(super) fn root(&self) -> &gtk::Box {
        &self.root
    }

    /// Keeps this much of the lower edge free.
    pub(super) fn leave_below(&self, height: i32) {
        if self.root.margin_bottom() != height {
            self.root.set_margin_bottom(height);
        }
    }

    /// Larger text above an order's line: see [`Arrangement::squeeze`]. The keys are known by then.
    pub(super) fn squeeze(&self, is_squeezed: bool) {
        let shown = self.shown.borrow();
        let Some(shown) = &*shown else { return };
        let is_squeezed = shown.arrangement.squeeze(is_squeezed);
        show(&self.hint, !is_squeezed);
        if is_squeezed != self.root.has_css_class("squeezed") {
            if is_squeezed {
                self.root.add_css_class("squeezed");
            } else {
                self.root.remove_css_class("squeezed");
            }
        }
    }

    pub(super) fn forget(&self) {
        self.shown.replace(None);
    }

    pub(super) fn apply(
        &self,
        page: Option<&PageView>,
        has_focus: bool,
        scale: TextScale,
        texts: &Texts,
    ) {
        show(&self.root, page.is_some());
        let Some(page) = page else {
            self.clear();
            return;
        };
        self.set_ground(covers_all(page), scale);
        let mut shown = self.shown.borrow_mut();
        match &mut *shown {
            Some(shown) if has_same_structure(&shown.page, page) => {
                self.update(shown, page, texts);
            }
            _ => *shown = Some(self.build(page, texts)),
        }
        if let Some(shown) = &*shown {
            set_focus(&shown.arrangement.items, has_focus.then_some(page.focus));
        }
    }

    fn clear(&self) {
        if self.shown.take().is_some() {
            remove_children(&self.main);
        }
    }

    fn set_ground(&self, covers_all: bool, scale: TextScale) {
        self.fit.set_highest(if covers_all { i32::MAX } else { highest_panel(scale) });
        let (class, other, place) = if covers_all {
            ("full", "panel", gtk::Align::Fill)
        } else {
            ("panel", "full", gtk::Align::End)
        };
        if !self.root.has_css_class(class) {
            self.root.remove_css_class(other);
            self.root.add_css_class(class);
            self.root.set_valign(place);
        }
    }

    fn build(&self, page: &PageView, texts: &Texts) -> Shown {
        remove_children(&self.main);
        let arrangement = Arrangement::build(&self.main, page, texts);
        let shown = Shown { page: page.clone(), arrangement };
        self.set_words(page, texts);
        shown.arrangement.set_sentences(page, texts);
        shown
    }

    fn update(&self, shown: &mut Shown, page: &PageView, texts: &Texts) {
        if shown.page == *page {
            return;
        }
        self.set_words(page, texts);
        shown.arrangement.set_sentences(page, texts);
        if shown.page.body != page.body {
            shown.arrangement.set_body(&page.body, texts);
        }
        shown.page = page.clone();
    }

    fn set_words(&self, page: &PageView, texts: &Texts) {
        set_text(&self.title, &texts.render(&page.title));
        set_text(&self.status, &status(page, texts));
        set_text(&self.hint, &texts.render(&page.hint));
    }

    /// The hint gives way to a remark, which would stand on its end: half a sentence about keys tells
    /// less than none, and the remark leaves soon.
    pub(super) fn give_way(&self, has_remark: bool) {
        self.hint.set_opacity(if has_remark { 0.0 } else { 1.0 });
    }
}

/// Whether a page has the screen for itself; the others leave the picture visible above them.
pub(super) const fn covers_all(page: &PageView) -> bool {
    !matches!(page.kind, PageKind::Home | PageKind::CheckIn)
}

/// A page over the picture leaves a good part of the picture visible; larger text may take more.
const fn highest_panel(scale: TextScale) -> i32 {
    let percent = match scale {
        TextScale::Normal => 70,
        TextScale::Large => 76,
        TextScale::Largest => 86,
    };
    HEIGHT * percent / 100 - PANEL_EDGES
}

/// A greeting keeps the name on one line.
fn status(page: &PageView, texts: &Texts) -> String {
    let text = rendered(page.status.as_ref(), texts);
    let is_name = |status: &Phrase| status.args.iter().any(|(name, _)| *name == "name");
    if page.status.as_ref().is_some_and(is_name) { unbroken(&text) } else { text }
}

fn rendered(phrase: Option<&Phrase>, texts: &Texts) -> String {
    phrase.map_or_else(String::new, |phrase| texts.render(phrase))
}

/// Whether the widgets can stay and only texts, body and focus differ.
fn has_same_structure(shown: &PageView, page: &PageView) -> bool {
    shown.kind == page.kind
        && shown.layout == page.layout
        && shown.items == page.items
        && has_same_kind_of_body(&shown.body, &page.body)
}

fn has_same_kind_of_body(shown: &Body, body: &Body) -> bool {
    std::mem::discriminant(shown) == std::mem::discriminant(body)
}

pub(super) fn remove_children(parent: &gtk::Box) {
    while let Some(child) = parent.first_child() {
        parent.remove(&child);
    }
}
