//! Keys of a Japanese remote control, independent of how they arrive.

/// One key.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum RemoteKey {
    /// ▲
    Up,
    /// ▼
    Down,
    /// ◀
    Left,
    /// ▶
    Right,
    /// 決定
    Confirm,
    /// 戻る
    Back,
    /// 終了: to live television from anywhere.
    Exit,
    /// ホーム / メニュー
    Home,
    /// 0-12; on the one-touch row 10 arrives as 0.
    Digit(u8),
    /// 3桁入力
    ThreeDigits,
    /// チャンネル＋
    ChannelUp,
    /// チャンネル－
    ChannelDown,
    /// 前のチャンネル
    ChannelPrevious,
    /// 音量＋
    VolumeUp,
    /// 音量－
    VolumeDown,
    /// 消音
    Mute,
    /// 番組表
    Guide,
    /// 番組説明 / 画面表示
    Info,
    /// dデータ
    Data,
    /// 青
    Blue,
    /// 赤
    Red,
    /// 緑
    Green,
    /// 黄
    Yellow,
    /// 字幕
    Subtitle,
    /// 音声切換
    Audio,
    /// 地デジ
    Terrestrial,
    /// BS
    Bs,
    /// CS
    Cs,
    /// 電源
    Power,
    /// ヘルプ / 緊急
    Help,
}

impl RemoteKey {
    /// Whether the key counts again while it is held: moving and changing by steps does, what acts
    /// never does.
    pub const fn repeats(self) -> bool {
        matches!(
            self,
            Self::Up
                | Self::Down
                | Self::Left
                | Self::Right
                | Self::ChannelUp
                | Self::ChannelDown
                | Self::VolumeUp
                | Self::VolumeDown
        )
    }
}

/// How a key came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyAction {
    /// Pressed now.
    Pressed,
    /// Held down; see [`RemoteKey::repeats`].
    Repeated,
}
