//! What the screen shows about cards and permissions.

use gateway_api::{household::Resident, service::ServiceConsent};

use crate::{
    nav::{Choice, Command, Draft},
    phone::{self, Phone},
    phrase::{Phrase, say},
    services::{attributes, service_named},
    time::date_in_japan,
    view::{Body, Icon, Layout, PageKind, Row},
};

use super::{CardMenu, CardMenuDeed, Stage, Told};

/// Permissions on one page of the list.
pub(super) const LIST_ROWS: usize = 3;
/// So many people stand below each other.
const PEOPLE_IN_COLUMN: usize = 5;
/// People of a home on one page.
const PEOPLE_MAX: usize = 12;

impl CardMenu {
    /// The page; none when nobody asks for one.
    pub(crate) fn draft(&self, town: Option<&Phone>) -> Option<Draft> {
        Some(match &self.stage {
            Stage::Closed => return None,
            // The card page stands above; below it lies the menu.
            Stage::Menu | Stage::Knowing => menu(),
            Stage::Loading { .. } => busy(say::consents_loading()),
            Stage::List { page } => self.list(*page),
            Stage::Consent { place } => self.with_consent(*place, consent_page),
            Stage::Withdraw { place } => self.with_consent(*place, withdraw_page),
            Stage::Withdrawing { .. } => busy(say::consent_withdrawing()),
            Stage::LinkConsent => self.link_consent(),
            Stage::LinkWho => self.who(),
            Stage::LinkLetter { resident } | Stage::Linking { resident } => {
                letter(self.residents.get(*resident))
            }
            Stage::LinkCode { entry, remark, .. } => entry
                .draft(PageKind::LetterCode, say::letter_code_title(), pad)
                .lead(say::letter_code_link_lead())
                .detail(remark.clone()),
            Stage::StopQuestion => stop_question(),
            Stage::StopCode { entry, remark } => entry
                .draft(PageKind::LetterCode, say::letter_code_title(), pad)
                .lead(stop_code_lead(town))
                .detail(Some(remark.clone().unwrap_or_else(say::letter_code_stop_detail))),
            Stage::Stopping { .. } => busy(say::stop_sending()),
            Stage::Told(told) => told_page(*told, town),
        })
    }

    fn list(&self, page: usize) -> Draft {
        let mut draft = Draft::new(PageKind::Consents, say::consents_title(), Layout::Column);
        if self.consents.is_empty() {
            draft = draft.lead(say::consents_empty()).body(Body::Picture(Icon::Eye));
            return draft.choice(deed(say::button_back(), CardMenuDeed::Back));
        }
        draft = draft.lead(say::consents_lead());
        let pages = self.consents.len().div_ceil(LIST_ROWS);
        let page = page.min(pages - 1);
        let first = page * LIST_ROWS;
        for (place, consent) in self.consents.iter().enumerate().skip(first).take(LIST_ROWS) {
            let label = service_named(&consent.service_name, &consent.service_kana);
            let open = deed(label, CardMenuDeed::OpenConsent { place });
            draft = draft.choice(open.note(used(consent)));
        }
        if page + 1 < pages {
            let next = CardMenuDeed::ShowConsents { page: page + 1 };
            draft = draft.choice(deed(say::button_next_page(), next));
        } else if page > 0 {
            let first = CardMenuDeed::ShowConsents { page: 0 };
            draft = draft.choice(deed(say::consents_first_page(), first));
        }
        draft.choice(deed(say::button_back(), CardMenuDeed::Back))
    }

    fn with_consent(&self, place: usize, page: impl Fn(&ServiceConsent) -> Draft) -> Draft {
        self.consents.get(place).map_or_else(|| self.list(0), page)
    }

    fn link_consent(&self) -> Draft {
        let draft = Draft::new(PageKind::CardLink, say::link_title(), Layout::Row)
            .body(Body::Picture(Icon::Card))
            .choice(deed(say::link_no(), CardMenuDeed::Back));
        if self.residents.is_empty() {
            return draft.lead(say::link_nobody());
        }
        draft
            .lead(say::link_lead())
            .detail(Some(say::link_detail()))
            .choice(deed(say::link_yes(), CardMenuDeed::AgreeToLink))
    }

    fn who(&self) -> Draft {
        let few = self.residents.len() <= PEOPLE_IN_COLUMN;
        let layout = if few { Layout::Column } else { Layout::Tiles { columns: 3 } };
        let mut draft = Draft::new(PageKind::CardLink, say::link_who_title(), layout)
            .lead(say::link_who_lead());
        draft.choices = self
            .residents
            .iter()
            .take(PEOPLE_MAX)
            .enumerate()
            .map(|(resident, person)| deed(name(person), CardMenuDeed::LinkFor { resident }))
            .collect();
        draft
    }
}

fn deed(label: Phrase, deed: CardMenuDeed) -> Choice {
    Choice::new(label, None, Command::Cards(deed))
}

fn pad(key: crate::entry::PadKey) -> Command {
    Command::Cards(CardMenuDeed::Pad(key))
}

fn name(person: &Resident) -> Phrase {
    let kana = if person.kana.trim().is_empty() { &person.name } else { &person.kana };
    say::link_person(&person.name, kana)
}

fn busy(title: Phrase) -> Draft {
    Draft::new(PageKind::ServiceBusy, title, Layout::Row)
        .lead(say::service_wait())
        .body(Body::Picture(Icon::Clock))
        .choice(deed(say::button_stop(), CardMenuDeed::Back))
}

/// What gives way on the home page is always found here.
fn menu() -> Draft {
    let entry =
        |label, icon, note, to| Choice::new(label, Some(icon), Command::Cards(to)).note(note);
    Draft::new(PageKind::CardMenu, say::cards_title(), Layout::Column)
        .lead(say::cards_lead())
        .choice(entry(
            say::cards_consents(),
            Icon::Check,
            say::cards_consents_note(),
            CardMenuDeed::OpenConsents,
        ))
        .choice(entry(
            say::cards_link(),
            Icon::Card,
            say::cards_link_note(),
            CardMenuDeed::OpenLink,
        ))
        .choice(entry(
            say::cards_stop(),
            Icon::CardBlocked,
            say::cards_stop_note(),
            CardMenuDeed::OpenStop,
        ))
        .choice(
            Choice::new(say::tile_access_log(), Some(Icon::Eye), Command::OpenAccessLog)
                .note(say::cards_log_note()),
        )
        .choice(
            Choice::new(say::tile_services(), Some(Icon::Check), Command::OpenServices)
                .note(say::tile_services_note()),
        )
}

fn used(consent: &ServiceConsent) -> Phrase {
    let (month, day) = date_in_japan(consent.last_used_at_ms);
    say::consent_used(month, day)
}

/// One permission; what changes nothing stands first.
fn consent_page(consent: &ServiceConsent) -> Draft {
    let row = |label, value| Row { label, value };
    let (month, day) = date_in_japan(consent.given_at_ms);
    let rows = vec![
        row(say::service_purpose(), say::service_text(&consent.purpose)),
        row(say::service_attributes(), attributes(&consent.attributes)),
        row(say::consent_given_label(), say::consent_date(month, day)),
        row(say::consent_used_label(), used(consent)),
    ];
    let title = service_named(&consent.service_name, &consent.service_kana);
    Draft::new(PageKind::Consent, title, Layout::Row)
        .lead(say::consent_lead())
        .body(Body::Rows { rows, page: 1, pages: 1 })
        .choice(deed(say::button_back(), CardMenuDeed::Back))
        .choice(deed(say::consent_withdraw(), CardMenuDeed::AskWithdrawal))
}

/// No stands first.
fn withdraw_page(consent: &ServiceConsent) -> Draft {
    let service = service_named(&consent.service_name, &consent.service_kana);
    Draft::new(PageKind::Consent, say::withdraw_title(), Layout::Row)
        .lead(say::withdraw_lead(service))
        .body(Body::Picture(Icon::Warning))
        .choice(deed(say::service_no(), CardMenuDeed::Back))
        .choice(deed(say::consent_withdraw(), CardMenuDeed::Withdraw))
}

/// Whether the town sent a letter for this person.
fn letter(resident: Option<&Resident>) -> Draft {
    let title =
        resident.map_or_else(say::link_title, |person| say::link_letter_title(name(person)));
    Draft::new(PageKind::CardLink, title, Layout::Column)
        .lead(say::link_letter_lead())
        .choice(deed(say::link_letter_yes(), CardMenuDeed::TypeCode))
        .choice(
            deed(say::link_letter_no(), CardMenuDeed::LinkWithoutCode)
                .note(say::link_letter_no_note()),
        )
}

/// No stands first. Only who holds the letter gets on from the next page: a number that is made up is
/// told there, and asks nothing.
fn stop_question() -> Draft {
    Draft::new(PageKind::CardStop, say::stop_title(), Layout::Row)
        .lead(say::stop_lead())
        .body(Body::Picture(Icon::CardBlocked))
        .choice(deed(say::service_no(), CardMenuDeed::Back))
        .choice(deed(say::stop_yes(), CardMenuDeed::TypeStopCode))
}

fn told_page(told: Told, town: Option<&Phone>) -> Draft {
    let (title, lead, detail, icon) = match told {
        Told::ListFailed => (say::consents_failed(), say::action_wait_later(), None, Icon::Warning),
        Told::Withdrawn => (say::withdrawn_title(), say::withdrawn_lead(), None, Icon::Check),
        Told::NotWithdrawn => {
            (say::not_withdrawn_title(), say::action_wait_later(), None, Icon::Warning)
        }
        Told::Linked => (say::linked_title(), say::linked_lead(), None, Icon::Check),
        Told::WaitsForTown => (say::waits_title(), say::waits_lead(), None, Icon::Clock),
        Told::Stopped => {
            (say::stopped_title(), say::stopped_lead(), Some(say::stopped_detail()), Icon::Check)
        }
        Told::StopUnknown { .. } => return stop_unknown_page(town),
    };
    let draft = Draft::new(PageKind::CardMenuDone, title, Layout::Row)
        .lead(lead)
        .detail(detail)
        .body(Body::Picture(icon));
    match told {
        Told::Linked | Told::WaitsForTown | Told::Stopped => draft.choice(home()),
        _ => draft.choice(deed(say::button_back(), CardMenuDeed::Back)).choice(home()),
    }
}

fn home() -> Choice {
    Choice::new(say::button_home(), Some(Icon::Home), Command::ToHome)
}

/// Whoever has no letter calls the town office, under its number when that is known.
fn stop_code_lead(town: Option<&Phone>) -> Phrase {
    phone::named(town, say::letter_code_stop_lead, say::letter_code_stop_lead_phone)
}

fn stop_unknown_page(town: Option<&Phone>) -> Draft {
    let lead = phone::named(town, say::stop_unknown_lead, say::stop_unknown_lead_phone);
    let body = town.map_or(Body::Picture(Icon::Warning), |town: &Phone| {
        Body::Phone(town.written().to_owned())
    });
    Draft::new(PageKind::CardMenuDone, say::stop_unknown_title(), Layout::Row)
        .lead(lead)
        .body(body)
        .choice(deed(say::button_back(), CardMenuDeed::Back))
        .choice(home())
}

/// The same in one line.
pub(super) fn stop_unknown_line(town: Option<&Phone>) -> Phrase {
    phone::named(town, say::toast_cards_unknown, say::toast_cards_unknown_phone)
}
