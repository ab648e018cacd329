//! The folder of a demo: tape, truth and store.

use crate::failure::Failure;
use std::path::{Path, PathBuf};

/// A folder; a temporary one goes with it.
pub struct DemoFolder {
    path: PathBuf,
    is_temporary: bool,
}

impl DemoFolder {
    /// The folder that is asked for, which is made if need be, or a temporary one.
    pub fn open(wanted: Option<&Path>) -> Result<DemoFolder, Failure> {
        let path = match wanted {
            Some(path) => path.to_path_buf(),
            None => std::env::temp_dir().join(format!("burnbar-demo-{}", std::process::id())),
        };
        std::fs::create_dir_all(&path).map_err(|e| Failure::input(format!("{}: {e}", path.display())))?;
        Ok(DemoFolder { path, is_temporary: wanted.is_none() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for DemoFolder {
    fn drop(&mut self) {
        if self.is_temporary
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!("{} could not be removed: {error}", self.path.display());
        }
    }
}
