//! Where a model comes from: a file, or somebody who serves one.

use crate::failure::Failure;
use events::Model;
use infer::client::{Address, RemoteModel};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

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
    fn from_str(text: &str) -> Result<ModelSource, String> {
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
            ModelSource::Served(address) => match remote(address).fetch_newer() {
                Ok(model) => model.ok_or_else(|| "it answered nothing".into()),
                Err(error) => Err(error),
            },
        };
        model.map(Arc::new).map_err(|error| Failure::input(format!("{self}: {error}")))
    }
}

/// The model file served at an address.
pub fn remote(address: &Address) -> RemoteModel {
    RemoteModel::new(address, parse)
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
