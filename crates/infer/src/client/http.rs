//! A small HTTP client: no TLS, no redirects, no proxy, and limits on time and size.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;
use ureq::http::Uri;

/// How much of a refusal is repeated in a message.
const EXCERPT_CHARS_MAX: usize = 200;

/// An `http://` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Uri);

impl Address {
    /// The same host with this path, if the address names none.
    pub fn or_path(&self, path: &str) -> String {
        match self.0.path() {
            "" | "/" => format!("http://{}{path}", self.0.authority().map_or("", |host| host.as_str())),
            _ => self.0.to_string(),
        }
    }
}

impl FromStr for Address {
    type Err = String;
    fn from_str(text: &str) -> Result<Address, String> {
        let uri: Uri = text.parse().map_err(|error| format!("{text} is no address: {error}"))?;
        match (uri.scheme_str(), uri.host()) {
            (Some("http"), Some(host)) if !host.is_empty() => Ok(Address(uri)),
            (Some("https"), _) => {
                Err("https is not spoken: name a proxy or a tunnel on this machine by http://".into())
            }
            _ => Err(format!("{text} is no address: write http://HOST:PORT")),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Asks servers. Connections are kept for the next request.
#[derive(Debug)]
pub(super) struct Client {
    agent: ureq::Agent,
    bytes_max: u64,
}

/// A server's reply.
pub(super) struct Reply {
    /// Its status code: 200 and so on.
    pub status: u16,
    /// The version of what it holds, as the server names it.
    pub etag: Option<String>,
    /// Its body as text.
    pub text: String,
}

impl Reply {
    /// The start of the body, for a message to people.
    pub fn excerpt(&self) -> String {
        self.text.chars().take(EXCERPT_CHARS_MAX).collect()
    }
}

impl Client {
    /// A client that reads no more than this of an answer.
    pub fn new(bytes_max: u64) -> Client {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
        Client { agent: config.build().into(), bytes_max }
    }

    /// Fetches, unless the version is still this one: then the status is 304.
    ///
    /// # Errors
    /// Nobody answers in time, or too much.
    pub fn get(&self, url: &str, known: Option<&str>, within: Duration) -> Result<Reply, String> {
        let request = self.agent.get(url).config().timeout_global(Some(within)).build();
        let request = match known {
            Some(version) => request.header("If-None-Match", version),
            None => request,
        };
        self.reply(request.call())
    }

    /// Sends JSON and fetches what it is answered.
    ///
    /// # Errors
    /// Nobody answers in time, or too much.
    pub fn post(&self, url: &str, json: &[u8], within: Duration) -> Result<Reply, String> {
        let request = self.agent.post(url).config().timeout_global(Some(within)).build();
        self.reply(request.header("Content-Type", "application/json").send(json))
    }

    fn reply(&self, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Reply, String> {
        let mut answer = answer.map_err(|error| error.to_string())?;
        let etag = answer.headers().get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(self.bytes_max).read_to_string();
        Ok(Reply { status, etag, text: body.map_err(|error| error.to_string())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_and_names_a_host() {
        let path = |text: &str| text.parse::<Address>().map(|address| address.or_path("/model"));
        assert_eq!(path("http://localhost:8080"), Ok("http://localhost:8080/model".into()));
        assert_eq!(path("http://localhost:8080/"), Ok("http://localhost:8080/model".into()));
        assert_eq!(path("http://10.0.0.7/mine"), Ok("http://10.0.0.7/mine".into()));
        for (bad, why) in
            [("https://a", "https is not spoken"), ("model.json", "write http://"), ("http://", "no address")]
        {
            assert!(path(bad).unwrap_err().contains(why), "{bad}");
        }
    }
}
