//! Threats and defaults.
