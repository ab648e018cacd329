//! The pages, embedded in the program.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;

/// What `./x web` built; nothing where it has not run.
#[derive(rust_embed::Embed)]
#[folder = "dist/"]
#[allow_missing = true]
struct Dist;

const NOT_BUILT: &str = "the pages are not in this program: run ./x web and build it again\n";

pub(crate) async fn page(uri: Uri) -> Response {
    answer(uri.path(), |path| Dist::get(path).map(|file| file.data))
}

/// The file of a path. A path without an extension is a place inside the one page, which finds its way itself.
fn answer(path: &str, find: impl Fn(&str) -> Option<Cow<'static, [u8]>>) -> Response {
    let path = path.trim_start_matches('/');
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let path = if is_file { path } else { "index.html" };
    match find(path) {
        Some(bytes) => {
            ([(CONTENT_TYPE, content_type(path)), (CACHE_CONTROL, caching(path))], bytes).into_response()
        }
        None if is_file => (StatusCode::NOT_FOUND, "no such file\n").into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response(),
    }
}

/// The types that a build of the pages puts out.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Files under `assets/` carry a hash of their content in their name; the others are asked for each time.
fn caching(path: &str) -> &'static str {
    if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(path: &str) -> Option<Cow<'static, [u8]>> {
        let files = ["index.html", "assets/index-B1u2.js", "assets/inter.woff2", "burnbar.ograf.json"];
        files.contains(&path).then(|| Cow::Owned(path.as_bytes().to_vec()))
    }

    #[test]
    fn every_path_has_its_file_type_and_lifetime() {
        let (hour_less, for_ever) = ("no-cache", "public, max-age=31536000, immutable");
        for (path, content_type, caching) in [
            ("/", "text/html; charset=utf-8", hour_less),
            ("/cars/24", "text/html; charset=utf-8", hour_less),
            ("/assets/index-B1u2.js", "text/javascript; charset=utf-8", for_ever),
            ("/assets/inter.woff2", "font/woff2", for_ever),
            ("/burnbar.ograf.json", "application/json", hour_less),
        ] {
            let response = answer(path, built);
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()[CONTENT_TYPE], content_type, "{path}");
            assert_eq!(response.headers()[CACHE_CONTROL], caching, "{path}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_the_page() {
        for path in ["/assets/old-hash.js", "/favicon.ico", "/../Cargo.toml", "/v1.2/x.map"] {
            assert_eq!(answer(path, built).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn without_a_build_the_page_says_how_to_get_one() {
        assert_eq!(answer("/", |_| None).status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
