//! Marks for measurements.
