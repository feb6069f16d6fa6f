//! `[login]` and `[check_in]`.

use std::{path::PathBuf, time::Duration};

use jpki::trust::HierarchyProfile;
use serde::Deserialize;

use super::Faults;

/// Card logins and sessions.
#[derive(Debug, Clone)]
pub struct LoginConfig {
    /// Folder with the certificates (DER) of the authorities that are believed, of both kinds.
    pub auth_issuers: PathBuf,
    /// Names and policies of the hierarchy that is believed.
    pub hierarchy: HierarchyProfile,
    /// How long a nonce can be used.
    pub nonce: Duration,
    /// How long a session of a touched card lasts.
    pub touch_session: Duration,
    /// How long a session opened with the PIN lasts.
    pub pin_session: Duration,
}

/// The daily check-in.
#[derive(Debug, Clone)]
pub struct CheckInConfig {
    /// Seconds during which an answer can be taken back on the television.
    pub undo_seconds: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLogin {
    auth_issuers: String,
    hierarchy: Hierarchy,
    #[serde(default = "two_minutes")]
    nonce_seconds: u32,
    #[serde(default = "ten_minutes")]
    touch_session_seconds: u32,
    #[serde(default = "ten_minutes")]
    pin_session_seconds: u32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Hierarchy {
    Japan,
    HitokoeTest,
}

const fn two_minutes() -> u32 {
    120
}

const fn ten_minutes() -> u32 {
    600
}

impl RawLogin {
    pub(super) fn check(self, faults: &mut Faults) -> LoginConfig {
        let mut seconds =
            |key: &str, value, range| Duration::from_secs(faults.within(key, value, range).into());
        let nonce = seconds("login.nonce_seconds", self.nonce_seconds, 10..=300);
        let key = "login.touch_session_seconds";
        let touch_session = seconds(key, self.touch_session_seconds, 30..=3600);
        let key = "login.pin_session_seconds";
        let pin_session = seconds(key, self.pin_session_seconds, 30..=3600);
        let auth_issuers = faults.path(&self.auth_issuers);
        let hierarchy = match self.hierarchy {
            Hierarchy::Japan => HierarchyProfile::japan(),
            Hierarchy::HitokoeTest => HierarchyProfile::hitokoe_test(),
        };
        LoginConfig { auth_issuers, hierarchy, nonce, touch_session, pin_session }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawCheckIn {
    undo_seconds: u32,
}

impl Default for RawCheckIn {
    fn default() -> Self {
        Self { undo_seconds: 30 }
    }
}

impl RawCheckIn {
    pub(super) fn check(self, faults: &mut Faults) -> CheckInConfig {
        let undo_seconds = faults.within("check_in.undo_seconds", self.undo_seconds, 0..=600);
        CheckInConfig { undo_seconds }
    }
}
