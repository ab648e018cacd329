//! What is wrong with the telemetry: each fault a switch with an amount. None of them touches the race or its truth.

use std::fmt;
use std::str::FromStr;

/// The faults of the telemetry, 0 where one is off. [`FAULTS`] says what each amount means and how far it may go.
///
/// As text: `none`, `default`, `all`, or `NAME`, `NAME=AMOUNT` for a fault; several are joined by commas, each on top of
/// those before it, beginning with none. A name alone stands for the fault's usual amount.
///
/// ```
/// use sim::Faults;
///
/// let faults: Faults = "throttle-gain=0.03,drop".parse()?;
/// assert_eq!(faults, Faults { throttle_gain: 0.03, drop: 0.02, ..Faults::none() });
/// assert_eq!(faults.to_string(), "throttle-gain=0.03,drop=0.02");
/// # Ok::<(), sim::FaultError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faults {
    /// Gain of each car's throttle sensor: sd, fraction.
    pub throttle_gain: f64,
    /// Its offset: sd, fraction of full throttle.
    pub throttle_offset: f64,
    /// Noise of each of its readings: sd, fraction of full throttle.
    pub throttle_noise: f64,
    /// Steps in which it reads, fraction of full throttle.
    pub throttle_step: f64,
    /// Steps in which engine speed is reported, rpm.
    pub rpm_step: f64,
    /// Share of samples lost in bursts of 0.3 to 3 s.
    pub drop: f64,
    /// Share of samples lost in outages of 20 to 60 s.
    pub outage: f64,
    /// Throttle, brake, engine speed and gear trail speed and place by this, s.
    pub lag: f64,
    /// Share of samples that come twice.
    pub duplicate: f64,
    /// Share of samples that another source tells too.
    pub second_source: f64,
    /// Share of records that come up to 4 s later than the others.
    pub reorder: f64,
    /// Spells per hour and car in which its clock is fast.
    pub clock_step: f64,
    /// Share of laps that the lap counter takes back for a while.
    pub lap_rollback: f64,
    /// Times per hour and car that the lap counter jumps ahead for a while.
    pub lap_jump: f64,
}

/// One fault of [`Faults`].
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// As [`Faults`] reads it.
    pub name: &'static str,
    /// What its amount means.
    pub about: &'static str,
    /// Its usual amount.
    pub usual: f64,
    /// It is among [`Faults::default`].
    pub is_default: bool,
    /// The greatest amount.
    pub most: f64,
    amount: fn(&mut Faults) -> &mut f64,
}

impl Fault {
    /// How much of it there is in `faults`.
    pub fn amount(&self, mut faults: Faults) -> f64 {
        *(self.amount)(&mut faults)
    }

    const fn new(
        name: &'static str,
        about: &'static str,
        (usual, most): (f64, f64),
        amount: fn(&mut Faults) -> &mut f64,
    ) -> Self {
        Fault { name, about, usual, is_default: false, most, amount }
    }

    const fn by_default(self) -> Self {
        Fault { is_default: true, ..self }
    }
}

/// All faults, with their usual amounts. Source of those that are on by default: docs/simulator.md §6.
pub const FAULTS: [Fault; 14] = [
    Fault::new("throttle-gain", "sd of each car's gain, fraction", (0.012, 0.2), |f| &mut f.throttle_gain)
        .by_default(),
    Fault::new("throttle-offset", "sd of each car's offset, fraction", (0.006, 0.1), |f| {
        &mut f.throttle_offset
    })
    .by_default(),
    Fault::new("throttle-noise", "sd of each reading, fraction", (0.004, 0.1), |f| &mut f.throttle_noise)
        .by_default(),
    Fault::new("throttle-step", "throttle in steps, fraction", (0.01, 0.5), |f| &mut f.throttle_step)
        .by_default(),
    Fault::new("rpm-step", "engine speed in steps, rpm", (10.0, 1000.0), |f| &mut f.rpm_step).by_default(),
    Fault::new("drop", "share of samples lost in bursts of 0.3 to 3 s", (0.02, 0.9), |f| &mut f.drop)
        .by_default(),
    Fault::new("outage", "share of samples lost in outages of 20 to 60 s", (0.008, 0.9), |f| &mut f.outage)
        .by_default(),
    Fault::new("lag", "pedals, engine speed and gear trail speed and place, s", (0.4, 5.0), |f| &mut f.lag),
    Fault::new(
        "duplicate",
        "share of samples sent twice, one in ten of them 5 to 120 s later",
        (0.02, 1.0),
        |f| &mut f.duplicate,
    ),
    Fault::new("second-source", "share of samples that another source sends too", (0.05, 1.0), |f| {
        &mut f.second_source
    }),
    Fault::new("reorder", "share of records that come up to 4 s late", (0.01, 1.0), |f| &mut f.reorder),
    Fault::new(
        "clock-step",
        "per hour and car: the clock jumps ahead 0.6 to 1.5 s, and back",
        (4.0, 360.0),
        |f| &mut f.clock_step,
    ),
    Fault::new("lap-rollback", "share of laps that are reported again after the next", (0.05, 1.0), |f| {
        &mut f.lap_rollback
    }),
    Fault::new("lap-jump", "per hour and car: the lap counter is 2 to 9 ahead", (4.0, 3600.0), |f| {
        &mut f.lap_jump
    }),
];

impl Faults {
    /// Perfect telemetry.
    pub const fn none() -> Self {
        Faults {
            throttle_gain: 0.0,
            throttle_offset: 0.0,
            throttle_noise: 0.0,
            throttle_step: 0.0,
            rpm_step: 0.0,
            drop: 0.0,
            outage: 0.0,
            lag: 0.0,
            duplicate: 0.0,
            second_source: 0.0,
            reorder: 0.0,
            clock_step: 0.0,
            lap_rollback: 0.0,
            lap_jump: 0.0,
        }
    }

    /// Every fault in its usual amount.
    pub fn all() -> Self {
        Self::usual(|_| true)
    }

    fn usual(is_on: impl Fn(&Fault) -> bool) -> Self {
        let mut faults = Self::none();
        for fault in FAULTS.iter().filter(|fault| is_on(fault)) {
            *(fault.amount)(&mut faults) = fault.usual;
        }
        faults
    }

    /// # Errors
    /// An amount is out of its range.
    pub(crate) fn check(&self) -> Result<(), FaultError> {
        let outside = |fault: &&Fault| !(0.0..=fault.most).contains(&fault.amount(*self));
        match FAULTS.iter().find(outside) {
            Some(fault) => Err(FaultError::amount(fault, &fault.amount(*self).to_string())),
            None => Ok(()),
        }
    }

    /// With one item of a list.
    fn with(mut self, item: &str) -> Result<Self, FaultError> {
        match item {
            "none" => return Ok(Self::none()),
            "default" => return Ok(Self::default()),
            "all" => return Ok(Self::all()),
            _ => {}
        }
        let (name, amount) = item.split_once('=').map_or((item, None), |(name, amount)| (name, Some(amount)));
        let fault = FAULTS
            .iter()
            .find(|fault| fault.name == name)
            .ok_or_else(|| FaultError::Unknown { name: name.into() })?;
        *(fault.amount)(&mut self) = match amount {
            Some(text) => text.parse().map_err(|_| FaultError::amount(fault, text))?,
            None => fault.usual,
        };
        self.check().map(|()| self)
    }
}

/// What an ordinary feed gets wrong: the faults that [`FAULTS`] marks so.
impl Default for Faults {
    fn default() -> Self {
        Self::usual(|fault| fault.is_default)
    }
}

impl FromStr for Faults {
    type Err = FaultError;
    fn from_str(text: &str) -> Result<Self, FaultError> {
        text.split(',').map(str::trim).try_fold(Self::none(), Self::with)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sets = [("none", Self::none()), ("default", Self::default()), ("all", Self::all())];
        if let Some((name, _)) = sets.iter().find(|(_, set)| set == self) {
            return f.write_str(name);
        }
        let mut joint = "";
        for fault in FAULTS.iter().filter(|fault| fault.amount(*self) > 0.0) {
            write!(f, "{joint}{}={}", fault.name, fault.amount(*self))?;
            joint = ",";
        }
        Ok(())
    }
}

/// Why faults cannot be had.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultError {
    /// No such fault.
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// Not a number, or out of the fault's range.
    Amount {
        /// Which fault.
        name: &'static str,
        /// What was asked for.
        amount: String,
        /// The greatest amount.
        most: f64,
    },
}

impl FaultError {
    fn amount(fault: &Fault, amount: &str) -> Self {
        FaultError::Amount { name: fault.name, amount: amount.into(), most: fault.most }
    }
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultError::Unknown { name } => {
                let names = FAULTS.map(|fault| fault.name).join(", ");
                write!(f, "no fault {name:?}: give none, default, all, or any of {names}")
            }
            FaultError::Amount { name, amount, most } => {
                write!(f, "{name} cannot be {amount}: give a number from 0 to {most}")
            }
        }
    }
}

impl std::error::Error for FaultError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_adds_to_what_stands_before_it() {
        let none = Faults::none();
        for (text, faults) in [
            ("none", none),
            ("default", Faults::default()),
            ("all", Faults::all()),
            ("lag", Faults { lag: 0.4, ..none }),
            ("lag=0.2", Faults { lag: 0.2, ..none }),
            ("drop=0.10, throttle-gain=0.03", Faults { drop: 0.1, throttle_gain: 0.03, ..none }),
            ("default,reorder=0.5", Faults { reorder: 0.5, ..Faults::default() }),
            ("all,lag=0", Faults { lag: 0.0, ..Faults::all() }),
            ("lag,none", none),
        ] {
            assert_eq!(text.parse(), Ok(faults), "{text}");
        }
    }

    #[test]
    fn errors_say_what_can_be_had() {
        let names = "throttle-gain, throttle-offset, throttle-noise, throttle-step, rpm-step, drop, outage, lag, \
                     duplicate, second-source, reorder, clock-step, lap-rollback, lap-jump";
        for (text, error) in [
            ("rain", format!("no fault \"rain\": give none, default, all, or any of {names}")),
            ("", format!("no fault \"\": give none, default, all, or any of {names}")),
            ("drop=much", "drop cannot be much: give a number from 0 to 0.9".into()),
            ("drop=0.95", "drop cannot be 0.95: give a number from 0 to 0.9".into()),
            ("lag=-1", "lag cannot be -1: give a number from 0 to 5".into()),
            ("lag=NaN", "lag cannot be NaN: give a number from 0 to 5".into()),
        ] {
            assert_eq!(text.parse::<Faults>().unwrap_err().to_string(), error, "{text}");
        }
    }

    #[test]
    fn the_default_is_that_of_the_document() {
        let on: Vec<_> = FAULTS.iter().filter(|fault| fault.is_default).map(|f| (f.name, f.usual)).collect();
        // docs/simulator.md §6
        assert_eq!(
            on,
            [
                ("throttle-gain", 0.012),
                ("throttle-offset", 0.006),
                ("throttle-noise", 0.004),
                ("throttle-step", 0.01),
                ("rpm-step", 10.0),
                ("drop", 0.02),
                ("outage", 0.008)
            ]
        );
        assert!(FAULTS.iter().all(|fault| fault.amount(Faults::all()) > 0.0));
    }

    proptest! {
        #[test]
        fn text_reads_back(amounts in proptest::collection::vec(0.0f64..=1.0, FAULTS.len()), on: u16) {
            let mut faults = Faults::none();
            for (index, (fault, share)) in FAULTS.iter().zip(amounts).enumerate() {
                *(fault.amount)(&mut faults) = if on & (1 << index) != 0 { share * fault.most } else { 0.0 };
            }
            prop_assert_eq!(faults.to_string().parse(), Ok(faults));
        }
    }
}
