//! Races that are made up from known parameters, so that a fit can be held against them.

use calibrate::{FillToFill, PastRace};
use events::VehicleId;
use fuel::{Cell, Engine, Histogram, RateTable, Shape};

pub const MANUFACTURERS: [&str; 3] = ["Chevrolet", "Ford", "Toyota"];
pub const GALLON_G: f64 = 453.59237 * 6.1;

/// Who burns how much, as the logarithm of a factor.
pub struct Truth {
    pub shape: Shape,
    pub manufacturer: [f64; 3],
    /// Beyond the law, by throttle and normalised engine speed.
    pub beyond: fn(f64, f64) -> f64,
}

impl Truth {
    /// A law that is not the prior's, and nothing beyond it.
    pub fn law() -> Truth {
        let shape = Shape { ln_f: 3.68, ln_kt: 0.62, gamma: 1.35, ln_rho_p: 0.28, a0: 0.018, chi: 0.4 };
        Truth { shape, manufacturer: [0.015, -0.01, -0.005], beyond: |_, _| 0.0 }
    }
}

/// Throttle, rpm, seconds.
type Part = (f64, f64, f64);

/// Throttle, rpm and seconds of a stint's parts on three kinds of track; a caution of some length comes in.
const TRACKS: [(f64, &[Part]); 3] = [
    (670.0, &[(1.0, 7_600.0, 900.0), (0.55, 6_900.0, 420.0), (0.02, 6_400.0, 180.0), (0.12, 3_600.0, 120.0)]),
    (510.0, &[(1.0, 8_300.0, 1_000.0), (0.62, 8_100.0, 620.0), (0.1, 7_000.0, 60.0), (0.1, 3_400.0, 200.0)]),
    (750.0, &[(1.0, 7_900.0, 520.0), (0.4, 6_200.0, 500.0), (0.0, 5_600.0, 420.0), (0.08, 3_900.0, 260.0)]),
];

/// `races` races of 24 cars with four fills-to-fill each, fuel known to 0.2 gal. The same each time.
pub fn races(truth: &Truth, races: usize) -> Vec<PastRace> {
    let mut chance = 7;
    (0..races).map(|number| race(truth, number, &mut chance)).collect()
}

fn race(truth: &Truth, number: usize, chance: &mut u64) -> PastRace {
    let (hp, parts) = TRACKS[number % TRACKS.len()];
    let table = RateTable::new(&truth.shape, &Engine::cup(hp)).unwrap();
    let race_scale = 0.006 * normal(chance);
    let mut fills = Vec::new();
    for stint in 0..4 {
        for car in 0..24 {
            let mut histogram = Histogram::default();
            let mut burned_g = 0.0;
            let caution = 0.2 + 1.6 * (normal(chance).abs() + f64::from(stint) * 0.1);
            for &(theta, rpm, seconds) in parts {
                let saving = 1.0 - 0.08 * normal(chance).abs();
                let seconds = if rpm < 4_000.0 { seconds * caution } else { seconds };
                let cell = Cell::locate(theta * saving, rpm + 120.0 * normal(chance));
                histogram.add(&cell, (seconds * 1e9) as i64);
                burned_g += seconds * table.rate_g_s(&cell) * libm::exp((truth.beyond)(theta, rpm));
            }
            let car_scale = 0.01 * libm::sin(f64::from(car));
            let maker = car as usize % 3;
            let scale = libm::exp(race_scale + truth.manufacturer[maker] + car_scale);
            fills.push(FillToFill {
                vehicle: VehicleId::new(&format!("car-{car:02}")).unwrap(),
                manufacturer: Some(MANUFACTURERS[maker].into()),
                team: Some(format!("team {}", car / 4)),
                histogram,
                y_gal: burned_g / GALLON_G * scale * libm::exp(0.005 * normal(chance)) + 0.2 * normal(chance),
                sd_gal: 0.2,
            });
        }
    }
    PastRace { name: format!("race {number:02}"), engine: Engine::cup(hp), fills }
}

/// A standard normal number: twelve uniform ones (splitmix64) less six.
fn normal(state: &mut u64) -> f64 {
    let uniform = |_| {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..12).map(uniform).sum::<f64>() - 6.0
}
