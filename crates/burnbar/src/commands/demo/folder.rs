//! The folder of a demo: tape, truth and store.

use crate::failure::Failure;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A folder; a temporary one goes with it.
pub struct DemoFolder {
    path: PathBuf,
    is_temporary: bool,
    /// Locked for as long as the demo runs: of one that was killed it is free.
    _lock: File,
}

const LOCK: &str = "lock";
const TEMPORARY: &str = "burnbar-demo-";

impl DemoFolder {
    /// The folder that is asked for, which is made if need be, or a temporary one.
    pub fn open(wanted: Option<&Path>) -> Result<DemoFolder, Failure> {
        let path = match wanted {
            Some(path) => path.to_path_buf(),
            None => {
                sweep(&std::env::temp_dir());
                std::env::temp_dir().join(format!("{TEMPORARY}{}", std::process::id()))
            }
        };
        let failed = |e: std::io::Error| Failure::input(format!("{}: {e}", path.display()));
        std::fs::create_dir_all(&path).map_err(failed)?;
        let lock = File::create(path.join(LOCK)).map_err(failed)?;
        if lock.try_lock().is_err() {
            return Err(Failure::input(format!(
                "{} is in use by another demo: give another --dir",
                path.display()
            )));
        }
        Ok(DemoFolder { path, is_temporary: wanted.is_none(), _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes what demos have left here that were killed.
fn sweep(temporary: &Path) {
    let is_demos = |name: &OsStr| name.to_str().is_some_and(|name| name.starts_with(TEMPORARY));
    let folders = std::fs::read_dir(temporary).into_iter().flatten().flatten();
    for folder in folders.filter(|entry| is_demos(&entry.file_name())).map(|entry| entry.path()) {
        let lock = File::open(folder.join(LOCK)).ok();
        if lock.is_some_and(|lock| lock.try_lock().is_ok())
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            tracing::warn!(
                "{} was left by a demo that was killed, and could not be removed: {error}",
                folder.display()
            );
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_demo_left_goes_and_what_a_running_one_uses_stays() {
        let temporary = std::env::temp_dir().join(format!("burnbar-sweep-{}", std::process::id()));
        let folder = |name: &str| temporary.join(name);
        let names = ["burnbar-demo-1", "burnbar-demo-2", "burnbar-demo-3", "somebody-elses"];
        for name in names {
            std::fs::create_dir_all(folder(name)).unwrap();
        }
        let locks = [names[0], names[1], names[3]].map(|name| File::create(folder(name).join(LOCK)).unwrap());
        locks[1].try_lock().unwrap();
        sweep(&temporary);
        let left: Vec<_> = names.into_iter().filter(|name| folder(name).exists()).collect();
        assert_eq!(left, names[1..], "locked, without a lock, none of ours");
        std::fs::remove_dir_all(&temporary).unwrap();
    }
}
