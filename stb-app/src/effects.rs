//! One adapter for each kind of effect.
