//! One request with the answers to its questions.

use gateway_api::service::{ServiceRequest, StatementAnswer, StatementQuestion};

use crate::{
    context::Context,
    phrase::{Phrase, say},
    session::purpose::Errand,
};

use super::{Step, login_request};

/// No request is believed to last longer.
const LONGEST_MS: u64 = 5 * 60_000;

/// A request on the screen.
pub(super) struct Asked {
    pub(super) request: Box<ServiceRequest>,
    /// Place of the choice for each question; none while it is not answered.
    chosen: Vec<Option<usize>>,
    pub(super) ends_at: u64,
}

impl Asked {
    pub(super) fn new(context: &Context, request: Box<ServiceRequest>) -> Self {
        let chosen = vec![None; request.form.as_ref().map_or(0, |form| form.questions.len())];
        Self { chosen, ends_at: context.now_ms() + lasts_ms(context, &request), request }
    }

    /// Place of the last question; none at a plain sign-in.
    pub(super) fn last_question(&self) -> Option<usize> {
        self.chosen.len().checked_sub(1)
    }

    pub(super) fn question(&self, place: usize) -> Option<&StatementQuestion> {
        self.request.form.as_ref()?.questions.get(place)
    }

    /// A place that the question does not have is not taken.
    pub(super) fn choose(&mut self, question: usize, place: usize) {
        let exists = self.question(question).is_some_and(|asked| place < asked.choices.len());
        if let Some(chosen) = self.chosen.get_mut(question).filter(|_| exists) {
            *chosen = Some(place);
        }
    }

    pub(super) fn chosen(&self, question: usize) -> Option<usize> {
        self.chosen.get(question).copied().flatten()
    }

    /// The page from which the card was asked for.
    pub(super) fn before_proof(&self) -> Step {
        if self.last_question().is_some() { Step::Summary } else { Step::Consent }
    }

    /// The answers as the service gets them.
    pub(super) fn answers(&self) -> Vec<StatementAnswer> {
        let answer = |(place, chosen): (usize, &Option<usize>)| {
            let question = self.question(place)?;
            let choice = question.choices.get((*chosen)?)?;
            Some(StatementAnswer {
                question_id: question.question_id.clone(),
                code: choice.code.clone(),
            })
        };
        self.chosen.iter().enumerate().filter_map(answer).collect()
    }

    /// What the card page says and what the card signs.
    pub(super) fn errand(&self) -> Errand {
        let words = say::purpose_service(self.service());
        Errand { request: login_request(&self.request), words, link: None }
    }

    pub(super) fn service(&self) -> Phrase {
        service(&self.request)
    }
}

/// A service by name and reading.
pub(crate) fn service(request: &ServiceRequest) -> Phrase {
    service_named(&request.service_name, &request.service_kana)
}

/// The same; the name itself where there is no reading.
pub(crate) fn service_named(name: &str, kana: &str) -> Phrase {
    let kana = if kana.trim().is_empty() { name } else { kana };
    say::service_name(name, kana)
}

/// How long the request lasts; a wrong clock of the box neither ends it at once nor keeps it.
fn lasts_ms(context: &Context, request: &ServiceRequest) -> u64 {
    if !context.now.wall_trusted {
        return LONGEST_MS;
    }
    let left = request.expires_at_ms.saturating_sub(context.now.wall_ms);
    u64::try_from(left).unwrap_or(0).min(LONGEST_MS)
}
