//! What the insights of one window have in common.

use super::detect::DetectWindow;
use crate::car::CarFold;
use crate::session::RaceState;
use events::{DrivingStyle, Flag, Mode, ModelId, SessionId, TrackPosition};
use fuel::fill_to_fill::Tank;
use fuel::forecast::Assumptions;
use units::{EventTime, FuelDensity, Mass, miles_per_gallon};

/// One window of the field.
pub(super) struct FieldWindow<'a> {
    pub race: &'a RaceState,
    pub session: SessionId,
    /// End of the window, exclusive.
    pub end: EventTime,
    /// In force just before `end`.
    pub flag: Flag,
    /// In force at `end`.
    pub model: ModelId,
    pub detect: DetectWindow<'a>,
    /// Median burn per distance; `None` while too few cars make a field.
    pub field_kg_m: Option<f64>,
    pub leader: Option<Leader>,
    /// Of the fuel.
    pub density: FuelDensity,
    /// The size of every tank at `end`.
    pub tank: Tank,
    /// What every forecast takes for granted.
    pub taken_for_granted: &'a Assumptions,
}

/// How far the leader has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Leader {
    /// Laps since the start.
    pub laps: f64,
}

impl Leader {
    /// The car that has come furthest.
    pub fn of<'a>(folds: impl Iterator<Item = &'a CarFold>) -> Option<Leader> {
        let laps = |fold: &CarFold| Some(f64::from(fold.lap?.max(1) - 1) + fold.lap_distance.unwrap_or(0.0));
        folds.filter_map(laps).max_by(f64::total_cmp).map(|laps| Leader { laps })
    }
}

impl FieldWindow<'_> {
    /// Miles per US gallon at a burn per distance.
    pub fn mpg_at(&self, kg_m: f64) -> Option<f64> {
        miles_per_gallon(1.0, self.density.volume(Mass::from_kg(kg_m)))
    }

    /// Where a car is. Its position follows when all cars are known.
    pub fn track(&self, fold: &CarFold) -> TrackPosition {
        TrackPosition {
            lap: fold.lap.and_then(|lap| u32::try_from(lap).ok()),
            lap_distance: fold.lap_distance,
            position: None,
            flag: self.flag,
        }
    }

    /// What the driver does, by the `style` that is seen of him, and what else is to be seen of the car.
    pub fn driving(&self, fold: &CarFold, style: DrivingStyle) -> DrivingStyle {
        let Some(mode) = self.mode_by_place(fold) else { return style };
        let of_engine = style.signs.into_iter().filter(|active| active.sign.is_of_engine());
        DrivingStyle { mode, reason: None, signs: of_engine.collect(), ..style }
    }

    /// The mode of a car that does not race just now, whatever its driver does.
    fn mode_by_place(&self, fold: &CarFold) -> Option<Mode> {
        let retired = self.race.entrants.retired(fold.vehicle).is_some_and(|at| at < self.end);
        if retired || (fold.engine_off && !fold.in_pit) {
            Some(Mode::Off)
        } else if fold.in_pit {
            Some(Mode::Pit)
        } else {
            matches!(self.flag, Flag::Yellow | Flag::Red).then_some(Mode::Caution)
        }
    }
}
