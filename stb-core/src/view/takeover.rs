//! What the screen shows of an evacuation order.

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Mode},
};
use gateway_api::report::Answer;

use crate::phrase::Phrase;

use super::{Icon, Item};

/// How much of the screen an order takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TakeoverStage {
    /// One line at the bottom: answered and still in force. Takes no keys and shows no focus;
    /// `answers` is empty.
    Notice,
    /// Bottom 30 %.
    Band,
    /// Bottom 60 %, larger.
    Large,
    /// All of it; the picture is muted.
    FullScreen,
}

/// The evacuation order for this home. Above [`TakeoverStage::Notice`] it takes all keys, and no page
/// is shown below it: the one focused element is `answers[focus]`.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeoverView {
    /// Which order, 32 hexadecimal digits. When it changes, the painting of the new one is told by
    /// [`crate::event::Event::TakeoverPainted`].
    pub order_id: String,
    /// How much of the screen.
    pub stage: TakeoverStage,
    /// Drill or meant.
    pub mode: Mode,
    /// Issue, update, lift, cancel.
    pub act: Act,
    /// Against what.
    pub hazard: Hazard,
    /// Level; none for tsunami.
    pub level: Option<Level>,
    /// Order name with level, e.g. 警戒レベル4 避難指示.
    pub title: Phrase,
    /// Whom, each with the honorific of the language: 中村 ハナさん.
    pub names: Vec<String>,
    /// Area and hazard.
    pub place: Phrase,
    /// What to do, at 72 px or more.
    pub action: Phrase,
    /// Where to.
    pub destination: Option<PlaceView>,
    /// Where to otherwise.
    pub fallback: Option<PlaceView>,
    /// By when.
    pub leave_by: Option<Phrase>,
    /// Who may help.
    pub supporters: Option<Phrase>,
    /// Three steps.
    pub steps: [StepView; 3],
    /// The town's words.
    pub reason: Option<String>,
    /// The town's words and the other place have the screen for themselves: with larger text they
    /// do not stand below the steps.
    pub reading: bool,
    /// When issued, and whether the gateway is reachable.
    pub source: Phrase,
    /// The answers: 避難します / 助けが必要 / 家にいます, or one "閉じる" after a lift.
    pub answers: Vec<Item>,
    /// Focused answer.
    pub focus: usize,
    /// What was answered.
    pub answered: Option<AnsweredView>,
    /// Further orders in force for this home; when there are any, the last of `answers` shows the
    /// next one.
    pub others: usize,
}

/// The answer of this home, and whether the town has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredView {
    /// Which.
    pub answer: Answer,
    /// The answer, how far it came and what happens next.
    pub text: Phrase,
    /// Whether the town has it: only then may the screen look as if all were well.
    pub reached: Reached,
}

/// How far an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reached {
    /// On its way, or waiting until the town can be reached.
    NotYet,
    /// The town has it.
    Town,
    /// The town refused it.
    Refused,
}

/// A place with what must be known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceView {
    /// Name.
    pub name: String,
    /// Condition of use.
    pub condition: Option<String>,
    /// Distance, and whether it is known to be open.
    pub note: Option<Phrase>,
    /// Distance alone, where there is no room for more.
    pub distance: Option<Phrase>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// Picture.
    pub icon: Icon,
    /// Sentence.
    pub text: Phrase,
}
