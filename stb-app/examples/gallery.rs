//! Draws every kind of page and order at the three text sizes and saves each as a picture.
//!
//! `cargo run -p stb-app --example gallery -- [FOLDER] [NAME...]`; starts a virtual screen of its
//! own when there is none. Look at the pictures: this is how the look is judged.

#[expect(dead_code, unreachable_pub, reason = "written for the tests of the core")]
#[path = "../../stb-core/tests/evening/card.rs"]
mod card;
#[path = "gallery/first_start.rs"]
mod first_start;
#[path = "gallery/journeys.rs"]
mod journeys;
#[path = "gallery/orders.rs"]
mod orders;
#[path = "gallery/pages.rs"]
mod pages;
#[path = "gallery/scenery.rs"]
mod scenery;
#[expect(dead_code, unreachable_pub, reason = "written for the tests of the core")]
#[path = "../../stb-core/tests/evening/television.rs"]
mod television;
#[expect(dead_code, unreachable_pub, reason = "written for the tests of the core")]
#[path = "../../stb-core/tests/evening/town.rs"]
mod town;

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    rc::Rc,
};

use gtk::{gdk, glib, graphene, gsk, prelude::*};
use stb_app::ui::{HEIGHT, WIDTH, Window};
use stb_core::view::{Language, PictureView, TextScale, View};

const SCALES: [(TextScale, &str); 3] =
    [(TextScale::Normal, "100"), (TextScale::Large, "125"), (TextScale::Largest, "150")];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "/tmp/gallery".to_owned()));
    let wanted: Vec<String> = arguments.collect();
    if std::env::var_os("DISPLAY").is_none() {
        return again_with_a_screen();
    }
    if let Err(error) = gtk::init().and_then(|()| draw_all(&folder, &wanted)) {
        eprintln!("gallery: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Runs the same program below xvfb-run.
fn again_with_a_screen() -> ExitCode {
    let status = Command::new("xvfb-run")
        .args(["-a", "-s", "-screen 0 1920x1080x24"])
        .args(std::env::args_os())
        .env("GSK_RENDERER", "cairo")
        .env("GTK_A11Y", "none")
        .env("GDK_BACKEND", "x11")
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn draw_all(folder: &Path, wanted: &[String]) -> Result<(), glib::BoolError> {
    std::fs::create_dir_all(folder).map_err(|error| glib::bool_error!("{error}"))?;
    let app = gtk::Application::new(None::<&str>, gtk::gio::ApplicationFlags::NON_UNIQUE);
    app.register(gtk::gio::Cancellable::NONE).map_err(|error| glib::bool_error!("{error}"))?;
    let scenery = scenery::texture()?;
    let window = Window::new(&app, Some(scenery.upcast_ref()));
    let painted = Rc::new(Cell::new(0));
    let newest = Rc::clone(&painted);
    window.connect_painted(move |change| newest.set(change));
    window.present(false);
    for (name, view) in views() {
        if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
            let change = window.apply(&view);
            while painted.get() < change {
                glib::MainContext::default().iteration(true);
            }
            save(&window, &folder.join(format!("{name}.png")))?;
        }
    }
    Ok(())
}

/// What stands on the screen, drawn once more into a picture.
fn save(window: &Window, file: &Path) -> Result<(), glib::BoolError> {
    let root = window.gtk_window().child().ok_or_else(|| glib::bool_error!("empty window"))?;
    let paintable = gtk::WidgetPaintable::new(Some(&root));
    let snapshot = gtk::Snapshot::new();
    paintable.snapshot(&snapshot, f64::from(WIDTH), f64::from(HEIGHT));
    let node = snapshot.to_node().ok_or_else(|| glib::bool_error!("nothing drawn"))?;
    let renderer = gsk::CairoRenderer::new();
    renderer.realize(gdk::Surface::NONE).map_err(|error| glib::bool_error!("{error}"))?;
    #[expect(clippy::cast_precision_loss, reason = "screen sizes are small")]
    let board = graphene::Rect::new(0.0, 0.0, WIDTH as f32, HEIGHT as f32);
    let texture = renderer.render_texture(&node, Some(&board));
    renderer.unrealize();
    texture.save_to_png(file)?;
    println!("{}", file.display());
    Ok(())
}

/// Every sample at every text size.
fn views() -> Vec<(String, View)> {
    let samples = pages::all().into_iter().chain(orders::all()).chain(journeys::all());
    let samples = samples.chain(first_start::all());
    samples.flat_map(|(name, view)| SCALES.map(|scale| scaled(name, &view, scale))).collect()
}

fn scaled(name: &str, view: &View, (scale, tag): (TextScale, &str)) -> (String, View) {
    (format!("{name}-{tag}"), View { scale, ..view.clone() })
}

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
