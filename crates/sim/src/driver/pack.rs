//! Racing in a pack: nose to tail in lanes side by side.

use crate::motion::STEP_S;
use crate::random::{Concern, Random};
use crate::traffic::{APRON, LANES, Neighbour, SPACING_M, View};

/// How fast he closes on the car ahead, m/s per metre of gap too wide.
const CLOSING_PER_S: f64 = 0.12;
/// He feels held up this close behind another with this much throttle to spare.
const HELD_UP_M: f64 = 8.0;
const HELD_UP_THROTTLE: f64 = 0.75;
/// How often a driver without a tow looks for another, 1/s.
const REJOINS_PER_S: f64 = 0.8;
/// Nearer than this to the car ahead at a restart there is no room in the rows.
const SQUEEZED_M: f64 = 2.5;
/// The next lane is worth it if it is this much faster.
const MOVES_ON_MPS: f64 = 0.3;
/// Road that he must see in the other lane, ahead and behind.
const ROOM_M: f64 = 9.0;
/// Farther from the car ahead than this he has lost the tow.
const LOST_M: f64 = 45.0;
/// So far behind a pack a car does not mind its pace.
const CHASES_M: f64 = 600.0;
/// Slower than this, or without so much road behind him, he does not come up from the apron.
const MERGE_MPS: f64 = 70.0;
const MERGE_ROOM_M: f64 = 90.0;

/// How often a pack saves, and how far its leader closes the throttle to set the slowest pace.
const SAVES: f64 = 0.35;
const SLOWEST: f64 = 0.58;

/// His place in the pack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packing {
    /// [`APRON`]: not in the pack.
    pub lane: usize,
    /// Gap to the car ahead that he likes, nose to nose.
    gap_m: f64,
    /// Until he may change lanes again.
    stays_s: f64,
    /// How far whoever leads opens the throttle in this run.
    top_throttle: f64,
}

/// What a pack agrees on without a word from one restart to the next: to race, or to save fuel at a slower pace. The
/// same for all: 0 flat out, 1 as slow as packs get. Source: docs/simulator.md §4.
pub(crate) fn tempo(seed: u64, restart: u32) -> f64 {
    let mut random = Random::new(seed, Concern::Tempo, restart as usize);
    if random.chance(SAVES) { random.between(0.4, 1.0) } else { 0.0 }
}

/// What he feels at the wheel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub speed_mps: f64,
    pub throttle: f64,
    /// How long ago he could last change lanes, s; `None`: not now. One car at a time may, so that no two take the same
    /// place.
    pub turn_s: Option<f64>,
}

impl Packing {
    pub fn new(random: &mut Random) -> Self {
        Packing { lane: APRON, gap_m: SPACING_M + random.between(0.5, 4.0), stays_s: 0.0, top_throttle: 1.0 }
    }

    /// Two rows at a restart, and a pace. Who has not found room in the line comes up from the apron.
    pub fn restart(&mut self, view: &View, tempo: f64) {
        self.top_throttle = 1.0 - SLOWEST * tempo;
        self.lane = if view.own().gap_m() < SQUEEZED_M { APRON } else { view.place % 2 };
        self.stays_s = 20.0;
    }

    /// Speed that keeps the gap; infinite with nobody ahead in the pack.
    pub fn following_mps(&self, view: &View) -> f64 {
        let ahead = view.own().ahead.filter(|_| view.lane != APRON);
        ahead.map_or(f64::INFINITY, |ahead| ahead.speed_mps + CLOSING_PER_S * (ahead.gap_m - self.gap_m))
    }

    /// How far he opens the throttle: to keep the tow as far as it takes, without one by the pace of the pack, and no
    /// more than he likes.
    pub fn top_throttle(&self, view: &View, liked: f64) -> f64 {
        let others = view.lanes.iter().take(LANES).map(|lane| lane.gap_m()).fold(f64::INFINITY, f64::min);
        match (view.own().gap_m() < LOST_M, (LOST_M..CHASES_M).contains(&others)) {
            (true, _) => 1.0,
            (false, true) => liked,
            (false, false) => liked.min(self.top_throttle),
        }
    }

    /// Chooses the lane for the next step. `pulls_out_per_s`: how often he does when he is held up.
    pub fn choose_lane(&mut self, random: &mut Random, view: &View, seen: Seat, pulls_out_per_s: f64) {
        self.stays_s -= STEP_S;
        let Some(turn_s) = seen.turn_s else { return };
        if self.lane == APRON {
            self.merge(view, seen.speed_mps);
            return;
        }
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
            && random.chance(per_s * turn_s)
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
            seen.gap_m() > ROOM_M && (slower || seen.behind_m() > MERGE_ROOM_M)
        };
        if speed_mps > MERGE_MPS
            && let Some(lane) = (0..LANES).find(fits)
        {
            self.lane = lane;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::LaneView;

    #[test]
    fn a_third_of_runs_are_saved_and_the_same_ones_by_all() {
        let tempos: Vec<f64> = (0..2_000).map(|restart| tempo(7, restart)).collect();
        assert!(tempos == (0..2_000).map(|restart| tempo(7, restart)).collect::<Vec<_>>());
        assert!(tempos.iter().all(|tempo| (0.0..1.0).contains(tempo)));
        // 2 000 draws of 0.35 have a standard deviation of 21
        let saved = tempos.iter().filter(|&&tempo| tempo > 0.0).count();
        assert!((620..=780).contains(&saved), "{saved}");
    }

    #[test]
    fn the_leader_sets_the_pace_and_the_others_keep_the_tow() {
        let mut packing = Packing::new(&mut Random::new(1, Concern::Driver, 0));
        packing.restart(&View::default(), 1.0);
        let behind = |lane: usize, gap_m: f64| {
            let mut view = View::default();
            let ahead = Some(Neighbour { gap_m, speed_mps: 84.0 });
            view.lanes[lane] = LaneView { ahead, behind: None };
            view
        };
        for (what, view, top) in [
            ("leads", View::default(), 1.0 - SLOWEST),
            ("leads his lane", behind(1, 12.0), 1.0 - SLOWEST),
            ("in the tow", behind(0, 12.0), 1.0),
            ("lost the pack", behind(0, 200.0), 0.8),
        ] {
            assert!((packing.top_throttle(&view, 0.8) - top).abs() < 1e-12, "{what}");
        }
    }
}
