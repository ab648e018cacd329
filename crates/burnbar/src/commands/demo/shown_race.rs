//! The race of a demo: simulated, or a real one driven again.

use crate::args::DemoArgs;
use crate::commands::{real_race, simulate};
use crate::failure::Failure;
use crate::time;
use events::SessionId;
use sim::{Emission, Race};
use units::{EventTime, Span};

/// The race that is shown.
pub struct ShownRace {
    /// Its log and, if it has one, its truth.
    pub emissions: Box<dyn Iterator<Item = Emission> + Send>,
    /// The session.
    pub session: SessionId,
    /// The car that is offered on the graphic.
    pub car: String,
    /// Event time at which it is joined: now.
    pub joined: EventTime,
    /// Whether it is known what really happened.
    pub has_truth: bool,
}

impl ShownRace {
    /// The race that is asked for, `age` old by now, or at its end if it is shorter.
    pub fn of(args: &DemoArgs, age: Span) -> Result<ShownRace, Failure> {
        let joined = time::now();
        let start = |minutes: f64| joined - age.min(Span::from_secs_f64(minutes * 60.0));
        if args.race.is_empty() {
            let config = simulate::config(&args.simulated, start(args.simulated.minutes))?;
            let session = config.session;
            let race = Race::new(config).map_err(Failure::input)?;
            let emissions = Box::new(race);
            return Ok(ShownRace { emissions, session, car: "24".into(), joined, has_truth: true });
        }
        let real = real_race::read(&args.race, "race")?;
        let session = real.session.session;
        let car = real.cars.first().map_or("1", |car| car.entry.vehicle.as_str()).into();
        let start = start(real.minutes());
        let race = real_race::reconstruct(real, start, args.package, args.simulated.hz)?;
        Ok(ShownRace { emissions: Box::new(race), session, car, joined, has_truth: false })
    }
}
