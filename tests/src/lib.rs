//! End-to-end scenarios and their harness: real processes, card service, browser and window.
