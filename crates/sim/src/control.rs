//! Race control: the flags, the pace car and when the pits are open.

use crate::motion::STEP_S;
use crate::plan::{INCIDENT_CAUTION_LAPS, Incident, OVERTIME_LAPS, Plan, STAGE_CAUTION_LAPS};
use crate::track::Track;
use events::Flag;

/// After the winner's finish the others have this long to end their lap, and the log this long to settle.
const FINISH_S: f64 = 60.0;
const SETTLE_S: f64 = 12.0;
/// The pace car leads for this long before the red flag stops the field, or before a lapped car gets its lap back.
const LED_S: f64 = 10.0;
/// Under caution for the last time: there will be no green.
const NEVER: u32 = u32::MAX;

/// What every car has to obey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rules {
    pub flag: Flag,
    pub pits_open: bool,
    /// The field follows the pace car: under yellow and red, and to the end of a race that ends so.
    pub slow: bool,
    /// Distance at which the leader ends the race, as far as is known.
    pub finish_m: f64,
    /// Counts the green flags: drivers think anew at each.
    pub restarts: u32,
    /// Counts the cautions.
    pub cautions: u32,
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
        /// For how long.
        led_s: f64,
    },
}

/// The pace car's lead over the first car.
const LEAD_M: f64 = 8.0;
const PUSH_M: f64 = 2.0;

pub(crate) struct Control {
    plan: Plan,
    pub rules: Rules,
    pace_car: PaceCar,
    /// The leader's lap at which the field goes green again, or [`NEVER`].
    green_lap: u32,
    /// The last lap: the leader ends it and has won.
    finish_lap: u32,
    /// How long this caution's red flag will stop the field, or still does.
    red_s: Option<f64>,
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
            slow: true,
            finish_m: f64::from(plan.laps + 1) * track.lap_m,
            restarts: 0,
            cautions: 0,
            one_to_go: false,
        };
        Control {
            rules,
            pace_car: PaceCar::Leading { at_m: plan.grid_m + LEAD_M, speed_mps: 0.0, led_s: 0.0 },
            green_lap: 1,
            finish_lap: plan.laps,
            red_s: None,
            time_s: 0.0,
            ends_s: f64::INFINITY,
            plan,
        }
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
            Flag::Red => self.under_red(laps, track),
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
            PaceCar::Leading { at_m, speed_mps, .. } => Some((at_m, speed_mps)),
            _ => None,
        }
    }

    /// Whether lapped cars may get a lap back now: the field is led, and will go green again.
    pub fn lets_by(&self) -> bool {
        let led = matches!(self.pace_car, PaceCar::Leading { led_s, .. } if led_s > LED_S);
        led && self.rules.flag == Flag::Yellow
            && self.rules.restarts > 0
            && self.red_s.is_none()
            && !self.is_last()
    }

    /// The leader's laps until green.
    pub fn laps_to_green(&self, track: &Track, leader_m: f64) -> f64 {
        f64::from(self.green_lap) - leader_m / track.lap_m
    }

    /// Green does not come for so many laps of the leader.
    pub fn hold_green(&mut self, laps: f64, track: &Track, leader_m: f64) {
        let lap = (leader_m / track.lap_m + laps).ceil() as u32;
        self.go_green_at(self.green_lap.max(lap), track);
    }

    /// The race ends under this caution.
    fn is_last(&self) -> bool {
        self.green_lap == NEVER
    }

    /// Whatever the schedule says, two laps are raced after it.
    fn go_green_at(&mut self, lap: u32, track: &Track) {
        self.green_lap = lap;
        self.finish_lap = self.finish_lap.max(lap + OVERTIME_LAPS - 1);
        self.rules.finish_m = f64::from(self.finish_lap + 1) * track.lap_m;
    }

    fn show(&mut self, flag: Flag) -> Flag {
        self.rules.flag = flag;
        flag
    }

    fn under_caution(&mut self, laps: f64, track: &Track) -> Vec<Flag> {
        if self.is_last() && laps >= f64::from(self.finish_lap + 1) {
            return vec![self.show(Flag::Checkered)];
        }
        let led = matches!(self.pace_car, PaceCar::Leading { led_s, .. } if led_s > LED_S);
        if led && self.red_s.is_some() {
            self.rules.pits_open = false;
            return vec![self.show(Flag::Red)];
        }
        if laps < f64::from(self.green_lap) {
            return Vec::new();
        }
        // a stage that ended under caution needs no other
        self.plan.stages.retain(|&lap| laps < f64::from(lap + 1));
        self.rules.restarts += 1;
        self.rules.pits_open = true;
        self.rules.slow = false;
        self.pace_car = PaceCar::Parked;
        let mut shown = vec![self.show(Flag::Green)];
        shown.extend(self.under_green(laps, track));
        shown
    }

    /// The field stands. Afterwards it is led for as long as a caution lasts at least.
    fn under_red(&mut self, laps: f64, track: &Track) -> Vec<Flag> {
        let stands = self.pace_car().is_none_or(|(_, speed_mps)| speed_mps <= 0.0);
        self.red_s = self.red_s.map(|left_s| if stands { left_s - STEP_S } else { left_s });
        if self.red_s.is_some_and(|left_s| left_s > 0.0) {
            return Vec::new();
        }
        self.red_s = None;
        self.rules.pits_open = true;
        self.go_green_at(self.green_lap.max(laps as u32 + STAGE_CAUTION_LAPS - 1), track);
        vec![self.show(Flag::Yellow)]
    }

    fn under_green(&mut self, laps: f64, track: &Track) -> Vec<Flag> {
        if laps >= f64::from(self.finish_lap + 1) {
            return vec![self.show(Flag::Checkered)];
        }
        // stage n ends when the leader completes that lap, which opens the next
        if self.plan.stages.first().is_some_and(|&lap| laps >= f64::from(lap + 1)) {
            self.plan.stages.remove(0);
            return vec![self.caution(laps, STAGE_CAUTION_LAPS, None, track)];
        }
        let mut shown = Vec::new();
        if laps >= f64::from(self.finish_lap) && self.rules.flag != Flag::White {
            shown.push(self.show(Flag::White));
        }
        if let Some(incident) = self.incident(laps) {
            shown.push(self.caution(laps, INCIDENT_CAUTION_LAPS, incident.red_s, track));
        }
        shown
    }

    /// What has happened on the track.
    fn incident(&mut self, laps: f64) -> Option<Incident> {
        let to_go = f64::from(self.finish_lap + 1) - laps;
        let Plan { incidents, late, .. } = &mut self.plan;
        if incidents.first().is_some_and(|incident| laps >= incident.lap) {
            return Some(incidents.remove(0));
        }
        late.first().is_some_and(|incident| to_go <= incident.lap).then(|| late.remove(0))
    }

    /// Once the white flag is out the race ends as it stands.
    fn caution(&mut self, laps: f64, last_laps: u32, red_s: Option<f64>, track: &Track) -> Flag {
        if self.rules.flag == Flag::White {
            self.green_lap = NEVER;
        } else {
            self.red_s = red_s;
            self.go_green_at(laps as u32 + last_laps, track);
        }
        self.rules.cautions += 1;
        self.rules.pits_open = false;
        self.rules.slow = true;
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
                self.pace_car = PaceCar::Leading { at_m, speed_mps: track.pace_mps, led_s: 0.0 };
                self.rules.pits_open = true;
            }
            PaceCar::Waiting { .. } => {}
            PaceCar::Leading { .. } if self.time_s < self.plan.warm_up_s => {}
            PaceCar::Leading { at_m, speed_mps, led_s } => {
                let wanted_mps = if self.rules.flag == Flag::Red { 0.0 } else { track.pace_mps };
                let change_mps = (wanted_mps - speed_mps).clamp(-0.8 * STEP_S, 1.5 * STEP_S);
                let speed_mps = speed_mps + change_mps;
                // a leader who brakes too late pushes it on, rather than get by
                let at_m = (at_m + speed_mps * STEP_S).max(leader_m + PUSH_M);
                self.pace_car = PaceCar::Leading { at_m, speed_mps, led_s: led_s + STEP_S };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TrackKind;
    use Flag::*;

    fn at(lap: f64) -> Incident {
        Incident { lap, red_s: None }
    }

    /// The flags of a race of 20 laps and the leader's laps at them, rounded to tenths. He does what the plan says.
    fn flags(incidents: &[Incident], late: &[Incident], stages: &[u32]) -> Vec<(Flag, f64)> {
        let track = Track::new(TrackKind::Oval15);
        let plan = Plan {
            laps: 20,
            stages: stages.to_vec(),
            incidents: incidents.to_vec(),
            late: late.to_vec(),
            warm_up_s: 1.0,
            grid_m: 0.5 * track.lap_m,
        };
        let mut leader_m = plan.grid_m;
        let mut control = Control::new(plan, &track);
        let mut shown = Vec::new();
        while control.rules.flag != Checkered && control.time_s < 7_200.0 {
            let free_mps = if control.rules.slow { 45.0 } else { 78.0 };
            let behind_m = control.pace_car().map_or(f64::INFINITY, |(at_m, _)| at_m - 8.0 - leader_m);
            leader_m += (free_mps * STEP_S).min(behind_m.max(0.0));
            let tenths = (leader_m / track.lap_m * 10.0).round() / 10.0;
            shown.extend(control.step(&track, leader_m, false).into_iter().map(|flag| (flag, tenths)));
        }
        shown
    }

    #[test]
    fn flags_follow_the_plan() {
        for (what, incidents, late, stages, expected) in [
            ("nothing happens", vec![], vec![], vec![], vec![(Green, 1.0), (White, 20.0), (Checkered, 21.0)]),
            (
                "a stage and an incident",
                vec![at(12.5)],
                vec![],
                vec![5],
                vec![
                    (Green, 1.0),
                    (Yellow, 6.0),
                    (Green, 10.0),
                    (Yellow, 12.5),
                    (Green, 17.0),
                    (White, 20.0),
                    (Checkered, 21.0),
                ],
            ),
            (
                "a stage that ends under caution",
                vec![at(4.0)],
                vec![],
                vec![6],
                vec![(Green, 1.0), (Yellow, 4.0), (Green, 9.0), (White, 20.0), (Checkered, 21.0)],
            ),
            (
                "two overtimes",
                vec![],
                vec![at(2.5), at(1.5)],
                vec![],
                vec![
                    (Green, 1.0),
                    (Yellow, 18.5),
                    (Green, 23.0),
                    (Yellow, 23.5),
                    (Green, 28.0),
                    (White, 29.0),
                    (Checkered, 30.0),
                ],
            ),
            (
                "under the white flag it is over",
                vec![],
                vec![at(0.5)],
                vec![],
                vec![(Green, 1.0), (White, 20.0), (Yellow, 20.5), (Checkered, 21.0)],
            ),
        ] {
            assert_eq!(flags(&incidents, &late, &stages), expected, "{what}");
        }
    }

    #[test]
    fn a_red_flag_stops_the_field_and_laps_behind_the_pace_car_follow() {
        let red = Incident { lap: 8.0, red_s: Some(300.0) };
        let shown = flags(&[red], &[], &[]);
        let names: Vec<Flag> = shown.iter().map(|(flag, _)| *flag).collect();
        assert_eq!(names, [Green, Yellow, Red, Yellow, Green, White, Checkered]);
        let lap = |index: usize| shown[index].1;
        // 31.3 m/s are lost at 0.8 m/s² over 612 m, a quarter of a lap
        assert!((lap(3) - lap(2) - 0.25).abs() < 0.11, "{shown:?}");
        assert!(lap(4) - lap(3) > 2.0, "{shown:?}");
    }
}
