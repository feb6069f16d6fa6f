//! What each page shows.

use gateway_api::{login::AssuranceLevel, resident::AccessLog};

use crate::{
    first_start::FirstStart,
    nav::{Choice, Command, Draft, Page, Setting},
    phrase::{Phrase, say},
    time::{date_in_japan, hour_and_minute_in_japan},
    view::{Body, Icon, Language, Layout, PageKind, PageView, Row, TextScale},
};

use super::{
    LogState, Machine,
    people::{greeting, kana_or_name},
    start_over::start_over_page,
};

/// Rows of a table on one page.
const ROWS: usize = 5;
/// Tiles of the home page at most.
const MOST_TILES: usize = 6;

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
            status: self.status(),
        })
    }

    fn draft(&self) -> Option<Draft> {
        Some(match *self.nav.page()? {
            Page::Home => self.home_page(),
            Page::Card => self.card.draft().unwrap_or_else(|| self.home_page()),
            Page::Welcome => self.welcome_page(),
            Page::CheckIn => self.check_in.question(),
            Page::CheckInContact => self.check_in.contact_question(),
            Page::CheckInDone => self.check_in.done(self.link_open),
            Page::AccessLog { page } => self.access_log_page(page),
            Page::Help => self.help_page().unwrap_or_else(|| self.home_page()),
            Page::EvacuationPlan { page } => self.plan_page(page),
            Page::Guide { page } => self.guide_page(page),
            Page::Settings => self.settings_page(),
            Page::SettingChoice(setting) => self.setting_page(setting),
            Page::Services => self.services.draft().unwrap_or_else(|| self.home_page()),
            Page::Cards => self
                .card_menu
                .draft(self.context.town_phone.as_ref())
                .unwrap_or_else(|| self.settings_page()),
            Page::Diagnosis => self.diagnosis.draft().unwrap_or_else(|| self.home_page()),
            Page::StartOver(wipe) => start_over_page(wipe, self.context.operator_phone.as_ref()),
            Page::FirstStart => {
                self.first_start.as_ref().map_or_else(|| self.home_page(), FirstStart::draft)
            }
        })
    }

    /// Who is known here, or that the town cannot be reached.
    fn status(&self) -> Option<Phrase> {
        // Pages that lead to the gateway or away from it say so themselves.
        if self.first_start.is_some() || matches!(self.nav.page(), Some(Page::StartOver(_))) {
            return None;
        }
        if self.refusal.is_some() {
            return Some(say::status_refused());
        }
        if !self.link_open {
            return Some(say::status_offline());
        }
        let session = self.card.session()?;
        let name = session.display_name.trim();
        (!name.is_empty())
            .then(|| say::status_greeting(name, &kana_or_name(&session.display_kana, name)))
    }

    fn home_page(&self) -> Draft {
        let mut draft = Draft::new(PageKind::Home, say::home_title(), Layout::Tiles { columns: 3 })
            .lead(self.refused_line().unwrap_or_else(say::home_lead));
        draft.choices.extend(self.check_in_tile());
        draft = draft
            .choice(self.login_tile())
            .choice(tile(say::tile_plan(), Icon::Shelter, say::tile_plan_note(), Command::OpenPlan))
            .choice(self.order_tile().unwrap_or_else(log_tile))
            .choice(self.help_tile().unwrap_or_else(services_tile))
            .choice(tile(
                say::tile_settings(),
                Icon::Settings,
                say::tile_settings_note(),
                Command::OpenSettings,
            ))
            .choice(tile(
                say::tile_television(),
                Icon::Television,
                say::tile_television_note(),
                Command::ToTelevision,
            ));
        draft.choices.truncate(MOST_TILES);
        draft
    }

    fn check_in_tile(&self) -> Option<Choice> {
        let (label, note) = (say::tile_check_in(), say::tile_check_in_note());
        self.is_check_in_enabled().then(|| tile(label, Icon::Heart, note, Command::OpenCheckIn))
    }

    /// In the place of the log, which is found among cards and permissions, too.
    fn order_tile(&self) -> Option<Choice> {
        let label = say::tile_order();
        let is_meant = self.emergency.is_meant();
        let note = if is_meant { say::tile_order_note() } else { say::tile_drill_note() };
        self.is_order_in_force().then(|| tile(label, Icon::Warning, note, Command::OpenOrder))
    }

    /// Where the home page begins: on what is urgent.
    pub(super) fn first_tile(&self) -> usize {
        let tiles = self.home_page().choices;
        let place = |command| tiles.iter().position(|tile| tile.command == command);
        place(Command::OpenOrder).or_else(|| place(Command::OpenHelp)).unwrap_or(0)
    }

    /// A touched card is greeted by name; what is missing then is the PIN.
    fn login_tile(&self) -> Choice {
        let (label, icon, note, command) = if self.card.has_level(AssuranceLevel::L2) {
            (say::tile_logout(), Icon::CardRemove, say::tile_logout_note(), Command::Logout)
        } else if self.card.has_level(AssuranceLevel::L1) {
            (say::tile_pin(), Icon::Card, say::tile_pin_note(), Command::OpenLogin)
        } else {
            (say::tile_login(), Icon::Card, say::tile_login_note(), Command::OpenLogin)
        };
        tile(label, icon, note, command)
    }

    fn welcome_page(&self) -> Draft {
        let name = self.card.session().map_or("", |session| session.display_name.trim());
        let kana = self.card.session().map_or("", |session| session.display_kana.as_str());
        Draft::new(PageKind::Welcome, greeting(name, &kana_or_name(kana, name)), Layout::Row)
            .lead(say::welcome_lead())
            .detail(Some(say::welcome_detail()))
            .body(Body::Picture(Icon::Check))
            .choice(Choice::new(say::button_home(), Some(Icon::Home), Command::ToHome))
    }

    fn access_log_page(&self, page: usize) -> Draft {
        let draft = Draft::new(PageKind::AccessLog, say::access_log_title(), Layout::Row);
        let home = Choice::new(say::button_home(), Some(Icon::Home), Command::ToHome);
        match &self.access_log {
            LogState::Loading => draft.lead(say::access_log_loading()).choice(home),
            LogState::Failed => draft
                .lead(say::access_log_failed())
                .choice(Choice::new(say::button_retry(), None, Command::ReloadAccessLog))
                .choice(home),
            LogState::Here(log) if log.views.is_empty() => {
                draft.lead(say::access_log_empty()).body(Body::Picture(Icon::Eye)).choice(home)
            }
            LogState::Here(log) => {
                with_rows(draft.lead(say::access_log_lead()), &access_rows(log), page)
            }
        }
    }

    fn settings_page(&self) -> Draft {
        let mut draft = Draft::new(PageKind::Settings, say::settings_title(), Layout::Column)
            .lead(say::settings_lead())
            .detail(self.settings_detail());
        let entries = [
            (Setting::Scale, say::setting_scale(), scale_name(self.settings.scale)),
            (Setting::Language, say::setting_language(), language_name(self.language())),
            (Setting::Speech, say::setting_speech(), speech_name(self.settings.speech)),
        ];
        for (setting, label, value) in entries {
            let entry = Choice::new(label, None, Command::OpenSetting(setting));
            draft = draft.choice(entry.note(value));
        }
        let cards = Choice::new(say::cards_title(), None, Command::OpenCards);
        draft = draft.choice(cards.note(say::cards_note()));
        draft.choices.extend(self.start_over_choice());
        draft.choice(Choice::new(say::button_home(), Some(Icon::Home), Command::ToHome))
    }

    /// What there is to know about this box: keys that do nothing, and a new version.
    fn settings_detail(&self) -> Option<Phrase> {
        match (self.key_lock_sentence(), self.update_sentence()) {
            (Some(keys), Some(update)) => Some(say::two_sentences(keys, update)),
            (keys, update) => keys.or(update),
        }
    }

    fn setting_page(&self, setting: Setting) -> Draft {
        let (title, lead) = match setting {
            Setting::Scale => (say::setting_scale(), say::setting_scale_lead()),
            Setting::Language => (say::setting_language(), say::setting_language_lead()),
            Setting::Speech => (say::setting_speech(), say::setting_speech_lead()),
        };
        let mut draft = Draft::new(PageKind::Settings, title, Layout::Column).lead(lead);
        let plain = |label, command| Choice::new(label, None, command);
        draft.choices = match setting {
            Setting::Scale => [TextScale::Normal, TextScale::Large, TextScale::Largest]
                .map(|scale| plain(scale_name(scale), Command::SetScale(scale)))
                .to_vec(),
            Setting::Language => [Language::Ja, Language::JaEasy, Language::En]
                .map(|language| plain(language_name(language), Command::SetLanguage(language)))
                .to_vec(),
            Setting::Speech => [true, false]
                .map(|speech| plain(speech_name(speech), Command::SetSpeech(speech)))
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

fn tile(label: Phrase, icon: Icon, note: Phrase, command: Command) -> Choice {
    Choice::new(label, Some(icon), command).note(note)
}

fn log_tile() -> Choice {
    let (label, note) = (say::tile_access_log(), say::tile_access_log_note());
    tile(label, Icon::Eye, note, Command::OpenAccessLog)
}

fn services_tile() -> Choice {
    let (label, note) = (say::tile_services(), say::tile_services_note());
    tile(label, Icon::Check, note, Command::OpenServices)
}

/// A table on pages of five rows, with buttons to turn them.
pub(super) fn with_rows(draft: Draft, rows: &[Row], page: usize) -> Draft {
    let pages = rows.len().div_ceil(ROWS).max(1);
    let page = page.min(pages - 1);
    let number = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
    let here: Vec<Row> = rows.iter().skip(page * ROWS).take(ROWS).cloned().collect();
    let mut draft =
        draft.body(Body::Rows { rows: here, page: number(page + 1), pages: number(pages) });
    if page + 1 < pages {
        let next = Command::ShowRows { page: page + 1 };
        draft = draft.choice(Choice::new(say::button_next_page(), None, next));
    }
    if page > 0 {
        let previous = Command::ShowRows { page: page - 1 };
        draft = draft.choice(Choice::new(say::button_previous_page(), None, previous));
    }
    draft.choice(Choice::new(say::button_home(), Some(Icon::Home), Command::ToHome))
}

fn access_rows(log: &AccessLog) -> Vec<Row> {
    let row = |view: &gateway_api::resident::View| {
        let ((month, day), (hour, minute)) =
            (date_in_japan(view.at_ms), hour_and_minute_in_japan(view.at_ms));
        let digits = format!("{minute:02}");
        // A gateway that does not say why says at least what.
        let purpose = if view.purpose.is_empty() { &view.object } else { &view.purpose };
        Row {
            label: say::access_log_time(month, day, hour, minute, &digits),
            value: looks(view, purpose),
        }
    };
    log.views.iter().map(row).collect()
}

/// How often somebody looked, and until when where the gateway says it.
fn looks(view: &gateway_api::resident::View, purpose: &str) -> Phrase {
    match (view.looks, view.last_at_ms) {
        (0 | 1, _) => say::access_log_look(&view.viewer, purpose),
        (looks, None) => say::access_log_looks(&view.viewer, purpose, looks.into()),
        (looks, Some(last_ms)) => {
            let (hour, minute) = hour_and_minute_in_japan(last_ms);
            let (count, digits) = (looks.into(), format!("{minute:02}"));
            say::access_log_looks_until(&view.viewer, purpose, count, hour, minute, &digits)
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
