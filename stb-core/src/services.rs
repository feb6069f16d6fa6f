//! A service outside the television asks who somebody is: from the typed number to the answer.
//!
//! Whatever way the pages are left, the service gets a no, and the screen says that nothing was
//! given; only a card that signs exactly this request says yes. The desk knows no card: proving is
//! the matter of [`crate::session`].

mod asked;
mod pages;

use gateway_api::{
    login::{AssuranceLevel, LoginRequest, Session},
    problem::ProblemCode,
    service::{ServiceApproval, ServiceRequest},
};

use crate::{
    context::Context,
    entry::{DigitEntry, PadKey},
    few::Few,
    phrase::{Phrase, say},
    service::{ServiceAnswer, ServiceCall, ServiceFault},
    session::{SILENCE_MS, STRAY_PRESS_MS, purpose::Errand},
};
use asked::Asked;
pub(crate) use asked::service_named;
pub(crate) use pages::attributes;

/// Digits of a service's number.
const NUMBER_DIGITS: usize = 8;
/// Nobody touches the pages for this long: they end.
const REST_MS: u64 = 5 * 60_000;

/// The pages of one request.
#[derive(Default)]
pub(crate) struct ServiceDesk {
    stage: Stage,
    page_since: u64,
    deadline: Option<u64>,
    /// What somebody who left by a key has still to be told.
    owed: Few<Phrase>,
    /// Questions to the gateway whose pages were left.
    late_calls: Few<LateCall>,
}

#[derive(Default)]
enum Stage {
    #[default]
    Closed,
    Number {
        entry: DigitEntry,
        remark: Option<Phrase>,
    },
    LookingUp {
        entry: DigitEntry,
        call_id: u64,
    },
    Asked(Box<Asked>, Step),
    Ended(Ending),
}

/// How far the person is with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Consent,
    Question(usize),
    Summary,
    /// The card page stands above.
    Proving,
    Sending(u64),
}

/// How it ended.
enum Ending {
    Given(Box<ServiceRequest>),
    NothingGiven(Phrase),
    /// No answer came: it may have been given.
    Unknown(Box<ServiceRequest>),
}

/// What a question asked for when its page was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LateCall {
    Taking(u64),
    Approving(u64),
}

/// What 決定 does on these pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceDeed {
    Pad(PadKey),
    /// The same number, another one.
    Anew,
    Refuse,
    Accept,
    /// The choice at this place.
    Choose(usize),
    /// Through the questions once more.
    Mend,
    Leave,
}

/// What the machine has to do about it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ServiceOutcome {
    /// It does not count here.
    Refused,
    /// It does not count yet: the page tells what is missing.
    Incomplete,
    /// Nothing beyond showing the page anew.
    Same,
    /// Another page: the focus starts anew.
    PageChanged,
    /// The card has to say yes.
    Prove(AssuranceLevel, Errand),
    /// The pages are over; one step back.
    Leave,
}

impl ServiceDesk {
    pub(crate) fn open(&mut self, context: &Context) {
        let entry = DigitEntry::new(NUMBER_DIGITS);
        self.enter(context, Stage::Number { entry, remark: None }, REST_MS);
    }

    pub(crate) const fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Closed)
    }

    /// Whether the card page stands above.
    pub(crate) const fn is_proving(&self) -> bool {
        matches!(self.stage, Stage::Asked(_, Step::Proving))
    }

    pub(crate) const fn is_too_fresh(&self, now_ms: u64) -> bool {
        now_ms < self.page_since + STRAY_PRESS_MS
    }

    pub(crate) const fn deadline(&self) -> Option<u64> {
        self.deadline
    }

    /// A digit of the remote; anywhere but on the pad it means nothing.
    pub(crate) fn digit(&mut self, context: &mut Context, digit: u8) -> ServiceOutcome {
        self.pad(context, PadKey::Digit(digit))
    }

    pub(crate) fn perform(&mut self, context: &mut Context, deed: ServiceDeed) -> ServiceOutcome {
        match deed {
            ServiceDeed::Pad(key) => self.pad(context, key),
            ServiceDeed::Anew => {
                self.open(context);
                ServiceOutcome::PageChanged
            }
            ServiceDeed::Refuse => self.refuse(context),
            ServiceDeed::Accept => self.accept(context),
            ServiceDeed::Choose(place) => self.choose(context, place),
            ServiceDeed::Mend => self.go(context, Step::Question(0)),
            ServiceDeed::Leave => ServiceOutcome::Leave,
        }
    }

    /// 戻る: one question back, else out.
    pub(crate) fn back(&mut self, context: &Context) -> ServiceOutcome {
        let Stage::Asked(asked, step) = &self.stage else { return ServiceOutcome::Leave };
        let before = match step {
            Step::Question(0) => Step::Consent,
            Step::Question(place) => Step::Question(place - 1),
            Step::Summary => asked.last_question().map_or(Step::Consent, Step::Question),
            Step::Proving => asked.before_proof(),
            Step::Consent | Step::Sending(_) => return ServiceOutcome::Leave,
        };
        self.go(context, before)
    }

    fn pad(&mut self, context: &mut Context, key: PadKey) -> ServiceOutcome {
        let now_ms = context.now_ms();
        let Stage::Number { entry, remark } = &mut self.stage else {
            return ServiceOutcome::Refused;
        };
        let is_taken = match key {
            PadKey::Digit(digit) => entry.push(digit),
            PadKey::Delete => entry.delete(),
            PadKey::Submit if entry.is_complete() => return self.look_up(context),
            PadKey::Submit => {
                *remark = Some(entry.missing());
                return ServiceOutcome::Incomplete;
            }
        };
        if !is_taken {
            return ServiceOutcome::Refused;
        }
        *remark = None;
        self.deadline = Some(now_ms + REST_MS);
        ServiceOutcome::Same
    }

    fn look_up(&mut self, context: &mut Context) -> ServiceOutcome {
        let Stage::Number { entry, .. } = std::mem::take(&mut self.stage) else {
            return ServiceOutcome::Refused;
        };
        let user_code = entry.digits().to_owned();
        let call_id = context.call(ServiceCall::TakeRequest { user_code });
        self.enter(context, Stage::LookingUp { entry, call_id }, SILENCE_MS)
    }

    /// The gateway answered one of the calls of this desk; none when it is somebody else's.
    pub(crate) fn answered(
        &mut self,
        context: &mut Context,
        call_id: u64,
        answer: &ServiceAnswer,
    ) -> Option<ServiceOutcome> {
        match &self.stage {
            Stage::LookingUp { call_id: waited, .. } if *waited == call_id => {
                Some(self.looked_up(context, answer))
            }
            Stage::Asked(_, Step::Sending(waited)) if *waited == call_id => {
                Some(self.approved(context, answer))
            }
            _ => self.came_late(context, call_id, answer),
        }
    }

    fn looked_up(&mut self, context: &mut Context, answer: &ServiceAnswer) -> ServiceOutcome {
        match answer {
            ServiceAnswer::Request(request) => {
                let asked = Asked::new(context, request.clone());
                let left_ms = asked.ends_at.saturating_sub(context.now_ms());
                let outcome =
                    self.enter(context, Stage::Asked(Box::new(asked), Step::Consent), left_ms);
                // What came too late is not asked for even a moment.
                if left_ms == 0 { self.reach(context) } else { outcome }
            }
            ServiceAnswer::Failed(fault) => self.number_failed(context, *fault),
            _ => self.number_failed(context, ServiceFault::Unreachable),
        }
    }

    /// The pad again, with one sentence about what happened. Where the number was not the cause it
    /// stays, so that 決定 alone tries again.
    fn number_failed(&mut self, context: &Context, fault: ServiceFault) -> ServiceOutcome {
        let Stage::LookingUp { mut entry, .. } = std::mem::take(&mut self.stage) else {
            return ServiceOutcome::Refused;
        };
        let (remark, keeps) = match fault {
            ServiceFault::Refused(ProblemCode::Unknown | ProblemCode::BadRequest) => {
                (say::service_number_unknown(), false)
            }
            ServiceFault::Refused(ProblemCode::TooManyRequests) => {
                (say::service_number_too_many(), false)
            }
            ServiceFault::Refused(ProblemCode::DeviceRefused | ProblemCode::DeviceStopped) => {
                (say::service_number_box_refused(), true)
            }
            ServiceFault::Refused(_) | ServiceFault::Unreachable => {
                (say::service_number_unreachable(), true)
            }
        };
        if !keeps {
            entry = DigitEntry::new(NUMBER_DIGITS);
        }
        self.enter(context, Stage::Number { entry, remark: Some(remark) }, REST_MS)
    }

    fn accept(&mut self, context: &Context) -> ServiceOutcome {
        let Stage::Asked(asked, step) = &mut self.stage else { return ServiceOutcome::Refused };
        if *step == Step::Consent && asked.last_question().is_some() {
            return self.go(context, Step::Question(0));
        }
        let errand = asked.errand();
        let level = asked.request.level.max(AssuranceLevel::L1);
        *step = Step::Proving;
        ServiceOutcome::Prove(level, errand)
    }

    fn choose(&mut self, context: &Context, place: usize) -> ServiceOutcome {
        let Stage::Asked(asked, Step::Question(question)) = &mut self.stage else {
            return ServiceOutcome::Refused;
        };
        let question = *question;
        asked.choose(question, place);
        let is_last = asked.last_question() == Some(question);
        self.go(context, if is_last { Step::Summary } else { Step::Question(question + 1) })
    }

    /// The card page is gone without a result: back to the page that asked.
    pub(crate) fn proof_left(&mut self, context: &Context) -> ServiceOutcome {
        self.back(context)
    }

    /// The card said yes to this request.
    pub(crate) fn granted(&mut self, context: &mut Context, session: &Session) -> ServiceOutcome {
        let Stage::Asked(asked, step) = &mut self.stage else { return ServiceOutcome::Refused };
        let call_id = context.call(ServiceCall::Approve {
            request_id: asked.request.request_id.clone(),
            token: session.token.clone(),
            approval: ServiceApproval { answers: asked.answers() },
        });
        *step = Step::Sending(call_id);
        self.page_since = context.now_ms();
        self.deadline = Some(context.now_ms() + SILENCE_MS);
        ServiceOutcome::PageChanged
    }

    fn approved(&mut self, context: &Context, answer: &ServiceAnswer) -> ServiceOutcome {
        let Stage::Asked(asked, _) = std::mem::take(&mut self.stage) else {
            return ServiceOutcome::Refused;
        };
        let ending = match answer {
            ServiceAnswer::Done => Ending::Given(asked.request),
            ServiceAnswer::Failed(ServiceFault::Refused(code)) => {
                refusal(*code).map_or_else(|| Ending::Unknown(asked.request), Ending::NothingGiven)
            }
            _ => Ending::Unknown(asked.request),
        };
        self.end(context, ending)
    }

    fn refuse(&mut self, context: &mut Context) -> ServiceOutcome {
        self.send_no(context);
        self.end(context, Ending::NothingGiven(say::service_refused()))
    }

    fn send_no(&self, context: &mut Context) {
        if let Stage::Asked(asked, _) = &self.stage {
            let request_id = asked.request.request_id.clone();
            context.call(ServiceCall::Refuse { request_id });
        }
    }

    /// The pages are gone, by whatever key or order: nothing was given, unless it is on its way.
    pub(crate) fn close(&mut self, context: &mut Context) {
        match &self.stage {
            Stage::Closed | Stage::Ended(_) => {}
            Stage::Number { .. } => self.owed.push(say::toast_service_left()),
            Stage::LookingUp { call_id, .. } => {
                self.late_calls.push(LateCall::Taking(*call_id));
                self.owed.push(say::toast_service_left());
            }
            Stage::Asked(_, Step::Sending(call_id)) => {
                self.late_calls.push(LateCall::Approving(*call_id));
            }
            Stage::Asked(..) => {
                self.send_no(context);
                self.owed.push(say::toast_service_left());
            }
        }
        (self.stage, self.deadline) = (Stage::Closed, None);
    }

    /// What is still to be told, once.
    pub(crate) fn take_owed(&mut self) -> Option<Phrase> {
        self.owed.take()
    }

    /// A request taken for a page that is gone is given back as a no; a yes on its way is told.
    fn came_late(
        &mut self,
        context: &mut Context,
        call_id: u64,
        answer: &ServiceAnswer,
    ) -> Option<ServiceOutcome> {
        let late = self.late_calls.take_if(|late| late.id() == call_id)?;
        match (late, answer) {
            (LateCall::Taking(_), ServiceAnswer::Request(request)) => {
                let request_id = request.request_id.clone();
                context.call(ServiceCall::Refuse { request_id });
            }
            (LateCall::Taking(_), _) => {}
            (LateCall::Approving(_), ServiceAnswer::Done) => {
                self.owed.push(say::toast_service_given());
            }
            (LateCall::Approving(_), ServiceAnswer::Failed(ServiceFault::Refused(_))) => {
                self.owed.push(say::toast_service_left());
            }
            (LateCall::Approving(_), _) => self.owed.push(say::toast_service_unknown()),
        }
        Some(ServiceOutcome::Same)
    }

    /// A time ran out.
    pub(crate) fn reach(&mut self, context: &mut Context) -> ServiceOutcome {
        if self.deadline.is_none_or(|deadline| context.now_ms() < deadline) {
            return ServiceOutcome::Same;
        }
        self.deadline = None;
        match &self.stage {
            Stage::Closed | Stage::Ended(_) => ServiceOutcome::Same,
            Stage::Number { .. } => ServiceOutcome::Leave,
            Stage::LookingUp { call_id, .. } => {
                self.late_calls.push(LateCall::Taking(*call_id));
                self.number_failed(context, ServiceFault::Unreachable)
            }
            Stage::Asked(_, Step::Sending(_)) => {
                self.approved(context, &ServiceAnswer::Failed(ServiceFault::Unreachable))
            }
            Stage::Asked(..) => self.end(context, Ending::NothingGiven(say::service_expired())),
        }
    }

    fn go(&mut self, context: &Context, to: Step) -> ServiceOutcome {
        let Stage::Asked(_, step) = &mut self.stage else { return ServiceOutcome::Refused };
        *step = to;
        self.page_since = context.now_ms();
        ServiceOutcome::PageChanged
    }

    fn end(&mut self, context: &Context, ending: Ending) -> ServiceOutcome {
        self.stage = Stage::Ended(ending);
        self.page_since = context.now_ms();
        self.deadline = None;
        ServiceOutcome::PageChanged
    }

    fn enter(&mut self, context: &Context, stage: Stage, lasts_ms: u64) -> ServiceOutcome {
        self.stage = stage;
        self.page_since = context.now_ms();
        self.deadline = Some(context.now_ms() + lasts_ms);
        ServiceOutcome::PageChanged
    }
}

impl LateCall {
    const fn id(self) -> u64 {
        match self {
            Self::Taking(id) | Self::Approving(id) => id,
        }
    }
}

/// Why the gateway certainly gave nothing; none when it may have.
fn refusal(code: ProblemCode) -> Option<Phrase> {
    match code {
        ProblemCode::Unknown => Some(say::service_expired()),
        ProblemCode::Internal => None,
        _ => Some(say::service_not_accepted()),
    }
}

/// Names of the login by which a request is answered.
fn login_request(request: &ServiceRequest) -> LoginRequest {
    LoginRequest {
        relying_party: request.login_relying_party.clone(),
        purpose: request.login_purpose.clone(),
    }
}
