//! Who may ask: pages and programs of this machine.
//!
//! A web page from anywhere can make this machine's browser call a loopback port. It cannot hide its `Origin`; and one that
//! points its own name at 127.0.0.1, so as to be of the same origin, cannot hide that name in `Host`.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, ORIGIN, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self' ws:; base-uri 'none'",
);
const REFUSAL: &str = "only for this machine: call it by 127.0.0.1 or localhost, from no other site\n";

/// Refuses foreign callers, and marks every answer.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match is_local(request.headers()) {
        true => next.run(request).await,
        false => (StatusCode::FORBIDDEN, REFUSAL).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether `Host` and `Origin`, where they are given, name the loopback.
fn is_local(headers: &HeaderMap) -> bool {
    let names_loopback = |name, host: fn(&str) -> Option<String>| {
        headers.get(name).is_none_or(|value: &HeaderValue| {
            value.to_str().ok().and_then(host).is_some_and(|host| is_loopback(&host))
        })
    };
    names_loopback(HOST, |text| Some(text.parse::<Authority>().ok()?.host().into()))
        && names_loopback(ORIGIN, |text| Some(text.parse::<Uri>().ok()?.host()?.into()))
}

/// Whether no page asks, or one of this very server: pages of other ports of this machine may look, not submit.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let asked = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    origin.zip(asked).is_some_and(|((_, origin), host)| origin.eq_ignore_ascii_case(host))
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_local() {
        let local = |pairs: &[(axum::http::HeaderName, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            is_local(&pairs.collect())
        };
        assert!(local(&[]));
        for host in ["localhost:8080", "LOCALHOST", "127.0.0.1:80", "127.1.2.3", "[::1]:8080"] {
            assert!(local(&[(HOST, host)]), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "a b", ""]
        {
            assert!(!local(&[(HOST, host)]), "{host}");
        }
        for origin in
            ["http://localhost:5173", "http://127.0.0.1:8080", "http://[::1]:8080", "https://localhost"]
        {
            assert!(local(&[(HOST, "localhost:8080"), (ORIGIN, origin)]), "{origin}");
        }
        for origin in
            ["https://evil.example", "null", "http://localhost@evil.example", "http://evil.example:8080", ""]
        {
            assert!(!local(&[(HOST, "localhost:8080"), (ORIGIN, origin)]), "{origin}");
        }
    }

    #[test]
    fn a_page_may_submit_only_to_the_server_that_it_came_from() {
        let may = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static("localhost:8417"))]);
            headers.extend(origin.map(|origin| (ORIGIN, HeaderValue::from_static(origin))));
            is_same_origin(&headers)
        };
        assert!(may(None), "a program sends no origin");
        assert!(may(Some("http://localhost:8417")));
        for other in ["http://localhost:5173", "http://127.0.0.1:8417", "http://localhost", "null", ""] {
            assert!(!may(Some(other)), "{other}");
        }
    }
}
