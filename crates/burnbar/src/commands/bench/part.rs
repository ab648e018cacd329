//! What `burnbar bench` runs in a process of its own.

use super::child::{PEAK, cpu_s, peak_rss_mib};
use super::{latency, live};
use crate::args::{BenchArgs, BenchPart};
use crate::config::{StreamConfig, session_of};
use crate::failure::Failure;
use crate::say::say;
use crate::session::SessionRun;
use crate::sinks::Outputs;
use events::{Entry, EntryBlock, RaceEvent};
use feed::{Mapping, ndjson};
use journal::{Log, LogError, OnePassLog, open_tape};
use nix::sys::resource::UsageWho;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Does one part, and prints the most memory that it took.
pub fn run(part: BenchPart, args: &BenchArgs) -> Result<(), Failure> {
    let tape = args.input.as_deref().ok_or_else(|| Failure::input("--input names the tape"))?;
    let run = |log, out| {
        let session = SessionRun::new(&StreamConfig::of(&args.flow)?, session_of(tape)?, log);
        session.run(&Outputs::insights(out)).map(drop)
    };
    match part {
        BenchPart::Tape => race_events(tape).map(drop)?,
        BenchPart::Dataflow => run(open_tape(tape), None)?,
        BenchPart::Whole => run(open_tape(tape), args.out.clone())?,
        BenchPart::Live => {
            let store = args.out.as_deref().ok_or_else(|| Failure::input("--out names the store"))?;
            live::run(&args.flow, tape, store)?;
            say(format_args!("{}{}", latency::CPU, cpu_s(UsageWho::RUSAGE_SELF)?))?;
        }
        BenchPart::Ndjson => {
            let lines =
                args.lines.clone().ok_or_else(|| Failure::input("--lines names the file of lines"))?;
            let events = race_events(tape)?;
            let log = Box::new(move || Ok(Box::new(line_log(&lines, events.clone())?) as Box<dyn Log>));
            run(log, args.out.clone())?;
        }
    }
    say(format_args!("{PEAK}{}", peak_rss_mib()?))
}

fn race_events(tape: &Path) -> Result<Vec<RaceEvent>, Failure> {
    let mut reader = tape::Reader::open(tape).map_err(Failure::input)?;
    let (mut events, mut block) = (Vec::new(), EntryBlock::default());
    while let tape::Progress::Block { .. } = reader.next_block(&mut block).map_err(Failure::input)? {
        events.extend_from_slice(block.events());
    }
    Ok(events)
}

/// A log of lines, with race events between them.
fn line_log(
    lines: &Path,
    events: Vec<RaceEvent>,
) -> Result<OnePassLog<impl Iterator<Item = Entry> + use<>>, LogError> {
    let file = BufReader::with_capacity(1 << 16, File::open(lines)?);
    let samples = ndjson::Lines::new(file, Mapping::standard()?).filter_map(|line| line.ok()?.ok());
    Ok(OnePassLog::new(feed::merge(samples, events)))
}
