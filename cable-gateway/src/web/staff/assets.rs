//! Style sheets and scripts, carried inside the binary.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// Address of a file, with a mark of its content, so that browsers may keep it for ever.
pub(super) fn url(path: &str) -> String {
    let mark = Files::get(path).map(|file| crate::encoding::hex(&file.metadata.sha256_hash()[..6]));
    format!("/static/{path}?v={}", mark.unwrap_or_default())
}

pub(super) async fn serve(Path(path): Path<String>) -> Response {
    let kind = match path.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    let Some(file) = Files::get(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, file.data.into_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, sha256: &str) {
        let file = Files::get(path).expect("a vendored file");
        assert_eq!(crate::encoding::hex(&file.metadata.sha256_hash()), sha256, "{path}");
    }

    #[test]
    fn vendored_files_are_the_published_ones() {
        check(
            "vendor/htmx-2.0.11.min.js",
            "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
        );
        check(
            "vendor/dads-tokens-1.1.9.css",
            "9ae71afcafb851083b01705ea5a997462c684b59d6bccf34419c79e4f9d92bb5",
        );
    }
}
