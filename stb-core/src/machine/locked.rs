//! What is on the screen decides whether a key that the home does not use works all the same.

use gateway_api::household::KeyLock;

use crate::{
    key::RemoteKey,
    key_lock::{Scene, is_locked},
    nav::Page,
    phone,
    phrase::{Phrase, say},
};

use super::Machine;

impl Machine {
    /// Whether the key does nothing now.
    pub(super) fn is_locked(&self, key: RemoteKey) -> bool {
        is_locked(self.key_lock(), self.scene(), key)
    }

    /// Whether live television has a key that leads to the menu.
    pub(super) fn has_menu_keys(&self) -> bool {
        !is_locked(self.key_lock(), Scene::Television, RemoteKey::Confirm)
    }

    fn key_lock(&self) -> KeyLock {
        let profile = self.profile.as_ref();
        profile.map_or(KeyLock::All, |profile| profile.provisioning.household.key_lock)
    }

    fn scene(&self) -> Scene {
        // An order that was answered is one line, and a line may ask for a key, too.
        let is_told = self.emergency.stage(self.context.now_ms()).is_some();
        // So does a call for help, wherever somebody went meanwhile.
        if self.standby || is_told || self.call_hint().is_some() {
            return Scene::Waiting;
        }
        match self.nav.page() {
            None => Scene::Television,
            Some(page) if waits(*page) => Scene::Waiting,
            Some(_) => Scene::Page,
        }
    }

    /// On the page of the settings, for whoever wonders about keys that do nothing.
    pub(super) fn key_lock_sentence(&self) -> Option<Phrase> {
        let town = self.context.town_phone.as_ref();
        match self.key_lock() {
            KeyLock::All => None,
            KeyLock::Simple => Some(phone::named(town, say::keys_simple, say::keys_simple_phone)),
            KeyLock::Minimal => {
                Some(phone::named(town, say::keys_minimal, say::keys_minimal_phone))
            }
        }
    }
}

/// Pages on which somebody is asked something, or is in the middle of something.
const fn waits(page: Page) -> bool {
    match page {
        Page::Card
        | Page::CheckIn
        | Page::CheckInContact
        | Page::CheckInDone
        | Page::Help
        | Page::Services
        | Page::Cards
        | Page::Diagnosis
        | Page::FirstStart
        | Page::StartOver(_) => true,
        Page::Home
        | Page::Welcome
        | Page::AccessLog { .. }
        | Page::EvacuationPlan { .. }
        | Page::Guide { .. }
        | Page::Settings
        | Page::SettingChoice(_) => false,
    }
}
