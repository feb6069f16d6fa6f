//! Live television and the way through the pages.

use stb_core::{
    effect::{Cue, Effect},
    event::{Event, PlayerState},
    key::{KeyAction, RemoteKey},
    view::{BannerView, PageKind, TextScale},
};

use crate::{television::Television, town::channel};

fn tuned(television: &Television) -> Vec<u16> {
    let numbers = television.effects.iter().filter_map(|effect| match effect {
        Effect::Tune(channel) => Some(channel.number),
        _ => None,
    });
    numbers.collect()
}

fn last_cue(television: &Television) -> Option<Cue> {
    let mut cues = television.effects.iter().filter_map(|effect| match effect {
        Effect::Cue(cue) => Some(*cue),
        _ => None,
    });
    cues.next_back()
}

#[test]
fn the_box_starts_with_the_last_channel() {
    let mut television = Television::at_home();
    assert_eq!(tuned(&television), [1]);
    television.press(RemoteKey::ChannelUp);
    television.wait(3_000);
    television.restart();
    assert_eq!(tuned(&television), [3]);
}

#[test]
fn a_channel_key_shows_number_and_name_in_the_same_step() {
    let mut television = Television::at_home();
    television.take_effects();
    television.press(RemoteKey::Digit(4));
    assert_eq!(tuned(&television), [4]);
    let Some(BannerView::Channel { number, name, state }) = television.view().banner else {
        panic!("the banner stands at the bottom");
    };
    assert_eq!((number.as_str(), name.as_str()), ("4", "放送4"));
    assert_eq!(state.map(|state| state.id), Some("tuning"));
    television.happens(Event::PlayerChanged {
        channel_id: "ch4".to_owned(),
        state: PlayerState::FirstPicture,
    });
    television.wait(3_999);
    assert!(television.view().banner.is_some());
    television.wait(1);
    assert!(television.view().banner.is_none());
}

#[test]
fn the_neighbours_are_kept_warm() {
    let mut television = Television::at_home();
    television.take_effects();
    television.press(RemoteKey::Digit(3));
    let warm = television.effects.iter().find_map(|effect| match effect {
        Effect::Prefetch(channels) => Some(channels.clone()),
        _ => None,
    });
    assert_eq!(warm, Some([channel(4), channel(1)].to_vec()));
}

#[test]
fn a_channel_without_picture_says_why_and_keys_stay_alive() {
    let mut television = Television::at_home();
    television.happens(Event::PlayerChanged {
        channel_id: "ch1".to_owned(),
        state: PlayerState::NoSignal,
    });
    assert_eq!(television.view().picture.notice.map(|notice| notice.id), Some("no-signal"));
    television.press(RemoteKey::ChannelDown);
    assert_eq!(tuned(&television).last(), Some(&4), "below the first comes the last");
}

#[test]
fn unused_keys_only_make_a_soft_sound() {
    let mut television = Television::at_home();
    let before = television.view();
    for key in [RemoteKey::Data, RemoteKey::Bs, RemoteKey::Blue, RemoteKey::Back, RemoteKey::Exit] {
        television.press(key);
        assert_eq!(television.view(), before, "{key:?}");
        assert_eq!(last_cue(&television), Some(Cue::Edge));
    }
}

#[test]
fn volume_shows_itself_and_ends_the_mute() {
    let mut television = Television::at_home();
    television.take_effects();
    television.press_all(&[RemoteKey::Mute, RemoteKey::VolumeUp]);
    let volumes: Vec<_> = television
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::SetVolume { .. }))
        .cloned()
        .collect();
    let volume = |percent, muted| Effect::SetVolume { percent, muted, ducked: false };
    assert_eq!(volumes, [volume(40, true), volume(45, false)]);
    assert_eq!(television.view().banner, Some(BannerView::Volume { percent: 45, muted: false }));
}

#[test]
fn a_held_arrow_moves_on_but_a_bouncing_key_does_not_count_twice() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Home);
    television.press(RemoteKey::Right);
    television.happens(Event::Key { key: RemoteKey::Right, action: KeyAction::Pressed });
    assert_eq!(television.page().focus, 1);
    television.happens(Event::Key { key: RemoteKey::Right, action: KeyAction::Repeated });
    assert_eq!(television.page().focus, 2);
}

#[test]
fn a_number_opens_nothing_where_no_number_is_shown() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Home);
    let before = television.page();
    for digit in 0..=12 {
        television.press(RemoteKey::Digit(digit));
        assert_eq!(television.page(), before, "{digit}");
        assert_eq!(last_cue(&television), Some(Cue::Edge));
    }
}

#[test]
fn television_says_how_to_begin_and_never_over_anything_else() {
    let mut television = Television::at_home();
    let hint = |television: &Television| television.view().hint.map(|hint| hint.id);
    television.wait(4_000);
    assert_eq!(hint(&television), Some("hint-begin"));
    television.wait(11_000);
    assert_eq!(hint(&television), None);
    television.wait(30 * 60_000);
    assert_eq!(hint(&television), Some("hint-begin"));
    let order = television.town.flood(evacuation::hazard::Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert_eq!(hint(&television), None);
}

#[test]
fn confirm_on_live_television_opens_the_services() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Home);
}

#[test]
fn the_channel_leaves_the_screen_to_a_page_but_the_volume_is_told() {
    let mut television = Television::at_home();
    television.press_all(&[RemoteKey::Digit(4), RemoteKey::Home]);
    assert_eq!(television.view().banner, None);
    television.press(RemoteKey::VolumeUp);
    assert!(matches!(television.view().banner, Some(BannerView::Volume { .. })));
}

#[test]
fn at_the_edge_the_focus_stays_and_a_soft_sound_says_so() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Home);
    television.press(RemoteKey::Left);
    assert_eq!(television.page().focus, 0);
    assert_eq!(last_cue(&television), Some(Cue::Edge));
    television.press_all(&[RemoteKey::Down, RemoteKey::Down]);
    assert_eq!(television.page().focus, 3);
    assert_eq!(last_cue(&television), Some(Cue::Edge));
}

#[test]
fn home_has_at_most_six_tiles_and_back_returns_to_live_television() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Home);
    television.sees(PageKind::Home);
    assert!(television.page().items.len() <= 6);
    television.press(RemoteKey::Back);
    television.is_live_television();
}

#[test]
fn a_setting_is_three_levels_deep_and_back_goes_one_step_at_a_time() {
    let mut television = Television::at_home();
    television.choose("tile-settings");
    television.choose_here("setting-scale");
    television.sees_sentence("setting-scale-lead");
    television.press(RemoteKey::Back);
    television.sees_sentence("settings-lead");
    television.press(RemoteKey::Back);
    television.sees(PageKind::Home);
    television.press(RemoteKey::Back);
    television.is_live_television();
}

#[test]
fn text_size_and_language_are_chosen_once_and_survive_a_restart() {
    let mut television = Television::at_home();
    television.choose("tile-settings");
    television.choose_here("setting-scale");
    television.choose_here("scale-largest");
    television.choose_here("setting-language");
    television.choose_here("language-en");
    assert_eq!(television.view().scale, TextScale::Largest);
    assert_eq!(television.view().language.tag(), "en");
    television.wait(3_000);
    television.restart();
    assert_eq!(television.view().scale, TextScale::Largest);
    assert_eq!(television.view().language.tag(), "en");
}

#[test]
fn the_screen_is_read_aloud_until_the_household_turns_it_off() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Home);
    assert!(television.spoken().contains(&"home-title"));
    television.choose("tile-settings");
    television.choose_here("setting-speech");
    television.choose_here("speech-off");
    television.take_effects();
    television.press(RemoteKey::Home);
    assert_eq!(television.spoken(), Vec::<&str>::new());
}

#[test]
fn the_picture_is_lowered_while_the_box_speaks() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Home);
    let Some(Effect::Speak { speech_id, .. }) = television
        .effects
        .iter()
        .rev()
        .find(|effect| matches!(effect, Effect::Speak { .. }))
        .cloned()
    else {
        panic!("the page is spoken");
    };
    let ducked = |television: &Television| {
        television.effects.iter().rev().find_map(|effect| match effect {
            Effect::SetVolume { ducked, .. } => Some(*ducked),
            _ => None,
        })
    };
    assert_eq!(ducked(&television), Some(true));
    television.happens(Event::SpeechEnded(speech_id));
    assert_eq!(ducked(&television), Some(false));
}

#[test]
fn the_power_key_darkens_the_screen_and_any_key_lights_it() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Home);
    television.press(RemoteKey::Power);
    let view = television.view();
    assert!(view.picture.covered && view.page.is_none() && view.hint.is_none());
    let muted = |television: &Television| {
        television.effects.iter().rev().find_map(|effect| match effect {
            Effect::SetVolume { muted, .. } => Some(*muted),
            _ => None,
        })
    };
    assert_eq!(muted(&television), Some(true));
    television.wait(3_600_000);
    television.press(RemoteKey::Digit(4));
    assert!(!television.view().picture.covered);
    assert_eq!(tuned(&television), [1], "the key that wakes means nothing else");
    assert_eq!(muted(&television), Some(false));
}

#[test]
fn invariant_1_an_order_lights_a_dark_screen_and_the_power_key_does_not_put_it_away() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Power);
    television.take_effects();
    let order = television.town.flood(evacuation::hazard::Level::Five);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.takeover().is_some());
    assert!(television.effects.contains(&Effect::WakeTelevision));
    television.wait(1_000);
    television.press(RemoteKey::Power);
    assert!(television.takeover().is_some());
}

#[test]
fn a_card_lights_a_dark_screen() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Power);
    television.insert(crate::card::Card::of_hana());
    television.sees(PageKind::CheckIn);
}

#[test]
fn the_list_of_channels_tunes_and_begins_at_the_present_one() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Digit(3));
    television.press(RemoteKey::Guide);
    television.sees(PageKind::Guide);
    assert_eq!(television.page().focus, 1);
    television.press_all(&[RemoteKey::Down, RemoteKey::Confirm]);
    television.is_live_television();
    assert_eq!(tuned(&television), [1, 3, 4]);
}

#[test]
fn keys_that_can_do_nothing_say_so() {
    let mut television = Television::at_home();
    television.press(RemoteKey::Subtitle);
    assert_eq!(television.view().toast.map(|toast| toast.id), Some("no-captions"));
    assert!(television.spoken().contains(&"no-captions"));
}

#[test]
fn the_sound_key_says_which_sound_is_heard() {
    let mut television = Television::at_home();
    let cases = [(0, "audio-none"), (1, "audio-fixed"), (2, "audio-chosen")];
    for (count, sentence) in cases {
        television.take_effects();
        television.press(RemoteKey::Audio);
        assert!(television.effects.contains(&Effect::NextSound));
        let chosen = |channel: &str| Event::SoundChosen {
            channel_id: channel.to_owned(),
            number: count,
            count,
        };
        television.happens(chosen("ch9"));
        assert!(!television.spoken().contains(&sentence), "of another channel");
        television.happens(chosen("ch1"));
        assert_eq!(television.view().toast.map(|toast| toast.id), Some(sentence));
        assert!(television.spoken().contains(&sentence));
    }
}

#[test]
fn help_shows_where_to_flee_from_anywhere() {
    let mut television = Television::at_home();
    television.choose("tile-settings");
    television.press(RemoteKey::Help);
    television.sees(PageKind::EvacuationPlan);
    television.press(RemoteKey::Back);
    television.sees(PageKind::Home);
}
