//! Samples of every page, the banner, the notice and the toast.

use stb_core::{
    phrase::{Phrase, say},
    view::{
        BannerView, Body, ColourKey, Icon, Item, Language, Layout, PageKind, PageView, PictureView,
        Row, View,
    },
};

use crate::television;

/// An item with a label and a picture.
pub(crate) fn item(label: Phrase, icon: Option<Icon>) -> Item {
    Item { label, note: None, icon, shortcut: None }
}

fn noted(label: Phrase, note: Phrase, icon: Option<Icon>) -> Item {
    Item { note: Some(note), ..item(label, icon) }
}

pub(crate) fn keyed(label: Phrase, icon: Option<Icon>, key: ColourKey) -> Item {
    Item { shortcut: Some(key), ..item(label, icon) }
}

/// Text as it is.
pub(crate) fn as_is(text: &str) -> Phrase {
    Phrase::new("screen-as-is").text("text", text)
}

pub(crate) fn all() -> Vec<(&'static str, View)> {
    let mut samples = pictures();
    samples.push(guide());
    samples.extend(daily());
    samples.extend(help());
    samples.extend(card());
    samples.extend(tables());
    samples.extend(settings());
    samples.extend(languages());
    samples.extend(support());
    samples
}

/// The operator's support asks how the box is.
fn support() -> Vec<(&'static str, View)> {
    let row = |label, value| Row { label, value };
    let rows = vec![
        row(say::diagnosis_reason(), say::diagnosis_reason_text("ときどき画面が止まるため")),
        row(say::diagnosis_sent_label(), say::diagnosis_sent_text()),
        row(say::diagnosis_kept_label(), say::diagnosis_kept_text()),
    ];
    let choices = vec![item(say::diagnosis_no(), None), item(say::diagnosis_yes(), None)];
    let mut question = page(PageKind::Diagnosis, say::diagnosis_title(), Layout::Row, choices);
    question.lead = Some(say::diagnosis_lead());
    question.body = Body::Rows { rows, page: 1, pages: 1 };
    question.hint = say::diagnosis_hint();
    let finish = || vec![item(say::button_finish(), None)];
    let told = |title, lead, icon| {
        let mut told = page(PageKind::DiagnosisTold, title, Layout::Row, finish());
        (told.lead, told.body) = (Some(lead), Body::Picture(icon));
        shown(told)
    };
    let english = View { language: Language::En, ..shown(question.clone()) };
    let easy = View { language: Language::JaEasy, ..shown(question.clone()) };
    vec![
        ("page-diagnosis", shown(question)),
        ("page-diagnosis-english", english),
        ("page-diagnosis-easy", easy),
        (
            "page-diagnosis-later",
            told(say::diagnosis_later(), say::diagnosis_later_lead(), Icon::Clock),
        ),
        (
            "page-diagnosis-sent",
            told(say::diagnosis_thanks(), say::diagnosis_thanks_lead(), Icon::Check),
        ),
    ]
}

fn pictures() -> Vec<(&'static str, View)> {
    let channel = |number: &str, name: &str, state: Option<Phrase>| {
        let banner =
            BannerView::Channel { number: number.to_owned(), name: name.to_owned(), state };
        View { banner: Some(banner), ..television() }
    };
    let volume =
        |muted| View { banner: Some(BannerView::Volume { percent: 45, muted }), ..television() };
    let notice = PictureView { notice: Some(say::no_signal()), covered: false };
    vec![
        ("tv-banner", channel("3", "美波ケーブルテレビ", None)),
        ("tv-tuning", channel("12", "徳島ニュース", Some(say::tuning()))),
        ("tv-typing", channel("1", "", Some(say::typing_number()))),
        ("tv-volume", volume(false)),
        ("tv-muted", volume(true)),
        ("tv-hint", View { hint: Some(say::hint_begin()), ..television() }),
        ("tv-help", View { hint: Some(say::help_remains()), ..television() }),
        ("tv-help-unsent", View { hint: Some(say::help_remains_unsent()), ..television() }),
        ("tv-help-seen", View { hint: Some(say::help_seen()), ..television() }),
        (
            "tv-notice",
            View { picture: notice, toast: Some(say::toast_session_ended()), ..television() },
        ),
    ]
}

fn guide() -> (&'static str, View) {
    let channel = |number, name: &str| item(say::guide_channel(number, name), None);
    let mut present = channel(3, "美波ケーブルテレビ");
    present.icon = Some(Icon::Check);
    present.note = Some(say::guide_present());
    let items = vec![
        channel(1, "ＮＨＫ総合 徳島"),
        present,
        channel(4, "四国放送テレビ"),
        channel(101, "徳島の山と海をながめるだけの番組ばかりのチャンネル"),
        item(say::button_next_page(), None),
    ];
    let mut page = page(PageKind::Guide, say::guide_title(), Layout::Column, items);
    page.lead = Some(say::guide_lead());
    page.focus = 1;
    ("page-guide", View { page: Some(page), ..television() })
}

fn page(kind: PageKind, title: Phrase, layout: Layout, items: Vec<Item>) -> PageView {
    PageView {
        kind,
        title,
        lead: None,
        detail: None,
        body: Body::Empty,
        layout,
        items,
        focus: 0,
        hint: say::hint_choose(),
        status: None,
    }
}

fn shown(page: PageView) -> View {
    View { page: Some(page), ..television() }
}

fn home() -> PageView {
    let items = vec![
        noted(say::tile_check_in(), say::tile_check_in_note(), Some(Icon::Heart)),
        noted(say::tile_login(), say::tile_login_note(), Some(Icon::Card)),
        noted(say::tile_plan(), say::tile_plan_note(), Some(Icon::Shelter)),
        noted(say::tile_access_log(), say::tile_access_log_note(), Some(Icon::Eye)),
        noted(say::tile_services(), say::tile_services_note(), Some(Icon::Check)),
        noted(say::tile_settings(), say::tile_settings_note(), Some(Icon::Settings)),
    ];
    let mut home = page(PageKind::Home, say::home_title(), Layout::Tiles { columns: 3 }, items);
    home.lead = Some(say::home_lead());
    home.status = Some(say::status_greeting("中村 ハナ", "ナカムラ ハナ"));
    home
}

/// The home page and the page of a call for help that outlived its order.
fn help() -> Vec<(&'static str, View)> {
    let mut home = home();
    let call = noted(say::tile_help(), say::tile_help_note(), Some(Icon::Neighbour));
    home.items[4] = call;
    home.focus = 4;
    let mut known = self::home();
    known.items[1] = noted(say::tile_pin(), say::tile_pin_note(), Some(Icon::Card));
    known.items[3] = noted(say::tile_order(), say::tile_order_note(), Some(Icon::Warning));
    known.focus = 3;
    let choices = vec![item(say::help_keep(), Some(Icon::Check)), item(say::help_end(), None)];
    let mut help = page(PageKind::Notice, say::help_title(), Layout::Row, choices);
    help.lead = Some(say::answer_delivered());
    help.detail = Some(say::help_detail());
    help.body = Body::Picture(Icon::Neighbour);
    let mut unsent = help.clone();
    unsent.lead = Some(say::answer_later_call());
    vec![
        ("page-home-help", shown(home)),
        ("page-home-order", shown(known)),
        ("page-help", shown(help)),
        ("page-help-unsent", shown(unsent)),
    ]
}

fn daily() -> Vec<(&'static str, View)> {
    let faces = vec![
        keyed(say::condition_good(), Some(Icon::FaceGood), ColourKey::Blue),
        keyed(say::condition_normal(), Some(Icon::FaceNormal), ColourKey::Green),
        keyed(say::condition_bad(), Some(Icon::FaceBad), ColourKey::Red),
    ];
    let mut question = page(PageKind::CheckIn, say::check_in_title(), Layout::Row, faces);
    question.lead = Some(say::greeting("中村 ハナ", "ナカムラ ハナ"));
    let mut again = question.clone();
    again.detail = Some(say::check_in_again());
    again.focus = 1;
    let choices = vec![item(say::contact_yes(), Some(Icon::Phone)), item(say::contact_no(), None)];
    let mut contact = page(PageKind::CheckIn, say::contact_title(), Layout::Row, choices);
    contact.lead = Some(say::contact_lead());
    contact.detail = Some(say::contact_kept());
    contact.hint = say::hint_contact();
    let mut done = page(
        PageKind::CheckInDone,
        say::check_in_done(),
        Layout::Row,
        vec![
            item(say::button_finish(), None),
            keyed(say::check_in_undo(), None, ColourKey::Yellow),
        ],
    );
    done.lead = Some(say::answered(say::condition_good()));
    done.detail = Some(say::check_in_sent_later());
    done.body = Body::Picture(Icon::Check);
    let mut bad = done.clone();
    bad.lead = Some(say::answered_contact(say::condition_bad(), say::contact_no()));
    bad.detail = Some(say::check_in_delivered());
    let mut withdrawn = done.clone();
    withdrawn.title = say::check_in_withdrawn();
    withdrawn.lead = None;
    withdrawn.detail = Some(say::check_in_withdrawn_standing(say::condition_good()));
    withdrawn.items[1] = item(say::check_in_answer_again(), None);
    let swapped = View { toast: Some(say::toast_session_ended()), ..shown(question.clone()) };
    let no_call = View { toast: Some(say::toast_no_call()), ..shown(home()) };
    vec![
        ("page-home", shown(home())),
        ("toast-over-question", swapped),
        ("toast-over-home", no_call),
        ("page-check-in", shown(question)),
        ("page-check-in-again", shown(again)),
        ("page-contact", shown(contact)),
        ("page-check-in-done", shown(done)),
        ("page-check-in-done-bad", shown(bad)),
        ("page-check-in-withdrawn", shown(withdrawn)),
    ]
}

fn pin(entered: u8, tries_left: u8) -> PageView {
    let mut keys: Vec<Item> = (1..=9).map(|digit| item(say::pad_digit(digit), None)).collect();
    keys.push(item(say::pad_clear(), None));
    keys.push(item(say::pad_digit(0), None));
    keys.push(item(say::pad_submit(), None));
    let mut page = page(PageKind::Pin, say::pin_title(), Layout::KeyPad, keys);
    page.lead = Some(say::purpose_login());
    page.body = Body::PinDots { entered, wanted: 4, tries_left };
    page.hint = say::hint_pin();
    page.focus = 4;
    page
}

/// A page with a picture and one button.
fn pictured(
    kind: PageKind,
    title: Phrase,
    lead: Phrase,
    detail: Option<Phrase>,
    icon: Icon,
    button: Phrase,
) -> View {
    let mut page = page(kind, title, Layout::Row, vec![item(button, None)]);
    page.lead = Some(lead);
    page.detail = detail;
    page.body = Body::Picture(icon);
    shown(page)
}

fn card() -> Vec<(&'static str, View)> {
    let mut wrong = pin(0, 2);
    wrong.detail = Some(say::pin_wrong());
    let choices = vec![item(say::last_try_stop(), None), item(say::last_try_go_on(), None)];
    let mut last_try = page(PageKind::LastTry, say::last_try_title(), Layout::Column, choices);
    last_try.lead = Some(say::last_try_lead());
    last_try.body = Body::Picture(Icon::Warning);
    let prompt = pictured(
        PageKind::CardPrompt,
        say::card_prompt_title(),
        say::purpose_access_log(),
        Some(say::card_prompt_detail()),
        Icon::CardInsert,
        say::button_stop(),
    );
    let busy = pictured(
        PageKind::CardBusy,
        say::card_checking(),
        say::card_keep_inserted(),
        None,
        Icon::Card,
        say::button_stop(),
    );
    let welcome = pictured(
        PageKind::Welcome,
        say::greeting("中村 ハナ", "ナカムラ ハナ"),
        say::welcome_lead(),
        Some(say::welcome_detail()),
        Icon::Check,
        say::button_home(),
    );
    vec![
        ("card-prompt", prompt),
        ("card-busy", busy),
        ("card-pin", shown(pin(2, 3))),
        ("card-pin-wrong", shown(wrong)),
        ("card-last-try", shown(last_try)),
        ("card-welcome", welcome),
    ]
}

fn tables() -> Vec<(&'static str, View)> {
    let row = |label: Phrase, value: Phrase| Row { label, value };
    let viewed = |day, purpose| {
        let time = say::access_log_time(11, day, 14, 5, "05");
        row(time, say::access_log_looks("美波町 保健センター 保健師", purpose, 2))
    };
    let pages = vec![
        item(say::button_next_page(), None),
        item(say::button_previous_page(), None),
        item(say::button_home(), Some(Icon::Home)),
    ];
    let mut log = page(PageKind::AccessLog, say::access_log_title(), Layout::Row, pages);
    log.lead = Some(say::access_log_lead());
    log.body = Body::Rows {
        rows: vec![
            viewed(20, "きょうの様子を確認"),
            viewed(19, "きょうの様子を確認"),
            viewed(18, "これまでの体調を確認"),
            viewed(17, "避難の状況を確認"),
            viewed(16, "避難の計画を確認"),
        ],
        page: 2,
        pages: 3,
    };
    let home = vec![item(say::button_home(), Some(Icon::Home))];
    let mut plan = page(PageKind::EvacuationPlan, say::plan_title(), Layout::Row, home);
    plan.lead = Some(say::plan_lead("阿部地区"));
    plan.body = Body::Rows {
        rows: vec![
            row(say::hazard_tsunami(), say::plan_place("阿部老人憩の家 裏山")),
            row(say::hazard_flood(), say::plan_no_place()),
            row(say::hazard_landslide(), say::plan_place_condition("阿部集会所", "２階以上に避難")),
            row(
                say::plan_name("中村 ハナ"),
                say::plan_person_helped(say::hazard_tsunami(), "阿部老人憩の家 裏山", "山下 一郎"),
            ),
        ],
        page: 1,
        pages: 1,
    };
    vec![("page-access-log", shown(log)), ("page-plan", shown(plan))]
}

fn settings() -> Vec<(&'static str, View)> {
    let entries = vec![
        noted(say::setting_scale(), say::scale_normal(), None),
        noted(say::setting_language(), say::language_ja(), None),
        noted(say::setting_speech(), say::speech_on(), None),
        item(say::button_home(), Some(Icon::Home)),
    ];
    let mut settings = page(PageKind::Settings, say::settings_title(), Layout::Column, entries);
    settings.lead = Some(say::settings_lead());
    let choices = vec![
        noted(say::scale_normal(), say::setting_chosen(), None),
        item(say::scale_large(), None),
        item(say::scale_largest(), None),
    ];
    let mut scale = page(PageKind::Settings, say::setting_scale(), Layout::Column, choices);
    scale.lead = Some(say::setting_scale_lead());
    scale.focus = 1;
    let mut simple = settings.clone();
    let keys = say::keys_simple_phone("0884-00-0000", "ゼロハチハチヨン");
    simple.detail = Some(say::two_sentences(keys, say::update_tonight()));
    simple.items.insert(3, noted(say::cards_title(), say::cards_note(), None));
    vec![
        ("page-settings-keys", shown(simple)),
        ("page-settings", shown(settings)),
        ("page-setting-scale", shown(scale)),
        ("page-icons", shown(icons())),
    ]
}

fn languages() -> Vec<(&'static str, View)> {
    let english = View { language: Language::En, ..shown(home()) };
    let easy = View { language: Language::JaEasy, ..shown(home()) };
    vec![("page-home-english", english), ("page-home-easy", easy)]
}

/// All pictures on one sheet.
fn icons() -> PageView {
    let icons = [
        Icon::Television,
        Icon::Card,
        Icon::CardInsert,
        Icon::CardRemove,
        Icon::CardBlocked,
        Icon::Reader,
        Icon::Heart,
        Icon::FaceGood,
        Icon::FaceNormal,
        Icon::FaceBad,
        Icon::Phone,
        Icon::Shelter,
        Icon::Walk,
        Icon::Hill,
        Icon::Upstairs,
        Icon::Slope,
        Icon::Bag,
        Icon::Gas,
        Icon::Neighbour,
        Icon::Stay,
        Icon::Route,
        Icon::Home,
        Icon::Eye,
        Icon::Settings,
        Icon::Check,
        Icon::Warning,
        Icon::Clock,
        Icon::Flood,
        Icon::Landslide,
        Icon::StormSurge,
        Icon::Earthquake,
        Icon::Tsunami,
        Icon::Fire,
        Icon::InlandFlood,
        Icon::Volcano,
    ];
    let drawn = |icon: &Icon| noted(as_is(""), as_is(&format!("{icon:?}")), Some(*icon));
    let items = icons.iter().map(drawn).collect();
    page(PageKind::Notice, as_is("絵の一覧"), Layout::Tiles { columns: 9 }, items)
}
