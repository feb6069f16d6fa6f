//! OCSP answers, and the way from a question to an answer.

use jpki::{
    revocation::{
        DistributionPointName, NoRevocationSource, RevocationQuestion, RevocationReason,
        RevocationStatus,
        inquiry::{Ask, FindingSource, Inquiry, InquiryEvent, OcspTrouble},
        ocsp::{CertIdHash, OcspAnswer, OcspQuestion, OcspRefusal, OcspRules},
    },
    tlv,
    verify::LibraryVerifier,
};
use virtual_card::ca::{
    Purpose,
    certificate::CertificateDraft,
    revocation_list::extension as list_extension,
    status_answer::{CertificateState, NO_CHECK, OcspDraft, OcspRequest, Responder, unsuccessful},
};
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage, KeyUsages};

use crate::{
    Chapter, Rule, named,
    office::{DAY, KEY_USAGE, NOW, Office, extension},
};

const SERIAL: &[u8] = &[6, 0, 0, 7];
const NONCE: [u8; 32] = [0xA5; 32];
const UNHEARD_OF: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x81, 0xFD, 0x59, 0x09, 0x09];
const EXTENDED_USAGE: const_oid::ObjectIdentifier =
    const_oid::ObjectIdentifier::new_unwrap("2.5.29.37");

/// A question, and the responder that answers it.
struct Exchange {
    office: Office,
    rules: OcspRules,
    question: OcspQuestion,
    request: OcspRequest,
    responder: Responder,
}

impl Exchange {
    fn with(rules: OcspRules, change: impl FnOnce(&mut CertificateDraft)) -> Self {
        let mut office = Office::open();
        let ca = office.ca(Purpose::Sign);
        let key = office.responder_key.clone();
        let mut draft = office.hierarchy.responder_draft(&ca, &key, NOW).expect("draft");
        change(&mut draft);
        let certificate_der = Some(ca.sign(&draft).expect("signed"));
        let responder = Responder { certificate_der, name: draft.subject, key };
        let question = OcspQuestion::new(&office.anchor(&ca), SERIAL, &rules, NONCE);
        let request = OcspRequest::parse(&question.request_der()).expect("a request");
        Self { office, rules, question, request, responder }
    }

    fn usual() -> Self {
        Self::with(OcspRules::default(), |_| {})
    }

    fn answer(&self, change: impl FnOnce(&mut OcspDraft)) -> Vec<u8> {
        let mut draft = OcspDraft::answering(&self.request, CertificateState::Good, NOW);
        change(&mut draft);
        draft.sign(&self.responder).expect("signed")
    }

    fn verify(&self, answer: &[u8]) -> Result<OcspAnswer, OcspRefusal> {
        let anchor = self.office.anchor(&self.office.ca(Purpose::Sign));
        self.question.verify(answer, &anchor, &self.rules, NOW, &LibraryVerifier)
    }
}

/// The answer that the fuzz target begins with.
pub(crate) fn good_answer() -> Vec<u8> {
    Exchange::usual().answer(|_| {})
}

fn changed(change: impl FnOnce(&mut OcspDraft)) -> String {
    let exchange = Exchange::usual();
    named(exchange.verify(&exchange.answer(change)))
}

/// A good answer of a responder whose certificate was changed.
fn responder(change: impl FnOnce(&mut CertificateDraft)) -> String {
    let exchange = Exchange::with(OcspRules::default(), change);
    named(exchange.verify(&exchange.answer(|_| {})))
}

pub(crate) fn chapter() -> Chapter {
    Chapter {
        title: "OCSP answers",
        intro: "A refused answer leads to the lists; it never counts as good.",
        rules: &[CONTENTS, RESPONDERS],
    }
}

const CONTENTS: &[Rule] = &[
    Rule { presented: "nothing wrong", refused_as: "accepted", found: || changed(|_| {}) },
    Rule {
        presented: "the answer to an earlier question: another nonce",
        refused_as: "WrongNonce",
        found: || changed(|draft| draft.nonce = Some(vec![0xA6; 32])),
    },
    Rule {
        presented: "no nonce",
        refused_as: "WrongNonce",
        found: || changed(|draft| draft.nonce = None),
    },
    Rule {
        presented: "a state that is older than two minutes",
        refused_as: "TooOld",
        found: || changed(|draft| draft.this_update = NOW - 121),
    },
    Rule {
        presented: "a next update that is over",
        refused_as: "TooOld",
        found: || changed(|draft| draft.next_update = Some(NOW - 1)),
    },
    Rule {
        presented: "a state from the future",
        refused_as: "FromTheFuture",
        found: || changed(|draft| draft.this_update = NOW + 16 * 60),
    },
    Rule {
        presented: "about another serial number",
        refused_as: "OtherCertificate",
        found: || {
            let exchange = Exchange::usual();
            let anchor = exchange.office.anchor(&exchange.office.ca(Purpose::Sign));
            let other = OcspQuestion::new(&anchor, &[6, 0, 0, 8], &exchange.rules, NONCE);
            let other = OcspRequest::parse(&other.request_der()).expect("a request");
            changed(|draft| draft.cert_ids = vec![other.cert_id])
        },
    },
    Rule {
        presented: "about a certificate of another issuer",
        refused_as: "OtherCertificate",
        found: || {
            let exchange = Exchange::usual();
            let anchor = exchange.office.anchor(&exchange.office.ca(Purpose::Auth));
            let other = OcspQuestion::new(&anchor, SERIAL, &exchange.rules, NONCE);
            let other = OcspRequest::parse(&other.request_der()).expect("a request");
            changed(|draft| draft.cert_ids = vec![other.cert_id])
        },
    },
    Rule {
        presented: "about two certificates",
        refused_as: "OtherCertificate",
        found: || changed(|draft| draft.cert_ids.push(draft.cert_ids[0].clone())),
    },
    Rule {
        presented: "an unknown critical extension of the answer",
        refused_as: "UnknownCriticalExtension",
        found: || {
            let strange = list_extension(UNHEARD_OF, true, &[5, 0]);
            changed(|draft| draft.extensions = Some(tlv::encode(tlv::SEQUENCE, &strange)))
        },
    },
    Rule {
        presented: "an unknown critical extension of the state",
        refused_as: "UnknownCriticalExtension",
        found: || {
            let strange = list_extension(UNHEARD_OF, true, &[5, 0]);
            changed(|draft| {
                draft.single_extensions = Some(tlv::encode(tlv::SEQUENCE, &strange));
            })
        },
    },
    Rule {
        presented: "a responder that is busy",
        refused_as: "NotSuccessful { code: 3 }",
        found: || named(Exchange::usual().verify(&unsuccessful(3))),
    },
    Rule {
        presented: "a byte after the answer",
        refused_as: "Malformed",
        found: || {
            let exchange = Exchange::usual();
            named(exchange.verify(&[&exchange.answer(|_| {})[..], &[0]].concat()))
        },
    },
    Rule {
        presented: "signed with SHA-1",
        refused_as: "UnsupportedAlgorithm",
        found: || {
            let exchange = Exchange::usual();
            let mut answer = exchange.answer(|_| {});
            let sha256 = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
            let at = answer.windows(9).position(|found| found == sha256).expect("named");
            answer[at + 8] = 5;
            named(exchange.verify(&answer))
        },
    },
];

const RESPONDERS: &[Rule] = &[
    Rule {
        presented: "the CA answers by itself",
        refused_as: "accepted",
        found: || {
            let mut exchange = Exchange::usual();
            exchange.responder = exchange.office.ca(Purpose::Sign).as_responder();
            named(exchange.verify(&exchange.answer(|_| {})))
        },
    },
    Rule {
        presented: "the responder names itself by its key",
        refused_as: "accepted",
        found: || changed(|draft| draft.by_key = true),
    },
    Rule {
        presented: "signed with another key than the responder's",
        refused_as: "BadSignature",
        found: || {
            let mut exchange = Exchange::usual();
            exchange.responder.key = exchange.office.key.clone();
            named(exchange.verify(&exchange.answer(|_| {})))
        },
    },
    Rule {
        presented: "in the CA's name with another key",
        refused_as: "BadSignature",
        found: || {
            let mut exchange = Exchange::usual();
            exchange.responder = Office::impostor(Purpose::Sign).as_responder();
            named(exchange.verify(&exchange.answer(|_| {})))
        },
    },
    Rule {
        presented: "a responder of the other CA",
        refused_as: "ResponderUnauthorised",
        found: || {
            let mut exchange = Exchange::usual();
            let other = exchange.office.ca(Purpose::Auth);
            let key = exchange.office.responder_key.clone();
            exchange.responder =
                exchange.office.hierarchy.responder(&other, key, NOW).expect("a responder");
            named(exchange.verify(&exchange.answer(|_| {})))
        },
    },
    Rule {
        presented: "a responder without a certificate",
        refused_as: "ResponderUnauthorised",
        found: || {
            let mut exchange = Exchange::usual();
            exchange.responder.certificate_der = None;
            named(exchange.verify(&exchange.answer(|_| {})))
        },
    },
    Rule {
        presented: "a responder's certificate without the extended key usage",
        refused_as: "ResponderWrongUsage",
        found: || responder(|draft| draft.remove_extension(EXTENDED_USAGE)),
    },
    Rule {
        presented: "a responder's certificate for TLS servers too",
        refused_as: "ResponderWrongUsage",
        found: || {
            let both = ["1.3.6.1.5.5.7.3.9", "1.3.6.1.5.5.7.3.1"]
                .map(const_oid::ObjectIdentifier::new_unwrap);
            let both = ExtendedKeyUsage(both.to_vec());
            responder(|draft| draft.replace_extension(extension(EXTENDED_USAGE, true, &both)))
        },
    },
    Rule {
        presented: "a responder's certificate that may sign documents too",
        refused_as: "ResponderWrongUsage",
        found: || {
            let bits = KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation);
            responder(|draft| draft.replace_extension(extension(KEY_USAGE, true, &bits)))
        },
    },
    Rule {
        presented: "a citizen's certificate as a responder's",
        refused_as: "ResponderWrongUsage",
        found: || {
            let mut exchange = Exchange::usual();
            let draft = exchange.office.draft(Purpose::Sign);
            let ca = exchange.office.ca(Purpose::Sign);
            let certificate_der = Some(ca.sign(&draft).expect("signed"));
            let key = exchange.office.key.clone();
            exchange.responder = Responder { certificate_der, name: draft.subject, key };
            named(exchange.verify(&exchange.answer(|_| {})))
        },
    },
    Rule {
        presented: "a responder's certificate whose time is over",
        refused_as: "ResponderNotValid",
        found: || {
            responder(|draft| {
                draft.validity.not_before = NOW - 2 * DAY;
                draft.validity.not_after = NOW - DAY;
            })
        },
    },
    Rule {
        presented: "a responder's certificate that may itself be revoked",
        refused_as: "ResponderRevocable",
        found: || responder(|draft| draft.remove_extension(NO_CHECK)),
    },
    Rule {
        presented: "a CA generation whose own time is over",
        refused_as: "IssuerNotValid",
        found: || {
            let exchange = Exchange::usual();
            let anchor = exchange.office.anchor(&exchange.office.ca(Purpose::Sign));
            let answer = exchange.answer(|_| {});
            let later = NOW + 10 * 365 * DAY;
            let (rules, verifier) = (exchange.rules, LibraryVerifier);
            named(exchange.question.verify(&answer, &anchor, &rules, later, &verifier))
        },
    },
];

#[test]
fn answers_say_good_revoked_or_unknown() {
    let revoked = CertificateState::Revoked {
        reason: RevocationReason::KeyCompromise,
        revoked_at: NOW - DAY,
    };
    for hash in [CertIdHash::Sha1, CertIdHash::Sha256] {
        let exchange = Exchange::with(OcspRules { hash, ..OcspRules::default() }, |_| {});
        assert!(exchange.request.is_for(&exchange.office.ca(Purpose::Sign)));
        let status = |state| {
            let answer = exchange.answer(|draft| draft.state = state);
            exchange.verify(&answer).expect("a good answer").status
        };
        let source_updated_at = NOW;
        assert_eq!(status(CertificateState::Good), RevocationStatus::Good { source_updated_at });
        assert_eq!(status(CertificateState::Unknown), RevocationStatus::Unknown);
        let expected = RevocationStatus::Revoked {
            reason: RevocationReason::KeyCompromise,
            revoked_at: NOW - DAY,
            source_updated_at,
        };
        assert_eq!(status(revoked), expected);
    }
}

#[test]
fn a_responder_that_signs_in_advance_is_an_operators_choice() {
    let rules = OcspRules { require_nonce: false, require_no_check: false, ..OcspRules::default() };
    let exchange = Exchange::with(rules, |draft| draft.remove_extension(NO_CHECK));
    assert!(exchange.verify(&exchange.answer(|draft| draft.nonce = None)).is_ok());
    let replayed = exchange.answer(|draft| draft.nonce = Some(vec![1; 32]));
    assert_eq!(exchange.verify(&replayed), Err(OcspRefusal::WrongNonce));
}

/// Asks the responder first; this event comes back, then the lists say this.
fn inquire(
    event: &InquiryEvent<'_>,
    listed: RevocationStatus,
) -> (RevocationStatus, FindingSource, Option<OcspTrouble>) {
    let exchange = Exchange::usual();
    let ca = exchange.office.ca(Purpose::Sign);
    let anchor = exchange.office.anchor(&ca);
    let certificate = jpki::revocation::CertificateId {
        issuer_key_id: ca.key_id.clone(),
        serial: SERIAL.to_vec(),
    };
    let question = RevocationQuestion {
        certificate,
        distribution_points: Vec::<DistributionPointName>::new(),
    };
    let (mut inquiry, ask) = Inquiry::with_ocsp(question, &anchor, exchange.rules, NONCE);
    assert!(matches!(ask, Ask::Ocsp { .. }));
    let mut ask = inquiry.handle(event, &anchor, NOW, &LibraryVerifier);
    if matches!(ask, Ask::Lists(_)) {
        let listed = InquiryEvent::ListsAnswered(listed);
        ask = inquiry.handle(&listed, &anchor, NOW, &LibraryVerifier);
        // What comes too late changes nothing.
        let late = InquiryEvent::OcspFailed(OcspTrouble::TimedOut);
        assert_eq!(inquiry.handle(&late, &anchor, NOW, &LibraryVerifier), ask);
    }
    let Ask::Done(finding) = ask else { panic!("{ask:?}") };
    (finding.status, finding.source, finding.trouble)
}

#[test]
fn the_lists_answer_when_the_responder_does_not() {
    let exchange = Exchange::usual();
    let answer = exchange.answer(|_| {});
    let good = |source_updated_at| RevocationStatus::Good { source_updated_at };
    let by_ocsp = inquire(&InquiryEvent::OcspAnswered(&answer), good(NOW - DAY));
    assert_eq!(by_ocsp, (good(NOW), FindingSource::Ocsp, None));
    let replayed = exchange.answer(|draft| draft.nonce = Some(vec![1; 32]));
    let refused = Some(OcspTrouble::Refused(OcspRefusal::WrongNonce));
    let by_list = inquire(&InquiryEvent::OcspAnswered(&replayed), good(NOW - DAY));
    assert_eq!(by_list, (good(NOW - DAY), FindingSource::List, refused));
    for trouble in [OcspTrouble::TimedOut, OcspTrouble::Unreachable] {
        let by_list = inquire(&InquiryEvent::OcspFailed(trouble), good(NOW - DAY));
        assert_eq!(by_list, (good(NOW - DAY), FindingSource::List, Some(trouble)));
    }
}

#[test]
fn a_responder_that_knows_nothing_leaves_the_word_to_the_lists() {
    let answer = Exchange::usual().answer(|draft| draft.state = CertificateState::Unknown);
    let event = InquiryEvent::OcspAnswered(&answer);
    let revoked = RevocationStatus::Revoked {
        reason: RevocationReason::KeyCompromise,
        revoked_at: NOW - 2 * DAY,
        source_updated_at: NOW - DAY,
    };
    let good = RevocationStatus::Good { source_updated_at: NOW - DAY };
    for listed in [revoked, good] {
        assert_eq!(inquire(&event, listed), (listed, FindingSource::List, None));
    }
    let unknown = RevocationStatus::Unknown;
    assert_eq!(inquire(&event, unknown), (unknown, FindingSource::Nobody, None));
}

#[test]
fn without_responder_and_lists_nobody_answers() {
    let certificate =
        jpki::revocation::CertificateId { issuer_key_id: vec![1], serial: SERIAL.to_vec() };
    let question = RevocationQuestion { certificate, distribution_points: Vec::new() };
    let (mut inquiry, ask) = Inquiry::with_lists(question);
    assert!(matches!(ask, Ask::Lists(_)));
    let Ask::Done(finding) = inquiry.look_up(&NoRevocationSource, NOW) else { panic!("no end") };
    assert_eq!(finding.status, RevocationStatus::Unknown);
    assert_eq!(finding.source, FindingSource::Nobody);
}

proptest::proptest! {
    #[test]
    fn no_damage_makes_verification_panic(
        at in 0usize..2000, with in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..20),
    ) {
        static EXCHANGE: std::sync::OnceLock<(Exchange, Vec<u8>)> = std::sync::OnceLock::new();
        let (exchange, good) = EXCHANGE.get_or_init(|| {
            let exchange = Exchange::usual();
            let answer = exchange.answer(|_| {});
            (exchange, answer)
        });
        let mut answer = good.clone();
        let at = at.min(answer.len() - 1);
        let end = (at + with.len()).min(answer.len());
        answer[at..end].copy_from_slice(&with[..end - at]);
        proptest::prop_assert_eq!(exchange.verify(&answer).is_ok(), answer == *good);
    }
}
