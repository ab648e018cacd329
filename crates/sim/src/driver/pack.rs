//! Racing in a pack: nose to tail in lanes side by side.

use crate::motion::STEP_S;
use crate::random::Random;
use crate::traffic::{APRON, LANES, Neighbour, SPACING_M, View};

/// How fast he closes on the car ahead, m/s per metre of gap too wide.
const CLOSING_PER_S: f64 = 0.12;
/// He feels held up this close behind another with this much throttle to spare.
const HELD_UP_M: f64 = 8.0;
const HELD_UP_THROTTLE: f64 = 0.75;
/// How often a driver without a tow looks for another, 1/s.
const REJOINS_PER_S: f64 = 0.8;
/// The next lane is worth it if it is this much faster.
const MOVES_ON_MPS: f64 = 0.3;
/// Road that he must see in the other lane, ahead and behind.
const ROOM_M: f64 = 9.0;
/// Farther from the car ahead than this he has lost the tow.
const LOST_M: f64 = 45.0;
/// Slower than this, or without so much road behind him, he does not come up from the apron.
const MERGE_MPS: f64 = 66.0;
const MERGE_ROOM_M: f64 = 60.0;

/// His place in the pack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packing {
    /// [`APRON`]: not in the pack.
    pub lane: usize,
    /// Gap to the car ahead that he likes, nose to nose.
    gap_m: f64,
    /// Until he may change lanes again.
    stays_s: f64,
}

/// What he feels at the wheel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub speed_mps: f64,
    pub throttle: f64,
}

impl Packing {
    pub fn new(random: &mut Random) -> Self {
        Packing { lane: APRON, gap_m: SPACING_M + random.between(0.5, 4.0), stays_s: 0.0 }
    }

    /// Two rows at a restart.
    pub fn restart(&mut self, place: usize) {
        self.lane = place % 2;
        self.stays_s = 20.0;
    }

    /// Speed that keeps the gap; infinite with nobody ahead in the pack.
    pub fn following_mps(&self, view: &View) -> f64 {
        let ahead = view.own().ahead.filter(|_| view.lane != APRON);
        ahead.map_or(f64::INFINITY, |ahead| ahead.speed_mps + CLOSING_PER_S * (ahead.gap_m - self.gap_m))
    }

    pub fn has_tow(&self, view: &View) -> bool {
        view.own().gap_m() < LOST_M
    }

    /// Chooses the lane for the next step. `pulls_out_per_s`: how often he does when he is held up.
    pub fn choose_lane(&mut self, random: &mut Random, view: &View, seen: Seat, pulls_out_per_s: f64) {
        if self.lane == APRON {
            self.merge(view, seen.speed_mps);
            return;
        }
        self.stays_s -= STEP_S;
        if self.stays_s > 0.0 {
            return;
        }
        let own_gap_m = view.own().gap_m();
        let held_up = own_gap_m < self.gap_m + HELD_UP_M && seen.throttle < HELD_UP_THROTTLE;
        let lost = own_gap_m > LOST_M;
        if !held_up && !lost {
            return;
        }
        let better = |&lane: &usize| {
            let other = view.lanes[lane];
            let moves_on = |ahead: Neighbour| {
                ahead.gap_m > 2.0 * ROOM_M || ahead.speed_mps > seen.speed_mps + MOVES_ON_MPS
            };
            let gains =
                if lost { other.gap_m() < own_gap_m - ROOM_M } else { other.ahead.is_none_or(moves_on) };
            gains && other.gap_m() > ROOM_M && other.behind_m() > ROOM_M
        };
        let per_s = if lost { REJOINS_PER_S } else { pulls_out_per_s };
        let beside = [self.lane.checked_sub(1), Some(self.lane + 1).filter(|&lane| lane < LANES)];
        if let Some(lane) = beside.into_iter().flatten().find(better)
            && random.chance(per_s * STEP_S)
        {
            self.lane = lane;
            self.stays_s = random.between(4.0, 12.0);
        }
    }

    fn merge(&mut self, view: &View, speed_mps: f64) {
        let fits = |lane: &usize| {
            let seen = view.lanes[*lane];
            let slower =
                seen.behind.is_none_or(|behind| behind.speed_mps < speed_mps + 1.0 && behind.gap_m > ROOM_M);
            slower || seen.behind_m() > MERGE_ROOM_M
        };
        if speed_mps > MERGE_MPS
            && let Some(lane) = (0..LANES).find(fits)
        {
            self.lane = lane;
        }
    }
}
