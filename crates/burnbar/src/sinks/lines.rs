//! A file of JSON lines that can be truncated to a position and continued.

use super::json;
use dataflow::{ClosedWindow, Sink};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

/// Appends the lines of one window.
pub type LineFormat = fn(&ClosedWindow, &mut Vec<u8>) -> io::Result<()>;

/// A file that is written line by line.
pub struct LineFile {
    file: BufWriter<File>,
    length: u64,
    format: LineFormat,
    lines: Vec<u8>,
}

impl LineFile {
    /// The file at `path`, truncated to `position`; empty without one.
    pub fn open(path: &Path, position: Option<&[u8]>, format: LineFormat) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let length = match position {
            Some(bytes) => u64::from_le_bytes(bytes.try_into().map_err(io::Error::other)?),
            None => 0,
        };
        let mut file =
            OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(named)?;
        if file.metadata()?.len() < length {
            return Err(io::Error::other(format!("{} is shorter than its checkpoint says", path.display())));
        }
        file.set_len(length)?;
        file.seek(SeekFrom::End(0))?;
        Ok(LineFile { file: BufWriter::with_capacity(1 << 16, file), length, format, lines: Vec::new() })
    }
}

impl Sink for LineFile {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        self.lines.clear();
        (self.format)(closed, &mut self.lines)?;
        self.length += self.lines.len() as u64;
        self.file.write_all(&self.lines)
    }

    fn position(&mut self) -> io::Result<Vec<u8>> {
        self.file.flush()?;
        self.file.get_ref().sync_data()?;
        Ok(self.length.to_le_bytes().to_vec())
    }
}

impl Drop for LineFile {
    fn drop(&mut self) {
        if let Err(error) = self.file.flush() {
            tracing::error!("the last lines could not be written: {error}");
        }
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
