//! Stretches whose burn is imputed, and how unsure that makes a lap, a stint and the race.

use serde::{Deserialize, Serialize};
use units::{EventTime, FuelMicrograms};

/// A stretch whose burn is imputed. Its start names it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Its start: a time at which samples split the sums.
    pub from: EventTime,
    /// Its end: likewise.
    pub to: EventTime,
    /// Its flow, g/s; `None`: nothing is known, and nothing is added.
    pub rate_g_s: Option<f64>,
    /// Relative standard deviation of its burn.
    pub relative_sd: f64,
}

/// Variance by imputation of what was burned since the start of the race, the stint and the lap. One factor for a whole
/// gap, gaps independent: docs/fuel-model.md §6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GapSpread {
    open: Option<Gap>,
    race: GapSum,
    stint: GapSum,
    lap: GapSum,
}

/// GapSum some beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct GapSum {
    /// Variance by the gaps that are over, g². Added in the order of event time.
    closed_g2: f64,
    /// Burned in the open gap.
    open: FuelMicrograms,
}

impl GapSum {
    fn variance_g2(&self, relative_sd: f64) -> f64 {
        let sd_g = relative_sd * self.open.mass().kg() * 1e3;
        self.closed_g2 + sd_g * sd_g
    }
}

impl GapSpread {
    /// So much was burned in `gap`.
    pub fn burn(&mut self, gap: &Gap, burned: FuelMicrograms) {
        if self.open.is_none_or(|open| open.from != gap.from) {
            self.close();
        }
        self.open = Some(*gap);
        for since in [&mut self.race, &mut self.stint, &mut self.lap] {
            since.open += burned;
        }
    }

    /// What follows is measured.
    pub fn close(&mut self) {
        let Some(gap) = self.open.take() else { return };
        for since in [&mut self.race, &mut self.stint, &mut self.lap] {
            *since =
                GapSum { closed_g2: since.variance_g2(gap.relative_sd), open: FuelMicrograms::default() };
        }
    }

    /// A stint begins.
    pub fn begin_stint(&mut self) {
        self.stint = GapSum::default();
    }
    /// A lap begins.
    pub fn begin_lap(&mut self) {
        self.lap = GapSum::default();
    }

    /// Of the race, g².
    pub fn race_g2(&self) -> f64 {
        self.race.variance_g2(self.relative_sd())
    }
    /// Of the stint, g².
    pub fn stint_g2(&self) -> f64 {
        self.stint.variance_g2(self.relative_sd())
    }
    /// Of the lap, g².
    pub fn lap_g2(&self) -> f64 {
        self.lap.variance_g2(self.relative_sd())
    }
    fn relative_sd(&self) -> f64 {
        self.open.map_or(0.0, |gap| gap.relative_sd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(ms: i64, relative_sd: f64) -> Gap {
        let from = EventTime::from_ms(ms);
        Gap { from, to: EventTime::from_ms(ms + 1_000), rate_g_s: None, relative_sd }
    }
    fn grams(g: i64) -> FuelMicrograms {
        FuelMicrograms(g * 1_000_000)
    }

    #[test]
    fn a_gap_has_one_factor_and_gaps_are_independent() {
        let mut spread = GapSpread::default();
        spread.burn(&gap(0, 0.1), grams(60));
        spread.burn(&gap(0, 0.1), grams(40));
        assert!((spread.lap_g2() - 100.0).abs() < 1e-9, "10 % of 100 g, open");
        spread.begin_lap();
        spread.burn(&gap(0, 0.1), grams(50));
        spread.burn(&gap(9_000, 0.2), grams(20));
        spread.close();
        // the lap: 5 g and 4 g; the stint and the race: 15 g and 4 g
        assert!((spread.lap_g2() - 41.0).abs() < 1e-9, "{spread:?}");
        assert!((spread.stint_g2() - 241.0).abs() < 1e-9, "{spread:?}");
        spread.begin_stint();
        assert!(spread.stint_g2().abs() < 1e-9 && (spread.race_g2() - 241.0).abs() < 1e-9, "{spread:?}");
    }
}
