//! Samples of orders: every stage, level, drill, lift, and the texts that break weak layouts.

#[path = "answers.rs"]
mod answers;

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Mode},
};
use gateway_api::report::Answer;
use stb_core::{
    phrase::{Phrase, say},
    view::{
        AnsweredView, ColourKey, Icon, Language, PlaceView, Reached, StepView, TakeoverStage,
        TakeoverView, View,
    },
};

use crate::{
    pages::{item, keyed},
    television,
};

pub(crate) fn all() -> Vec<(&'static str, View)> {
    let mut samples = levels();
    samples.extend(stages());
    samples.extend(acts());
    samples.extend(together());
    samples.extend(answers::all());
    samples.extend(hard_texts());
    let mut views: Vec<_> =
        samples.into_iter().map(|(name, takeover)| (name, over_picture(takeover))).collect();
    let english = over_picture(level_three(TakeoverStage::FullScreen));
    views.push(("order-whole-english", View { language: Language::En, ..english }));
    let easy = over_picture(landslide(TakeoverStage::Large));
    views.push(("order-large-easy", View { language: Language::JaEasy, ..easy }));
    views
}

fn over_picture(takeover: TakeoverView) -> View {
    let mut view = View { takeover: Some(takeover), ..television() };
    view.picture.covered =
        view.takeover.as_ref().is_some_and(|takeover| takeover.stage == TakeoverStage::FullScreen);
    view
}

fn step(icon: Icon, text: Phrase) -> StepView {
    StepView { icon, text }
}

fn place(name: &str, condition: &str, metres: i64, state: Phrase) -> PlaceView {
    let kilometres = format!("{}.{}", metres / 1_000, metres / 100 % 10);
    PlaceView {
        name: name.to_owned(),
        condition: (!condition.is_empty()).then(|| condition.to_owned()),
        note: Some(if metres < 1_000 {
            say::shelter_distance(metres, state)
        } else {
            say::shelter_distance_km(&kilometres, state)
        }),
        distance: Some(if metres < 1_000 {
            say::distance(metres)
        } else {
            say::distance_km(&kilometres)
        }),
    }
}

/// 土砂災害, level 4, the most common order.
fn landslide(stage: TakeoverStage) -> TakeoverView {
    TakeoverView {
        order_id: "0123456789abcdef0123456789abcdef".to_owned(),
        stage,
        mode: Mode::Actual,
        act: Act::Issue,
        hazard: Hazard::Landslide,
        level: Some(Level::Four),
        title: say::order_level_four(),
        names: vec!["中村 ハナさん".to_owned(), "中村 茂さん".to_owned()],
        place: say::order_place("阿部地区", say::hazard_landslide()),
        action: say::action_leave_now(),
        destination: Some(place("阿部集会所", "２階以上に避難", 400, say::shelter_open())),
        fallback: Some(place("由岐小学校 体育館", "", 1_200, say::shelter_not_known_open())),
        leave_by: Some(say::leave_by("14:20", 14, 20)),
        supporters: Some(say::supporters("山下 一郎さん")),
        steps: [
            step(Icon::Bag, say::step_take_essentials()),
            step(Icon::Neighbour, say::step_call_supporter_named("山下 一郎さん")),
            step(Icon::Walk, say::step_go_to_destination()),
        ],
        reason: Some("午後から激しい雨が続き、裏山が崩れるおそれがあります。".to_owned()),
        reading: false,
        source: say::order_issued("13:52"),
        answers: vec![
            keyed(say::answer_leaving(), Some(Icon::Walk), ColourKey::Blue),
            keyed(say::answer_need_help(), Some(Icon::Neighbour), ColourKey::Red),
            keyed(say::answer_staying(), Some(Icon::Home), ColourKey::Green),
        ],
        focus: 0,
        answered: None,
        others: 0,
    }
}

fn answer(answer: Answer, text: Phrase, reached: Reached) -> AnsweredView {
    AnsweredView { answer, text, reached }
}

fn stages() -> Vec<(&'static str, TakeoverView)> {
    let mut answered = landslide(TakeoverStage::Notice);
    answered.answers.clear();
    answered.answered = Some(answer(Answer::Leaving, say::answer_leaving(), Reached::Town));
    let mut waiting = answered.clone();
    let text = say::answer_not_yet(say::answer_need_help());
    waiting.answered = Some(answer(Answer::NeedHelp, text, Reached::NotYet));
    let told = |stage, how_far, reached| {
        let mut told = landslide(stage);
        let text = say::answer_told(say::answer_need_help(), how_far);
        told.answered = Some(answer(Answer::NeedHelp, text, reached));
        told.answers[1].note = Some(say::setting_chosen());
        told.focus = 1;
        told
    };
    let several = |stage| {
        let mut several = landslide(stage);
        several.others = 2;
        several.answers.push(keyed(say::button_next_order(2), None, ColourKey::Yellow));
        several.focus = 3;
        several
    };
    let mut sending = told(TakeoverStage::Large, say::answer_sending(), Reached::NotYet);
    sending.answers = answers::close();
    sending.focus = 0;
    let mut later = told(TakeoverStage::FullScreen, say::answer_later_call(), Reached::NotYet);
    later.answers.push(item(say::button_details(), None));
    let mut turned = level_five(TakeoverStage::FullScreen);
    turned.place = say::order_place_changed(turned.place, say::changed_advice());
    let mut turned_band = level_five(TakeoverStage::Band);
    turned_band.place = turned.place.clone();
    vec![
        ("turned-whole", turned),
        ("turned-band", turned_band),
        ("tsunami-notice", TakeoverView { answers: Vec::new(), ..tsunami(TakeoverStage::Notice) }),
        ("order-notice", answered),
        ("order-notice-waiting", waiting),
        ("order-band", landslide(TakeoverStage::Band)),
        ("order-large", landslide(TakeoverStage::Large)),
        ("order-whole", landslide(TakeoverStage::FullScreen)),
        ("order-band-answered", told(TakeoverStage::Band, say::answer_delivered(), Reached::Town)),
        ("order-large-answered", sending),
        ("order-whole-answered", later),
        ("order-band-others", several(TakeoverStage::Band)),
        ("order-whole-others", several(TakeoverStage::FullScreen)),
    ]
}

fn level_three(stage: TakeoverStage) -> TakeoverView {
    TakeoverView {
        hazard: Hazard::Flood,
        level: Some(Level::Three),
        title: say::order_level_three(),
        place: say::order_place("日和佐地区", say::hazard_flood()),
        action: say::action_leave_in_time_if_slow(),
        ..landslide(stage)
    }
}

fn level_five(stage: TakeoverStage) -> TakeoverView {
    TakeoverView {
        level: Some(Level::Five),
        title: say::order_level_five(),
        action: say::action_secure_life_here(),
        destination: None,
        fallback: None,
        leave_by: None,
        supporters: None,
        steps: [
            step(Icon::Upstairs, say::step_go_upstairs()),
            step(Icon::Slope, say::step_away_from_slope()),
            step(Icon::Phone, say::step_call_for_help()),
        ],
        ..landslide(stage)
    }
}

fn tsunami(stage: TakeoverStage) -> TakeoverView {
    TakeoverView {
        hazard: Hazard::Tsunami,
        level: None,
        title: say::order_tsunami(),
        place: say::order_place("阿部地区", say::hazard_tsunami()),
        action: say::action_run_to_high_ground(),
        destination: Some(place("阿部老人憩の家 裏山", "", 250, say::shelter_not_known_open())),
        fallback: None,
        leave_by: None,
        steps: [
            step(Icon::Walk, say::step_go_at_once()),
            step(Icon::Hill, say::step_go_higher()),
            step(Icon::Warning, say::step_do_not_return()),
        ],
        reason: Some("大津波警報が出ました。".to_owned()),
        ..landslide(stage)
    }
}

fn levels() -> Vec<(&'static str, TakeoverView)> {
    vec![
        ("level3-band", level_three(TakeoverStage::Band)),
        ("level3-large", level_three(TakeoverStage::Large)),
        ("level3-whole", level_three(TakeoverStage::FullScreen)),
        ("level5-band", level_five(TakeoverStage::Band)),
        ("level5-large", level_five(TakeoverStage::Large)),
        ("level5-whole", level_five(TakeoverStage::FullScreen)),
        ("tsunami-band", tsunami(TakeoverStage::Band)),
        ("tsunami-large", tsunami(TakeoverStage::Large)),
        ("tsunami-whole", tsunami(TakeoverStage::FullScreen)),
    ]
}

/// An order that is over.
fn over(stage: TakeoverStage, act: Act, title: Phrase, action: Phrase) -> TakeoverView {
    TakeoverView {
        act,
        title,
        action,
        destination: None,
        fallback: None,
        leave_by: None,
        supporters: None,
        steps: [
            step(Icon::Home, say::step_return_carefully()),
            step(Icon::Neighbour, say::step_tell_others()),
            step(Icon::Television, say::step_keep_watching()),
        ],
        reason: None,
        answers: vec![item(say::button_close(), Some(Icon::Check))],
        ..landslide(stage)
    }
}

fn acts() -> Vec<(&'static str, TakeoverView)> {
    let drill = |stage| TakeoverView { mode: Mode::Drill, ..landslide(stage) };
    let drill_tsunami = TakeoverView { mode: Mode::Drill, ..tsunami(TakeoverStage::FullScreen) };
    let lift = |stage| {
        let title = say::order_lifted(say::order_level_four());
        over(stage, Act::Lift, title, say::action_all_clear_left())
    };
    let cancel = |stage| {
        let title = say::order_cancelled(say::order_level_four());
        over(stage, Act::Cancel, title, say::action_disregard())
    };
    let mut drill_notice = drill(TakeoverStage::Notice);
    drill_notice.answers.clear();
    drill_notice.answered = Some(answer(Answer::Leaving, say::answer_leaving(), Reached::Town));
    vec![
        ("drill-notice", drill_notice),
        ("drill-band", drill(TakeoverStage::Band)),
        ("drill-large", drill(TakeoverStage::Large)),
        ("drill-whole", drill(TakeoverStage::FullScreen)),
        ("drill-tsunami-whole", drill_tsunami),
        ("lift-band", lift(TakeoverStage::Band)),
        ("lift-large", lift(TakeoverStage::Large)),
        ("lift-whole", lift(TakeoverStage::FullScreen)),
        ("cancel-band", cancel(TakeoverStage::Band)),
        ("cancel-large", cancel(TakeoverStage::Large)),
    ]
}

/// A second order, an update, and a call for help that stands.
fn together() -> Vec<(&'static str, TakeoverView)> {
    let led = |stage| {
        let run = say::action_run_to_high_ground();
        TakeoverView {
            hazard: Hazard::Flood,
            level: Some(Level::Five),
            title: say::order_level_five(),
            place: say::order_place("阿部地区", say::hazard_flood()),
            action: say::action_led(say::hazard_tsunami(), run),
            others: 1,
            ..tsunami(stage)
        }
    };
    let led_longest = |stage| {
        let stay = say::action_secure_life_here();
        TakeoverView { action: say::action_led(say::hazard_landslide(), stay), ..level_five(stage) }
    };
    let changed = |stage| {
        let place = say::order_place("阿部地区", say::hazard_landslide());
        let what = say::changed_both(say::changed_shelters(), say::changed_areas());
        let stands = say::help_stands(say::answer_delivered());
        TakeoverView {
            act: Act::Update,
            place: say::order_place_changed(place, what),
            answered: Some(answer(Answer::NeedHelp, stands, Reached::Town)),
            focus: 1,
            ..landslide(stage)
        }
    };
    let earthquake = |stage| TakeoverView {
        hazard: Hazard::Earthquake,
        action: say::action_secure_life_earthquake(),
        ..level_five(stage)
    };
    vec![
        ("led-band", led(TakeoverStage::Band)),
        ("led-whole", led(TakeoverStage::FullScreen)),
        ("led-longest-band", led_longest(TakeoverStage::Band)),
        ("led-longest-whole", led_longest(TakeoverStage::FullScreen)),
        ("changed-band", changed(TakeoverStage::Band)),
        ("changed-large", changed(TakeoverStage::Large)),
        ("changed-whole", changed(TakeoverStage::FullScreen)),
        ("earthquake5-band", earthquake(TakeoverStage::Band)),
    ]
}

fn hard_texts() -> Vec<(&'static str, TakeoverView)> {
    let long = |stage| {
        TakeoverView {
        names: vec![
            "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る処に住む処藪ら柑子の藪柑子\
             パイポパイポパイポのシューリンガンシューリンガンのグーリンダイ様"
                .to_owned(),
            "中村 茂さん".to_owned(),
        ],
        place: say::order_place("日和佐浦字東町から日和佐浦字西町まで", say::hazard_landslide()),
        destination: Some(place(
            "特別養護老人ホームヴィラ阿部・阿部地区コミュニティセンター及び旧阿部小学校体育館（合同避難所）",
            "土砂災害のときは必ず山と反対側の２階以上に避難し、１階の窓に近づかないこと",
            12_400,
            say::shelter_not_known_open(),
        )),
        ..landslide(stage)
    }
    };
    let rare = |stage| TakeoverView {
        reason: Some("🌊川の水が💧💧あふれます⚠️（🄰地区・㈱・①）".to_owned()),
        names: vec!["𠮷田 髙橋さん".to_owned(), "ﾅｶﾑﾗ ﾊﾅさん".to_owned(), "䕃山 彅さん".to_owned()],
        ..landslide(stage)
    };
    let nameless = |stage| TakeoverView {
        names: vec![String::new(), "  ".to_owned()],
        destination: Some(place("", "", 0, say::shelter_open())),
        reason: Some(String::new()),
        ..landslide(stage)
    };
    let family = |stage| TakeoverView {
        names: ["一二三子", "権左衛門", "貴美江", "龍之介", "さくら", "源五郎左衛門"]
            .map(|name| format!("長曽我部 {name}さん"))
            .to_vec(),
        ..landslide(stage)
    };
    // 120 characters, as long as the town may write.
    let wordy = |stage| TakeoverView {
        reason: Some(
            "日和佐川の上流で降りはじめからの雨の量が二百五十ミリを超え、裏山の斜面に割れ目が\
             見つかりました。夕方にかけてさらに強い雨が続く見込みで、崩れると道がふさがり動けなく\
             なります。明るいうちに、となり近所で声をかけあい、早めに避難してください。"
                .to_owned(),
        ),
        ..family(stage)
    };
    let reading = TakeoverView { reading: true, ..wordy(TakeoverStage::FullScreen) };
    vec![
        ("hard-family-band", family(TakeoverStage::Band)),
        ("hard-family-whole", family(TakeoverStage::FullScreen)),
        ("hard-wordy-whole", wordy(TakeoverStage::FullScreen)),
        ("hard-wordy-reading", reading),
        ("hard-long-band", long(TakeoverStage::Band)),
        ("hard-long-large", long(TakeoverStage::Large)),
        ("hard-long-whole", long(TakeoverStage::FullScreen)),
        ("hard-rare-band", rare(TakeoverStage::Band)),
        ("hard-rare-whole", rare(TakeoverStage::FullScreen)),
        ("hard-nameless-band", nameless(TakeoverStage::Band)),
        ("hard-nameless-whole", nameless(TakeoverStage::FullScreen)),
    ]
}
