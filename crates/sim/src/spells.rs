//! Times at which something is wrong, at random.

use crate::random::Random;
use units::{EventTime, Span};

/// Spells of uniform length with exponential pauses between them.
#[derive(Debug)]
pub(crate) struct Spells {
    random: Random,
    length_s: (f64, f64),
    /// Mean; infinite where there are no spells.
    pause_s: f64,
    from: EventTime,
    until: EventTime,
    begun: u32,
}

impl Spells {
    /// Spells that take this share of all time, 0 to less than 1.
    pub fn of_share(random: Random, start: EventTime, share: f64, length_s: (f64, f64)) -> Self {
        let mean_s = 0.5 * (length_s.0 + length_s.1);
        Self::new(random, start, mean_s * (1.0 - share) / share, length_s)
    }

    /// Spells that begin about so often per hour.
    pub fn per_hour(random: Random, start: EventTime, rate: f64, length_s: (f64, f64)) -> Self {
        Self::new(random, start, 3600.0 / rate, length_s)
    }

    fn new(random: Random, start: EventTime, pause_s: f64, length_s: (f64, f64)) -> Self {
        let mut spells = Spells { random, length_s, pause_s, from: start, until: start, begun: 0 };
        spells.plan(start);
        spells
    }

    /// The next spell, after `at`.
    fn plan(&mut self, at: EventTime) {
        if self.pause_s.is_infinite() {
            return;
        }
        let pause_s = -self.pause_s * libm::log(1.0 - self.random.uniform());
        self.from = at + Span::from_secs_f64(pause_s);
        self.until = self.from + Span::from_secs_f64(self.random.between(self.length_s.0, self.length_s.1));
    }

    /// The number of the spell that holds `at`, from 1; `None` between spells. `at` never goes back.
    pub fn at(&mut self, at: EventTime) -> Option<u32> {
        while self.pause_s.is_finite() && at >= self.until {
            self.begun += 1;
            self.plan(self.until);
        }
        (self.from <= at && at < self.until).then_some(self.begun + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Concern;

    #[test]
    fn spells_take_their_share_and_come_at_their_rate() {
        let random = || Random::new(3, Concern::Sensor, 0);
        let start = EventTime::from_us(0);
        // 100 000 s; a share of 0.1 in spells of 2 s is 5 000 spells, so 3 % is four sd
        for (mut spells, share, count) in [
            (Spells::of_share(random(), start, 0.1, (1.0, 3.0)), 0.1, 5_000),
            (Spells::per_hour(random(), start, 36.0, (40.0, 80.0)), 60.0 / 160.0, 625),
            (Spells::of_share(random(), start, 0.0, (1.0, 3.0)), 0.0, 0),
            (Spells::per_hour(random(), start, 0.0, (1.0, 3.0)), 0.0, 0),
        ] {
            let mut numbers: Vec<u32> =
                (0..1_000_000).filter_map(|tenth| spells.at(EventTime::from_ms(tenth * 100))).collect();
            let within = numbers.len() as f64 / 1e6;
            numbers.dedup();
            assert!((within - share).abs() <= 0.05 * share, "{within} of {share}");
            assert!((numbers.len() as f64 - f64::from(count)).abs() <= 0.1 * f64::from(count), "{count}");
            assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
        }
    }
}
