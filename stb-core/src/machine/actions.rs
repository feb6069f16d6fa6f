//! What 決定 does.

use crate::nav::{Command, Page, Setting};

use super::Machine;

impl Machine {
    pub(super) fn perform(&mut self, command: Command) {
        match command {
            Command::OpenSettings => self.nav.open(Page::Settings, 0),
            Command::OpenSetting(setting) => self.open_setting(setting),
            Command::SetScale(scale) => {
                self.settings.scale = scale;
                self.setting_done();
            }
            Command::SetLanguage(language) => {
                self.settings.language = Some(language);
                self.setting_done();
            }
            Command::SetSpeech(speech) => {
                self.settings.speech = speech;
                self.setting_done();
            }
            Command::Back => {
                self.nav.back();
            }
            Command::ToHome => self.nav.go_home(),
            Command::ToTelevision => self.nav.leave_to_television(),
            _ => {}
        }
    }

    fn open_setting(&mut self, setting: Setting) {
        let focus = match setting {
            Setting::Scale => self.settings.scale as usize,
            Setting::Language => self.language() as usize,
            Setting::Speech => usize::from(!self.settings.speech),
        };
        self.nav.open(Page::SettingChoice(setting), focus);
    }

    /// Chosen, kept, and one step back to the list of settings.
    fn setting_done(&mut self) {
        self.settings_changed();
        self.nav.back();
    }
}
