//! The paintable that the window shows: always the picture of the channel seen now.
//!
//! Every pipeline has a sink with a paintable of its own. The stage shows one of them and changes
//! to the next at its first picture, so that the old picture stays until there is a new one.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
    mpsc,
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
            spare: Arc::default(),
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
        // A pipeline that stops takes its picture back; what was drawn last is drawn again then.
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
        self.imp().drawn.take();
    }
}

/// The stage as the player sees it.
pub struct StageScreen {
    stage: SendWeakRef<Stage>,
    drawn_size: Arc<AtomicU64>,
    /// A sink made in advance: making one takes the GTK thread, which may be painting.
    spare: Spare,
}

type Spare = Arc<Mutex<Option<gst::Element>>>;

impl StageScreen {
    fn spare(&self) -> MutexGuard<'_, Option<gst::Element>> {
        lock(&self.spare)
    }

    fn on_stage(&self, act: impl FnOnce(&Stage) + Send + 'static) {
        let stage = self.stage.clone();
        on_gtk_thread(move || {
            if let Some(stage) = stage.upgrade() {
                act(&stage);
            }
        });
    }
}

/// Before the next painting: at the usual, idle priority it would wait for as long as pictures
/// keep that thread painting.
fn on_gtk_thread(act: impl FnOnce() + Send + 'static) {
    glib::MainContext::default().invoke_with_priority(glib::Priority::DEFAULT, act);
}

fn lock(spare: &Mutex<Option<gst::Element>>) -> MutexGuard<'_, Option<gst::Element>> {
    spare.lock().unwrap_or_else(PoisonError::into_inner)
}

/// On the GTK thread: here the sink gets its paintable without waiting.
fn new_sink() -> Result<gst::Element, glib::BoolError> {
    let sink = gst::ElementFactory::make("gtk4paintablesink")
        .property("enable-last-sample", false)
        .build()?;
    sink.set_state(gst::State::Ready)
        .map_err(|error| glib::bool_error!("the sink does not get ready: {error}"))?;
    Ok(sink)
}

fn stop(sink: &gst::Element) {
    let _ = sink.set_state(gst::State::Null);
}

impl Drop for StageScreen {
    fn drop(&mut self) {
        if let Some(spare) = self.spare().take() {
            stop(&spare);
        }
    }
}

impl Screen for StageScreen {
    fn sink(&self) -> Result<gst::Element, glib::BoolError> {
        if let Some(spare) = self.spare().take() {
            return Ok(spare);
        }
        let (made, sink) = mpsc::channel();
        on_gtk_thread(move || {
            if let Err(mpsc::SendError(Ok(unwanted))) = made.send(new_sink()) {
                stop(&unwanted);
            }
        });
        sink.recv().unwrap_or_else(|_| Err(glib::bool_error!("the window is gone")))
    }

    fn make_ready(&self) {
        if self.spare().is_some() {
            return;
        }
        let spare = Arc::downgrade(&self.spare);
        on_gtk_thread(move || {
            let Some(spare) = spare.upgrade() else { return };
            let Ok(sink) = new_sink() else { return };
            if let Some(surplus) = lock(&spare).replace(sink) {
                stop(&surplus);
            }
        });
    }

    fn expect(&self, sink: &gst::Element, witness: Witness) {
        let sink = sink.clone();
        self.on_stage(move |stage| {
            // The sink hands its paintable out on this thread only.
            if let Some(paintable) = paintable(&sink) {
                stage.expect(&paintable, witness);
            }
        });
    }

    fn clear(&self, sink: &gst::Element) {
        let sink = sink.clone();
        self.on_stage(move |stage| {
            if paintable(&sink).is_some_and(|paintable| stage.is_current(&paintable)) {
                stage.replace(None);
                stage.invalidate_contents();
            }
        });
    }

    fn size(&self) -> Option<(i32, i32)> {
        imp::unpack(self.drawn_size.load(Ordering::Relaxed))
    }
}

fn paintable(sink: &gst::Element) -> Option<gdk::Paintable> {
    sink.property::<Option<gdk::Paintable>>("paintable")
}
