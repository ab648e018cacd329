//! What comes out of a window for one car: a [`CarInsight`], in groups of what belongs together.

use crate::flat_record::flat_record;
use crate::{ActiveSign, Flag, Forecast, Mode, ModelId, Quality, SessionId, VehicleId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use units::EventTime;

flat_record! {
    /// What is known of one vehicle at the end of one window. Missing is `null`, never zero.
    ///
    /// Every `_sd` is one standard deviation. `(session, vehicle_id, window_end_us)` names an insight: writing it twice
    /// writes it once.
    pub struct CarInsight {
        /// The session.
        session: SessionId,
        /// The vehicle.
        vehicle_id: VehicleId,
        /// End of the window, exclusive, microseconds UTC.
        window_end_us: EventTime,
    }

    /// Where the car is, and under which flag.
    track: TrackPosition {
        /// The lap the car is on, counted from 1.
        lap as lap: Option<u32>,
        /// How far round that lap, 0..1.
        lap_distance as lap_distance: Option<f64>,
        /// Running order by distance, 1 leads.
        position as position: Option<u32>,
        /// The flag at the window's end.
        flag as flag: Flag,
    }

    /// Fuel mass burned since the start of the lap, stint, stage and race. A stint lies between two stops.
    burn: FuelBurn {
        /// Fuel flow at the window's end, g/s.
        rate_g_s as rate_g_s: Option<f64>,
        /// Burned since the start of the lap, kg.
        lap_kg as burned_lap_kg: Option<f64>,
        /// Burned since the last stop, kg.
        stint_kg as burned_stint_kg: Option<f64>,
        /// Burned since the start of the stage, kg.
        stage_kg as burned_stage_kg: Option<f64>,
        /// Burned since the start of the session, kg.
        race_kg as burned_race_kg: Option<f64>,
    }

    /// Economy, miles per US gallon.
    economy: FuelEconomy {
        /// Economy of the last whole lap, whatever its flag, miles per US gallon. `None` if more than 20 % of it was
        /// imputed.
        mpg_last_lap as mpg_last_lap: Option<f64>,
        /// Share of the last whole lap's burn that was imputed across gaps, percent; above 20 the lap is but estimated.
        last_lap_imputed_pct as mpg_last_lap_imputed_pct: Option<f64>,
        /// Economy of the last N clean green laps of the stint (5 unless configured).
        mpg_5 as mpg_5: Option<f64>,
        /// Standard deviation of `mpg_5`, the error common to the whole field apart: see [`BurnScale::sd_pct`].
        mpg_5_sd as mpg_5_sd: Option<f64>,
        /// Share of the burn behind `mpg_5` that was imputed across gaps, percent.
        mpg_5_imputed_pct as mpg_5_imputed_pct: Option<f64>,
        /// Economy of the stint so far.
        mpg_stint as mpg_stint: Option<f64>,
    }

    /// How far the car is into its stint.
    stint: StintProgress {
        /// Whole laps in the stint so far.
        laps as stint_laps: u32,
        /// Clean green laps in [`FuelEconomy::mpg_5`], at most N.
        green_laps as green_laps: u32,
        /// Stops so far, which is the number of the stint, from 0.
        stops as stops: u32,
    }

    /// What is left in the tank.
    tank: FuelLeft {
        /// Fuel in the tank, kg.
        remaining_kg as remaining_kg: Option<f64>,
        /// Standard deviation of `remaining_kg`.
        remaining_sd_kg as remaining_sd_kg: Option<f64>,
        /// Green laps left in the tank.
        laps_left as laps_left: Option<f64>,
        /// Standard deviation of `laps_left`.
        laps_left_sd as laps_left_sd: Option<f64>,
    }

    /// Burn per mile against the field median; negative burns less.
    relative: AgainstField {
        /// Over the last N green laps, percent.
        pct as relative_pct: Option<f64>,
        /// Standard deviation of `pct`, percent.
        sd_pct as relative_sd_pct: Option<f64>,
        /// The same for the last lap alone, percent.
        last_lap_pct as relative_last_lap_pct: Option<f64>,
    }

    /// What the rate law is multiplied by for this car, and where that comes from.
    scale: BurnScale {
        /// Standard deviation of all absolute burn by its scale, which the whole field shares until stops have been seen,
        /// percent.
        sd_pct as scale_sd_pct: Option<f64>,
        /// The model that all this follows from; `priors` before any was taken up.
        model as model: ModelId,
        /// What the model and the stops so far have taught of this car: every burn above is the law's times this.
        factor as scale: Option<f64>,
    }
    + {
        /// Whether it makes the finish. `None`: not enough information.
        forecast: Option<Forecast>,
    }

    /// How the car is driven.
    driving: DrivingStyle {
        /// Burn of the last laps saved against the car's own at the start of the stint, percent; negative burns more.
        save_amount_pct as save_amount_pct: Option<f64>,
        /// How plainly its driver saves fuel by how he drives, over his last two clean laps: 0 not at all, 1 about half of
        /// what a driver can do by one means. Sorts drivers; not a part of the fuel.
        save_score as save_score: Option<f64>,
        /// What else it is seen to do.
        signs as signs: Vec<ActiveSign>,
        /// What the driver does.
        mode as mode: Mode,
        /// Why he is taken to do that, in words; `None` where the mode needs no reason.
        reason as mode_reason: Option<String>,
    }

    /// Whether the numbers can be trusted, and if not, why.
    trust: Trust {
        /// The worst that can be stated of them.
        quality as quality: Quality,
        /// Share of the stint's burn that was imputed across gaps, percent.
        imputed_pct as imputed_pct: f64,
        /// Share of the open lap's burn that was imputed across gaps, percent.
        imputed_lap_pct as imputed_lap_pct: Option<f64>,
        /// From the newest sample to the window's end, milliseconds.
        age_ms as age_ms: Option<i64>,
    }
}

impl CarInsight {
    /// An insight into a car of which nothing is known.
    pub fn of_nothing(session: SessionId, vehicle_id: VehicleId, window_end_us: EventTime) -> Self {
        CarInsight {
            session,
            vehicle_id,
            window_end_us,
            track: TrackPosition::default(),
            burn: FuelBurn::default(),
            economy: FuelEconomy::default(),
            stint: StintProgress::default(),
            tank: FuelLeft::default(),
            relative: AgainstField::default(),
            scale: BurnScale::default(),
            forecast: None,
            driving: DrivingStyle::default(),
            trust: Trust::default(),
        }
    }
}
