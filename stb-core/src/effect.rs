//! What shall be done, as commands to the shell.

use gateway_api::{
    diagnosis::Playback,
    login::{CardTouch, LoginProof, LoginRequest, SignatureProof},
    provisioning::{Channel, Provisioning},
    report::Report,
};
use uuid::Uuid;

use crate::{
    phrase::Phrase,
    service::{LetterCode, ServiceCall},
};

/// Everything the machine asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Show this channel; the picture before stays until the new one is there.
    Tune(Channel),
    /// Keep these channels warm (neighbours and the last one).
    Prefetch(Vec<Channel>),
    /// Volume 0-100, muted or ducked during speech.
    SetVolume {
        /// 0-100.
        percent: u8,
        /// Silent.
        muted: bool,
        /// Lowered to 20 % during speech.
        ducked: bool,
    },
    /// Play the next sound of the channel shown; answered by `SoundChosen`.
    NextSound,
    /// Open the card exclusively for a conversation.
    OpenCard,
    /// Send one command to the card. Zeroised by the shell after sending.
    TransmitToCard(CardCommand),
    /// End the conversation: reset the card, forget its state.
    ResetCard,
    /// Open a login at the gateway.
    OpenLogin(LoginRequest),
    /// Send the card's signature.
    SendProof {
        /// Login.
        login_id: String,
        /// Proof.
        proof: LoginProof,
    },
    /// Send the signature of the signature certificate.
    SendSignature {
        /// Login.
        login_id: String,
        /// Proof.
        proof: SignatureProof,
    },
    /// Send a touched card.
    SendTouch(CardTouch),
    /// End the session at the gateway.
    CloseSession {
        /// Bearer token.
        token: String,
    },
    /// Fetch who looked at my data.
    FetchAccessLog {
        /// Bearer token.
        token: String,
    },
    /// Ask for a service, a permission or a card.
    Service {
        /// Id, returned with the answer.
        call_id: u64,
        /// What.
        call: ServiceCall,
    },
    /// Fetch the provisioning.
    FetchProvisioning,
    /// Fetch orders after this sequence number, after a random delay of at most `spread_ms`.
    FetchOrders {
        /// Highest sequence number known.
        after_sequence: u64,
        /// Upper bound of the delay.
        spread_ms: u32,
    },
    /// Write to the store; what must be on disk before it is said to be done.
    Store(StoreCommand),
    /// Send one report; the outbox keeps it until it is delivered.
    SendReport(Report),
    /// Speak. A new speech interrupts; only an order is not interrupted by anything but an order.
    Speak {
        /// Id, returned when it ends.
        speech_id: u64,
        /// Sentences in order.
        sentences: Vec<Phrase>,
        /// Orders before answers before focus.
        priority: SpeechPriority,
    },
    /// Be quiet.
    StopSpeech,
    /// The home said yes: collect how the box is, and send it; answered by `DiagnosisSettled`.
    GiveDiagnosis {
        /// To which question.
        request_id: Uuid,
        /// What became of channels.
        playback: Playback,
        /// Picture, gateway and card service were seen since the start.
        is_proven: bool,
    },
    /// The home said no; answered by `DiagnosisSettled`.
    RefuseDiagnosis {
        /// To which question.
        request_id: Uuid,
    },
    /// Enrol with this one-time code until the gateway answers; a later one takes its place. Answered by
    /// `EnrolmentTold`.
    Enrol(LetterCode),
    /// Wipe what the home has on this box and start anew, as out of the carton.
    StartOver,
    /// A short sound.
    Cue(Cue),
    /// Wake the television and switch it to this input.
    WakeTelevision,
}

/// A command for the card; holds a PIN in some cases, therefore without `Debug` content.
#[derive(Clone, PartialEq, Eq)]
pub struct CardCommand(pub zeroize::Zeroizing<Vec<u8>>);

impl std::fmt::Debug for CardCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardCommand(..)")
    }
}

/// Importance of a speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpeechPriority {
    /// Focus moved.
    Focus,
    /// A question or a result.
    Page,
    /// What an answer to an order led to. It does not interrupt an order, and no key ends it.
    Answer,
    /// An order.
    Order,
}

/// Short sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cue {
    /// Focus moved.
    Move,
    /// Nothing there.
    Edge,
    /// Confirmed.
    Confirm,
    /// An order.
    Alert,
}

/// Changes of the store. Each is one transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum StoreCommand {
    /// Put a report into the outbox; answered by `ReportStored`.
    AddReport(Report),
    /// Take a report out of the outbox.
    RemoveReport(Uuid),
    /// Replace the provisioning.
    SaveProvisioning(Box<Provisioning>),
    /// Replace the order book: opaque bytes written by the core.
    SaveOrders(Vec<u8>),
    /// Replace settings and the last channel: opaque bytes written by the core.
    SaveSettings(Vec<u8>),
}

/// What the store holds at start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stored {
    /// Provisioning.
    pub provisioning: Option<Provisioning>,
    /// Order book.
    pub orders: Option<Vec<u8>>,
    /// Settings.
    pub settings: Option<Vec<u8>>,
    /// Outbox in the order of entry.
    pub outbox: Vec<Report>,
}
