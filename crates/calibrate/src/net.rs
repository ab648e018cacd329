//! The residual as an ensemble of small networks, for those who have much data: `docs/calibration.md`.
//!
//! Each is 5 → 10 → 1 with tanh, bounded to ±[`BOUND`]: throttle, engine speed, their product and a code of the manufacturer
//! in, the logarithm of a factor out. The physics stays the base; a free network on sums of stints is known to fail.

mod descent;

use crate::Unusable;
use crate::learner::{Base, BaseRow, Learned, Learner, places};
use fuel::fit::{HUBER, loss};
use fuel::{knots, physics};

/// Largest residual either way.
const BOUND: f64 = 0.15;
const INPUTS: usize = 5;
const HIDDEN: usize = 10;
/// Weights and offset of each hidden unit, its weight at the output, and the output's offset.
const WEIGHTS: usize = HIDDEN * (INPUTS + 2) + 1;
/// Spread of the residual, and of a manufacturer's deviation: those of the Gaussian process.
const SD: f64 = 0.05;
const MANUFACTURER_SD: f64 = 0.025;
/// How many values a residual as smooth as the Gaussian process has on the grid: each of its lengths is one.
const FREE_VALUES: f64 = 24.0;
/// Standard deviation of a fall of ln(rate) between neighbouring throttle knots: it should not happen at all.
const FALL_SD: f64 = 0.002;
/// A scale that may not differ has this standard deviation.
const SCALE_SD_LEAST: f64 = 1e-6;
/// Standard deviation of a weight.
const WEIGHT_SD: f64 = 3.0;
/// Steps of the descent.
const STEPS_MAX: usize = 200;

/// An ensemble: its mean is the residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Networks {
    /// How many, at least one.
    pub nets: u32,
}

impl Default for Networks {
    fn default() -> Self {
        Networks { nets: 4 }
    }
}

impl Learner for Networks {
    fn name(&self) -> &'static str {
        "net"
    }

    fn learn(&self, base: &Base) -> Result<Learned, Unusable> {
        let loss = Loss::of(base);
        let mut sum = vec![0.0; loss.codes.len() * knots::COUNT + base.scale_sd.len()];
        let nets = self.nets.max(1);
        for net in 0..nets {
            let x = descent::least(loss.start(net), STEPS_MAX, |x| loss.at(x));
            let found =
                loss.residual(&x).into_iter().map(|unit| unit.delta).chain(x[WEIGHTS..].iter().copied());
            sum.iter_mut().zip(found).for_each(|(sum, value)| *sum += value / f64::from(nets));
        }
        let (residual, scales) = sum.split_at(loss.codes.len() * knots::COUNT);
        let (field, own) = residual.split_at(knots::COUNT);
        let beside = |own: &[f64]| own.iter().zip(field).map(|(own, field)| own - field).collect();
        Ok(Learned {
            field: field.to_vec(),
            manufacturers: own.chunks(knots::COUNT).map(beside).collect(),
            scales: scales.to_vec(),
        })
    }
}

/// What a network is trained on. Parameters: its weights, then scales, then those of engines.
struct Loss<'a> {
    base: &'a Base,
    /// Of the field, then of each manufacturer: all equally far from each other where there are two or three.
    codes: Vec<[f64; 2]>,
    places: Vec<(f64, f64)>,
}

/// A network at one knot.
struct Unit {
    inputs: [f64; INPUTS],
    hidden: [f64; HIDDEN],
    delta: f64,
}

impl<'a> Loss<'a> {
    fn of(base: &'a Base) -> Loss<'a> {
        let turn = std::f64::consts::TAU / base.manufacturers.max(1) as f64;
        let code = |m: usize| [libm::cos(turn * m as f64), libm::sin(turn * m as f64)];
        let codes = std::iter::once([0.0, 0.0]).chain((0..base.manufacturers).map(code));
        Loss { base, codes: codes.collect(), places: places().collect() }
    }

    /// Small weights that follow from the network's number.
    fn start(&self, net: u32) -> Vec<f64> {
        let mut state = u64::from(net);
        let weights = (0..WEIGHTS).map(|_| 0.5 * splitmix(&mut state));
        weights.chain(std::iter::repeat_n(0.0, self.base.scale_sd.len() + self.base.engines)).collect()
    }

    /// The network on the knots: for the field, then for each manufacturer.
    fn residual(&self, x: &[f64]) -> Vec<Unit> {
        let at = |code: [f64; 2], (theta, rpm): (f64, f64)| {
            let speed = rpm / physics::REFERENCE_RPM;
            let inputs = [theta, speed, theta * speed, code[0], code[1]];
            let (units, output) = x[..WEIGHTS].split_at(HIDDEN * (INPUTS + 2));
            let mut hidden = [0.0; HIDDEN];
            let mut sum = output[0];
            for (hidden, unit) in hidden.iter_mut().zip(units.chunks(INPUTS + 2)) {
                let inner: f64 = inputs.iter().zip(unit).map(|(input, weight)| input * weight).sum();
                *hidden = libm::tanh(inner + unit[INPUTS]);
                sum += unit[INPUTS + 1] * *hidden;
            }
            Unit { inputs, hidden, delta: BOUND * libm::tanh(sum) }
        };
        self.codes.iter().flat_map(|&code| self.places.iter().map(move |&place| at(code, place))).collect()
    }

    /// The loss and its derivatives.
    fn at(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let residual = self.residual(x);
        let mut by_delta = vec![0.0; residual.len()];
        let mut slopes = vec![0.0; x.len()];
        let mut loss = 0.0;
        let factors: Vec<f64> = residual.iter().map(|unit| libm::exp(unit.delta)).collect();
        for row in &self.base.rows {
            loss += self.misfit(row, x, &factors, &mut by_delta, &mut slopes);
        }
        loss += amplitude(&residual, &mut by_delta) + self.falls(&residual, &mut by_delta);
        for (unit, &by_delta) in residual.iter().zip(&by_delta) {
            back(unit, by_delta, x, &mut slopes);
        }
        let sds = std::iter::repeat_n(WEIGHT_SD, WEIGHTS)
            .chain(self.base.scale_sd.iter().copied())
            .chain(std::iter::repeat_n(self.base.engine_sd, self.base.engines))
            .map(|sd| sd.max(SCALE_SD_LEAST));
        for ((x, slope), sd) in x.iter().zip(&mut slopes).zip(sds) {
            loss += 0.5 * (x / sd) * (x / sd);
            *slope += x / (sd * sd);
        }
        (loss, slopes)
    }

    /// Huber's loss of one fill-to-fill.
    fn misfit(
        &self,
        row: &BaseRow,
        x: &[f64],
        factors: &[f64],
        by_delta: &mut [f64],
        slopes: &mut [f64],
    ) -> f64 {
        let knots = row.manufacturer.map_or(0, |m| m + 1) * knots::COUNT;
        let [race, car] = row.scales;
        let scales = [race, car, self.base.scale_sd.len() + row.engine].map(|scale| WEIGHTS + scale);
        let scale = libm::exp(scales.iter().map(|&at| x[at]).sum());
        let f_gal: f64 = row.burned.iter().map(|&(k, gal)| gal * factors[knots + k]).sum::<f64>() * scale;
        let sigma = row.noise.sqrt();
        let z = (row.y_gal - f_gal) / sigma;
        let pull = -z.clamp(-HUBER, HUBER) / sigma;
        for &(k, gal) in &row.burned {
            by_delta[knots + k] += pull * gal * factors[knots + k] * scale;
        }
        scales.into_iter().for_each(|at| slopes[at] += pull * f_gal);
        loss(z, HUBER)
    }

    /// A rate that falls as the throttle opens.
    fn falls(&self, residual: &[Unit], by_delta: &mut [f64]) -> f64 {
        let Some(law) = self.base.gal_s.first() else { return 0.0 };
        let (step, mut loss) = (knots::RPM.len(), 0.0);
        for (at, unit) in residual.iter().enumerate() {
            let k = at % knots::COUNT;
            if k + step >= knots::COUNT || law[k] <= 0.0 || law[k + step] <= 0.0 {
                continue;
            }
            let rise = libm::log(law[k + step] / law[k]) + residual[at + step].delta - unit.delta;
            if rise < 0.0 {
                let fall = rise / FALL_SD;
                loss += 0.5 * fall * fall;
                by_delta[at + step] += fall / FALL_SD;
                by_delta[at] -= fall / FALL_SD;
            }
        }
        loss
    }
}

/// How large the residual is, and how far manufacturers lie from the field.
fn amplitude(residual: &[Unit], by_delta: &mut [f64]) -> f64 {
    let weight = |sd: f64| FREE_VALUES / (knots::COUNT as f64 * sd * sd);
    let mut loss = 0.0;
    for (at, unit) in residual.iter().enumerate() {
        let field = at % knots::COUNT;
        if at < knots::COUNT {
            loss += 0.5 * weight(SD) * unit.delta * unit.delta;
            by_delta[at] += weight(SD) * unit.delta;
        } else {
            let own = unit.delta - residual[field].delta;
            loss += 0.5 * weight(MANUFACTURER_SD) * own * own;
            by_delta[at] += weight(MANUFACTURER_SD) * own;
            by_delta[field] -= weight(MANUFACTURER_SD) * own;
        }
    }
    loss
}

/// What a slope by the residual at a knot is by the weights.
fn back(unit: &Unit, by_delta: f64, x: &[f64], slopes: &mut [f64]) {
    let out = unit.delta / BOUND;
    let by_sum = by_delta * BOUND * (1.0 - out * out);
    for (h, &hidden) in unit.hidden.iter().enumerate() {
        let at = h * (INPUTS + 2);
        slopes[at + INPUTS + 1] += by_sum * hidden;
        let by_inner = by_sum * x[at + INPUTS + 1] * (1.0 - hidden * hidden);
        slopes[at + INPUTS] += by_inner;
        for (slope, input) in slopes[at..].iter_mut().zip(unit.inputs) {
            *slope += by_inner * input;
        }
    }
    slopes[WEIGHTS - 1] += by_sum;
}

/// Uniform within ±1. Vigna's splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
fn splitmix(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        let law = crate::rates::gal_s(&fuel::Shape::prior(), Some(670.0)).unwrap();
        let row = |b: usize| {
            let burned: Vec<_> = (0..knots::COUNT)
                .filter(|k| (k * (b + 3)).is_multiple_of(7))
                .map(|k| (k, 20.0 * law[k]))
                .collect();
            let f0_gal = burned.iter().map(|(_, gal)| gal).sum::<f64>();
            let (manufacturer, scales) = ([None, Some(0), Some(1)][b % 3], [b % 2, 2 + b % 4]);
            BaseRow { y_gal: f0_gal * 1.02, f0_gal, burned, noise: 0.05, manufacturer, scales, engine: b % 4 }
        };
        let rows = (0..12).map(row).collect();
        Base {
            rows,
            manufacturers: 2,
            scale_sd: vec![0.01; 6],
            races: 2,
            engine_sd: 0.006,
            engines: 4,
            gal_s: vec![law],
        }
    }

    #[test]
    fn the_slopes_are_those_of_the_loss() {
        let base = base();
        let loss = Loss::of(&base);
        let mut x = loss.start(3);
        x.iter_mut().enumerate().for_each(|(k, x)| *x += 0.01 * libm::sin(k as f64));
        let slopes = loss.at(&x).1;
        for k in (0..x.len()).step_by(3) {
            let moved = |by: f64| {
                let mut x = x.clone();
                x[k] += by;
                loss.at(&x).0
            };
            let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((slope - slopes[k]).abs() <= 1e-4 * (1.0 + slope.abs()), "{k}: {slope} {}", slopes[k]);
        }
    }

    #[test]
    fn it_finds_what_every_fill_says_and_the_same_each_time() {
        let base = base();
        let learned = Networks::default().learn(&base).unwrap();
        assert_eq!(learned, Networks::default().learn(&base).unwrap());
        for row in &base.rows {
            let own = row.manufacturer.map_or(vec![0.0; knots::COUNT], |m| learned.manufacturers[m].clone());
            let burned: f64 =
                row.burned.iter().map(|&(k, gal)| gal * libm::exp(learned.field[k] + own[k])).sum();
            let with_scales = burned * libm::exp(row.scales.iter().map(|&k| learned.scales[k]).sum());
            assert!((with_scales / row.y_gal - 1.0).abs() < 0.01, "{with_scales} {}", row.y_gal);
        }
    }
}
