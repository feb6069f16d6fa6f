//! A new remote, key by key, from recorded streams and from anything that fingers can do.

use std::path::Path;

use proptest::prelude::*;
use remote_input::{
    Keymap,
    probe::{ASKED, Heard, Probe},
    recording::{self, RawEvent},
};
use stb_core::key::RemoteKey;

fn event(code: u16, value: i32) -> RawEvent {
    RawEvent { time_us: 0, kind: 1, code, value }
}

/// Somebody presses what is asked: the codes of the built-in keymap, one for each key.
#[test]
fn a_whole_remote_becomes_a_keymap_that_the_box_reads() {
    let mut probe = Probe::new("gpio_ir_recv");
    let usual = Keymap::default();
    let code_of = |key| (1..0x300).find(|code| usual.key(*code) == Some(key));
    for (key, label) in ASKED {
        assert_eq!(probe.asked(), Some(label));
        let code = code_of(key).expect("the built-in keymap has every key");
        assert_eq!(probe.hear(event(code, 1)), Heard::Taken);
        assert_eq!(probe.hear(event(code, 0)), Heard::Nothing);
    }
    let keymap =
        Keymap::parse(Path::new("new.toml"), &probe.keymap()).expect("it was written here");
    assert!(keymap.fits("gpio_ir_recv") && !keymap.fits("another"));
    for (key, label) in ASKED {
        assert_eq!(keymap.key(code_of(key).expect("asked")), Some(key), "{label}");
    }
}

#[test]
fn a_recorded_remote_with_other_codes_is_learnt() {
    // Held until it repeats; a bounce; a key that this remote does not have.
    let stream =
        "1 1 142 1\n2 1 142 2\n3 1 142 0\n4 1 402 1\n5 1 402 0\n6 1 402 1\n7 1 402 0\n8 1 639 1";
    let mut probe = Probe::new("box \"2\"");
    let heard: Vec<_> = recording::parse(stream)
        .expect("a valid stream")
        .iter()
        .map(|recorded| probe.hear(recorded.event))
        .filter(|heard| *heard != Heard::Nothing)
        .collect();
    assert_eq!(heard, [Heard::Taken, Heard::Taken, Heard::AlreadyTaken("▲"), Heard::Taken]);
    assert_eq!(probe.asked(), Some("◀"));
    probe.skip();
    let text = probe.keymap();
    assert!(text.contains("KEY_SLEEP = \"power\" # 電源"), "{text}");
    assert!(text.contains("\"0x27f\" = \"down\" # ▼"), "{text}");
    let keymap = Keymap::parse(Path::new("new.toml"), &text).expect("it was written here");
    assert!(keymap.fits("the box \"2\" remote"));
    assert_eq!(keymap.key(402), Some(RemoteKey::Up));
    assert_eq!(keymap.key(352), None, "what was not pressed means nothing");
}

#[test]
fn a_mistake_is_taken_back() {
    let mut probe = Probe::new("remote");
    probe.take_back();
    probe.hear(event(1, 1));
    probe.take_back();
    assert_eq!(probe.asked(), Some("電源"));
    assert_eq!(probe.hear(event(1, 1)), Heard::Taken);
}

proptest! {
    #[test]
    fn whatever_is_pressed_the_file_is_valid(
        device in "\\PC{0,20}",
        presses in prop::collection::vec((1_u16..0x2ff, 0_u8..8), 0..120),
    ) {
        let mut probe = Probe::new(&device);
        for (code, deed) in presses {
            match deed {
                0 => probe.skip(),
                1 => probe.take_back(),
                _ => drop(probe.hear(event(code, 1))),
            }
        }
        let keymap = Keymap::parse(Path::new("new.toml"), &probe.keymap());
        prop_assert!(keymap.is_ok(), "{:?}: {}", keymap.err(), probe.keymap());
        prop_assert!(keymap.is_ok_and(|keymap| keymap.fits(&device)));
    }
}
