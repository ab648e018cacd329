//! A model file that somebody serves, fetched when it has changed.

use super::http::{Address, Client};
use events::Model;
use std::fmt;
use std::time::Duration;

/// Longest model file that is read. One with a residual for ten manufacturers is 300 KiB.
const MODEL_BYTES_MAX: u64 = 8 << 20;
/// How long a server may take to hand a model over.
const WITHIN: Duration = Duration::from_secs(3);

/// A served model file, and which version of it is known.
pub struct RemoteModel {
    client: Client,
    url: String,
    parse: fn(&str) -> Result<Model, String>,
    version: Option<String>,
}

impl RemoteModel {
    /// The model at `address`, or at its path `/model` if it names none; `parse` reads the text of a model file. No version
    /// is known yet.
    pub fn new(address: &Address, parse: fn(&str) -> Result<Model, String>) -> RemoteModel {
        let url = address.or_path("/model");
        RemoteModel { client: Client::new(MODEL_BYTES_MAX), url, parse, version: None }
    }

    /// The model, unless it is still the version that was fetched before.
    ///
    /// # Errors
    /// Nobody answers within 3 s, or what came is no model. The version that is known stays.
    pub fn fetch_newer(&mut self) -> Result<Option<Model>, String> {
        let reply = self.client.get(&self.url, self.version.as_deref(), WITHIN)?;
        match reply.status {
            304 => Ok(None),
            200 => {
                let model = (self.parse)(&reply.text)?;
                self.version = reply.etag;
                Ok(Some(model))
            }
            status => Err(format!("answered {status}, not 200")),
        }
    }
}

impl fmt::Debug for RemoteModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteModel").field("url", &self.url).field("version", &self.version).finish()
    }
}
