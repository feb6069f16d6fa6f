//! The style sheet and the classes that the code sets.

use stb_core::view::TextScale;

/// The whole look.
pub(super) const SHEET: &str = include_str!("../../resources/tv.css");

/// Text sizes; exactly one is on the window.
pub(super) const SCALE_CLASSES: [&str; 3] = ["scale-100", "scale-125", "scale-150"];

/// The one focused element.
pub(super) const FOCUSED: &str = "focused";

pub(super) const fn scale_class(scale: TextScale) -> &'static str {
    match scale {
        TextScale::Normal => SCALE_CLASSES[0],
        TextScale::Large => SCALE_CLASSES[1],
        TextScale::Largest => SCALE_CLASSES[2],
    }
}

/// Gives the sheet to the display, once for each window; GTK keeps one copy.
pub(super) fn load() {
    let Some(display) = gtk::gdk::Display::default() else { return };
    let provider = gtk::CssProvider::new();
    provider.connect_parsing_error(|_, section, error| {
        tracing::error!(%error, at = %section.to_str(), "style sheet");
    });
    provider.load_from_data(SHEET);
    gtk::style_context_add_provider_for_display(
        &display,
        &provider,
        gtk::STYLE_PROVIDER_PRIORITY_APPLICATION,
    );
}

#[cfg(test)]
mod tests;
