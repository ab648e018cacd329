//! What is settled before the start: how many laps, where the stages end, when something will happen.

use crate::config::RaceConfig;
use crate::random::{Concern, Random};
use crate::track::Track;
use crate::traffic::SPACING_M;

/// Laps that a caution lasts, counted in the leader's crossings of the start line.
pub(crate) const STAGE_CAUTION_LAPS: u32 = 4;
pub(crate) const INCIDENT_CAUTION_LAPS: u32 = 5;
/// Laps that are raced after the last restart, whatever the schedule says. Source: docs/simulator.md §5.
pub(crate) const OVERTIME_LAPS: u32 = 2;
/// Green laps between a caution and the next, or the end.
const QUIET_LAPS: f64 = 8.0;
/// Of incidents that bring out the caution, besides the stage breaks.
const INCIDENTS_PER_MINUTE: f64 = 1.0 / 90.0;
/// Races with an incident in their last laps, and overtimes with another; so many at most, and no more than find
/// the time.
const LATE_CHANCE: f64 = 0.25;
const LATER_CHANCE: f64 = 0.35;
const LATE_MOST: usize = 3;
const LATE_FROM_MINUTES: f64 = 10.0;
const LATE_TIME_SHARE: f64 = 0.35;
/// Incidents for which the field is stopped, early and late, and for which share of the race's time.
const RED_CHANCE: f64 = 0.08;
const LATE_RED_CHANCE: f64 = 0.25;
const RED_SHARE: (f64, f64) = (0.02, 0.08);
/// From a standstill to the pace car's speed.
const LAUNCH_S: f64 = 25.0;
/// After the winner the others finish their lap, and the log settles.
const FINISH_S: f64 = 25.0;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub laps: u32,
    /// Laps at which stages end.
    pub stages: Vec<u32>,
    /// Incidents that bring out the caution, by the leader's distance, laps; rising.
    pub incidents: Vec<Incident>,
    /// Incidents in the last laps, by the leader's laps to the finish as it stands then.
    pub late: Vec<Incident>,
    /// Engines warm up on the grid.
    pub warm_up_s: f64,
    /// Where the leader's place on the grid is, metres after the start line, on lap 0.
    pub grid_m: f64,
}

/// Something happens on the track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Incident {
    pub lap: f64,
    /// The field is stopped for so long.
    pub red_s: Option<f64>,
}

impl Plan {
    /// As many incidents as the draw says and as find a quiet place; as many laps as then fill the time.
    pub fn new(config: &RaceConfig, track: &Track) -> Self {
        let mut random = Random::new(config.seed, Concern::Control, 0);
        let mut stoppage = Random::new(config.seed, Concern::Stoppage, 0);
        let mut late = late_incidents(config, &mut stoppage);
        while late_s(&late, track) > LATE_TIME_SHARE * config.duration_s() {
            late.pop();
        }
        let mut wanted = (config.minutes * INCIDENTS_PER_MINUTE + random.uniform()) as usize;
        let reds: Vec<Option<f64>> = (0..wanted).map(|_| red(config, RED_CHANCE, &mut stoppage)).collect();
        loop {
            let mut plan = Plan::with_cautions(config, track, &reds[..wanted], &late);
            for _ in 0..20 * wanted {
                let lap = random.between(1.0, f64::from(plan.laps));
                if plan.incidents.len() < wanted && plan.is_quiet(lap) {
                    plan.incidents.push(Incident { lap, red_s: reds[plan.incidents.len()] });
                }
            }
            if plan.incidents.len() == wanted {
                plan.incidents.sort_by(|a, b| a.lap.total_cmp(&b.lap));
                return plan;
            }
            wanted = plan.incidents.len();
        }
    }

    /// Without the incidents' places.
    fn with_cautions(config: &RaceConfig, track: &Track, reds: &[Option<f64>], late: &[Incident]) -> Self {
        let duration_s = config.duration_s();
        let warm_up_s = if duration_s < 600.0 { 3.0 } else { 20.0 };
        // the whole grid stands on lap 0
        let room_m = track.lap_m - f64::from(config.cars) * SPACING_M - 5.0;
        let longest_m = room_m.min(0.9 * track.lap_m);
        let pace_run_m = (0.04 * duration_s * track.pace_mps).clamp(250.0_f64.min(longest_m), longest_m);
        let shares = stage_shares(config.minutes);
        let caution_laps =
            shares.len() as u32 * STAGE_CAUTION_LAPS + reds.len() as u32 * INCIDENT_CAUTION_LAPS;
        // the first lap of a caution is faster than the pace car
        let caution_s = 0.9 * f64::from(caution_laps) * track.lap_m / track.pace_mps;
        let start_s = warm_up_s + LAUNCH_S + pace_run_m / track.pace_mps;
        let red_s: f64 = reds.iter().flatten().sum();
        let stopped_s = red_s + late_s(late, track);
        let green_laps = (duration_s - start_s - caution_s - stopped_s - FINISH_S) / track.lap_s;
        let laps = (green_laps as u32).max(1) + caution_laps;
        Plan {
            laps,
            stages: shares.iter().map(|share| (share * f64::from(laps)) as u32).collect(),
            incidents: Vec::new(),
            late: late.to_vec(),
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
            && self.incidents.iter().all(|other| {
                after(other.lap, INCIDENT_CAUTION_LAPS) || before(other.lap, INCIDENT_CAUTION_LAPS)
            })
    }
}

/// What incidents in the last laps add to the race's time.
fn late_s(late: &[Incident], track: &Track) -> f64 {
    let pace_lap_s = track.lap_m / track.pace_mps;
    let adds_s = |incident: &Incident| {
        if incident.lap < 1.0 {
            return incident.lap * (pace_lap_s - track.lap_s);
        }
        let caution_s = 0.9 * f64::from(INCIDENT_CAUTION_LAPS) * pace_lap_s;
        let green_s = (f64::from(OVERTIME_LAPS) - incident.lap) * track.lap_s;
        incident.red_s.unwrap_or(0.0) + caution_s + green_s
    };
    late.iter().map(adds_s).sum()
}

/// Each after the first falls into the overtime that the one before it has brought.
fn late_incidents(config: &RaceConfig, random: &mut Random) -> Vec<Incident> {
    let mut late: Vec<Incident> = Vec::new();
    if config.minutes < LATE_FROM_MINUTES {
        return late;
    }
    while late.len() < LATE_MOST && late.last().is_none_or(|last| last.lap >= 1.0) {
        let (chance, from_lap) = if late.is_empty() { (LATE_CHANCE, 4.0) } else { (LATER_CHANCE, 1.9) };
        if !random.chance(chance) {
            break;
        }
        late.push(Incident {
            lap: random.between(0.3, from_lap),
            red_s: red(config, LATE_RED_CHANCE, random),
        });
    }
    late
}

fn red(config: &RaceConfig, chance: f64, random: &mut Random) -> Option<f64> {
    let red_s = config.duration_s() * random.between(RED_SHARE.0, RED_SHARE.1);
    random.chance(chance).then_some(red_s)
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

    fn config(seed: u64, minutes: f64) -> RaceConfig {
        RaceConfig {
            seed,
            track: TrackKind::Oval15,
            cars: 1,
            minutes,
            hz: 1,
            evidence: EvidenceMode::None,
            faults: Faults::none(),
            start: EventTime::from_us(0),
            session: SessionId::new("plan").unwrap(),
        }
    }

    #[test]
    fn cautions_keep_their_distance_and_laps_grow_with_time() {
        let track = Track::new(TrackKind::Oval15);
        let mut laps = 0;
        for minutes in [1.0, 5.0, 20.0, 60.0, 180.0] {
            let plan = Plan::new(&config(minutes as u64, minutes), &track);
            assert!(plan.laps > laps, "{minutes} min: {plan:?}");
            assert!(plan.incidents.windows(2).all(|w| w[1].lap - w[0].lap > 13.0), "{plan:?}");
            laps = plan.laps;
        }
    }

    #[test]
    fn late_incidents_and_red_flags_come_now_and_then() {
        let track = Track::new(TrackKind::Oval15);
        let plans: Vec<Plan> = (0..1000).map(|seed| Plan::new(&config(seed, 180.0), &track)).collect();
        let count = |has: &dyn Fn(&Plan) -> bool| plans.iter().filter(|plan| has(plan)).count();
        // of 1000: 250 ± 14; of those 0.81 call for more laps, and of these 0.35 see another: 71 ± 8; again 0.56 and
        // 0.35: 14 ± 4
        assert!((200..300).contains(&count(&|plan| !plan.late.is_empty())));
        assert!((50..120).contains(&count(&|plan| plan.late.len() > 1)));
        assert!((3..30).contains(&count(&|plan| plan.late.len() == LATE_MOST)));
        let reds =
            |plan: &Plan| plan.incidents.iter().chain(&plan.late).any(|incident| incident.red_s.is_some());
        // two or three incidents of 0.08 each: 180; a late one of 0.25 in a quarter of the others: 50
        assert!((180..280).contains(&count(&reds)), "{}", count(&reds));
        assert!((0..1000).all(|seed| Plan::new(&config(seed, 9.9), &track).late.is_empty()), "short races");
    }
}
