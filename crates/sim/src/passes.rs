//! Who gets a lap back under caution: the free pass of the first lapped car, and the wave-around of those that stay out
//! while the leader stops, and so lie ahead of him in line. They drive that lap, past the pace car and round to the tail.

use crate::car::{CATCH_UP_MPS, SimulatedCar};
use crate::control::Control;
use crate::track::Track;

/// The wave-around comes with so many laps of caution to go.
const WAVE_LAPS: f64 = 2.0;

/// What has been given in the newest caution.
#[derive(Debug, Default)]
pub(crate) struct Passes {
    caution: u32,
    free: bool,
    wave: bool,
}

impl Passes {
    /// Lets by who may go now, and ends the way of who has arrived.
    pub fn give(&mut self, control: &mut Control, track: &Track, leader_m: f64, cars: &mut [SimulatedCar]) {
        let Some((pace_m, _)) = control.pace_car() else {
            cars.iter_mut().for_each(|car| car.let_by = None);
            return;
        };
        let down = |car: &SimulatedCar| laps_down(track, pace_m, car.motion.distance_m);
        for car in cars.iter_mut() {
            car.let_by = car.let_by.filter(|from| down(car) >= *from);
        }
        if !control.lets_by() {
            return;
        }
        let caution = control.rules.cautions;
        if self.caution != caution {
            *self = Passes { caution, free: false, wave: false };
        }
        let is_lapped = |car: &SimulatedCar| car.may_go_round() && down(car) > 0;
        if !self.free {
            let lapped = cars.iter_mut().filter(|car| is_lapped(car));
            let first = lapped.max_by(|a, b| a.motion.distance_m.total_cmp(&b.motion.distance_m));
            if let Some(car) = first {
                self.free = true;
                car.let_by = Some(down(car));
            }
        }
        if !self.wave && control.laps_to_green(track, leader_m) <= WAVE_LAPS {
            self.wave = true;
            let is_ahead =
                |car: &SimulatedCar| (pace_m - car.motion.distance_m) % track.lap_m < pace_m - leader_m;
            let waves = |car: &SimulatedCar| is_lapped(car) && car.stays_out(caution) && is_ahead(car);
            let mut waved = false;
            for car in cars.iter_mut().filter(|car| waves(car)) {
                car.let_by = Some(down(car));
                waved = true;
            }
            if waved {
                control.hold_green(round_laps(track), track, leader_m);
            }
        }
    }
}

/// Whole laps that a car in line is behind the pace car, which is on the leaders' lap.
fn laps_down(track: &Track, pace_m: f64, distance_m: f64) -> i64 {
    ((pace_m - distance_m) / track.lap_m).floor() as i64
}

/// How many laps the field is led while a car goes round it.
fn round_laps(track: &Track) -> f64 {
    track.pace_mps / (CATCH_UP_MPS - track.pace_mps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TrackKind;

    #[test]
    fn a_car_is_lapped_when_the_pace_car_is_a_lap_ahead_of_it() {
        let track = Track::new(TrackKind::Oval15);
        for (what, behind_laps, down) in [
            ("right behind the pace car", 0.01, 0),
            ("at the tail, or just ahead of the pace car and not yet lapped", 0.99, 0),
            ("right behind it, lapped once", 1.01, 1),
            ("lapped twice", 2.5, 2),
        ] {
            let pace_m = 20.3 * track.lap_m;
            assert_eq!(laps_down(&track, pace_m, pace_m - behind_laps * track.lap_m), down, "{what}");
        }
    }
}
