//! The checkout, as the tests of its laws read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates of the workspace.
pub fn crates() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<_> = folders
        .filter(|folder| folder.join("Cargo.toml").exists())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 11, "the workspace lost crates: {names:?}");
    names
}

/// What a crate names in its manifest, and all that it reaches, development aside.
pub fn dependencies(name: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let tree = output(
        Command::new(env!("CARGO"))
            .args(["tree", "--frozen", "--edges", "normal", "--prefix", "depth", "-p", name]),
    );
    let (mut named, mut reached) = (BTreeSet::new(), BTreeSet::new());
    for line in tree.lines() {
        let (depth, package) = line.split_at(line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len()));
        let package = package.split(' ').next().unwrap_or_default().to_owned();
        match depth {
            "" | "0" => continue,
            "1" => named.insert(package.clone()),
            _ => false,
        };
        reached.insert(package);
    }
    (named, reached)
}

/// Every tracked file that is text, by its path from the root.
pub fn texts() -> impl Iterator<Item = (String, String)> {
    let tracked = output(Command::new("git").args(["ls-files", "-z"]));
    let paths: Vec<_> = tracked.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    assert!(paths.len() > 100, "git tells of {} files only", paths.len());
    paths
        .into_iter()
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(root().join(path)).ok()?)))
}

fn output(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A file of the checkout.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
