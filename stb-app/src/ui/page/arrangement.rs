//! Where sentence, body and items of a page stand.

use gtk::prelude::*;
use stb_core::view::{Body, Layout, PageKind, PageView};

use super::{remove_children, rendered};
use crate::{
    text::Texts,
    ui::{
        body,
        item::{self, Shape},
        label::{label, set_text},
        show,
    },
};

/// Columns of the number pad.
const PAD_COLUMNS: usize = 3;
/// Columns of the keyboard, and the first key that takes two of them.
const KEYBOARD_COLUMNS: usize = 10;
const FIRST_WIDE_KEY: usize = 36;
/// Up to so many tiles in a row have room for words beside their picture.
const MOST_WIDE_TILES: usize = 3;
/// Gap between items; the focus outline needs 10 px on either side.
const GAP: i32 = 32;
/// The same where an order's line takes the room.
const NARROW_GAP: i32 = 22;

/// The widgets of a page that change while it stays.
pub(super) struct Arrangement {
    lead: gtk::Label,
    detail: gtk::Label,
    body: gtk::Box,
    pub(super) items: Vec<gtk::Box>,
    /// What the items stand in, where they may move closer together.
    list: Option<gtk::Widget>,
    /// The lead only says that something is to be chosen.
    is_menu: bool,
}

impl Arrangement {
    /// Puts the parts of the page into `main`.
    pub(super) fn build(main: &gtk::Box, page: &PageView, texts: &Texts) -> Self {
        let items: Vec<gtk::Box> =
            page.items.iter().map(|item| item::widget(item, shape(page), texts)).collect();
        let mut arrangement = Self {
            lead: label("lead"),
            detail: label("detail"),
            body: gtk::Box::new(gtk::Orientation::Vertical, 0),
            items,
            list: None,
            is_menu: is_menu(page),
        };
        arrangement.set_body(&page.body, texts);
        let controls = arrangement.controls(page.layout);
        arrangement.list = may_narrow(page.layout).then(|| controls.clone());
        match (page.layout, &page.body) {
            (Layout::KeyPad, _) => arrangement.beside_pad(main, &controls),
            (Layout::Keyboard, _) => arrangement.above_keyboard(main, &controls),
            (_, Body::Picture(_) | Body::Phone(_)) => arrangement.beside_picture(main, &controls),
            (_, Body::Rows { .. }) => arrangement.under_table(main, &controls),
            _ => arrangement.below_each_other(main, &controls, page),
        }
        arrangement
    }

    pub(super) fn set_sentences(&self, page: &PageView, texts: &Texts) {
        set_text(&self.lead, &rendered(page.lead.as_ref(), texts));
        set_text(&self.detail, &rendered(page.detail.as_ref(), texts));
    }

    pub(super) fn set_body(&self, body: &Body, texts: &Texts) {
        remove_children(&self.body);
        let widget = body::widget(body, texts);
        self.body.set_visible(widget.is_some());
        if let Some(widget) = widget {
            self.body.append(&widget);
        }
    }

    /// Larger text above an order's line: the words of the items take the room of gaps and of what
    /// goes without saying. True when the page is such a list.
    pub(super) fn squeeze(&self, is_squeezed: bool) -> bool {
        let Some(list) = &self.list else { return false };
        let gap = if is_squeezed { NARROW_GAP } else { GAP };
        if let Some(grid) = list.downcast_ref::<gtk::Grid>() {
            grid.set_row_spacing(gap.unsigned_abs());
        } else if let Some(column) = list.downcast_ref::<gtk::Box>() {
            column.set_spacing(gap);
        }
        let goes_without_saying = is_squeezed && self.is_menu;
        show(&self.lead, !goes_without_saying && !self.lead.text().is_empty());
        is_squeezed
    }

    fn sentences(&self) -> gtk::Box {
        let sentences = column();
        sentences.append(&self.lead);
        sentences.append(&self.detail);
        sentences
    }

    /// Sentence and dots left, keys right.
    fn beside_pad(&self, main: &gtk::Box, controls: &gtk::Widget) {
        let left = self.sentences();
        left.add_css_class("entry");
        left.set_valign(gtk::Align::Center);
        left.set_hexpand(true);
        self.body.set_halign(gtk::Align::Start);
        left.append(&self.body);
        controls.set_valign(gtk::Align::Center);
        main.append(&side_by_side(&left, controls));
    }

    /// Sentence and characters above the keys.
    fn above_keyboard(&self, main: &gtk::Box, controls: &gtk::Widget) {
        let above = self.sentences();
        above.add_css_class("entry");
        above.append(&self.body);
        main.append(&above);
        controls.set_vexpand(true);
        controls.set_valign(gtk::Align::End);
        main.append(controls);
    }

    /// Sentence and items left, picture right.
    fn beside_picture(&self, main: &gtk::Box, controls: &gtk::Widget) {
        let left = self.sentences();
        left.set_valign(gtk::Align::Center);
        left.set_hexpand(true);
        left.append(controls);
        self.body.set_valign(gtk::Align::Center);
        main.append(&side_by_side(&left, &self.body));
    }

    fn under_table(&self, main: &gtk::Box, controls: &gtk::Widget) {
        main.append(&self.sentences());
        self.body.set_vexpand(true);
        self.body.set_valign(gtk::Align::Start);
        main.append(&self.body);
        controls.set_valign(gtk::Align::End);
        main.append(controls);
    }

    /// Tiles take what room there is; buttons stay with their sentence in the middle.
    fn below_each_other(&self, main: &gtk::Box, controls: &gtk::Widget, page: &PageView) {
        let group = self.sentences();
        group.set_vexpand(true);
        group.append(&self.body);
        group.append(controls);
        match shape(page) {
            Shape::LargeTile => {
                controls.set_vexpand(true);
                controls.set_halign(gtk::Align::Fill);
                controls.add_css_class("large-tiles");
            }
            Shape::Tile | Shape::WideTile => controls.set_vexpand(true),
            _ => group.set_valign(gtk::Align::Center),
        }
        main.append(&group);
    }

    fn controls(&self, layout: Layout) -> gtk::Widget {
        let controls = match layout {
            Layout::Tiles { columns } => grid(&self.items, columns, true),
            Layout::KeyPad => grid(&self.items, PAD_COLUMNS, false),
            Layout::Keyboard => keyboard(&self.items),
            Layout::Row => stack(&self.items, gtk::Orientation::Horizontal),
            Layout::Column => stack(&self.items, gtk::Orientation::Vertical),
        };
        controls.add_css_class("controls");
        controls
    }
}

fn shape(page: &PageView) -> Shape {
    match page.layout {
        Layout::Tiles { columns } if columns > MOST_WIDE_TILES => Shape::Tile,
        Layout::Tiles { columns } if page.items.len() > columns => Shape::WideTile,
        Layout::Tiles { .. } => Shape::LargeTile,
        Layout::KeyPad | Layout::Keyboard => Shape::Key,
        Layout::Row if is_picture_choice(page) => Shape::LargeTile,
        Layout::Row => Shape::Button,
        Layout::Column => Shape::Bar,
    }
}

/// A question whose answers are pictures, such as three faces.
fn is_picture_choice(page: &PageView) -> bool {
    page.body == Body::Empty
        && page.items.len() > 1
        && page.items.iter().all(|item| item.icon.is_some())
}

fn is_menu(page: &PageView) -> bool {
    matches!(page.kind, PageKind::Home | PageKind::Settings | PageKind::CardMenu)
}

const fn may_narrow(layout: Layout) -> bool {
    matches!(layout, Layout::Column | Layout::Tiles { .. })
}

fn column() -> gtk::Box {
    gtk::Box::new(gtk::Orientation::Vertical, 0)
}

fn side_by_side(left: &gtk::Box, right: &impl IsA<gtk::Widget>) -> gtk::Box {
    let both = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    both.add_css_class("beside");
    both.set_vexpand(true);
    both.append(left);
    both.append(right);
    both
}

/// Equal cells, row by row.
fn grid(items: &[gtk::Box], columns: usize, fills: bool) -> gtk::Widget {
    let grid = gtk::Grid::new();
    grid.set_column_homogeneous(true);
    grid.set_row_homogeneous(true);
    let gap = if fills { GAP } else { GAP * 3 / 4 };
    grid.set_column_spacing(gap.unsigned_abs());
    grid.set_row_spacing(gap.unsigned_abs());
    let columns = columns.max(1);
    for (index, item) in items.iter().enumerate() {
        item.set_hexpand(fills);
        grid.attach(item, position(index % columns), position(index / columns), 1, 1);
    }
    grid.upcast()
}

/// Rows of ten keys; the two that end the last row are twice as wide.
fn keyboard(items: &[gtk::Box]) -> gtk::Widget {
    let grid = gtk::Grid::new();
    grid.add_css_class("keyboard");
    grid.set_column_homogeneous(true);
    grid.set_row_homogeneous(true);
    grid.set_column_spacing(GAP.unsigned_abs() / 2);
    grid.set_row_spacing(GAP.unsigned_abs() / 2);
    for (index, item) in items.iter().enumerate() {
        item.set_hexpand(true);
        let wide = index.saturating_sub(FIRST_WIDE_KEY);
        let (column, row) = (index % KEYBOARD_COLUMNS + wide, index / KEYBOARD_COLUMNS);
        let width = if index < FIRST_WIDE_KEY { 1 } else { 2 };
        grid.attach(item, position(column), position(row), width, 1);
    }
    grid.upcast()
}

fn position(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

/// Equal buttons in one line.
fn stack(items: &[gtk::Box], orientation: gtk::Orientation) -> gtk::Widget {
    let stack = gtk::Box::new(orientation, GAP);
    stack.set_homogeneous(true);
    for item in items {
        stack.append(item);
    }
    stack.set_halign(if orientation == gtk::Orientation::Horizontal {
        gtk::Align::Start
    } else {
        gtk::Align::Fill
    });
    stack.upcast()
}
