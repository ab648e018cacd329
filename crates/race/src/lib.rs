//! Two pure operators: [`Car`] folds the samples of one vehicle, [`Field`] holds all cars against each other; and beside
//! their windows, [`NeedleTap`]. Neither knows a clock, a format or how many workers there are. Each room names only the
//! rooms above it:
//!
//! | Room | Holds |
//! |---|---|
//! | `session` | what race events state, the same on every worker: [`RaceState`], [`Conditions`], flags, rosters, evidence of fuel |
//! | `driver` | what one driver does, from his own signals: lifts, coasting, shifts, the engine's signs |
//! | `car` | [`Car`]: samples in any order to sums in one. `arrivals` come in blocks, `sequences` admits them, `rows` and `mark` are in order, `trace` decides, `sums` adds; `silence`, `stuck`, `gap` and `profile` see to what is missing; `lap`, `parts`, `segment` and `counters` are what closes; `fold` is what the field gets |
//! | `scale` | what stops teach: the stints of each car, fuel over them, the level of its tank, its [`Scale`] |
//! | `field` | [`Field`]: cars in one window; the forecast of each, laps at their scale, `detect` (how it is driven against the others), `stories` (that in a sentence) |
//! | `needle` | flow and economy ten times a second, before any window |
//!
//! A car of 670 hp, flat out for a second:
//!
//! ```
//! use events::{EventId, RaceEvent, RaceEventKind, Sample, SampleBlock, Session, SessionId, Signal, VehicleId};
//! use race::{Arrivals, Car, RaceState, Settings, StampedBlock};
//! use units::EventTime;
//!
//! let session = Session { package_hp: Some(670.0), ..Session::named(SessionId::new("daytona")?) };
//! let mut race = RaceState::new(session.session, Settings::default());
//! let start = EventTime::from_ms(0);
//! race.apply(&RaceEvent { event_time: start, id: EventId(1), kind: RaceEventKind::Session(session) }, start);
//!
//! let vehicle = VehicleId::new("24")?;
//! let mut car = Car::new(vehicle, &race);
//! let mut block = SampleBlock::new(vehicle);
//! for ms in (0..=1_000).step_by(100) {
//!     let sample = Sample::new(vehicle, EventTime::from_ms(ms));
//!     block.push(&sample.with(Signal::Throttle, 1.0)?.with(Signal::Rpm, 8_000.0)?);
//! }
//! let mut arrivals = Arrivals::default();
//! arrivals.push(StampedBlock::new(block, Vec::new()), start); // none is late
//! let closed = car.fold(EventTime::from_ms(1_001), &mut arrivals, &race);
//! let burned = closed.fold.and_then(|fold| fold.burned).map(|burned| burned.race.mass().kg());
//! assert!(burned.is_some_and(|kg| (kg - 0.038).abs() < 0.001)); // 38 g/s
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod car;
mod driver;
mod field;
mod needle;
mod scale;
mod session;

pub use car::{
    Arrivals, Burned, Car, CarFold, ClosedLap, Folded, LATENESS_MAX, LapInParts, LateSample, SILENCE_TTL,
    SampleCounts, Segment, SegmentEnd, StampedBlock,
};
pub use field::{Field, lap_summary};
pub use needle::NeedleTap;
pub use scale::{
    AnchoredLevel, AtStop, CarFillToFill, CarStints, Over, Remaining, Scale, Stint, Stints, fills_to_fill,
};
pub use session::{
    Change, Conditions, ConditionsTimeline, Entrants, FuelUsed, PitStop, PitStops, RaceEvidence, RaceState,
    Revisions, Settings, StatedEconomy, Timeline,
};
