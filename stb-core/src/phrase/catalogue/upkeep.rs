//! What concerns the box itself: keys that the home does not use, and the support's question.

use super::{Entry, Phrase};

messages! {
    keys_simple() = "keys-simple";
    keys_minimal() = "keys-minimal";
    keys_simple_phone(phone: text, phone_kana: text) = "keys-simple-phone";
    keys_minimal_phone(phone: text, phone_kana: text) = "keys-minimal-phone";
    two_sentences(first: phrase, second: phrase) = "two-sentences";
    diagnosis_title() = "diagnosis-title";
    diagnosis_lead() = "diagnosis-lead";
    diagnosis_reason() = "diagnosis-reason";
    diagnosis_reason_text(text: text) = "diagnosis-reason-text";
    diagnosis_sent_label() = "diagnosis-sent-label";
    diagnosis_sent_text() = "diagnosis-sent-text";
    diagnosis_kept_label() = "diagnosis-kept-label";
    diagnosis_kept_text() = "diagnosis-kept-text";
    diagnosis_no() = "diagnosis-no";
    diagnosis_yes() = "diagnosis-yes";
    diagnosis_hint() = "diagnosis-hint";
    diagnosis_sending() = "diagnosis-sending";
    diagnosis_wait() = "diagnosis-wait";
    diagnosis_thanks() = "diagnosis-thanks";
    diagnosis_thanks_lead() = "diagnosis-thanks-lead";
    diagnosis_later() = "diagnosis-later";
    diagnosis_later_lead() = "diagnosis-later-lead";
    diagnosis_over() = "diagnosis-over";
    diagnosis_over_lead() = "diagnosis-over-lead";
    toast_diagnosis_no() = "toast-diagnosis-no";
}
