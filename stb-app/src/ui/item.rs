//! Focusable items: tiles, buttons, keys of the number pad.
//!
//! Focus shows itself three times: inverted fill, outline, pointing mark. The mark keeps its place
//! when it is not shown, so nothing moves with the focus.

use gtk::prelude::*;
use stb_core::view::{ColourKey, Icon, Item};

use super::{
    glyph::{Glyph, POINTER},
    label::{centred, label, torn, whole_up_to, with_text},
    style::FOCUSED,
};
use crate::text::Texts;

/// A caption of a button that is not wider than this stays on one line.
const WIDEST_CAPTION: usize = 24;

/// The same for an answer to an order, where room is scarce.
const WIDEST_ANSWER: usize = 14;

/// How an item looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Picture above, label below; pictures of a row stand on one line.
    Tile,
    /// A tile with room around its content.
    LargeTile,
    /// Picture left, label and note right.
    WideTile,
    /// One line, picture and label side by side.
    Button,
    /// A button over the whole width, with its note at the right end.
    Bar,
    /// A button without picture when a colour key stands on it: room is scarce below an order.
    Answer,
    /// A key of the number pad.
    Key,
}

/// The widget of an item.
pub(super) fn widget(item: &Item, shape: Shape, texts: &Texts) -> gtk::Box {
    let root = match shape {
        Shape::Tile => tile(item, gtk::Align::Start, texts),
        Shape::LargeTile => tile(item, gtk::Align::Center, texts),
        Shape::WideTile => wide_tile(item, texts),
        Shape::Button => button(item, item.icon, WIDEST_CAPTION, texts),
        Shape::Answer => {
            let icon = item.icon.filter(|_| item.shortcut.is_none());
            button(item, icon, WIDEST_ANSWER, texts)
        }
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

fn tile(item: &Item, place: gtk::Align, texts: &Texts) -> gtk::Box {
    let root = gtk::Box::new(gtk::Orientation::Vertical, 0);
    root.add_css_class("tile");
    let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
    content.set_vexpand(true);
    content.set_valign(place);
    if let Some(icon) = item.icon {
        content.append(&Glyph::of(icon, "tile-icon"));
    }
    content.append(&tile_caption(item, texts));
    if let Some(note) = &item.note {
        content.append(&torn(centred(label("note")), &texts.render(note)));
    }
    root.append(&content);
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

fn wide_tile(item: &Item, texts: &Texts) -> gtk::Box {
    let root = line();
    root.add_css_class("tile");
    root.add_css_class("wide");
    root.append(&mark());
    if let Some(icon) = item.icon {
        root.append(&Glyph::of(icon, "tile-icon"));
    }
    let words = gtk::Box::new(gtk::Orientation::Vertical, 0);
    words.set_valign(gtk::Align::Center);
    words.set_hexpand(true);
    words.append(&with_text(label("caption"), &texts.render(&item.label)));
    if let Some(note) = &item.note {
        words.append(&torn(label("note"), &texts.render(note)));
    }
    root.append(&words);
    append_shortcut(&root, item.shortcut, texts);
    root
}

/// The words stand in the middle of the button, the mark at its left end.
fn button(item: &Item, icon: Option<Icon>, widest: usize, texts: &Texts) -> gtk::Box {
    let content = line();
    if let Some(icon) = icon {
        content.append(&Glyph::of(icon, "button-icon"));
    }
    append_shortcut(&content, item.shortcut, texts);
    let words = gtk::Box::new(gtk::Orientation::Vertical, 0);
    words.set_valign(gtk::Align::Center);
    words.append(&caption(item, widest, texts));
    if let Some(note) = &item.note {
        words.append(&with_text(centred(label("note")), &texts.render(note)));
    }
    content.append(&words);
    marked("button", &content)
}

fn key(item: &Item, texts: &Texts) -> gtk::Box {
    marked("key", &caption(item, WIDEST_CAPTION, texts))
}

fn caption(item: &Item, widest: usize, texts: &Texts) -> gtk::Label {
    whole_up_to(centred(label("caption")), widest, &texts.render(&item.label))
}

/// A box with the mark at its left end and the content in its middle.
fn marked(class: &str, content: &impl IsA<gtk::Widget>) -> gtk::Box {
    let root = line();
    root.add_css_class(class);
    let inner = gtk::CenterBox::new();
    inner.set_hexpand(true);
    inner.set_start_widget(Some(&mark()));
    inner.set_center_widget(Some(content));
    root.append(&inner);
    root
}

fn bar(item: &Item, texts: &Texts) -> gtk::Box {
    let root = line();
    root.add_css_class("button");
    root.add_css_class("bar");
    root.append(&mark());
    if let Some(icon) = item.icon {
        root.append(&Glyph::of(icon, "button-icon"));
    }
    append_shortcut(&root, item.shortcut, texts);
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

fn line() -> gtk::Box {
    gtk::Box::new(gtk::Orientation::Horizontal, 0)
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
