//! The paintable that the window shows: always the picture of the channel seen now.
//!
//! Every pipeline has a sink with a paintable of its own. The stage shows one of them and changes
//! to the next at its first picture, so that the old picture stays until there is a new one.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use gst::prelude::*;
use gtk::{
    gdk,
    glib::{self, SendWeakRef},
    prelude::*,
    subclass::prelude::*,
};

use super::{Moment, Screen, Witness};

mod imp;

glib::wrapper! {
    /// Paintable of live television; belongs to the GTK thread.
    pub struct Stage(ObjectSubclass<imp::Stage>) @implements gdk::Paintable;
}

impl Default for Stage {
    fn default() -> Self {
        glib::Object::new()
    }
}

impl Stage {
    /// The side of the stage that the player uses from its own thread.
    pub fn screen(&self) -> StageScreen {
        StageScreen {
            stage: self.downgrade().into(),
            drawn_size: self.imp().drawn_size.clone(),
            spare: Mutex::default(),
        }
    }

    fn expect(&self, paintable: &gdk::Paintable, witness: Witness) {
        let imp = self.imp();
        if let Some(before) = imp.expected.take() {
            before.paintable.disconnect(before.change);
        }
        if self.is_current(paintable) {
            self.announce(witness);
            return;
        }
        let stage = self.downgrade();
        let change = paintable.connect_invalidate_contents(move |paintable| {
            if let Some(stage) = stage.upgrade() {
                stage.picture_changed(paintable);
            }
        });
        imp.expected.replace(Some(imp::Expected { paintable: paintable.clone(), witness, change }));
        self.picture_changed(paintable);
    }

    fn is_current(&self, paintable: &gdk::Paintable) -> bool {
        self.imp().current.borrow().as_ref().is_some_and(|(seen, _)| seen == paintable)
    }

    fn picture_changed(&self, paintable: &gdk::Paintable) {
        // A pipeline that stops takes its picture back; what was drawn last stays on the screen.
        if paintable.intrinsic_width() == 0 {
            return;
        }
        if self.is_current(paintable) {
            self.invalidate_contents();
            return;
        }
        let expected = self.imp().expected.borrow();
        if expected.as_ref().is_some_and(|next| next.paintable == *paintable) {
            drop(expected);
            self.change_over();
        }
    }

    fn change_over(&self) {
        let Some(next) = self.imp().expected.take() else { return };
        self.replace(Some((next.paintable, next.change)));
        self.announce(next.witness);
    }

    fn announce(&self, witness: Witness) {
        witness(Moment::Shown);
        self.imp().unpainted.replace(Some(witness));
        self.invalidate_contents();
    }

    fn replace(&self, next: Option<(gdk::Paintable, glib::SignalHandlerId)>) {
        if let Some((before, change)) = self.imp().current.replace(next) {
            before.disconnect(change);
        }
    }
}

/// The stage as the player sees it.
pub struct StageScreen {
    stage: SendWeakRef<Stage>,
    drawn_size: Arc<AtomicU64>,
    /// A sink made in advance: making one waits for the GTK thread, which may be painting.
    spare: Mutex<Option<gst::Element>>,
}

impl StageScreen {
    fn spare(&self) -> MutexGuard<'_, Option<gst::Element>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_stage(&self, act: impl FnOnce(&Stage) + Send + 'static) {
        let stage = self.stage.clone();
        glib::MainContext::default().invoke(move || {
            if let Some(stage) = stage.upgrade() {
                act(&stage);
            }
        });
    }
}

impl Drop for StageScreen {
    fn drop(&mut self) {
        if let Some(spare) = self.spare().take() {
            let _ = spare.set_state(gst::State::Null);
        }
    }
}

impl Screen for StageScreen {
    fn sink(&self) -> Result<gst::Element, glib::BoolError> {
        if let Some(spare) = self.spare().take() {
            return Ok(spare);
        }
        gst::ElementFactory::make("gtk4paintablesink").property("enable-last-sample", false).build()
    }

    fn make_ready(&self) {
        if self.spare().is_some() {
            return;
        }
        let ready = self.sink().ok().filter(|sink| sink.set_state(gst::State::Ready).is_ok());
        *self.spare() = ready;
    }

    fn expect(&self, sink: &gst::Element, witness: Witness) {
        let sink = sink.clone();
        self.on_stage(move |stage| {
            // The sink hands its paintable out on this thread only.
            if let Some(paintable) = sink.property::<Option<gdk::Paintable>>("paintable") {
                stage.expect(&paintable, witness);
            }
        });
    }

    fn clear(&self) {
        self.on_stage(|stage| {
            stage.replace(None);
            stage.invalidate_contents();
        });
    }

    fn size(&self) -> Option<(i32, i32)> {
        imp::unpack(self.drawn_size.load(Ordering::Relaxed))
    }
}
