//! What the household set for itself: text size, language, speech, volume, last channel.

use gateway_api::report::Condition;
use serde::{Deserialize, Serialize};

use crate::view::{Language, TextScale};

/// Settings that survive a restart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) scale: TextScale,
    /// The first start need not ask for it.
    pub(crate) is_scale_chosen: bool,
    /// None until somebody chooses here: the provisioned language holds.
    pub(crate) language: Option<Language>,
    pub(crate) speech: bool,
    pub(crate) volume_percent: u8,
    pub(crate) muted: bool,
    pub(crate) last_channel: Option<String>,
    /// Day of the last check-in for each resident, so that the question comes once a day.
    pub(crate) checked_in: Vec<CheckedIn>,
}

/// One resident has answered on one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CheckedIn {
    pub(crate) resident_id: String,
    pub(crate) day: i64,
    /// What stands of that day, where it was answered here.
    #[serde(default)]
    pub(crate) condition: Option<Condition>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            scale: TextScale::Normal,
            is_scale_chosen: false,
            language: None,
            speech: true,
            volume_percent: 40,
            muted: false,
            last_channel: None,
            checked_in: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads what [`Self::to_bytes`] wrote. Damaged bytes give the defaults: a box without its
    /// settings is still a television.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut settings: Self = serde_json::from_slice(bytes).unwrap_or_default();
        settings.volume_percent = settings.volume_percent.min(100);
        settings
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("settings hold only strings, numbers and plain enums")
    }

    pub(crate) fn has_checked_in(&self, resident_id: &str, day: i64) -> bool {
        self.checked_in.iter().any(|entry| entry.resident_id == resident_id && entry.day == day)
    }

    /// What stands of this day, where it was answered here.
    pub(crate) fn condition(&self, resident_id: &str, day: i64) -> Option<Condition> {
        let mut entries = self.checked_in.iter();
        entries.find(|entry| entry.resident_id == resident_id && entry.day == day)?.condition
    }

    pub(crate) fn note_check_in(
        &mut self,
        resident_id: &str,
        day: i64,
        condition: Option<Condition>,
    ) {
        self.forget_check_in(resident_id);
        self.checked_in.push(CheckedIn { resident_id: resident_id.to_owned(), day, condition });
    }

    pub(crate) fn forget_check_in(&mut self, resident_id: &str) {
        self.checked_in.retain(|entry| entry.resident_id != resident_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart() {
        let mut settings = Settings { scale: TextScale::Largest, ..Settings::default() };
        settings.note_check_in("r1", 20_000, Some(Condition::Normal));
        assert_eq!(Settings::from_bytes(&settings.to_bytes()), settings);
    }

    #[test]
    fn damaged_settings_give_the_defaults() {
        assert_eq!(Settings::from_bytes(b"\xff{"), Settings::default());
        let loud = Settings::from_bytes(br#"{"volume_percent": 250}"#);
        assert_eq!(loud.volume_percent, 100);
    }

    #[test]
    fn a_check_in_counts_for_its_day_and_person() {
        let mut settings = Settings::default();
        settings.note_check_in("hana", 5, Some(Condition::Bad));
        assert_eq!(settings.condition("hana", 5), Some(Condition::Bad));
        assert_eq!(settings.condition("hana", 6), None);
        assert!(settings.has_checked_in("hana", 5));
        assert!(!settings.has_checked_in("hana", 6));
        assert!(!settings.has_checked_in("shigeru", 5));
        settings.forget_check_in("hana");
        assert!(!settings.has_checked_in("hana", 5));
    }
}
