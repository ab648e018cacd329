//! The track that all cars of a session drive on.

/// What the track is to a driver.
#[derive(Clone, Copy, Debug)]
pub struct TrackShape {
    /// Its length, metres.
    pub length_m: f64,
    /// Whether in the tow the throttle is closed as far as the car ahead asks: a superspeedway.
    pub in_packs: bool,
}
