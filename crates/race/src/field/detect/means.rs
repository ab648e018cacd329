//! What some laps of one car come to: the means by which fuel is saved, as numbers.

use crate::car::ClosedLap;
use crate::driver::DrivenLap;
use crate::field::compare::{burn_kg_m, median};

/// What some laps of one car come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SavingMeans {
    /// Coasted a lap, metres.
    pub coasted_m: f64,
    /// Burn per distance, kg/m.
    pub burn_kg_m: Option<f64>,
    /// Engine speed at shifts up, rpm.
    pub shift_rpm: Option<f64>,
    /// Engine speed while it pulls, rpm.
    pub pulling_rpm: Option<f64>,
    /// The same per speed, rpm per m/s: which gears are used.
    pub gearing: Option<f64>,
    /// Median throttle over the parts of the lap where the field is flat out, 0..1.
    pub held: Option<f64>,
}

impl SavingMeans {
    /// Of `driven` laps, with their burn among `laps`; `None` of none.
    pub fn of<'a>(
        driven: impl Iterator<Item = &'a DrivenLap> + Clone,
        laps: &[ClosedLap],
        flat: &[bool],
    ) -> Option<SavingMeans> {
        let mean = |of: &dyn Fn(&DrivenLap) -> Option<f64>| {
            let means: Vec<f64> = driven.clone().filter_map(of).collect();
            (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64)
        };
        let burned = laps.iter().filter(|lap| driven.clone().any(|driven| driven.to == lap.to));
        Some(SavingMeans {
            coasted_m: mean(&|lap| Some(lap.coasted_m))?,
            burn_kg_m: burn_kg_m(burned),
            shift_rpm: mean(&|lap| lap.shift_rpm),
            pulling_rpm: mean(&|lap| lap.pulling_rpm),
            gearing: mean(&|lap| lap.gearing),
            held: mean(&|lap| held(lap, flat)),
        })
    }
}

fn held(lap: &DrivenLap, flat: &[bool]) -> Option<f64> {
    let straights = lap.throttle.iter().zip(flat).filter(|(_, flat)| **flat);
    median(straights.filter_map(|(throttle, _)| throttle.map(f64::from)))
}
