//! Samples of orders: every stage, level, drill, lift, and the texts that break weak layouts.

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Mode},
};
use gateway_api::report::Answer;
use stb_core::view::{Icon, PlaceView, StepView, TakeoverStage, TakeoverView, View};

use crate::{
    pages::{item, say},
    television,
};

pub(crate) fn all() -> Vec<(&'static str, View)> {
    let mut samples = levels();
    samples.extend(stages());
    samples.extend(acts());
    samples.extend(hard_texts());
    samples.into_iter().map(|(name, takeover)| (name, over_picture(takeover))).collect()
}

fn over_picture(takeover: TakeoverView) -> View {
    let mut view = View { takeover: Some(takeover), ..television() };
    view.picture.covered =
        view.takeover.as_ref().is_some_and(|takeover| takeover.stage == TakeoverStage::FullScreen);
    view
}

fn step(icon: Icon, text: &str) -> StepView {
    StepView { icon, text: say(text) }
}

fn place(name: &str, condition: &str, note: &str) -> PlaceView {
    PlaceView {
        name: name.to_owned(),
        condition: (!condition.is_empty()).then(|| condition.to_owned()),
        note: Some(say(note)),
    }
}

/// 土砂災害, level 4, the most common order.
fn landslide(stage: TakeoverStage) -> TakeoverView {
    TakeoverView {
        stage,
        mode: Mode::Actual,
        act: Act::Issue,
        hazard: Hazard::Landslide,
        level: Some(Level::Four),
        title: say("警戒レベル4 避難指示"),
        names: vec!["中村 ハナさん".to_owned(), "中村 茂さん".to_owned()],
        place: say("阿部地区 土砂災害"),
        action: say("今すぐ 避難してください"),
        destination: Some(place("阿部集会所", "２階以上に避難", "ここから約400m・開いています")),
        fallback: Some(place("由岐小学校 体育館", "", "ここから約1,200m")),
        leave_by: Some(say("14時20分までに 家を出てください")),
        supporters: Some(say("山下 一郎さんが 声をかけに来ます")),
        steps: [
            step(Icon::Bag, "薬、めがね、かばんを持つ"),
            step(Icon::Neighbour, "となりの人に声をかける"),
            step(Icon::Walk, "阿部集会所へ歩いて行く"),
        ],
        reason: Some("午後から激しい雨が続き、裏山が崩れるおそれがあります。".to_owned()),
        source: say("美波町　11月20日 13時52分 発表"),
        answers: vec![
            item("避難します", "", Some(Icon::Walk)),
            item("助けが必要", "", Some(Icon::Phone)),
            item("家にいます", "", Some(Icon::Stay)),
        ],
        focus: 0,
        answered: None,
        others: 0,
    }
}

fn stages() -> Vec<(&'static str, TakeoverView)> {
    let mut answered = landslide(TakeoverStage::Notice);
    answered.answers.clear();
    answered.answered = Some((Answer::Leaving, say("「避難します」と伝えました")));
    let mut answered_band = landslide(TakeoverStage::Band);
    answered_band.answered = Some((Answer::NeedHelp, say("「助けが必要」と伝えました")));
    answered_band.focus = 1;
    let mut several = landslide(TakeoverStage::Band);
    several.others = 2;
    several.answers.push(item("次のお知らせ", "", None));
    several.focus = 3;
    let mut several_whole = several.clone();
    several_whole.stage = TakeoverStage::FullScreen;
    vec![
        ("order-notice", answered),
        ("order-band", landslide(TakeoverStage::Band)),
        ("order-large", landslide(TakeoverStage::Large)),
        ("order-whole", landslide(TakeoverStage::FullScreen)),
        ("order-band-answered", answered_band),
        ("order-band-others", several),
        ("order-whole-others", several_whole),
    ]
}

fn level_three(stage: TakeoverStage) -> TakeoverView {
    TakeoverView {
        hazard: Hazard::Flood,
        level: Some(Level::Three),
        title: say("警戒レベル3 高齢者等避難"),
        place: say("日和佐地区 洪水"),
        action: say("避難を始めてください"),
        ..landslide(stage)
    }
}

fn level_five(stage: TakeoverStage) -> TakeoverView {
    TakeoverView {
        level: Some(Level::Five),
        title: say("警戒レベル5 緊急安全確保"),
        action: say("命を守ってください。２階へ"),
        destination: None,
        fallback: None,
        leave_by: None,
        supporters: None,
        steps: [
            step(Icon::Upstairs, "２階へ上がる"),
            step(Icon::Slope, "山と反対の部屋へ行く"),
            step(Icon::Phone, "命があぶないときは 119"),
        ],
        ..landslide(stage)
    }
}

fn tsunami(stage: TakeoverStage) -> TakeoverView {
    TakeoverView {
        hazard: Hazard::Tsunami,
        level: None,
        title: say("津波 避難指示"),
        place: say("阿部地区 津波"),
        action: say("今すぐ 高い所へ 逃げて！"),
        destination: Some(place("阿部老人憩の家 裏山", "", "ここから約250m")),
        fallback: None,
        leave_by: None,
        steps: [
            step(Icon::Walk, "何も持たずに すぐ出る"),
            step(Icon::Hill, "もっと高い所へ 上がる"),
            step(Icon::Stay, "解除まで 戻らない"),
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

fn acts() -> Vec<(&'static str, TakeoverView)> {
    let drill = |stage| TakeoverView {
        mode: Mode::Drill,
        title: say("【訓練】警戒レベル4 避難指示"),
        ..landslide(stage)
    };
    let over = |stage, act, title: &str, action: &str| TakeoverView {
        act,
        title: say(title),
        action: say(action),
        destination: None,
        fallback: None,
        leave_by: None,
        supporters: None,
        steps: [
            step(Icon::Home, "足もとに気をつけて帰る"),
            step(Icon::Neighbour, "いっしょにいた人に伝える"),
            step(Icon::Television, "テレビで次の知らせを見る"),
        ],
        reason: None,
        answers: vec![item("閉じる", "", None)],
        ..landslide(stage)
    };
    let lift = |stage| {
        over(stage, Act::Lift, "避難指示 解除", "危険はなくなりました。家に帰れます")
    };
    let cancel = |stage| {
        over(stage, Act::Cancel, "避難指示 取消", "先ほどの避難指示は まちがいでした")
    };
    vec![
        ("drill-band", drill(TakeoverStage::Band)),
        ("drill-large", drill(TakeoverStage::Large)),
        ("drill-whole", drill(TakeoverStage::FullScreen)),
        ("lift-band", lift(TakeoverStage::Band)),
        ("lift-whole", lift(TakeoverStage::FullScreen)),
        ("cancel-band", cancel(TakeoverStage::Band)),
    ]
}

fn hard_texts() -> Vec<(&'static str, TakeoverView)> {
    let long = |stage| TakeoverView {
        names: vec![
            "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る処に住む処藪ら柑子の藪柑子\
             パイポパイポパイポのシューリンガンシューリンガンのグーリンダイ様"
                .to_owned(),
            "中村 茂さん".to_owned(),
        ],
        place: say("日和佐浦字東町から日和佐浦字西町まで 土砂災害"),
        destination: Some(place(
            "特別養護老人ホームヴィラ阿部・阿部地区コミュニティセンター及び旧阿部小学校体育館（合同避難所）",
            "土砂災害のときは必ず山と反対側の２階以上に避難し、１階の窓に近づかないこと",
            "ここから約12,400m・開いているか分かりません",
        )),
        ..landslide(stage)
    };
    let rare = |stage| TakeoverView {
        names: vec!["𠮷田 髙橋さん".to_owned(), "ﾅｶﾑﾗ ﾊﾅさん".to_owned(), "䕃山 彅さん".to_owned()],
        ..landslide(stage)
    };
    let nameless = |stage| TakeoverView {
        names: vec![String::new(), "  ".to_owned()],
        destination: Some(place("", "", "")),
        reason: Some(String::new()),
        ..landslide(stage)
    };
    vec![
        ("hard-long-band", long(TakeoverStage::Band)),
        ("hard-long-large", long(TakeoverStage::Large)),
        ("hard-long-whole", long(TakeoverStage::FullScreen)),
        ("hard-rare-band", rare(TakeoverStage::Band)),
        ("hard-rare-whole", rare(TakeoverStage::FullScreen)),
        ("hard-nameless-band", nameless(TakeoverStage::Band)),
        ("hard-nameless-whole", nameless(TakeoverStage::FullScreen)),
    ]
}
