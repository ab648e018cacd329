//! What every source is held to: finite, in range, at a plausible time, from a nameable vehicle.

use events::{IdError, Quarantined, SignalError};
use std::fmt;
use units::{EventTime, Span};

/// Most bytes of a line, and of the raw input that a quarantine record keeps.
pub const RAW_BYTES_MAX: usize = 64 * 1024;
/// The first instant that is believed: 2000-01-01T00:00:00Z.
pub const TIME_MIN: EventTime = EventTime::from_ms(946_684_800_000);
/// The first instant that is no longer believed: 2100-01-01T00:00:00Z.
pub const TIME_END: EventTime = EventTime::from_ms(4_102_444_800_000);
/// Longest label (a track, a driver, a team) in characters; screens have no room for more.
const LABEL_CHARS_MAX: usize = 64;

/// Which rule refused an input. Its word is stable: metrics, filters and scripts use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The bytes are not of the format.
    Parse,
    /// Of the format, but not of the shape that the mapping describes: a field is missing or of another type.
    Schema,
    /// A mapped key stands twice in one object.
    DuplicateKey,
    /// Longer than [`RAW_BYTES_MAX`].
    Size,
    /// NaN or infinite.
    NotFinite,
    /// Outside the range of its signal.
    Range,
    /// A time outside [`TIME_MIN`] to [`TIME_END`] in every unit.
    TimeRange,
    /// A time that is plausible, but in another unit than the mapping says. It is never guessed.
    TimeUnit,
    /// A text that names no vehicle.
    UnknownVehicle,
}

impl Reason {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::Parse => "parse",
            Reason::Schema => "schema",
            Reason::DuplicateKey => "duplicate_key",
            Reason::Size => "size",
            Reason::NotFinite => "not_finite",
            Reason::Range => "range",
            Reason::TimeRange => "time_range",
            Reason::TimeUnit => "time_unit",
            Reason::UnknownVehicle => "unknown_vehicle",
        }
    }
}

/// A refusal: the rule and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Which rule refused it.
    pub reason: Reason,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Rejected {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Rejected { reason, detail: detail.into() }
    }

    /// The quarantine record of the input at `place`.
    pub fn quarantine(self, place: impl fmt::Display, raw: &[u8]) -> Quarantined {
        Quarantined {
            reason: self.reason.as_str().into(),
            detail: format!("{place}: {}", self.detail),
            raw: raw.iter().take(RAW_BYTES_MAX).copied().collect(),
        }
    }
}

impl From<SignalError> for Rejected {
    fn from(error: SignalError) -> Self {
        let reason = match error {
            SignalError::NotFinite { .. } => Reason::NotFinite,
            SignalError::OutOfRange { .. } => Reason::Range,
        };
        Rejected::new(reason, error.to_string())
    }
}

impl From<IdError> for Rejected {
    fn from(error: IdError) -> Self {
        Rejected::new(Reason::UnknownVehicle, error.to_string())
    }
}

/// The unit of a time column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// In seconds.
    S,
    /// In milliseconds.
    Ms,
    /// In microseconds.
    Us,
}

impl TimeUnit {
    const fn us(self) -> f64 {
        match self {
            TimeUnit::S => 1e6,
            TimeUnit::Ms => 1e3,
            TimeUnit::Us => 1.0,
        }
    }
    const fn name(self) -> &'static str {
        match self {
            TimeUnit::S => "s",
            TimeUnit::Ms => "ms",
            TimeUnit::Us => "us",
        }
    }
}

fn believable(us: f64) -> bool {
    us >= TIME_MIN.us() as f64 && us < TIME_END.us() as f64
}

/// A time since 1970 in `unit`, to the nearest microsecond. Exact: believable times have less than 53 bits.
///
/// # Errors
/// `not_finite`, `time_range`, or `time_unit` where another unit would make it plausible.
pub fn event_time(value: f64, unit: TimeUnit) -> Result<EventTime, Rejected> {
    let us = value * unit.us();
    if believable(us) {
        return Ok(EventTime::from_us(us.round() as i64));
    }
    if !value.is_finite() {
        return Err(Rejected::new(Reason::NotFinite, "the time is not a finite number"));
    }
    let unit = unit.name();
    let other =
        [("s", 1e6), ("ms", 1e3), ("us", 1.0), ("ns", 1e-3)].into_iter().find(|(_, f)| believable(value * f));
    Err(match other {
        Some((other, _)) => Rejected::new(
            Reason::TimeUnit,
            format!(
                "time {value} is no date of 2000 to 2099 in {unit}, but one in {other}: correct the unit"
            ),
        ),
        None => Rejected::new(Reason::TimeRange, format!("time {value} {unit} is outside 2000 to 2099")),
    })
}

/// A time counted in `unit` from `start`.
///
/// # Errors
/// `not_finite`, or `time_range` where it falls outside the believed years.
pub fn relative_time(value: f64, unit: TimeUnit, start: EventTime) -> Result<EventTime, Rejected> {
    if !value.is_finite() {
        return Err(Rejected::new(Reason::NotFinite, "the time is not a finite number"));
    }
    let time = start + Span::from_us((value * unit.us()).round() as i64);
    if (TIME_MIN..TIME_END).contains(&time) {
        return Ok(time);
    }
    let unit = unit.name();
    Err(Rejected::new(
        Reason::TimeRange,
        format!("time {value} {unit} after the start is outside 2000 to 2099"),
    ))
}

/// A text fit for a screen: no control or direction-changing characters, at most 64 characters, no outer white space.
pub fn label(text: &str) -> String {
    let shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let kept: String = text.trim().chars().filter(shown).take(LABEL_CHARS_MAX).collect();
    kept.trim().to_owned()
}

/// At most 200 characters of a text from outside, for a message.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        None => text.into(),
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_believed_only_in_its_own_unit() {
        // 2026-11-23T00:00:00Z
        for (value, unit) in
            [(1_795_392_000.0, TimeUnit::S), (1.795392e12, TimeUnit::Ms), (1.795392e15, TimeUnit::Us)]
        {
            assert_eq!(event_time(value, unit).unwrap(), EventTime::from_ms(1_795_392_000_000));
        }
        for (value, reason, detail) in [
            (
                1_795_392_000.0,
                "time_unit",
                "time 1795392000 is no date of 2000 to 2099 in ms, but one in s: correct the unit",
            ),
            (
                1.795392e15,
                "time_unit",
                "time 1795392000000000 is no date of 2000 to 2099 in ms, but one in us: correct the unit",
            ),
            (
                1.795392e18,
                "time_unit",
                "time 1795392000000000000 is no date of 2000 to 2099 in ms, but one in ns: correct the unit",
            ),
            (0.0, "time_range", "time 0 ms is outside 2000 to 2099"),
            (-1.0, "time_range", "time -1 ms is outside 2000 to 2099"),
            (i64::MAX as f64, "time_range", "time 9223372036854776000 ms is outside 2000 to 2099"),
            (f64::NAN, "not_finite", "the time is not a finite number"),
        ] {
            let error = event_time(value, TimeUnit::Ms).unwrap_err();
            assert_eq!((error.reason.as_str(), error.detail.as_str()), (reason, detail));
        }
    }

    #[test]
    fn the_believed_years_are_half_open() {
        let at = |t: EventTime| event_time(t.us() as f64, TimeUnit::Us);
        assert_eq!(at(TIME_MIN), Ok(TIME_MIN));
        assert!(at(TIME_MIN - Span::from_us(1)).is_err());
        assert!(at(TIME_END - Span::from_us(1)).is_ok());
        assert!(at(TIME_END).is_err());
    }

    #[test]
    fn a_relative_time_counts_from_the_start() {
        let start = EventTime::from_ms(1_577_836_800_000);
        assert_eq!(relative_time(1.5, TimeUnit::S, start), Ok(start + Span::from_us(1_500_000)));
        for value in [f64::INFINITY, 1e300, -1e300, 1e10] {
            assert!(relative_time(value, TimeUnit::S, start).is_err(), "{value}");
        }
    }

    #[test]
    fn a_label_cannot_break_a_screen() {
        assert_eq!(label(" Kyle\u{202e}\u{0} Busch\n"), "Kyle Busch");
        assert_eq!(label(&"x".repeat(100)).len(), 64);
        assert_eq!(label("<b>"), "<b>", "escaping is the screen's");
    }
}
