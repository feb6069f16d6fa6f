//! How the box is, as the machine knows it.

use gateway_api::status::{LastOrder, Reader, Signal};

/// What the machine adds to the state that a box tells its operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vitals {
    /// Card reader.
    pub reader: Reader,
    /// How the channel comes in.
    pub signal: Signal,
    /// Newest order since the start.
    pub last_order: Option<LastOrder>,
    /// The gateway's event stream is open.
    pub is_linked: bool,
    /// How often the gateway wanted to hear the state at once, since the start.
    pub wanted: u32,
}

impl Vitals {
    /// Whether what a new version must see, picture, gateway and card service, is there now, as far as is known.
    pub const fn is_provable(&self) -> bool {
        self.is_linked
            && !matches!(self.signal, Signal::Missing | Signal::Disturbed)
            && !matches!(self.reader, Reader::ServiceDown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reader: Reader, signal: Signal, is_linked: bool, expected: bool) {
        let vitals = Vitals { reader, signal, last_order: None, is_linked, wanted: 0 };
        assert_eq!(vitals.is_provable(), expected, "{vitals:?}");
    }

    #[test]
    fn a_trial_needs_gateway_picture_and_card_service() {
        check(Reader::Ready, Signal::Good, true, true);
        // A box without a reader is told of, and proves itself all the same.
        check(Reader::Missing, Signal::Unknown, true, true);
        check(Reader::Ready, Signal::Good, false, false);
        check(Reader::Ready, Signal::Missing, true, false);
        check(Reader::Ready, Signal::Disturbed, true, false);
        check(Reader::ServiceDown, Signal::Good, true, false);
    }
}
