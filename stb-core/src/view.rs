//! What the screen shows, complete and plain: the shell draws it and decides nothing.

mod takeover;

pub use takeover::{AnsweredView, PlaceView, Reached, StepView, TakeoverStage, TakeoverView};

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
    /// How to begin, or that a call for help still stands: over live television and nothing else.
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
    /// The number that a service shows.
    ServiceNumber,
    /// Asking the gateway.
    ServiceBusy,
    /// Who asks for what.
    ServiceRequest,
    /// One question of a service.
    ServiceQuestion,
    /// All answers before the card.
    ServiceSummary,
    /// What the service got, or that it got nothing.
    ServiceDone,
    /// Cards and permissions.
    CardMenu,
    /// What services may know.
    Consents,
    /// One permission, and taking it back.
    Consent,
    /// Linking a card at home.
    CardLink,
    /// Stopping a lost card.
    CardStop,
    /// The digits of a letter from the town.
    LetterCode,
    /// What became of it.
    CardMenuDone,
    /// The password of the signature certificate.
    Password,
    /// The operator's support asks how the box is.
    Diagnosis,
    /// What became of the answer.
    DiagnosisTold,
    /// Language and size of text at the first start.
    FirstChoice,
    /// The code of the operator's letter.
    EnrolmentCode,
    /// Waiting for the gateway to know the box.
    Enrolling,
    /// Back to the carton, for a box that its gateway does not know any more.
    StartOver,
}

impl PageKind {
    /// Whether keys mean digits or characters here: which ones is nobody's business.
    pub const fn takes_characters(self) -> bool {
        matches!(
            self,
            Self::Pin
                | Self::Password
                | Self::LetterCode
                | Self::ServiceNumber
                | Self::EnrolmentCode
        )
    }
}

/// What stands between sentence and items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// One large picture.
    Picture(Icon),
    /// A telephone number to be called, in large digits.
    Phone(String),
    /// Masked digits.
    PinDots {
        /// Digits entered.
        entered: u8,
        /// Digits wanted.
        wanted: u8,
        /// Tries left on the card.
        tries_left: u8,
    },
    /// Digits that may be seen, in groups of four.
    Digits {
        /// Digits entered.
        digits: String,
        /// Digits wanted.
        wanted: u8,
    },
    /// Masked characters in groups of four; the last one is seen for a moment.
    Password {
        /// Characters entered.
        entered: u8,
        /// The last of them, while it may be seen.
        glimpse: Option<Glimpse>,
        /// Fewest characters.
        least: u8,
        /// Most characters.
        most: u8,
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

/// One character of a password, for the screen and nobody else (invariant 4).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Glimpse(pub char);

impl std::fmt::Debug for Glimpse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Glimpse(..)")
    }
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
    /// Capitals and digits, 10 columns: 0-9, A-Z, 1字消す and 決定 of two columns each.
    Keyboard,
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
