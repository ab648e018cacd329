//! Two kinds of "when" and one of "how long". Mixing them does not compile.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};

macro_rules! microseconds {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// From microseconds.
            pub const fn from_us(us: i64) -> Self {
                Self(us)
            }
            /// From whole milliseconds. Saturates at the ends of the range.
            pub const fn from_ms(ms: i64) -> Self {
                Self(ms.saturating_mul(1_000))
            }
            /// In microseconds.
            pub const fn us(self) -> i64 {
                self.0
            }
        }
    };
}

microseconds! {
    /// When it happened, by the source's clock: microseconds since 1970-01-01 UTC, leap seconds not counted.
    EventTime
}
microseconds! {
    /// When the journal's writer received it: microseconds since 1970-01-01 UTC. Never goes back within a partition.
    IngestTime
}
microseconds! {
    /// A length of time in microseconds; may be negative.
    Span
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// From whole seconds. Saturates at the ends of the range.
    pub const fn from_secs(s: i64) -> Self {
        Self(s.saturating_mul(1_000_000))
    }
    /// From seconds, to the nearest microsecond. NaN gives zero and out of range saturates.
    pub fn from_secs_f64(s: f64) -> Self {
        Self((s * 1e6).round() as i64)
    }
    /// In seconds.
    pub fn secs(self) -> f64 {
        self.0 as f64 * 1e-6
    }
}

macro_rules! point_arithmetic {
    ($($point:ident),*) => {$(
        impl Sub for $point {
            type Output = Span;
            /// Saturates: a hostile time stamp must not overflow.
            fn sub(self, earlier: Self) -> Span {
                Span(self.0.saturating_sub(earlier.0))
            }
        }
        impl Add<Span> for $point {
            type Output = $point;
            /// Saturates: a hostile time stamp must not overflow.
            fn add(self, span: Span) -> $point {
                $point(self.0.saturating_add(span.0))
            }
        }
        impl Sub<Span> for $point {
            type Output = $point;
            /// Saturates: a hostile time stamp must not overflow.
            fn sub(self, span: Span) -> $point {
                $point(self.0.saturating_sub(span.0))
            }
        }
    )*};
}
point_arithmetic!(EventTime, IngestTime);

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}
impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl IngestTime {
    /// The same instant, read as an event time: how an ingest clock bounds the watermark.
    pub const fn as_event_time(self) -> EventTime {
        EventTime(self.0)
    }
}

impl fmt::Display for EventTime {
    /// Seconds with six decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0.div_euclid(1_000_000), self.0.rem_euclid(1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_time_stamp_saturates() {
        assert_eq!(EventTime::from_us(i64::MIN) - EventTime::from_us(1), Span::from_us(i64::MIN));
        assert_eq!(EventTime::from_us(i64::MAX) + Span::from_secs(1), EventTime::from_us(i64::MAX));
        assert_eq!(EventTime::from_ms(i64::MAX), EventTime::from_us(i64::MAX));
    }

    #[test]
    fn display_keeps_microseconds_before_the_epoch_too() {
        assert_eq!(EventTime::from_us(1_500_000).to_string(), "1.500000");
        assert_eq!(EventTime::from_us(-1).to_string(), "-1.999999");
    }

    #[test]
    fn seconds_round_to_the_nearest_microsecond() {
        assert_eq!(Span::from_secs_f64(0.1), Span::from_us(100_000));
        assert_eq!(Span::from_secs_f64(f64::NAN), Span::ZERO);
    }
}
