//! evdev devices to remote keys.
