//! Race control: the flags, the pace car and when the pits are open.

use crate::config::RaceConfig;
use crate::motion::STEP_S;
use crate::random::{Concern, Random};
use crate::track::Track;
use events::Flag;

/// Laps that a caution lasts, counted in the leader's crossings of the start line.
const STAGE_CAUTION_LAPS: u32 = 4;
const INCIDENT_CAUTION_LAPS: u32 = 5;
/// Cars catch the tail of the field at no more than this under caution.
const CATCH_UP_MPS: f64 = 45.0;
/// Nothing is thrown this close to another caution, the start or the end.
const QUIET_LAPS: f64 = 8.0;
/// After the leader's finish the others have this long to end their lap, and the log this long to settle.
const FINISH_S: f64 = 60.0;
const SETTLE_S: f64 = 12.0;

/// What is planned before the start.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub laps: u32,
    /// Laps at which stages end.
    pub stages: Vec<u32>,
    /// Leader's distance, laps, at which an incident brings out the caution; rising.
    incidents: Vec<f64>,
    /// Engines warm up on the grid.
    warm_up_s: f64,
    /// Where the leader's place on the grid is, metres after the start line, on lap 0.
    pub grid_m: f64,
}

impl Plan {
    pub fn new(config: &RaceConfig, track: &Track) -> Self {
        let duration_s = config.duration_s();
        let warm_up_s = if duration_s < 600.0 { 3.0 } else { 20.0 };
        let pace_run_m = (0.04 * duration_s * track.pace_mps).clamp(250.0, 0.9 * track.lap_m);
        let mut random = Random::new(config.seed, Concern::Control, 0);
        let stage_count = if config.minutes < 15.0 { 0 } else { 2 };
        let incidents = (config.minutes / 45.0 + random.uniform()) as u32;
        let pace_lap_s = track.lap_m / track.pace_mps;
        let caution_laps = stage_count * STAGE_CAUTION_LAPS + incidents * INCIDENT_CAUTION_LAPS;
        let caution_s = f64::from(caution_laps) * pace_lap_s * 0.9;
        let start_s = warm_up_s + 10.0 + pace_run_m / track.pace_mps;
        let green_s = duration_s - start_s - caution_s - 20.0;
        let laps = ((green_s / track.lap_s) as u32).max(1) + caution_laps;
        let stages: Vec<u32> = [0.22, 0.44]
            .into_iter()
            .take(stage_count as usize)
            .map(|share| (share * f64::from(laps)) as u32)
            .collect();
        let mut incidents: Vec<f64> = (0..incidents)
            .map(|_| random.between(QUIET_LAPS, (f64::from(laps) - QUIET_LAPS).max(QUIET_LAPS)))
            .collect();
        incidents.sort_by(f64::total_cmp);
        Plan { laps, stages, incidents, warm_up_s, grid_m: track.lap_m - pace_run_m }
    }
}

/// What every car has to obey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rules {
    pub flag: Flag,
    /// Highest speed under caution.
    pub caution_mps: f64,
    pub pits_open: bool,
    /// Distance at which the leader ends the race.
    pub finish_m: f64,
    /// Counts the green flags: drivers think anew at each.
    pub restarts: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum PaceCar {
    Parked,
    /// At the pit exit, until the leader comes.
    Waiting {
        at_m: f64,
    },
    Leading {
        at_m: f64,
        speed_mps: f64,
    },
}

/// The pace car's lead over the first car.
const LEAD_M: f64 = 20.0;

pub(crate) struct Control {
    plan: Plan,
    pub rules: Rules,
    pace_car: PaceCar,
    /// The leader's lap at which the field goes green again.
    green_lap: u32,
    /// Since the engines started.
    time_s: f64,
    last_caution_laps: f64,
    finished_s: Option<f64>,
}

impl Control {
    pub fn new(plan: Plan, track: &Track) -> Self {
        let rules = Rules {
            flag: Flag::Yellow,
            caution_mps: track.pace_mps,
            pits_open: false,
            finish_m: f64::from(plan.laps + 1) * track.lap_m,
            restarts: 0,
        };
        let pace_car = PaceCar::Leading { at_m: plan.grid_m + LEAD_M, speed_mps: 0.0 };
        Control { plan, rules, pace_car, green_lap: 1, time_s: 0.0, last_caution_laps: 0.0, finished_s: None }
    }

    /// One step. `leader_m` is the greatest distance of a car in the race; `all_home`: every car has finished or
    /// retired. Returns the flags newly shown, in order.
    pub fn step(&mut self, track: &Track, leader_m: f64, all_home: bool) -> Vec<Flag> {
        self.time_s += STEP_S;
        self.drive_pace_car(track, leader_m);
        let laps = leader_m / track.lap_m;
        let shown = match self.rules.flag {
            Flag::Yellow => self.under_caution(laps, track),
            Flag::Green | Flag::White => self.under_green(laps, track),
            _ => Vec::new(),
        };
        if self.rules.flag == Flag::Checkered {
            let at_s = *self.finished_s.get_or_insert(self.time_s + FINISH_S);
            if all_home {
                self.finished_s = Some(at_s.min(self.time_s + SETTLE_S));
            }
        }
        shown
    }

    /// Whether the log ends.
    pub fn is_over(&self) -> bool {
        self.finished_s.is_some_and(|at_s| self.time_s >= at_s)
    }

    /// Position and speed of the pace car while it leads the field.
    pub fn pace_car(&self) -> Option<(f64, f64)> {
        match self.pace_car {
            PaceCar::Leading { at_m, speed_mps } => Some((at_m, speed_mps)),
            _ => None,
        }
    }

    fn show(&mut self, flag: Flag) -> Flag {
        self.rules.flag = flag;
        flag
    }

    fn under_caution(&mut self, laps: f64, track: &Track) -> Vec<Flag> {
        if laps < f64::from(self.green_lap) {
            return Vec::new();
        }
        self.last_caution_laps = laps;
        self.rules.restarts += 1;
        self.rules.pits_open = true;
        self.pace_car = PaceCar::Parked;
        let mut shown = vec![self.show(Flag::Green)];
        shown.extend(self.under_green(laps, track));
        shown
    }

    fn under_green(&mut self, laps: f64, track: &Track) -> Vec<Flag> {
        if laps >= f64::from(self.plan.laps + 1) {
            return vec![self.show(Flag::Checkered)];
        }
        if laps >= f64::from(self.plan.laps) {
            return if self.rules.flag == Flag::White { Vec::new() } else { vec![self.show(Flag::White)] };
        }
        // stage n ends when the leader completes that lap, which opens the next
        if self.plan.stages.first().is_some_and(|&lap| laps >= f64::from(lap + 1)) {
            self.plan.stages.remove(0);
            return vec![self.caution(laps, STAGE_CAUTION_LAPS, track)];
        }
        if self.plan.incidents.first().is_some_and(|&at| laps >= at) {
            self.plan.incidents.remove(0);
            if self.is_quiet(laps) {
                return vec![self.caution(laps, INCIDENT_CAUTION_LAPS, track)];
            }
        }
        Vec::new()
    }

    /// No caution just now or soon, and the end is not near.
    fn is_quiet(&self, laps: f64) -> bool {
        let to_stage = self.plan.stages.first().map_or(f64::INFINITY, |&lap| f64::from(lap + 1) - laps);
        laps - self.last_caution_laps > QUIET_LAPS
            && to_stage > QUIET_LAPS
            && f64::from(self.plan.laps) - laps > QUIET_LAPS + f64::from(INCIDENT_CAUTION_LAPS)
    }

    fn caution(&mut self, laps: f64, last_laps: u32, track: &Track) -> Flag {
        self.green_lap = laps as u32 + last_laps;
        self.rules.caution_mps = CATCH_UP_MPS;
        self.rules.pits_open = false;
        let exit_m = track.pit_in_m + track.pit_road_m - track.lap_m;
        let mut at_m = laps.floor() * track.lap_m + exit_m;
        while at_m < laps * track.lap_m + 500.0 {
            at_m += track.lap_m;
        }
        self.pace_car = PaceCar::Waiting { at_m };
        self.show(Flag::Yellow)
    }

    fn drive_pace_car(&mut self, track: &Track, leader_m: f64) {
        match self.pace_car {
            PaceCar::Parked => {}
            PaceCar::Waiting { at_m } if leader_m > at_m - 200.0 => {
                self.pace_car = PaceCar::Leading { at_m, speed_mps: track.pace_mps };
                self.rules.pits_open = true;
            }
            PaceCar::Waiting { .. } => {}
            PaceCar::Leading { .. } if self.time_s < self.plan.warm_up_s => {}
            PaceCar::Leading { at_m, speed_mps } => {
                let speed_mps = (speed_mps + 1.5 * STEP_S).min(track.pace_mps);
                let at_m = at_m + speed_mps * STEP_S;
                let leaves_m = f64::from(self.green_lap - 1) * track.lap_m + track.pit_in_m;
                self.pace_car = PaceCar::Leading { at_m, speed_mps };
                if at_m >= leaves_m {
                    self.pace_car = PaceCar::Parked;
                    self.rules.caution_mps = track.pace_mps;
                    self.rules.pits_open = false;
                }
            }
        }
    }
}
