//! The stage of live television: the old picture stays until the first new one.
//!
//! It has its own `main`: see `own_screen`.

mod own_screen;

use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use gst::prelude::*;
use gtk::{glib, gsk, prelude::*};
use stb_app::player::{Moment, Screen, Stage, StageScreen, Witness};

/// Longest wait for something that must happen; far beyond what it takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
const SIDE: i32 = 200;

const BLACK: Colour = [0, 0, 0];
const BLUE: Colour = [255, 0, 0];
const RED: Colour = [0, 0, 255];

/// Blue, green and red.
type Colour = [u8; 3];

/// A coloured programme on its own sink.
struct Programme {
    pipeline: gst::Pipeline,
    sink: gst::Element,
    told: Arc<Mutex<Vec<Moment>>>,
}

impl Programme {
    fn new(screen: &StageScreen, pattern: &str) -> Self {
        let pipeline = gst::Pipeline::new();
        let source = gst::ElementFactory::make("videotestsrc")
            .property("is-live", true)
            .property_from_str("pattern", pattern)
            .build()
            .expect("plugins-base is installed");
        let sink = screen.sink().expect("the sink is linked in");
        pipeline.add_many([&source, &sink]).expect("both are new");
        source.link(&sink).expect("both have one pad");
        Self { pipeline, sink, told: Arc::default() }
    }

    fn witness(&self) -> Witness {
        let told = Arc::clone(&self.told);
        Box::new(move |moment| told.lock().expect("one at a time").push(moment))
    }

    fn told(&self) -> Vec<Moment> {
        self.told.lock().expect("one at a time").clone()
    }

    fn play(&self) {
        self.pipeline.set_state(gst::State::Playing).expect("a test source starts");
    }
}

impl Drop for Programme {
    fn drop(&mut self) {
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

/// Runs the main loop until it holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let late = std::rc::Rc::new(std::cell::Cell::new(false));
    let timer = glib::timeout_add_local_once(PATIENCE, {
        let late = late.clone();
        move || late.set(true)
    });
    while !holds() {
        assert!(!late.get(), "waited in vain: {what}");
        glib::MainContext::default().iteration(true);
    }
    if !late.get() {
        timer.remove();
    }
}

/// Colour in the middle of the stage.
fn middle(stage: &Stage) -> Colour {
    let snapshot = gtk::Snapshot::new();
    stage.snapshot(&snapshot, f64::from(SIDE), f64::from(SIDE));
    let node = snapshot.to_node().expect("something is drawn");
    let renderer = gsk::CairoRenderer::new();
    renderer.realize(gtk::gdk::Surface::NONE).expect("cairo needs nothing");
    let texture = renderer.render_texture(&node, None);
    renderer.unrealize();
    let stride = usize::try_from(texture.width()).expect("a width") * 4;
    let mut bytes = vec![0; stride * usize::try_from(texture.height()).expect("a height")];
    texture.download(&mut bytes, stride);
    let at = bytes.len() / 2 + stride / 2;
    [bytes[at], bytes[at + 1], bytes[at + 2]]
}

fn the_old_picture_stays_until_the_new_one(stage: &Stage) {
    let screen = stage.screen();
    until("size", || screen.size() == Some((SIDE, SIDE)));
    assert_eq!(middle(stage), BLACK);

    let red = Programme::new(&screen, "red");
    screen.expect(&red.sink, red.witness());
    red.play();
    until("red", || red.told() == [Moment::Shown, Moment::Painted]);
    assert_eq!(middle(stage), RED);

    let blue = Programme::new(&screen, "blue");
    screen.expect(&blue.sink, blue.witness());
    let drawn = std::rc::Rc::new(std::cell::Cell::new(0));
    let count = drawn.clone();
    stage.connect_invalidate_contents(move |_| count.set(count.get() + 1));
    until("three more pictures", || drawn.get() >= 3);
    assert_eq!(middle(stage), RED, "the new programme has no picture yet");
    assert_eq!(blue.told(), []);

    screen.expect(&red.sink, red.witness());
    let twice = [Moment::Shown, Moment::Painted].repeat(2);
    until("red again", || red.told() == twice);
    blue.play();
    let before = drawn.get();
    until("three more pictures", || drawn.get() >= before + 3);
    assert_eq!(middle(stage), RED, "the other programme is not expected any more");

    screen.expect(&blue.sink, blue.witness());
    until("blue", || blue.told() == [Moment::Shown, Moment::Painted]);
    assert_eq!(middle(stage), BLUE);
    drop(red);
    let before = drawn.get();
    until("three more pictures", || drawn.get() >= before + 3);
    assert_eq!(middle(stage), BLUE, "the end of the old programme changes nothing");
    assert_eq!(blue.told(), [Moment::Shown, Moment::Painted], "each is told once");

    let green = Programme::new(&screen, "green");
    screen.clear(&green.sink);
    let before = drawn.get();
    until("three more pictures", || drawn.get() >= before + 3);
    assert_eq!(middle(stage), BLUE, "another programme's end is not this one's");
    screen.clear(&blue.sink);
    until("black", || middle(stage) == BLACK);
}

/// A programme that ends takes its picture back, sometimes before the next one has one.
fn a_picture_that_was_taken_back_is_drawn_again(stage: &Stage) {
    let screen = stage.screen();
    let red = Programme::new(&screen, "red");
    screen.expect(&red.sink, red.witness());
    red.play();
    until("red", || red.told() == [Moment::Shown, Moment::Painted]);
    let paintable = red.sink.property::<gtk::gdk::Paintable>("paintable");
    drop(red);
    until("the picture is taken back", || paintable.intrinsic_width() == 0);
    assert_eq!(middle(stage), RED);
}

/// Pictures that take longer to draw than they last keep the thread drawing without a pause.
fn a_window_that_always_draws_shows_the_next_programme(stage: &Stage) {
    let screen = stage.screen();
    let drawing = glib::source::idle_add_local_full(glib::Priority::HIGH_IDLE, || {
        glib::ControlFlow::Continue
    });
    screen.make_ready();
    let player = thread::spawn(move || {
        let blue = Programme::new(&screen, "blue");
        screen.expect(&blue.sink, blue.witness());
        blue.play();
        blue
    });
    until("a sink", || player.is_finished());
    let blue = player.join().expect("a sink is made");
    until("blue", || blue.told().first() == Some(&Moment::Shown));
    drawing.remove();
}

const CHECKS: &[own_screen::Named<fn(&Stage)>] = &[
    ("the_old_picture_stays_until_the_new_one", the_old_picture_stays_until_the_new_one),
    ("a_picture_that_was_taken_back_is_drawn_again", a_picture_that_was_taken_back_is_drawn_again),
    (
        "a_window_that_always_draws_shows_the_next_programme",
        a_window_that_always_draws_shows_the_next_programme,
    ),
];

fn main() -> ExitCode {
    own_screen::run("640x480", CHECKS, |check| {
        gst::init().expect("the media framework is installed");
        gstgtk4::plugin_register_static().expect("it can be registered again");
        gtk::init().expect("xvfb-run gives a screen");
        let stage = Stage::default();
        let picture = gtk::Picture::for_paintable(&stage);
        let window = gtk::Window::builder().child(&picture).decorated(false).build();
        window.set_default_size(SIDE, SIDE);
        window.present();
        check(&stage);
        window.destroy();
    })
}
