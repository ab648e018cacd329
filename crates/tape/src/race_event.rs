//! Race events as bytes. The list of a struct's fields here is its layout; the numbers here are stable, never reused.

use crate::EntryError;
use crate::varint::{Input, put_signed, put_text, put_varint};
use events::{
    Air, Answer, AnsweredRate, Flag, FuelEvidence, Model, ModelId, Origin, PackageEstimate, RaceEventKind,
    Residual, RosterEntry, ScaleEstimate, Session, SessionId, ShapeEstimate, Spread, StopPhase, VehicleId,
};
use units::{EventTime, FuelDensity, Volume};

/// Something with one layout in bytes.
pub(crate) trait Layout: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError>;
}

macro_rules! fields_in_order {
    ($name:ident { $($field:ident),+ } $(without $later:ident)?) => {
        impl Layout for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)+
            }
            fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
                Ok($name { $($field: Layout::take(input)?,)+ $($later: Default::default())? })
            }
        }
    };
}

macro_rules! numbered {
    ($what:literal $name:ident { $($number:literal => $variant:ident),+ }) => {
        impl Layout for $name {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(match self { $($name::$variant => $number),+ });
            }
            fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
                match input.byte()? {
                    $($number => Ok($name::$variant),)+
                    other => Err(unknown($what, other)),
                }
            }
        }
    };
}

fn unknown(what: &'static str, number: u8) -> EntryError {
    EntryError::Unknown { what, number: number.into() }
}

fields_in_order!(Session {
    session,
    track,
    track_length_m,
    laps,
    stages,
    package_hp,
    reference_rpm,
    tank,
    fuel_density,
    air
} without origin);
fields_in_order!(Air { pressure_pa, temperature_k, vapour_pressure_pa });
fields_in_order!(RosterEntry { vehicle, number, driver, team, manufacturer });
fields_in_order!(FuelEvidence { vehicle, stop_time, added, added_sd, full, fill_time_s });
fields_in_order!(Model { name, shape, packages, manufacturers, teams, cars, residual, spread, races, bags });
fields_in_order!(ShapeEstimate { mean, covariance });
fields_in_order!(PackageEstimate { package_hp, ln_scale, sd });
fields_in_order!(ScaleEstimate { name, ln_scale, sd });
fields_in_order!(Residual { learner, field, manufacturers });
fields_in_order!(Spread { race, new_package, manufacturer, car, engine, shape, shape_new_package });
fields_in_order!(Answer { model, from, to, rates });
fields_in_order!(AnsweredRate { vehicle, rate_g_s, sd_g_s });
numbered!("flag" Flag { 0 => Unknown, 1 => Green, 2 => Yellow, 3 => Red, 4 => White, 5 => Checkered });
numbered!("origin" Origin { 0 => Recorded, 1 => Simulated, 2 => Reconstructed });
numbered!("stop phase" StopPhase { 0 => PitIn, 1 => BoxStop, 2 => BoxLeave, 3 => PitOut });

/// A session without its origin, as it was written until there were any but recorded ones.
const SESSION_WITHOUT_ORIGIN: u8 = 1;
const ROSTER: u8 = 2;
const FLAG: u8 = 3;
const STOP: u8 = 4;
const RETIRED: u8 = 5;
const FUEL: u8 = 6;
const SESSION: u8 = 7;
const RUN_OUT: u8 = 8;
const STILL_RUNNING: u8 = 9;
const RADIO_MPG: u8 = 10;
const FUEL_USED: u8 = 11;
const MODEL: u8 = 12;
const ANSWER: u8 = 13;

fn kind(out: &mut Vec<u8>, number: u8) -> &mut Vec<u8> {
    out.push(number);
    out
}

impl Layout for RaceEventKind {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            RaceEventKind::Session(session) => {
                session.put(kind(out, SESSION));
                session.origin.put(out);
            }
            RaceEventKind::Roster { cars } => cars.put(kind(out, ROSTER)),
            RaceEventKind::Flag { flag } => flag.put(kind(out, FLAG)),
            RaceEventKind::Stop { vehicle, phase } => {
                vehicle.put(kind(out, STOP));
                phase.put(out);
            }
            RaceEventKind::Retired { vehicle } => vehicle.put(kind(out, RETIRED)),
            RaceEventKind::Fuel(evidence) => evidence.put(kind(out, FUEL)),
            RaceEventKind::RunOut { vehicle, at } => {
                vehicle.put(kind(out, RUN_OUT));
                at.put(out);
            }
            RaceEventKind::StillRunning { vehicle, at } => {
                vehicle.put(kind(out, STILL_RUNNING));
                at.put(out);
            }
            RaceEventKind::RadioMpg { vehicle, mpg, mpg_sd } => {
                vehicle.put(kind(out, RADIO_MPG));
                mpg.put(out);
                mpg_sd.put(out);
            }
            RaceEventKind::FuelUsed { vehicle, from, to, burned, burned_sd } => {
                vehicle.put(kind(out, FUEL_USED));
                from.put(out);
                to.put(out);
                burned.put(out);
                burned_sd.put(out);
            }
            RaceEventKind::Model(model) => model.put(kind(out, MODEL)),
            RaceEventKind::Answer(answer) => answer.put(kind(out, ANSWER)),
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        Ok(match input.byte()? {
            SESSION_WITHOUT_ORIGIN => RaceEventKind::Session(Layout::take(input)?),
            SESSION => {
                let session: Session = Layout::take(input)?;
                RaceEventKind::Session(Session { origin: Layout::take(input)?, ..session })
            }
            ROSTER => RaceEventKind::Roster { cars: Layout::take(input)? },
            FLAG => RaceEventKind::Flag { flag: Layout::take(input)? },
            STOP => RaceEventKind::Stop { vehicle: Layout::take(input)?, phase: Layout::take(input)? },
            RETIRED => RaceEventKind::Retired { vehicle: Layout::take(input)? },
            FUEL => RaceEventKind::Fuel(Layout::take(input)?),
            RUN_OUT => RaceEventKind::RunOut { vehicle: Layout::take(input)?, at: Layout::take(input)? },
            STILL_RUNNING => {
                RaceEventKind::StillRunning { vehicle: Layout::take(input)?, at: Layout::take(input)? }
            }
            RADIO_MPG => RaceEventKind::RadioMpg {
                vehicle: Layout::take(input)?,
                mpg: Layout::take(input)?,
                mpg_sd: Layout::take(input)?,
            },
            FUEL_USED => RaceEventKind::FuelUsed {
                vehicle: Layout::take(input)?,
                from: Layout::take(input)?,
                to: Layout::take(input)?,
                burned: Layout::take(input)?,
                burned_sd: Layout::take(input)?,
            },
            MODEL => RaceEventKind::Model(Box::new(Layout::take(input)?)),
            ANSWER => RaceEventKind::Answer(Layout::take(input)?),
            other => return Err(unknown("race event", other)),
        })
    }
}

impl<T: Layout> Layout for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.is_some().into());
        if let Some(value) = self {
            value.put(out);
        }
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        bool::take(input)?.then(|| T::take(input)).transpose()
    }
}

impl<T: Layout> Layout for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.len() as u64);
        self.iter().for_each(|item| item.put(out));
    }
    /// Nothing is reserved: the length is a claim until the items are there.
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        let length = input.varint()?;
        (0..length).map(|_| T::take(input)).collect()
    }
}

/// Without its length, which is known.
impl<T: Layout, const LENGTH: usize> Layout for [T; LENGTH] {
    fn put(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|item| item.put(out));
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        let items = (0..LENGTH).map(|_| T::take(input)).collect::<Result<Vec<T>, _>>()?;
        items.try_into().map_err(|_| EntryError::Short)
    }
}

impl<A: Layout, B: Layout> Layout for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        Ok((A::take(input)?, B::take(input)?))
    }
}

impl Layout for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push((*self).into());
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(unknown("truth value", other)),
        }
    }
}

impl Layout for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, (*self).into());
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        input.number()
    }
}

/// By its bits, so that every value comes back as it was.
impl Layout for f64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bits().to_le_bytes());
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        Ok(f64::from_bits(u64::from_le_bytes(input.array()?)))
    }
}

impl Layout for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, self);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        input.text().map(str::to_owned)
    }
}

impl Layout for VehicleId {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, self.as_str());
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        Ok(VehicleId::new(input.text()?)?)
    }
}

impl Layout for ModelId {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, self.as_str());
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        Ok(ModelId::new(input.text()?)?)
    }
}

impl Layout for SessionId {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, self.as_str());
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        Ok(SessionId::new(input.text()?)?)
    }
}

impl Layout for EventTime {
    fn put(&self, out: &mut Vec<u8>) {
        put_signed(out, self.us());
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        input.signed().map(EventTime::from_us)
    }
}

impl Layout for Volume {
    fn put(&self, out: &mut Vec<u8>) {
        self.litres().put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        f64::take(input).map(Volume::from_litres)
    }
}

impl Layout for FuelDensity {
    fn put(&self, out: &mut Vec<u8>) {
        self.kg_per_litre().put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, EntryError> {
        FuelDensity::from_kg_per_litre(f64::take(input)?).ok_or(EntryError::Range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_keeps_every_bit() {
        for bits in [0, 1, 1 << 63, 0x7ff8_dead_beef_0001, u64::MAX] {
            let mut out = Vec::new();
            f64::from_bits(bits).put(&mut out);
            assert_eq!(f64::take(&mut Input::new(&out)).map(f64::to_bits), Ok(bits));
        }
    }

    #[test]
    fn what_no_version_wrote_is_refused() {
        let refused = |bytes: &[u8]| RaceEventKind::take(&mut Input::new(bytes)).unwrap_err().to_string();
        assert_eq!(refused(&[14]), "there is no race event 14");
        assert_eq!(refused(&[FLAG, 6]), "there is no flag 6");
        assert_eq!(refused(&[STOP, 1, b'7', 4]), "there is no stop phase 4");
        assert_eq!(refused(&[FUEL, 1, b'7', 2]), "there is no truth value 2");
        assert_eq!(refused(&[RETIRED, 0]), "an id needs at least one character");
        assert_eq!(refused(&[FLAG]), "it ends too early");
    }

    #[test]
    fn a_session_of_number_1_was_recorded_and_number_7_says() {
        let named = Session::named(SessionId::new("500").unwrap());
        // "500", no track, no stages, and seven fields that nobody knows: docs/tape-format.md
        let fields = [3, b'5', b'0', b'0', 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (number, origin, expected) in [
            (1, vec![], Origin::Recorded),
            (7, vec![0], Origin::Recorded),
            (7, vec![1], Origin::Simulated),
            (7, vec![2], Origin::Reconstructed),
        ] {
            let bytes = [vec![number], fields.to_vec(), origin].concat();
            let session = RaceEventKind::Session(Session { origin: expected, ..named.clone() });
            let mut input = Input::new(&bytes);
            assert_eq!(RaceEventKind::take(&mut input).as_ref(), Ok(&session));
            assert_eq!(input.byte(), Err(EntryError::Short), "all of it is read");
            if number == 7 {
                let mut out = Vec::new();
                session.put(&mut out);
                assert_eq!(out, bytes);
            }
        }
    }

    #[test]
    fn a_claimed_length_reserves_nothing() {
        let claim = [ROSTER, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(RaceEventKind::take(&mut Input::new(&claim)), Err(EntryError::Short));
    }

    #[test]
    fn a_density_is_one_that_can_be() {
        for density in [0.0, -1.0, f64::NAN] {
            let mut out = Vec::new();
            density.put(&mut out);
            assert_eq!(FuelDensity::take(&mut Input::new(&out)), Err(EntryError::Range), "{density}");
        }
    }
}
