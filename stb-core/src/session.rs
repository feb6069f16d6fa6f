//! Cards and people: from a card in the reader to a known person, and the end of it.
//!
//! A person is known while the card stays in the reader: taking it out ends the session, as a
//! resident expects from a key. Every conversation ends with a reset of the card, whatever came of
//! it, so that no other program finds a verified PIN.

mod attempt;
mod conversation;
mod entry;
mod pages;
mod password;
pub(crate) mod pin;
pub(crate) mod purpose;
mod talk;
pub(crate) mod trouble;

use gateway_api::{
    card::CardLinkState,
    login::{AssuranceLevel, Session},
    problem::ProblemCode,
};

use crate::{
    context::Context,
    effect::Effect,
    event::{CardIo, ReaderState},
    phrase::Phrase,
    service::{ServiceAnswer, ServiceFault},
};
use attempt::{Attempt, Login, Stage};
use purpose::{Errand, Purpose};
use trouble::{Cause, Tries, Trouble};

/// A press meant for the page before must not act on the one that just came up.
pub(crate) const STRAY_PRESS_MS: u64 = 700;
/// Nobody types for this long: the digits are wiped.
const ENTRY_MS: u64 = 60_000;
/// The card or the gateway stays silent for this long.
pub(crate) const SILENCE_MS: u64 = 15_000;
/// A session never lasts longer, whatever the clocks say.
const SESSION_MAX_MS: u64 = 30 * 60_000;
/// Wrong PINs between putting a card in and taking it out.
const WRONG_PINS_MAX: u8 = 2;

/// Reader, person and the attempt to know a person.
#[derive(Default)]
pub(crate) struct CardDesk {
    reader: Option<ReaderState>,
    person: Option<Person>,
    attempt: Option<Attempt>,
    wrong_pins: u8,
}

/// A known person.
struct Person {
    session: Session,
    ends_at: u64,
}

/// What the machine has to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing beyond showing the page anew.
    Nothing,
    /// The page of the attempt changed: the focus starts anew.
    PageChanged,
    /// A person is known, for this purpose.
    Known(Purpose),
    /// The card said yes to one request; nobody is known beyond it.
    Granted(Box<Session>),
    /// The gateway knows the card now, or waits for the town.
    Linked(CardLinkState),
    /// The gateway does not know the letter's code.
    CodeRefused,
    /// The person is not known any more.
    Ended,
    /// A card was put in without a word and did not work out.
    Murmur(Phrase),
    /// The same, and it will never work out with this card.
    Explain(Trouble),
}

impl CardDesk {
    pub(crate) fn session(&self) -> Option<&Session> {
        self.person.as_ref().map(|person| &person.session)
    }

    /// The only answer of the day by this resident was taken back.
    pub(crate) fn forget_answer(&mut self, resident_id: Option<&str>) {
        let person = self.person.as_mut();
        if let Some(person) =
            person.filter(|person| person.session.resident_id.as_deref() == resident_id)
        {
            person.session.answered_today = false;
        }
    }

    pub(crate) fn has_level(&self, level: AssuranceLevel) -> bool {
        self.session().is_some_and(|session| session.level >= level)
    }

    /// Whether somebody is known, or about to be.
    pub(crate) fn is_in_use(&self) -> bool {
        self.attempt.is_some() || self.person.is_some()
    }

    /// Whether an attempt has something to show.
    pub(crate) fn has_page(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.has_page)
    }

    /// Whether 決定 may still be meant for the page before: a press repeated in impatience neither
    /// ends the login nor types a digit.
    pub(crate) fn is_too_fresh(&self, now_ms: u64) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| now_ms < attempt.page_since + STRAY_PRESS_MS)
    }

    /// Somebody chose a service that needs to know who is there.
    pub(crate) fn begin(&mut self, context: &mut Context, purpose: Purpose) -> Outcome {
        self.begin_errand(context, purpose, None)
    }

    /// The same where the purpose alone does not say what the card signs.
    pub(crate) fn begin_errand(
        &mut self,
        context: &mut Context,
        purpose: Purpose,
        errand: Option<Errand>,
    ) -> Outcome {
        self.abandon(context);
        let attempt = Attempt::new(purpose, context.now_ms());
        self.attempt = Some(attempt.with_errand(errand));
        self.approach(context)
    }

    /// Gives a card that was put in without a word the page that explains why it does not work.
    pub(crate) fn explain(&mut self, context: &Context, trouble: Trouble) -> Outcome {
        let attempt = Attempt::new(Purpose::Greeting, context.now_ms());
        self.attempt = Some(Attempt { has_page: true, ..attempt });
        self.enter(context, Stage::Troubled(trouble), None)
    }

    /// Ends the attempt without a result: digits wiped, card reset.
    pub(crate) fn abandon(&mut self, context: &mut Context) {
        if self.attempt.take().is_some_and(|attempt| attempt.stage.talks_to_card()) {
            context.push(Effect::ResetCard);
        }
    }

    /// Ends the session at the resident's wish.
    pub(crate) fn logout(&mut self, context: &mut Context) -> Outcome {
        self.abandon(context);
        self.end(context)
    }

    /// The reader as it was heard of last.
    pub(crate) const fn reader(&self) -> Option<ReaderState> {
        self.reader
    }

    /// Reader or card changed.
    pub(crate) fn reader_changed(&mut self, context: &mut Context, state: ReaderState) -> Outcome {
        let before = self.reader.replace(state);
        if before == Some(state) {
            return Outcome::Nothing;
        }
        if state == ReaderState::CardPresent {
            return self.card_inserted(context);
        }
        // Busy says that another program has the card, not that the card is gone.
        if state != ReaderState::Busy {
            self.wrong_pins = 0;
        }
        let of_attempt = self.attempt_lost_card(context, state);
        let of_session =
            if state == ReaderState::Busy { Outcome::Nothing } else { self.end(context) };
        // The page of an attempt tells it all.
        of_attempt.unwrap_or(of_session)
    }

    pub(crate) fn session_opened(&mut self, context: &mut Context, session: Session) -> Outcome {
        let is_expected = self.attempt.as_ref().is_some_and(|attempt| {
            matches!(attempt.stage, Stage::TouchSent | Stage::ProofSent)
                && session.level >= attempt.level
        });
        if !is_expected {
            context.push(Effect::CloseSession { token: session.token });
            return Outcome::Nothing;
        }
        let purpose = self.attempt.take().map_or(Purpose::Greeting, |attempt| attempt.purpose);
        if matches!(purpose, Purpose::Service(_)) {
            self.wrong_pins = 0;
            return Outcome::Granted(Box::new(session));
        }
        if let Some(before) = self.person.take() {
            context.push(Effect::CloseSession { token: before.session.token });
        }
        self.wrong_pins = 0;
        let ends_at = context.now_ms() + session_length_ms(context, &session);
        self.person = Some(Person { session, ends_at });
        Outcome::Known(purpose)
    }

    pub(crate) fn login_refused(&mut self, context: &mut Context, code: ProblemCode) -> Outcome {
        self.gateway_failed(context, Cause::of_gateway(code))
    }

    pub(crate) fn login_unreachable(&mut self, context: &mut Context) -> Outcome {
        self.gateway_failed(context, Cause::Unreachable)
    }

    pub(crate) fn card_failed(&mut self, context: &mut Context, io: CardIo) -> Outcome {
        let Some(attempt) = &self.attempt else { return Outcome::Nothing };
        if !attempt.stage.talks_to_card() {
            return Outcome::Nothing;
        }
        let tries = attempt.tries_at_break();
        self.fail(context, Cause::of_io(io), tries)
    }

    /// The one button of a trouble page.
    pub(crate) fn retry(&mut self, context: &mut Context) -> Outcome {
        let Some(attempt) = &self.attempt else { return Outcome::Nothing };
        let (purpose, errand) = (attempt.purpose, attempt.errand.clone());
        self.begin_errand(context, purpose, errand)
    }

    /// The gateway said whether the card that signed counts; none when nobody waits for it.
    pub(crate) fn link_answered(
        &mut self,
        context: &mut Context,
        call_id: u64,
        answer: &ServiceAnswer,
    ) -> Option<Outcome> {
        self.attempt.as_ref().filter(|attempt| attempt.link_call == Some(call_id))?;
        Some(match answer {
            ServiceAnswer::Linked(state) => {
                self.attempt = None;
                self.wrong_pins = 0;
                Outcome::Linked(*state)
            }
            ServiceAnswer::Failed(ServiceFault::Refused(ProblemCode::CodeRefused)) => {
                self.attempt = None;
                Outcome::CodeRefused
            }
            ServiceAnswer::Failed(ServiceFault::Refused(code)) => {
                self.fail(context, Cause::of_link(*code), Tries::NotUsed)
            }
            _ => self.fail(context, Cause::LinkUnknown, Tries::NotUsed),
        })
    }

    pub(crate) fn deadline(&self) -> Option<u64> {
        let attempt = self.attempt.as_ref().and_then(|attempt| attempt.deadline);
        let glimpse = self.attempt.as_ref().and_then(Attempt::hides_at);
        let session = self.person.as_ref().map(|person| person.ends_at);
        attempt.into_iter().chain(glimpse).chain(session).min()
    }

    pub(crate) fn reach(&mut self, context: &mut Context) -> Outcome {
        let now_ms = context.now_ms();
        if let Some(attempt) = self.attempt.as_mut() {
            attempt.hide_glimpse(now_ms);
        }
        let attempt = self.attempt.as_mut().filter(|a| a.deadline.is_some_and(|at| at <= now_ms));
        if let Some(attempt) = attempt {
            attempt.deadline = None;
            let (cause, tries) = attempt.at_deadline();
            return self.fail(context, cause, tries);
        }
        if self.person.as_ref().is_some_and(|person| person.ends_at <= now_ms) {
            return self.end(context);
        }
        Outcome::Nothing
    }

    fn card_inserted(&mut self, context: &mut Context) -> Outcome {
        match &self.attempt {
            None if self.person.is_none() => self.begin(context, Purpose::Greeting),
            Some(attempt) if attempt.waits_for_card() => self.retry(context),
            _ => Outcome::Nothing,
        }
    }

    /// What a card that left means for the attempt; none when it means nothing.
    fn attempt_lost_card(&mut self, context: &mut Context, state: ReaderState) -> Option<Outcome> {
        let attempt = self.attempt.as_ref()?;
        let cause = Cause::of_reader(state);
        if matches!(attempt.stage, Stage::WaitingForCard) {
            return cause.map(|cause| self.fail(context, cause, Tries::NotConcerned));
        }
        if let Some(trouble) = attempt.told_by_the_leaving_card(context.now_ms(), state) {
            // The page that explains it stays, with the right cause.
            let is_told = matches!(attempt.stage, Stage::Troubled(told) if told == trouble);
            return Some(if is_told {
                Outcome::Nothing
            } else {
                self.enter(context, Stage::Troubled(trouble), None)
            });
        }
        if attempt.waits_for_card() {
            return Some(self.approach(context));
        }
        if matches!(attempt.stage, Stage::Troubled(_)) {
            return None;
        }
        let tries = attempt.tries_at_break();
        Some(self.fail(context, cause.unwrap_or(Cause::Removed), tries))
    }

    /// Starts as far as the reader allows.
    fn approach(&mut self, context: &mut Context) -> Outcome {
        let state = self.reader.unwrap_or(ReaderState::NoReader);
        if state == ReaderState::CardPresent {
            return self.start(context);
        }
        match Cause::of_reader(state) {
            Some(cause) => self.fail(context, cause, Tries::NotConcerned),
            None => self.enter(context, Stage::WaitingForCard, None),
        }
    }

    fn start(&mut self, context: &mut Context) -> Outcome {
        let Some(attempt) = &self.attempt else { return Outcome::Nothing };
        if attempt.level == AssuranceLevel::L1 {
            return self.start_touch(context);
        }
        if self.wrong_pins >= WRONG_PINS_MAX {
            return self.fail(context, Cause::WrongPins, Tries::NotConcerned);
        }
        context.push(Effect::OpenLogin(attempt.request()));
        let deadline = context.now_ms() + SILENCE_MS;
        self.enter(context, Stage::Opening, Some(deadline))
    }

    fn gateway_failed(&mut self, context: &mut Context, cause: Cause) -> Outcome {
        let Some(attempt) = &self.attempt else { return Outcome::Nothing };
        let waits_for_gateway =
            matches!(attempt.stage, Stage::TouchSent | Stage::Opening | Stage::ProofSent);
        if !waits_for_gateway {
            return Outcome::Nothing;
        }
        self.fail(context, cause, Tries::NotUsed)
    }

    fn fail(&mut self, context: &mut Context, cause: Cause, tries: Tries) -> Outcome {
        let Some(attempt) = &self.attempt else { return Outcome::Nothing };
        if attempt.stage.talks_to_card() {
            context.push(Effect::ResetCard);
        }
        if !attempt.has_page {
            self.attempt = None;
            let trouble = Trouble { cause, tries: Tries::NotConcerned };
            return if cause.lies_in_the_card() {
                Outcome::Explain(trouble)
            } else {
                Outcome::Murmur(cause.sentence())
            };
        }
        let tries = if attempt.level == AssuranceLevel::L1 { Tries::NotConcerned } else { tries };
        let cause = if attempt.level == AssuranceLevel::L3 { cause.of_password() } else { cause };
        self.enter(context, Stage::Troubled(Trouble { cause, tries }), None)
    }

    fn enter(&mut self, context: &Context, stage: Stage, deadline: Option<u64>) -> Outcome {
        let Some(attempt) = &mut self.attempt else { return Outcome::Nothing };
        if !(attempt.is_busy && stage.is_busy()) {
            attempt.page_since = context.now_ms();
        }
        attempt.is_busy = stage.is_busy();
        attempt.stage = stage;
        attempt.deadline = deadline;
        Outcome::PageChanged
    }

    fn end(&mut self, context: &mut Context) -> Outcome {
        let Some(person) = self.person.take() else { return Outcome::Nothing };
        context.push(Effect::CloseSession { token: person.session.token });
        Outcome::Ended
    }
}

/// How long the session lasts from now. A wrong clock of the box must not keep a person known for
/// longer than a sitting, nor end the session at once.
fn session_length_ms(context: &Context, session: &Session) -> u64 {
    if !context.now.wall_trusted {
        return SESSION_MAX_MS;
    }
    let left = session.expires_at_ms.saturating_sub(context.now.wall_ms);
    u64::try_from(left).unwrap_or(0).min(SESSION_MAX_MS)
}
