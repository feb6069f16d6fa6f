//! A new remote, key by key: what is asked, what counts as an answer, and the keymap that comes of it.
//!
//! Pure: the program `remote-probe` reads the device and the keyboard of the person who presses.

use stb_core::key::RemoteKey;

use crate::{
    keymap::{code_name, key_value},
    recording::RawEvent,
};

const TYPE_KEY: u16 = 1;
const PRESSED: i32 = 1;

/// Every key of a Japanese remote in the order in which they are asked for, with what stands on them.
pub const ASKED: [(RemoteKey, &str); 41] = [
    (RemoteKey::Power, "電源"),
    (RemoteKey::Up, "▲"),
    (RemoteKey::Down, "▼"),
    (RemoteKey::Left, "◀"),
    (RemoteKey::Right, "▶"),
    (RemoteKey::Confirm, "決定"),
    (RemoteKey::Back, "戻る"),
    (RemoteKey::Exit, "終了"),
    (RemoteKey::Home, "ホーム / メニュー"),
    (RemoteKey::Blue, "青"),
    (RemoteKey::Red, "赤"),
    (RemoteKey::Green, "緑"),
    (RemoteKey::Yellow, "黄"),
    (RemoteKey::Digit(1), "1"),
    (RemoteKey::Digit(2), "2"),
    (RemoteKey::Digit(3), "3"),
    (RemoteKey::Digit(4), "4"),
    (RemoteKey::Digit(5), "5"),
    (RemoteKey::Digit(6), "6"),
    (RemoteKey::Digit(7), "7"),
    (RemoteKey::Digit(8), "8"),
    (RemoteKey::Digit(9), "9"),
    (RemoteKey::Digit(0), "10 / 0"),
    (RemoteKey::Digit(11), "11"),
    (RemoteKey::Digit(12), "12"),
    (RemoteKey::ThreeDigits, "3桁入力"),
    (RemoteKey::ChannelUp, "チャンネル＋"),
    (RemoteKey::ChannelDown, "チャンネル－"),
    (RemoteKey::ChannelPrevious, "前のチャンネル"),
    (RemoteKey::VolumeUp, "音量＋"),
    (RemoteKey::VolumeDown, "音量－"),
    (RemoteKey::Mute, "消音"),
    (RemoteKey::Guide, "番組表"),
    (RemoteKey::Info, "番組説明 / 画面表示"),
    (RemoteKey::Data, "dデータ"),
    (RemoteKey::Subtitle, "字幕"),
    (RemoteKey::Audio, "音声切換"),
    (RemoteKey::Terrestrial, "地デジ"),
    (RemoteKey::Bs, "BS"),
    (RemoteKey::Cs, "CS"),
    (RemoteKey::Help, "ヘルプ / 緊急"),
];

/// What an event meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Nothing: a release, a repeat, or no key.
    Nothing,
    /// The answer to what was asked.
    Taken,
    /// This code was the answer to another key already; it is asked again.
    AlreadyTaken(&'static str),
}

/// The questions and answers about one remote.
#[derive(Debug)]
pub struct Probe {
    device: String,
    asked: usize,
    answers: Vec<(u16, usize)>,
}

impl Probe {
    /// The first question about this device.
    pub fn new(device: &str) -> Self {
        Self { device: device.to_owned(), asked: 0, answers: Vec::new() }
    }

    /// What stands on the key that is asked for; nothing when all were.
    pub fn asked(&self) -> Option<&'static str> {
        ASKED.get(self.asked).map(|(_, label)| *label)
    }

    /// The device sent something.
    pub fn hear(&mut self, event: RawEvent) -> Heard {
        let is_press = event.kind == TYPE_KEY && event.value == PRESSED;
        if !is_press || self.asked().is_none() {
            return Heard::Nothing;
        }
        if let Some((_, before)) = self.answers.iter().find(|(code, _)| *code == event.code) {
            return Heard::AlreadyTaken(ASKED[*before].1);
        }
        self.answers.push((event.code, self.asked));
        self.asked += 1;
        Heard::Taken
    }

    /// The remote has no such key.
    pub fn skip(&mut self) {
        self.asked = (self.asked + 1).min(ASKED.len());
    }

    /// The answer before was a mistake: it is asked for again.
    pub fn take_back(&mut self) {
        self.asked = self.asked.saturating_sub(1);
        let asked = self.asked;
        self.answers.retain(|(_, answered)| *answered != asked);
    }

    /// The keymap of this remote, as a file for `[input] keymap_files`.
    pub fn keymap(&self) -> String {
        let device = toml::Value::String(self.device.clone());
        let mut text = format!("device = {device}\nbase = \"empty\"\n\n[keys]\n");
        for (code, answered) in &self.answers {
            let (key, label) = ASKED[*answered];
            text += &format!("{} = {} # {label}\n", code_name(*code), key_value(key));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::{Keymap, recording};

    fn event(code: u16, value: i32) -> RawEvent {
        RawEvent { time_us: 0, kind: TYPE_KEY, code, value }
    }

    /// Somebody presses what is asked: the codes of the built-in keymap, one for each key.
    #[test]
    fn a_whole_remote_becomes_a_keymap_that_the_box_reads() {
        let mut probe = Probe::new("gpio_ir_recv");
        let usual = Keymap::default();
        let code_of = |key| (1..0x300).find(|code| usual.key(*code) == Some(key));
        while probe.asked().is_some() {
            let code = code_of(ASKED[probe.asked].0).expect("the built-in keymap has every key");
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
        let stream = "1 1 142 1\n2 1 142 2\n3 1 142 0\n4 1 402 1\n5 1 402 0\n6 1 402 1\n7 1 402 0\n8 1 639 1";
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
}
