//! Bounds by which estimates are judged. Who computes, serves or shows a judgement takes them from here.

use units::Span;

/// No sample of a car for this long: its numbers are stale.
pub const STALE_AFTER: Span = Span::from_secs(2);
/// No sample of a car for this long: it is lost.
pub const LOST_AFTER: Span = Span::from_secs(10);
/// Clean green laps of a stint before its economy is trusted. Source: docs/fuel-model.md §7.
pub const GREEN_LAPS_MIN: usize = 3;
/// Clean green laps, at most, that an economy is the mean of, unless configured: N of `mpg_5`.
pub const GREEN_LAPS_WINDOW: usize = 5;
/// Fewest cars with a sound estimate that make a field. Source: docs/fuel-model.md §7.
pub const FIELD_MIN: usize = 8;
