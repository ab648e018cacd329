//! What an engine did between two marks, as time on the knots: from it the burn by any model follows, without the telemetry.
//!
//! Marks are start lines and stops in the box; so laps and stints are sums of segments.

use super::counters::Counters;
use super::parts::LapInParts;
use fuel::{Cell, Histogram, weighted_ns};
use serde::{Deserialize, Serialize};
use units::{EventTime, FuelMicrograms, Span};

/// What a step closes.
#[derive(Clone, Debug, PartialEq)]
pub enum Closed {
    /// A lap.
    Lap(Box<LapInParts>),
    /// A segment.
    Segment(Box<Segment>),
}

/// From one mark to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its start; `None` for the first of a car.
    pub from: Option<EventTime>,
    /// Its end.
    pub to: EventTime,
    /// The mark at its end.
    pub end: SegmentEnd,
    /// Whether it is a whole lap, and a clean one.
    pub is_clean_lap: bool,
    /// The number of the car's stint, from 0.
    pub stint: u32,
    /// Density-weighted time on the knots, gaps apart.
    pub histogram: Histogram,
    /// Burned by the table in force, scale 0.
    pub burned: FuelMicrograms,
    /// Part of it that was imputed across gaps: of that the histogram knows nothing.
    pub imputed: FuelMicrograms,
    /// Variance of `burned` by imputation, g².
    pub gap_var_g2: f64,
}

/// The mark at the end of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SegmentEnd {
    /// The start line, or the place to which a car was put.
    Line,
    /// The car stopped in its box.
    Stop,
}

/// The segment that is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct OpenSegment {
    histogram: Histogram,
    /// Only what is shown now is of interest: nothing is counted.
    is_shown_only: bool,
    /// Time held since throttle or engine speed changed, not yet on the knots.
    held_us: i64,
    from: Option<EventTime>,
    burned: FuelMicrograms,
    imputed: FuelMicrograms,
    gap_var_g2: f64,
}

impl OpenSegment {
    /// Throttle and engine speed are held for this long.
    pub fn hold(&mut self, us: i64) {
        self.held_us += us;
    }

    /// The same, to be shown: from now on it counts nothing.
    pub fn to_show(&self) -> OpenSegment {
        OpenSegment { histogram: Histogram::default(), is_shown_only: true, ..*self }
    }

    /// They change, or the air does: what was held is counted where it was held.
    pub fn file(&mut self, cell: &Cell, density_ratio: f64) {
        let held = std::mem::take(&mut self.held_us);
        if held > 0 && !self.is_shown_only {
            self.histogram.add(cell, weighted_ns(Span::from_us(held), density_ratio));
        }
    }

    /// Ends the segment and opens the next. All that was held must have been counted.
    pub fn close(
        &mut self,
        to: EventTime,
        end: SegmentEnd,
        stint: u32,
        counters: &Counters,
        gap_var_g2: f64,
    ) -> Box<Segment> {
        let next = OpenSegment {
            from: Some(to),
            burned: counters.burned,
            imputed: counters.imputed,
            gap_var_g2,
            ..OpenSegment::default()
        };
        let open = std::mem::replace(self, next);
        Box::new(Segment {
            from: open.from,
            to,
            end,
            is_clean_lap: false,
            stint,
            histogram: open.histogram,
            burned: counters.burned - open.burned,
            imputed: counters.imputed - open.imputed,
            gap_var_g2: (gap_var_g2 - open.gap_var_g2).max(0.0),
        })
    }
}
