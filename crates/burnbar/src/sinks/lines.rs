//! A file of JSON lines that can be truncated to a position and continued.

use super::json;
use dataflow::{ClosedWindow, Sink};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Appends the lines of one window.
pub type LineFormat = fn(&ClosedWindow, &mut Vec<u8>) -> io::Result<()>;

/// A file that is written line by line.
pub struct LineFile {
    path: PathBuf,
    file: File,
    length: u64,
    is_regular: bool,
    format: LineFormat,
    lines: Vec<u8>,
}

/// Where a file of lines stands.
#[derive(Serialize, Deserialize)]
struct Place {
    length: u64,
    /// Of the last bytes before it, at most [`TAIL`] of them: another file of that length is another file.
    tail: u32,
}

const TAIL: u64 = 4_096;

impl LineFile {
    /// The file at `path`, truncated to `position`; empty without one. What cannot be truncated, a pipe or a device, can
    /// be begun and not gone on with.
    pub fn open(path: &Path, position: Option<&[u8]>, format: LineFormat) -> io::Result<Self> {
        let failed = |error: io::Error| named(path, &error);
        let refused = |why: &str| {
            let advice =
                "put it back, or remove the folder of the state, and all is written anew from the log";
            io::Error::other(format!("{} {why}: {advice}", path.display()))
        };
        let place: Option<Place> =
            position.map(serde_json::from_slice).transpose().map_err(io::Error::other)?;
        let is_regular = path.metadata().map_or(true, |metadata| metadata.is_file());
        let mut options = OpenOptions::new();
        let mut file =
            options.create(true).truncate(false).read(is_regular).write(true).open(path).map_err(failed)?;
        let length = match place {
            Some(_) if !is_regular => return Err(refused("cannot be cut back to a checkpoint")),
            Some(Place { length, tail }) => {
                if file.metadata()?.len() < length {
                    return Err(refused("is shorter than its checkpoint says"));
                }
                if tail_of(&mut file, length)? != tail {
                    return Err(refused("is not the file that its checkpoint knows"));
                }
                length
            }
            None => 0,
        };
        if is_regular {
            file.set_len(length)?;
            file.seek(SeekFrom::End(0))?;
        }
        Ok(LineFile { path: path.to_path_buf(), file, length, is_regular, format, lines: Vec::new() })
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Of the last bytes before `length`.
fn tail_of(file: &mut File, length: u64) -> io::Result<u32> {
    let from = length.saturating_sub(TAIL);
    let mut tail = vec![0; (length - from) as usize];
    file.seek(SeekFrom::Start(from))?;
    file.read_exact(&mut tail)?;
    file.seek(SeekFrom::Start(length))?;
    Ok(crc32fast::hash(&tail))
}

impl Sink for LineFile {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        // a window at once: whoever follows the file sees it, and nothing waits to be written
        self.lines.clear();
        (self.format)(closed, &mut self.lines)?;
        self.length += self.lines.len() as u64;
        self.file.write_all(&self.lines).map_err(|error| named(&self.path, &error))
    }

    fn position(&mut self) -> io::Result<Vec<u8>> {
        let (length, file) = (self.length, &mut self.file);
        let tail = if self.is_regular { tail_of(file, length)? } else { 0 };
        if self.is_regular {
            file.sync_data()?;
        }
        serde_json::to_vec(&Place { length, tail }).map_err(io::Error::other)
    }
}

/// One line a car.
pub fn insights(closed: &ClosedWindow, lines: &mut Vec<u8>) -> io::Result<()> {
    closed.board.cars.iter().try_for_each(|insight| line(insight, lines))
}

/// One line a final lap.
pub fn laps(closed: &ClosedWindow, lines: &mut Vec<u8>) -> io::Result<()> {
    closed.laps.iter().try_for_each(|lap| line(lap, lines))
}

/// One line a sample that came too late, as a quarantine record.
pub fn late(closed: &ClosedWindow, lines: &mut Vec<u8>) -> io::Result<()> {
    closed.late.iter().try_for_each(|late| {
        let record = serde_json::json!({
            "reason": "late",
            "late_by_us": late.late_by.us(),
            "window_end_us": closed.board.window_end_us,
            "vehicle_id": late.sample.vehicle,
            "event_time_us": late.sample.event_time,
            "sample": late.sample,
        });
        serde_json::to_writer(&mut *lines, &record)?;
        lines.push(b'\n');
        Ok(())
    })
}

fn line(record: &impl serde::Serialize, lines: &mut Vec<u8>) -> io::Result<()> {
    json::write(record, lines)?;
    lines.push(b'\n');
    Ok(())
}
