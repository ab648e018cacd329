//! Where a model comes from: a file, or somebody who serves one.

use super::http::{Address, Client};
use crate::failure::Failure;
use events::Model;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// A model with a residual for ten manufacturers is 300 KiB.
const MODEL_BYTES_MAX: u64 = 8 << 20;
/// How long a server may take to hand a model over.
const WITHIN: Duration = Duration::from_secs(3);

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelSource {
    /// A file, as `burnbar calibrate` writes it.
    File(PathBuf),
    /// Whoever serves such a file as `/model`, as `burnbar model serve` does.
    Served(Address),
}

impl FromStr for ModelSource {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Ok(if text.contains("://") {
            ModelSource::Served(text.parse()?)
        } else {
            ModelSource::File(text.into())
        })
    }
}

impl fmt::Display for ModelSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelSource::File(path) => path.display().fmt(f),
            ModelSource::Served(address) => address.fmt(f),
        }
    }
}

impl ModelSource {
    /// The model as it is there now.
    ///
    /// # Errors
    /// It cannot be read, or is not understood; the text names it.
    pub fn read(&self) -> Result<Arc<Model>, Failure> {
        let model = match self {
            ModelSource::File(path) => {
                std::fs::read_to_string(path).map_err(|error| error.to_string()).and_then(|text| parse(&text))
            }
            ModelSource::Served(address) => match Served::new(address).newer() {
                Ok(model) => model.ok_or_else(|| "it answered nothing".into()),
                Err(error) => Err(error),
            },
        };
        model.map(Arc::new).map_err(|error| Failure::input(format!("{self}: {error}")))
    }
}

/// A served model, and which version of it is known.
pub struct Served {
    client: Client,
    url: String,
    version: Option<String>,
}

impl Served {
    /// No version is known yet.
    pub fn new(address: &Address) -> Self {
        Served { client: Client::new(MODEL_BYTES_MAX), url: address.or_path("/model"), version: None }
    }

    /// The model, unless it is still the version that was fetched before.
    ///
    /// # Errors
    /// Nobody answers, or what is no model. The version that is known stays.
    pub fn newer(&mut self) -> Result<Option<Model>, String> {
        let reply = self.client.get(&self.url, self.version.as_deref(), WITHIN)?;
        match reply.status {
            304 => Ok(None),
            200 => {
                let model = parse(&reply.text)?;
                self.version = reply.etag;
                Ok(Some(model))
            }
            status => Err(format!("answered {status}, not 200")),
        }
    }
}

fn parse(text: &str) -> Result<Model, String> {
    calibrate::model_file::read(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_file_unless_it_has_a_scheme() {
        assert_eq!("m/model.json".parse(), Ok(ModelSource::File("m/model.json".into())));
        assert!(matches!("http://localhost:8080".parse(), Ok(ModelSource::Served(_))));
        assert!("ftp://localhost".parse::<ModelSource>().is_err());
    }
}
