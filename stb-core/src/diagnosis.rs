//! The operator's support asks how this box is: the question, and what becomes of the answer.
//!
//! The desk knows no screen: the machine says when nobody is in the middle of anything. Nothing is stored; the
//! gateway repeats what is open with the answer to each state, also after a power cut.

use gateway_api::diagnosis::DiagnosisRequest;
use uuid::Uuid;

use crate::{
    nav::{Choice, Command, Draft},
    phrase::{Phrase, say},
    session::STRAY_PRESS_MS,
    view::{Body, Icon, Layout, PageKind, Row},
};

/// So long a hand must have been still: nobody who changes channels is interrupted.
const STILL_MS: u64 = 10_000;
/// A question that nobody answers goes away after this time.
const REST_MS: u64 = 5 * 60_000;
/// It does not come again earlier, and only when somebody used the remote since.
const AGAIN_MS: u64 = 10 * 60_000;
/// The gateway does not answer any more.
const SILENCE_MS: u64 = 60_000;
/// What became of it stands so long.
const TOLD_MS: u64 = 60_000;

/// What the support asked for, and where the page about it is.
#[derive(Default)]
pub(crate) struct DiagnosisDesk {
    open: Option<Open>,
    /// The gateway has the answer to this one.
    settled: Option<Uuid>,
    stage: Stage,
    page_since: u64,
    put_away_at: Option<u64>,
}

/// A request that the gateway holds open.
struct Open {
    request: DiagnosisRequest,
    ends_at: u64,
    /// What the home said.
    answer: Option<bool>,
    is_on_its_way: bool,
}

/// What the page shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Closed,
    Question,
    Sending(Uuid),
    Sent,
    /// It could not be sent, and will be.
    NotYet,
    /// It can never be sent.
    Over,
}

/// What became of an answer at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiagnosisOutcome {
    /// The gateway has it.
    Taken,
    /// It did not arrive, and may be sent again.
    NotYet,
    /// The gateway does not take it any more.
    Refused,
}

/// An answer that shall go to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    Given(Uuid),
    Refused(Uuid),
}

/// What 決定 does on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiagnosisDeed {
    Refuse,
    Give,
    Close,
}

impl DiagnosisDesk {
    /// The gateway says what is open; an answer that it does not have goes out again.
    pub(crate) fn heard(
        &mut self,
        request: Option<DiagnosisRequest>,
        now_ms: u64,
    ) -> Option<Sending> {
        let is_open = |request: &DiagnosisRequest| {
            Some(request.request_id) != self.settled && request.expires_in_seconds > 0
        };
        let request = request.filter(is_open);
        let Some(request) = request else {
            self.drop_request();
            return None;
        };
        let ends_at = now_ms + u64::from(request.expires_in_seconds) * 1_000;
        match &mut self.open {
            Some(open) if open.request.request_id == request.request_id => {
                open.ends_at = ends_at;
                open.send()
            }
            _ => {
                self.drop_request();
                self.put_away_at = None;
                let (answer, is_on_its_way) = (None, false);
                self.open = Some(Open { request, ends_at, answer, is_on_its_way });
                None
            }
        }
    }

    /// What the gateway made of the answer. It may have closed the request meanwhile, because it had the answer.
    pub(crate) fn settled(&mut self, request_id: Uuid, outcome: DiagnosisOutcome, now_ms: u64) {
        let ends = outcome != DiagnosisOutcome::NotYet;
        if ends {
            self.settled = Some(request_id);
        }
        let is_this = |open: &mut Open| open.request.request_id == request_id;
        if ends {
            self.open.take_if(is_this);
        }
        let open = self.open.as_mut().filter(|open| open.request.request_id == request_id);
        let is_open = open.is_some();
        if let Some(open) = open {
            open.is_on_its_way = false;
        }
        if self.stage == Stage::Sending(request_id) {
            let stage = match outcome {
                DiagnosisOutcome::Taken => Stage::Sent,
                DiagnosisOutcome::NotYet if is_open => Stage::NotYet,
                DiagnosisOutcome::NotYet | DiagnosisOutcome::Refused => Stage::Over,
            };
            self.enter(stage, now_ms);
        }
    }

    /// From when on somebody may be asked; none when nothing is to be asked.
    pub(crate) fn due(&self, touched_at: u64) -> Option<u64> {
        let open = self.open.as_ref()?;
        if open.answer.is_some() || self.stage != Stage::Closed {
            return None;
        }
        let still_at = touched_at + STILL_MS;
        match self.put_away_at {
            None => Some(still_at),
            Some(at) if touched_at > at => Some(still_at.max(at + AGAIN_MS)),
            Some(_) => None,
        }
    }

    /// The page comes up.
    pub(crate) fn ask(&mut self, now_ms: u64) {
        self.enter(Stage::Question, now_ms);
    }

    /// The page is gone; a question that was not answered comes again.
    pub(crate) fn put_away(&mut self, now_ms: u64) {
        if self.stage == Stage::Question {
            self.put_away_at = Some(now_ms);
        }
        self.stage = Stage::Closed;
    }

    /// 送る
    pub(crate) fn give(&mut self, now_ms: u64) -> Option<Sending> {
        let sending = self.answer(true)?;
        if let Sending::Given(request_id) = sending {
            self.enter(Stage::Sending(request_id), now_ms);
        }
        Some(sending)
    }

    /// 送らない, and 戻る.
    pub(crate) fn refuse(&mut self) -> Option<Sending> {
        let sending = self.answer(false)?;
        self.stage = Stage::Closed;
        Some(sending)
    }

    fn answer(&mut self, answer: bool) -> Option<Sending> {
        let open = self.open.as_mut().filter(|_| self.stage == Stage::Question)?;
        open.answer = Some(answer);
        open.send()
    }

    pub(crate) const fn is_asking(&self) -> bool {
        matches!(self.stage, Stage::Question)
    }

    pub(crate) const fn has_page(&self) -> bool {
        !matches!(self.stage, Stage::Closed)
    }

    pub(crate) const fn is_too_fresh(&self, now_ms: u64) -> bool {
        now_ms < self.page_since + STRAY_PRESS_MS
    }

    pub(crate) fn deadline(&self) -> Option<u64> {
        let page = match self.stage {
            Stage::Closed => None,
            Stage::Question => Some(REST_MS),
            Stage::Sending(_) => Some(SILENCE_MS),
            Stage::Sent | Stage::NotYet | Stage::Over => Some(TOLD_MS),
        };
        let page = page.map(|lasts_ms| self.page_since + lasts_ms);
        let end = self.open.as_ref().map(|open| open.ends_at);
        [page, end].into_iter().flatten().min()
    }

    /// A time ran out.
    pub(crate) fn reach(&mut self, now_ms: u64) {
        if self.open.as_ref().is_some_and(|open| open.ends_at <= now_ms) {
            self.drop_request();
        }
        match self.stage {
            Stage::Question if now_ms >= self.page_since + REST_MS => self.put_away(now_ms),
            Stage::Sending(request_id) if now_ms >= self.page_since + SILENCE_MS => {
                self.settled(request_id, DiagnosisOutcome::NotYet, now_ms);
            }
            Stage::Sent | Stage::NotYet | Stage::Over if now_ms >= self.page_since + TOLD_MS => {
                self.stage = Stage::Closed;
            }
            _ => {}
        }
    }

    /// The page; none when nobody asks for one.
    pub(crate) fn draft(&self) -> Option<Draft> {
        Some(match self.stage {
            Stage::Closed => return None,
            Stage::Question => question(&self.open.as_ref()?.request.reason),
            Stage::Sending(_) => told(say::diagnosis_sending(), say::diagnosis_wait(), Icon::Clock),
            Stage::Sent => told(say::diagnosis_thanks(), say::diagnosis_thanks_lead(), Icon::Check),
            Stage::NotYet => told(say::diagnosis_later(), say::diagnosis_later_lead(), Icon::Clock),
            Stage::Over => {
                told(say::diagnosis_over(), say::diagnosis_over_lead(), Icon::Television)
            }
        })
    }

    fn drop_request(&mut self) {
        self.open = None;
        match self.stage {
            Stage::Question | Stage::NotYet => self.stage = Stage::Closed,
            // What is on its way is told all the same, and what was told stands.
            Stage::Sending(_) | Stage::Sent | Stage::Over | Stage::Closed => {}
        }
    }

    fn enter(&mut self, stage: Stage, now_ms: u64) {
        self.stage = stage;
        self.page_since = now_ms;
    }
}

impl Open {
    /// The answer, when there is one and it is not on its way.
    fn send(&mut self) -> Option<Sending> {
        let answer = self.answer.filter(|_| !self.is_on_its_way)?;
        self.is_on_its_way = true;
        let id = self.request.request_id;
        Some(if answer { Sending::Given(id) } else { Sending::Refused(id) })
    }
}

fn deed(label: Phrase, deed: DiagnosisDeed) -> Choice {
    Choice::new(label, None, Command::Diagnosis(deed))
}

/// What is sent and what is not; No stands first.
fn question(reason: &str) -> Draft {
    let rows = vec![
        Row { label: say::diagnosis_reason(), value: say::diagnosis_reason_text(reason) },
        Row { label: say::diagnosis_sent_label(), value: say::diagnosis_sent_text() },
        Row { label: say::diagnosis_kept_label(), value: say::diagnosis_kept_text() },
    ];
    Draft::new(PageKind::Diagnosis, say::diagnosis_title(), Layout::Row)
        .lead(say::diagnosis_lead())
        .body(Body::Rows { rows, page: 1, pages: 1 })
        .hint(say::diagnosis_hint())
        .choice(deed(say::diagnosis_no(), DiagnosisDeed::Refuse))
        .choice(deed(say::diagnosis_yes(), DiagnosisDeed::Give))
}

fn told(title: Phrase, lead: Phrase, icon: Icon) -> Draft {
    Draft::new(PageKind::DiagnosisTold, title, Layout::Row)
        .lead(lead)
        .body(Body::Picture(icon))
        .choice(deed(say::button_finish(), DiagnosisDeed::Close))
}
