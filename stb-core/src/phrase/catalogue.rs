//! Every message of the television, with its arguments, once.

use super::Phrase;

/// One message and the names of its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Fluent message id.
    pub id: &'static str,
    /// Names of its arguments.
    pub arguments: &'static [&'static str],
}

/// Makes one constructor for each message and the list of all of them.
macro_rules! messages {
    (@add $phrase:expr, $name:expr, text, $value:expr) => { $phrase.text($name, $value) };
    (@add $phrase:expr, $name:expr, number, $value:expr) => { $phrase.number($name, $value) };
    (@add $phrase:expr, $name:expr, phrase, $value:expr) => { $phrase.phrase($name, $value) };
    (@type text) => { &str };
    (@type number) => { i64 };
    (@type phrase) => { Phrase };
    ($($function:ident($($argument:ident: $kind:ident),*) = $id:literal;)*) => {
        /// One constructor for each message.
        pub mod say {
            #![expect(missing_docs, reason = "the sentences stand in locales/*/tv.ftl")]
            use super::Phrase;
            $(
                pub fn $function($($argument: messages!(@type $kind)),*) -> Phrase {
                    let phrase = Phrase::new($id);
                    $(let phrase = messages!(@add phrase, stringify!($argument), $kind, $argument);)*
                    phrase
                }
            )*
        }

        /// All messages.
        pub const CATALOGUE: &[Entry] = &[
            $(Entry { id: $id, arguments: &[$(stringify!($argument)),*] },)*
        ];
    };
}

messages! {
    // Live television.
    no_channels() = "no-channels";
    no_signal() = "no-signal";
    picture_recovering() = "picture-recovering";
    picture_unsupported() = "picture-unsupported";
    tuning() = "tuning";
    no_such_channel() = "no-such-channel";
    typing_number() = "typing-number";
    audio_fixed() = "audio-fixed";
    audio_none() = "audio-none";
    audio_chosen(number: number, count: number) = "audio-chosen";
    no_captions() = "no-captions";
    guide_title() = "guide-title";
    guide_lead() = "guide-lead";
    guide_channel(number: number, name: text) = "guide-channel";
    guide_present() = "guide-present";

    update_tonight() = "update-tonight";
    update_renewed() = "update-renewed";
    update_went_back() = "update-went-back";

    // Every page.
    hint_choose() = "hint-choose";
    hint_begin() = "hint-begin";
    hint_pin() = "hint-pin";
    hint_contact() = "hint-contact";
    button_home() = "button-home";
    button_close() = "button-close";
    button_stop() = "button-stop";
    button_retry() = "button-retry";
    button_finish() = "button-finish";
    button_next_page() = "button-next-page";
    button_previous_page() = "button-previous-page";
    status_offline() = "status-offline";
    status_greeting(name: text, name_kana: text) = "status-greeting";
    focus_position(position: number, count: number) = "focus-position";
    row_spoken(label: phrase, value: phrase) = "row-spoken";

    // Home.
    home_title() = "home-title";
    home_lead() = "home-lead";
    tile_check_in() = "tile-check-in";
    tile_check_in_note() = "tile-check-in-note";
    tile_login() = "tile-login";
    tile_login_note() = "tile-login-note";
    tile_logout() = "tile-logout";
    tile_logout_note() = "tile-logout-note";
    tile_plan() = "tile-plan";
    tile_plan_note() = "tile-plan-note";
    tile_order() = "tile-order";
    tile_order_note() = "tile-order-note";
    tile_help() = "tile-help";
    tile_help_note() = "tile-help-note";
    tile_access_log() = "tile-access-log";
    tile_access_log_note() = "tile-access-log-note";
    tile_settings() = "tile-settings";
    tile_settings_note() = "tile-settings-note";
    tile_television() = "tile-television";
    tile_television_note() = "tile-television-note";

    // A call for help that outlived its order.
    help_remains() = "help-remains";
    help_remains_unsent() = "help-remains-unsent";
    help_title() = "help-title";
    help_detail() = "help-detail";
    help_keep() = "help-keep";
    help_end() = "help-end";
    help_ended() = "help-ended";

    // Settings.
    settings_title() = "settings-title";
    settings_lead() = "settings-lead";
    setting_scale() = "setting-scale";
    setting_scale_lead() = "setting-scale-lead";
    scale_normal() = "scale-normal";
    scale_large() = "scale-large";
    scale_largest() = "scale-largest";
    setting_language() = "setting-language";
    setting_language_lead() = "setting-language-lead";
    language_ja() = "language-ja";
    language_ja_easy() = "language-ja-easy";
    language_en() = "language-en";
    setting_speech() = "setting-speech";
    setting_speech_lead() = "setting-speech-lead";
    speech_on() = "speech-on";
    speech_off() = "speech-off";
    setting_chosen() = "setting-chosen";

    // Card and login.
    purpose_check_in() = "purpose-check-in";
    purpose_login() = "purpose-login";
    purpose_access_log() = "purpose-access-log";
    card_prompt_title() = "card-prompt-title";
    card_prompt_detail() = "card-prompt-detail";
    card_reading() = "card-reading";
    card_checking() = "card-checking";
    card_keep_inserted() = "card-keep-inserted";
    pin_title() = "pin-title";
    pin_tries_left(count: number) = "pin-tries-left";
    pin_wrong() = "pin-wrong";
    pin_digits_spoken(count: number) = "pin-digits-spoken";
    pad_digit(digit: number) = "pad-digit";
    pad_clear() = "pad-clear";
    pad_submit() = "pad-submit";
    last_try_title() = "last-try-title";
    last_try_lead() = "last-try-lead";
    last_try_stop() = "last-try-stop";
    last_try_go_on() = "last-try-go-on";
    welcome_lead() = "welcome-lead";
    welcome_detail() = "welcome-detail";
    greeting(name: text, name_kana: text) = "greeting";
    greeting_unnamed() = "greeting-unnamed";
    toast_session_ended() = "toast-session-ended";

    // What can go wrong with a card: cause, action, tries.
    trouble_service_down() = "trouble-service-down";
    trouble_no_reader() = "trouble-no-reader";
    trouble_reader_gone() = "trouble-reader-gone";
    trouble_card_mute() = "trouble-card-mute";
    trouble_busy() = "trouble-busy";
    trouble_removed() = "trouble-removed";
    trouble_transmission() = "trouble-transmission";
    trouble_wrong_card() = "trouble-wrong-card";
    trouble_no_certificate() = "trouble-no-certificate";
    trouble_unreadable() = "trouble-unreadable";
    trouble_blocked() = "trouble-blocked";
    trouble_wrong_pins() = "trouble-wrong-pins";
    trouble_entry_timed_out() = "trouble-entry-timed-out";
    trouble_login_timed_out() = "trouble-login-timed-out";
    trouble_expired() = "trouble-expired";
    trouble_revoked() = "trouble-revoked";
    trouble_card_refused() = "trouble-card-refused";
    trouble_person_unknown() = "trouble-person-unknown";
    trouble_other_household() = "trouble-other-household";
    trouble_revocation_unknown() = "trouble-revocation-unknown";
    trouble_overloaded() = "trouble-overloaded";
    trouble_box_refused() = "trouble-box-refused";
    trouble_gateway_failed() = "trouble-gateway-failed";
    trouble_unreachable() = "trouble-unreachable";
    action_call_operator() = "action-call-operator";
    action_plug_reader() = "action-plug-reader";
    action_turn_card() = "action-turn-card";
    action_retry_later() = "action-retry-later";
    action_wait_and_retry() = "action-wait-and-retry";
    action_insert_again() = "action-insert-again";
    action_reinsert() = "action-reinsert";
    action_insert_my_number_card() = "action-insert-my-number-card";
    action_ask_town_office() = "action-ask-town-office";
    action_blocked() = "action-blocked";
    action_check_pin() = "action-check-pin";
    action_retry() = "action-retry";
    action_register() = "action-register";
    action_log_in_with_pin() = "action-log-in-with-pin";
    tries_not_used() = "tries-not-used";
    tries_unknown() = "tries-unknown";
    tries_none_left() = "tries-none-left";
    tries_left(count: number) = "tries-left";

    // The daily question.
    check_in_title() = "check-in-title";
    check_in_again() = "check-in-again";
    condition_good() = "condition-good";
    condition_normal() = "condition-normal";
    condition_bad() = "condition-bad";
    contact_title() = "contact-title";
    contact_lead() = "contact-lead";
    contact_saving() = "contact-saving";
    contact_kept() = "contact-kept";
    contact_yes() = "contact-yes";
    contact_no() = "contact-no";
    check_in_saving() = "check-in-saving";
    check_in_sending() = "check-in-sending";
    check_in_done() = "check-in-done";
    check_in_delivered() = "check-in-delivered";
    check_in_sent_later() = "check-in-sent-later";
    check_in_undo() = "check-in-undo";
    check_in_withdrawing() = "check-in-withdrawing";
    check_in_withdrawn() = "check-in-withdrawn";
    check_in_withdrawn_empty() = "check-in-withdrawn-empty";
    check_in_withdrawn_earlier() = "check-in-withdrawn-earlier";
    check_in_withdrawn_standing(answer: phrase) = "check-in-withdrawn-standing";
    check_in_answer_again() = "check-in-answer-again";
    check_in_refused() = "check-in-refused";
    answered(condition: phrase) = "answered";
    answered_contact(condition: phrase, contact: phrase) = "answered-contact";
    toast_no_call() = "toast-no-call";
    toast_report_refused() = "toast-report-refused";

    // Who looked at my data.
    access_log_title() = "access-log-title";
    access_log_lead() = "access-log-lead";
    access_log_loading() = "access-log-loading";
    access_log_failed() = "access-log-failed";
    access_log_empty() = "access-log-empty";
    access_log_time(month: number, day: number, hour: number, minute: number, digits: text) = "access-log-time";
    access_log_look(viewer: text, purpose: text) = "access-log-look";
    access_log_looks(viewer: text, purpose: text, count: number) = "access-log-looks";
    access_log_looks_until(viewer: text, purpose: text, count: number, hour: number, minute: number, digits: text) = "access-log-looks-until";

    // The plan of this home.
    plan_title() = "plan-title";
    plan_lead(area: text) = "plan-lead";
    plan_lead_town() = "plan-lead-town";
    plan_unknown() = "plan-unknown";
    plan_place(name: text) = "plan-place";
    plan_place_condition(name: text, condition: text) = "plan-place-condition";
    plan_no_place() = "plan-no-place";
    plan_name(name: text) = "plan-name";
    plan_person(hazard: phrase, place: text) = "plan-person";
    plan_person_helped(hazard: phrase, place: text, supporter: text) = "plan-person-helped";

    // Hazards.
    hazard_any() = "hazard-any";
    hazard_flood() = "hazard-flood";
    hazard_landslide() = "hazard-landslide";
    hazard_storm_surge() = "hazard-storm-surge";
    hazard_earthquake() = "hazard-earthquake";
    hazard_tsunami() = "hazard-tsunami";
    hazard_large_fire() = "hazard-large-fire";
    hazard_inland_flood() = "hazard-inland-flood";
    hazard_volcano() = "hazard-volcano";

    // Orders. Names of levels and orders are fixed terms.
    order_level_three() = "order-level-three";
    order_level_four() = "order-level-four";
    order_level_five() = "order-level-five";
    order_elderly() = "order-elderly";
    order_instruction() = "order-instruction";
    order_safety() = "order-safety";
    order_tsunami() = "order-tsunami";
    order_lifted(order: phrase) = "order-lifted";
    order_cancelled(order: phrase) = "order-cancelled";
    order_place(area: text, hazard: phrase) = "order-place";
    order_place_whole_town(hazard: phrase) = "order-place-whole-town";
    order_place_changed(place: phrase, what: phrase) = "order-place-changed";
    order_issued(time: text) = "order-issued";
    order_issued_offline(time: text) = "order-issued-offline";
    action_leave_now() = "action-leave-now";
    action_leave_if_slow() = "action-leave-if-slow";
    action_leave_in_time() = "action-leave-in-time";
    action_leave_in_time_if_slow() = "action-leave-in-time-if-slow";
    action_prepare() = "action-prepare";
    action_run_to_high_ground() = "action-run-to-high-ground";
    action_secure_life_here() = "action-secure-life-here";
    action_secure_life_earthquake() = "action-secure-life-earthquake";
    action_secure_life_volcano() = "action-secure-life-volcano";
    action_led(hazard: phrase, action: phrase) = "action-led";
    action_all_clear() = "action-all-clear";
    action_all_clear_left() = "action-all-clear-left";
    action_all_clear_stayed() = "action-all-clear-stayed";
    action_all_clear_others() = "action-all-clear-others";
    action_disregard() = "action-disregard";
    action_disregard_others() = "action-disregard-others";
    changed_level() = "changed-level";
    changed_areas() = "changed-areas";
    changed_shelters() = "changed-shelters";
    changed_reason() = "changed-reason";
    changed_period() = "changed-period";
    changed_both(first: phrase, second: phrase) = "changed-both";
    shelter_open() = "shelter-open";
    shelter_not_known_open() = "shelter-not-known-open";
    shelter_distance(metres: number, state: phrase) = "shelter-distance";
    shelter_distance_km(kilometres: text, state: phrase) = "shelter-distance-km";
    leave_by(time: text, hour: number, minute: number) = "leave-by";
    supporters(names: text) = "supporters";
    step_take_essentials() = "step-take-essentials";
    step_turn_off_gas() = "step-turn-off-gas";
    step_call_supporter() = "step-call-supporter";
    step_go_to_destination() = "step-go-to-destination";
    step_go_at_once() = "step-go-at-once";
    step_go_higher() = "step-go-higher";
    step_do_not_return() = "step-do-not-return";
    step_go_upstairs() = "step-go-upstairs";
    step_away_from_slope() = "step-away-from-slope";
    step_call_for_help() = "step-call-for-help";
    step_prepare_bag() = "step-prepare-bag";
    step_check_route() = "step-check-route";
    step_keep_watching() = "step-keep-watching";
    step_return_carefully() = "step-return-carefully";
    step_tell_others() = "step-tell-others";
    answer_leaving() = "answer-leaving";
    answer_need_help() = "answer-need-help";
    answer_staying() = "answer-staying";
    answer_replace(answer: phrase) = "answer-replace";
    answer_replace_yes(answer: phrase) = "answer-replace-yes";
    care_higher_floor() = "care-higher-floor";
    care_earthquake() = "care-earthquake";
    care_volcano() = "care-volcano";
    answer_told(answer: phrase, how_far: phrase) = "answer-told";
    help_stands(how_far: phrase) = "help-stands";
    answer_not_yet(answer: phrase) = "answer-not-yet";
    answer_saving() = "answer-saving";
    answer_sending() = "answer-sending";
    answer_delivered() = "answer-delivered";
    answer_later() = "answer-later";
    answer_later_call() = "answer-later-call";
    answer_refused() = "answer-refused";
    button_details() = "button-details";
    button_to_order() = "button-to-order";
    button_to_notice() = "button-to-notice";
    button_next_order(count: number) = "button-next-order";

    // Orders as they are spoken.
    spoken_drill() = "spoken-drill";
    spoken_call(order: phrase) = "spoken-call";
    spoken_again() = "spoken-again";
    spoken_name(name: text, name_kana: text) = "spoken-name";
    spoken_place(town: text, area_kana: text, hazard: phrase, order: phrase) = "spoken-place";
    spoken_order(town: text, area_kana: text, order: phrase) = "spoken-order";
    spoken_order_whole_town(town: text, order: phrase) = "spoken-order-whole-town";
    spoken_place_whole_town(town: text, hazard: phrase, order: phrase) = "spoken-place-whole-town";
    spoken_changed(what: phrase) = "spoken-changed";
    spoken_reason(reason: text) = "spoken-reason";
    spoken_destination(name: text, name_kana: text) = "spoken-destination";
    spoken_destination_condition(name: text, name_kana: text, condition: text) = "spoken-destination-condition";
    spoken_answer() = "spoken-answer";
    spoken_close() = "spoken-close";

    // Services outside the television.
    tile_services() = "tile-services";
    tile_services_note() = "tile-services-note";
    hint_digits() = "hint-digits";
    hint_password() = "hint-password";
    pad_delete() = "pad-delete";
    digit_deleted() = "digit-deleted";
    button_back() = "button-back";
    words_joined(first: phrase, second: phrase) = "words-joined";
    service_name(name: text, name_kana: text) = "service-name";
    service_text(text: text) = "service-text";
    service_number_title() = "service-number-title";
    service_number_lead() = "service-number-lead";
    service_number_unknown() = "service-number-unknown";
    service_number_too_many() = "service-number-too-many";
    service_number_box_refused() = "service-number-box-refused";
    service_number_unreachable() = "service-number-unreachable";
    service_looking_up() = "service-looking-up";
    service_sending() = "service-sending";
    service_wait() = "service-wait";
    service_request_title(service: phrase) = "service-request-title";
    service_request_lead() = "service-request-lead";
    service_purpose() = "service-purpose";
    service_form() = "service-form";
    service_attributes() = "service-attributes";
    service_proof() = "service-proof";
    attribute_name() = "attribute-name";
    attribute_kana() = "attribute-kana";
    attribute_municipality() = "attribute-municipality";
    attribute_district() = "attribute-district";
    attribute_none() = "attribute-none";
    proof_card() = "proof-card";
    proof_pin() = "proof-pin";
    proof_password() = "proof-password";
    service_no() = "service-no";
    service_yes() = "service-yes";
    service_question_count(position: number, count: number) = "service-question-count";
    service_unanswered() = "service-unanswered";
    service_summary_title() = "service-summary-title";
    service_summary_lead(service: phrase) = "service-summary-lead";
    service_mend() = "service-mend";
    service_confirm() = "service-confirm";
    purpose_service(service: phrase) = "purpose-service";
    purpose_any_service() = "purpose-any-service";
    service_given_title(service: phrase) = "service-given-title";
    service_given_lead(what: phrase) = "service-given-lead";
    service_given_form(form: phrase) = "service-given-form";
    service_given_detail() = "service-given-detail";
    service_nothing_given() = "service-nothing-given";
    service_refused() = "service-refused";
    service_expired() = "service-expired";
    service_not_accepted() = "service-not-accepted";
    service_unknown_title() = "service-unknown-title";
    service_unknown_lead(service: phrase) = "service-unknown-lead";
    service_anew() = "service-anew";
    toast_service_left() = "toast-service-left";
    toast_service_given() = "toast-service-given";
    toast_service_unknown() = "toast-service-unknown";

    // Cards and permissions.
    cards_title() = "cards-title";
    cards_note() = "cards-note";
    cards_lead() = "cards-lead";
    cards_consents() = "cards-consents";
    cards_consents_note() = "cards-consents-note";
    cards_link() = "cards-link";
    cards_link_note() = "cards-link-note";
    cards_stop() = "cards-stop";
    cards_stop_note() = "cards-stop-note";
    cards_log_note() = "cards-log-note";
    purpose_consents() = "purpose-consents";
    purpose_link_card() = "purpose-link-card";
    consents_title() = "consents-title";
    consents_lead() = "consents-lead";
    consents_loading() = "consents-loading";
    consents_failed() = "consents-failed";
    consents_empty() = "consents-empty";
    consents_first_page() = "consents-first-page";
    consent_lead() = "consent-lead";
    consent_given_label() = "consent-given-label";
    consent_used_label() = "consent-used-label";
    consent_date(month: number, day: number) = "consent-date";
    consent_used(month: number, day: number) = "consent-used";
    consent_withdraw() = "consent-withdraw";
    withdraw_title() = "withdraw-title";
    withdraw_lead(service: phrase) = "withdraw-lead";
    consent_withdrawing() = "consent-withdrawing";
    withdrawn_title() = "withdrawn-title";
    withdrawn_lead() = "withdrawn-lead";
    not_withdrawn_title() = "not-withdrawn-title";
    action_wait_later() = "action-wait-later";
    link_title() = "link-title";
    link_lead() = "link-lead";
    link_detail() = "link-detail";
    link_nobody() = "link-nobody";
    link_no() = "link-no";
    link_yes() = "link-yes";
    link_who_title() = "link-who-title";
    link_who_lead() = "link-who-lead";
    link_person(name: text, name_kana: text) = "link-person";
    link_letter_title(person: phrase) = "link-letter-title";
    link_letter_lead() = "link-letter-lead";
    link_letter_yes() = "link-letter-yes";
    link_letter_no() = "link-letter-no";
    link_letter_no_note() = "link-letter-no-note";
    letter_code_title() = "letter-code-title";
    letter_code_link_lead() = "letter-code-link-lead";
    letter_code_stop_lead() = "letter-code-stop-lead";
    letter_code_refused() = "letter-code-refused";
    letter_code_too_many() = "letter-code-too-many";
    linked_title() = "linked-title";
    linked_lead() = "linked-lead";
    waits_title() = "waits-title";
    waits_lead() = "waits-lead";
    stop_title() = "stop-title";
    stop_lead() = "stop-lead";
    stop_yes() = "stop-yes";
    stop_sending() = "stop-sending";
    stopped_title() = "stopped-title";
    stopped_lead() = "stopped-lead";
    stopped_detail() = "stopped-detail";
    stop_unknown_title() = "stop-unknown-title";
    stop_unknown_lead() = "stop-unknown-lead";

    // Signature password and further troubles of cards.
    phone_needs_login() = "phone-needs-login";
    pin_title_phone() = "pin-title-phone";
    password_title() = "password-title";
    password_wrong() = "password-wrong";
    password_length(least: number, most: number) = "password-length";
    password_count(count: number) = "password-count";
    password_characters_spoken(count: number) = "password-characters-spoken";
    keyboard_key(key: text) = "keyboard-key";
    last_password_lead() = "last-password-lead";
    trouble_no_signature() = "trouble-no-signature";
    action_no_signature() = "action-no-signature";
    trouble_password_blocked() = "trouble-password-blocked";
    action_password_blocked() = "action-password-blocked";
    trouble_wrong_passwords() = "trouble-wrong-passwords";
    action_check_password() = "action-check-password";
    trouble_password_timed_out() = "trouble-password-timed-out";
    password_tries_not_used() = "password-tries-not-used";
    password_tries_unknown() = "password-tries-unknown";
    password_tries_none_left() = "password-tries-none-left";
    password_tries_left(count: number) = "password-tries-left";
    trouble_link_refused() = "trouble-link-refused";
    trouble_link_unknown() = "trouble-link-unknown";
    action_newer_card() = "action-newer-card";
}
