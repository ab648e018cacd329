//! Who is ahead of whom on the track.

/// A car, or the pace car, as the one behind it sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ahead {
    pub gap_m: f64,
    pub speed_mps: f64,
}

/// The order on the track, whatever lap each is on.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    /// Position, speed and car (`None`: the pace car), by position.
    order: Vec<(f64, f64, Option<usize>)>,
    ahead: Vec<Option<Ahead>>,
}

impl Traffic {
    /// Takes everyone who is on the track: position m, speed m/s, car index or `None` for the pace car.
    pub fn update(
        &mut self,
        lap_m: f64,
        cars: usize,
        on_track: impl Iterator<Item = (f64, f64, Option<usize>)>,
    ) {
        self.order.clear();
        self.order.extend(on_track);
        self.order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        self.ahead.clear();
        self.ahead.resize(cars, None);
        if self.order.len() < 2 {
            return;
        }
        let next = self.order.iter().cycle().skip(1);
        for (&(position, _, car), &(next_position, speed_mps, _)) in self.order.iter().zip(next) {
            let gap_m = (next_position - position).rem_euclid(lap_m);
            if let Some(ahead) = car.and_then(|car| self.ahead.get_mut(car)) {
                *ahead = Some(Ahead { gap_m, speed_mps });
            }
        }
    }

    /// The next one ahead of this car; `None` if it is off the track or alone.
    pub fn ahead_of(&self, car: usize) -> Option<Ahead> {
        self.ahead.get(car).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_car_is_behind_the_last_one() {
        let mut traffic = Traffic::default();
        let on_track = [(900.0, 30.0, Some(0)), (100.0, 40.0, Some(2)), (880.0, 50.0, None)];
        traffic.update(1000.0, 4, on_track.into_iter());
        assert_eq!(traffic.ahead_of(0), Some(Ahead { gap_m: 200.0, speed_mps: 40.0 }));
        assert_eq!(traffic.ahead_of(2), Some(Ahead { gap_m: 780.0, speed_mps: 50.0 }));
        assert_eq!(traffic.ahead_of(1), None);
    }
}
