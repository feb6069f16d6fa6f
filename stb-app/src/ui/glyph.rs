//! Pictures of one line weight, drawn with cairo in the colour of the text around them.
//!
//! A picture is a list of strokes on a 48x48 grid ([`paths`]); it needs no image loader and stays
//! sharp at every size. The style sheet gives the size (`min-width`, `min-height`).

mod paths;
mod stroke;

use gtk::{glib, prelude::*, subclass::prelude::ObjectSubclassIsExt};
use stb_core::view::Icon;

pub(super) use paths::{MUTED, POINTER, SPEAKER};

glib::wrapper! {
    /// See the module.
    pub(super) struct Glyph(ObjectSubclass<imp::Glyph>) @extends gtk::Widget,
        @implements gtk::Accessible, gtk::Buildable, gtk::ConstraintTarget;
}

impl Glyph {
    /// Draws this path.
    pub(super) fn new(path: &'static str, class: &str) -> Self {
        let glyph: Self = glib::Object::new();
        glyph.imp().path.set(path);
        glyph.add_css_class(class);
        glyph.set_halign(gtk::Align::Center);
        glyph.set_valign(gtk::Align::Center);
        glyph
    }

    /// Draws the picture that the core names.
    pub(super) fn of(icon: Icon, class: &str) -> Self {
        Self::new(paths::of(icon), class)
    }

    /// Draws another path.
    pub(super) fn set_path(&self, path: &'static str) {
        if self.imp().path.replace(path) != path {
            self.queue_draw();
        }
    }
}

mod imp {
    use std::cell::Cell;

    use gtk::{cairo, glib, graphene, prelude::*, subclass::prelude::*};

    use super::stroke;

    /// Holds the strokes.
    #[derive(Debug, Default)]
    pub(in crate::ui) struct Glyph {
        /// In the notation of [`stroke`].
        pub(super) path: Cell<&'static str>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Glyph {
        const NAME: &'static str = "HitokoeGlyph";
        type Type = super::Glyph;
        type ParentType = gtk::Widget;

        fn class_init(class: &mut Self::Class) {
            class.set_css_name("glyph");
        }
    }

    impl ObjectImpl for Glyph {}

    impl WidgetImpl for Glyph {
        fn snapshot(&self, snapshot: &gtk::Snapshot) {
            let (width, height) = (f64::from(self.obj().width()), f64::from(self.obj().height()));
            // The style sheet hides pictures by giving them no room.
            if width < 1.0 || height < 1.0 {
                return;
            }
            let colour = self.obj().style_context().color();
            let context = snapshot.append_cairo(&area(width, height));
            context.set_source_rgba(
                f64::from(colour.red()),
                f64::from(colour.green()),
                f64::from(colour.blue()),
                f64::from(colour.alpha()),
            );
            if let Err(error) = draw(&context, self.path.get(), width, height) {
                tracing::error!(%error, "picture not drawn");
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "screen sizes are small")]
    fn area(width: f64, height: f64) -> graphene::Rect {
        graphene::Rect::new(0.0, 0.0, width as f32, height as f32)
    }

    fn draw(
        context: &cairo::Context,
        path: &str,
        width: f64,
        height: f64,
    ) -> Result<(), cairo::Error> {
        let scale = width.min(height) / stroke::GRID;
        context.translate(
            scale.mul_add(-stroke::GRID, width) / 2.0,
            scale.mul_add(-stroke::GRID, height) / 2.0,
        );
        context.scale(scale, scale);
        context.set_line_width(stroke::WEIGHT);
        context.set_line_cap(cairo::LineCap::Round);
        context.set_line_join(cairo::LineJoin::Round);
        for stroke in stroke::parse(path) {
            stroke.draw(context)?;
        }
        Ok(())
    }
}
