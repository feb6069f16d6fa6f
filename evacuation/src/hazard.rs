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

impl Hazard {
    /// All of them, in the order of the open data's columns.
    pub const ALL: [Self; 8] = [
        Self::Flood,
        Self::Landslide,
        Self::StormSurge,
        Self::Earthquake,
        Self::Tsunami,
        Self::LargeFire,
        Self::InlandFlood,
        Self::Volcano,
    ];

    /// The code used in messages and tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::Landslide => "landslide",
            Self::StormSurge => "storm-surge",
            Self::Earthquake => "earthquake",
            Self::Tsunami => "tsunami",
            Self::LargeFire => "large-fire",
            Self::InlandFlood => "inland-flood",
            Self::Volcano => "volcano",
        }
    }

    /// Whether its orders carry the digits of the warning levels, which are made for water and earth
    /// (避難情報に関するガイドライン, Cabinet Office 2021). Orders against the others bear their legal
    /// name alone (災害対策基本法 56, 60).
    pub fn has_warning_levels(self) -> bool {
        matches!(self, Self::Flood | Self::Landslide | Self::StormSurge | Self::InlandFlood)
    }

    /// The orders that are issued against it, by the level that stands for each; none for tsunami,
    /// whose one order has no level. Fire and volcano leave time for those who need it; an
    /// earthquake gives no warning; staying inside (緊急安全確保) helps against water and earth.
    pub fn orders(self) -> &'static [Level] {
        match self {
            Self::Tsunami => &[],
            Self::Earthquake => &[Level::Four],
            Self::LargeFire | Self::Volcano => &[Level::Three, Level::Four],
            Self::Flood | Self::Landslide | Self::StormSurge | Self::InlandFlood => {
                &[Level::Three, Level::Four, Level::Five]
            }
        }
    }

    /// The hazard with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hazard| hazard.code() == code)
    }
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

impl Level {
    /// The digit shown.
    pub fn number(self) -> u8 {
        match self {
            Self::Three => 3,
            Self::Four => 4,
            Self::Five => 5,
        }
    }

    /// The level with this digit; only 3 to 5 are evacuation orders.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Three, Self::Four, Self::Five].into_iter().find(|level| level.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_warning_levels_has_all_of_them() {
        for hazard in Hazard::ALL {
            assert_eq!(hazard.has_warning_levels(), hazard.orders().len() == 3, "{hazard:?}");
            let orders_to_leave = hazard.orders().contains(&Level::Four);
            assert_eq!(orders_to_leave, hazard != Hazard::Tsunami, "{hazard:?}");
        }
    }

    #[test]
    fn codes_and_digits_read_back() {
        for hazard in Hazard::ALL {
            assert_eq!(Hazard::from_code(hazard.code()), Some(hazard));
        }
        assert_eq!(Hazard::from_code("Flood"), None);
        assert_eq!((0..=u8::MAX).filter_map(Level::from_number).count(), 3);
        assert_eq!(Level::from_number(4), Some(Level::Four));
    }
}
