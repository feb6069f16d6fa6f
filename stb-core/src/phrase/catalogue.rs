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

    // Every page.
    hint_choose() = "hint-choose";
    hint_pin() = "hint-pin";
    button_back() = "button-back";
    button_home() = "button-home";
    button_close() = "button-close";
    button_next_page() = "button-next-page";
    button_previous_page() = "button-previous-page";
    status_offline() = "status-offline";
    status_greeting(name: text, name_kana: text) = "status-greeting";

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
    tile_access_log() = "tile-access-log";
    tile_access_log_note() = "tile-access-log-note";
    tile_settings() = "tile-settings";
    tile_settings_note() = "tile-settings-note";
    tile_television() = "tile-television";
    tile_television_note() = "tile-television-note";

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
}
