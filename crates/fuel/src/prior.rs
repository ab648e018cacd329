//! How sure one may be before any calibration: standard deviations, and the few facts about tanks and cans that carry
//! one. All are beliefs, not measurements of a car; sources: `docs/fuel-model.md` §2, §4 and §6. The parameters of the
//! rate law have theirs in [`crate::Shape::prior_sd`].

/// Logarithm of the flow of the whole field, no history. Also the `ln_f` of [`crate::Shape::prior_sd`].
pub const SCALE_SD: f64 = 0.06;
/// Logarithm of the flow of a manufacturer against the field.
pub const MANUFACTURER_SD: f64 = 0.02;
/// Logarithm of the flow of a car against its manufacturer.
pub const CAR_SD: f64 = 0.015;
/// Logarithm of the flow of the whole field in one race against a calibration on the same package.
pub const RACE_SD: f64 = 0.010;
/// Relative error of the law's shape over a stint (tau) after calibration on the same package.
pub const SHAPE_SD: f64 = 0.007;
/// The same without a calibration.
pub const SHAPE_UNCALIBRATED_SD: f64 = 0.02;
/// Relative error of a lap's burn, raced from line to line, about that of the laps around it, after a calibration: `docs/fuel-model.md` §5.
pub const LAP_SD: f64 = 0.008;
/// The same without one.
pub const LAP_UNCALIBRATED_SD: f64 = 0.021;
/// Of a lap under caution or on the pit road, which is driven on a small throttle, after a calibration.
pub const OTHER_LAP_SD: f64 = 0.09;
/// The same without one.
pub const OTHER_LAP_UNCALIBRATED_SD: f64 = 0.25;
/// Relative spread of a lap's burn to come about the recent laps'.
pub const FUTURE_LAP_SD: f64 = 0.025;
/// Relative error of burn imputed across a gap; one factor for the whole gap.
pub const IMPUTED_SD: f64 = 0.10;

/// Size of a Cup tank, all fuel, US gallons.
pub const TANK_GAL: f64 = 20.0;
/// Standard deviation of [`TANK_GAL`].
pub const TANK_SD_GAL: f64 = 0.7;
/// Fuel that the pick-up cannot reach, US gallons.
pub const RESERVE_GAL: f64 = 0.2;
/// Standard deviation of [`RESERVE_GAL`].
pub const RESERVE_SD_GAL: f64 = 0.1;
/// How far from full a tank filled "full" at a stop is, US gallons.
pub const FULL_SD_GAL: f64 = 0.10;
/// The same at the start, where pace laps were run.
pub const START_SD_GAL: f64 = 0.12;

/// Error of fuel added by weighed cans, US gallons.
pub const CANS_SD_GAL: f64 = 0.15;
/// Flow into the tank once the can is plugged in, US gallons a second.
pub const FILL_GAL_S: f64 = 1.4;
/// Standard deviation of [`FILL_GAL_S`].
pub const FILL_SD_GAL_S: f64 = 0.25;
/// The fastest flow into a tank that has been quoted, US gallons a second.
pub const FILL_MAX_GAL_S: f64 = 1.85;
/// Time before the fuel flows, seconds.
pub const PLUG_IN_S: f64 = 1.0;
/// Least error of fuel added as a fill time gives it, US gallons.
pub const FILL_TIME_SD_GAL: f64 = 0.6;
/// Error of an economy stated over the radio, miles per US gallon.
pub const ECONOMY_SD_MPG: f64 = 0.15;

/// As [`RACE_SD`], with a calibration on another package only.
pub const RACE_NEW_PACKAGE_SD: f64 = 0.04;
/// How a car's own scale moves from race to race: another engine.
pub const RACE_TO_RACE_SD: f64 = 0.006;
/// What a package never seen adds to the spread of the law's parameters, in the order of [`crate::Shape`]'s fields.
pub const NEW_PACKAGE_SHAPE_SD: [f64; 6] = [0.03, 0.10, 0.10, 0.0, 0.0, 0.0];
