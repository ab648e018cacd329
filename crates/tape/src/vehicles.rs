//! The vehicles of a tape that is read.

use events::{IdError, SessionIds, VehicleId};

/// Every vehicle so far, and which had which number in its block.
#[derive(Default)]
pub(crate) struct Vehicles {
    /// The same vehicle is likely to have the same number again, and comparing its text is cheaper than interning it.
    by_number: Vec<VehicleId>,
    /// A session, and so a tape, brings only so many.
    ids: SessionIds,
}

impl Vehicles {
    /// The vehicle with this text, which has this number in its block: the numbers of a block rise from 0.
    pub(crate) fn numbered(&mut self, number: usize, text: &str) -> Result<VehicleId, IdError> {
        match self.by_number.get_mut(number) {
            Some(known) if known.as_str() == text => Ok(*known),
            Some(known) => {
                *known = self.ids.vehicle(text)?;
                Ok(*known)
            }
            None => {
                let vehicle = self.ids.vehicle(text)?;
                self.by_number.push(vehicle);
                Ok(vehicle)
            }
        }
    }
}
