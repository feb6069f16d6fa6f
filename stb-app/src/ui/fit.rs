//! Lets text grow, but never out of the screen: when the child needs more room than there is, it
//! is laid out on a larger area and drawn smaller, so that lines break anew and nothing is cut.

use gtk::{glib, prelude::*, subclass::prelude::ObjectSubclassIsExt};

glib::wrapper! {
    /// See the module.
    pub(super) struct Fit(ObjectSubclass<imp::Fit>) @extends gtk::Widget,
        @implements gtk::Accessible, gtk::Buildable, gtk::ConstraintTarget;
}

impl Fit {
    fn new(child: &impl IsA<gtk::Widget>) -> Self {
        let fit: Self = glib::Object::new();
        child.set_parent(&fit);
        fit
    }

    /// Asks for this width, and for the height that the child needs on it. An overlay asks for the
    /// height without saying the width.
    pub(super) fn with_width(child: &impl IsA<gtk::Widget>, width: i32) -> Self {
        let fit = Self::new(child);
        fit.imp().width.set(Some(width));
        fit.imp().highest.set(i32::MAX);
        fit
    }

    /// Asks for at most this height.
    pub(super) fn set_highest(&self, highest: i32) {
        if self.imp().highest.replace(highest) != highest {
            self.queue_resize();
        }
    }

    /// Asks for no room of its own: takes what the place gives.
    pub(super) fn filling(child: &impl IsA<gtk::Widget>) -> Self {
        Self::new(child)
    }
}

mod imp {
    use std::cell::Cell;

    use gtk::{glib, gsk, prelude::*, subclass::prelude::*};

    /// Steps in which the drawing gets smaller, and the last one.
    const STEP: f32 = 0.03;
    const SMALLEST: u16 = 50;

    /// One child, drawn as large as fits.
    #[derive(Debug, Default)]
    pub(in crate::ui) struct Fit {
        pub(super) width: Cell<Option<i32>>,
        pub(super) highest: Cell<i32>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Fit {
        const NAME: &'static str = "HitokoeFit";
        type Type = super::Fit;
        type ParentType = gtk::Widget;

        fn class_init(class: &mut Self::Class) {
            class.set_css_name("fit");
        }
    }

    impl ObjectImpl for Fit {
        fn dispose(&self) {
            while let Some(child) = self.obj().first_child() {
                child.unparent();
            }
        }
    }

    impl WidgetImpl for Fit {
        fn request_mode(&self) -> gtk::SizeRequestMode {
            gtk::SizeRequestMode::HeightForWidth
        }

        fn measure(&self, orientation: gtk::Orientation, for_size: i32) -> (i32, i32, i32, i32) {
            let (Some(width), Some(child)) = (self.width.get(), self.obj().first_child()) else {
                return (0, 0, -1, -1);
            };
            let natural = if orientation == gtk::Orientation::Horizontal {
                width
            } else {
                let width = if for_size < 0 { width } else { for_size };
                needs(&child, width).1.min(self.highest.get())
            };
            (0, natural, -1, -1)
        }

        fn size_allocate(&self, width: i32, height: i32, _baseline: i32) {
            let Some(child) = self.obj().first_child() else { return };
            let area = area_that_fits(&child, width, height);
            let scale = (pixels(width) / pixels(area.0)).min(pixels(height) / pixels(area.1));
            let transform =
                (area != (width, height)).then(|| gsk::Transform::new().scale(scale, scale));
            child.allocate(area.0, area.1, -1, transform);
        }
    }

    /// The smallest area in the proportions of the given one that the child can live in.
    fn area_that_fits(child: &gtk::Widget, width: i32, height: i32) -> (i32, i32) {
        let areas = (0..SMALLEST).map(|step| {
            let factor = STEP.mul_add(f32::from(step), 1.0);
            (enlarged(width, factor), enlarged(height, factor))
        });
        let mut largest = (width, height);
        for area in areas {
            largest = area;
            let (least_width, least_height) = needs(child, area.0);
            if least_width <= area.0 && least_height <= area.1 {
                break;
            }
        }
        let (least_width, least_height) = needs(child, largest.0);
        (largest.0.max(least_width), largest.1.max(least_height))
    }

    /// Least width, and least height at this width.
    fn needs(child: &gtk::Widget, width: i32) -> (i32, i32) {
        let (least_width, _, _, _) = child.measure(gtk::Orientation::Horizontal, -1);
        let (height, _, _, _) = child.measure(gtk::Orientation::Vertical, width.max(least_width));
        (least_width, height)
    }

    #[expect(clippy::cast_possible_truncation, reason = "screen sizes are small")]
    fn enlarged(size: i32, factor: f32) -> i32 {
        (pixels(size) * factor).round() as i32
    }

    #[expect(clippy::cast_precision_loss, reason = "screen sizes are small")]
    fn pixels(size: i32) -> f32 {
        (size.max(1)) as f32
    }
}
