//! Text on the screen.

use gtk::{pango, prelude::*};

use super::{line_break::keep_phrases_together, show};

/// A line or a paragraph that wraps between phrases.
pub(super) fn label(class: &str) -> gtk::Label {
    let label = gtk::Label::new(None);
    label.add_css_class(class);
    label.set_xalign(0.0);
    label.set_wrap(true);
    label.set_wrap_mode(pango::WrapMode::WordChar);
    label.set_visible(false);
    label
}

/// A paragraph of at most this many lines; what is longer ends in an ellipsis.
pub(super) fn short_label(class: &str, lines: i32) -> gtk::Label {
    let label = label(class);
    label.set_lines(lines);
    label.set_ellipsize(pango::EllipsizeMode::End);
    label
}

/// In the middle of its place.
pub(super) fn centred(label: gtk::Label) -> gtk::Label {
    label.set_xalign(0.5);
    label.set_justify(gtk::Justification::Center);
    label
}

/// Changes the text when it differs; an empty text takes no room.
pub(super) fn set_text(label: &gtk::Label, text: &str) {
    let text = keep_phrases_together(text);
    if label.text() != text {
        label.set_text(&text);
    }
    show(label, !text.is_empty());
}

/// A label with its text.
pub(super) fn with_text(label: gtk::Label, text: &str) -> gtk::Label {
    set_text(&label, text);
    label
}
