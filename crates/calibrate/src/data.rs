//! FillsToFill as rows of a fit.

use crate::{FillToFill, PastRace, Unusable};
use events::VehicleId;

/// Races as rows of a fit: names are numbers, histograms are seconds. Ordered by name, whatever the order given.
#[derive(Clone, Debug)]
pub struct Data {
    /// Names of the races.
    pub races: Vec<String>,
    /// Packages that were run, hp; engines whose power nobody states are one package.
    pub packages: Vec<Option<f64>>,
    /// Names of the manufacturers.
    pub manufacturers: Vec<String>,
    /// Teams of at least [`TEAM_CARS`] cars.
    pub teams: Vec<String>,
    /// The cars that raced.
    pub cars: Vec<VehicleId>,
    /// Engines, as race and car: a car has another one, or the same one anew, in each race.
    pub engines: Vec<(usize, usize)>,
    /// FillsToFill, race by race.
    pub rows: Vec<FillRow>,
}

/// With fewer cars a team cannot be separated from its cars (`docs/calibration.md`).
pub const TEAM_CARS: usize = 4;

/// A fill-to-fill with its names as places in [`Data`]'s lists.
#[derive(Clone, Debug)]
pub struct FillRow {
    /// The place of its race.
    pub race: usize,
    /// The place of its package.
    pub package: usize,
    /// Manufacturer, where it is known.
    pub manufacturer: Option<usize>,
    /// Team, if it has enough cars.
    pub team: Option<usize>,
    /// The place of its car.
    pub car: usize,
    /// Its engine in this race.
    pub engine: usize,
    /// Knots with time and their density-weighted seconds, by rising flat index.
    pub seconds: Vec<(usize, f64)>,
    /// Burned, US gallons.
    pub y_gal: f64,
    /// Standard deviation of `y_gal` by the evidence alone.
    pub sd_gal: f64,
}

impl FillRow {
    /// The sum over knots of seconds times rate (gal/s).
    pub fn dot(&self, rates: &[f64]) -> f64 {
        self.seconds.iter().map(|&(k, s)| s * rates[k]).sum()
    }
    /// Variance of `y_gal` with a relative error of the law over a stint: it counts by `y_gal`, so it is constant.
    pub fn variance(&self, tau: f64) -> f64 {
        let shape = tau * self.y_gal;
        self.sd_gal * self.sd_gal + shape * shape
    }
}

impl Data {
    /// Rows of these races.
    ///
    /// # Errors
    /// No fills-to-fill, a race twice, or a fill-to-fill without time, fuel or spread.
    pub fn of(races: &[PastRace]) -> Result<Data, Unusable> {
        let mut races: Vec<&PastRace> = races.iter().filter(|race| !race.fills.is_empty()).collect();
        races.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = races.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(Unusable::Twice { name: pair[0].name.clone() });
        }
        if races.is_empty() {
            return Err(Unusable::NoFillToFill);
        }
        let fills = || races.iter().flat_map(|race| &race.fills);
        let mut packages: Vec<_> = races.iter().map(|race| race.engine.package_hp).collect();
        packages.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        packages.dedup_by_key(|hp| hp.map(f64::to_bits));
        let mut data = Data {
            races: races.iter().map(|race| race.name.clone()).collect(),
            packages,
            manufacturers: sorted(fills().filter_map(|fill| fill.manufacturer.clone())),
            cars: sorted(fills().map(|fill| fill.vehicle)),
            teams: Vec::new(),
            engines: Vec::new(),
            rows: Vec::new(),
        };
        let team_cars = sorted(fills().filter_map(|fill| Some((fill.team.clone()?, fill.vehicle))));
        data.teams = sorted(team_cars.iter().map(|(team, _)| team.clone()));
        data.teams.retain(|team| team_cars.iter().filter(|(of, _)| of == team).count() >= TEAM_CARS);
        for (index, race) in races.iter().enumerate() {
            for fill in &race.fills {
                let row = data.row(index, race, fill)?;
                data.rows.push(row);
            }
        }
        data.engines = sorted(data.rows.iter().map(|row| (row.race, row.car)));
        for row in &mut data.rows {
            row.engine = data.engines.binary_search(&(row.race, row.car)).unwrap_or_default();
        }
        Ok(data)
    }

    fn row(&self, index: usize, race: &PastRace, fill: &FillToFill) -> Result<FillRow, Unusable> {
        let seconds = fill.histogram.values().iter().map(|&ns| ns as f64 * 1e-9);
        let all_s: f64 = seconds.clone().sum();
        let is_positive = |x: f64| x.is_finite() && x > 0.0;
        if ![all_s, fill.y_gal, fill.sd_gal].into_iter().all(is_positive) {
            let (race, vehicle) = (race.name.clone(), fill.vehicle);
            let (y_gal, sd_gal) = (fill.y_gal, fill.sd_gal);
            return Err(Unusable::Empty { race, vehicle, y_gal, sd_gal, seconds: all_s });
        }
        let bits = race.engine.package_hp.map(f64::to_bits);
        let package = self.packages.iter().position(|hp| hp.map(f64::to_bits) == bits);
        let at = |names: &[String], name: &Option<String>| names.binary_search(name.as_ref()?).ok();
        Ok(FillRow {
            race: index,
            package: package.unwrap_or_default(),
            manufacturer: at(&self.manufacturers, &fill.manufacturer),
            team: at(&self.teams, &fill.team),
            car: self.cars.binary_search(&fill.vehicle).unwrap_or_default(),
            engine: 0,
            seconds: seconds.enumerate().filter(|&(_, s)| s > 0.0).collect(),
            y_gal: fill.y_gal,
            sd_gal: fill.sd_gal,
        })
    }

    /// Two parts, by row; names stay where they are.
    pub fn split(&self, is_first: impl Fn(&FillRow) -> bool) -> (Data, Data) {
        let (first, second) = self.rows.iter().cloned().partition(|row| is_first(row));
        (Data { rows: first, ..self.clone() }, Data { rows: second, ..self.clone() })
    }

    /// The same with what is known to be wrong with the law counted as time: a row's seconds are multiplied by the
    /// factor of its knot.
    pub fn corrected(mut self, residual: &events::Residual) -> Data {
        for row in &mut self.rows {
            let manufacturer = row.manufacturer.map(|at| self.manufacturers[at].as_str());
            let factors = crate::predict::factors(residual, manufacturer);
            row.seconds.iter_mut().for_each(|(k, s)| *s *= factors[*k]);
        }
        self
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}
