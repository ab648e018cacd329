//! Scales on an engine package that no calibration has seen: shape and scales of the law are fitted together, again and
//! again, from all that was burned from fill to fill so far.

use super::car_scale::Scale;
use super::fill_to_fill::Over;
use super::known_car::{ExpectedFill, KnownCar};
use super::stints::{CarStints, Ran, Stints};
use crate::session::{Conditions, RaceState};
use events::VehicleId;
use fuel::refit::{self, FitFillToFill, Refit, SHAPE};
use fuel::{Belief, Burned, Histogram, KnotGradients, LogScale, Shape, Symmetric, knot_gradients, prior};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use units::{EventTime, FuelDensity, Span};

/// A fit costs milliseconds: not more often than this. The times are those of the epoch's grid, so that they depend on the
/// log alone.
const EVERY: Span = Span::from_secs(30);
/// The scale that the field shares comes first behind the shape.
const RACE: usize = SHAPE;

/// What is believed of shape and scales, and what follows from it for every car.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Refitted {
    belief: Option<Belief>,
    scales: BTreeMap<VehicleId, Scale>,
    /// Evidence has changed since the last fit.
    pub is_stale: bool,
    next: EventTime,
    shape_sd: f64,
    /// From any evidence at all.
    has_learned: bool,
    /// The law of a shape on the knots: computed once, and read off again and again.
    #[serde(skip)]
    knots: Option<(Shape, KnotGradients)>,
    /// Cars whose newest evidence the fit could not agree with.
    contradicted: BTreeSet<VehicleId>,
}

/// Evidence further from the fit than this many standard deviations contradicts it: as the filter's gate.
const CONTRADICTS: f64 = 4.0;

/// The cars whose newest evidence lies far from the fit; `whose` names those of all evidence.
fn contradicted(fitted: Option<&Refit>, whose: &[VehicleId]) -> BTreeSet<VehicleId> {
    let newest: BTreeMap<VehicleId, f64> = fitted
        .into_iter()
        .flat_map(|fitted| whose.iter().zip(&fitted.fills))
        .map(|(vehicle, fill)| (*vehicle, fill.residual.abs()))
        .collect();
    newest.into_iter().filter(|(_, residual)| *residual > CONTRADICTS).map(|(vehicle, _)| vehicle).collect()
}

/// What a fit is made of.
pub(super) struct RefitInputs<'a> {
    /// All that was burned from fill to fill, in the order in which it became known.
    pub fills: &'a [ExpectedFill],
    /// What each car did.
    pub stints: &'a Stints,
    /// The cars in the order in which they joined.
    pub order: &'a [VehicleId],
    /// The same by vehicle.
    pub cars: &'a BTreeMap<VehicleId, KnownCar>,
}

impl Refitted {
    /// Nothing fitted yet.
    pub fn new(conditions: &Conditions) -> Refitted {
        Refitted {
            belief: None,
            scales: BTreeMap::new(),
            is_stale: true,
            next: EventTime::from_us(i64::MIN),
            shape_sd: conditions.rates.spread().shape_new_package,
            has_learned: false,
            knots: None,
            contradicted: BTreeSet::new(),
        }
    }

    /// What is known of a car.
    pub fn of(&self, vehicle: VehicleId) -> Option<Scale> {
        self.scales.get(&vehicle).copied()
    }

    /// Fits again if fills have changed, and reads off what it means for every car, if it is time. Whether it was.
    pub fn refit(
        &mut self,
        end: EventTime,
        known: &RefitInputs,
        conditions: &Conditions,
        race: &RaceState,
    ) -> bool {
        let has_more_cars = known.order.len() != self.scales.len();
        if end < self.next && !has_more_cars {
            return false;
        }
        self.next = EventTime::from_us((end.us().div_euclid(EVERY.us()) + 1).saturating_mul(EVERY.us()));
        let layout = StateLayout::of(known);
        if self.is_stale || has_more_cars {
            let Some(prior) = layout.prior(known, conditions) else { return false };
            self.is_stale = false;
            self.fit(&layout, &prior, known, conditions, race);
        }
        self.read(&layout, known, conditions, race).is_some()
    }

    /// Fits shape and scales to all that was burned from fill to fill.
    fn fit(
        &mut self,
        layout: &StateLayout,
        prior: &Belief,
        known: &RefitInputs,
        conditions: &Conditions,
        race: &RaceState,
    ) {
        let laid = known
            .fills
            .iter()
            .filter_map(|expected| Some((expected.fill.vehicle, layout.fill(expected, known)?)));
        let (whose, laid): (Vec<VehicleId>, Vec<_>) = laid.unzip();
        let fills: Vec<FitFillToFill> = laid
            .iter()
            .map(|(histogram, burned, scales)| FitFillToFill {
                histogram,
                engine: conditions.engine,
                scales,
                burned: *burned,
            })
            .collect();
        let fit = || refit::refit(prior, &fills, self.shape_sd, race.fuel_density()).ok();
        let fitted = if fills.is_empty() { None } else { fit() };
        self.contradicted = contradicted(fitted.as_ref(), &whose);
        self.has_learned = fitted.is_some();
        self.belief = Some(fitted.map_or_else(|| prior.clone(), |fitted| fitted.belief));
    }

    /// Reads off what the fit means for every car; `None` where the law has no rate.
    fn read(
        &mut self,
        layout: &StateLayout,
        known: &RefitInputs,
        conditions: &Conditions,
        race: &RaceState,
    ) -> Option<()> {
        let belief = self.belief.as_ref()?;
        let shape = refit::shape(belief)?;
        let knots = match self.knots.take().filter(|(of, _)| *of == shape) {
            Some((_, knots)) => knots,
            None => knot_gradients(&shape, &conditions.engine).ok()?,
        };
        let (_, knots) = self.knots.insert((shape, knots));
        let (has_learned, density) = (self.has_learned, race.fuel_density());
        let [frozen_ln_f, ..] = conditions.rates.shape().mean;
        let reading = ScaleReading { belief, frozen_ln_f, knots, has_learned, density };
        for (number, vehicle) in known.order.iter().enumerate() {
            let scales = layout.scales(number);
            let stints = known.stints.of(*vehicle);
            let ln = reading.ln(stints.and_then(CarStints::newest), &scales);
            let clean =
                stints.and_then(CarStints::newest_clean).map_or(ln, |ran| reading.ln(Some(ran), &scales));
            let own = scales.iter().filter(|index| **index != RACE);
            let scale = Scale {
                ln,
                factor: libm::exp(ln.mean),
                clean_factor: libm::exp(clean.mean),
                own_var: own.filter_map(|index| belief.covariance().get(*index, *index)).sum(),
                shape_sd: self.shape_sd,
                is_calibrated: false,
                is_contradicted: self.contradicted.contains(vehicle),
            };
            self.scales.insert(*vehicle, scale);
        }
        Some(())
    }
}

/// Which number of the state is what: shape, race, manufacturers, cars.
struct StateLayout {
    /// The number of each car's manufacturer, where it is known and the car itself is not.
    maker: Vec<Option<usize>>,
    makers: usize,
}

impl StateLayout {
    fn of(known: &RefitInputs) -> StateLayout {
        let mut names: Vec<&str> = Vec::new();
        let mut maker = Vec::with_capacity(known.order.len());
        for vehicle in known.order {
            let car = known.cars.get(vehicle).filter(|car| car.known_sd.is_none());
            let name = car.map_or("", |car| car.manufacturer.as_str());
            if name.is_empty() {
                maker.push(None);
                continue;
            }
            let place = names.iter().position(|other| *other == name).unwrap_or(names.len());
            if place == names.len() {
                names.push(name);
            }
            maker.push(Some(RACE + 1 + place));
        }
        StateLayout { maker, makers: names.len() }
    }

    fn scales(&self, number: usize) -> Vec<usize> {
        let own = RACE + 1 + self.makers + number;
        [Some(RACE), self.maker.get(number).copied().flatten(), Some(own)].into_iter().flatten().collect()
    }

    /// What the model believes of a package that it has not seen.
    fn prior(&self, known: &RefitInputs, conditions: &Conditions) -> Option<Belief> {
        let (rates, spread) = (&conditions.rates, conditions.rates.spread());
        // a car whose manufacturer is unknown may differ from the field by as much as if it had one
        let newcomer_sd = |number: usize| match self.maker.get(number).copied().flatten() {
            Some(_) => spread.car,
            None => (spread.car * spread.car + spread.manufacturer * spread.manufacturer).sqrt(),
        };
        let cars = known.order.iter().filter_map(|vehicle| known.cars.get(vehicle));
        let cars = cars.map(|car| (car.known_ln, car.known_sd.unwrap_or_else(|| newcomer_sd(car.number))));
        let scales: Vec<(f64, f64)> = std::iter::once((0.0, prior::RACE_SD))
            .chain(std::iter::repeat_n((0.0, spread.manufacturer), self.makers))
            .chain(cars)
            .collect();
        let shape = rates.shape();
        let mean = shape.mean.into_iter().chain(scales.iter().map(|(mean, _)| *mean)).collect();
        let mut triangle: Vec<f64> = Vec::new();
        for (row, values) in shape.covariance.iter().enumerate() {
            triangle.extend(&values[..=row]);
        }
        for (place, (_, sd)) in scales.iter().enumerate() {
            triangle.extend(std::iter::repeat_n(0.0, SHAPE + place));
            triangle.push(sd * sd);
        }
        let mut belief = Belief::new(mean, Symmetric::try_from(triangle).ok()?).ok()?;
        if rates.is_calibrated() {
            refit::widen_for_new_package(&mut belief);
        }
        Some(belief)
    }

    /// Some running as the fit takes it. A bound is evidence only where the frozen law breaks it.
    fn fill(&self, expected: &ExpectedFill, known: &RefitInputs) -> Option<(Histogram, Burned, Vec<usize>)> {
        let ExpectedFill { fill, predicted_gal, imputed_sd_gal } = expected;
        if fill.is_bound && *predicted_gal <= fill.burned.gal {
            return None;
        }
        let (stints, car) = (known.stints.of(fill.vehicle)?, known.cars.get(&fill.vehicle)?);
        let mut histogram = Histogram::default();
        let mut add = |stint: usize, share: f64| -> Option<()> {
            let stint = stints.all().get(stint)?;
            histogram.merge(&stint.ran.whole(share));
            Some(())
        };
        match fill.over {
            Over::Stints { first, last } => (first..=last).try_for_each(|stint| add(stint, 1.0))?,
            Over::StintsAndPart { first, part, until } => {
                (first..part).try_for_each(|stint| add(stint, 1.0))?;
                let (burned_g, _) = stints.burned_in_stint_g(part, until)?;
                add(part, burned_g / stints.all().get(part)?.ran.burned_g())?;
            }
            Over::Between { from, to } => {
                let stint = stints.stint_at(to)?;
                let burned_g = stints.burned_between_g(from, to)?;
                add(stint, burned_g / stints.all().get(stint)?.ran.burned_g())?;
            }
        }
        let var_gal2 = fill.burned.var_gal2 + imputed_sd_gal * imputed_sd_gal;
        Some((histogram, Burned { var_gal2, ..fill.burned }, self.scales(car.number)))
    }
}

/// How a belief is read off for one car.
struct ScaleReading<'a> {
    belief: &'a Belief,
    /// The logarithm of the flow of a car flat out, by the frozen law.
    frozen_ln_f: f64,
    knots: &'a KnotGradients,
    has_learned: bool,
    density: FuelDensity,
}

impl ScaleReading<'_> {
    /// The logarithm of what the believed law burns over what the frozen one did. Before a car has run, that of a car
    /// flat out.
    fn ln(&self, ran: Option<Ran>, scales: &[usize]) -> LogScale {
        let observed =
            ran.map(|ran| (ran.observed_g(), ran.histogram)).filter(|(observed_g, _)| *observed_g > 0.0);
        match observed {
            Some((observed_g, histogram)) => {
                let now = refit::burned_gal(self.belief, self.knots, &histogram, scales, self.density);
                let folded_gal = self.density.volume(units::Mass::from_kg(observed_g * 1e-3)).us_gallons();
                let relative = now.sd / now.mean;
                // before anything was learned the law is the frozen one, but for the rounding of histograms
                let moved = libm::log(now.mean / folded_gal);
                let mean = if self.has_learned { moved } else { self.belief.sum(scales).mean };
                LogScale { mean, var: relative * relative }
            }
            None => {
                let LogScale { mean, var } = self.belief.sum(&[&[0], scales].concat());
                LogScale { mean: mean - self.frozen_ln_f, var }
            }
        }
    }
}
