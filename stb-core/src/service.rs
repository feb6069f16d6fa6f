//! What the box asks of its gateway for services and cards, and what comes back.
//!
//! An answer names the call it belongs to: what a page that was left had asked for is told apart
//! from what the present page waits for.

use gateway_api::{
    card::CardLinkState,
    login::LoginProof,
    problem::ProblemCode,
    service::{ServiceApproval, ServiceConsents, ServiceRequest},
};
use zeroize::Zeroizing;

/// A question to the gateway.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceCall {
    /// Takes the request behind the number that a service shows.
    TakeRequest {
        /// Eight decimal digits.
        user_code: String,
    },
    /// Says yes.
    Approve {
        /// The request.
        request_id: String,
        /// Bearer token of the session that the card opened for this request.
        token: String,
        /// Answers to the questions of the service.
        approval: ServiceApproval,
    },
    /// Says no.
    Refuse {
        /// The request.
        request_id: String,
    },
    /// Lists what the person allows to services.
    ListConsents {
        /// Bearer token.
        token: String,
    },
    /// Takes one of them back.
    WithdrawConsent {
        /// Bearer token.
        token: String,
        /// Which.
        consent_id: String,
    },
    /// Links the card that signed the proof to a resident of this home.
    LinkCard(CardLink),
    /// Stops the cards of the person to whom the letter was written.
    StopCards {
        /// From the letter.
        code: LetterCode,
    },
}

/// A card and whose it is said to be.
#[derive(Debug, Clone, PartialEq)]
pub struct CardLink {
    /// The login whose bytes the card signed.
    pub login_id: String,
    /// Certificate and signature.
    pub proof: LoginProof,
    /// Local id of the resident.
    pub resident_id: String,
    /// From the town's letter, if there is one.
    pub code: Option<LetterCode>,
    /// Version of the words to which the person agreed.
    pub consent_version: &'static str,
}

/// What the gateway said.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceAnswer {
    /// Who asks for what.
    Request(Box<ServiceRequest>),
    /// What the person allows.
    Consents(ServiceConsents),
    /// Whether the shown card counts.
    Linked(CardLinkState),
    /// It is done.
    Done,
    /// It is not done.
    Failed(ServiceFault),
}

/// Why it is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceFault {
    /// The gateway said no.
    Refused(ProblemCode),
    /// No answer, or none that is the gateway's: it may have been done all the same.
    Unreachable,
}

/// The 12 digits of a letter from the town or from the cable operator, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct LetterCode(Zeroizing<String>);

impl LetterCode {
    /// Digits as they were typed.
    pub fn new(digits: &str) -> Self {
        Self(Zeroizing::new(digits.to_owned()))
    }

    /// The digits, for the gateway.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

/// Who reads it can link a card, stop one, or enrol a box.
impl std::fmt::Debug for LetterCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LetterCode(..)")
    }
}
