//! `burnbar tape`: whether a tape is whole, and what is whole of it.

use crate::args::{TapeArgs, TapeTo};
use crate::failure::Failure;
use crate::say::say;
use events::EntryBlock;
use std::path::Path;
use tape::{Progress, ReadError, Reader, Writer};

/// What was found.
#[derive(Default)]
struct Found {
    entries: u64,
    damaged: u64,
    ends: bool,
}

/// Runs the command.
pub fn run(args: &TapeArgs) -> Result<(), Failure> {
    match &args.to {
        TapeTo::Check { tape } => check(tape),
        TapeTo::Repair { tape, out } => repair(tape, out),
    }
}

fn check(tape: &Path) -> Result<(), Failure> {
    let found = read(tape, |_| Ok(()))?;
    let Found { entries, damaged, ends } = found;
    if damaged == 0 && ends {
        return say(format_args!("{} is whole: {entries} entries", tape.display()));
    }
    Err(Failure::input(format!(
        "{} has {entries} whole entries, is damaged in {damaged} places and {}: `burnbar tape repair` copies what is whole",
        tape.display(),
        if ends { "ends" } else { "breaks off" }
    )))
}

fn repair(tape: &Path, out: &Path) -> Result<(), Failure> {
    Reader::open(tape).map_err(Failure::input)?;
    let mut writer = Writer::create(out).map_err(Failure::input)?;
    let found = read(tape, |block| {
        block.entries().try_for_each(|entry| writer.append(&entry).map(drop)).map_err(Failure::run)
    })?;
    writer.finish().map_err(Failure::run)?;
    let Found { entries, damaged, ends } = found;
    let end = if ends { "" } else { ", and an end, which it had not" };
    say(format_args!(
        "{} has the {entries} whole entries of {}, without {damaged} damaged places{end}",
        out.display(),
        tape.display()
    ))
}

/// Reads what is whole, and says where it is not.
fn read(tape: &Path, mut take: impl FnMut(&EntryBlock) -> Result<(), Failure>) -> Result<Found, Failure> {
    let (mut reader, mut block) = (Reader::open(tape).map_err(Failure::input)?, EntryBlock::default());
    let mut found = Found::default();
    loop {
        match reader.next_block(&mut block) {
            Ok(Progress::Block { .. }) => {
                found.entries += block.len() as u64;
                take(&block)?;
            }
            Ok(Progress::End) => return Ok(Found { ends: true, ..found }),
            Ok(Progress::Pending) => {
                let bytes = reader.bytes_left().map_err(Failure::input)?;
                say(format_args!("it breaks off; {bytes} bytes behind its last whole entry are none"))?;
                return Ok(found);
            }
            Err(ReadError::Damaged(damage)) => {
                found.damaged += 1;
                say(damage)?;
            }
            Err(error) => return Err(Failure::input(error)),
        }
    }
}
