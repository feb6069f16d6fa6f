//! Which keys of the remote a home has put out of use, and when they work all the same.
//!
//! One table: what the home chose, what is on the screen, which key. It keeps no state and knows no page; what
//! waits for a key is never locked (invariants 1 and 7). The operator's keymap, which may take a key from every
//! home, lies before this in `remote-input`.

use gateway_api::household::KeyLock;

use crate::key::RemoteKey;

/// What is on the screen, as far as it matters for locked keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    /// Live television and nothing that waits.
    Television,
    /// A page that somebody opened: its own keys and the way out work.
    Page,
    /// An order, a call for help that stands, a question, or a dark screen: every key works.
    Waiting,
}

/// Keys that are locked together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// What a television without anything else has, and the call for what to do.
    Plain,
    /// What moves on a page, chooses and leaves.
    Paging,
    /// Further ways to a channel.
    Channels,
    /// What brings up something that nobody asked for.
    Further,
}

/// Whether the key does nothing now.
pub(crate) const fn is_locked(lock: KeyLock, scene: Scene, key: RemoteKey) -> bool {
    if matches!(lock, KeyLock::All) || matches!(scene, Scene::Waiting) {
        return false;
    }
    match (group(key), lock) {
        (Group::Plain, _) => false,
        (Group::Further, _) => true,
        (Group::Channels, lock) => matches!(lock, KeyLock::Minimal),
        (Group::Paging, lock) => {
            matches!(lock, KeyLock::Minimal) && matches!(scene, Scene::Television)
        }
    }
}

/// Every key has its group: one that is added must be thought about here.
const fn group(key: RemoteKey) -> Group {
    match key {
        RemoteKey::Power
        | RemoteKey::VolumeUp
        | RemoteKey::VolumeDown
        | RemoteKey::Mute
        | RemoteKey::ChannelUp
        | RemoteKey::ChannelDown
        | RemoteKey::Digit(_)
        | RemoteKey::Help => Group::Plain,
        RemoteKey::Up
        | RemoteKey::Down
        | RemoteKey::Left
        | RemoteKey::Right
        | RemoteKey::Confirm
        | RemoteKey::Back
        | RemoteKey::Exit
        | RemoteKey::Blue
        | RemoteKey::Red
        | RemoteKey::Green
        | RemoteKey::Yellow => Group::Paging,
        RemoteKey::ChannelPrevious | RemoteKey::ThreeDigits | RemoteKey::Terrestrial => {
            Group::Channels
        }
        RemoteKey::Home
        | RemoteKey::Guide
        | RemoteKey::Info
        | RemoteKey::Data
        | RemoteKey::Subtitle
        | RemoteKey::Audio
        | RemoteKey::Bs
        | RemoteKey::Cs => Group::Further,
    }
}

#[cfg(test)]
mod tests {
    use RemoteKey::{
        Back, Blue, Bs, ChannelPrevious, ChannelUp, Confirm, Data, Digit, Exit, Guide, Help, Home,
        Power, Up, VolumeDown,
    };

    use super::*;

    const LOCKS: [KeyLock; 3] = KeyLock::ALL;
    const SCENES: [Scene; 3] = [Scene::Television, Scene::Page, Scene::Waiting];

    /// In the order of [`LOCKS`], on live television and on a page: `x` is locked.
    #[track_caller]
    fn check(keys: &[RemoteKey], television: &str, page: &str) {
        for key in keys {
            for (scene, expected) in [(Scene::Television, television), (Scene::Page, page)] {
                let found: String = LOCKS
                    .map(|lock| if is_locked(lock, scene, *key) { 'x' } else { '.' })
                    .iter()
                    .collect();
                assert_eq!(found, expected, "{key:?} {scene:?}");
            }
        }
    }

    #[test]
    fn each_group_has_its_line() {
        check(&[Power, VolumeDown, ChannelUp, Digit(10), Help], "...", "...");
        check(&[Confirm, Up, Blue, Back, Exit], "..x", "...");
        check(&[ChannelPrevious, RemoteKey::ThreeDigits], "..x", "..x");
        check(&[Home, Guide, Data, Bs, RemoteKey::Cs, RemoteKey::Subtitle], ".xx", ".xx");
    }

    #[test]
    fn nothing_is_locked_while_something_waits() {
        for key in [Home, Guide, Data, Bs, Confirm, Exit, ChannelPrevious, Power] {
            for lock in LOCKS {
                assert!(!is_locked(lock, Scene::Waiting, key), "{key:?} {lock:?}");
            }
        }
    }

    #[test]
    fn no_page_is_without_a_way_out_and_no_television_without_its_own_keys() {
        for lock in LOCKS {
            for key in [Back, Exit, Confirm] {
                assert!(!is_locked(lock, Scene::Page, key));
            }
            for scene in SCENES {
                assert!(!is_locked(lock, scene, Power) && !is_locked(lock, scene, Help));
            }
        }
    }
}
