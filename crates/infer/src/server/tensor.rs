//! Tensors of the Open Inference Protocol v2.

use super::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An input, flat or nested.
#[derive(Debug, Deserialize)]
pub(super) struct InputTensor {
    pub name: String,
    shape: Vec<usize>,
    datatype: String,
    data: Value,
}

/// An output, flat.
#[derive(Debug, Serialize)]
pub(super) struct OutputTensor {
    pub name: &'static str,
    shape: [usize; 1],
    datatype: &'static str,
    data: Vec<f64>,
}

impl OutputTensor {
    pub(super) fn new(name: &'static str, data: Vec<f64>) -> OutputTensor {
        OutputTensor { name, shape: [data.len()], datatype: "FP64", data }
    }
}

impl InputTensor {
    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// Its numbers, in rows of `width`.
    pub(super) fn numbers(&self, width: usize) -> Result<Vec<f64>, Refusal> {
        if self.datatype != "FP64" && self.datatype != "FP32" {
            return Err(self.wrong(format_args!("its datatype is {}: send FP64", self.datatype)));
        }
        self.values(width, &Value::as_f64, "a number")
    }

    /// Its texts.
    pub(super) fn texts(&self) -> Result<Vec<String>, Refusal> {
        if self.datatype != "BYTES" {
            return Err(self.wrong(format_args!("its datatype is {}: send BYTES", self.datatype)));
        }
        self.values(1, &|value| value.as_str().map(str::to_owned), "a text")
    }

    fn values<T>(
        &self,
        width: usize,
        read: &dyn Fn(&Value) -> Option<T>,
        what: &str,
    ) -> Result<Vec<T>, Refusal> {
        let mut leaves = Vec::new();
        flatten(&self.data, &mut leaves);
        let size = self.shape.iter().try_fold(1_usize, |size, &side| size.checked_mul(side));
        if size != Some(leaves.len()) {
            let shape = &self.shape;
            return Err(self.wrong(format_args!("{} values do not fill its shape {shape:?}", leaves.len())));
        }
        if self.rows().checked_mul(width) != size {
            let shape = &self.shape;
            return Err(self.wrong(format_args!("its shape is {shape:?}: send rows of {width}")));
        }
        let read = |(at, leaf): (usize, &&Value)| {
            read(leaf).ok_or_else(|| self.wrong(format_args!("value {at} is not {what}")))
        };
        leaves.iter().enumerate().map(read).collect()
    }

    fn wrong(&self, what: std::fmt::Arguments<'_>) -> Refusal {
        Refusal::bad(format_args!("input {}: {what}", self.name))
    }
}

/// `serde_json` has bounded the depth.
fn flatten<'a>(value: &'a Value, leaves: &mut Vec<&'a Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| flatten(value, leaves)),
        leaf => leaves.push(leaf),
    }
}
