//! Views become widgets: focus, layers, what stays untouched, and that nothing leaves the screen.
//!
//! It has its own `main`: see `own_screen`.

#[expect(dead_code, unreachable_pub, reason = "written for the tests of the core")]
#[path = "../../stb-core/tests/evening/card.rs"]
mod card;
#[path = "../examples/gallery/first_start.rs"]
mod first_start;
#[path = "../examples/gallery/journeys.rs"]
mod journeys;
#[path = "../examples/gallery/orders.rs"]
mod orders;
mod own_screen;
#[path = "../examples/gallery/pages.rs"]
mod pages;
#[expect(dead_code, unreachable_pub, reason = "written for the tests of the core")]
#[path = "../../stb-core/tests/evening/television.rs"]
mod television;
#[path = "screen/text_size.rs"]
mod text_size;
#[expect(dead_code, unreachable_pub, reason = "written for the tests of the core")]
#[path = "../../stb-core/tests/evening/town.rs"]
mod town;

use std::{
    cell::{Cell, OnceCell},
    process::ExitCode,
    rc::Rc,
};

use gtk::{glib, graphene::Rect, prelude::*};
use stb_app::ui::{HEIGHT, WIDTH, Window};
use stb_core::{
    phrase::say,
    view::{BannerView, Language, PictureView, TakeoverStage, TextScale, View},
};

const SCALES: [TextScale; 3] = [TextScale::Normal, TextScale::Large, TextScale::Largest];
/// Wider than anything.
const WIDEST: i32 = 1 << 20;

/// Labels may touch; rounding of a scaled layout moves them by less than this.
const TOLERANCE: f32 = 2.0;
/// Keeps phrases together; would only disturb a message.
const WORD_JOINER: char = '\u{2060}';

/// Live television and nothing else.
fn television() -> View {
    View {
        scale: TextScale::Normal,
        language: Language::Ja,
        picture: PictureView { notice: None, covered: false },
        hint: None,
        banner: None,
        page: None,
        toast: None,
        takeover: None,
    }
}

struct Screen {
    window: Window,
    painted: Rc<Cell<u64>>,
}

impl Screen {
    fn open() -> Self {
        let app = gtk::Application::new(None::<&str>, gtk::gio::ApplicationFlags::NON_UNIQUE);
        app.register(gtk::gio::Cancellable::NONE).expect("no bus is needed");
        let window = Window::new(&app, None);
        let painted = Rc::new(Cell::new(0));
        let newest = Rc::clone(&painted);
        window.connect_painted(move |change| newest.set(change));
        window.present(false);
        Self { window, painted }
    }

    /// Applies the view and waits until it is painted.
    fn show(&self, view: &View) -> u64 {
        let change = self.window.apply(view);
        while self.painted.get() < change {
            glib::MainContext::default().iteration(true);
        }
        change
    }

    fn root(&self) -> gtk::Widget {
        self.window.gtk_window().child().expect("the window has content")
    }

    fn layer(&self, name: &str) -> gtk::Widget {
        let all = descendants(&self.root());
        all.into_iter().find(|widget| widget.widget_name() == name).expect("every layer has a name")
    }

    fn visible(&self) -> Vec<gtk::Widget> {
        let mut all = descendants(&self.root());
        all.retain(WidgetExt::is_mapped);
        all
    }

    fn with_class(&self, class: &str) -> Vec<gtk::Widget> {
        self.visible().into_iter().filter(|widget| widget.has_css_class(class)).collect()
    }

    fn texts(&self) -> Vec<gtk::Label> {
        let labels = self.visible().into_iter().filter_map(|it| it.downcast::<gtk::Label>().ok());
        labels.filter(|label| !label.text().is_empty()).collect()
    }
}

/// The widget and everything below it.
fn descendants(widget: &gtk::Widget) -> Vec<gtk::Widget> {
    let mut all = vec![widget.clone()];
    let mut child = widget.first_child();
    while let Some(present) = child {
        all.extend(descendants(&present));
        child = present.next_sibling();
    }
    all
}

fn samples() -> Vec<(&'static str, View)> {
    let pages = pages::all().into_iter().chain(orders::all());
    pages.chain(journeys::all()).chain(first_start::all()).collect()
}

#[track_caller]
fn sample(name: &str) -> View {
    let found = samples().into_iter().find(|(each, _)| *each == name);
    found.unwrap_or_else(|| panic!("no sample {name}")).1
}

fn exactly_one_element_has_the_focus(screen: &Screen) {
    for (name, view) in samples() {
        screen.show(&view);
        let takes_keys = view.takeover.as_ref().is_some_and(|order| !order.answers.is_empty());
        let expected = usize::from(view.page.is_some() || takes_keys);
        assert_eq!(screen.with_class("focused").len(), expected, "{name}");
    }
}

fn an_order_takes_the_focus_from_the_page_below(screen: &Screen) {
    let mut view = sample("page-home");
    view.takeover = sample("order-band").takeover;
    screen.show(&view);
    let focused = screen.with_class("focused");
    assert_eq!(focused.len(), 1);
    assert!(focused[0].is_ancestor(&screen.layer("takeover")));
}

fn moving_the_focus_touches_nothing_else(screen: &Screen) {
    for name in ["page-home", "card-pin", "page-settings", "page-check-in"] {
        let mut view = sample(name);
        screen.show(&view);
        let before = screen.visible();
        let first = screen.with_class("focused");
        view.page.as_mut().expect("the sample has a page").focus = 2;
        screen.show(&view);
        assert_eq!(screen.visible(), before, "{name}: the same widgets");
        assert_ne!(screen.with_class("focused"), first, "{name}");
    }
    let mut view = sample("order-whole");
    screen.show(&view);
    let before = screen.visible();
    view.takeover.as_mut().expect("the sample has an order").focus = 2;
    screen.show(&view);
    assert_eq!(screen.visible(), before);
}

fn a_digit_of_the_pin_keeps_the_number_pad(screen: &Screen) {
    screen.show(&sample("card-pin-wrong"));
    let before = screen.with_class("key");
    assert_eq!(before.len(), 12);
    screen.show(&sample("card-pin"));
    assert_eq!(screen.with_class("key"), before);
    let dots = screen.with_class("pin-dot");
    assert_eq!(dots.iter().filter(|dot| !dot.has_css_class("empty")).count(), 2);
}

fn layers_do_not_disturb_each_other(screen: &Screen) {
    let mut view = sample("page-home");
    screen.show(&view);
    let page = descendants(&screen.layer("page"));
    view.toast = Some(say::toast_session_ended());
    view.banner = Some(BannerView::Volume { percent: 30, muted: false });
    view.takeover = sample("order-notice").takeover;
    screen.show(&view);
    assert_eq!(descendants(&screen.layer("page")), page);
}

fn hidden_layers_are_invisible(screen: &Screen) {
    screen.show(&sample("order-whole"));
    screen.show(&television());
    for name in ["notice", "banner", "page", "toast", "takeover"] {
        assert!(!screen.layer(name).is_visible(), "{name}");
    }
    assert!(screen.layer("picture").is_visible());
    for name in ["order-whole", "card-pin"] {
        screen.show(&sample(name));
        assert!(!screen.layer("picture").is_visible(), "{name}: it would cost and not be seen");
    }
}

fn the_same_view_is_no_change(screen: &Screen) {
    let change = screen.show(&sample("page-settings"));
    assert_eq!(screen.window.apply(&sample("page-settings")), change);
    assert_eq!(screen.show(&television()), change + 1);
}

fn another_language_speaks_at_once(screen: &Screen) {
    let words = || screen.texts().iter().map(gtk::Label::text).collect::<Vec<_>>();
    for name in ["page-settings", "order-whole", "tv-notice", "tv-tuning"] {
        let view = sample(name);
        screen.show(&view);
        let japanese = words();
        screen.show(&View { language: Language::En, ..view.clone() });
        assert_ne!(words(), japanese, "{name}");
        screen.show(&view);
        assert_eq!(words(), japanese, "{name}");
    }
}

fn a_drill_is_marked_and_a_real_order_is_not(screen: &Screen) {
    for stage in ["notice", "band", "large", "whole"] {
        screen.show(&sample(&format!("drill-{stage}")));
        assert_eq!(screen.with_class("ribbon").len(), 1, "{stage}");
        screen.show(&sample(&format!("order-{stage}")));
        assert_eq!(screen.with_class("ribbon").len(), 0, "{stage}");
    }
}

fn nothing_leaves_the_screen_or_overlaps(screen: &Screen) {
    for (name, view) in samples() {
        for scale in SCALES {
            screen.show(&View { scale, ..view.clone() });
            let remark = view.toast.is_some() && view.page.is_some();
            if !remark {
                check_places(screen, &format!("{name} {scale:?}"));
            }
        }
    }
}

/// What an order says ends in no ellipsis; only the names of a large family may, above the picture.
fn nothing_of_an_order_is_cut(screen: &Screen) {
    for (name, view) in samples() {
        let Some(stage) = view.takeover.as_ref().map(|takeover| takeover.stage) else { continue };
        for scale in SCALES {
            screen.show(&View { scale, ..view.clone() });
            for label in screen.texts() {
                let may_be_cut = stage < TakeoverStage::FullScreen && label.has_css_class("names");
                let is_cut = label.layout().is_ellipsized();
                assert!(!is_cut || may_be_cut, "{name} {scale:?}: {}", label.text());
            }
        }
    }
}

/// A place without a name gives way to the one that serves otherwise.
fn some_place_is_named_at_every_text_size(screen: &Screen) {
    for scale in SCALES {
        screen.show(&View { scale, ..sample("hard-nameless-whole") });
        let fallback = "由岐小学校 体育館";
        let is_named = screen.texts().iter().any(|label| plain(label).contains(fallback));
        assert!(is_named, "{scale:?}");
    }
}

fn plain(label: &gtk::Label) -> String {
    label.text().replace(WORD_JOINER, "")
}

/// Emoji come with messages of every town office.
fn letters_that_no_face_has_are_no_boxes(screen: &Screen) {
    screen.show(&sample("hard-rare-whole"));
    for label in screen.texts() {
        assert_eq!(label.layout().unknown_glyphs_count(), 0, "{}", label.text());
    }
    let words = screen.with_class("reason").into_iter().next().and_downcast::<gtk::Label>();
    let words = words.map(|label| plain(&label)).unwrap_or_default();
    assert!(words.contains("〓川の水が〓あふれます"), "{words}");
    assert!(words.contains('①'), "{words}");
}

/// A remark stands where no headline does.
fn a_remark_covers_no_word_of_a_page(screen: &Screen) {
    let root = screen.root();
    for name in ["toast-over-question", "toast-over-home"] {
        for scale in SCALES {
            screen.show(&View { scale, ..sample(name) });
            let remark = screen.layer("toast").compute_bounds(&root).expect("it is shown");
            for label in screen.texts() {
                let is_below = label.is_ancestor(&screen.layer("page"));
                let place = label.compute_bounds(&root).filter(|_| is_below);
                let covered = place.and_then(|place| place.intersection(&remark));
                let is_seen = label.opacity() > 0.0;
                assert!(covered.is_none() || !is_seen, "{name} {scale:?}: {}", label.text());
            }
        }
    }
    screen.show(&View { toast: None, ..sample("toast-over-home") });
    let hint = screen.with_class("hint").into_iter().next().expect("the page has a hint");
    assert!(hint.opacity() > 0.0, "it comes back");
}

fn a_name_beside_the_title_is_not_broken(screen: &Screen) {
    let mut view = sample("page-home");
    if let Some(page) = &mut view.page {
        page.title = say::check_in_title();
    }
    for scale in SCALES {
        screen.show(&View { scale, ..view.clone() });
        let status = screen.with_class("status").into_iter().next().expect("somebody is known");
        let label = status.downcast::<gtk::Label>().expect("a status is a text");
        assert_eq!(label.layout().line_count(), 1, "{scale:?}: {}", label.text());
    }
}

/// No label of a tile takes more than two lines, at any text size.
fn tiles_are_named_in_two_lines(screen: &Screen) {
    let homes = ["page-home", "page-home-order", "page-home-help", "page-home-easy"];
    for name in homes.into_iter().chain(["under-order-home", "journey-home"]) {
        for scale in SCALES {
            screen.show(&View { scale, ..sample(name) });
            let captions = screen.with_class("caption");
            assert!(!captions.is_empty(), "{name} {scale:?}: nothing is named");
            for caption in captions {
                let label = caption.downcast::<gtk::Label>().expect("a caption is a text");
                let lines = label.layout().line_count();
                assert!(lines <= 2, "{name} {scale:?}: {} in {lines} lines", label.text());
            }
        }
    }
}

#[track_caller]
/// A box that says of itself that it is lower than its own line of text cannot be laid out: GTK complains, and what
/// stands below may be covered.
fn everything_is_as_high_as_it_says(screen: &Screen) {
    for (name, view) in samples() {
        for scale in SCALES {
            screen.show(&View { scale, ..view.clone() });
            // The innermost one comes last.
            let low = screen.visible().into_iter().rfind(|widget| {
                let height = |width| widget.measure(gtk::Orientation::Vertical, width).0;
                height(-1) < height(WIDEST)
            });
            let texts = low.iter().flat_map(descendants).filter_map(|it| it.downcast().ok());
            let texts: Vec<_> = texts.map(|label: gtk::Label| plain(&label)).collect();
            assert!(low.is_none(), "{name} {scale:?}: {low:?} {texts:?}");
        }
    }
}

fn check_places(screen: &Screen, name: &str) {
    let root = screen.root();
    let places: Vec<(String, Rect)> = screen
        .texts()
        .into_iter()
        .filter_map(|label| {
            Some((label.text().replace(WORD_JOINER, ""), label.compute_bounds(&root)?))
        })
        .collect();
    for (index, (text, place)) in places.iter().enumerate() {
        assert!(is_on_screen(place), "{name}: {text} at {place:?}");
        for (other, other_place) in &places[index + 1..] {
            let common = place.intersection(other_place);
            let is_large =
                |common: &Rect| common.width() > TOLERANCE && common.height() > TOLERANCE;
            assert!(!common.as_ref().is_some_and(is_large), "{name}: {text} lies over {other}");
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "screen sizes are small")]
fn is_on_screen(place: &Rect) -> bool {
    place.x() >= -TOLERANCE
        && place.y() >= -TOLERANCE
        && place.x() + place.width() <= WIDTH as f32 + TOLERANCE
        && place.y() + place.height() <= HEIGHT as f32 + TOLERANCE
}

const CHECKS: &[own_screen::Named<fn(&Screen)>] = &[
    ("exactly_one_element_has_the_focus", exactly_one_element_has_the_focus),
    ("an_order_takes_the_focus_from_the_page_below", an_order_takes_the_focus_from_the_page_below),
    ("moving_the_focus_touches_nothing_else", moving_the_focus_touches_nothing_else),
    ("a_digit_of_the_pin_keeps_the_number_pad", a_digit_of_the_pin_keeps_the_number_pad),
    ("layers_do_not_disturb_each_other", layers_do_not_disturb_each_other),
    ("hidden_layers_are_invisible", hidden_layers_are_invisible),
    ("the_same_view_is_no_change", the_same_view_is_no_change),
    ("another_language_speaks_at_once", another_language_speaks_at_once),
    ("a_drill_is_marked_and_a_real_order_is_not", a_drill_is_marked_and_a_real_order_is_not),
    ("nothing_leaves_the_screen_or_overlaps", nothing_leaves_the_screen_or_overlaps),
    (
        "the_steps_on_the_full_screen_are_read_from_the_sofa",
        text_size::the_steps_on_the_full_screen_are_read_from_the_sofa,
    ),
    ("the_text_size_reaches_the_full_screen", text_size::the_text_size_reaches_the_full_screen),
    ("nothing_of_an_order_is_cut", nothing_of_an_order_is_cut),
    ("some_place_is_named_at_every_text_size", some_place_is_named_at_every_text_size),
    ("letters_that_no_face_has_are_no_boxes", letters_that_no_face_has_are_no_boxes),
    ("a_remark_covers_no_word_of_a_page", a_remark_covers_no_word_of_a_page),
    ("the_text_size_reaches_the_answers", text_size::the_text_size_reaches_the_answers),
    ("a_name_beside_the_title_is_not_broken", a_name_beside_the_title_is_not_broken),
    ("tiles_are_named_in_two_lines", tiles_are_named_in_two_lines),
    ("everything_is_as_high_as_it_says", everything_is_as_high_as_it_says),
    (
        "the_text_size_reaches_the_pages_above_an_order",
        text_size::the_text_size_reaches_the_pages_above_an_order,
    ),
    (
        "the_way_and_who_helps_stay_with_the_order",
        text_size::the_way_and_who_helps_stay_with_the_order,
    ),
];

fn main() -> ExitCode {
    let screen = OnceCell::new();
    own_screen::run("1920x1080", CHECKS, |check| {
        check(screen.get_or_init(|| {
            gtk::init().expect("xvfb-run gives a screen");
            Screen::open()
        }));
    })
}
