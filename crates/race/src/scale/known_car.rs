//! A car as roster and model know it, and what the model expects of its burn.

use super::fill_to_fill::{CarFillToFill, Over};
use super::stints::{CarStints, Ran, Stint};
use crate::session::{Conditions, RaceState};
use events::VehicleId;
use fuel::filter::CarPrior;
use serde::{Deserialize, Serialize};
use units::Mass;

/// A car as roster and model know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KnownCar {
    /// Its place in the order of joining.
    pub number: usize,
    /// As its roster names them, empty where none does.
    pub manufacturer: String,
    pub team: String,
    /// What the model knows of it: the logarithm of its scale, and how well.
    pub known_ln: f64,
    pub known_sd: Option<f64>,
    /// What its manufacturer's own table, if there is one, burns against the field's, by which all cars are folded: the
    /// logarithms for its newest running and for its newest clean laps.
    pub by_own_table: [f64; 2],
    /// What is known by now of its burn.
    pub fills: Vec<ExpectedFill>,
    /// Whether the newest of that contradicts the rest.
    pub is_contradicted: bool,
}

/// A fill-to-fill beside what the model expects of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ExpectedFill {
    pub fill: CarFillToFill,
    /// By the frozen law and the car's known scale, US gallons.
    pub predicted_gal: f64,
    /// Standard deviation of its imputed part, US gallons.
    pub imputed_sd_gal: f64,
}

impl KnownCar {
    /// As roster and model know it, in conditions.
    pub fn of(vehicle: VehicleId, number: usize, conditions: &Conditions, race: &RaceState) -> KnownCar {
        let (manufacturer, team) = names(vehicle, race);
        let known = conditions.rates.scale_of(vehicle.as_str(), team, manufacturer);
        KnownCar {
            number,
            manufacturer: manufacturer.into(),
            team: team.into(),
            known_ln: known.ln,
            known_sd: known.own_sd,
            by_own_table: [0.0; 2],
            fills: Vec::new(),
            is_contradicted: false,
        }
    }

    /// Holds its newest running against the tables again.
    pub fn compare_tables(&mut self, stints: &CarStints, conditions: &Conditions) {
        let own = conditions.rates.table_of(&self.manufacturer);
        if std::ptr::eq(own, conditions.rates.table()) {
            return;
        }
        let ln = |ran: Option<Ran>| {
            let ran = ran.filter(|ran| ran.observed_g() > 0.0)?;
            Some(libm::log(ran.histogram.burned_g(own) / ran.histogram.burned_g(conditions.rates.table())))
        };
        let all = ln(stints.newest()).unwrap_or(0.0);
        self.by_own_table = [all, ln(stints.newest_clean()).unwrap_or(all)];
    }

    /// What a filter believes of it at first; `maker` stands for its manufacturer.
    pub fn prior(&self, maker: Option<u32>) -> CarPrior {
        self.known_sd.and_then(CarPrior::calibrated).unwrap_or(CarPrior::unseen(maker))
    }

    /// Whether the newest roster still names the same manufacturer and team.
    pub fn is_as_named(&self, vehicle: VehicleId, race: &RaceState) -> bool {
        (self.manufacturer.as_str(), self.team.as_str()) == names(vehicle, race)
    }

    /// What the model expects of a fill-to-fill; `None` where its running is not known any more.
    pub fn expect(
        &self,
        fill: CarFillToFill,
        stints: &CarStints,
        conditions: &Conditions,
        race: &RaceState,
    ) -> Option<ExpectedFill> {
        let (predicted_g, gap_var_g2) = self.by_own_table_g(&fill.over, stints, conditions)?;
        let gal = |grams: f64| race.fuel_density().volume(Mass::from_kg(grams * 1e-3)).us_gallons();
        let factor = libm::exp(self.known_ln);
        Some(ExpectedFill {
            fill,
            predicted_gal: gal(predicted_g) * factor,
            imputed_sd_gal: gal(gap_var_g2.sqrt()) * factor,
        })
    }

    /// What its own table says it burned over some running at scale 0, grams, and the variance of the imputed part, g².
    fn by_own_table_g(&self, over: &Over, stints: &CarStints, conditions: &Conditions) -> Option<(f64, f64)> {
        let table = conditions.rates.table_of(&self.manufacturer);
        let whole = |stints: &[Stint]| -> (f64, f64) {
            let burned_g = stints.iter().map(|stint| stint.ran.by_table_g(table)).sum();
            (burned_g, stints.iter().map(|stint| stint.gap_var_g2).sum())
        };
        let ratio = |stint: &Stint| match stint.ran.burned_g() {
            burned_g if burned_g > 0.0 => stint.ran.by_table_g(table) / burned_g,
            _ => 1.0,
        };
        Some(match *over {
            Over::Stints { first, last } => whole(stints.all().get(first..=last)?),
            Over::StintsAndPart { first, part, until } => {
                let (whole_g, gap_var_g2) = whole(stints.all().get(first..part)?);
                let stint = stints.all().get(part)?;
                let (part_g, _) = stints.burned_in_stint_g(part, until)?;
                (whole_g + part_g * ratio(stint), gap_var_g2 + stint.gap_var_g2)
            }
            Over::Between { from, to } => {
                let stint = stints.all().get(stints.stint_at(to)?)?;
                (stints.burned_between_g(from, to)? * ratio(stint), 0.0)
            }
        })
    }
}

/// The manufacturer and the team of a car, empty where no roster names them.
fn names(vehicle: VehicleId, race: &RaceState) -> (&str, &str) {
    race.entrants.entry(vehicle).map_or(("", ""), |entry| (entry.manufacturer.as_str(), entry.team.as_str()))
}
