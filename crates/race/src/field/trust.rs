//! Whether the numbers of a car can be trusted.

use super::laps::share_pct;
use crate::car::CarFold;
use events::bounds::{GREEN_LAPS_MIN, LOST_AFTER, STALE_AFTER};
use events::{Quality, Trust};
use units::Span;

/// A signal silent this long, while the car still sends, is missing.
const SIGNAL_LOST_AFTER: Span = Span::from_secs(5);
/// More of a stint imputed than this marks its numbers, percent.
const IMPUTED_NOTED_PCT: f64 = 2.0;

/// What contradicts the numbers of a car.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Conflicts {
    /// More was burned than its tank can have held.
    pub level: bool,
    /// The newest evidence of its fuel contradicts what it burned.
    pub evidence: bool,
}

/// Age, imputed shares and the worst that applies.
pub(super) fn of(fold: &CarFold, conflicts: &Conflicts) -> Trust {
    let imputed_pct =
        fold.burned.as_ref().map_or(0.0, |burned| share_pct(burned.stint_imputed, burned.stint));
    Trust {
        quality: quality(fold, imputed_pct, conflicts),
        imputed_pct,
        imputed_lap_pct: fold.burned.as_ref().map(|burned| share_pct(burned.lap_imputed, burned.lap)),
        age_ms: Some(fold.age.us() / 1000),
    }
}

fn quality(fold: &CarFold, imputed_pct: f64, conflicts: &Conflicts) -> Quality {
    let missing =
        |silence: Option<Span>| silence.is_none_or(|silence| silence > fold.age + SIGNAL_LOST_AFTER);
    let worst_first = [
        (fold.age > LOST_AFTER, Quality::Lost),
        (fold.age >= STALE_AFTER, Quality::Stale),
        (missing(fold.rpm_silence), Quality::NoRpm),
        (missing(fold.throttle_silence), Quality::NoThrottle),
        (!fold.calibrated, Quality::Uncalibrated),
        (conflicts.evidence, Quality::EvidenceConflict),
        (conflicts.level, Quality::LevelConflict),
        (imputed_pct > IMPUTED_NOTED_PCT, Quality::Imputed),
        (fold.clean_laps.len() < GREEN_LAPS_MIN, Quality::NotYet),
    ];
    worst_first.into_iter().find(|(applies, _)| *applies).map_or(Quality::Sound, |(_, quality)| quality)
}
