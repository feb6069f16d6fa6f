//! Drawing of the stage.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use gtk::{gdk, glib, graphene, gsk, prelude::*, subclass::prelude::*};

use super::super::{Moment, Witness};

/// A paintable and whoever waits for its first picture.
pub(super) struct Expected {
    pub(super) paintable: gdk::Paintable,
    pub(super) witness: Witness,
    pub(super) change: glib::SignalHandlerId,
}

/// What was drawn. A pipeline that stops takes its picture back before the next one has one; a
/// widget that is drawn anew meanwhile must not turn black.
pub(super) struct Drawn {
    node: gsk::RenderNode,
    ratio: f64,
    size: (f64, f64),
}

#[derive(Default)]
pub struct Stage {
    /// The picture seen now.
    pub(super) current: RefCell<Option<(gdk::Paintable, glib::SignalHandlerId)>>,
    /// The current picture as it was drawn last, and its shape.
    pub(super) drawn: RefCell<Option<Drawn>>,
    /// The pipeline that shall be seen next.
    pub(super) expected: RefCell<Option<Expected>>,
    /// Waits until the current picture is drawn.
    pub(super) unpainted: RefCell<Option<Witness>>,
    /// Width and height as last drawn, packed; 0 before.
    pub(super) drawn_size: Arc<AtomicU64>,
}

#[glib::object_subclass]
impl ObjectSubclass for Stage {
    const NAME: &'static str = "HitokoeStage";
    type Type = super::Stage;
    type Interfaces = (gdk::Paintable,);
}

impl ObjectImpl for Stage {}

impl PaintableImpl for Stage {
    // No size of its own: the widget gives it all the room, and the picture is fitted in here.
    fn intrinsic_width(&self) -> i32 {
        0
    }

    fn intrinsic_height(&self) -> i32 {
        0
    }

    fn intrinsic_aspect_ratio(&self) -> f64 {
        0.0
    }

    fn snapshot(&self, snapshot: &gdk::Snapshot, width: f64, height: f64) {
        self.drawn_size.store(pack(width, height), Ordering::Relaxed);
        let Some(snapshot) = snapshot.downcast_ref::<gtk::Snapshot>() else { return };
        let current = self.current.borrow();
        let Some((picture, _)) = current.as_ref() else {
            black(snapshot, width, height);
            return;
        };
        if picture.intrinsic_width() > 0 {
            self.draw(picture, width, height);
        }
        if let Some(drawn) = &*self.drawn.borrow() {
            drawn.put(snapshot, width, height);
        } else {
            black(snapshot, width, height);
        }
        drop(current);
        if let Some(witness) = self.unpainted.take() {
            witness(Moment::Painted);
        }
    }
}

impl Stage {
    fn draw(&self, picture: &gdk::Paintable, width: f64, height: f64) {
        let ratio = picture.intrinsic_aspect_ratio();
        let size = fit(ratio, width, height);
        let picture_only = gtk::Snapshot::new();
        picture.snapshot(&picture_only, size.0, size.1);
        let node = picture_only.to_node();
        self.drawn.replace(node.map(|node| Drawn { node, ratio, size }));
    }
}

impl Drawn {
    fn put(&self, snapshot: &gtk::Snapshot, width: f64, height: f64) {
        let (inner_width, inner_height) = fit(self.ratio, width, height);
        let (left, top) = ((width - inner_width) / 2.0, (height - inner_height) / 2.0);
        if left >= 1.0 || top >= 1.0 {
            black(snapshot, width, height);
        }
        snapshot.save();
        snapshot.translate(&graphene::Point::new(to_f32(left.floor()), to_f32(top.floor())));
        if (inner_width, inner_height) != self.size {
            snapshot.scale(to_f32(inner_width / self.size.0), to_f32(inner_height / self.size.1));
        }
        snapshot.append_node(&self.node);
        snapshot.restore();
    }
}

fn black(snapshot: &gtk::Snapshot, width: f64, height: f64) {
    let all = graphene::Rect::new(0.0, 0.0, to_f32(width), to_f32(height));
    snapshot.append_color(&gdk::RGBA::BLACK, &all);
}

/// Largest size of this ratio in the room; whole pixels, so that a picture of the right size is
/// copied and not resampled.
fn fit(ratio: f64, width: f64, height: f64) -> (f64, f64) {
    if ratio <= 0.0 || (width / ratio - height).abs() < 1.0 {
        (width, height)
    } else if width / height > ratio {
        ((height * ratio).round(), height)
    } else {
        (width, (width / ratio).round())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of a window are exact in f32")]
fn to_f32(pixels: f64) -> f32 {
    pixels as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer saturates"
)]
fn pack(width: f64, height: f64) -> u64 {
    (u64::from(width.round() as u32) << 32) | u64::from(height.round() as u32)
}

/// The packed size; none when nothing was drawn.
pub(super) fn unpack(packed: u64) -> Option<(i32, i32)> {
    let width = i32::try_from(packed >> 32).ok()?;
    let height = i32::try_from(packed & 0xffff_ffff).ok()?;
    (width > 0 && height > 0).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ratio: f64, room: (f64, f64), wanted: (f64, f64)) {
        let (width, height) = fit(ratio, room.0, room.1);
        assert!(
            (width - wanted.0).abs() < 0.5 && (height - wanted.1).abs() < 0.5,
            "{width}x{height}"
        );
    }

    #[test]
    fn pictures_keep_their_shape() {
        check(16.0 / 9.0, (1920.0, 1080.0), (1920.0, 1080.0));
        check(4.0 / 3.0, (1920.0, 1080.0), (1440.0, 1080.0));
        check(16.0 / 9.0, (1280.0, 800.0), (1280.0, 720.0));
        check(0.0, (640.0, 480.0), (640.0, 480.0));
    }

    #[test]
    fn sizes_travel_to_the_media_thread() {
        assert_eq!(unpack(pack(1920.0, 1080.0)), Some((1920, 1080)));
        assert_eq!(unpack(0), None);
        assert_eq!(unpack(pack(-5.0, f64::NAN)), None);
    }
}
