//! Text on the screen.

use std::borrow::Cow;

use gtk::{pango, prelude::*};

use super::{
    line_break::{keep_phrases_together, longest_latin_word, width},
    show,
};

/// A Latin word that is longer than this, in letters, is torn where the line ends.
const LONGEST_WHOLE_WORD: usize = 24;
/// Triangles that the usual face draws half as wide as their brothers.
const NARROW_TRIANGLES: [char; 2] = ['◀', '▶'];
/// A face that draws them alike.
const TRIANGLE_FACE: &str = "Noto Sans CJK JP";

/// Stands for a letter that cannot be drawn.
const UNKNOWN: char = '〓';

/// A line or a paragraph that wraps between phrases.
pub(super) fn label(class: &str) -> gtk::Label {
    let label = gtk::Label::new(None);
    label.add_css_class(class);
    label.set_xalign(0.0);
    label.set_wrap(true);
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
    let text = keep_phrases_together(&with_known_letters(label, text));
    if label.text() != text {
        let is_torn = longest_latin_word(&text) > LONGEST_WHOLE_WORD;
        let mode = if is_torn { pango::WrapMode::WordChar } else { pango::WrapMode::Word };
        label.set_wrap_mode(mode);
        label.set_text(&text);
        label.set_attributes(triangles(&text).as_ref());
    }
    show(label, !text.is_empty());
}

/// A letter that no face of this box has, such as an emoji in a town's words, would be drawn as a box
/// with digits: 〓 stands for it, as in print. A run of them becomes one.
fn with_known_letters<'a>(label: &gtk::Label, text: &'a str) -> Cow<'a, str> {
    let unknown = |text: &str| label.create_pango_layout(Some(text)).unknown_glyphs_count() > 0;
    if !text.contains(is_unusual) || !unknown(text) {
        return Cow::Borrowed(text);
    }
    let mut known = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_known = !is_unusual(letter) || !unknown(letter.encode_utf8(&mut [0; 4]));
        if is_known {
            known.push(letter);
        } else if !known.ends_with(UNKNOWN) {
            known.push(UNKNOWN);
        }
    }
    Cow::Owned(known)
}

/// Whether a Japanese face may lack it; asking the faces takes time.
const fn is_unusual(letter: char) -> bool {
    !matches!(letter,
        '\0'..='\u{7e}' | '\u{2010}'..='\u{2060}' | '\u{2190}'..='\u{21ff}' | '\u{25a0}'..='\u{25cf}'
        | '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fa0}' | '\u{ff01}'..='\u{ff9f}')
}

/// All arrows from one face, so that they are equally large.
fn triangles(text: &str) -> Option<pango::AttrList> {
    let is_triangle = |c: char| matches!(c, '▲' | '▼') || NARROW_TRIANGLES.contains(&c);
    if !text.contains(NARROW_TRIANGLES) {
        return None;
    }
    let attributes = pango::AttrList::new();
    for (start, triangle) in text.char_indices().filter(|(_, c)| is_triangle(*c)) {
        let mut face = pango::AttrString::new_family(TRIANGLE_FACE);
        face.set_start_index(u32::try_from(start).ok()?);
        face.set_end_index(u32::try_from(start + triangle.len_utf8()).ok()?);
        attributes.insert(face);
    }
    Some(attributes)
}

/// A label whose text stays on one line and is not cut, unless it is wider than this;
/// a Latin letter is one wide, a kanji two.
pub(super) fn whole_up_to(label: gtk::Label, widest: usize, text: &str) -> gtk::Label {
    if width(text) <= widest {
        label.set_wrap(false);
        label.set_ellipsize(pango::EllipsizeMode::None);
    }
    with_text(label, text)
}

/// A name does not break between its parts.
pub(super) fn unbroken(name: &str) -> String {
    name.replace(' ', "\u{a0}")
}

/// A label with its text that gives way by tearing phrases, where room is scarce.
pub(super) fn torn(label: gtk::Label, text: &str) -> gtk::Label {
    let label = with_text(label, text);
    label.set_wrap_mode(pango::WrapMode::WordChar);
    label
}

/// A label with its text.
pub(super) fn with_text(label: gtk::Label, text: &str) -> gtk::Label {
    set_text(&label, text);
    label
}
