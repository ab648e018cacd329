//! Metadata and `infer` of the Open Inference Protocol v2.

use super::tensor::{InputTensor, OutputTensor};
use super::{ROWS_MAX, Refusal, Served, window};
use crate::wire::CarDescription;
use fuel::knots;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Every input, its datatype and its shape.
const INPUTS: [(&str, &str, &[i64]); 8] = [
    ("throttle", "FP64", &[-1]),
    ("rpm", "FP64", &[-1]),
    ("histogram", "FP64", &[-1, knots::COUNT as i64]),
    ("density_ratio", "FP64", &[-1]),
    ("package_hp", "FP64", &[-1]),
    ("vehicle", "BYTES", &[-1]),
    ("manufacturer", "BYTES", &[-1]),
    ("team", "BYTES", &[-1]),
];

#[derive(Debug, Deserialize)]
struct InferRequest {
    id: Option<String>,
    inputs: Vec<InputTensor>,
    #[serde(default)]
    outputs: Vec<RequestedOutput>,
}

#[derive(Debug, Deserialize)]
struct RequestedOutput {
    name: String,
}

/// The tensors asked for, and who says so.
#[derive(Debug, Serialize)]
pub(super) struct InferResponse {
    model_name: String,
    model_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    outputs: Vec<OutputTensor>,
}

/// What this server is.
pub(super) fn server() -> Value {
    json!({ "name": "burnbar", "version": env!("CARGO_PKG_VERSION"), "extensions": [] })
}

/// What this model takes and gives.
pub(super) fn model(served: &Served) -> Value {
    let tensor = |&(name, datatype, shape): &(&str, &str, &[i64])| json!({ "name": name, "datatype": datatype, "shape": shape });
    let outputs = ["rate_g_s", "sd_g_s", "burned_g", "sd_g"].map(|name| tensor(&(name, "FP64", &[-1])));
    json!({
        "name": served.name(),
        "versions": [served.version()],
        "platform": "burnbar_model_1",
        "inputs": INPUTS.iter().map(tensor).collect::<Vec<_>>(),
        "outputs": outputs,
    })
}

/// Flows at points, or burns over histograms.
pub(super) fn infer(served: &Served, body: &[u8]) -> Result<InferResponse, Refusal> {
    let request: InferRequest = serde_json::from_slice(body)
        .map_err(|error| Refusal::bad(format_args!("the body: {error}; docs/serving.md shows one")))?;
    let inputs = Inputs::of(&request.inputs)?;
    let mut outputs = match (inputs.find("histogram"), inputs.find("throttle"), inputs.find("rpm")) {
        (Some(histogram), None, None) => burns(served, &inputs, histogram)?,
        (None, Some(throttle), Some(rpm)) => flows(served, &inputs, throttle, rpm)?,
        _ => return Err(Refusal::bad("inputs: send throttle and rpm, or histogram")),
    };
    if let Some(unknown) =
        request.outputs.iter().find(|wanted| outputs.iter().all(|output| output.name != wanted.name))
    {
        let known: Vec<_> = outputs.iter().map(|output| output.name).collect();
        return Err(Refusal::bad(format_args!(
            "output {}: these inputs give {}",
            unknown.name,
            known.join(" and ")
        )));
    }
    if !request.outputs.is_empty() {
        outputs.retain(|output| request.outputs.iter().any(|wanted| wanted.name == output.name));
    }
    let (model_name, model_version) = (served.name().into(), served.version().into());
    Ok(InferResponse { model_name, model_version, id: request.id, outputs })
}

fn flows(
    served: &Served,
    inputs: &Inputs,
    throttle: &InputTensor,
    rpm: &InputTensor,
) -> Result<Vec<OutputTensor>, Refusal> {
    let rows = inputs.rows(throttle)?;
    let (throttle, rpm) = (throttle.numbers(1)?, inputs.column(rpm.numbers(1)?, "rpm", rows)?);
    let cars = inputs.cars(rows)?;
    let density = inputs.optional_numbers("density_ratio", rows)?;
    let (mut means, mut sds) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for (row, (point, car)) in throttle.into_iter().zip(rpm).zip(&cars).enumerate() {
        let density_ratio = density.as_ref().map_or(1.0, |values| values[row]);
        let flow = window::flow(served, car, density_ratio, point).map_err(in_row(row))?;
        means.push(flow.mean);
        sds.push(flow.sd);
    }
    Ok(vec![OutputTensor::new("rate_g_s", means), OutputTensor::new("sd_g_s", sds)])
}

fn burns(served: &Served, inputs: &Inputs, histogram: &InputTensor) -> Result<Vec<OutputTensor>, Refusal> {
    if inputs.find("density_ratio").is_some() {
        return Err(Refusal::bad("density_ratio: a histogram is weighted by density: leave it out"));
    }
    let rows = inputs.rows(histogram)?;
    let seconds = histogram.numbers(knots::COUNT)?;
    let cars = inputs.cars(rows)?;
    let (mut means, mut sds) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for (row, (seconds, car)) in seconds.chunks(knots::COUNT).zip(&cars).enumerate() {
        let burned = window::engine(car)
            .and_then(|engine| served.burned(car, &engine, &window::histogram(seconds)?))
            .map_err(in_row(row))?;
        means.push(burned.mean);
        sds.push(burned.sd);
    }
    Ok(vec![OutputTensor::new("burned_g", means), OutputTensor::new("sd_g", sds)])
}

fn in_row(row: usize) -> impl Fn(Refusal) -> Refusal {
    move |refusal| Refusal::bad(format_args!("row {row}: {refusal}"))
}

/// Inputs by name, each at most once.
struct Inputs<'a>(&'a [InputTensor]);

impl<'a> Inputs<'a> {
    fn of(inputs: &'a [InputTensor]) -> Result<Inputs<'a>, Refusal> {
        for (at, input) in inputs.iter().enumerate() {
            if INPUTS.iter().all(|(name, ..)| *name != input.name) {
                let known = INPUTS.map(|(name, ..)| name).join(", ");
                return Err(Refusal::bad(format_args!("input {}: the model takes {known}", input.name)));
            }
            if inputs[..at].iter().any(|before| before.name == input.name) {
                return Err(Refusal::bad(format_args!("input {}: send it once", input.name)));
            }
        }
        Ok(Inputs(inputs))
    }

    fn find(&self, name: &str) -> Option<&'a InputTensor> {
        self.0.iter().find(|input| input.name == name)
    }

    fn rows(&self, of: &InputTensor) -> Result<usize, Refusal> {
        match of.rows() {
            rows if rows <= ROWS_MAX => Ok(rows),
            rows => Err(Refusal::bad(format_args!("{rows} rows: send at most {ROWS_MAX} at once"))),
        }
    }

    /// One value a row. One value alone is that of all rows.
    fn column<T: Clone>(&self, mut values: Vec<T>, name: &str, rows: usize) -> Result<Vec<T>, Refusal> {
        match (values.len(), values.pop()) {
            (1, Some(value)) => Ok(vec![value; rows]),
            (size, Some(value)) if size == rows => {
                values.push(value);
                Ok(values)
            }
            (0, None) if rows == 0 => Ok(values),
            (size, _) => Err(Refusal::bad(format_args!(
                "input {name}: {size} values for {rows} rows: send 1 or {rows}"
            ))),
        }
    }

    fn optional_numbers(&self, name: &str, rows: usize) -> Result<Option<Vec<f64>>, Refusal> {
        self.find(name).map(|input| self.column(input.numbers(1)?, name, rows)).transpose()
    }

    fn cars(&self, rows: usize) -> Result<Vec<CarDescription>, Refusal> {
        let texts =
            |name: &str| self.find(name).map(|input| self.column(input.texts()?, name, rows)).transpose();
        let (vehicle, manufacturer, team) = (texts("vehicle")?, texts("manufacturer")?, texts("team")?);
        let package_hp = self.optional_numbers("package_hp", rows)?;
        let text =
            |values: &Option<Vec<String>>, row: usize| values.as_ref().map(|values| values[row].clone());
        let car = |row| CarDescription {
            vehicle_id: text(&vehicle, row),
            manufacturer: text(&manufacturer, row),
            team: text(&team, row),
            package_hp: package_hp.as_ref().map(|values| values[row]),
            reference_rpm: None,
        };
        Ok((0..rows).map(car).collect())
    }
}
