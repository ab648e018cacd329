//! Spreads between cars, engines, races and manufacturers, from history once there is enough of it. Not the law's own
//! error, tau: in bags it cannot be told from evidence that is better or worse than it says.

use crate::{Beliefs, Data, Fit, Unusable};

/// With no more races than these a spread between races is a guess, and the priors are the better one.
pub const RACES_ENOUGH: usize = 10;
/// Ratios that are tried around each spread, round by round, finer each time.
const ROUNDS: [f64; 4] = [2.0, 1.41, 1.19, 1.09];
/// No spread is believed to be further from its prior than by this factor.
const FACTOR_MAX: f64 = 4.0;

/// The spreads under which the bags are most probable: coordinate by coordinate, by Laplace's approximation. Those
/// believed before stay where there are too few races.
///
/// # Errors
/// As [`Fit::of`].
pub fn tuned(data: &Data, beliefs: &Beliefs) -> Result<Beliefs, Unusable> {
    let raced = |race: usize| data.rows.iter().any(|row| row.race == race);
    if (0..data.races.len()).filter(|&race| raced(race)).count() <= RACES_ENOUGH {
        return Ok(beliefs.clone());
    }
    let mut best = (Fit::of(data, beliefs)?.log_evidence, beliefs.clone());
    for ratio in ROUNDS {
        for spread in [car, engine, race, manufacturer] {
            for step in [ratio, 1.0 / ratio] {
                let mut tried = best.1.clone();
                *spread(&mut tried) *= step;
                let factor = *spread(&mut tried) / *spread(&mut beliefs.clone());
                if !(1.0 / FACTOR_MAX..=FACTOR_MAX).contains(&factor) {
                    continue;
                }
                let evidence = Fit::of(data, &tried)?.log_evidence;
                if evidence > best.0 {
                    best = (evidence, tried);
                }
            }
        }
    }
    Ok(best.1)
}

fn car(beliefs: &mut Beliefs) -> &mut f64 {
    &mut beliefs.levels.car
}
fn engine(beliefs: &mut Beliefs) -> &mut f64 {
    &mut beliefs.levels.engine
}
fn race(beliefs: &mut Beliefs) -> &mut f64 {
    &mut beliefs.levels.race
}
fn manufacturer(beliefs: &mut Beliefs) -> &mut f64 {
    &mut beliefs.levels.manufacturer
}
