//! This program against another one, in pairs: what slows the machine slows both, so ratios hold where seconds do not.

use super::bench_race::BenchRace;
use super::by_part::ByPart;
use super::child::{run_child, this_program};
use super::cost::median;
use super::instructions::{self, ByRoom, Instructions, NOT_COUNTED, OF_ROOMS};
use crate::args::BenchArgs;
use crate::failure::Failure;
use crate::say::say;
use serde_json::{Value, json};
use std::path::Path;

const HEADER: &str = "                                       this      other    ratio";

/// What this program and the other one cost, measured in turn.
pub struct Pairs {
    samples: u64,
    /// CPU seconds per million samples: of this program, of the other one.
    cpu: Vec<[ByPart; 2]>,
    instructions: Option<[Instructions; 2]>,
}

impl Pairs {
    /// Measures `other` and this program in turn, on a race that `other` writes: it is taken to be the older one, whose tape
    /// both can read.
    pub fn measure(dir: &Path, other: &Path, args: &BenchArgs) -> Result<Pairs, Failure> {
        let this = this_program()?;
        let programs = [this.as_path(), other];
        let write = |dir: &Path, race: &_| BenchRace::written_by(other, dir, race);
        let race = write(dir, &args.race)?;
        let million = race.car_samples as f64 * 1e-6;
        let out = dir.join("insights.ndjson");
        let run = || {
            ByPart::in_turn(programs, |program, part| {
                Ok(run_child(program, &race.words(part, &out))?.cpu_s / million)
            })
        };
        let cpu = (0..args.runs.get()).map(|_| run()).collect::<Result<_, _>>()?;
        let instructions = instructions::count(programs, dir, &args.race, write)?;
        Ok(Pairs { samples: race.car_samples, cpu, instructions })
    }

    /// The medians of this program, of the other one, and of their ratio pair by pair.
    fn cpu_medians(&self) -> [ByPart; 3] {
        let of = |figure: fn(&[ByPart; 2]) -> ByPart| ByPart::combined(&self.cpu, figure, median);
        [of(|pair| pair[0]), of(|pair| pair[1]), of(|[this, other]| this.over(*other))]
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let [this, other, ratio] = self.cpu_medians().map(ByPart::json);
        let [this_counted, other_counted] =
            [0, 1].map(|at| Instructions::json(self.instructions.as_ref().map(|both| &both[at])));
        json!({
            "samples": self.samples,
            "pairs": self.cpu.len(),
            "cpu_s_per_million": {"this": this, "other": other, "ratio": ratio},
            "instructions": {"this": this_counted, "other": other_counted},
        })
    }

    /// For people.
    pub fn print(&self) -> Result<(), Failure> {
        let (samples, pairs) = (self.samples, self.cpu.len());
        say(format_args!("CPU s per million, median of {pairs} pairs on {samples} samples"))?;
        say(HEADER)?;
        let [this, other, ratio] = self.cpu_medians().map(ByPart::rows);
        for (((_, part, this), (.., other)), (.., ratio)) in this.zip(other).zip(ratio) {
            say(format_args!("  {part:<30} {this:>10.3} {other:>10.3} {ratio:>8.3}"))?;
        }
        let Some([this, other]) = &self.instructions else { return say(NOT_COUNTED) };
        let (counter, samples) = (this.counter.name(), this.samples);
        say(format_args!("\ninstructions a sample, by {counter} on {samples} samples"))?;
        say(HEADER)?;
        for ((_, part, this), (.., other)) in this.by_part.rows().zip(other.by_part.rows()) {
            say_instructions(part, this, other)?;
        }
        let (Some(this), Some(other)) = (&this.by_room, &other.by_room) else { return Ok(()) };
        say(OF_ROOMS)?;
        let of = |room: &str, rooms: &ByRoom| rooms.get(room).copied().unwrap_or(0.0);
        let mut rooms: Vec<_> =
            other.keys().chain(this.keys().filter(|room| !other.contains_key(*room))).collect();
        rooms.sort_by(|a, b| of(b, other).total_cmp(&of(a, other)));
        rooms.into_iter().try_for_each(|room| say_instructions(room, of(room, this), of(room, other)))
    }
}

fn say_instructions(of: &str, this: f64, other: f64) -> Result<(), Failure> {
    say(format_args!("  {of:<30} {this:>10.0} {other:>10.0} {:>8.3}", this / other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::BenchPart;

    /// The same figure of each part; a process that reads a tape into the dataflow reads the tape too.
    fn alike(figure: f64) -> ByPart {
        let measure = |_: &Path, part| Ok(if part == BenchPart::Dataflow { 2.0 * figure } else { figure });
        let [by_part] = ByPart::in_turn([Path::new("burnbar")], measure).unwrap();
        by_part
    }

    #[test]
    fn the_ratio_is_the_median_of_ratios_not_the_ratio_of_medians() {
        // by pairs 2, 1 and 4 times; 3 over 2 by medians
        let cpu = [(2.0, 1.0), (3.0, 3.0), (8.0, 2.0)].map(|(this, other)| [alike(this), alike(other)]);
        let pairs = Pairs { samples: 1, cpu: cpu.to_vec(), instructions: None };
        assert_eq!(pairs.cpu_medians(), [alike(3.0), alike(2.0), alike(2.0)]);
        let json = pairs.json();
        assert_eq!(json["cpu_s_per_million"]["ratio"]["dataflow"], 2.0);
        assert_eq!(json["instructions"]["this"]["instructions_per_sample"], Value::Null);
    }
}
