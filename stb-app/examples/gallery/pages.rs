//! Samples of every page, the banner, the notice and the toast.

use stb_core::{
    phrase::Phrase,
    view::{
        BannerView, Body, ColourKey, Icon, Item, Layout, PageKind, PageView, PictureView, Row, View,
    },
};

use crate::television;

/// Text as it is.
pub(crate) fn say(text: &str) -> Phrase {
    Phrase::new("screen-as-is").text("text", text)
}

/// An item with these parts.
pub(crate) fn item(label: &str, note: &str, icon: Option<Icon>) -> Item {
    let note = (!note.is_empty()).then(|| say(note));
    Item { label: say(label), note, icon, shortcut: None }
}

const CHOOSE: &str = "▲▼◀▶で選んで 決定　　戻る：ひとつ前へ　　終了：テレビへ";

pub(crate) fn all() -> Vec<(&'static str, View)> {
    let mut samples = pictures();
    samples.extend(daily());
    samples.extend(card());
    samples.extend(others());
    samples
}

fn pictures() -> Vec<(&'static str, View)> {
    let channel = |number: &str, name: &str, state: Option<&str>| BannerView::Channel {
        number: number.to_owned(),
        name: name.to_owned(),
        state: state.map(say),
    };
    let banner = |banner| View { banner: Some(banner), ..television() };
    vec![
        ("tv-banner", banner(channel("3", "美波ケーブルテレビ", None))),
        ("tv-tuning", banner(channel("12", "徳島ニュース", Some("切り替えています")))),
        ("tv-typing", banner(channel("1_", "", Some("番号を押してください")))),
        ("tv-volume", banner(BannerView::Volume { percent: 45, muted: false })),
        ("tv-muted", banner(BannerView::Volume { percent: 45, muted: true })),
        (
            "tv-notice",
            View {
                picture: PictureView {
                    notice: Some(say("電波が届いていません。しばらくお待ちください。")),
                    covered: false,
                },
                toast: Some(say("ゲートウェイにつながりました")),
                ..television()
            },
        ),
    ]
}

fn page(kind: PageKind, title: &str, lead: &str, layout: Layout, items: Vec<Item>) -> PageView {
    PageView {
        kind,
        title: say(title),
        lead: (!lead.is_empty()).then(|| say(lead)),
        detail: None,
        body: Body::Empty,
        layout,
        items,
        focus: 0,
        hint: say(CHOOSE),
        status: None,
    }
}

fn full(page: PageView) -> View {
    View { picture: PictureView { notice: None, covered: true }, page: Some(page), ..television() }
}

fn over_picture(page: PageView) -> View {
    View { page: Some(page), ..television() }
}

fn home() -> PageView {
    let items = vec![
        item("今日の調子", "まだお答えがありません", Some(Icon::Heart)),
        item("カードでログイン", "健診・手続きなど", Some(Icon::Card)),
        item("避難の計画", "わが家の避難先", Some(Icon::Route)),
        item("見た人の記録", "だれが私の情報を見たか", Some(Icon::Eye)),
        item("設定", "文字・ことば・声", Some(Icon::Settings)),
    ];
    let layout = Layout::Tiles { columns: 5 };
    let mut home = page(PageKind::Home, "ホーム", "", layout, items);
    home.status = Some(say("こんにちは、中村 ハナさん"));
    home
}

fn daily() -> Vec<(&'static str, View)> {
    let faces = vec![
        item("元気です", "", Some(Icon::FaceGood)),
        item("ふつうです", "", Some(Icon::FaceNormal)),
        item("よくないです", "", Some(Icon::FaceBad)),
    ];
    let tiles = Layout::Tiles { columns: 3 };
    let mut question =
        page(PageKind::CheckIn, "今日の調子", "ハナさん、今日の調子はいかがですか。", tiles, faces);
    question.focus = 1;
    let mut done = page(
        PageKind::CheckInDone,
        "ありがとうございました",
        "「元気です」とお伝えしました。",
        Layout::Row,
        vec![item("テレビに戻る", "", Some(Icon::Television)), item("取り消す", "", None)],
    );
    done.detail = Some(say("町の保健センターに届きます。"));
    done.body = Body::Picture(Icon::Check);
    vec![
        ("page-home", over_picture(home())),
        ("page-check-in", full(question.clone())),
        ("page-check-in-over", over_picture(question)),
        ("page-check-in-done", full(done)),
    ]
}

fn pin(entered: u8, tries_left: u8) -> PageView {
    let mut keys: Vec<Item> =
        (1..=9).map(|digit: u8| item(&digit.to_string(), "", None)).collect();
    keys.extend([item("訂正", "", None), item("0", "", None), item("決定", "", None)]);
    let mut page = page(
        PageKind::Pin,
        "暗証番号",
        "４けたの暗証番号を 押してください。",
        Layout::KeyPad,
        keys,
    );
    page.detail = Some(say("「健診の記録を見る」ために使います。"));
    page.body = Body::PinDots { entered, wanted: 4, tries_left };
    page.hint = say("リモコンの数字ボタンでも入力できます　　戻る：やめる");
    page.focus = 4;
    page
}

fn card() -> Vec<(&'static str, View)> {
    let trouble = |title: &str, lead: &str, detail: &str, icon, button: &str| {
        let items = vec![item(button, "", None)];
        let mut page = page(PageKind::CardTrouble, title, lead, Layout::Row, items);
        page.detail = Some(say(detail));
        page.body = Body::Picture(icon);
        full(page)
    };
    let mut last_try = page(
        PageKind::LastTry,
        "あと１回です",
        "次にまちがえると カードが使えなくなります。",
        Layout::Column,
        vec![
            item("やめておく", "あとで役場に聞く", None),
            item("番号を確かめて もう一度入れる", "", None),
        ],
    );
    last_try.detail = Some(say("使えなくなったときは、町役場の窓口で 直してもらえます。"));
    vec![
        (
            "card-prompt",
            trouble(
                "マイナンバーカード",
                "カードを カードリーダーに 入れてください。",
                "「健診の記録を見る」ために使います。カードの番号は読みません。",
                Icon::CardInsert,
                "やめる",
            ),
        ),
        ("card-pin", full(pin(2, 3))),
        ("card-pin-wrong", full(pin(0, 2))),
        ("card-last-try", full(last_try)),
        (
            "card-blocked",
            trouble(
                "カードが使えません",
                "暗証番号を３回まちがえたので、カードが止まっています。",
                "町役場の窓口で 番号を直してもらえます。テレビはそのまま見られます。",
                Icon::CardBlocked,
                "ホームに戻る",
            ),
        ),
        (
            "card-welcome",
            trouble(
                "ようこそ",
                "こんにちは、中村 ハナさん。",
                "カードは抜いてもだいじょうぶです。",
                Icon::CardRemove,
                "次へ",
            ),
        ),
    ]
}

fn others() -> Vec<(&'static str, View)> {
    let row = |label: &str, value: &str| Row { label: say(label), value: say(value) };
    let mut log = page(
        PageKind::AccessLog,
        "見た人の記録",
        "",
        Layout::Row,
        vec![item("戻る", "", None), item("次のページ", "", None)],
    );
    log.focus = 1;
    log.body = Body::Rows {
        rows: vec![
            row("11月20日 9時15分", "保健センター　佐藤 恵：今日の調子"),
            row("11月19日 14時02分", "保健センター　佐藤 恵：今日の調子"),
            row("11月18日 10時40分", "防災課　山口 健：避難訓練の確認"),
            row("11月17日 9時08分", "保健センター　佐藤 恵：今日の調子"),
            row("11月16日 9時30分", "保健センター　佐藤 恵：相談の記録"),
        ],
        page: 1,
        pages: 3,
    };
    let mut plan = page(
        PageKind::EvacuationPlan,
        "わが家の避難の計画",
        "",
        Layout::Row,
        vec![item("ホームに戻る", "", None)],
    );
    plan.body = Body::Rows {
        rows: vec![
            row("津波のとき", "阿部老人憩の家 裏山"),
            row("大雨・土砂災害", "阿部集会所（２階以上に避難）"),
            row("手伝ってくれる人", "山下 一郎さん"),
            row("持っていくもの", "薬、めがね、お薬手帳"),
        ],
        page: 1,
        pages: 1,
    };
    let settings = page(
        PageKind::Settings,
        "設定",
        "",
        Layout::Column,
        vec![
            item("文字の大きさ", "ふつう", None),
            item("ことば", "日本語", None),
            item("声の案内", "入", None),
        ],
    );
    let colours = [ColourKey::Blue, ColourKey::Red, ColourKey::Green, ColourKey::Yellow];
    let labels = ["くわしく", "取り消す", "電話", "家族に伝える"];
    let items = labels
        .iter()
        .zip(colours)
        .map(|(label, key)| Item { shortcut: Some(key), ..item(label, "", None) })
        .collect();
    let notice = page(
        PageKind::Notice,
        "お知らせ",
        "いまは 役場とつながりません。お答えは 預かりました。つながったら 届けます。",
        Layout::Row,
        items,
    );
    vec![
        ("page-access-log", full(log)),
        ("page-plan", full(plan)),
        ("page-settings", full(settings)),
        ("page-notice", full(notice)),
        ("page-icons", full(icons())),
    ]
}

/// All pictures on one sheet.
fn icons() -> PageView {
    let icons = [
        Icon::Television, Icon::Card, Icon::CardInsert, Icon::CardRemove, Icon::CardBlocked,
        Icon::Reader, Icon::Heart, Icon::FaceGood, Icon::FaceNormal, Icon::FaceBad, Icon::Phone,
        Icon::Shelter, Icon::Walk, Icon::Hill, Icon::Upstairs, Icon::Slope, Icon::Bag, Icon::Gas,
        Icon::Neighbour, Icon::Stay, Icon::Route, Icon::Home, Icon::Eye, Icon::Settings,
        Icon::Check, Icon::Warning, Icon::Clock, Icon::Flood, Icon::Landslide, Icon::StormSurge,
        Icon::Earthquake, Icon::Tsunami, Icon::Fire, Icon::InlandFlood, Icon::Volcano,
    ];
    let items =
        icons.iter().map(|icon| item("", &format!("{icon:?}"), Some(*icon))).collect();
    page(PageKind::Notice, "絵の一覧", "", Layout::Tiles { columns: 9 }, items)
}
