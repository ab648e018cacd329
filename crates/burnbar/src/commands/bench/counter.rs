//! Counts the instructions of a process. They are the same on a busy machine, and nearly the same from run to run.

use super::child::output_of;
use super::rooms::by_room;
use crate::failure::Failure;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What counts instructions, the better one first: callgrind gives the same count everywhere and knows functions,
/// `perf` is what a machine without valgrind may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionCounter {
    Callgrind,
    Perf,
}

/// What one process took.
pub struct Counted {
    /// Instructions of the process, all threads, without the system's.
    pub instructions: u64,
    /// The same by room, where the counter knows functions.
    pub by_room: Option<BTreeMap<&'static str, u64>>,
}

impl InstructionCounter {
    /// The first that counts on this machine. Many have a `perf` that does not: their processor's counters are not theirs.
    pub fn of_this_machine(program: &Path, dir: &Path) -> Option<InstructionCounter> {
        let counts = |counter: &Self| counter.count(program, &["--version".to_owned()], dir).is_ok();
        [InstructionCounter::Callgrind, InstructionCounter::Perf].into_iter().find(counts)
    }
    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            InstructionCounter::Callgrind => "callgrind",
            InstructionCounter::Perf => "perf",
        }
    }
    /// Runs a program to its end and counts; `dir` holds what the counter writes.
    pub fn count(self, program: &Path, args: &[String], dir: &Path) -> Result<Counted, Failure> {
        let file = dir.join(self.name());
        let mut command = match self {
            InstructionCounter::Callgrind => {
                let mut command = Command::new("valgrind");
                command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", file.display()));
                command
            }
            InstructionCounter::Perf => {
                let mut command = Command::new("perf");
                command
                    .args(["stat", "--field-separator=,", "--event=instructions:u", "--output"])
                    .arg(&file);
                command.arg("--");
                command
            }
        };
        output_of(command.arg(program).args(args))?;
        let bytes = std::fs::read(file).map_err(Failure::run)?;
        let text = String::from_utf8_lossy(&bytes);
        let counted = match self {
            InstructionCounter::Callgrind => of_callgrind(&text),
            InstructionCounter::Perf => of_perf(&text),
        };
        counted.ok_or_else(|| Failure::run(format!("{} did not count instructions", self.name())))
    }
}

/// Of a line `COUNT,,instructions:u,…`; `<not supported>` is no count.
fn of_perf(text: &str) -> Option<Counted> {
    let line = text.lines().find(|line| line.contains("instructions"))?;
    let instructions = line.split(',').next()?.trim().parse().ok()?;
    Some(Counted { instructions, by_room: None })
}

/// Of a profile in callgrind's format (valgrind's manual, "Callgrind Format Specification"): `fn=(ID) NAME` opens a
/// function, each line `POSITION COUNT` below it is its own, but for the one after `calls=`, which is its callees'. A
/// name stands only where its ID does for the first time, in `fn=` or in `cfn=`.
fn of_callgrind(text: &str) -> Option<Counted> {
    let mut names = BTreeMap::new();
    let mut own: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut function, mut is_callees) = ("", false);
    for line in text.lines() {
        if let Some((key @ ("" | "c"), value)) = line.split_once("fn=") {
            let (id, name) = value.split_once(' ').unwrap_or((value, ""));
            let name = *names.entry(id).or_insert(name);
            if key.is_empty() {
                function = name;
            }
        } else if line.starts_with("calls=") {
            is_callees = true;
        } else if line.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c))
            && !std::mem::take(&mut is_callees)
        {
            *own.entry(function).or_default() += line.split(' ').nth(1)?.parse::<u64>().ok()?;
        }
    }
    let instructions = own.values().sum();
    (instructions > 0).then(|| Counted { instructions, by_room: Some(by_room(own)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perf_counts_or_counts_not() {
        for (text, instructions) in [
            ("# started on Tue\n\n1000538476,,instructions:u,412000000,100.00,,\n", Some(1_000_538_476)),
            ("<not supported>,,instructions:u,0,100.00,,\n", None),
            ("<not counted>,,instructions:u,0,0.00,,\n", None),
            ("", None),
        ] {
            assert_eq!(of_perf(text).map(|counted| counted.instructions), instructions, "{text}");
        }
    }

    #[test]
    fn callgrind_gives_each_function_its_own_instructions() {
        let profile = "# callgrind format\nversion: 1\npositions: line\nevents: Ir\nsummary: 130\n\n\
            ob=(1) burnbar\nfl=(1) ???\nfn=(7) tape::reader::Reader::next_block\n0 9\n\
            cob=(2) libc.so.6\ncfi=(2) memmove.S\ncfn=(3) __memcpy_avx\ncalls=5 0 \n* 40\n+3 1\n\n\
            fn=(3)\n12 40\n\nfn=(9) race::car::Car::fold\n0 70\ncfn=(7)\ncalls=1 0\n0 50\n-2 10\n\ntotals: 130\n";
        let counted = of_callgrind(profile).unwrap();
        assert_eq!(counted.instructions, 130, "as the profile's own total has it");
        let rooms = [("copying", 40), ("race.car", 80), ("tape", 10)];
        assert_eq!(counted.by_room, Some(BTreeMap::from(rooms)));
        for broken in ["", "fn=(1) a\n0 many\n", "version: 1\n"] {
            assert!(of_callgrind(broken).is_none(), "{broken}");
        }
    }
}
