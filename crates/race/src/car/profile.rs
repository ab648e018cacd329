//! A car's own laps by distance: what fills a gap in its signals.

use super::lap::LAP_STEPS;
use crate::session::RaceState;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use units::{EventTime, FuelMicrograms, Span};

/// How many laps back a gap looks for its like. Source: docs/fuel-model.md §6.
pub const DONORS_MAX: usize = 5;
const BINS: usize = 200;
const BIN_STEPS: i64 = LAP_STEPS / BINS as i64;
/// What it costs a donor to be a lap older, m/s of mean speed. Source: docs/fuel-model.md §6.
const COST_PER_LAP_BACK_M_S: f64 = 0.15;

/// A point of a lap: when a car was there and what it had burned by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Edge {
    at: EventTime,
    burned: FuelMicrograms,
}

/// One lap of one car at the edges of 200 equal bins of distance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct LapEdges {
    /// Which lap of the tracker: its edges lie at `index * 200 + bin`.
    index: i64,
    edges: Vec<Option<Edge>>,
    /// Bins that hold imputed burn: no donors.
    imputed: Vec<bool>,
}

impl LapEdges {
    fn new(index: i64) -> Self {
        LapEdges { index, edges: vec![None; BINS], imputed: vec![false; BINS] }
    }
}

/// The newest laps of a car, the open one last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LapProfiles {
    laps: VecDeque<Arc<LapEdges>>,
    newest: Option<(i64, Edge)>,
    /// The end of the bin that `newest` lies in.
    next_edge: i64,
    /// Some of the burn since `newest` was imputed.
    imputed: bool,
}

/// What a gap's burn is taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imputed {
    /// Mean flow over the gap, g/s.
    pub rate_g_s: f64,
    /// The lap it was taken from; `None`: not from a lap.
    pub laps_back: Option<u32>,
}

impl LapProfiles {
    /// Some of what is burned up to the next record is imputed.
    pub fn impute_from_here(&mut self) {
        self.imputed = true;
    }

    /// The car was at `travelled_steps` at `at`, having burned `burned`.
    pub fn record(&mut self, travelled_steps: i64, at: EventTime, burned: FuelMicrograms) {
        let imputed = std::mem::take(&mut self.imputed);
        let now = Edge { at, burned };
        let Some((before_steps, before)) = self.newest.replace((travelled_steps, now)) else { return };
        let within_bin = travelled_steps < self.next_edge && before_steps <= travelled_steps;
        if within_bin && !imputed {
            return;
        }
        self.next_edge = (travelled_steps.div_euclid(BIN_STEPS) + 1) * BIN_STEPS;
        let moved = travelled_steps - before_steps;
        if !(0..2 * LAP_STEPS).contains(&moved) {
            return;
        }
        let first = before_steps.div_euclid(BIN_STEPS);
        let last = travelled_steps.div_euclid(BIN_STEPS);
        if imputed {
            (first..=last).for_each(|bin| self.spoil(bin));
        }
        for bin in first + 1..=last {
            let part = (bin * BIN_STEPS - before_steps) as f64 / moved as f64;
            let edge = interpolate(before, now, part);
            self.set(bin, edge);
        }
    }

    /// Forgets all laps: the car was put elsewhere.
    pub fn clear(&mut self) {
        *self = LapProfiles::default();
    }

    /// The mean flow of the donor lap for a gap between two distances, by the rule of docs/fuel-model.md §6: of the
    /// last five laps at the same distance and under the same flag, whole and not imputed themselves, the one whose
    /// mean speed is nearest. `None` without any.
    pub fn impute(
        &self,
        (from, from_steps): (EventTime, i64),
        (to, to_steps): (EventTime, i64),
        track_length_m: f64,
        race: &RaceState,
    ) -> Option<Imputed> {
        let metres = (to_steps - from_steps) as f64 / LAP_STEPS as f64 * track_length_m;
        let speed_m_s = metres / (to - from).secs();
        let flag = race.flags.within(from, from + Span::from_us(1)).next()?;
        let mut best: Option<(f64, Imputed)> = None;
        for back in 1..=DONORS_MAX as i64 {
            let shift = back * LAP_STEPS;
            let Some((start, end)) = self.stretch(from_steps - shift, to_steps - shift) else { continue };
            let seconds = (end.at - start.at).secs();
            if seconds <= 0.0 || race.flags.within(start.at, end.at).any(|other| other != flag) {
                continue;
            }
            let cost = (metres / seconds - speed_m_s).abs() + COST_PER_LAP_BACK_M_S * back as f64;
            if best.is_none_or(|(least, _)| cost < least) {
                let rate_g_s = (end.burned - start.burned).0 as f64 * 1e-6 / seconds;
                best = Some((cost, Imputed { rate_g_s, laps_back: u32::try_from(back).ok() }));
            }
        }
        best.map(|(_, imputed)| imputed)
    }

    /// The mean flow over the lap that ends at `steps`, g/s: what an open gap is taken to burn until it ends.
    pub fn last_lap_rate_g_s(&self, steps: i64) -> Option<f64> {
        let (start, end) = (self.at(steps - LAP_STEPS)?, self.newest.map(|(_, edge)| edge)?);
        let seconds = (end.at - start.at).secs();
        (seconds > 0.0).then(|| (end.burned - start.burned).0 as f64 * 1e-6 / seconds)
    }

    /// Where the car was last, and what it had burned by then.
    pub fn newest(&self) -> Option<(i64, FuelMicrograms)> {
        self.newest.map(|(steps, edge)| (steps, edge.burned))
    }

    /// What the car had burned at the edge of a bin that lies at `steps`; `None` where that was not recorded.
    pub fn burned_at_edge(&self, steps: i64) -> Option<FuelMicrograms> {
        self.edge(steps.div_euclid(BIN_STEPS)).map(|edge| edge.burned)
    }

    fn stretch(&self, from_steps: i64, to_steps: i64) -> Option<(Edge, Edge)> {
        let bins = from_steps.div_euclid(BIN_STEPS)..=to_steps.div_euclid(BIN_STEPS);
        if bins.into_iter().any(|bin| self.is_spoilt(bin)) {
            return None;
        }
        Some((self.at(from_steps)?, self.at(to_steps)?))
    }

    fn at(&self, steps: i64) -> Option<Edge> {
        let bin = steps.div_euclid(BIN_STEPS);
        let part = steps.rem_euclid(BIN_STEPS) as f64 / BIN_STEPS as f64;
        Some(interpolate(self.edge(bin)?, self.edge(bin + 1)?, part))
    }

    fn edge(&self, bin: i64) -> Option<Edge> {
        self.lap(bin)?.edges[bin.rem_euclid(BINS as i64) as usize]
    }
    fn is_spoilt(&self, bin: i64) -> bool {
        self.lap(bin).is_none_or(|lap| lap.imputed[bin.rem_euclid(BINS as i64) as usize])
    }
    fn lap(&self, bin: i64) -> Option<&LapEdges> {
        let index = bin.div_euclid(BINS as i64);
        self.laps.iter().rev().find(|lap| lap.index == index).map(Arc::as_ref)
    }

    fn set(&mut self, bin: i64, edge: Edge) {
        if let Some(lap) = self.open_lap(bin.div_euclid(BINS as i64)) {
            lap.edges[bin.rem_euclid(BINS as i64) as usize] = Some(edge);
        }
    }
    fn spoil(&mut self, bin: i64) {
        if let Some(lap) = self.open_lap(bin.div_euclid(BINS as i64)) {
            lap.imputed[bin.rem_euclid(BINS as i64) as usize] = true;
        }
    }
    fn open_lap(&mut self, index: i64) -> Option<&mut LapEdges> {
        if self.laps.back().is_none_or(|lap| lap.index < index) {
            self.laps.push_back(Arc::new(LapEdges::new(index)));
            // five donors, the lap they may reach back into, and the open one
            if self.laps.len() > DONORS_MAX + 2 {
                self.laps.pop_front();
            }
        }
        self.laps.iter_mut().rev().find(|lap| lap.index == index).map(Arc::make_mut)
    }
}

fn interpolate(before: Edge, after: Edge, part: f64) -> Edge {
    let along = |from: i64, to: i64| from + ((to - from) as f64 * part).round() as i64;
    Edge {
        at: EventTime::from_us(along(before.at.us(), after.at.us())),
        burned: FuelMicrograms(along(before.burned.0, after.burned.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Settings;
    use events::SessionId;

    fn race() -> RaceState {
        RaceState::new(SessionId::new("test").unwrap(), Settings::default())
    }

    /// A car that laps in 30 s at 30 g/s, `lap` laps long, sampled every 100 ms.
    fn profiles(laps: i64) -> LapProfiles {
        let mut profiles = LapProfiles::default();
        for tick in 0..=laps * 300 {
            let at = EventTime::from_ms(tick * 100);
            profiles.record(tick * LAP_STEPS / 300, at, FuelMicrograms(tick * 3_000_000));
        }
        profiles
    }

    #[test]
    fn a_gap_takes_the_flow_of_the_lap_before_at_the_same_place() {
        let from = (EventTime::from_ms(90_000), 3 * LAP_STEPS);
        let to = (EventTime::from_ms(96_000), 3 * LAP_STEPS + LAP_STEPS / 5);
        let imputed = profiles(3).impute(from, to, 2_400.0, &race()).unwrap();
        assert_eq!(imputed.laps_back, Some(1), "all laps were alike, so the newest");
        assert!((imputed.rate_g_s - 30.0).abs() < 1e-3, "{imputed:?}");
    }

    #[test]
    fn without_a_lap_nothing_is_imputed() {
        let from = (EventTime::from_ms(0), 0);
        let to = (EventTime::from_ms(6_000), LAP_STEPS / 5);
        assert_eq!(profiles(0).impute(from, to, 2_400.0, &race()), None);
    }

    #[test]
    fn memory_is_bounded_by_the_donors() {
        assert!(profiles(20).laps.len() <= DONORS_MAX + 2);
    }
}
