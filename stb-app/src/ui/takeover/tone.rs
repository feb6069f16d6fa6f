//! Which colours an order has.

use evacuation::{
    hazard::{Hazard, Level},
    order::Act,
};
use stb_core::view::TakeoverView;

/// The colours of the Cabinet Office for the levels, and our own for what has no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Level(Level),
    Tsunami,
    Lifted,
    Cancelled,
    /// In the colour of its level, without the digit: the digits are made for water and earth.
    Named(Level),
    /// An order without level that is no tsunami order; none is issued today.
    Other,
}

impl Tone {
    pub(super) fn of(takeover: &TakeoverView) -> Self {
        match (takeover.act, takeover.hazard, takeover.level) {
            (Act::Lift, ..) => Self::Lifted,
            (Act::Cancel, ..) => Self::Cancelled,
            (_, Hazard::Tsunami, _) => Self::Tsunami,
            (_, hazard, Some(level)) if hazard.has_warning_levels() => Self::Level(level),
            (_, _, Some(level)) => Self::Named(level),
            (_, _, None) => Self::Other,
        }
    }

    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Level(Level::Five) | Self::Named(Level::Five) => "level-5",
            Self::Level(Level::Four) | Self::Named(Level::Four) => "level-4",
            Self::Level(Level::Three) | Self::Named(Level::Three) => "level-3",
            Self::Tsunami => "level-tsunami",
            Self::Lifted => "level-lifted",
            Self::Cancelled => "level-cancelled",
            Self::Other => "level-other",
        }
    }
}
