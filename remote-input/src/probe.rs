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
        let lines = self.answers.iter().map(|(code, answered)| {
            let (key, label) = ASKED[*answered];
            format!("{} = {} # {label}\n", code_name(*code), key_value(key))
        });
        let keys: String = lines.collect();
        format!("device = {device}\nbase = \"empty\"\n\n[keys]\n{keys}")
    }
}
