//! Spreads between cars, engines, races and manufacturers, from history once there is enough of it. Not the law's own
//! error, tau: in fills-to-fill it cannot be separated from evidence that is better or worse than it says.

use crate::data::{Data, FillRow};
use crate::{Beliefs, HierarchicalFit, Unusable};
use std::collections::BTreeSet;

/// With no more races than these the spread between races and between manufacturers is a guess, and the priors are the
/// better one.
const RACES_ENOUGH: usize = 10;
/// With fewer cars, or in one race alone, so are those between cars and between a car's engines.
const CARS_ENOUGH: usize = 20;
/// Ratios that are tried around each spread, round by round, finer each time.
const ROUNDS: [f64; 4] = [2.0, 1.41, 1.19, 1.09];
/// No spread is believed to be further from its prior than by this factor.
const FACTOR_MAX: f64 = 4.0;

/// One of the spreads.
type SpreadOf = fn(&mut Beliefs) -> &mut f64;

/// The spreads under which the fills-to-fill are most probable: coordinate by coordinate, by Laplace's approximation. Those of
/// which there is too little to see stay as they were.
///
/// # Errors
/// As [`HierarchicalFit::of`].
pub fn tuned(data: &Data, beliefs: &Beliefs) -> Result<Beliefs, Unusable> {
    let count = |of: fn(&FillRow) -> usize| data.rows.iter().map(of).collect::<BTreeSet<_>>().len();
    let (races, cars) = (count(|row| row.race), count(|row| row.car));
    let mut spreads: Vec<SpreadOf> = Vec::new();
    if races > 1 && cars >= CARS_ENOUGH {
        spreads.extend([car as SpreadOf, engine]);
    }
    if races > RACES_ENOUGH {
        spreads.extend([race as SpreadOf, manufacturer]);
    }
    if spreads.is_empty() {
        return Ok(beliefs.clone());
    }
    let mut best = (HierarchicalFit::of(data, beliefs)?.log_evidence, beliefs.clone());
    for ratio in ROUNDS {
        for spread in &spreads {
            for step in [ratio, 1.0 / ratio] {
                let mut tried = best.1.clone();
                *spread(&mut tried) *= step;
                let factor = *spread(&mut tried) / *spread(&mut beliefs.clone());
                if !(1.0 / FACTOR_MAX..=FACTOR_MAX).contains(&factor) {
                    continue;
                }
                let evidence = HierarchicalFit::of(data, &tried)?.log_evidence;
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
