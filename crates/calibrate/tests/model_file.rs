//! A model file is read back exactly, and refused with a reason wherever it is not understood.

use crate::made_up::{self, Truth};
use calibrate::{Learning, model_file};
use events::{Model, ModelId, Residual};
use serde_json::{Value, json};

fn model() -> Model {
    let races = made_up::races(&Truth::law(), 2);
    let name = ModelId::new("two-races").unwrap();
    let mut model = calibrate::calibrate(name, &races, None, Learning::None).unwrap().model;
    model.residual = Some(Residual {
        learner: "gp".into(),
        field: vec![0.01; 210],
        manufacturers: vec![("Ford".into(), vec![-0.002; 210])],
    });
    model
}

#[test]
fn what_is_written_is_read_to_the_last_bit() {
    let model = model();
    let text = model_file::write(&model).unwrap();
    assert_eq!(model_file::read(&text).unwrap(), model);
    assert!(text.starts_with("{\n  \"burnbar_model\": 1,\n  \"model\": {\n    \"name\": \"two-races\""));
    assert_eq!(model_file::write(&model_file::read(&text).unwrap()).unwrap(), text);
}

#[test]
fn what_is_not_understood_is_refused() {
    let text = model_file::write(&model()).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut file: Value = serde_json::from_str(&text).unwrap();
        *file.pointer_mut(pointer).unwrap() = value;
        file
    };
    let added = |pointer: &str, key: &str| {
        let mut file: Value = serde_json::from_str(&text).unwrap();
        file.pointer_mut(pointer).unwrap()[key] = json!(1);
        file
    };
    let twice = {
        let mut file: Value = serde_json::from_str(&text).unwrap();
        let cars = file.pointer_mut("/model/cars").unwrap().as_array_mut().unwrap();
        cars.push(cars[0].clone());
        file
    };
    for (file, says) in [
        (json!("a model"), "no \"burnbar_model\""),
        (json!({"model": {}}), "no \"burnbar_model\""),
        (changed("/burnbar_model", json!(2)), "version 2, this program reads version 1: calibrate anew"),
        (changed("/burnbar_model", json!("one")), "version \"one\""),
        (changed("/model", json!({})), "not complete: missing field `name`"),
        (changed("/model/bags", json!(-1)), "not complete"),
        (changed("/model/shape/mean", json!([1, 2, 3])), "not complete"),
        (added("", "author"), "a field author, which is not understood"),
        (added("/model", "gearbox"), "a field model.gearbox"),
        (added("/model/cars/2", "colour"), "a field model.cars.2.colour"),
        (added("/model/spread", "driver"), "a field model.spread.driver"),
        (changed("/model/shape/mean/0", json!(800.0)), "the law's parameters"),
        (changed("/model/shape/covariance/0/1", json!(0.5)), "not symmetric"),
        (changed("/model/shape/covariance/2/2", json!(-1e-4)), "not positive definite"),
        (changed("/model/packages/0/package_hp", json!(0.0)), "a package of Some(0.0) hp: not above 0"),
        (changed("/model/cars/0/ln_scale", json!(9.0)), "a scale of car \"car-00\", 9 ± "),
        (changed("/model/cars/0/sd", json!(-0.1)), "its standard deviation is not within 0 and 3"),
        (twice, "one car twice"),
        (changed("/model/residual/field", json!(vec![0.0; 209])), "of 209 knots, not 210"),
        (changed("/model/residual/manufacturers/0/1/7", json!(2.0)), "a residual Ford: not within ±1"),
        (changed("/model/spread/race", json!(-0.01)), "a spread \"race\" of -0.01"),
    ] {
        let error = model_file::read(&file.to_string()).unwrap_err().to_string();
        assert!(error.contains(says), "{error}\nshould say {says}");
    }
    let cut = model_file::read(&text[..text.len() / 2]).unwrap_err().to_string();
    assert!(cut.contains("not a model file") && cut.contains("`burnbar calibrate` writes one"), "{cut}");
}

#[test]
fn what_would_be_refused_is_not_written() {
    let mut model = model();
    model.cars[0].ln_scale = f64::NAN;
    assert!(model_file::write(&model).is_err());
}
