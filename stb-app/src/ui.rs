//! The screen: draws a [`View`] and decides nothing.
//!
//! The window shows the television picture with a fixed 1920x1080 drawing board over it, on which
//! the layers lie in a fixed order: notice, hint, page, banner, toast, takeover. [`Window::apply`]
//! compares each layer with what it shows and touches only what differs; a hidden layer is
//! invisible to GTK too, so that it costs nothing while a picture plays.

mod banner;
mod board;
mod body;
mod fit;
mod glyph;
mod item;
mod keys;
mod label;
mod line_break;
mod page;
mod painted;
mod sentence;
mod style;
mod takeover;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gtk::{gdk, prelude::*};
use stb_core::{
    key::{KeyAction, RemoteKey},
    view::{Language, TextScale, View},
};

use crate::text::Texts;
use banner::BannerLayer;
use board::Board;
use page::PageLayer;
use painted::PaintWatch;
use sentence::SentenceLayer;
use takeover::TakeoverLayer;

/// Width of the drawing board; every size in the style sheet is meant on it.
pub const WIDTH: i32 = 1920;
/// Height of the drawing board.
pub const HEIGHT: i32 = 1080;

/// The one window of the box.
#[derive(Clone)]
pub struct Window {
    parts: Rc<Parts>,
}

struct Parts {
    window: gtk::ApplicationWindow,
    picture: gtk::Picture,
    notice: SentenceLayer,
    hint: SentenceLayer,
    banner: BannerLayer,
    page: PageLayer,
    toast: SentenceLayer,
    takeover: TakeoverLayer,
    texts: RefCell<Texts>,
    shown: RefCell<Option<View>>,
    changes: Cell<u64>,
    watch: PaintWatch,
}

impl Window {
    /// A window that is not yet on the screen.
    pub fn new(app: &gtk::Application, video: Option<&gdk::Paintable>) -> Self {
        style::load();
        let parts = Parts {
            window: gtk::ApplicationWindow::new(app),
            picture: picture(video),
            notice: SentenceLayer::notice(),
            hint: SentenceLayer::hint(),
            banner: BannerLayer::new(),
            page: PageLayer::new(),
            toast: SentenceLayer::toast(),
            takeover: TakeoverLayer::new(),
            texts: RefCell::new(Texts::load(Language::default())),
            shown: RefCell::new(None),
            changes: Cell::new(0),
            watch: PaintWatch::default(),
        };
        parts.assemble();
        Self { parts: Rc::new(parts) }
    }

    /// Shows the picture of another source, or none.
    pub fn set_video(&self, video: Option<&gdk::Paintable>) {
        self.parts.picture.set_paintable(video);
    }

    /// Brings the screen to this view. Returns the number of the last change; once it is painted,
    /// the callback of [`Self::connect_painted`] hears this number.
    pub fn apply(&self, view: &View) -> u64 {
        let parts = &self.parts;
        if parts.shown.borrow().as_ref() != Some(view) {
            parts.draw(view);
            parts.shown.replace(Some(view.clone()));
            parts.changes.set(parts.changes.get() + 1);
            parts.watch.expect(&parts.window, parts.changes.get());
        }
        parts.changes.get()
    }

    /// Calls back after the frame that shows a change has been painted.
    pub fn connect_painted(&self, callback: impl Fn(u64) + 'static) {
        self.parts.watch.connect(callback);
    }

    /// Calls back for keys of a keyboard: a stand-in for the remote during development.
    pub fn connect_key(&self, callback: impl Fn(RemoteKey, KeyAction) + 'static) {
        self.parts.window.add_controller(keys::controller(callback));
    }

    /// Puts the window on the screen.
    pub fn present(&self, fullscreen: bool) {
        if fullscreen {
            self.parts.window.fullscreen();
        }
        self.parts.window.present();
    }

    /// The GTK window, for what the view has no word for.
    pub fn gtk_window(&self) -> &gtk::ApplicationWindow {
        &self.parts.window
    }
}

impl Parts {
    fn assemble(&self) {
        let layers = gtk::Overlay::new();
        layers.set_child(Some(&gtk::Box::new(gtk::Orientation::Vertical, 0)));
        layers.add_overlay(self.notice.root());
        layers.add_overlay(self.hint.root());
        layers.add_overlay(self.page.root());
        layers.add_overlay(self.banner.root());
        layers.add_overlay(self.toast.root());
        layers.add_overlay(self.takeover.root());
        let screen = gtk::Overlay::new();
        screen.set_child(Some(&self.picture));
        screen.add_overlay(&Board::new(&layers));
        self.window.set_child(Some(&screen));
        self.window.add_css_class("tv");
        self.window.set_title(Some("Hitokoe"));
        self.window.set_decorated(false);
        self.window.set_default_size(WIDTH, HEIGHT);
        self.window.set_cursor_from_name(Some("none"));
        self.watch.follow(&self.window);
    }

    fn draw(&self, view: &View) {
        self.set_language(view.language);
        self.set_scale(view.scale);
        let texts = &*self.texts.borrow();
        let is_covered = view.picture.covered || view.page.as_ref().is_some_and(page::covers_all);
        show(&self.picture, !is_covered);
        self.notice.apply(view.picture.notice.as_ref().filter(|_| !is_covered), texts);
        self.hint.apply(view.hint.as_ref(), texts);
        self.banner.apply(view.banner.as_ref(), texts);
        let has_focus = !view.takeover.as_ref().is_some_and(takeover::takes_keys);
        self.page.apply(view.page.as_ref(), has_focus, view.scale, texts);
        self.toast.apply(view.toast.as_ref(), texts);
        self.takeover.apply(view.takeover.as_ref(), view.scale, texts);
        // A page that has the keys makes room for the order below it; one that lost them is covered.
        let order = self.takeover.height();
        let below = if has_focus { order } else { 0 };
        self.page.leave_below(below);
        self.page.squeeze(below > 0 && view.scale > TextScale::Normal);
        self.banner.stand(view.page.is_some(), order);
        self.toast.stand(view.page.is_some(), order);
        self.page.give_way(view.toast.is_some());
    }

    /// Another language makes every layer speak anew.
    fn set_language(&self, language: Language) {
        if self.texts.borrow().language() == language {
            return;
        }
        self.texts.replace(Texts::load(language));
        self.notice.forget();
        self.hint.forget();
        self.banner.forget();
        self.page.forget();
        self.toast.forget();
        self.takeover.forget();
    }

    fn set_scale(&self, scale: TextScale) {
        let wanted = style::scale_class(scale);
        if self.window.has_css_class(wanted) {
            return;
        }
        for class in style::SCALE_CLASSES {
            self.window.remove_css_class(class);
        }
        self.window.add_css_class(wanted);
    }
}

fn picture(video: Option<&gdk::Paintable>) -> gtk::Picture {
    let picture = gtk::Picture::new();
    picture.set_widget_name("picture");
    picture.set_can_shrink(true);
    picture.set_content_fit(gtk::ContentFit::Contain);
    picture.set_paintable(video);
    picture
}

/// Shows or hides; touches the widget only when it must.
fn show(widget: &impl IsA<gtk::Widget>, is_shown: bool) {
    if widget.is_visible() != is_shown {
        widget.set_visible(is_shown);
    }
}
