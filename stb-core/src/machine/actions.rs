//! What 決定 does.

use crate::{
    nav::{Command, Page, Setting, Wipe},
    session::purpose::Purpose,
};

use super::Machine;

impl Machine {
    /// False when it does not count here, e.g. a PIN that is not complete.
    pub(super) fn perform(&mut self, command: Command) -> bool {
        match command {
            Command::OpenCheckIn => self.open_check_in(),
            Command::OpenLogin => self.ask_for(Purpose::Login),
            Command::Logout => self.logout(),
            Command::OpenPlan => self.nav.open(Page::EvacuationPlan { page: 0 }, 0),
            Command::OpenOrder => self.open_order(),
            Command::OpenHelp => self.nav.open(Page::Help, 0),
            Command::EndHelp => self.end_help(),
            Command::CloseHelp => self.close_help(),
            Command::CallAgain => self.call_again(),
            Command::OpenAccessLog => self.ask_for(Purpose::AccessLog),
            Command::ReloadAccessLog => self.load_access_log(),
            Command::AnswerCheckIn(condition) => self.answer_check_in(condition),
            Command::AnswerContact(wanted) => self.answer_contact(wanted),
            Command::UndoCheckIn => self.undo_check_in(),
            Command::ShowRows { page } => self.show_rows(page),
            Command::Watch { place } => self.watch(place),
            Command::ToHome => self.go_home(),
            Command::ToTelevision => self.nav.leave_to_television(),
            Command::Card(deed) => return self.card_deed(deed),
            Command::OpenServices => self.open_services(),
            Command::OpenCards => self.open_cards(),
            Command::OpenCardLink => self.open_card_link(),
            Command::Service(deed) => return self.service_deed(deed),
            Command::Cards(deed) => return self.card_menu_deed(deed),
            Command::Diagnosis(deed) => self.diagnosis_deed(deed),
            Command::OpenStartOver => self.nav.open(Page::StartOver(Wipe::Asked), 0),
            Command::StartOver => self.start_over(),
            Command::ToSettings => {
                self.nav.back();
            }
            Command::FirstStart(deed) => return self.first_start_deed(deed),
            setting => self.set(setting),
        }
        true
    }

    fn set(&mut self, command: Command) {
        match command {
            Command::OpenSettings => return self.nav.open(Page::Settings, 0),
            Command::OpenSetting(setting) => return self.open_setting(setting),
            Command::SetScale(scale) => self.settings.scale = scale,
            Command::SetLanguage(language) => self.settings.language = Some(language),
            Command::SetSpeech(speech) => self.settings.speech = speech,
            _ => return,
        }
        self.settings_chosen = true;
        // Chosen, kept, and one step back to the list of settings.
        self.settings_changed();
        self.nav.back();
    }

    fn open_setting(&mut self, setting: Setting) {
        let focus = match setting {
            Setting::Scale => self.settings.scale as usize,
            Setting::Language => self.language() as usize,
            Setting::Speech => usize::from(!self.settings.speech),
        };
        self.nav.open(Page::SettingChoice(setting), focus);
    }

    fn open_order(&mut self) {
        self.nav.leave_to_television();
        self.emergency.open();
    }

    /// Home anew. Each tile has its place; the focus goes to what is urgent.
    pub(super) fn go_home(&mut self) {
        let focus = self.first_tile();
        self.nav.go_home(focus);
    }

    /// Another page of the same table; the focus stays on the button that turned it.
    fn show_rows(&mut self, page: usize) {
        let turned = match self.nav.page() {
            Some(Page::AccessLog { .. }) => Page::AccessLog { page },
            Some(Page::EvacuationPlan { .. }) => Page::EvacuationPlan { page },
            Some(Page::Guide { .. }) => return self.nav.replace(Page::Guide { page }, 0),
            _ => return,
        };
        let focus = self.nav.top().map_or(0, |screen| screen.focus);
        self.nav.replace(turned, focus);
    }
}
