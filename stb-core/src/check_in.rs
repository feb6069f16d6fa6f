//! The daily question: how are you today? One press, kept before it is said to be done, and taken
//! back just as shortly.

use gateway_api::report::{Condition, ReportContent};
use uuid::Uuid;

use crate::{
    nav::{Choice, Command, Draft},
    phrase::{Phrase, say},
    view::{Body, ColourKey, Icon, Layout, PageKind},
};

/// Somebody said "not well" and nothing to the question about a call: no call is asked for.
pub(crate) const FOLLOW_UP_MS: u64 = 60_000;

/// The question of one person.
#[derive(Debug, Default)]
pub(crate) struct CheckIn {
    asked: Option<Asked>,
    /// The question is the first word to this person.
    greets: bool,
    follow_up_until: Option<u64>,
    answer: Option<Given>,
}

/// Who is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) session_id: String,
    pub(crate) resident_id: Option<String>,
    pub(crate) name: String,
    pub(crate) name_kana: String,
    pub(crate) answered_today: bool,
    /// What was answered before today, where this box knows it.
    pub(crate) earlier: Option<Condition>,
}

/// An answer on its way.
#[derive(Debug)]
struct Given {
    asked: Asked,
    condition: Condition,
    /// Whether a call is wanted; none where that was not asked, or not yet.
    contact: Option<bool>,
    /// The answer, and the same once more with the wish for a call: the last one counts.
    report: Uuid,
    before: Option<Uuid>,
    state: State,
    undo_until: Option<u64>,
}

/// How far the answer, or its withdrawal, came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Saving { store_failed: bool },
    Kept,
    Delivered,
    Withdrawing { withdrawal: Uuid },
    Withdrawn,
}

impl CheckIn {
    pub(crate) fn ask(&mut self, asked: Asked) {
        *self = Self { asked: Some(asked), ..Self::default() };
    }

    /// Nobody has welcomed this person yet.
    pub(crate) fn greet(&mut self) {
        self.greets = true;
    }

    /// "Not well" is on its way: one more question, which only adds to it.
    pub(crate) fn ask_for_contact(&mut self, now_ms: u64) {
        self.follow_up_until = Some(now_ms + FOLLOW_UP_MS);
    }

    pub(crate) fn is_asking_for_contact(&self) -> bool {
        self.follow_up_until.is_some()
    }

    /// The second question is over: whether a call is wanted. The time to take all of it back
    /// begins anew.
    pub(crate) fn contact_answered(&mut self, wanted: bool, now_ms: u64, undo_ms: u64) {
        self.follow_up_until = None;
        if let Some(answer) = &mut self.answer {
            answer.contact = Some(wanted);
            let is_certain = matches!(answer.state, State::Kept | State::Delivered);
            answer.undo_until = is_certain.then_some(now_ms + undo_ms);
        }
    }

    /// What to report for this answer.
    pub(crate) fn answer(&self, condition: Condition) -> Option<ReportContent> {
        Some(content(self.asked.as_ref()?, condition, false))
    }

    /// What to report, once more, with the wish for a call.
    pub(crate) fn answer_with_call(&self) -> Option<ReportContent> {
        let answer = self.answer.as_ref()?;
        Some(content(&answer.asked, answer.condition, true))
    }

    /// The answer went to the store under this id.
    pub(crate) fn given(&mut self, condition: Condition, report: Uuid) {
        let Some(asked) = self.asked.take() else { return };
        let state = State::Saving { store_failed: false };
        let (contact, before, undo_until) = (None, None, None);
        self.answer = Some(Given { asked, condition, contact, report, before, state, undo_until });
    }

    /// The answer with the wish for a call went to the store under this id.
    pub(crate) fn given_with_call(&mut self, report: Uuid) {
        if let Some(answer) = &mut self.answer {
            answer.before = Some(std::mem::replace(&mut answer.report, report));
            answer.state = State::Saving { store_failed: false };
            answer.undo_until = None;
        }
    }

    /// What to report to take the answer back, while that is offered; the last of it settles it.
    pub(crate) fn withdraw(&self, now_ms: u64) -> Vec<ReportContent> {
        let Some(answer) = self.answer.as_ref().filter(|answer| answer.may_be_undone(now_ms))
        else {
            return Vec::new();
        };
        let withdrawal = |check_in| ReportContent::CheckInWithdrawal {
            check_in,
            session_id: answer.asked.session_id.clone(),
        };
        answer.before.into_iter().chain([answer.report]).map(withdrawal).collect()
    }

    pub(crate) fn withdrawing(&mut self, withdrawal: Uuid) {
        if let Some(answer) = &mut self.answer {
            answer.state = State::Withdrawing { withdrawal };
            answer.undo_until = None;
        }
    }

    /// The store or the gateway has the report: now the screen may say so (invariant 6). Answers
    /// what is settled by it.
    pub(crate) fn kept(&mut self, report: Uuid, now_ms: u64, undo_ms: u64) -> Option<Settled> {
        let answer = self.answer.as_mut()?;
        match answer.state {
            State::Saving { .. } if answer.report == report => {
                answer.state = State::Kept;
                answer.undo_until = Some(now_ms + undo_ms);
                Some(Settled::Answered(answer.asked.clone(), answer.condition))
            }
            State::Withdrawing { withdrawal } if withdrawal == report => {
                answer.state = State::Withdrawn;
                Some(Settled::Withdrawn(answer.asked.clone()))
            }
            _ => None,
        }
    }

    pub(crate) fn delivered(&mut self, report: Uuid) {
        if let Some(answer) = self.answer_of(report, State::Kept) {
            answer.state = State::Delivered;
        }
    }

    pub(crate) fn store_failed(&mut self, report: Uuid) {
        if let Some(answer) = self.answer_of(report, State::Saving { store_failed: false }) {
            answer.state = State::Saving { store_failed: true };
        }
    }

    fn answer_of(&mut self, report: Uuid, state: State) -> Option<&mut Given> {
        self.answer.as_mut().filter(|answer| answer.report == report && answer.state == state)
    }

    /// The gateway will never take it: true when it is the answer on the screen.
    pub(crate) fn refused(&mut self, report: Uuid) -> bool {
        let is_it = self
            .answer
            .as_ref()
            .is_some_and(|answer| answer.report == report || answer.before == Some(report));
        if is_it {
            self.answer = None;
        }
        is_it
    }

    pub(crate) fn deadline(&self) -> Option<u64> {
        let undo = self.answer.as_ref().and_then(|answer| answer.undo_until);
        self.follow_up_until.into_iter().chain(undo).min()
    }

    /// True when the follow-up waited long enough.
    pub(crate) fn reach(&mut self, now_ms: u64) -> bool {
        if let Some(answer) = &mut self.answer {
            answer.undo_until = answer.undo_until.filter(|until| now_ms < *until);
        }
        self.follow_up_until.is_some_and(|until| until <= now_ms)
    }

    pub(crate) fn question(&self) -> Draft {
        let faces = [
            (say::condition_good(), Icon::FaceGood, Condition::Good, ColourKey::Blue),
            (say::condition_normal(), Icon::FaceNormal, Condition::Normal, ColourKey::Green),
            (say::condition_bad(), Icon::FaceBad, Condition::Bad, ColourKey::Red),
        ];
        let mut draft = Draft::new(PageKind::CheckIn, say::check_in_title(), Layout::Row);
        draft.lead = self.asked.as_ref().filter(|_| self.greets).map(greeting);
        if self.asked.as_ref().is_some_and(|asked| asked.answered_today) {
            draft.detail = Some(say::check_in_again());
        }
        for (label, icon, condition, key) in faces {
            let command = Command::AnswerCheckIn(condition);
            draft = draft.choice(Choice::new(label, Some(icon), command).shortcut(key));
        }
        draft
    }

    /// What stands whatever is answered here is said above it.
    pub(crate) fn contact_question(&self) -> Draft {
        let yes = Command::AnswerContact(true);
        let no = Command::AnswerContact(false);
        let is_certain = self
            .answer
            .as_ref()
            .is_some_and(|answer| matches!(answer.state, State::Kept | State::Delivered));
        Draft::new(PageKind::CheckIn, say::contact_title(), Layout::Row)
            .lead(say::contact_lead())
            .detail(Some(if is_certain { say::contact_kept() } else { say::contact_saving() }))
            .hint(say::hint_contact())
            .choice(Choice::new(say::contact_yes(), Some(Icon::Phone), yes))
            .choice(Choice::new(say::contact_no(), None, no))
    }

    pub(crate) fn done(&self, link_open: bool) -> Draft {
        let Some(answer) = &self.answer else { return not_kept() };
        let (title, detail) = answer.words(link_open);
        let mut draft = Draft::new(PageKind::CheckInDone, title, Layout::Row)
            .detail(detail)
            .body(Body::Picture(answer.picture()))
            .choice(Choice::new(say::button_finish(), None, Command::ToTelevision));
        draft.lead = answer.condition_words();
        if answer.undo_until.is_some() {
            let undo = Choice::new(say::check_in_undo(), None, Command::UndoCheckIn);
            draft = draft.choice(undo.shortcut(ColourKey::Yellow));
        }
        if answer.state == State::Withdrawn {
            let again = Choice::new(say::check_in_answer_again(), None, Command::OpenCheckIn);
            draft = draft.choice(again);
        }
        draft
    }
}

/// What became certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settled {
    Answered(Asked, Condition),
    Withdrawn(Asked),
}

impl Given {
    fn may_be_undone(&self, now_ms: u64) -> bool {
        self.undo_until.is_some_and(|until| now_ms < until)
    }

    fn words(&self, link_open: bool) -> (Phrase, Option<Phrase>) {
        let later = (!link_open).then(say::check_in_sent_later);
        match self.state {
            State::Saving { store_failed: false } => (say::check_in_saving(), None),
            State::Saving { store_failed: true } => (say::check_in_sending(), None),
            State::Kept => (say::check_in_done(), later),
            State::Delivered => (say::check_in_done(), Some(say::check_in_delivered())),
            State::Withdrawing { .. } => (say::check_in_withdrawing(), None),
            State::Withdrawn if self.asked.answered_today => {
                let stands = self.asked.earlier.map(condition_name);
                let stands = stands.map(say::check_in_withdrawn_standing);
                let stands = stands.unwrap_or_else(say::check_in_withdrawn_earlier);
                (say::check_in_withdrawn(), Some(stands))
            }
            State::Withdrawn => (say::check_in_withdrawn(), Some(say::check_in_withdrawn_empty())),
        }
    }

    fn condition_words(&self) -> Option<Phrase> {
        if matches!(self.state, State::Withdrawing { .. } | State::Withdrawn) {
            return None;
        }
        let condition = condition_name(self.condition);
        Some(match self.contact {
            None => say::answered(condition),
            Some(true) => say::answered_contact(condition, say::contact_yes()),
            Some(false) => say::answered_contact(condition, say::contact_no()),
        })
    }

    const fn picture(&self) -> Icon {
        match self.state {
            State::Saving { .. } | State::Withdrawing { .. } => Icon::Clock,
            State::Kept | State::Delivered | State::Withdrawn => Icon::Check,
        }
    }
}

fn content(asked: &Asked, condition: Condition, contact_wanted: bool) -> ReportContent {
    ReportContent::CheckIn { session_id: asked.session_id.clone(), condition, contact_wanted }
}

fn condition_name(condition: Condition) -> Phrase {
    match condition {
        Condition::Good => say::condition_good(),
        Condition::Normal => say::condition_normal(),
        Condition::Bad => say::condition_bad(),
    }
}

fn greeting(asked: &Asked) -> Phrase {
    if asked.name.trim().is_empty() {
        say::greeting_unnamed()
    } else {
        say::greeting(&asked.name, &asked.name_kana)
    }
}

/// The gateway refused the answer while it was on the screen.
fn not_kept() -> Draft {
    Draft::new(PageKind::CheckInDone, say::check_in_refused(), Layout::Row)
        .lead(say::action_retry())
        .body(Body::Picture(Icon::Warning))
        .choice(Choice::new(say::check_in_answer_again(), None, Command::OpenCheckIn))
}
