//! Hazards and warning levels.

/// Hazards for which emergency sites are designated (災害対策基本法 49-4; columns of the open data).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hazard {
    /// 洪水
    Flood,
    /// 崖崩れ、土石流及び地滑り
    Landslide,
    /// 高潮
    StormSurge,
    /// 地震
    Earthquake,
    /// 津波
    Tsunami,
    /// 大規模な火事
    LargeFire,
    /// 内水氾濫
    InlandFlood,
    /// 火山現象
    Volcano,
}

/// Warning level of an evacuation order. Tsunami orders carry none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 警戒レベル3 高齢者等避難
    Three,
    /// 警戒レベル4 避難指示
    Four,
    /// 警戒レベル5 緊急安全確保
    Five,
}
