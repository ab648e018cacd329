//! The parts that a bench measures one by one, each in a process of its own.

use crate::args::BenchPart;
use crate::failure::Failure;
use std::path::Path;

/// The parts; their names for programs, and for people.
const PARTS: [(BenchPart, &str, &str); 4] = [
    (BenchPart::Tape, "tape", "tape alone"),
    (BenchPart::Dataflow, "dataflow", "dataflow alone"),
    (BenchPart::Whole, "whole", "tape to insights file"),
    (BenchPart::Ndjson, "ndjson", "NDJSON to insights file"),
];

/// A figure of each part, all in one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ByPart([f64; PARTS.len()]);

impl ByPart {
    /// Measures part by part, programs in turn: what slows the machine for a while then slows all of them.
    pub fn in_turn<const N: usize>(
        programs: [&Path; N],
        mut measure: impl FnMut(&Path, BenchPart) -> Result<f64, Failure>,
    ) -> Result<[ByPart; N], Failure> {
        let mut figures = [ByPart::default(); N];
        for (at, (part, ..)) in PARTS.iter().enumerate() {
            for (of_program, program) in figures.iter_mut().zip(programs) {
                of_program.0[at] = measure(program, *part)?;
            }
        }
        Ok(figures.map(ByPart::dataflow_alone))
    }
    /// A process that reads the tape into the dataflow, less one that only reads the tape.
    fn dataflow_alone(self) -> ByPart {
        let [tape, dataflow, whole, ndjson] = self.0;
        ByPart([tape, dataflow - tape, whole, ndjson])
    }
    /// What `combine` makes of each part's figures in `all`.
    pub fn combined<T>(all: &[T], of: impl Fn(&T) -> ByPart, combine: impl Fn(Vec<f64>) -> f64) -> ByPart {
        ByPart(std::array::from_fn(|at| combine(all.iter().map(|one| of(one).0[at]).collect())))
    }
    /// Each part's figure over that of `other`.
    pub fn over(self, other: ByPart) -> ByPart {
        ByPart(std::array::from_fn(|at| self.0[at] / other.0[at]))
    }
    /// `(name for programs, name for people, figure)`.
    pub fn rows(self) -> impl Iterator<Item = (&'static str, &'static str, f64)> {
        PARTS.into_iter().zip(self.0).map(|((_, key, name), figure)| (key, name, figure))
    }
    /// For programs.
    pub fn json(self) -> serde_json::Value {
        self.rows().map(|(key, _, figure)| (key.to_owned(), serde_json::Value::from(figure))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_take_turns_and_the_dataflow_counts_without_the_tape() {
        let mut order = Vec::new();
        let [a, b] = ByPart::in_turn([Path::new("a"), Path::new("b")], |program, part| {
            order.push(format!("{} {part:?}", program.display()));
            Ok(order.len() as f64)
        })
        .unwrap();
        let expected =
            ["a Tape", "b Tape", "a Dataflow", "b Dataflow", "a Whole", "b Whole", "a Ndjson", "b Ndjson"];
        assert_eq!(order, expected);
        assert_eq!([a, b], [ByPart([1.0, 2.0, 5.0, 7.0]), ByPart([2.0, 2.0, 6.0, 8.0])]);
    }
}
