//! The README's table of commands is what `--help` prints, command by command: neither grows without the other.

use crate::program::stdout_of;
use crate::repository::read;
use std::path::Path;

#[test]
fn the_table_of_the_readme_is_what_help_prints() {
    let expected: Vec<_> =
        commands("").into_iter().map(|(name, about)| format!("| `burnbar {name}` | {about} |")).collect();
    assert!(expected.len() >= 10, "{expected:?}");
    let readme = read("README.md");
    let table: Vec<_> = readme.lines().filter(|line| line.starts_with("| `burnbar ")).collect();
    assert_eq!(
        table,
        expected,
        "README.md, \"Commands\", as `burnbar --help` has it:\n{}\n",
        expected.join("\n")
    );
}

/// Every command below `parent` with what help prints of it, parents before their children.
fn commands(parent: &str) -> Vec<(String, String)> {
    let help = stdout_of(Path::new("."), &format!("{parent} --help"));
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let children = listed.filter_map(|line| line.trim().split_once(' ')).filter(|(name, _)| *name != "help");
    children
        .flat_map(|(name, about)| {
            let name = format!("{parent} {name}").trim().to_owned();
            let below = commands(&name);
            [(name, about.trim().to_owned())].into_iter().chain(below)
        })
        .collect()
}
