//! What each car burned from stop to stop, as time on the knots: final, and so any model can be held against it.

use crate::car::{Segment, SegmentEnd};
use events::VehicleId;
use fuel::{Histogram, RateTable};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use units::{EventTime, FuelMicrograms};

/// How many of a car's newest marks are kept: evidence that speaks of older laps than these, but not of whole stints, has
/// come too late to be used.
const MARKS_MAX: usize = 64;

/// Fewer laps than this do not stand for what a car does.
const NEWEST_LAPS_MIN: u32 = 5;

/// The stints of every car.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stints(BTreeMap<VehicleId, CarStints>);

/// The stints of one car, its newest last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CarStints {
    stints: Vec<Stint>,
    /// Where the newest segments ended, and what the car had burned by then in all.
    marks: VecDeque<StintMark>,
}

/// From one stop to the next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stint {
    /// When its newest segment ended; for a closed stint, when the car stopped.
    pub to: EventTime,
    /// Whether the car has stopped at its end.
    pub is_closed: bool,
    /// What was run.
    pub ran: Ran,
    /// The clean laps of that.
    pub clean: Ran,
    /// Variance by imputation, g².
    pub gap_var_g2: f64,
    /// How many laps it has.
    pub laps: u32,
}

/// Some running.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// Time on the knots, gaps apart.
    pub histogram: Histogram,
    /// Burned by the tables that were in force, at scale 0.
    pub burned: FuelMicrograms,
    /// Part of it that was imputed.
    pub imputed: FuelMicrograms,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct StintMark {
    at: EventTime,
    stint: u32,
    burned: FuelMicrograms,
    is_line: bool,
}

impl Stints {
    /// Files a segment, of one car in order of time. Whether it closed a stint.
    pub fn file(&mut self, vehicle: VehicleId, segment: &Segment) -> bool {
        let car = self.0.entry(vehicle).or_default();
        let stint = segment.stint as usize;
        if car.stints.len() <= stint {
            car.stints.resize_with(stint + 1, Stint::default);
        }
        let stint = &mut car.stints[stint];
        stint.to = segment.to;
        stint.is_closed = segment.end == SegmentEnd::Stop;
        stint.ran.add(segment);
        if segment.is_clean_lap {
            stint.clean.add(segment);
        }
        stint.gap_var_g2 += segment.gap_var_g2;
        stint.laps += u32::from(segment.end == SegmentEnd::Line && segment.from.is_some());
        let is_closed = stint.is_closed;
        let before = car.marks.back().map_or(FuelMicrograms::default(), |mark| mark.burned);
        if car.marks.len() == MARKS_MAX {
            car.marks.pop_front();
        }
        car.marks.push_back(StintMark {
            at: segment.to,
            stint: segment.stint,
            burned: before + segment.burned,
            is_line: segment.end == SegmentEnd::Line,
        });
        is_closed
    }

    /// The stints of a car.
    pub fn of(&self, vehicle: VehicleId) -> Option<&CarStints> {
        self.0.get(&vehicle)
    }

    /// Every car that has run.
    pub fn vehicles(&self) -> impl Iterator<Item = VehicleId> + '_ {
        self.0.keys().copied()
    }
}

impl CarStints {
    /// All of them, in order.
    pub fn all(&self) -> &[Stint] {
        &self.stints
    }

    /// The newest running: of the open stint, and of the one before while that is short.
    pub fn newest(&self) -> Option<Ran> {
        self.of_newest(|stint| &stint.ran)
    }

    /// The newest clean laps, likewise; `None` before the first.
    pub fn newest_clean(&self) -> Option<Ran> {
        self.of_newest(|stint| &stint.clean).filter(|ran| ran.burned.0 > 0)
    }

    fn of_newest(&self, of: fn(&Stint) -> &Ran) -> Option<Ran> {
        let (newest, before) = self.stints.split_last()?;
        match before.last().filter(|_| newest.laps < NEWEST_LAPS_MIN) {
            Some(before) => Some(of(before).and(of(newest))),
            None => Some(of(newest).clone()),
        }
    }

    /// How many have ended with a stop.
    pub fn closed(&self) -> usize {
        self.stints.iter().take_while(|stint| stint.is_closed).count()
    }

    /// The stint that was on at `at`: the first that ended at or after it, or the newest.
    pub fn stint_at(&self, at: EventTime) -> Option<usize> {
        let ended = self.stints.iter().position(|stint| stint.is_closed && at <= stint.to);
        ended.or(self.stints.len().checked_sub(1))
    }

    /// What the car burned in all by `at`, by the tables in force; between marks in proportion to time. `None` outside
    /// what is remembered.
    fn burned_by(&self, at: EventTime) -> Option<f64> {
        let behind = self.marks.partition_point(|mark| mark.at < at);
        let next = self.marks.get(behind)?;
        if next.at == at {
            return Some(next.burned.0 as f64);
        }
        let mark = self.marks.get(behind.checked_sub(1)?)?;
        let part = (at - mark.at).us() as f64 / (next.at - mark.at).us() as f64;
        Some(mark.burned.0 as f64 + part * (next.burned - mark.burned).0 as f64)
    }

    /// What it burned between two moments, grams, at scale 0.
    pub fn burned_between_g(&self, from: EventTime, to: EventTime) -> Option<f64> {
        Some((self.burned_by(to)? - self.burned_by(from)?) * 1e-6)
    }

    /// What it burned in a stint up to the last mark at or before `at`, grams at scale 0, and the laps behind it there.
    pub fn burned_in_stint_g(&self, stint: usize, at: EventTime) -> Option<(f64, u32)> {
        let of_stint = || self.marks.iter().filter(|mark| mark.stint as usize == stint);
        let last = of_stint().take_while(|mark| mark.at <= at).last()?;
        let behind = of_stint().skip_while(|mark| mark.at <= last.at);
        let burned_after = behind.clone().last().map_or(0, |mark| (mark.burned - last.burned).0);
        let laps_after = behind.filter(|mark| mark.is_line).count() as u32;
        let whole = self.stints.get(stint)?;
        Some(((whole.ran.burned.0 - burned_after) as f64 * 1e-6, whole.laps.saturating_sub(laps_after)))
    }
}

impl Ran {
    fn add(&mut self, segment: &Segment) {
        self.histogram.merge(&segment.histogram);
        self.burned += segment.burned;
        self.imputed += segment.imputed;
    }

    fn and(&self, other: &Ran) -> Ran {
        let mut both = self.clone();
        both.histogram.merge(&other.histogram);
        both.burned += other.burned;
        both.imputed += other.imputed;
        both
    }

    /// Burned by the tables that were in force, grams.
    pub fn burned_g(&self) -> f64 {
        self.burned.0 as f64 * 1e-6
    }

    /// The same without what was imputed: what the histogram holds.
    pub fn observed_g(&self) -> f64 {
        (self.burned - self.imputed).0 as f64 * 1e-6
    }

    /// All that was burned over what was observed of: 1 or more.
    fn whole_share(&self) -> f64 {
        let observed_g = self.observed_g();
        if observed_g > 0.0 { self.burned_g() / observed_g } else { 1.0 }
    }

    /// Time on the knots with a share of what was imputed, taken to have been burned as the rest was; and a share of all.
    pub fn whole(&self, share: f64) -> Histogram {
        self.histogram.share(self.whole_share() * share)
    }

    /// What it burned by another table, grams.
    pub fn by_table_g(&self, table: &RateTable) -> f64 {
        self.histogram.burned_g(table) * self.whole_share()
    }
}
