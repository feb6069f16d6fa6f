//! Where pictures go: the television's window, or nowhere.

use std::sync::{Mutex, PoisonError};

use gst::{glib, prelude::*};

mod stage;

pub use stage::{Stage, StageScreen};

/// What happened to the first picture of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It replaced the picture before.
    Shown,
    /// It was drawn for the first time.
    Painted,
}

/// Told each moment once, on any thread.
pub type Witness = Box<dyn Fn(Moment) + Send + Sync>;

/// Makes sinks, one per pipeline; the one whose first picture came last is seen.
pub trait Screen: Send {
    /// A new sink, not seen yet.
    fn sink(&self) -> Result<gst::Element, glib::BoolError>;
    /// Called when there is time: what the next sink takes can be done now.
    fn make_ready(&self) {}
    /// This sink's picture shall be seen as soon as it is there, and no sink expected before.
    fn expect(&self, sink: &gst::Element, witness: Witness);
    /// Shows no picture of this sink any more; another one's stays.
    fn clear(&self, sink: &gst::Element);
    /// Size to which pictures are scaled before the sink; none for as they are.
    fn size(&self) -> Option<(i32, i32)>;
}

/// A screen without a display: pictures are decoded, scaled, timed and dropped.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeadlessScreen {
    /// Size to scale to.
    pub size: Option<(i32, i32)>,
}

impl Screen for HeadlessScreen {
    fn sink(&self) -> Result<gst::Element, glib::BoolError> {
        gst::ElementFactory::make("fakesink")
            .property("sync", true)
            .property("qos", true)
            .property("signal-handoffs", true)
            .property("enable-last-sample", false)
            .build()
    }

    fn expect(&self, sink: &gst::Element, witness: Witness) {
        if sink.property::<gst::Structure>("stats").get::<u64>("rendered").is_ok_and(|n| n > 0) {
            witness(Moment::Shown);
            witness(Moment::Painted);
            return;
        }
        let waiting = Mutex::new(Some(witness));
        sink.connect("preroll-handoff", false, move |_| {
            let witness = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(witness) = witness {
                witness(Moment::Shown);
                witness(Moment::Painted);
            }
            None
        });
    }

    fn clear(&self, _: &gst::Element) {}

    fn size(&self) -> Option<(i32, i32)> {
        self.size
    }
}
