//! From a question to an answer: OCSP first, the lists as fall-back.
//!
//! A machine without a socket: it says what to do next, and is told what came of it. Only a checked
//! answer of the responder counts; everything else (silence, an error, an answer that breaks a rule,
//! a responder that does not know the certificate) leads to the lists. What the lists say is taken as
//! it is, staleness included.

use super::{
    RevocationQuestion, RevocationSource, RevocationStatus,
    ocsp::{NONCE_LEN, OcspAnswer, OcspQuestion, OcspRefusal, OcspRules},
};
use crate::{cert::chain::Anchor, verify::SignatureVerifier};

/// Longest wait for a responder, in milliseconds.
pub const OCSP_TIMEOUT_MS: u64 = 5_000;

/// What the caller does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Nothing: this is the answer.
    Done(Finding),
    /// Look into the lists and come back with [`InquiryEvent::ListsAnswered`].
    Lists(RevocationQuestion),
    /// Send this to the responder. Each one may cost money: count it.
    Ocsp {
        /// DER, `application/ocsp-request`.
        request: Vec<u8>,
        /// After this time report [`OcspTrouble::TimedOut`].
        timeout_ms: u64,
    },
}

/// What came of it.
#[derive(Debug)]
pub enum InquiryEvent<'a> {
    /// The lists' answer.
    ListsAnswered(RevocationStatus),
    /// The responder's bytes.
    OcspAnswered(&'a [u8]),
    /// No bytes of the responder.
    OcspFailed(OcspTrouble),
}

/// Why the responder's answer does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum OcspTrouble {
    /// The answer breaks a rule.
    #[error(transparent)]
    Refused(#[from] OcspRefusal),
    /// No answer in time.
    #[error("the responder did not answer in time")]
    TimedOut,
    /// No connection, or an HTTP error.
    #[error("the responder cannot be reached")]
    Unreachable,
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingSource {
    /// A list.
    List,
    /// Nobody.
    Nobody,
    /// The responder.
    Ocsp,
}

/// The answer, and how it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// State of the certificate.
    pub status: RevocationStatus,
    /// Who said so.
    pub source: FindingSource,
    /// Why the responder did not, if it was asked; for logs and metrics.
    pub trouble: Option<OcspTrouble>,
}

/// One question on its way.
#[derive(Debug, Clone)]
pub struct Inquiry {
    question: RevocationQuestion,
    rules: OcspRules,
    stage: Stage,
}

#[derive(Debug, Clone)]
enum Stage {
    AskingLists(Option<OcspTrouble>),
    AskingOcsp(OcspQuestion),
    Over(Finding),
}

impl Inquiry {
    /// Begins with the responder; the nonce is fresh random bytes.
    pub fn with_ocsp(
        question: RevocationQuestion,
        issuer: &Anchor,
        rules: OcspRules,
        nonce: [u8; NONCE_LEN],
    ) -> (Self, Ask) {
        let ocsp = OcspQuestion::new(issuer, &question.certificate.serial, &rules, nonce);
        let ask = Ask::Ocsp { request: ocsp.request_der(), timeout_ms: OCSP_TIMEOUT_MS };
        (Self { question, rules, stage: Stage::AskingOcsp(ocsp) }, ask)
    }

    /// Asks the lists only: there is no responder, or it costs too much for this service.
    pub fn with_lists(question: RevocationQuestion) -> (Self, Ask) {
        let ask = Ask::Lists(question.clone());
        let rules = OcspRules::default();
        (Self { question, rules, stage: Stage::AskingLists(None) }, ask)
    }

    /// Takes what came and says what to do. An event that does not fit the stage, such as an
    /// answer after the time-out, changes nothing.
    pub fn handle(
        &mut self,
        event: &InquiryEvent<'_>,
        issuer: &Anchor,
        now_unix_secs: i64,
        verifier: &dyn SignatureVerifier,
    ) -> Ask {
        self.stage = match (&self.stage, event) {
            (Stage::AskingOcsp(ocsp), InquiryEvent::OcspAnswered(answer)) => {
                match ocsp.verify(answer, issuer, &self.rules, now_unix_secs, verifier) {
                    Ok(OcspAnswer { status: RevocationStatus::Unknown, .. }) => {
                        Stage::AskingLists(None)
                    }
                    Ok(answer) => Stage::Over(Finding {
                        status: answer.status,
                        source: FindingSource::Ocsp,
                        trouble: None,
                    }),
                    Err(refusal) => Stage::AskingLists(Some(refusal.into())),
                }
            }
            (Stage::AskingOcsp(_), InquiryEvent::OcspFailed(trouble)) => {
                Stage::AskingLists(Some(*trouble))
            }
            (Stage::AskingLists(trouble), InquiryEvent::ListsAnswered(status)) => {
                Stage::Over(listed(*status, *trouble))
            }
            (stage, _) => stage.clone(),
        };
        self.ask()
    }

    /// What is waited for.
    pub fn ask(&self) -> Ask {
        match &self.stage {
            Stage::AskingLists(_) => Ask::Lists(self.question.clone()),
            Stage::AskingOcsp(ocsp) => {
                Ask::Ocsp { request: ocsp.request_der(), timeout_ms: OCSP_TIMEOUT_MS }
            }
            Stage::Over(finding) => Ask::Done(*finding),
        }
    }

    /// Goes on with lists that are at hand: the whole fall-back in one call.
    pub fn look_up(&mut self, lists: &dyn RevocationSource, now_unix_secs: i64) -> Ask {
        if let Stage::AskingLists(trouble) = self.stage {
            let status = lists.status(&self.question, now_unix_secs);
            self.stage = Stage::Over(listed(status, trouble));
        }
        self.ask()
    }
}

fn listed(status: RevocationStatus, trouble: Option<OcspTrouble>) -> Finding {
    let source = match status {
        RevocationStatus::Unknown => FindingSource::Nobody,
        _ => FindingSource::List,
    };
    Finding { status, source, trouble }
}
