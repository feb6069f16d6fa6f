//! What happened, in the past tense.
//!
//! [`Event::Key`] carries PIN digits while the PIN page is open and [`Event::CardAnswered`] carries
//! a certificate: the shell never logs their content (invariant 4).

use gateway_api::{
    diagnosis::DiagnosisRequest,
    login::{LoginChallenge, Session},
    problem::ProblemCode,
    provisioning::Provisioning,
    resident::AccessLog,
};

use crate::{
    diagnosis::DiagnosisOutcome,
    first_start::EnrolmentNews,
    key::{KeyAction, RemoteKey},
    service::ServiceAnswer,
};

/// Everything the machine hears about.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A key of the remote.
    Key {
        /// Which.
        key: RemoteKey,
        /// How.
        action: KeyAction,
    },
    /// A deadline given by `poll` was reached.
    DeadlineReached,
    /// The store was read at start.
    Restored(Box<crate::effect::Stored>),
    /// The store wrote the outbox entry; only now may the screen say "done" (invariant 6).
    ReportStored(uuid::Uuid),
    /// The store could not write the outbox entry: it stays in memory and is sent from there.
    ReportNotStored(uuid::Uuid),
    /// A report reached the gateway.
    ReportDelivered(uuid::Uuid),
    /// The gateway will never take this report.
    ReportRefused {
        /// Which.
        report_id: uuid::Uuid,
        /// Why.
        code: ProblemCode,
    },
    /// A report could not be sent now.
    ReportNotSent(uuid::Uuid),
    /// The event stream is open.
    LinkOpened,
    /// The event stream broke.
    LinkLost,
    /// The gateway does not take this box: it was stopped by its operator, or is unknown, or its certificate is over.
    DeviceRefused {
        /// By its operator.
        is_stopped: bool,
    },
    /// Signed order bytes arrived.
    OrderArrived {
        /// `COSE_Sign1` bytes.
        bytes: Vec<u8>,
        /// By which way.
        path: OrderPath,
    },
    /// Signed heartbeat bytes arrived.
    HeartbeatArrived(Vec<u8>),
    /// The gateway holds another provisioning for this box.
    ProvisioningChanged,
    /// The gateway wants to hear now how the box is: the answer holds something new.
    StatusWanted,
    /// Fresh provisioning was fetched.
    Provisioned(Box<Provisioning>),
    /// The screen has painted the takeover of this order for the first time. Another one may be
    /// shown by now.
    TakeoverPainted {
        /// [`crate::view::TakeoverView::order_id`] of what was painted.
        order_id: String,
    },
    /// Reader and card as the card service sees them.
    ReaderChanged(ReaderState),
    /// The card answered a command.
    CardAnswered(Vec<u8>),
    /// The card or the reader failed in the middle of a conversation.
    CardFailed(CardIo),
    /// The gateway opened a login.
    LoginOpened(LoginChallenge),
    /// The gateway accepted card or touch.
    SessionOpened(Box<Session>),
    /// The gateway refused, or the card is not welcome.
    LoginRefused(ProblemCode),
    /// The gateway did not answer in time.
    LoginUnreachable,
    /// The gateway answered a question about services or cards.
    ServiceAnswered {
        /// Of which question.
        call_id: u64,
        /// What.
        answer: ServiceAnswer,
    },
    /// The access log was fetched; none when it could not be.
    AccessLogArrived(Option<AccessLog>),
    /// The player says how the channel does.
    PlayerChanged {
        /// Channel.
        channel_id: String,
        /// State.
        state: PlayerState,
    },
    /// Another sound of the channel plays, or there is none to change to.
    SoundChosen {
        /// Channel.
        channel_id: String,
        /// Which, from 1.
        number: u16,
        /// How many can be chosen from; 0 while nothing is heard.
        count: u16,
    },
    /// A speech ended (or was interrupted).
    SpeechEnded(u64),
    /// What became of an attempt to enrol.
    EnrolmentTold(EnrolmentNews),
    /// Nobody can be asked to wipe what the home has on this box.
    StartOverFailed,
    /// What there is to tell about an update of the box; none when nothing is.
    UpdateChanged(Option<UpdateNotice>),
    /// What the operator's support asks this home for; none when nothing is open.
    DiagnosisAsked(Option<DiagnosisRequest>),
    /// The answer to such a question went to the gateway.
    DiagnosisSettled {
        /// Which question.
        request_id: uuid::Uuid,
        /// What became of it there.
        outcome: DiagnosisOutcome,
    },
}

/// What the home should know about an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpdateNotice {
    /// The box starts again in the night.
    Tonight,
    /// A new version runs.
    Renewed,
    /// The new version did not work, and the one before runs again.
    WentBack,
}

/// By which way an order came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderPath {
    /// Server-sent event.
    Stream,
    /// IP multicast.
    Multicast,
    /// Fetched after a gap was seen.
    Fetched,
}

/// Reader and card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReaderState {
    /// The card service is not running.
    ServiceDown,
    /// No reader is plugged in.
    NoReader,
    /// Reader without card.
    Empty,
    /// A card is in, and it answers.
    CardPresent,
    /// A card is in, but it does not answer (upside down, not a chip card).
    CardMute,
    /// Another program holds the card.
    Busy,
}

/// How a card conversation broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardIo {
    /// Card pulled.
    Removed,
    /// Reader unplugged.
    ReaderGone,
    /// Card service stopped.
    ServiceDown,
    /// Another program holds the card.
    Busy,
    /// Transmission error.
    Transmission,
}

/// How a channel does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlayerState {
    /// Waiting for the first picture.
    Tuning,
    /// The first picture is shown.
    FirstPicture,
    /// Playing, sound included.
    Playing,
    /// No packets.
    NoSignal,
    /// Packets, but no picture; trying again.
    Recovering,
    /// Nothing here can decode it.
    Unsupported,
}
