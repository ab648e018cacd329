//! Instructions a sample, by part and by room.

use super::bench_race::BenchRace;
use super::by_part::ByPart;
use super::counter::{Counted, InstructionCounter};
use crate::args::{BenchPart, RaceArgs};
use crate::failure::Failure;
use crate::say::say;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Instructions are counted on a race of no more than this: a program that is counted is ten times as slow or more.
const MINUTES_MAX: f64 = 5.0;

/// A figure of each room.
pub type ByRoom = BTreeMap<&'static str, f64>;

/// Where nothing counts.
pub const NOT_COUNTED: &str =
    "instructions            not counted: neither valgrind nor perf counts on this machine";
/// Above what is counted by room.
pub const OF_ROOMS: &str =
    "  of tape to insights file, by room; what the compiler has inlined counts where it went";

/// Instructions a sample of one program.
pub struct Instructions {
    pub counter: InstructionCounter,
    /// Samples of the race on which they were counted.
    pub samples: u64,
    /// Of each part.
    pub by_part: ByPart,
    /// Of tape to insights, where the counter knows functions.
    pub by_room: Option<ByRoom>,
}

/// Counts the instructions of some programs on a race like `race`, but short, which `write` writes into the folder that it
/// is given. `None`: nothing on this machine counts.
pub fn count<const N: usize>(
    programs: [&Path; N],
    dir: &Path,
    race: &RaceArgs,
    write: impl Fn(&Path, &RaceArgs) -> Result<BenchRace, Failure>,
) -> Result<Option<[Instructions; N]>, Failure> {
    let dir = dir.join("counted");
    std::fs::create_dir_all(&dir).map_err(Failure::run)?;
    let Some(counter) =
        programs.first().and_then(|program| InstructionCounter::of_this_machine(program, &dir))
    else {
        return Ok(None);
    };
    let race = write(&dir, &RaceArgs { minutes: race.minutes.min(MINUTES_MAX), ..race.clone() })?;
    let samples = race.car_samples as f64;
    let mut rooms = Vec::new();
    let by_part = ByPart::in_turn(programs, |program, part| {
        let Counted { instructions, by_room } =
            counter.count(program, &race.words(part, &dir.join("insights.ndjson")), &dir)?;
        if part == BenchPart::Whole {
            let a_sample = |(room, count)| (room, count as f64 / samples);
            rooms.push(by_room.map(|rooms| rooms.into_iter().map(a_sample).collect()));
        }
        Ok(instructions as f64 / samples)
    })?;
    let mut rooms = rooms.into_iter();
    Ok(Some(by_part.map(|by_part| Instructions {
        counter,
        samples: race.car_samples,
        by_part,
        by_room: rooms.next().flatten(),
    })))
}

impl Instructions {
    /// For programs: keys and values, null where nothing counted.
    pub fn json(of: Option<&Instructions>) -> Map<String, Value> {
        let value = json!({
            "instructions_counted_by": of.map(|of| of.counter.name()),
            "instructions_samples": of.map(|of| of.samples),
            "instructions_per_sample": of.map(|of| of.by_part.json()),
            "instructions_by_room": of.and_then(|of| of.by_room.as_ref()),
        });
        if let Value::Object(keys) = value { keys } else { Map::new() }
    }
    /// For people.
    pub fn print(of: Option<&Instructions>) -> Result<(), Failure> {
        let Some(Instructions { counter, samples, by_part, by_room }) = of else {
            return say(NOT_COUNTED);
        };
        say(format_args!("\ninstructions a sample, by {} on {samples} samples", counter.name()))?;
        for (_, part, instructions) in by_part.rows() {
            say(format_args!("  {part:<38} {instructions:>10.0}"))?;
        }
        let Some(by_room) = by_room else { return Ok(()) };
        say(OF_ROOMS)?;
        let mut rooms: Vec<_> = by_room.iter().collect();
        rooms.sort_by(|a, b| b.1.total_cmp(a.1));
        let all: f64 = by_room.values().sum();
        for (room, instructions) in rooms {
            say(format_args!("  {room:<38} {instructions:>10.0} {:>4.0} %", instructions / all * 100.0))?;
        }
        Ok(())
    }
}
