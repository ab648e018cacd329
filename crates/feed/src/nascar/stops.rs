//! Which pit records are stops, and when.
//!
//! A record is a stop if it says when the car stood in its box and no lap ended meanwhile; a record without a time in the
//! box is a drive-through. Timing loops miss cars: an entry or exit of the pit road that lies laps away from the box is
//! of another visit. It is then put as far from the box as it usually is.

use super::files::PitRecord;
use super::{RealStop, race_time};
use units::Span;

/// From the pit road's entry to the box, and from the box to the exit, where no record tells.
const IN: Span = Span::from_secs(30);
const OUT: Span = Span::from_secs(15);
/// Before a line that a visit cannot have passed.
const APART_US: i64 = 100_000;

/// What became of the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records in all.
    pub records: usize,
    /// Stops in a box.
    pub stops: usize,
    /// Visits to the pit road without a stop.
    pub drive_throughs: usize,
    /// Of both, entries of the pit road that were estimated.
    pub estimated_in: usize,
    /// Of both, exits that were estimated.
    pub estimated_out: usize,
    /// Records of cars that nobody timed.
    pub of_strangers: usize,
    /// Records that contradict the laps.
    pub contradictory: usize,
}

/// The usual time from entry to box and from box to exit, over the whole field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usual {
    to_box: Span,
    to_exit: Span,
}

impl Usual {
    pub fn of(records: &[PitRecord]) -> Self {
        let span = |from: fn(&PitRecord) -> f64, to: fn(&PitRecord) -> f64, otherwise: Span| {
            let mut all: Vec<Span> = records
                .iter()
                .filter_map(|r| race_time(from(r)).zip(race_time(to(r))))
                .map(|(from, to)| Span::from_us(to.us() - from.us()))
                .filter(|span| *span > Span::ZERO)
                .collect();
            all.sort_unstable();
            all.get(all.len() / 2).copied().unwrap_or(otherwise)
        };
        Usual {
            to_box: span(|r| r.pit_in_race_time, |r| r.box_stop_race_time, IN),
            to_exit: span(|r| r.box_leave_race_time, |r| r.pit_out_race_time, OUT),
        }
    }
}

/// The stops of one car whose crossings of the line are `lines`. `finished`: what follows its last line is no race.
pub(super) fn of_car(
    mut records: Vec<&PitRecord>,
    lines: &[Span],
    finished: bool,
    usual: Usual,
    tally: &mut Tally,
) -> Vec<RealStop> {
    records.sort_by(|a, b| {
        a.pit_in_race_time.max(a.box_stop_race_time).total_cmp(&b.pit_in_race_time.max(b.box_stop_race_time))
    });
    let mut stops: Vec<RealStop> = Vec::new();
    for (index, record) in records.iter().enumerate() {
        tally.records += 1;
        let free_from = stops.last().map_or(lines.first().copied(), |stop: &RealStop| stop.pit_out);
        let next = records.get(index + 1);
        let visit = Visit { lines, free_from, usual, last: next.is_none() };
        let read = free_from.and_then(|_| visit.read(record));
        let after_race = |stop: &RealStop| finished && lines.last().is_some_and(|last| stop.pit_in > *last);
        match read.filter(|(stop, ..)| !after_race(stop)) {
            Some((stop, estimated_in, estimated_out)) => {
                tally.stops += usize::from(stop.stood.is_some());
                tally.drive_throughs += usize::from(stop.stood.is_none());
                tally.estimated_in += usize::from(estimated_in);
                tally.estimated_out += usize::from(estimated_out);
                stops.push(stop);
            }
            None => tally.contradictory += 1,
        }
    }
    stops
}

struct Visit<'a> {
    lines: &'a [Span],
    /// When the car was free to come in; `None` once it stayed in its box.
    free_from: Option<Span>,
    usual: Usual,
    /// No record follows.
    last: bool,
}

impl Visit<'_> {
    /// The stop, and whether entry and exit were estimated; `None` where it contradicts the laps.
    fn read(&self, record: &PitRecord) -> Option<(RealStop, bool, bool)> {
        let (stated_in, stated_out) =
            (race_time(record.pit_in_race_time), race_time(record.pit_out_race_time));
        let stood = race_time(record.box_stop_race_time).zip(race_time(record.box_leave_race_time));
        let Some((from, to)) = stood else {
            let (pit_in, pit_out) = (stated_in?, stated_out?);
            let sound = self.is_free(pit_in) && pit_in < pit_out && self.passed(pit_in, pit_out) <= 1;
            return sound.then_some((RealStop { pit_in, stood: None, pit_out: Some(pit_out) }, false, false));
        };
        if to <= from || self.passed(from, to) > 0 || !self.is_free(from) {
            return None;
        }
        let good_in = stated_in.filter(|&at| self.is_free(at) && at < from && self.passed(at, from) <= 1);
        let pit_in = match good_in {
            Some(at) => at,
            None => self.estimated_in(from, stated_out.is_some_and(|out| self.passed(to, out) > 0))?,
        };
        let before_lines = self.passed(pit_in, from);
        let good_out = stated_out.filter(|&at| at > to && self.passed(to, at) + before_lines <= 1);
        let stays = stated_out.is_none() && self.last && self.passed(to, Span::from_us(i64::MAX)) == 0;
        let pit_out = match good_out {
            Some(at) => Some(at),
            None if stays => None,
            None => Some(self.estimated_out(to, before_lines)?),
        };
        let stop = RealStop { pit_in, stood: Some((from, to)), pit_out };
        Some((stop, good_in.is_none(), pit_out.is_some() && good_out.is_none()))
    }

    fn is_free(&self, at: Span) -> bool {
        self.free_from.is_some_and(|free| at.us() > free.us())
    }

    /// Lines crossed from one moment to another, both included.
    fn passed(&self, from: Span, to: Span) -> usize {
        self.lines.iter().filter(|line| (from..=to).contains(*line)).count()
    }

    /// An entry, the usual time before the box, but no earlier than half-way from where the car was last seen on the
    /// track. A car that crosses the line after its box did not cross it before.
    fn estimated_in(&self, from: Span, line_follows: bool) -> Option<Span> {
        let lines = self.lines.iter().rev().filter(|line| **line < from);
        let line = lines.take(if line_follows { 1 } else { 2 }).last().copied();
        let seen = line.into_iter().chain(self.free_from).max()?;
        let half_way = seen.us() + (from.us() - seen.us()) / 2;
        let at = (from.us() - self.usual.to_box.us()).max(half_way);
        (seen.us() < at && at < from.us()).then(|| Span::from_us(at))
    }

    /// An exit, the usual time after the box, before a line that the pit road does not reach.
    fn estimated_out(&self, to: Span, before_lines: usize) -> Option<Span> {
        let far = self.lines.iter().filter(|line| **line > to).nth(1 - before_lines.min(1));
        let latest = far.map_or(i64::MAX, |line| line.us() - APART_US);
        let at = (to.us() + self.usual.to_exit.us()).min(latest);
        (at > to.us()).then(|| Span::from_us(at))
    }
}
