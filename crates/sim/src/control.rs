//! Race control: the flags, the pace car and when the pits are open.

use crate::motion::STEP_S;
use crate::plan::{INCIDENT_CAUTION_LAPS, Plan, STAGE_CAUTION_LAPS};
use crate::track::Track;
use events::Flag;

/// After the winner's finish the others have this long to end their lap, and the log this long to settle.
const FINISH_S: f64 = 60.0;
const SETTLE_S: f64 = 12.0;

/// What every car has to obey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rules {
    pub flag: Flag,
    pub pits_open: bool,
    /// Distance at which the leader ends the race.
    pub finish_m: f64,
    /// Counts the green flags: drivers think anew at each.
    pub restarts: u32,
    /// The field is on its last lap under caution.
    pub one_to_go: bool,
}

impl Rules {
    /// Whether a car may roll with its engine switched off.
    pub fn may_roll(&self) -> bool {
        self.flag == Flag::Yellow && self.restarts > 0 && !self.one_to_go
    }
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
const LEAD_M: f64 = 8.0;

pub(crate) struct Control {
    plan: Plan,
    pub rules: Rules,
    pace_car: PaceCar,
    /// The leader's lap at which the field goes green again.
    green_lap: u32,
    /// Since the engines started.
    time_s: f64,
    /// When the log ends, as far as is known.
    ends_s: f64,
}

impl Control {
    pub fn new(plan: Plan, track: &Track) -> Self {
        let rules = Rules {
            flag: Flag::Yellow,
            pits_open: false,
            finish_m: f64::from(plan.laps + 1) * track.lap_m,
            restarts: 0,
            one_to_go: false,
        };
        let pace_car = PaceCar::Leading { at_m: plan.grid_m + LEAD_M, speed_mps: 0.0 };
        Control { plan, rules, pace_car, green_lap: 1, time_s: 0.0, ends_s: f64::INFINITY }
    }

    /// One step. `leader_m` is the greatest distance of a car in the race; `all_home`: every car has finished or
    /// retired. Returns the flags newly shown, in order.
    pub fn step(&mut self, track: &Track, leader_m: f64, all_home: bool) -> Vec<Flag> {
        self.time_s += STEP_S;
        self.drive_pace_car(track, leader_m);
        let laps = leader_m / track.lap_m;
        self.rules.one_to_go = laps >= f64::from(self.green_lap) - 1.0;
        let shown = match self.rules.flag {
            Flag::Yellow => self.under_caution(laps, track),
            Flag::Green | Flag::White => self.under_green(laps, track),
            _ => Vec::new(),
        };
        if self.rules.flag == Flag::Checkered {
            self.end_within(FINISH_S);
        }
        if all_home {
            self.end_within(SETTLE_S);
        }
        shown
    }

    /// Whether the log ends.
    pub fn is_over(&self) -> bool {
        self.time_s >= self.ends_s
    }

    fn end_within(&mut self, s: f64) {
        self.ends_s = self.ends_s.min(self.time_s + s);
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
            return vec![self.caution(laps, INCIDENT_CAUTION_LAPS, track)];
        }
        Vec::new()
    }

    fn caution(&mut self, laps: f64, last_laps: u32, track: &Track) -> Flag {
        self.green_lap = laps as u32 + last_laps;
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
                self.pace_car = PaceCar::Leading { at_m, speed_mps };
            }
        }
    }
}
