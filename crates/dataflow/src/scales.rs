//! What stops have taught of each car, by window: the needle is scaled by it in the log's order.
//!
//! The needle is read where the log is read, ahead of the windows, and how far ahead depends on threads. But never
//! further than [`LEAD`] windows: so where a record is read while the frontier stands at F, the boards of all windows
//! before F − LEAD are there, whoever works and however fast. The needle takes the newest of those, and none that came
//! since by luck.

use crate::grid::{LEAD, WindowNumber};
use events::{Board, Needle, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// The scales of boards, as far back as the needle may still need them: a board and those of the [`LEAD`] windows behind
/// it, but only where they differ from the one before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScaleHistory(VecDeque<(WindowNumber, CarFactors)>);

/// The factor on the burn of each car that has one, in order of vehicle.
type CarFactors = Arc<[(VehicleId, f64)]>;

impl ScaleHistory {
    /// Takes the board of `window`; windows come in order.
    pub fn note(&mut self, window: WindowNumber, board: &Board) {
        let factors = || board.cars.iter().filter_map(|car| Some((car.vehicle_id, car.scale.factor?)));
        if self.0.back().is_some_and(|(_, newest)| newest.iter().copied().eq(factors())) {
            return;
        }
        self.0.push_back((window, factors().collect()));
        while self.0.get(1).is_some_and(|(next, _)| next + LEAD <= window) {
            self.0.pop_front();
        }
    }

    /// Brings a needle, which the rate law alone moves, to what its cars really burn, by what was known of them
    /// [`LEAD`] windows before `frontier`.
    pub fn scale(&self, needle: &mut Needle, frontier: WindowNumber) {
        let known = self.0.iter().rev().find(|(window, _)| window + LEAD < frontier);
        let Some((_, scales)) = known else { return };
        for car in &mut needle.cars {
            let Ok(index) = scales.binary_search_by_key(&car.vehicle_id, |(vehicle, _)| *vehicle) else {
                continue;
            };
            let factor = scales[index].1;
            car.rate_g_s = car.rate_g_s.map(|rate| rate * factor);
            car.mpg = car.mpg.map(|mpg| mpg / factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{BurnScale, CarInsight, NeedleCar, SessionId};
    use units::EventTime;

    fn session() -> SessionId {
        SessionId::new("scales").unwrap()
    }
    fn vehicle() -> VehicleId {
        VehicleId::new("24").unwrap()
    }
    fn board(factor: Option<f64>) -> Board {
        let scale = BurnScale { factor, ..BurnScale::default() };
        let car = CarInsight { scale, ..CarInsight::of_nothing(session(), vehicle(), EventTime::default()) };
        let mut board = Board::of_nothing(session(), EventTime::default());
        board.cars.push(car);
        board
    }
    /// Flow and economy of a car that burns 10 g/s and makes 5 mpg by the rate law.
    fn scaled(history: &ScaleHistory, frontier: WindowNumber) -> (Option<f64>, Option<f64>) {
        let newest_us = EventTime::default();
        let car = NeedleCar { vehicle_id: vehicle(), newest_us, rate_g_s: Some(10.0), mpg: Some(5.0) };
        let mut needle = Needle { session: session(), slot_end_us: newest_us, cars: vec![car] };
        history.scale(&mut needle, frontier);
        (needle.cars[0].rate_g_s, needle.cars[0].mpg)
    }

    #[test]
    fn a_needle_is_scaled_by_the_newest_board_that_is_there_for_sure() {
        let mut history = ScaleHistory::default();
        for (window, factor) in [(100, None), (101, Some(2.0)), (102, Some(2.0)), (103, Some(4.0))] {
            history.note(window, &board(factor));
        }
        for (frontier, expected) in [
            (104, (Some(10.0), Some(5.0))),
            (105, (Some(10.0), Some(5.0))),
            (106, (Some(20.0), Some(2.5))),
            (107, (Some(20.0), Some(2.5))),
            (108, (Some(40.0), Some(1.25))),
            (500, (Some(40.0), Some(1.25))),
        ] {
            assert_eq!(scaled(&history, frontier), expected, "{frontier}");
        }
    }

    #[test]
    fn what_no_needle_can_need_any_more_is_dropped() {
        let mut history = ScaleHistory::default();
        for window in 0..1_000 {
            history.note(window, &board(Some(1.0 + window as f64)));
            // the source may stand at the next window, and is never behind it
            let known = window.checked_sub(LEAD).map_or(10.0, |known| 10.0 * (1.0 + known as f64));
            assert_eq!(scaled(&history, window + 1).0, Some(known), "{window}");
            assert!(history.0.len() as u64 <= LEAD + 2);
        }
    }
}
