//! A keyboard instead of the remote, for development. The remote itself is read from evdev.

use std::{cell::RefCell, collections::BTreeSet};

use gtk::{gdk, glib, prelude::*};
use stb_core::key::{KeyAction, RemoteKey};

/// Hears the keys before any widget does.
pub(super) fn controller(
    callback: impl Fn(RemoteKey, KeyAction) + 'static,
) -> gtk::EventControllerKey {
    let controller = gtk::EventControllerKey::new();
    controller.set_propagation_phase(gtk::PropagationPhase::Capture);
    let held = std::rc::Rc::new(RefCell::new(BTreeSet::new()));
    let pressed = std::rc::Rc::clone(&held);
    controller.connect_key_pressed(move |_, key, code, _| {
        let Some(remote_key) = remote_key(key) else { return glib::Propagation::Proceed };
        let is_new = pressed.borrow_mut().insert(code);
        callback(remote_key, if is_new { KeyAction::Pressed } else { KeyAction::Repeated });
        glib::Propagation::Stop
    });
    controller.connect_key_released(move |_, _, code, _| {
        held.borrow_mut().remove(&code);
    });
    controller
}

/// The key of the remote that a key of the keyboard stands for.
fn remote_key(key: gdk::Key) -> Option<RemoteKey> {
    if let Some(digit) = key.to_unicode().and_then(|c| c.to_digit(10)) {
        return u8::try_from(digit).ok().map(RemoteKey::Digit);
    }
    arrow_or_command(key).or_else(|| television_key(key))
}

fn arrow_or_command(key: gdk::Key) -> Option<RemoteKey> {
    Some(match key {
        gdk::Key::Up | gdk::Key::KP_Up => RemoteKey::Up,
        gdk::Key::Down | gdk::Key::KP_Down => RemoteKey::Down,
        gdk::Key::Left | gdk::Key::KP_Left => RemoteKey::Left,
        gdk::Key::Right | gdk::Key::KP_Right => RemoteKey::Right,
        gdk::Key::Return | gdk::Key::KP_Enter | gdk::Key::ISO_Enter => RemoteKey::Confirm,
        gdk::Key::BackSpace => RemoteKey::Back,
        gdk::Key::Escape => RemoteKey::Exit,
        gdk::Key::Home | gdk::Key::F5 => RemoteKey::Home,
        _ => return None,
    })
}

fn television_key(key: gdk::Key) -> Option<RemoteKey> {
    Some(match key {
        gdk::Key::F1 => RemoteKey::Blue,
        gdk::Key::F2 => RemoteKey::Red,
        gdk::Key::F3 => RemoteKey::Green,
        gdk::Key::F4 => RemoteKey::Yellow,
        gdk::Key::F6 => RemoteKey::ThreeDigits,
        gdk::Key::F7 => RemoteKey::ChannelPrevious,
        gdk::Key::F8 => RemoteKey::Help,
        gdk::Key::F9 => RemoteKey::Power,
        gdk::Key::Page_Up => RemoteKey::ChannelUp,
        gdk::Key::Page_Down => RemoteKey::ChannelDown,
        gdk::Key::plus | gdk::Key::KP_Add => RemoteKey::VolumeUp,
        gdk::Key::minus | gdk::Key::KP_Subtract => RemoteKey::VolumeDown,
        gdk::Key::m => RemoteKey::Mute,
        gdk::Key::i => RemoteKey::Info,
        gdk::Key::g => RemoteKey::Guide,
        gdk::Key::d => RemoteKey::Data,
        gdk::Key::s => RemoteKey::Subtitle,
        gdk::Key::a => RemoteKey::Audio,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: gdk::Key, expected: Option<RemoteKey>) {
        assert_eq!(remote_key(key), expected, "{key:?}");
    }

    #[test]
    fn a_keyboard_stands_in_for_the_remote() {
        check(gdk::Key::Up, Some(RemoteKey::Up));
        check(gdk::Key::Return, Some(RemoteKey::Confirm));
        check(gdk::Key::BackSpace, Some(RemoteKey::Back));
        check(gdk::Key::Escape, Some(RemoteKey::Exit));
        check(gdk::Key::F1, Some(RemoteKey::Blue));
        check(gdk::Key::F4, Some(RemoteKey::Yellow));
        check(gdk::Key::_0, Some(RemoteKey::Digit(0)));
        check(gdk::Key::KP_7, Some(RemoteKey::Digit(7)));
        check(gdk::Key::Page_Down, Some(RemoteKey::ChannelDown));
        check(gdk::Key::z, None);
    }
}
