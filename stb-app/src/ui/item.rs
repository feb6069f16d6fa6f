//! Focusable items: tiles, buttons, keys of the number pad.
//!
//! Focus shows itself three times: inverted fill, outline, pointing mark. The mark keeps its place
//! when it is not shown, so nothing moves with the focus.

use gtk::prelude::*;
use stb_core::view::{ColourKey, Item};

use super::{
    glyph::{Glyph, POINTER},
    label::{centred, label, with_text},
    style::FOCUSED,
};
use crate::text::Texts;

/// How an item looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Picture above, label below.
    Tile,
    /// One line, picture and label side by side.
    Button,
    /// A button over the whole width, with its note at the right end.
    Bar,
    /// A key of the number pad.
    Key,
}

/// The widget of an item.
pub(super) fn widget(item: &Item, shape: Shape, texts: &Texts) -> gtk::Box {
    let root = match shape {
        Shape::Tile => tile(item, texts),
        Shape::Button => button(item, texts),
        Shape::Bar => bar(item, texts),
        Shape::Key => key(item, texts),
    };
    root.add_css_class("item");
    root
}

/// Moves the focus to the item with this index; none when the items lie below something else.
pub(super) fn set_focus(items: &[gtk::Box], focus: Option<usize>) {
    for (index, item) in items.iter().enumerate() {
        let is_focused = focus == Some(index);
        if item.has_css_class(FOCUSED) != is_focused {
            if is_focused {
                item.add_css_class(FOCUSED);
            } else {
                item.remove_css_class(FOCUSED);
            }
        }
    }
}

fn tile(item: &Item, texts: &Texts) -> gtk::Box {
    let root = gtk::Box::new(gtk::Orientation::Vertical, 0);
    root.add_css_class("tile");
    let inner = gtk::Box::new(gtk::Orientation::Vertical, 0);
    inner.set_valign(gtk::Align::Center);
    inner.set_vexpand(true);
    if let Some(icon) = item.icon {
        inner.append(&Glyph::of(icon, "tile-icon"));
    }
    inner.append(&tile_caption(item, texts));
    if let Some(note) = &item.note {
        inner.append(&with_text(centred(label("note")), &texts.render(note)));
    }
    root.append(&inner);
    root
}

fn tile_caption(item: &Item, texts: &Texts) -> gtk::Box {
    let caption = line();
    caption.set_halign(gtk::Align::Center);
    caption.append(&mark());
    append_shortcut(&caption, item.shortcut, texts);
    caption.append(&with_text(centred(label("caption")), &texts.render(&item.label)));
    caption
}

fn button(item: &Item, texts: &Texts) -> gtk::Box {
    let root = line();
    root.add_css_class("button");
    let inner = line();
    inner.set_hexpand(true);
    inner.set_halign(gtk::Align::Center);
    append_front(&inner, item, texts);
    let words = gtk::Box::new(gtk::Orientation::Vertical, 0);
    words.set_valign(gtk::Align::Center);
    words.append(&with_text(centred(label("caption")), &texts.render(&item.label)));
    if let Some(note) = &item.note {
        words.append(&with_text(centred(label("note")), &texts.render(note)));
    }
    inner.append(&words);
    root.append(&inner);
    root
}

fn bar(item: &Item, texts: &Texts) -> gtk::Box {
    let root = line();
    root.add_css_class("button");
    root.add_css_class("bar");
    append_front(&root, item, texts);
    let caption = with_text(label("caption"), &texts.render(&item.label));
    caption.set_hexpand(true);
    root.append(&caption);
    if let Some(note) = &item.note {
        let note = with_text(label("note"), &texts.render(note));
        note.set_xalign(1.0);
        note.set_justify(gtk::Justification::Right);
        root.append(&note);
    }
    root
}

fn key(item: &Item, texts: &Texts) -> gtk::Box {
    let root = line();
    root.add_css_class("key");
    root.append(&mark());
    let caption = with_text(centred(label("caption")), &texts.render(&item.label));
    caption.set_wrap(false);
    caption.set_hexpand(true);
    root.append(&caption);
    // As wide as the mark, so that the digit stands in the middle.
    let balance = mark();
    balance.add_css_class("balance");
    root.append(&balance);
    root
}

fn line() -> gtk::Box {
    gtk::Box::new(gtk::Orientation::Horizontal, 0)
}

/// Mark, picture and colour key, in this order.
fn append_front(parent: &gtk::Box, item: &Item, texts: &Texts) {
    parent.append(&mark());
    if let Some(icon) = item.icon {
        parent.append(&Glyph::of(icon, "button-icon"));
    }
    append_shortcut(parent, item.shortcut, texts);
}

fn mark() -> Glyph {
    Glyph::new(POINTER, "mark")
}

fn append_shortcut(parent: &gtk::Box, shortcut: Option<ColourKey>, texts: &Texts) {
    let Some(key) = shortcut else { return };
    let (class, word) = match key {
        ColourKey::Blue => ("blue", "colour-blue"),
        ColourKey::Red => ("red", "colour-red"),
        ColourKey::Green => ("green", "colour-green"),
        ColourKey::Yellow => ("yellow", "colour-yellow"),
    };
    let chip = with_text(centred(label("chip")), &texts.word(word));
    chip.set_wrap(false);
    chip.add_css_class(class);
    chip.set_valign(gtk::Align::Center);
    parent.append(&chip);
}
