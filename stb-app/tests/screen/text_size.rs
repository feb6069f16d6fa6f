//! How large words are drawn: on every page, beside an order, at every text size.

use gtk::prelude::*;
use stb_core::view::{TakeoverStage, TextScale, View};

use super::{SCALES, Screen, descendants, plain, sample, samples};

/// Height in which the text of a step is drawn; 0 without steps.
fn drawn_step(screen: &Screen, text_px: f32) -> f32 {
    let root = screen.root();
    let heights = screen.with_class("step-text").into_iter().filter_map(|step| {
        #[expect(clippy::cast_precision_loss, reason = "screen sizes are small")]
        let laid_out = step.height() as f32;
        Some(step.compute_bounds(&root)?.height() / laid_out * text_px)
    });
    heights.fold(0.0, f32::max)
}

/// From 3 m a kanji of 48 px is read with ease.
pub(super) fn the_steps_on_the_full_screen_are_read_from_the_sofa(screen: &Screen) {
    for (name, view) in samples() {
        let is_whole = view.takeover.as_ref().is_some_and(|takeover| {
            takeover.stage == TakeoverStage::FullScreen && !takeover.reading
        });
        if is_whole && view.scale == TextScale::Normal {
            screen.show(&view);
            let drawn = drawn_step(screen, 48.0);
            // Everything too long at once, and Latin sentences, which take two lines each.
            let least = if ["hard-long-whole", "order-whole-english"].contains(&name) {
                42.0
            } else {
                47.9
            };
            assert!(drawn >= least, "{name}: {drawn} px");
        }
    }
}

pub(super) fn the_text_size_reaches_the_full_screen(screen: &Screen) {
    for (scale, text_px, least) in [
        (TextScale::Normal, 48.0, 47.9),
        (TextScale::Large, 60.0, 58.0),
        (TextScale::Largest, 72.0, 65.0),
    ] {
        for name in ["order-whole", "hard-family-whole", "tsunami-whole"] {
            screen.show(&View { scale, ..sample(name) });
            let drawn = drawn_step(screen, text_px);
            assert!(drawn >= least, "{name} {scale:?}: {drawn} px");
        }
    }
}

/// The words of an answer are drawn larger with the text size, also where the row is drawn smaller to
/// fit, and no answer is torn.
pub(super) fn the_text_size_reaches_the_answers(screen: &Screen) {
    for name in ["order-band", "order-large", "order-whole", "order-opened-answered"] {
        let mut before = 0.0;
        for scale in SCALES {
            screen.show(&View { scale, ..sample(name) });
            let drawn = drawn_answer(screen);
            assert!(drawn > before * 1.05, "{name} {scale:?}: {drawn} px after {before} px");
            before = drawn;
        }
    }
}

/// Height of the smallest line of an answer; each answer stands on one line.
fn drawn_answer(screen: &Screen) -> f32 {
    let root = screen.root();
    let row = screen.with_class("answers").into_iter().next().expect("it can be answered");
    let captions = descendants(&row).into_iter().filter(|widget| widget.has_css_class("caption"));
    let heights = captions.filter_map(|caption| {
        let label = caption.downcast_ref::<gtk::Label>()?;
        assert_eq!(label.layout().line_count(), 1, "{}", label.text());
        let drawn = label.compute_bounds(&root)?.height();
        let laid_out = pixels(label.height());
        Some(pixels(label.layout().pixel_size().1) * drawn / laid_out)
    });
    heights.fold(f32::INFINITY, f32::min)
}

/// The line of an order takes room from the page, and what is chosen there grows all the same.
pub(super) fn the_text_size_reaches_the_pages_above_an_order(screen: &Screen) {
    for name in ["under-order-home", "under-order-settings", "under-order-cards"] {
        let drawn = SCALES.map(|scale| {
            screen.show(&View { scale, ..sample(name) });
            drawn_caption(screen)
        });
        assert!(drawn[1] > drawn[0] * 1.1, "{name}: {drawn:?}");
        assert!(drawn[2] > drawn[0] * 1.35, "{name}: {drawn:?}");
    }
}

/// Height of the smallest line by which an item is named.
fn drawn_caption(screen: &Screen) -> f32 {
    let root = screen.root();
    let heights = screen.with_class("caption").into_iter().filter_map(|caption| {
        let label = caption.downcast_ref::<gtk::Label>()?;
        let drawn = label.compute_bounds(&root)?.height() / pixels(label.height());
        let layout = label.layout();
        Some(pixels(layout.pixel_size().1 / layout.line_count()) * drawn)
    });
    heights.fold(f32::INFINITY, f32::min)
}

/// How far it is, and who helps, stand on the page that asks, at every text size.
pub(super) fn the_way_and_who_helps_stay_with_the_order(screen: &Screen) {
    for name in ["large-tsunami", "large-order"] {
        for scale in SCALES {
            screen.show(&View { scale, ..sample(name) });
            for wanted in ["メートル", "佐藤正さん"] {
                let is_told = |label: &gtk::Label| plain(label).replace(' ', "").contains(wanted);
                assert!(screen.texts().iter().any(is_told), "{name} {scale:?}: {wanted}");
            }
            let drawn = drawn_step(screen, 48.0);
            assert!(drawn >= 42.0, "{name} {scale:?}: {drawn} of 48");
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "screen sizes are small")]
fn pixels(size: i32) -> f32 {
    size as f32
}
