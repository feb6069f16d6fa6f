//! What the screen shows while a service waits for an answer.

use gateway_api::{
    login::AssuranceLevel,
    service::{ServiceAttribute, ServiceRequest},
};

use crate::{
    nav::{Choice, Command, Draft},
    phrase::{Phrase, say},
    view::{Body, Icon, Layout, PageKind, Row},
};

use super::{
    Ending, ServiceDeed, ServiceDesk, Stage, Step,
    asked::{Asked, service},
};

impl ServiceDesk {
    /// The page; none when nobody asks for one.
    pub(crate) fn draft(&self) -> Option<Draft> {
        Some(match &self.stage {
            Stage::Closed => return None,
            Stage::Number { entry, remark } => entry
                .draft(PageKind::ServiceNumber, say::service_number_title(), |key| {
                    Command::Service(ServiceDeed::Pad(key))
                })
                .lead(say::service_number_lead())
                .detail(remark.clone()),
            Stage::LookingUp { .. } => busy(say::service_looking_up()),
            Stage::Asked(asked, step) => asked_page(asked, *step),
            Stage::Ended(ending) => ending_page(ending),
        })
    }

    /// Where the focus starts on the present page: on an answer that was given before.
    pub(crate) fn first_focus(&self) -> usize {
        match &self.stage {
            Stage::Asked(asked, Step::Question(place)) => asked.chosen(*place).unwrap_or(0),
            _ => 0,
        }
    }
}

fn deed(label: Phrase, deed: ServiceDeed) -> Choice {
    Choice::new(label, None, Command::Service(deed))
}

fn busy(title: Phrase) -> Draft {
    Draft::new(PageKind::ServiceBusy, title, Layout::Row)
        .lead(say::service_wait())
        .body(Body::Picture(Icon::Clock))
        .choice(deed(say::button_stop(), ServiceDeed::Leave))
}

fn asked_page(asked: &Asked, step: Step) -> Draft {
    match step {
        // The card page stands above; below it lies what it was opened from.
        Step::Proving if asked.last_question().is_some() => summary(asked),
        Step::Consent | Step::Proving => consent(asked),
        Step::Question(place) => question(asked, place),
        Step::Summary => summary(asked),
        Step::Sending(_) => busy(say::service_sending()),
    }
}

/// Who asks for what; No stands first.
fn consent(asked: &Asked) -> Draft {
    let request = &asked.request;
    let title = say::service_request_title(asked.service());
    let row = |label, value| Row { label, value };
    let mut rows = vec![row(say::service_purpose(), say::service_text(&request.purpose))];
    if let Some(form) = &request.form {
        rows.push(row(say::service_form(), say::service_text(&form.title)));
    }
    rows.push(row(say::service_attributes(), attributes(&request.attributes)));
    rows.push(row(say::service_proof(), proof(request.level)));
    Draft::new(PageKind::ServiceRequest, title, Layout::Row)
        .lead(say::service_request_lead())
        .body(Body::Rows { rows, page: 1, pages: 1 })
        .choice(deed(say::service_no(), ServiceDeed::Refuse))
        .choice(deed(say::service_yes(), ServiceDeed::Accept))
}

fn question(asked: &Asked, place: usize) -> Draft {
    let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let count = asked.last_question().map_or(0, |last| last + 1);
    let text = asked.question(place).map_or("", |question| question.text.as_str());
    let title = say::service_text(text);
    let mut draft = Draft::new(PageKind::ServiceQuestion, title, Layout::Column)
        .lead(say::service_question_count(number(place + 1), number(count)));
    let choices = asked.question(place).map_or(&[][..], |question| &question.choices);
    let chosen = asked.chosen(place);
    draft.choices = choices
        .iter()
        .enumerate()
        .map(|(index, choice)| {
            let mut item = deed(say::service_text(&choice.text), ServiceDeed::Choose(index));
            if chosen == Some(index) {
                item.item.icon = Some(Icon::Check);
            }
            item
        })
        .collect();
    // A form without choices is not valid, but no page is without a way on.
    if draft.choices.is_empty() {
        draft = draft.choice(deed(say::button_stop(), ServiceDeed::Refuse));
    }
    draft
}

fn summary(asked: &Asked) -> Draft {
    let row = |place: usize| {
        let question = asked.question(place)?;
        let choice = asked.chosen(place).and_then(|chosen| question.choices.get(chosen));
        let value =
            choice.map_or_else(say::service_unanswered, |choice| say::service_text(&choice.text));
        Some(Row { label: say::service_text(&question.text), value })
    };
    let rows = (0..asked.last_question().map_or(0, |last| last + 1)).filter_map(row).collect();
    Draft::new(PageKind::ServiceSummary, say::service_summary_title(), Layout::Row)
        .lead(say::service_summary_lead(asked.service()))
        .body(Body::Rows { rows, page: 1, pages: 1 })
        .choice(deed(say::service_mend(), ServiceDeed::Mend))
        .choice(deed(say::service_confirm(), ServiceDeed::Accept))
}

fn ending_page(ending: &Ending) -> Draft {
    let home = Choice::new(say::button_home(), Some(Icon::Home), Command::ToHome);
    match ending {
        Ending::Given(request) => {
            let title = say::service_given_title(service(request));
            Draft::new(PageKind::ServiceDone, title, Layout::Row)
                .lead(say::service_given_lead(given(request)))
                .detail(Some(say::service_given_detail()))
                .body(Body::Picture(Icon::Check))
                .choice(home)
        }
        Ending::NothingGiven(why) => {
            Draft::new(PageKind::ServiceDone, say::service_nothing_given(), Layout::Row)
                .lead(why.clone())
                .body(Body::Picture(Icon::Stay))
                .choice(home)
                .choice(deed(say::service_anew(), ServiceDeed::Anew))
        }
        Ending::Unknown(request) => {
            Draft::new(PageKind::ServiceDone, say::service_unknown_title(), Layout::Row)
                .lead(say::service_unknown_lead(service(request)))
                .body(Body::Picture(Icon::Warning))
                .choice(home)
        }
    }
}

fn given(request: &ServiceRequest) -> Phrase {
    match &request.form {
        Some(form) => say::service_given_form(say::service_text(&form.title)),
        None => attributes(&request.attributes),
    }
}

/// Attributes in words; a service that asks for none still learns that it is the same person.
pub(crate) fn attributes(attributes: &[ServiceAttribute]) -> Phrase {
    let words = attributes.iter().map(|attribute| match attribute {
        ServiceAttribute::Name => say::attribute_name(),
        ServiceAttribute::Kana => say::attribute_kana(),
        ServiceAttribute::Municipality => say::attribute_municipality(),
        ServiceAttribute::District => say::attribute_district(),
    });
    words.reduce(say::words_joined).unwrap_or_else(say::attribute_none)
}

fn proof(level: AssuranceLevel) -> Phrase {
    match level {
        AssuranceLevel::L0 | AssuranceLevel::L1 => say::proof_card(),
        AssuranceLevel::L2 => say::proof_pin(),
        AssuranceLevel::L3 => say::proof_password(),
    }
}
