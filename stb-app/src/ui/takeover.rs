//! The evacuation order, above everything else.
//!
//! All stages speak one language: a coloured field with picture, digit and district, beside it the
//! words, at the bottom the answers. On the full screen the field lies across the top, so that the
//! words have the whole width. A drill carries a striped ribbon and frame that nothing else has.

mod block;
mod message;
mod place;
mod tone;
mod whole;

use std::cell::RefCell;

use evacuation::order::Mode;
use gtk::prelude::*;
use stb_core::view::{TakeoverStage, TakeoverView, TextScale};

use super::{
    HEIGHT, WIDTH,
    fit::Fit,
    item::set_focus,
    label::{centred, label, with_text},
    page::remove_children,
    show,
};
use crate::text::Texts;
use tone::Tone;

/// Room for the words beside the block, and below it; the style sheet says the same.
const MESSAGE_WIDTH: i32 = WIDTH - 456 - 144;
const WHOLE_WIDTH: i32 = WIDTH - 2 * 96;
const STAGE_CLASSES: [&str; 4] = ["slim", "band", "large", "whole"];

/// Whether the order holds the focus; below that stage the page keeps it.
pub(super) fn takes_keys(takeover: &TakeoverView) -> bool {
    takeover.stage > TakeoverStage::Notice && !takeover.answers.is_empty()
}

pub(super) struct TakeoverLayer {
    root: gtk::Box,
    shown: RefCell<Option<Shown>>,
}

struct Shown {
    takeover: TakeoverView,
    scale: TextScale,
    answers: Vec<gtk::Box>,
    fit: Fit,
}

impl TakeoverLayer {
    pub(super) fn new() -> Self {
        let root = gtk::Box::new(gtk::Orientation::Vertical, 0);
        root.set_widget_name("takeover");
        root.add_css_class("takeover");
        root.set_visible(false);
        Self { root, shown: RefCell::new(None) }
    }

    pub(super) fn root(&self) -> &gtk::Box {
        &self.root
    }

    /// Height on the drawing board; none while hidden.
    pub(super) fn height(&self) -> i32 {
        if self.root.is_visible() {
            self.root.measure(gtk::Orientation::Vertical, WIDTH).1
        } else {
            0
        }
    }

    pub(super) fn forget(&self) {
        self.shown.replace(None);
    }

    pub(super) fn apply(&self, takeover: Option<&TakeoverView>, scale: TextScale, texts: &Texts) {
        show(&self.root, takeover.is_some());
        let Some(takeover) = takeover else {
            if self.shown.take().is_some() {
                remove_children(&self.root);
            }
            return;
        };
        let mut shown = self.shown.borrow_mut();
        match &mut *shown {
            Some(shown)
                if shown.scale == scale && differs_in_focus_only(&shown.takeover, takeover) =>
            {
                shown.takeover.focus = takeover.focus;
            }
            _ => *shown = Some(self.build(takeover, scale, texts)),
        }
        if let Some(shown) = &*shown {
            shown.fit.set_highest(highest(takeover.stage, scale));
            set_focus(&shown.answers, takes_keys(takeover).then_some(takeover.focus));
        }
    }

    fn build(&self, takeover: &TakeoverView, scale: TextScale, texts: &Texts) -> Shown {
        remove_children(&self.root);
        self.set_look(takeover);
        if let Some(ribbon) = ribbon(takeover.mode, texts) {
            self.root.append(&ribbon);
        }
        let is_whole = takeover.stage == TakeoverStage::FullScreen;
        let (message, answers) = message::widget(takeover, scale, texts);
        let fit = Fit::with_width(&message, if is_whole { WHOLE_WIDTH } else { MESSAGE_WIDTH });
        fit.add_css_class("message");
        fit.set_hexpand(true);
        fit.set_vexpand(is_whole);
        let orientation =
            if is_whole { gtk::Orientation::Vertical } else { gtk::Orientation::Horizontal };
        let body = gtk::Box::new(orientation, 0);
        body.add_css_class("order");
        body.set_vexpand(true);
        if is_whole {
            body.append(&whole::masthead(takeover, texts));
        } else {
            body.append(&block::widget(takeover, texts));
        }
        body.append(&fit);
        self.root.append(&body);
        Shown { takeover: takeover.clone(), scale, answers, fit }
    }

    fn set_look(&self, takeover: &TakeoverView) {
        let mode = if takeover.mode == Mode::Actual { "actual" } else { "drill" };
        let look = ["takeover", stage_class(takeover.stage), Tone::of(takeover).class(), mode];
        self.root.set_css_classes(&look);
        let is_whole = takeover.stage == TakeoverStage::FullScreen;
        self.root.set_valign(if is_whole { gtk::Align::Fill } else { gtk::Align::End });
    }
}

const fn stage_class(stage: TakeoverStage) -> &'static str {
    STAGE_CLASSES[stage as usize]
}

/// Height up to which the words may ask for more room than the stage gives them; beyond it they are
/// drawn smaller.
const fn highest(stage: TakeoverStage, scale: TextScale) -> i32 {
    let larger = match scale {
        TextScale::Normal => 0,
        TextScale::Large => 4,
        TextScale::Largest => 8,
    };
    let percent = match stage {
        TakeoverStage::Notice => 20 + larger / 2,
        TakeoverStage::Band => 40 + larger,
        TakeoverStage::Large => 70 + larger,
        TakeoverStage::FullScreen => 100,
    };
    HEIGHT * percent / 100
}

fn differs_in_focus_only(shown: &TakeoverView, takeover: &TakeoverView) -> bool {
    let mut alike = shown.clone();
    alike.focus = takeover.focus;
    alike == *takeover
}

/// 訓練, on stripes over the whole width; none when it is meant.
fn ribbon(mode: Mode, texts: &Texts) -> Option<gtk::Box> {
    let (word, sentence) = match mode {
        Mode::Actual => return None,
        Mode::Drill => ("screen-drill", "screen-drill-sentence"),
        Mode::Test => ("screen-test", "screen-test-sentence"),
    };
    let ribbon = gtk::Box::new(gtk::Orientation::Horizontal, 0);
    ribbon.add_css_class("ribbon");
    ribbon.append(&ribbon_plate(&texts.word(word)));
    let middle = ribbon_plate(&texts.word(sentence));
    middle.set_hexpand(true);
    middle.set_halign(gtk::Align::Center);
    ribbon.append(&middle);
    ribbon.append(&ribbon_plate(&texts.word(word)));
    Some(ribbon)
}

fn ribbon_plate(text: &str) -> gtk::Label {
    let plate = with_text(centred(label("ribbon-plate")), text);
    plate.set_wrap(false);
    plate
}
