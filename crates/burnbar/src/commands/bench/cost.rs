//! What the system costs, per million samples.

use super::child::ProcessRun;
use super::instructions::Instructions;
use crate::failure::Failure;
use crate::say::say;

/// Medians of some runs.
#[derive(Clone, Copy)]
pub struct Cost {
    cpu_s_per_million: f64,
    wall_s_per_million: f64,
}

impl Cost {
    /// Of some runs, each over so many million samples.
    pub fn of(runs: &[ProcessRun], million: f64) -> Cost {
        Cost {
            cpu_s_per_million: median(runs.iter().map(|run| run.cpu_s / million).collect()),
            wall_s_per_million: median(runs.iter().map(|run| run.wall_s / million).collect()),
        }
    }
    /// Without what `other` cost.
    pub fn less(self, other: Cost) -> Cost {
        Cost {
            cpu_s_per_million: self.cpu_s_per_million - other.cpu_s_per_million,
            wall_s_per_million: self.wall_s_per_million - other.wall_s_per_million,
        }
    }
    fn samples_per_s(&self) -> f64 {
        1e6 / self.wall_s_per_million
    }
    fn json(&self) -> serde_json::Value {
        serde_json::json!({"cpu_s_per_million": self.cpu_s_per_million, "samples_per_s": self.samples_per_s()})
    }
}

/// All of it.
pub struct CostFigures {
    /// Samples of the race.
    pub samples: u64,
    /// From tape to a file of insights.
    pub whole_path: Cost,
    /// The dataflow alone.
    pub dataflow: Cost,
    /// From lines to a file of insights.
    pub ndjson: Cost,
    /// The most memory that a run took, MiB.
    pub peak_rss_mib: f64,
    /// From the start of a process to its first insight, s.
    pub start_to_first_insight_s: f64,
    /// Bytes of tape a car-sample.
    pub tape_bytes_per_sample: f64,
    /// Instructions a sample, where this machine counts them.
    pub instructions: Option<Instructions>,
}

impl CostFigures {
    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({
            "samples": self.samples,
            "whole_path": self.whole_path.json(),
            "dataflow": self.dataflow.json(),
            "ndjson": self.ndjson.json(),
            "peak_rss_mib": self.peak_rss_mib,
            "start_to_first_insight_s": self.start_to_first_insight_s,
            "tape_bytes_per_sample": self.tape_bytes_per_sample,
        });
        if let Some(keys) = json.as_object_mut() {
            keys.extend(Instructions::json(self.instructions.as_ref()));
        }
        json
    }
    /// For people.
    pub fn print(&self) -> Result<(), Failure> {
        say(format_args!("{} car-samples, one worker        CPU s per million   samples/s", self.samples))?;
        let row = |name: &str, cost: &Cost| {
            say(format_args!("{name:<40} {:>10.3} {:>11.0}", cost.cpu_s_per_million, cost.samples_per_s()))
        };
        row("tape to insights file", &self.whole_path)?;
        row("dataflow alone", &self.dataflow)?;
        row("NDJSON to insights file", &self.ndjson)?;
        say(format_args!("peak memory             {:.1} MiB", self.peak_rss_mib))?;
        say(format_args!("start to first insight  {:.3} s", self.start_to_first_insight_s))?;
        say(format_args!("tape                    {:.1} bytes a car-sample", self.tape_bytes_per_sample))?;
        Instructions::print(self.instructions.as_ref())
    }
}

/// The most memory of some runs, MiB: their median.
pub fn peak_mib(runs: &[ProcessRun]) -> f64 {
    median(runs.iter().map(|run| run.peak_rss_mib).collect())
}

/// The middle one.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
