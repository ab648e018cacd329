//! What is settled before the start: how many laps, where the stages end, when something will happen.

use crate::config::RaceConfig;
use crate::random::{Concern, Random};
use crate::track::Track;

/// Laps that a caution lasts, counted in the leader's crossings of the start line.
pub(crate) const STAGE_CAUTION_LAPS: u32 = 4;
pub(crate) const INCIDENT_CAUTION_LAPS: u32 = 5;
/// Green laps between a caution and the next, or the end.
const QUIET_LAPS: f64 = 8.0;
/// Of incidents that bring out the caution, besides the stage breaks.
const INCIDENTS_PER_MINUTE: f64 = 1.0 / 90.0;
/// From a standstill to the pace car's speed.
const LAUNCH_S: f64 = 25.0;
/// After the winner the others finish their lap, and the log settles.
const FINISH_S: f64 = 25.0;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub laps: u32,
    /// Laps at which stages end.
    pub stages: Vec<u32>,
    /// The leader's distance, laps, at which an incident brings out the caution; rising.
    pub incidents: Vec<f64>,
    /// Engines warm up on the grid.
    pub warm_up_s: f64,
    /// Where the leader's place on the grid is, metres after the start line, on lap 0.
    pub grid_m: f64,
}

impl Plan {
    /// As many incidents as the draw says and as find a quiet place; as many laps as then fill the time.
    pub fn new(config: &RaceConfig, track: &Track) -> Self {
        let mut random = Random::new(config.seed, Concern::Control, 0);
        let mut wanted = (config.minutes * INCIDENTS_PER_MINUTE + random.uniform()) as usize;
        loop {
            let mut plan = Plan::with_cautions(config, track, wanted as u32);
            for _ in 0..20 * wanted {
                let lap = random.between(1.0, f64::from(plan.laps));
                if plan.incidents.len() < wanted && plan.is_quiet(lap) {
                    plan.incidents.push(lap);
                }
            }
            if plan.incidents.len() == wanted {
                plan.incidents.sort_by(f64::total_cmp);
                return plan;
            }
            wanted = plan.incidents.len();
        }
    }

    /// Without the incidents' places.
    fn with_cautions(config: &RaceConfig, track: &Track, incidents: u32) -> Self {
        let duration_s = config.duration_s();
        let warm_up_s = if duration_s < 600.0 { 3.0 } else { 20.0 };
        let pace_run_m = (0.04 * duration_s * track.pace_mps).clamp(250.0, 0.9 * track.lap_m);
        let shares = stage_shares(config.minutes);
        let caution_laps = shares.len() as u32 * STAGE_CAUTION_LAPS + incidents * INCIDENT_CAUTION_LAPS;
        // the first lap of a caution is faster than the pace car
        let caution_s = 0.9 * f64::from(caution_laps) * track.lap_m / track.pace_mps;
        let start_s = warm_up_s + LAUNCH_S + pace_run_m / track.pace_mps;
        let green_laps = (duration_s - start_s - caution_s - FINISH_S) / track.lap_s;
        let laps = (green_laps as u32).max(1) + caution_laps;
        Plan {
            laps,
            stages: shares.iter().map(|share| (share * f64::from(laps)) as u32).collect(),
            incidents: Vec::new(),
            warm_up_s,
            grid_m: track.lap_m - pace_run_m,
        }
    }

    /// Far enough from every other caution, the start and the end.
    fn is_quiet(&self, lap: f64) -> bool {
        let after = |caution: f64, laps: u32| lap > caution + f64::from(laps) + QUIET_LAPS;
        let before = |other: f64, laps: u32| lap + f64::from(laps) + QUIET_LAPS < other;
        let ends = self.stages.iter().map(|&stage| f64::from(stage + 1));
        after(1.0, 0)
            && before(f64::from(self.laps), INCIDENT_CAUTION_LAPS)
            && ends.into_iter().all(|end| after(end, STAGE_CAUTION_LAPS) || before(end, 0))
            && self
                .incidents
                .iter()
                .all(|&other| after(other, INCIDENT_CAUTION_LAPS) || before(other, INCIDENT_CAUTION_LAPS))
    }
}

/// Where the stages end. From an hour on early enough that the last stage outlasts a tank.
fn stage_shares(minutes: f64) -> &'static [f64] {
    match minutes {
        minutes if minutes < 15.0 => &[],
        minutes if minutes < 45.0 => &[0.25, 0.5],
        _ => &[1.0 / 6.0, 1.0 / 3.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{EvidenceMode, TrackKind};
    use crate::faults::Faults;
    use events::SessionId;
    use units::EventTime;

    #[test]
    fn cautions_keep_their_distance_and_laps_grow_with_time() {
        let track = Track::new(TrackKind::Oval15);
        let mut laps = 0;
        for minutes in [1.0, 5.0, 20.0, 60.0, 180.0] {
            let config = RaceConfig {
                seed: minutes as u64,
                track: TrackKind::Oval15,
                cars: 1,
                minutes,
                hz: 1,
                evidence: EvidenceMode::None,
                faults: Faults::none(),
                start: EventTime::from_us(0),
                session: SessionId::new("plan").unwrap(),
            };
            let plan = Plan::new(&config, &track);
            assert!(plan.laps > laps, "{minutes} min: {plan:?}");
            assert!(plan.incidents.windows(2).all(|w| w[1] - w[0] > 13.0), "{plan:?}");
            laps = plan.laps;
        }
    }
}
