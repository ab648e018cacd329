//! A flow in force for a time.

use units::{FuelMicrograms, Span};

/// The burn of `rate_g_s` (0 or more) in force for `us` microseconds (0 or more); a gram a second is a microgram a
/// microsecond.
pub fn micrograms(rate_g_s: f64, us: i64) -> FuelMicrograms {
    // neither is negative, so this rounds to the nearest, ties up
    FuelMicrograms((rate_g_s * us as f64 + 0.5) as i64)
}

/// The burn of a flow in force for a span.
pub fn burned_over(rate_g_s: f64, span: Span) -> FuelMicrograms {
    micrograms(rate_g_s, span.us())
}

/// Burn that is 0 or more, times a factor that is, to the nearest.
pub fn scaled(burned: FuelMicrograms, factor: f64) -> FuelMicrograms {
    FuelMicrograms((burned.0 as f64 * factor + 0.5) as i64)
}
