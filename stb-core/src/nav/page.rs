//! Pages and what 決定 does on their items.

use gateway_api::report::Condition;

use crate::{
    cards::CardMenuDeed,
    diagnosis::DiagnosisDeed,
    entry::PadKey,
    first_start::FirstDeed,
    services::ServiceDeed,
    view::{Item, Language, TextScale},
};

/// A page of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Home,
    /// Whatever the card conversation has to say now.
    Card,
    /// The greeting after a login.
    Welcome,
    CheckIn,
    /// Follow-up of "not well": does the person want to be called?
    CheckInContact,
    CheckInDone,
    AccessLog {
        page: usize,
    },
    EvacuationPlan {
        page: usize,
    },
    /// A call for help that outlived its order.
    Help,
    /// The channels, to choose one.
    Guide {
        page: usize,
    },
    Settings,
    SettingChoice(Setting),
    /// Whatever the request of a service has to show now.
    Services,
    /// Whatever the menu of cards and permissions has to show now.
    Cards,
    /// The support's question, and what became of the answer.
    Diagnosis,
    /// Whatever the first start asks or tells now.
    FirstStart,
    /// Whether what the home has on this box shall be wiped, and what became of it.
    StartOver(Wipe),
}

/// How far a box is on its way back to its carton.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wipe {
    Asked,
    Begun,
    Failed,
}

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    Scale,
    Language,
    Speech,
}

/// What 決定 does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    OpenCheckIn,
    OpenLogin,
    Logout,
    OpenPlan,
    OpenOrder,
    OpenHelp,
    /// Takes back the calls for help that outlived their orders.
    EndHelp,
    /// Staff dealt with the calls: read.
    CloseHelp,
    /// Help is still needed although staff dealt with the call.
    CallAgain,
    OpenAccessLog,
    ReloadAccessLog,
    OpenSettings,
    OpenSetting(Setting),
    SetScale(TextScale),
    SetLanguage(Language),
    SetSpeech(bool),
    AnswerCheckIn(Condition),
    AnswerContact(bool),
    UndoCheckIn,
    ShowRows {
        page: usize,
    },
    /// The channel at this place of the list.
    Watch {
        place: usize,
    },
    ToHome,
    ToTelevision,
    Card(CardDeed),
    OpenServices,
    OpenCards,
    OpenCardLink,
    Service(ServiceDeed),
    Cards(CardMenuDeed),
    Diagnosis(DiagnosisDeed),
    FirstStart(FirstDeed),
    OpenStartOver,
    StartOver,
    ToSettings,
}

impl Command {
    /// Whether it is 決定 of a pad.
    pub(crate) const fn is_submit(self) -> bool {
        matches!(
            self,
            Self::Card(CardDeed::PadSubmit)
                | Self::Service(ServiceDeed::Pad(PadKey::Submit))
                | Self::Cards(CardMenuDeed::Pad(PadKey::Submit))
                | Self::FirstStart(FirstDeed::Pad(PadKey::Submit))
        )
    }
}

/// What 決定 does in a card conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardDeed {
    PadDigit(u8),
    /// A key of the keyboard, as ASCII.
    PadCharacter(u8),
    PadClear,
    PadSubmit,
    UseLastTry,
    Retry,
    /// Leaves the attempt, one step back.
    Leave,
}

/// One focusable item with its deed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    pub(crate) item: Item,
    pub(crate) command: Command,
}
