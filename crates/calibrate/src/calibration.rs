//! The whole of it: races in, a model and a report out.

use crate::cross;
use crate::gp::GaussianProcess;
use crate::learner::{Base, Learner};
use crate::model::Addition;
use crate::report::CalibrationReport;
use crate::{Beliefs, Data, HierarchicalFit, PastRace, Unusable, hyper, model};
use events::{Model, ModelId};

/// What may be learned beside the law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Learning {
    /// Nothing but the law and the scales.
    None,
    /// A Gaussian process, if it wins.
    #[default]
    GaussianProcess,
    /// An ensemble of networks, if it wins.
    #[cfg(feature = "net")]
    Networks,
    /// Whichever of all wins, if one does.
    Any,
}

/// A calibrated model, and what there is to say about it.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The model.
    pub model: Model,
    /// How it came about.
    pub report: CalibrationReport,
}

/// Calibrates a model of this name. Its numbers do not depend on the order of the races.
///
/// # Errors
/// No fills-to-fill, a race twice, a fill-to-fill that says nothing, or equations without a solution.
pub fn calibrate(
    name: ModelId,
    races: &[PastRace],
    before: Option<Model>,
    learning: Learning,
) -> Result<Calibration, Unusable> {
    let beliefs = before.map_or_else(Beliefs::priors, Beliefs::after);
    let mut data = Data::of(races)?;
    if let Some(raced) =
        beliefs.known.iter().flat_map(|model| &model.races).find(|race| data.races.contains(race))
    {
        return Err(Unusable::Known { name: raced.clone() });
    }
    if let Some(residual) = beliefs.known.as_ref().and_then(|model| model.residual.as_ref()) {
        data = data.corrected(residual);
    }
    let beliefs = hyper::tuned(&data, &beliefs)?;
    let fit = HierarchicalFit::of(&data, &beliefs)?;
    let learners = learning.learners(data.rows.len());
    let learners: Vec<&dyn Learner> = learners.iter().map(|learner| &**learner).collect();
    let table = cross::validate(&data, &beliefs, &learners)?;
    let winner = learners.iter().find(|learner| Some(learner.name()) == table.winner());
    let learned = match winner {
        Some(learner) => Some(Addition::of(*learner, &data, &Base::of(&data, &beliefs, &fit)?)?),
        None => None,
    };
    let model = model::of(name, &data, &beliefs, &fit, learned.as_ref());
    let report = CalibrationReport::of(&model, &data, &beliefs, &fit, table)?;
    Ok(Calibration { model, report })
}

impl Learning {
    fn learners(self, fills: usize) -> Vec<Box<dyn Learner>> {
        let gp = || Box::new(GaussianProcess::default()) as Box<dyn Learner>;
        #[cfg(feature = "net")]
        let net = || Box::new(crate::net::Networks::default()) as Box<dyn Learner>;
        match self {
            _ if fills < cross::FILLS_ENOUGH => Vec::new(),
            Learning::None => Vec::new(),
            Learning::GaussianProcess => vec![gp()],
            #[cfg(feature = "net")]
            Learning::Networks => vec![net()],
            #[cfg(feature = "net")]
            Learning::Any => vec![gp(), net()],
            #[cfg(not(feature = "net"))]
            Learning::Any => vec![gp()],
        }
    }
}
