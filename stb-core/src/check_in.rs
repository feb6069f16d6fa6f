//! The daily question: how are you today? One press, kept before it is said to be done, and taken
//! back just as shortly.

use gateway_api::report::{Condition, ReportContent};
use uuid::Uuid;

use crate::{
    nav::{Choice, Command, Draft},
    phrase::{Phrase, say},
    view::{Body, ColourKey, Icon, Layout, PageKind},
};

/// Somebody said "not well" and then nothing more: it is reported without the wish for a call.
pub(crate) const FOLLOW_UP_MS: u64 = 60_000;

/// The question of one person.
#[derive(Debug, Default)]
pub(crate) struct CheckIn {
    asked: Option<Asked>,
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
}

/// An answer on its way.
#[derive(Debug)]
struct Given {
    asked: Asked,
    condition: Condition,
    report: Uuid,
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

    /// "Not well": one more question.
    pub(crate) fn ask_for_contact(&mut self, now_ms: u64) {
        self.follow_up_until = Some(now_ms + FOLLOW_UP_MS);
    }

    pub(crate) fn is_asking_for_contact(&self) -> bool {
        self.follow_up_until.is_some()
    }

    /// Back from the second question to the first.
    pub(crate) fn take_back_contact(&mut self) {
        self.follow_up_until = None;
    }

    /// What to report for this answer.
    pub(crate) fn answer(&mut self, condition: Condition, contact: bool) -> Option<ReportContent> {
        self.follow_up_until = None;
        let asked = self.asked.as_ref()?;
        Some(ReportContent::CheckIn {
            session_id: asked.session_id.clone(),
            condition,
            contact_wanted: contact,
        })
    }

    /// The answer went to the store under this id.
    pub(crate) fn given(&mut self, condition: Condition, report: Uuid) -> Option<&Asked> {
        let asked = self.asked.take()?;
        let state = State::Saving { store_failed: false };
        self.answer = Some(Given { asked, condition, report, state, undo_until: None });
        self.answer.as_ref().map(|answer| &answer.asked)
    }

    /// What to report to take the answer back, while that is offered.
    pub(crate) fn withdraw(&self, now_ms: u64) -> Option<ReportContent> {
        let answer = self.answer.as_ref().filter(|answer| answer.may_be_undone(now_ms))?;
        Some(ReportContent::CheckInWithdrawal {
            check_in: answer.report,
            session_id: answer.asked.session_id.clone(),
        })
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
                Some(Settled::Answered(answer.asked.clone()))
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
        let is_it = self.answer.as_ref().is_some_and(|answer| answer.report == report);
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
        draft.lead = self.asked.as_ref().map(greeting);
        if self.asked.as_ref().is_some_and(|asked| asked.answered_today) {
            draft.detail = Some(say::check_in_again());
        }
        for (label, icon, condition, key) in faces {
            let command = Command::AnswerCheckIn(condition);
            draft = draft.choice(Choice::new(label, Some(icon), command).shortcut(key));
        }
        draft
    }

    pub(crate) fn contact_question() -> Draft {
        let yes = Command::AnswerContact(true);
        let no = Command::AnswerContact(false);
        Draft::new(PageKind::CheckIn, say::contact_title(), Layout::Row)
            .lead(say::contact_lead())
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
    Answered(Asked),
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
                (say::check_in_withdrawn(), Some(say::check_in_withdrawn_earlier()))
            }
            State::Withdrawn => (say::check_in_withdrawn(), Some(say::check_in_withdrawn_empty())),
        }
    }

    fn condition_words(&self) -> Option<Phrase> {
        match (self.state, self.condition) {
            (State::Withdrawing { .. } | State::Withdrawn, _) => None,
            (_, Condition::Good) => Some(say::answered_good()),
            (_, Condition::Normal) => Some(say::answered_normal()),
            (_, Condition::Bad) => Some(say::answered_bad()),
        }
    }

    const fn picture(&self) -> Icon {
        match self.state {
            State::Saving { .. } | State::Withdrawing { .. } => Icon::Clock,
            State::Kept | State::Delivered | State::Withdrawn => Icon::Check,
        }
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
