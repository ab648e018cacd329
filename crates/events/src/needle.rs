//! The needle: what every car burns right now, ten times a second.

use crate::{SessionId, VehicleId};
use serde::{Deserialize, Serialize};
use units::EventTime;

/// All cars of a session over one slot of 100 ms, from the samples that had come when it was made. Provisional: it stands
/// beside the insights, corrects none and is never stored. A screen moves its needle by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Needle {
    /// The session.
    pub session: SessionId,
    /// End of the slot, exclusive, microseconds UTC: a multiple of 100 ms.
    pub slot_end_us: EventTime,
    /// Every car of which a sample came within the last 2 s, in order of vehicle.
    pub cars: Vec<NeedleCar>,
}

/// One car over one slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeedleCar {
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// Event time of the newest sample that this holds, microseconds UTC.
    pub newest_us: EventTime,
    /// Mean fuel flow, g/s, 0 or more; `None` while throttle or engine speed is unknown.
    pub rate_g_s: Option<f64>,
    /// Economy, miles per US gallon, up to 100; `None` while standing, with the engine off, or without a speed.
    pub mpg: Option<f64>,
}
