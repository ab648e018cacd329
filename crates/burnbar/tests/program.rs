//! The program as its users start it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// An empty folder that goes when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `burnbar` with its words, in `folder`, saying nothing.
pub fn burnbar(folder: &Path, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_burnbar"));
    command.args(words.split_whitespace()).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What became of `burnbar` with its words, in `folder`.
pub fn output(folder: &Path, words: &str) -> Output {
    burnbar(folder, words).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
}

/// What it printed on the way to success.
pub fn stdout_of(folder: &Path, words: &str) -> String {
    let output = output(folder, words);
    assert!(output.status.success(), "burnbar {words}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The summary that it printed for programs.
pub fn summary(folder: &Path, words: &str) -> Value {
    serde_json::from_str(&stdout_of(folder, &format!("{words} --format json"))).unwrap()
}
