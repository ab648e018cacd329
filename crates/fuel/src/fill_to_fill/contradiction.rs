//! Evidence about one stop that contradicts itself, or the tank. To be shown to somebody, never applied silently.

use super::{StopFuel, Tank};
use crate::{Spread, prior};

/// Standard deviations beyond which a disagreement is none of chance.
const BEYOND: f64 = 4.0;

/// What does not go together.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Contradiction {
    /// Less than nothing, or not a number.
    #[error("{gal} gal were stated as added, which cannot be: correct the amount")]
    Impossible {
        /// The amount that was stated.
        gal: f64,
    },
    /// No such tank.
    #[error("{gal} gal were stated as added to a tank of {size_gal} gal: correct one of them")]
    MoreThanTheTank {
        /// The amount that was stated.
        gal: f64,
        /// The tank.
        size_gal: f64,
    },
    /// There was more left than is thought, or less added.
    #[error(
        "{gal} gal were stated as added where {room_gal:.1} gal had room: correct the amount, or a stop before"
    )]
    MoreThanTheRoom {
        /// The amount that was stated.
        gal: f64,
        /// The room there was.
        room_gal: f64,
    },
    /// No can flows as fast.
    #[error("{gal} gal were stated as added in {box_s:.1} s: correct the amount")]
    TooFast {
        /// The amount that was stated.
        gal: f64,
        /// The time in the box, seconds.
        box_s: f64,
    },
    /// It cannot have been dry, or not full.
    #[error("{gal} gal are stated to have filled a dry tank of {size_gal} gal: correct one of them")]
    DryToFull {
        /// The amount that was stated.
        gal: f64,
        /// The tank.
        size_gal: f64,
    },
}

impl StopFuel {
    /// Where the evidence about this stop contradicts the tank, the time in the box (seconds) or the level before it
    /// (gallons, all fuel), as far as they are known: by more than chance makes plausible.
    pub fn contradiction(
        &self,
        tank: &Tank,
        box_s: Option<f64>,
        level_before_gal: Option<Spread>,
    ) -> Option<Contradiction> {
        let added = self.added?;
        let (gal, size_gal) = (added.gal, tank.size_gal);
        if !(gal >= 0.0 && gal.is_finite() && added.sd_gal >= 0.0 && added.sd_gal.is_finite()) {
            return Some(Contradiction::Impossible { gal });
        }
        let is_beyond = |excess_gal: f64, sds: &[f64]| {
            let var: f64 = sds.iter().chain([&added.sd_gal]).map(|sd| sd * sd).sum();
            excess_gal > BEYOND * var.sqrt()
        };
        if is_beyond(gal - size_gal, &[tank.size_sd_gal]) {
            return Some(Contradiction::MoreThanTheTank { gal, size_gal });
        }
        if let Some(box_s) = box_s {
            let most_gal = (box_s - prior::PLUG_IN_S).max(0.0) * prior::FILL_MAX_GAL_S;
            if is_beyond(gal - most_gal, &[]) {
                return Some(Contradiction::TooFast { gal, box_s });
            }
        }
        if let Some(seen) = self.tank_size_gal(tank) {
            let sds = [tank.size_sd_gal, tank.reserve_sd_gal, prior::FULL_SD_GAL];
            if is_beyond((seen.mean - size_gal).abs(), &sds) {
                return Some(Contradiction::DryToFull { gal, size_gal });
            }
        }
        let level = level_before_gal?;
        let room_gal = size_gal - level.mean;
        let too_much = is_beyond(gal - room_gal, &[tank.size_sd_gal, level.sd]);
        too_much.then_some(Contradiction::MoreThanTheRoom { gal, room_gal })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fill_to_fill::Added;

    #[test]
    fn evidence_that_cannot_be_is_put_in_a_sentence() {
        let tank = Tank { size_sd_gal: 0.0, ..Tank::CUP };
        let added = |gal| StopFuel { added: Some(Added::weighed(gal)), full: None, ran_out: false };
        let dry_to_full = |gal| StopFuel { ran_out: true, full: Some(true), ..added(gal) };
        let level = |mean| Some(Spread { mean, sd: 0.2 });
        for (stop, box_s, level, message) in [
            (added(17.0), Some(11.0), level(3.1), None),
            (StopFuel { added: None, ..added(0.0) }, Some(0.0), level(20.0), None),
            (
                added(-1.0),
                None,
                None,
                Some("-1 gal were stated as added, which cannot be: correct the amount"),
            ),
            (
                added(24.0),
                None,
                None,
                Some("24 gal were stated as added to a tank of 20 gal: correct one of them"),
            ),
            (added(17.0), Some(6.0), None, Some("17 gal were stated as added in 6.0 s: correct the amount")),
            (
                added(12.0),
                Some(11.0),
                level(11.5),
                Some(
                    "12 gal were stated as added where 8.5 gal had room: correct the amount, or a stop before",
                ),
            ),
            (dry_to_full(19.7), None, None, None),
            (
                dry_to_full(17.0),
                None,
                None,
                Some("17 gal are stated to have filled a dry tank of 20 gal: correct one of them"),
            ),
        ] {
            let found = stop.contradiction(&tank, box_s, level).map(|found| found.to_string());
            assert_eq!(found.as_deref(), message, "{stop:?}");
        }
    }
}
