//! What a box says before it belongs to a home.

use super::{Entry, Phrase};

messages! {
    first_language_title() = "first-language-title";
    first_language_lead() = "first-language-lead";
    first_scale_title() = "first-scale-title";
    first_scale_lead() = "first-scale-lead";
    first_scale_hint() = "first-scale-hint";
    first_hint() = "first-hint";
    first_code_title() = "first-code-title";
    first_code_lead() = "first-code-lead";
    first_code_lead_phone(phone: text, phone_kana: text) = "first-code-lead-phone";
    first_refused_title() = "first-refused-title";
    first_refused_lead() = "first-refused-lead";
    first_refused_again_lead() = "first-refused-again-lead";
    first_refused_again_lead_phone(phone: text, phone_kana: text) = "first-refused-again-lead-phone";
    first_code_hint() = "first-code-hint";
    first_connecting_title() = "first-connecting-title";
    first_connecting_lead() = "first-connecting-lead";
    first_crowded_title() = "first-crowded-title";
    first_unreachable_title() = "first-unreachable-title";
    first_unreachable_lead() = "first-unreachable-lead";
    first_faulty_title() = "first-faulty-title";
    call_operator() = "call-operator";
    call_operator_phone(phone: text, phone_kana: text) = "call-operator-phone";
    first_unreachable_phone(phone: text, phone_kana: text) = "first-unreachable-phone";
    first_retype() = "first-retype";
    first_retype_hint() = "first-retype-hint";
    first_done() = "first-done";
    status_refused() = "status-refused";
    refused_call() = "refused-call";
    refused_call_phone(phone: text, phone_kana: text) = "refused-call-phone";
    start_over_tile() = "start-over-tile";
    start_over_note() = "start-over-note";
    start_over_title() = "start-over-title";
    start_over_lead() = "start-over-lead";
    start_over_no_letter() = "start-over-no-letter";
    start_over_no_letter_phone(phone: text, phone_kana: text) = "start-over-no-letter-phone";
    start_over_no() = "start-over-no";
    start_over_yes() = "start-over-yes";
    start_over_begun_title() = "start-over-begun-title";
    start_over_begun_lead() = "start-over-begun-lead";
    start_over_failed_title() = "start-over-failed-title";
}
