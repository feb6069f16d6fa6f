//! A still picture in place of the television: sea, hills, evening sky.

use gtk::{cairo, gdk, glib};
use stb_app::ui::{HEIGHT, WIDTH};

pub(crate) fn texture() -> Result<gdk::MemoryTexture, glib::BoolError> {
    let mut surface = cairo::ImageSurface::create(cairo::Format::Rgb24, WIDTH, HEIGHT)
        .map_err(|error| glib::bool_error!("{error}"))?;
    draw(&surface).map_err(|error| glib::bool_error!("{error}"))?;
    let stride = usize::try_from(surface.stride()).unwrap_or_default();
    let data = surface.data().map_err(|error| glib::bool_error!("{error}"))?;
    let bytes = glib::Bytes::from(&*data);
    let format = gdk::MemoryFormat::B8g8r8a8Premultiplied;
    Ok(gdk::MemoryTexture::new(WIDTH, HEIGHT, format, &opaque(&bytes), stride))
}

/// Rgb24 leaves the fourth byte open.
fn opaque(bytes: &glib::Bytes) -> glib::Bytes {
    let mut data = bytes.to_vec();
    for pixel in data.chunks_exact_mut(4) {
        pixel[3] = 0xff;
    }
    glib::Bytes::from_owned(data)
}

fn draw(surface: &cairo::ImageSurface) -> Result<(), cairo::Error> {
    let context = cairo::Context::new(surface)?;
    let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
    let sky = cairo::LinearGradient::new(0.0, 0.0, 0.0, height);
    sky.add_color_stop_rgb(0.0, 0.36, 0.60, 0.85);
    sky.add_color_stop_rgb(0.45, 0.98, 0.88, 0.70);
    sky.add_color_stop_rgb(0.55, 0.95, 0.95, 0.92);
    sky.add_color_stop_rgb(0.56, 0.20, 0.48, 0.62);
    sky.add_color_stop_rgb(1.0, 0.85, 0.93, 0.95);
    context.set_source(&sky)?;
    context.rectangle(0.0, 0.0, width, height);
    context.fill()?;
    context.set_source_rgb(0.16, 0.42, 0.30);
    context.move_to(0.0, 640.0);
    context.curve_to(300.0, 380.0, 520.0, 420.0, 700.0, 560.0);
    context.curve_to(900.0, 430.0, 1200.0, 520.0, 1280.0, 640.0);
    context.close_path();
    context.fill()?;
    context.set_source_rgb(1.0, 0.97, 0.88);
    context.arc(1480.0, 300.0, 90.0, 0.0, std::f64::consts::TAU);
    context.fill()
}
