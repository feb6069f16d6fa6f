//! The drawing board: lays its child out on 1920x1080 and scales the result to the window.
//!
//! On a 1080p screen the scale is one and nothing is transformed; a smaller development window
//! shows the same picture, smaller.

use gtk::{glib, prelude::*};

use super::{HEIGHT, WIDTH};

glib::wrapper! {
    /// See the module.
    pub(super) struct Board(ObjectSubclass<imp::Board>) @extends gtk::Widget,
        @implements gtk::Accessible, gtk::Buildable, gtk::ConstraintTarget;
}

impl Board {
    pub(super) fn new(child: &impl IsA<gtk::Widget>) -> Self {
        let board: Self = glib::Object::new();
        child.set_parent(&board);
        board
    }
}

mod imp {
    use gtk::{glib, graphene, gsk, prelude::*, subclass::prelude::*};

    use super::{HEIGHT, WIDTH};

    /// Measures nothing itself: the window decides how large it is.
    #[derive(Debug, Default)]
    pub(in crate::ui) struct Board;

    #[glib::object_subclass]
    impl ObjectSubclass for Board {
        const NAME: &'static str = "HitokoeBoard";
        type Type = super::Board;
        type ParentType = gtk::Widget;
    }

    impl ObjectImpl for Board {
        fn dispose(&self) {
            while let Some(child) = self.obj().first_child() {
                child.unparent();
            }
        }
    }

    impl WidgetImpl for Board {
        fn measure(&self, orientation: gtk::Orientation, _for_size: i32) -> (i32, i32, i32, i32) {
            let natural = if orientation == gtk::Orientation::Horizontal { WIDTH } else { HEIGHT };
            (0, natural, -1, -1)
        }

        fn size_allocate(&self, width: i32, height: i32, _baseline: i32) {
            let Some(child) = self.obj().first_child() else { return };
            let scale = scale_to_fit(width, height);
            // A child must be measured before it is allocated.
            child.measure(gtk::Orientation::Horizontal, -1);
            child.allocate(WIDTH, HEIGHT, -1, placement(width, height, scale));
        }
    }

    fn scale_to_fit(width: i32, height: i32) -> f32 {
        (pixels(width) / pixels(WIDTH)).min(pixels(height) / pixels(HEIGHT))
    }

    fn placement(width: i32, height: i32, scale: f32) -> Option<gsk::Transform> {
        if (width, height) == (WIDTH, HEIGHT) {
            return None;
        }
        let left = scale.mul_add(-pixels(WIDTH), pixels(width)) / 2.0;
        let top = scale.mul_add(-pixels(HEIGHT), pixels(height)) / 2.0;
        let transform = gsk::Transform::new().translate(&graphene::Point::new(left, top));
        Some(transform.scale(scale, scale))
    }

    #[expect(clippy::cast_precision_loss, reason = "screen sizes are small")]
    fn pixels(size: i32) -> f32 {
        size as f32
    }
}
