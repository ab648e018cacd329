//! What the README shows is run: each command of its `sh` blocks, in order, in one empty folder.

use crate::repository::read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that the README shows, fenced as "```csv race.csv", and the commands it gives.
enum Shown {
    File { name: String, text: String },
    Command(Vec<String>),
}

#[test]
fn every_command_of_the_readme_works() {
    let folder = Folder::new();
    let mut commands = 0;
    for shown in shown(&read("README.md")) {
        match shown {
            Shown::File { name, text } => std::fs::write(folder.0.join(name), text).unwrap(),
            Shown::Command(args) => {
                commands += 1;
                run(&args, &folder.0);
            }
        }
    }
    assert!(commands >= 3, "the README shows {commands} commands");
}

fn run(args: &[String], folder: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_burnbar")).args(args).current_dir(folder).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "burnbar {}: {}\n{message}", args.join(" "), output.status);
}

/// Files and commands, in the order in which they are shown.
fn shown(readme: &str) -> Vec<Shown> {
    let blocks =
        readme.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap_or((block, "")));
    blocks
        .flat_map(|(info, text)| match info.split_once(' ') {
            Some((_, name)) => vec![Shown::File { name: name.into(), text: text.into() }],
            None if info == "sh" => commands(text),
            None => vec![],
        })
        .collect()
}

fn commands(block: &str) -> Vec<Shown> {
    let joined = block.replace("\\\n", " ");
    let ours = joined.lines().filter_map(|line| line.strip_prefix("burnbar "));
    let words = |line: &str| {
        line.split('#').next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    };
    ours.map(|line| Shown::Command(words(line))).collect()
}

/// An empty folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("readme-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
