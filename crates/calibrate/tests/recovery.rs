//! A fit finds what made-up races were made from, says how sure it is, and does not depend on the order of anything.

use crate::made_up::{self, Truth};
use calibrate::{Calibration, Learning, PastRace, Unusable, model_file};
use events::{Model, ModelId};
use fuel::{Engine, physics};

fn calibrated(races: &[PastRace], before: Option<Model>, learning: Learning) -> Calibration {
    calibrate::calibrate(ModelId::new("made-up").unwrap(), races, before, learning).unwrap()
}

/// How far the model's flow is off at a place, %.
fn off_pct(model: &Model, truth: &Truth, hp: f64, theta: f64, rpm: f64) -> f64 {
    let [ln_f, ln_kt, gamma, ln_rho_p, a0, chi] = model.shape.mean;
    let shape = fuel::Shape { ln_f, ln_kt, gamma, ln_rho_p, a0, chi };
    let package = model.packages.iter().find(|package| package.package_hp == Some(hp)).unwrap();
    let rate = |shape, scale| physics::rate_g_s(&shape, &Engine::cup(hp), theta, rpm, 1.0, scale).unwrap();
    100.0 * libm::log(rate(shape, package.ln_scale) / rate(truth.shape, (truth.beyond)(theta, rpm)))
}

#[test]
fn the_flow_is_found_where_the_races_have_been() {
    let truth = Truth::law();
    let model = calibrated(&made_up::races(&truth, 6), None, Learning::None).model;
    for (hp, theta, rpm, within_pct) in [
        (670.0, 1.0, 7_600.0, 1.2),
        (510.0, 0.62, 8_100.0, 1.5),
        (750.0, 0.4, 6_200.0, 2.0),
        (670.0, 0.12, 3_600.0, 6.0),
    ] {
        let off = off_pct(&model, &truth, hp, theta, rpm);
        assert!(off.abs() < within_pct, "{hp} hp, throttle {theta}, {rpm} rpm: {off} %");
    }
    let own = |name: &str| model.manufacturers.iter().find(|scale| scale.name == name).unwrap();
    let (first, last) = (own("Chevrolet"), own("Ford"));
    let apart = first.ln_scale - last.ln_scale;
    assert!(
        (apart - 0.025).abs() < 2.0 * first.sd.max(last.sd),
        "manufacturers are {apart} apart, truly 0.025"
    );
    assert!(model.teams.len() == 6 && model.cars.len() == 24 && model.packages.len() == 3);
}

#[test]
fn more_races_make_it_surer_and_a_model_before_them_counts() {
    let races = made_up::races(&Truth::law(), 6);
    let sd = |model: &Model| model.cars.iter().map(|car| car.sd).sum::<f64>();
    let three = calibrated(&races[..3], None, Learning::None).model;
    let six = calibrated(&races, None, Learning::None).model;
    let then = calibrated(&races[3..], Some(three.clone()), Learning::None).model;
    assert!(sd(&six) < sd(&three) && sd(&then) < sd(&three));
    assert_eq!((then.races.len(), then.bags), (6, six.bags));
    let off = (then.shape.mean[0] - six.shape.mean[0]).abs();
    assert!(off < 0.01, "ln F in two parts and at once differ by {off}");
}

#[test]
fn a_residual_is_used_if_it_wins_and_only_then() {
    let plain = made_up::races(&Truth::law(), 3);
    // an engine whose middle range the law cannot bend to
    let beyond = |theta: f64, _| if (0.3..0.7).contains(&theta) { -0.05 } else { 0.02 };
    let rich = made_up::races(&Truth { beyond, ..Truth::law() }, 3);
    for (what, races, may_win) in [("the law's own engine", &plain, false), ("a richer engine", &rich, true)]
    {
        let found = calibrated(races, None, Learning::Any);
        let table = &found.report.cross_validation;
        assert_eq!(table.ways.len(), if cfg!(feature = "net") { 3 } else { 2 });
        assert_eq!(found.model.residual.is_some(), table.winner().is_some(), "{what}");
        if !may_win {
            assert_eq!(table.winner(), None, "{what}: {table:?}");
        }
    }
}

#[test]
fn the_same_races_give_the_same_bytes_in_any_order() {
    let mut races = made_up::races(&Truth::law(), 3);
    let bytes = |races: &[PastRace]| {
        let found = calibrated(races, None, Learning::Any);
        (model_file::write(&found.model).unwrap(), calibrate::report::page(&found.report))
    };
    let first = bytes(&races);
    races.reverse();
    races.swap(1, 2);
    assert_eq!(first, bytes(&races));
}

#[test]
fn spreads_come_from_history_once_there_is_enough() {
    let races = made_up::races(&Truth::law(), 12);
    let spread = |races: &[PastRace]| calibrated(races, None, Learning::None).model.spread;
    let (one, few, many) = (spread(&races[..1]), spread(&races[..3]), spread(&races));
    let is = |spread: f64, expected: f64| (spread - expected).abs() < 1e-12;
    assert!(is(one.car, 0.015) && is(one.engine, 0.006), "one race tells cars from engines: {one:?}");
    // made up: cars 0.01 · sin, so 0.007, and the same engine in every race; races 0.006
    for spread in [few, many] {
        assert!((0.004..0.012).contains(&spread.car) && spread.engine < 0.004, "{spread:?}");
    }
    assert!(is(few.race, 0.010) && (0.003..0.010).contains(&many.race), "{few:?} {many:?}");
    assert!(is(many.shape, 0.007), "fills-to-fill cannot tell tau from evidence that is better than it says");
}

#[test]
fn an_engine_without_a_stated_power_is_a_package_of_its_own() {
    let mut races = made_up::races(&Truth::law(), 1);
    for fill in &mut races[0].fills {
        fill.y_gal *= 0.3;
    }
    races[0].engine = Engine { package_hp: None, reference_rpm: 7_200.0 };
    let found = calibrated(&races, None, Learning::None);
    let rms = found.report.cross_validation.ways[0].later.rms_pct.unwrap();
    assert!(found.model.packages[0].package_hp.is_none() && rms < 6.0, "{rms}");
}

#[test]
fn what_cannot_be_learned_from_is_refused_with_its_name() {
    let races = made_up::races(&Truth::law(), 2);
    let name = ModelId::new("made-up").unwrap();
    let refused = |races: &[PastRace], before| {
        calibrate::calibrate(name, races, before, Learning::None).map(|_| ()).unwrap_err().to_string()
    };
    let twice = [races[0].clone(), races[0].clone()];
    let mut empty = races.clone();
    empty[1].fills[3].y_gal = -0.5;
    let known = calibrated(&races, None, Learning::None).model;
    for (error, says) in [
        (refused(&[], None), "nothing can be learned"),
        (refused(&twice, None), "race race 00 is given twice"),
        (refused(&empty, None), "race race 01, vehicle car-03: a fill-to-fill of -0.5 ± 0.2 gal"),
        (refused(&races[..1], Some(known)), "has learned from race race 00 already"),
    ] {
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(Unusable::NoFillToFill.to_string(), refused(&[], None));
}
