//! The laws of the layout, one line a rule; ARCHITECTURE.md tells them in words. A rule that is broken says where, and
//! why it is there.

use crate::repository::{crates, dependencies, read, root, texts};
use std::path::Path;

/// A library or a room, the crates that may name it, those that get it from below without naming it, and why.
type Known = (&'static str, &'static [&'static str], &'static [&'static str], &'static str);
const KNOWN: &[Known] = &[
    (
        "tokio",
        &["api", "infer", "burnbar"],
        &[],
        "async belongs to the shell: a pure crate is called, it never waits",
    ),
    ("async-nats", &["feed", "burnbar"], &[], "only the way in knows where telemetry comes from"),
    ("timely", &["dataflow"], &["evaluate", "burnbar"], "the stream engine can be exchanged in one room"),
    ("rusqlite", &["store"], &["api", "burnbar"], "only the store knows SQL"),
    ("axum", &["api", "infer"], &["burnbar"], "the rooms that answer requests are those that guard them"),
    (
        "serde_json",
        &["truth", "feed", "store", "api", "calibrate", "infer", "burnbar"],
        &["sim", "evaluate"],
        "the pure core knows no format: the edges do, and the file of truth",
    ),
    ("postcard", &["dataflow"], &["evaluate", "burnbar"], "only checkpoints are written in it"),
    ("prost", &["feed", "burnbar"], &[], "the pure core knows no format: the edges do"),
    (
        "nalgebra",
        &["calibrate"],
        &["evaluate", "burnbar"],
        "the stream needs no matrices: only calibration knows linear algebra",
    ),
    ("indicatif", &["burnbar"], &[], "a progress bar belongs to a terminal"),
    (
        "calibrate",
        &["evaluate", "burnbar"],
        &[],
        "races are calibrated after they were run, never in the stream",
    ),
    ("ureq", &["infer"], &["burnbar"], "one room asks others over the network, by one contract"),
    ("infer", &["burnbar"], &[], "the stream asks nobody: a served model is behind the edge"),
    ("rand", &[], &["api", "burnbar"], "chance in a race comes from its seed, on every machine the same"),
    (
        "fuel",
        &["race", "dataflow", "calibrate", "infer", "evaluate", "burnbar"],
        &[],
        "a simulator with the model's equations proves nothing",
    ),
    (
        "race",
        &["dataflow", "calibrate", "evaluate", "burnbar"],
        &[],
        "the simulator may not see the estimator",
    ),
    ("sim", &["evaluate", "burnbar"], &[], "nothing that estimates may know how the simulated race was made"),
    (
        "tape",
        &["journal", "evaluate", "burnbar"],
        &["dataflow", "infer"],
        "importers yield entries; the binary writes them down",
    ),
    (
        "journal",
        &["dataflow", "infer", "evaluate", "burnbar"],
        &[],
        "who makes a log does not know how it is kept",
    ),
    ("dataflow", &["evaluate", "burnbar"], &[], "the stream is run from one place, and where it is judged"),
    (
        "truth",
        &["sim", "feed", "evaluate", "burnbar"],
        &[],
        "an estimate that sees the answer proves nothing: only evaluate lays it beside estimates",
    ),
    ("evaluate", &["burnbar"], &[], "estimates are judged after they were made"),
    ("feed", &["evaluate", "burnbar"], &[], "bytes of other people end in one room"),
    ("store", &["api", "burnbar"], &[], "insights reach the store through a sink"),
    ("api", &["burnbar"], &[], "nothing depends on how insights are shown"),
];

/// What no line may hold, of which files, how it shows, and why.
type Line = (&'static str, fn(&str) -> bool, fn(&str) -> bool, &'static str);
const LINES: &[Line] = &[
    ("work left undone", |_| true, is_undone, "finish it, or write an issue"),
    ("a package registry's host", is_written_by_us, is_registry, "each machine has its own mirrors"),
    ("a path of one machine", is_written_by_us, is_private_path, "it exists nowhere else"),
    ("leave to read a clock", is_timeless, allows_clock, "the same log gives the same bytes"),
];

/// What clippy refuses everywhere but where a line allows it.
const REFUSED_BY_CLIPPY: &[(&str, &str)] = &[
    ("std::time::SystemTime::now", "time is an argument"),
    ("std::time::Instant::now", "time is an argument"),
    ("f64::exp", "its bits change with the CPU"),
    ("f64::ln", "its bits change with the CPU"),
    ("f64::powf", "its bits change with the CPU"),
    ("f64::tanh", "its bits change with the CPU"),
    ("std::collections::HashMap", "its order changes from run to run"),
    ("std::collections::HashSet", "its order changes from run to run"),
];

/// Longest source file, before its tests, and the files that are still longer. Only take lines away from this list.
const LINES_MAX: usize = 400;
const STILL_LONGER: &[&str] = &[];

/// Documents whose every path is checked.
const MAPS: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "STYLE.md", "docs/README.md"];

#[test]
fn libraries_and_rooms_are_known_only_where_they_belong() {
    let mut broken = Vec::new();
    for name in crates() {
        let (named, reached) = dependencies(&name);
        for (library, may_name, may_reach, why) in KNOWN {
            let mut may = may_name.to_vec();
            if !named.contains(*library) {
                may.extend(*may_reach);
            }
            if reached.contains(*library) && !may.contains(&name.as_str()) {
                broken.push(format!("{name} depends on {library}, but {why}"));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn sources_hold_nothing_that_the_laws_forbid() {
    let mut broken = Vec::new();
    for (path, text) in texts() {
        for (what, _, breaks, why) in LINES.iter().filter(|(_, applies_to, ..)| applies_to(&path)) {
            let lines = text.lines().enumerate().filter(|(_, line)| breaks(line));
            broken.extend(lines.map(|(i, _)| format!("{path}:{} holds {what}: {why}", i + 1)));
        }
    }
    assert_none(&broken);
}

#[test]
fn clippy_refuses_what_makes_bytes_differ() {
    let clippy = read("clippy.toml");
    let mut broken: Vec<_> = REFUSED_BY_CLIPPY
        .iter()
        .filter(|(path, _)| !clippy.contains(&format!("\"{path}\"")))
        .map(|(path, why)| format!("clippy.toml does not refuse {path}, but {why}"))
        .collect();
    let unlinted = crates()
        .into_iter()
        .filter(|name| !read(&format!("crates/{name}/Cargo.toml")).contains("[lints]\nworkspace = true"));
    broken.extend(unlinted.map(|name| format!("crates/{name} does not take the workspace's lints")));
    assert_none(&broken);
}

#[test]
fn every_crate_forbids_unsafe_code() {
    let root_of = |name: String| {
        if name == "burnbar" {
            format!("crates/{name}/src/main.rs")
        } else {
            format!("crates/{name}/src/lib.rs")
        }
    };
    let unsafe_roots =
        crates().into_iter().map(root_of).filter(|path| !read(path).contains("#![forbid(unsafe_code)]"));
    let broken: Vec<_> = unsafe_roots
        .map(|path| format!("{path} does not forbid unsafe code: what parses strangers' bytes may not"))
        .collect();
    assert_none(&broken);
}

#[test]
fn files_are_short_enough_to_be_read_at_once() {
    let mut broken = Vec::new();
    for (path, text) in texts().filter(|(path, _)| is_source(path)) {
        let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        match (lines > LINES_MAX, STILL_LONGER.contains(&path.as_str())) {
            (true, false) => broken.push(format!(
                "{path} has {lines} lines before its tests, more than {LINES_MAX}: cut it by concept"
            )),
            (false, true) => {
                broken.push(format!("{path} is short now: take it off STILL_LONGER, so that it stays so"))
            }
            _ => {}
        }
    }
    assert_none(&broken);
}

#[test]
fn the_maps_name_nothing_that_is_not_there() {
    let mut broken = Vec::new();
    for map in MAPS {
        let folder = Path::new(map).parent().unwrap();
        let text = read(map);
        let missing = |path: &&str| !root().join(path).exists() && !root().join(folder).join(path).exists();
        broken.extend(
            paths(&text).filter(missing).map(|path| format!("{map} names {path}, which does not exist")),
        );
    }
    assert_none(&broken);
}

/// `## Numbers` of ARCHITECTURE.md: constants in capitals, and the file that declares them.
#[test]
fn the_numbers_of_the_map_are_where_it_says() {
    let map = read("ARCHITECTURE.md");
    let rows = map.split("\n## Numbers\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let (mut broken, mut checked) = (Vec::new(), 0);
    for row in rows.lines().filter(|row| row.contains(".rs`")) {
        let (names, files): (Vec<_>, Vec<_>) =
            row.split('`').skip(1).step_by(2).partition(|word| !word.contains('/'));
        let text: String = files.iter().map(|file| read(file)).collect();
        checked += names.len();
        broken.extend(
            names
                .iter()
                .filter(|name| !text.contains(&format!("const {name}:")))
                .map(|name| format!("ARCHITECTURE.md names {name} in {files:?}, which does not declare it")),
        );
    }
    assert!(checked >= 8, "{checked} constants");
    assert_none(&broken);
}

fn is_undone(line: &str) -> bool {
    [concat!("TO", "DO"), concat!("FIX", "ME")].iter().any(|word| line.contains(word))
}
fn is_registry(line: &str) -> bool {
    [
        concat!("npmjs", ".org"),
        concat!("crates", ".io"),
        concat!("rust-lang", ".org"),
        concat!("pypi", ".org"),
        concat!("debian", ".org"),
    ]
    .iter()
    .any(|host| line.contains(host))
}
fn is_private_path(line: &str) -> bool {
    [
        concat!("/wo", "rk/"),
        concat!("/ho", "me/"),
        concat!("/Use", "rs/"),
        concat!("/ro", "ot/"),
        concat!("/t", "mp/"),
    ]
    .iter()
    .any(|path| line.contains(path))
}
fn allows_clock(line: &str) -> bool {
    line.contains("clippy::disallowed_methods")
}
/// Lock files are written by the package managers.
fn is_written_by_us(path: &str) -> bool {
    !path.ends_with("Cargo.lock") && !path.ends_with("package-lock.json")
}
/// Rust outside the shell. An example may take the time: it measures. What judges estimates afterwards may take logarithms
/// as the machine does: they enter no estimate.
fn is_timeless(path: &str) -> bool {
    let shell = ["crates/evaluate/", "crates/feed/", "crates/api/", "crates/burnbar/"];
    path.ends_with(".rs") && !path.contains("/examples/") && !shell.iter().any(|room| path.starts_with(room))
}
fn is_source(path: &str) -> bool {
    path == "x" || [".rs", ".ts", ".tsx", ".css", ".sh"].iter().any(|end| path.ends_with(end))
}

/// What a document names: words in backticks that are paths by their look, and its links to files.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|block| {
        let quoted = block.split('`').skip(1).step_by(2).filter(|word| is_path(word));
        let links = block.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        quoted.chain(links.filter(|link| !link.is_empty() && !link.contains("://")))
    })
}
fn is_path(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let file = [".rs", ".md", ".toml", ".ts", ".graphql"]
        .iter()
        .any(|end| word.ends_with(end) && !word.starts_with('.'));
    plain && !word.starts_with('/') && (word.contains('/') || file)
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
