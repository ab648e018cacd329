//! How far estimates are from the truth: pure functions of plain numbers. Defined in docs/accuracy.md; checked against
//! vectors that were computed twice, in another language, by differently written programs.

use std::collections::BTreeMap;

/// An 80 % interval of a normal distribution reaches this many standard deviations to both sides: Φ⁻¹(0.90).
const Z80: f64 = 1.281_551_565_544_6;
/// Laps in the windows over which cars are compared.
pub const PAIR_LAPS: u32 = 5;

/// One lap of one car, estimated and true, in the same unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasuredLap {
    /// The place of its race among those compared.
    pub race: usize,
    /// The place of its car in the race.
    pub car: usize,
    /// As the car counts, from 1.
    pub number: u32,
    /// Burn that was estimated.
    pub estimated: f64,
    /// Burn that was true.
    pub truth: f64,
}

/// A quantity with its estimate, the estimate's standard deviation, and its truth, in one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// What was estimated.
    pub estimated: f64,
    /// How sure it claims to be.
    pub sd: f64,
    /// What was true.
    pub truth: f64,
}

impl Measured {
    fn ln_error(&self) -> f64 {
        ln(self.estimated / self.truth)
    }
}

/// Mean of `ln(estimated / true)`, percent.
pub fn bias_pct(all: &[Measured]) -> Option<f64> {
    mean(all.iter().map(Measured::ln_error)).map(percent)
}

/// Root mean square of `ln(estimated / true)`, percent.
pub fn rms_pct(all: &[Measured]) -> Option<f64> {
    rms(all.iter().map(Measured::ln_error)).map(percent)
}

/// Mean of `estimated - true`, in their unit.
pub fn bias_of(all: &[Measured]) -> Option<f64> {
    mean(all.iter().map(|one| one.estimated - one.truth))
}

/// Root mean square of `estimated - true`, in their unit.
pub fn rms_of(all: &[Measured]) -> Option<f64> {
    rms(all.iter().map(|one| one.estimated - one.truth))
}

/// Share of the 80 % intervals that hold the truth.
pub fn coverage80(all: &[Measured]) -> Option<f64> {
    mean(all.iter().map(|one| f64::from((one.estimated - one.truth).abs() <= Z80 * one.sd)))
}

/// Standard deviation of `ln(estimated / true)` about the mean of its race, percent.
pub fn lap_sd_pct(laps: &[MeasuredLap]) -> Option<f64> {
    sd_within(laps, |lap| (lap.race, 0)).map(percent)
}

/// The same about the mean of its car, percent.
pub fn lap_sd_within_car_pct(laps: &[MeasuredLap]) -> Option<f64> {
    sd_within(laps, |lap| (lap.race, lap.car)).map(percent)
}

impl MeasuredLap {
    fn ln_error(&self) -> f64 {
        ln(self.estimated / self.truth)
    }
}

fn sd_within(laps: &[MeasuredLap], group: impl Fn(&MeasuredLap) -> (usize, usize)) -> Option<f64> {
    let mut groups: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for lap in laps {
        groups.entry(group(lap)).or_default().push(lap.ln_error());
    }
    let deviations = groups.values().flat_map(|errors| {
        let middle = mean(errors.iter().copied()).unwrap_or_default();
        errors.iter().map(move |error| error - middle)
    });
    rms(deviations)
}

/// Two cars over the same five laps: `ln` of the burn of one over that of the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CarPair {
    /// As estimated.
    pub estimated: f64,
    /// As it was.
    pub truth: f64,
}

/// Every two cars of a race in each of the windows of laps 1–5, 6–10 and so on in which both have all five.
pub fn pairs(laps: &[MeasuredLap]) -> Vec<CarPair> {
    // by race and window, then by car
    let mut windows: BTreeMap<(usize, u32), BTreeMap<usize, LapsTotal>> = BTreeMap::new();
    for lap in laps.iter().filter(|lap| lap.number > 0) {
        let window = windows.entry((lap.race, (lap.number - 1) / PAIR_LAPS)).or_default();
        let total = window.entry(lap.car).or_default();
        total.laps += 1;
        total.estimated += lap.estimated;
        total.truth += lap.truth;
    }
    let mut pairs = Vec::new();
    for window in windows.values() {
        let whole: Vec<_> = window.values().filter(|total| total.laps == PAIR_LAPS).collect();
        for (place, car) in whole.iter().enumerate() {
            pairs.extend(whole[place + 1..].iter().map(|other| CarPair {
                estimated: ln(other.estimated / car.estimated),
                truth: ln(other.truth / car.truth),
            }));
        }
    }
    pairs
}

/// Some laps of one car.
#[derive(Default)]
struct LapsTotal {
    laps: u32,
    estimated: f64,
    truth: f64,
}

/// Root mean square error of the difference between two cars, percent.
pub fn pair_rmse_pct(pairs: &[CarPair]) -> Option<f64> {
    rms(pairs.iter().map(|pair| pair.estimated - pair.truth)).map(percent)
}

/// Root mean square of the true differences, percent: what there was to see.
pub fn pair_spread_pct(pairs: &[CarPair]) -> Option<f64> {
    rms(pairs.iter().map(|pair| pair.truth)).map(percent)
}

/// Of the pairs that truly differ by `at` or more, the share of which the right car is estimated to burn more. Where
/// both are estimated alike, half of it counts: a coin would do as well.
pub fn pair_sign(pairs: &[CarPair], at: f64) -> Option<f64> {
    let right = |pair: &CarPair| match pair.estimated * pair.truth {
        agreement if agreement > 0.0 => 1.0,
        agreement if agreement < 0.0 => 0.0,
        _ => 0.5,
    };
    mean(pairs.iter().filter(|pair| pair.truth.abs() >= at).map(right))
}

fn percent(part: f64) -> f64 {
    100.0 * part
}

/// Arithmetic mean; of no numbers there is none.
pub fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = numbers.fold((0.0, 0.0), |(count, sum), number| (count + 1.0, sum + number));
    (count > 0.0).then(|| sum / count)
}

fn rms(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    mean(numbers.map(|number| number * number)).map(f64::sqrt)
}

/// The natural logarithm, for figures that enter no estimate.
#[allow(clippy::disallowed_methods, reason = "a report: it enters no estimate")]
pub fn ln(x: f64) -> f64 {
    x.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The published vectors; they agree within 1e-9.
    fn vector() -> Value {
        serde_json::from_str(include_str!("../tests/vectors/08_metrics.json")).unwrap()
    }

    fn close(what: &str, got: Option<f64>) {
        let expected = vector()["expected"][what].as_f64().unwrap();
        assert!((got.unwrap() - expected).abs() < 1e-9, "{what}: {got:?} for {expected}");
    }

    fn counted(what: &str, got: usize) {
        assert_eq!(vector()["expected"][what].as_u64(), Some(got as u64), "{what}");
    }

    /// Rows with those of their fields that are numbers.
    fn rows(name: &str) -> Vec<(Vec<f64>, bool)> {
        let rows = vector()[name].as_array().unwrap().clone();
        let row = |row: &Value| {
            let fields = row.as_array().unwrap();
            let is_clean = fields.iter().any(|field| field == &Value::Bool(true));
            (fields.iter().filter_map(Value::as_f64).collect(), is_clean)
        };
        rows.iter().map(row).collect()
    }

    fn clean_laps() -> Vec<MeasuredLap> {
        let clean = rows("laps").into_iter().filter(|(_, is_clean)| *is_clean);
        let lap = |(row, _): (Vec<f64>, bool)| MeasuredLap {
            race: 0,
            car: row[0] as usize,
            number: row[1] as u32,
            truth: row[2],
            estimated: row[3],
        };
        clean.map(lap).collect()
    }

    /// Of 15 laps or more, the first or the later ones.
    fn stints(is_first: bool) -> Vec<Measured> {
        let row = |(row, _): (Vec<f64>, bool)| match row[..] {
            [_, stint, laps, truth, estimated, sd] if laps >= 15.0 && (stint < 0.5) == is_first => {
                Some(Measured { estimated, sd, truth })
            }
            _ => None,
        };
        rows("stints").into_iter().filter_map(row).collect()
    }

    #[test]
    fn laps() {
        let laps = clean_laps();
        counted("n_laps", laps.len());
        let plain = |lap: &MeasuredLap| Measured { estimated: lap.estimated, sd: 0.0, truth: lap.truth };
        close("lap_bias_pct", bias_pct(&laps.iter().map(plain).collect::<Vec<_>>()));
        close("lap_mpg_sd_pct", lap_sd_pct(&laps));
        close("lap_sd_within_car_pct", lap_sd_within_car_pct(&laps));
    }

    #[test]
    fn pairs_of_cars() {
        let pairs = pairs(&clean_laps());
        let apart = |at: f64| pairs.iter().filter(|pair| pair.truth.abs() >= at).count();
        counted("n_pairs", pairs.len());
        counted("n_pairs_at_4pct", apart(0.04));
        counted("n_pairs_at_8pct", apart(0.08));
        close("pair_rmse_pct", pair_rmse_pct(&pairs));
        close("pair_true_rms_pct", pair_spread_pct(&pairs));
        close("pair_sign_at_4pct", pair_sign(&pairs, 0.04));
        close("pair_sign_at_8pct", pair_sign(&pairs, 0.08));
    }

    #[test]
    fn stints_and_intervals() {
        let (first, later) = (stints(true), stints(false));
        counted("n_first_stint", first.len());
        counted("n_later_stint", later.len());
        close("first_stint_rms_pct", rms_pct(&first));
        close("first_stint_bias_pct", bias_pct(&first));
        close("first_stint_rms_gal", rms_of(&first));
        close("later_stint_rms_pct", rms_pct(&later));
        close("later_stint_bias_pct", bias_pct(&later));
        close("later_stint_rms_gal", rms_of(&later));
        close("coverage80", coverage80(&[first, later].concat()));
    }

    #[test]
    fn of_nothing_nothing_is_known() {
        assert_eq!(rms_pct(&[]).or(coverage80(&[])).or(lap_sd_pct(&[])).or(pair_sign(&[], 0.0)), None);
    }

    #[test]
    fn races_do_not_mix() {
        // two races of one car, each right but for a factor; laps of two races make no pair
        let lap = |race, number, estimated| MeasuredLap { race, car: 0, number, estimated, truth: 1.0 };
        let laps: Vec<_> = (1..=5).flat_map(|number| [lap(0, number, 1.1), lap(1, number, 0.9)]).collect();
        assert!(lap_sd_pct(&laps).unwrap() < 1e-9);
        assert_eq!(pairs(&laps), []);
    }
}
