//! How the code reads, as tests. What is not as it should be yet stands in a list here: lines are only taken away.

use crate::repository::{read, texts};
use std::collections::{BTreeMap, BTreeSet};

/// Longest function, from its first line to its brace.
const FUNCTION_LINES_MAX: usize = 70;
/// Functions that are longer because they are one table of cases, which is read from top to bottom.
const TABLES_OF_CASES: &[(&str, &str)] = &[
    ("crates/feed/tests/bad_input/csv.rs", "ten_bad_inputs"),
    ("crates/feed/tests/bad_input/ibt.rs", "ten_bad_inputs"),
    ("crates/feed/tests/bad_input/nascar.rs", "a_bad_file_says_what_is_wrong_and_what_to_do"),
    ("crates/feed/tests/bad_input/race_events.rs", "ten_bad_inputs"),
];
/// Functions longer than this are named in [`LONG_FUNCTIONS`], so that none joins them unseen.
const LONG_FUNCTION_LINES: usize = 50;
const LONG_FUNCTIONS: &[(&str, &str)] = &[
    ("crates/api/tests/lib/evidence.rs", "each_mutation_is_evidence_of_a_car_on_the_board"),
    (
        "crates/burnbar/tests/live.rs",
        "what_is_submitted_to_a_live_session_is_on_its_tape_which_alone_gives_the_same_bytes",
    ),
    ("crates/calibrate/src/model.rs", "of"),
    ("crates/calibrate/src/report/plot.rs", "draw"),
    ("crates/calibrate/src/report/text.rs", "write"),
    ("crates/dataflow/src/graph.rs", "build"),
    ("crates/dataflow/tests/stuck.rs", "a_steady_foot_is_no_fault"),
    ("crates/evaluate/src/figures.rs", "of"),
    ("crates/evaluate/src/scorecard/plot.rs", "reliability"),
    ("crates/evaluate/src/scorecard/plot.rs", "stints"),
    ("crates/feed/tests/bad_input/mapping.rs", "every_mistake_is_named"),
    ("crates/feed/tests/bad_input/ndjson.rs", "every_reason_for_a_line"),
    ("crates/sim/src/control.rs", "flags_follow_the_plan"),
    ("crates/sim/src/reconstruct.rs", "new"),
    ("crates/store/tests/lib/records.rs", "any_kind"),
];

/// How many crates may declare a type of one name.
const CRATES_A_TYPE_NAME_MAX: usize = 2;
/// Type names that more crates declare, and why.
const SHARED_TYPE_NAMES: &[(&str, &str)] = &[];

/// The share of type names that may be declared in more than one file, percent.
const REPEATED_TYPE_NAMES_PCT_MAX: usize = 10;

/// Words that named six things at once; ARCHITECTURE.md, "Glossary", has those that took their place.
const WORN_WORDS: [&str; 3] = ["told", "heard", "said"];
/// Files that write such a word for readers of today's figures, or as a store of old had it.
const WORN_ON_THE_WIRE: &[&str] = &[
    "crates/evaluate/src/study/science/case.rs",
    "crates/store/tests/lib/version_1.sql",
    "crates/store/tests/lib/version_2.sql",
];

#[test]
fn functions_fit_on_a_screen() {
    let mut broken = Vec::new();
    let mut long = BTreeSet::new();
    for (path, text) in rust() {
        for Function { name, line, lines } in functions(&text) {
            if TABLES_OF_CASES.contains(&(path.as_str(), name)) {
                continue;
            }
            if lines > FUNCTION_LINES_MAX {
                broken.push(format!(
                    "{path}:{line} {name} has {lines} lines, more than {FUNCTION_LINES_MAX}: cut it by what it does"
                ));
            } else if lines > LONG_FUNCTION_LINES {
                long.insert((path.clone(), name.to_owned()));
            }
        }
    }
    let listed: BTreeSet<_> =
        LONG_FUNCTIONS.iter().map(|&(path, name)| (path.to_owned(), name.to_owned())).collect();
    broken.extend(long.difference(&listed).map(|(path, name)| {
        format!("{path}: {name} is longer than {LONG_FUNCTION_LINES} lines: cut it by what it does")
    }));
    broken.extend(listed.difference(&long).map(|(path, name)| {
        format!("{path}: {name} is not long any more: take it off LONG_FUNCTIONS, so that it stays so")
    }));
    assert_none(&broken);
}

#[test]
fn no_doc_comment_is_a_single_word() {
    let mut broken = Vec::new();
    for (path, text) in rust() {
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        let doc = |at: usize| lines.get(at).and_then(|line| line.strip_prefix("///")).map(str::trim);
        for at in 0..lines.len() {
            let alone = doc(at.wrapping_sub(1)).is_none() && doc(at + 1).is_none();
            if let Some(word) = doc(at).filter(|text| alone && !text.contains(' ')) {
                broken.push(format!("{path}:{} says {word:?}: say what the name does not", at + 1));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn a_type_name_means_one_thing() {
    let declared = type_names();
    let excused = |name: &str| SHARED_TYPE_NAMES.iter().any(|(shared, _)| *shared == name);
    let mut broken: Vec<_> = declared
        .iter()
        .filter(|(name, files)| crates_of(files).len() > CRATES_A_TYPE_NAME_MAX && !excused(name))
        .map(|(name, files)| {
            format!("{name} is declared in {files:?}: give each a name that says what it is")
        })
        .collect();
    broken.extend(
        SHARED_TYPE_NAMES
            .iter()
            .filter(|(name, _)| {
                declared.get(*name).is_none_or(|files| crates_of(files).len() <= CRATES_A_TYPE_NAME_MAX)
            })
            .map(|(name, _)| format!("{name} is no longer shared: take it off SHARED_TYPE_NAMES")),
    );
    let repeated: Vec<_> =
        declared.iter().filter(|(_, files)| files.len() > 1).map(|(name, _)| name).collect();
    if repeated.len() * 100 > declared.len() * REPEATED_TYPE_NAMES_PCT_MAX {
        broken.push(format!(
            "{} of {} type names are declared in more than one file, more than {REPEATED_TYPE_NAMES_PCT_MAX} %: {repeated:?}",
            repeated.len(),
            declared.len()
        ));
    }
    assert_none(&broken);
}

#[test]
fn worn_words_do_not_come_back() {
    let mut broken = Vec::new();
    for (path, text) in texts().filter(|(path, _)| is_code(path) && !may_wear(path)) {
        let own = text.lines().enumerate().filter(|(_, line)| !line.contains("serde(rename = "));
        for (at, line) in own {
            let mut words = line.split(|c: char| !c.is_ascii_alphanumeric()).flat_map(humps);
            if let Some(word) = words.find(|word| WORN_WORDS.contains(&word.to_ascii_lowercase().as_str())) {
                broken.push(format!(
                    "{path}:{} {word}: the glossary of ARCHITECTURE.md has better words",
                    at + 1
                ));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn every_library_opens_with_an_example_that_runs() {
    let without: Vec<_> = crate::repository::crates()
        .into_iter()
        .map(|name| format!("crates/{name}/src/lib.rs"))
        .filter(|path| crate::repository::root().join(path).exists())
        .filter(|path| !read(path).lines().any(|line| line.trim_end() == "//! ```"))
        .map(|path| format!("{path} shows no example: a reader wants to see it used"))
        .collect();
    assert_none(&without);
}

fn rust() -> impl Iterator<Item = (String, String)> {
    texts().filter(|(path, _)| path.starts_with("crates/") && path.ends_with(".rs"))
}

fn is_code(path: &str) -> bool {
    [".rs", ".ts", ".tsx", ".sql", ".graphql"].iter().any(|end| path.ends_with(end))
}

fn may_wear(path: &str) -> bool {
    path == file!() || WORN_ON_THE_WIRE.contains(&path)
}

struct Function<'t> {
    name: &'t str,
    /// The line that names it, from 1.
    line: usize,
    /// How many lines it has.
    lines: usize,
}

/// The functions of a formatted source: one ends where a brace stands as far in as it began.
fn functions(text: &str) -> Vec<Function<'_>> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (at, first) in lines.iter().enumerate() {
        let Some(name) = function_name(first.trim_start()) else { continue };
        let indent = &first[..first.len() - first.trim_start().len()];
        let ends = |line: &&str| {
            let rest = line.strip_prefix(indent).filter(|rest| !rest.starts_with(' '));
            rest.is_some_and(|rest| rest.starts_with('}') || rest.ends_with(';'))
        };
        let is_one_line = first.trim_end().ends_with(['}', ';']);
        let more = if is_one_line { Some(0) } else { lines[at + 1..].iter().position(ends).map(|i| i + 1) };
        found.extend(more.map(|more| Function { name, line: at + 1, lines: more + 1 }));
    }
    found
}

/// The name of the function that a line begins, if it does.
fn function_name(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let is_modifier = |word: &str| {
        ["pub", "async", "const", "unsafe", "extern"].contains(&word) || word.starts_with("pub(")
    };
    let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    (before.replace("pub(in ", "pub(").split_whitespace().all(is_modifier) && !name.is_empty())
        .then_some(name)
}

/// Every type that is declared outside tests, and the files that declare one of its name.
fn type_names() -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in rust().filter(|(path, _)| path.contains("/src/")) {
        let code = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
        // a `type` that stands further in is an associated one: its trait named it
        let own = code.filter(|line| !line.trim_start().starts_with("type ") || line.starts_with("type "));
        for name in own.filter_map(|line| type_name(line.trim_start())) {
            names.entry(name.to_owned()).or_default().insert(path.clone());
        }
    }
    names
}

fn type_name(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
        Some(rest) => rest.trim_start(),
        None => line,
    };
    let rest =
        ["struct ", "enum ", "trait ", "type ", "union "].iter().find_map(|word| line.strip_prefix(word))?;
    let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    name.starts_with(|c: char| c.is_ascii_uppercase()).then_some(name)
}

/// The crates of some files.
fn crates_of(files: &BTreeSet<String>) -> BTreeSet<&str> {
    files.iter().map(|file| crate_of(file)).collect()
}

fn crate_of(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

/// The words of a name in camel case.
fn humps(name: &str) -> Vec<&str> {
    let starts: Vec<_> = name
        .char_indices()
        .filter(|(at, c)| *at == 0 || c.is_ascii_uppercase())
        .map(|(at, _)| at)
        .chain([name.len()])
        .collect();
    starts.windows(2).map(|pair| &name[pair[0]..pair[1]]).collect()
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_ratchets_see_what_they_should() {
    let text = "fn one() -> u8 { 1 }\n\npub(crate) async fn two(\n    a: u8,\n) -> u8 {\n    a\n}\n\ntrait T {\n    fn three(&self);\n}\n";
    let found: Vec<_> = functions(text).iter().map(|f| (f.name, f.line, f.lines)).collect();
    assert_eq!(found, [("one", 1, 1), ("two", 3, 5), ("three", 10, 1)]);
    assert_eq!(type_name("pub(crate) struct Place<'a> {"), Some("Place"));
    assert_eq!(humps("submitToldFuel"), ["submit", "Told", "Fuel"]);
}
