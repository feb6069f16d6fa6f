//! Keys that a home does not use: they do nothing, until something on the screen waits for one.

use evacuation::hazard::Level;
use gateway_api::household::KeyLock;
use proptest::prelude::*;
use stb_core::{
    effect::{Cue, Effect},
    event::{Event, UpdateNotice},
    key::RemoteKey,
    view::{PageKind, PageView, TakeoverStage, View},
};

use crate::{
    card::Card,
    invariants::{Evening, Happening, any_happening},
    takeover::flooded,
    television::Television,
};

use RemoteKey::{
    Audio, Back, Blue, Bs, ChannelPrevious, ChannelUp, Confirm, Cs, Data, Down, Exit, Green, Guide,
    Help, Home, Info, Left, Power, Red, Right, Subtitle, Terrestrial, ThreeDigits, Up, VolumeUp,
    Yellow,
};

/// Keys that bring up what nobody asked for.
const FURTHER: [RemoteKey; 8] = [Home, Guide, Info, Data, Subtitle, Audio, Bs, Cs];
const PAGING: [RemoteKey; 11] =
    [Up, Down, Left, Right, Confirm, Back, Exit, Blue, Red, Green, Yellow];
const CHANNELS: [RemoteKey; 3] = [ChannelPrevious, ThreeDigits, Terrestrial];

fn at_home_with(lock: KeyLock) -> Television {
    let mut television = Television::at_home();
    uses(&mut television, lock);
    television.wait(20_000);
    television
}

/// The town's staff chose it for this home.
fn uses(television: &mut Television, lock: KeyLock) {
    let mut provisioning = television.town.provisioning();
    provisioning.version += 1;
    provisioning.household.key_lock = lock;
    television.happens(Event::Provisioned(Box::new(provisioning)));
}

#[track_caller]
fn does_nothing(television: &mut Television, key: RemoteKey) {
    let before = television.view();
    television.take_effects();
    television.press(key);
    assert_eq!(television.view(), before, "{key:?}");
    let mut effects = television.take_effects();
    // Every key quiets the voice, and with it the picture's sound comes back.
    effects.retain(|effect| !matches!(effect, Effect::StopSpeech | Effect::SetVolume { .. }));
    assert_eq!(effects, [Effect::Cue(Cue::Edge)], "{key:?}: the soft sound");
}

#[test]
fn locked_keys_answer_with_the_soft_sound_and_nothing_else() {
    let mut simple = at_home_with(KeyLock::Simple);
    for key in FURTHER {
        does_nothing(&mut simple, key);
    }
    simple.press(Confirm);
    simple.sees(PageKind::Home);
    for key in FURTHER {
        does_nothing(&mut simple, key);
    }
    let mut minimal = at_home_with(KeyLock::Minimal);
    for key in FURTHER.into_iter().chain(PAGING).chain(CHANNELS) {
        does_nothing(&mut minimal, key);
    }
    for key in [ChannelUp, VolumeUp, RemoteKey::Digit(3)] {
        let before = minimal.view();
        minimal.press(key);
        assert_ne!(minimal.view(), before, "{key:?}");
        minimal.wait(10_000);
    }
    minimal.press(Help);
    minimal.sees(PageKind::EvacuationPlan);
    minimal.press(Back);
    minimal.is_live_television();
    minimal.press(Power);
    assert!(minimal.view().picture.covered);
    minimal.press(Data);
    minimal.is_live_television();
}

#[test]
fn a_television_that_uses_no_confirm_key_does_not_ask_for_it() {
    let mut television = Television::at_home();
    television.wait(5_000);
    assert_eq!(television.view().hint.map(|hint| hint.id), Some("hint-begin"));
    uses(&mut television, KeyLock::Minimal);
    assert_eq!(television.view().hint, None);
}

#[test]
fn an_order_is_answered_with_every_key_that_it_shows() {
    for lock in KeyLock::ALL {
        let mut television = flooded(Level::Four);
        uses(&mut television, lock);
        television.wait(6_000);
        television.press(Green);
        let answer = television.takeover().and_then(|takeover| takeover.answered);
        assert!(answer.is_some(), "{lock:?}");
        television.wait(60_000);
        assert_eq!(television.stage(), Some(TakeoverStage::Notice));
        // The line says that more stands behind 決定.
        television.press(Confirm);
        television.sees(PageKind::Home);
        television.choose_here("tile-order");
        assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
    }
}

#[test]
fn a_card_still_asks_how_somebody_is() {
    let mut television = at_home_with(KeyLock::Minimal);
    television.insert(Card::of_hana());
    television.sees(PageKind::CheckIn);
    television.press(Right);
    television.press(Confirm);
    television.sees(PageKind::CheckInDone);
}

#[test]
fn the_settings_say_why_keys_do_nothing_and_what_to_do() {
    let simple = Some("keys-simple-phone");
    for (lock, expected) in [(KeyLock::All, None), (KeyLock::Simple, simple)] {
        let mut television = at_home_with(lock);
        television.press(Confirm);
        television.choose_here("tile-settings");
        assert_eq!(television.page().detail.map(|detail| detail.id), expected);
    }
    let mut television = at_home_with(KeyLock::Simple);
    let mut provisioning = television.town.provisioning();
    (provisioning.household.key_lock, provisioning.phone) = (KeyLock::Simple, None);
    television.happens(Event::Provisioned(Box::new(provisioning)));
    television.press(Confirm);
    television.choose_here("tile-settings");
    television.sees_sentence("keys-simple");
}

/// Keys that do nothing and a new version concern two people, maybe: neither hides the other.
#[test]
fn the_settings_tell_of_locked_keys_and_of_an_update_together() {
    let mut television = at_home_with(KeyLock::Simple);
    television.happens(Event::UpdateChanged(Some(UpdateNotice::Tonight)));
    television.press(Confirm);
    television.choose_here("tile-settings");
    let detail = format!("{:?}", television.page().detail);
    let phone = television.town.provisioning().phone.expect("the town has a telephone");
    for part in ["keys-simple-phone", &phone, "update-tonight"] {
        assert!(detail.contains(part), "{part} in {detail}");
    }
}

/// Pages that ask nobody anything: whoever opened one looks around.
fn only_shows(page: &PageView) -> bool {
    use PageKind::{AccessLog, EvacuationPlan, Guide, Home, Settings, Welcome};
    matches!(page.kind, AccessLog | EvacuationPlan | Guide | Home | Settings | Welcome)
}

/// Whether something on the screen waits for a key, as somebody sees it who looks at the screen only.
fn waits(view: &View) -> bool {
    let calls = ["help-remains", "help-remains-unsent", "help-seen"];
    let is_dark = view.picture.covered && view.page.is_none();
    let is_call = view.hint.as_ref().is_some_and(|hint| calls.contains(&hint.id));
    let asks = view.page.as_ref().is_some_and(|page| !only_shows(page));
    view.takeover.is_some() || is_dark || is_call || asks
}

fn is_locked(lock: KeyLock, view: &View, key: RemoteKey) -> bool {
    if lock == KeyLock::All || waits(view) {
        return false;
    }
    let is_minimal = lock == KeyLock::Minimal;
    FURTHER.contains(&key)
        || (is_minimal && CHANNELS.contains(&key))
        || (is_minimal && view.page.is_none() && PAGING.contains(&key))
}

/// What a home with fewer keys rightly does not see.
fn without_words_about_keys(mut view: View) -> View {
    view.hint.take_if(|hint| hint.id == "hint-begin");
    if let Some(page) = &mut view.page {
        page.detail.take_if(|detail| detail.id.starts_with("keys-"));
    }
    view
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Invariants 1 and 7: a home with fewer keys is a home whose remote has dead keys, except that no key is
    /// dead while an order, a call for help, a question or a dark screen waits for one. Beside each evening runs
    /// the same one of a home with every key, in which nobody presses those.
    #[test]
    fn no_key_is_locked_while_something_waits_for_it(
        lock in prop::sample::select(vec![KeyLock::Simple, KeyLock::Minimal]),
        happenings in prop::collection::vec(any_happening(), 1..60),
    ) {
        let (mut fewer, mut every) = (Evening::new(), Evening::new());
        uses(&mut fewer.television, lock);
        uses(&mut every.television, KeyLock::All);
        for happening in happenings {
            // These press ホーム themselves.
            if matches!(happening, Happening::Tile(_)) {
                continue;
            }
            let view = fewer.television.view();
            // Where there is no menu, its page leads back to the picture instead; tested above.
            if matches!(happening, Happening::Key(Help)) && view.takeover.is_none() {
                continue;
            }
            let beside = match &happening {
                // No key of this box does anything there, but that somebody is there.
                Happening::Key(key) if is_locked(lock, &view, *key) => Happening::Key(Data),
                other => other.clone(),
            };
            fewer.go_through(happening.clone());
            every.go_through(beside);
            prop_assert_eq!(
                without_words_about_keys(fewer.television.view()),
                without_words_about_keys(every.television.view()),
                "{:?}", happening
            );
        }
    }
}
