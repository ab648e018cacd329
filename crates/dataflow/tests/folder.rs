//! A folder of checkpoints, and how to damage it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// An empty folder, gone at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("state-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // another process of this number may have been killed
        drop(fs::remove_dir_all(&path));
        fs::create_dir(&path).unwrap();
        Folder(path)
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// Another folder with the same files.
    pub fn copy(&self) -> Folder {
        let copy = Folder::new();
        for checkpoint in entries(&self.0).into_iter().filter(|path| path.is_dir()) {
            let to = copy.0.join(checkpoint.file_name().unwrap());
            fs::create_dir(&to).unwrap();
            for file in entries(&checkpoint) {
                fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
            }
        }
        copy
    }
    /// The checkpoints that have been completed, newest first: the first window that is not in each, and its files.
    pub fn checkpoints(&self) -> Vec<(u64, Vec<PathBuf>)> {
        let whole = entries(&self.0).into_iter().filter(|path| path.join("manifest").exists());
        let boundary = |path: &Path| path.file_name().unwrap().to_str().unwrap().parse().unwrap();
        whole.rev().map(|path| (boundary(&path), entries(&path))).collect()
    }
    pub fn bytes(&self) -> u64 {
        let files = self.checkpoints().into_iter().flat_map(|(_, files)| files);
        files.map(|file| fs::metadata(file).unwrap().len()).sum()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn entries(path: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// What may happen to a file.
#[derive(Clone, Copy, Debug)]
pub enum Damage {
    /// Its second half is gone.
    Truncated,
    /// All of it is gone.
    Deleted,
    /// It is there, with nothing in it.
    Emptied,
    /// One bit is another, at this part of the file.
    BitFlipped(f64),
}

impl Damage {
    pub fn inflict(self, file: &Path) {
        let mut bytes = fs::read(file).unwrap();
        match self {
            Damage::Deleted => return fs::remove_file(file).unwrap(),
            Damage::Truncated => bytes.truncate(bytes.len() / 2),
            Damage::Emptied => bytes.clear(),
            Damage::BitFlipped(part) => {
                let bit = (part * (bytes.len() * 8) as f64) as usize;
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
        }
        fs::write(file, bytes).unwrap();
    }
}
