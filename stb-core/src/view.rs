//! What the screen shows, complete and plain: the shell draws it and decides nothing.

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Mode},
};
use gateway_api::report::Answer;

use crate::phrase::Phrase;

/// The whole screen, from back to front.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Text size.
    pub scale: TextScale,
    /// Language of every sentence on the screen and of the speech.
    pub language: Language,
    /// The television picture behind everything.
    pub picture: PictureView,
    /// How to begin, over live television and nothing else.
    pub hint: Option<Phrase>,
    /// Channel banner or volume; the channel only over live television.
    pub banner: Option<BannerView>,
    /// The page over the picture; none means live television.
    pub page: Option<PageView>,
    /// Nothing essential: disappears by itself.
    pub toast: Option<Phrase>,
    /// The evacuation order, above everything else.
    pub takeover: Option<TakeoverView>,
}

/// Text size of the household.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum TextScale {
    /// 100 %
    #[default]
    Normal,
    /// 125 %
    Large,
    /// 150 %
    Largest,
}

/// Language of the household.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Japanese.
    #[default]
    Ja,
    /// やさしい日本語
    JaEasy,
    /// English.
    En,
}

impl Language {
    /// Name of the folder below `locales/`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::JaEasy => "ja-easy",
            Self::En => "en",
        }
    }

    /// The language of a tag; `None` when it is none of ours.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Ja, Self::JaEasy, Self::En].into_iter().find(|language| language.tag() == tag)
    }
}

/// State of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureView {
    /// What to say instead of a picture, e.g. no signal.
    pub notice: Option<Phrase>,
    /// Whether the picture is small or hidden behind a full page.
    pub covered: bool,
}

/// Channel or volume for a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BannerView {
    /// Number and name of the channel.
    Channel {
        /// Number on the remote, or the digits typed so far.
        number: String,
        /// Name; empty while typing.
        name: String,
        /// Tuning, or why there is no picture.
        state: Option<Phrase>,
    },
    /// Volume.
    Volume {
        /// 0-100.
        percent: u8,
        /// Muted.
        muted: bool,
    },
}

/// One page: a title, at most two ideas, and focusable items of which exactly one has focus.
#[derive(Debug, Clone, PartialEq)]
pub struct PageView {
    /// Which page; the shell may choose a picture by it, never behaviour.
    pub kind: PageKind,
    /// Title.
    pub title: Phrase,
    /// The question or the sentence.
    pub lead: Option<Phrase>,
    /// A second sentence, smaller.
    pub detail: Option<Phrase>,
    /// What stands between sentence and items.
    pub body: Body,
    /// How items are arranged.
    pub layout: Layout,
    /// The focusable items, never empty.
    pub items: Vec<Item>,
    /// Index of the focused item.
    pub focus: usize,
    /// What the keys do here, at the bottom.
    pub hint: Phrase,
    /// Greeting or connection state at the top right.
    pub status: Option<Phrase>,
}

/// Pages of the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageKind {
    /// Home screen.
    Home,
    /// "Insert your card", for what.
    CardPrompt,
    /// Reading or checking.
    CardBusy,
    /// PIN entry.
    Pin,
    /// Confirmation before the last try.
    LastTry,
    /// Any card or reader trouble, with one action.
    CardTrouble,
    /// Greeting after login.
    Welcome,
    /// The daily question.
    CheckIn,
    /// Answered, with undo.
    CheckInDone,
    /// Who looked at my data.
    AccessLog,
    /// The plan of this home, without an order.
    EvacuationPlan,
    /// The channels, to choose one.
    Guide,
    /// Settings: text size, language, speech.
    Settings,
    /// A sentence with one action.
    Notice,
}

/// What stands between sentence and items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// One large picture.
    Picture(Icon),
    /// Masked digits.
    PinDots {
        /// Digits entered.
        entered: u8,
        /// Digits wanted.
        wanted: u8,
        /// Tries left on the card.
        tries_left: u8,
    },
    /// A short table.
    Rows {
        /// Rows on this page, at most 5.
        rows: Vec<Row>,
        /// Page number from 1.
        page: u16,
        /// Pages in all.
        pages: u16,
    },
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Left.
    pub label: Phrase,
    /// Right.
    pub value: Phrase,
}

/// Arrangement of the items; also defines what the arrows do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Equal tiles, this many in a row.
    Tiles {
        /// Columns.
        columns: usize,
    },
    /// Buttons side by side.
    Row,
    /// Buttons below each other.
    Column,
    /// 10-key pad, 3 columns: 1-9, 訂正, 0, 決定.
    KeyPad,
}

/// One focusable item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Label.
    pub label: Phrase,
    /// Second line.
    pub note: Option<Phrase>,
    /// Picture.
    pub icon: Option<Icon>,
    /// Colour key that does the same, shown with word and position.
    pub shortcut: Option<ColourKey>,
}

/// The colour keys, in their order on the remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColourKey {
    /// 青
    Blue,
    /// 赤
    Red,
    /// 緑
    Green,
    /// 黄
    Yellow,
}

/// Pictures; drawn by the shell in one line weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Icon {
    Television,
    Card,
    CardInsert,
    CardRemove,
    CardBlocked,
    Reader,
    Heart,
    FaceGood,
    FaceNormal,
    FaceBad,
    Phone,
    Shelter,
    Walk,
    Hill,
    Upstairs,
    Slope,
    Bag,
    Gas,
    Neighbour,
    Stay,
    Route,
    Home,
    Eye,
    Settings,
    Check,
    Warning,
    Clock,
    Flood,
    Landslide,
    StormSurge,
    Earthquake,
    Tsunami,
    Fire,
    InlandFlood,
    Volcano,
}

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
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// Picture.
    pub icon: Icon,
    /// Sentence.
    pub text: Phrase,
}
