//! What each page shows.

use crate::{
    nav::{Choice, Command, Page, Setting},
    phrase::{Phrase, say},
    view::{Body, Icon, Item, Language, Layout, PageKind, PageView, TextScale},
};

use super::Machine;

/// A page before focus and status are known.
pub(super) struct Draft {
    pub(super) kind: PageKind,
    pub(super) title: Phrase,
    pub(super) lead: Option<Phrase>,
    pub(super) detail: Option<Phrase>,
    pub(super) body: Body,
    pub(super) layout: Layout,
    pub(super) choices: Vec<Choice>,
    pub(super) hint: Phrase,
}

impl Draft {
    pub(super) fn new(kind: PageKind, title: Phrase, layout: Layout) -> Self {
        Self {
            kind,
            title,
            lead: None,
            detail: None,
            body: Body::Empty,
            layout,
            choices: Vec::new(),
            hint: say::hint_choose(),
        }
    }
}

/// An item without note and shortcut.
pub(super) fn choice(label: Phrase, icon: Option<Icon>, command: Command) -> Choice {
    Choice { item: Item { label, note: None, icon, shortcut: None }, command }
}

fn tile(label: Phrase, note: Phrase, icon: Icon, command: Command) -> Choice {
    let mut choice = choice(label, Some(icon), command);
    choice.item.note = Some(note);
    choice
}

impl Machine {
    pub(super) fn choices(&self) -> Vec<Choice> {
        self.draft().map_or_else(Vec::new, |draft| draft.choices)
    }

    pub(super) fn page_view(&self) -> Option<PageView> {
        let screen = self.nav.top()?;
        let draft = self.draft()?;
        Some(PageView {
            kind: draft.kind,
            title: draft.title,
            lead: draft.lead,
            detail: draft.detail,
            body: draft.body,
            layout: draft.layout,
            focus: screen.focus.min(draft.choices.len().saturating_sub(1)),
            items: draft.choices.into_iter().map(|choice| choice.item).collect(),
            hint: draft.hint,
            status: (!self.link_open).then(say::status_offline),
        })
    }

    fn draft(&self) -> Option<Draft> {
        Some(match *self.nav.page()? {
            Page::Settings => self.settings_page(),
            Page::SettingChoice(setting) => self.setting_page(setting),
            _ => self.home_page(),
        })
    }

    fn home_page(&self) -> Draft {
        let mut draft =
            Draft::new(PageKind::Home, say::home_title(), Layout::Tiles { columns: 3 });
        draft.lead = Some(say::home_lead());
        draft.choices = vec![
            tile(say::tile_check_in(), say::tile_check_in_note(), Icon::Heart, Command::OpenCheckIn),
            tile(say::tile_login(), say::tile_login_note(), Icon::Card, Command::OpenLogin),
            tile(say::tile_plan(), say::tile_plan_note(), Icon::Shelter, Command::OpenPlan),
            tile(
                say::tile_access_log(),
                say::tile_access_log_note(),
                Icon::Eye,
                Command::OpenAccessLog,
            ),
            tile(
                say::tile_settings(),
                say::tile_settings_note(),
                Icon::Settings,
                Command::OpenSettings,
            ),
            tile(
                say::tile_television(),
                say::tile_television_note(),
                Icon::Television,
                Command::ToTelevision,
            ),
        ];
        draft
    }

    fn settings_page(&self) -> Draft {
        let mut draft = Draft::new(PageKind::Settings, say::settings_title(), Layout::Column);
        draft.lead = Some(say::settings_lead());
        let entries = [
            (Setting::Scale, say::setting_scale(), scale_name(self.settings.scale)),
            (Setting::Language, say::setting_language(), language_name(self.language())),
            (Setting::Speech, say::setting_speech(), speech_name(self.settings.speech)),
        ];
        for (setting, label, value) in entries {
            let mut entry = choice(label, None, Command::OpenSetting(setting));
            entry.item.note = Some(value);
            draft.choices.push(entry);
        }
        draft.choices.push(choice(say::button_home(), Some(Icon::Home), Command::ToHome));
        draft
    }

    fn setting_page(&self, setting: Setting) -> Draft {
        let (title, lead) = match setting {
            Setting::Scale => (say::setting_scale(), say::setting_scale_lead()),
            Setting::Language => (say::setting_language(), say::setting_language_lead()),
            Setting::Speech => (say::setting_speech(), say::setting_speech_lead()),
        };
        let mut draft = Draft::new(PageKind::Settings, title, Layout::Column);
        draft.lead = Some(lead);
        draft.choices = match setting {
            Setting::Scale => [TextScale::Normal, TextScale::Large, TextScale::Largest]
                .map(|scale| choice(scale_name(scale), None, Command::SetScale(scale)))
                .to_vec(),
            Setting::Language => [Language::Ja, Language::JaEasy, Language::En]
                .map(|language| choice(language_name(language), None, Command::SetLanguage(language)))
                .to_vec(),
            Setting::Speech => [true, false]
                .map(|speech| choice(speech_name(speech), None, Command::SetSpeech(speech)))
                .to_vec(),
        };
        self.mark_present_choice(setting, &mut draft.choices);
        draft
    }

    fn mark_present_choice(&self, setting: Setting, choices: &mut [Choice]) {
        let present = match setting {
            Setting::Scale => Command::SetScale(self.settings.scale),
            Setting::Language => Command::SetLanguage(self.language()),
            Setting::Speech => Command::SetSpeech(self.settings.speech),
        };
        for choice in choices.iter_mut().filter(|choice| choice.command == present) {
            choice.item.note = Some(say::setting_chosen());
            choice.item.icon = Some(Icon::Check);
        }
    }
}

fn scale_name(scale: TextScale) -> Phrase {
    match scale {
        TextScale::Normal => say::scale_normal(),
        TextScale::Large => say::scale_large(),
        TextScale::Largest => say::scale_largest(),
    }
}

fn language_name(language: Language) -> Phrase {
    match language {
        Language::Ja => say::language_ja(),
        Language::JaEasy => say::language_ja_easy(),
        Language::En => say::language_en(),
    }
}

fn speech_name(speech: bool) -> Phrase {
    if speech { say::speech_on() } else { say::speech_off() }
}
