//! Records as JSON, in the bytes of `serde_json`, which here writes single values only. It looks at every byte of a
//! field's name for one to escape: more than a third of what a line costs, for names that are those of Rust.

use serde::ser::{Error, Impossible, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::Result;

/// Appends `record`: a struct of numbers, texts, options, lists and structs of such.
///
/// # Errors
/// It holds something else: a map, a tuple, or an enum with data.
pub fn write(record: &impl Serialize, to: &mut Vec<u8>) -> Result<()> {
    record.serialize(Value(to))
}

/// Where a value goes.
struct Value<'a>(&'a mut Vec<u8>);

/// Where what is in a struct or a list goes.
struct Inside<'a> {
    to: &'a mut Vec<u8>,
    is_empty: bool,
}

impl SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = serde_json::Error;
    /// Part of its caller, where the name is a constant: an eighth of a line.
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        let before: &[u8] = if self.is_empty { b"\"" } else { b",\"" };
        self.is_empty = false;
        self.to.extend_from_slice(before);
        self.to.extend_from_slice(name.as_bytes());
        self.to.extend_from_slice(b"\":");
        value.serialize(Value(self.to))
    }
    #[inline]
    fn end(self) -> Result<()> {
        self.to.push(b'}');
        Ok(())
    }
}

impl SerializeSeq for Inside<'_> {
    type Ok = ();
    type Error = serde_json::Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        if !self.is_empty {
            self.to.push(b',');
        }
        self.is_empty = false;
        value.serialize(Value(self.to))
    }
    fn end(self) -> Result<()> {
        self.to.push(b']');
        Ok(())
    }
}

macro_rules! left_to_serde_json {
    ($($method:ident: $T:ty,)*) => { $(
        #[inline]
        fn $method(self, value: $T) -> Result<()> {
            serde_json::to_writer(self.0, &value)
        }
    )* };
}

macro_rules! refused {
    ($($method:ident($($T:ty),*),)*) => { $(
        fn $method(self, $(_: $T),*) -> Result<Refused> {
            Err(Error::custom("a record has no maps, no tuples and no enums with data"))
        }
    )* };
}

type Refused = Impossible<(), serde_json::Error>;

impl<'a> Serializer for Value<'a> {
    type Ok = ();
    type Error = serde_json::Error;
    type SerializeSeq = Inside<'a>;
    type SerializeTuple = Refused;
    type SerializeTupleStruct = Refused;
    type SerializeTupleVariant = Refused;
    type SerializeMap = Refused;
    type SerializeStruct = Inside<'a>;
    type SerializeStructVariant = Refused;

    left_to_serde_json! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
        serialize_bytes: &[u8],
    }
    refused! {
        serialize_tuple(usize),
        serialize_tuple_struct(&'static str, usize),
        serialize_tuple_variant(&'static str, u32, &'static str, usize),
        serialize_map(Option<usize>),
        serialize_struct_variant(&'static str, u32, &'static str, usize),
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'a>> {
        self.0.push(b'{');
        Ok(Inside { to: self.0, is_empty: true })
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'a>> {
        self.0.push(b'[');
        Ok(Inside { to: self.0, is_empty: true })
    }
    /// A text without anything to escape, and that is nearly every one, is copied: all its bytes are looked at at once.
    #[inline]
    fn serialize_str(self, text: &str) -> Result<()> {
        let is_plain = |byte| (byte >= b' ') & (byte != b'"') & (byte != b'\\');
        if !text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
            return serde_json::to_writer(self.0, text);
        }
        self.0.push(b'"');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'"');
        Ok(())
    }
    #[inline]
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.serialize_str(variant)
    }
    #[inline]
    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }
    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }
    #[inline]
    fn serialize_unit(self) -> Result<()> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }
    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<()> {
        self.serialize_map(None).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{
        ActiveSign, CarInsight, DrivingStyle, Flag, Forecast, FuelBurn, LapLabel, LapSummary, Mode,
        SessionId, Sign, TrackPosition, Trust, VehicleId,
    };
    use proptest::prelude::*;
    use units::EventTime;

    fn assert_as_serde_json(record: &impl Serialize) {
        let mut written = b"before".to_vec();
        write(record, &mut written).unwrap();
        let expected = serde_json::to_string(record).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), format!("before{expected}"));
    }

    /// Every float there is: subnormal, without end, none, and zero with its sign.
    fn number() -> impl Strategy<Value = f64> {
        let special = [0.0, -0.0, 1.0, 1e16, 1e-7, f64::MAX, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        prop_oneof![any::<u64>().prop_map(f64::from_bits), prop::sample::select(special.to_vec())]
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[\"\\\\/\u{0}-\u{20}a\u{7f}\u{2028}車]{0,40}"]
    }

    fn sign() -> impl Strategy<Value = ActiveSign> {
        let sign = prop::sample::select(vec![Sign::Pack, Sign::LiftAndCoast]);
        (sign, any::<i64>(), prop::option::of(number())).prop_map(|(sign, since_us, amount)| ActiveSign {
            sign,
            since_us: EventTime::from_us(since_us),
            amount,
        })
    }

    proptest! {
        #[test]
        fn an_insight_is_the_bytes_of_serde_json(
            vehicle in prop::sample::select(vec!["07", "Ä-7", "車", "it's", "a \"b\" \\"]), end in any::<i64>(),
            of in prop::array::uniform4(number()), some in prop::array::uniform6(prop::option::of(number())),
            counts in any::<[Option<u32>; 2]>(), one_stop_is_enough in any::<Option<bool>>(), age_ms in any::<Option<i64>>(),
            has_forecast in any::<bool>(), signs in prop::collection::vec(sign(), 0..3), reason in prop::option::of(text()),
        ) {
            let forecast = Forecast {
                make_it: of[0], laps_long: of[1], laps_long_sd: of[2], save_pct: some[0],
                window_opens_lap: counts[0], one_stop_is_enough, ..Forecast::default()
            };
            let [rate_g_s, lap_kg, stint_kg, stage_kg, race_kg] = [some[1], some[2], some[3], some[4], some[5]];
            let (session, vehicle) = (SessionId::new("Michigan \\ II").unwrap(), VehicleId::new(vehicle).unwrap());
            assert_as_serde_json(&CarInsight {
                track: TrackPosition { lap: counts[1], flag: Flag::White, ..TrackPosition::default() },
                burn: FuelBurn { rate_g_s, lap_kg, stint_kg, stage_kg, race_kg },
                forecast: has_forecast.then_some(forecast),
                driving: DrivingStyle { signs, mode: Mode::Saving, reason, ..DrivingStyle::default() },
                trust: Trust { imputed_pct: of[3], age_ms, ..Trust::default() },
                ..CarInsight::of_nothing(session, vehicle, EventTime::from_us(end))
            });
        }

        #[test]
        fn a_lap_is_the_bytes_of_serde_json(
            of in prop::array::uniform3(number()), mpg in prop::option::of(number()), times in any::<[i64; 2]>(),
            clean in any::<bool>(), burned_parts_g in prop::collection::vec(number(), 0..41),
        ) {
            assert_as_serde_json(&LapSummary {
                session: SessionId::new("Michigan").unwrap(), vehicle_id: VehicleId::new("07").unwrap(),
                lap: 12, stint: 0, from_us: EventTime::from_us(times[0]), to_us: EventTime::from_us(times[1]),
                label: LapLabel::Caution, clean, burned_kg: of[0], imputed_kg: of[1], burned_sd_kg: of[2],
                distance_m: None, mpg, burned_parts_g,
            });
        }
    }

    #[test]
    fn what_no_record_holds_is_written_alike_or_refused() {
        #[derive(Serialize)]
        struct Empty {}
        #[derive(Serialize)]
        struct Nothing;
        #[derive(Serialize)]
        struct Odd {
            small: (i8, u8),
        }
        assert_as_serde_json(&Empty {});
        assert_as_serde_json(&Nothing);
        assert_as_serde_json(&vec![Some(-0.1_f32), Some(f32::NAN), None]);
        assert_as_serde_json(&vec![vec!['"', 'é'], vec![]]);
        assert!(write(&Odd { small: (-1, 1) }, &mut Vec::new()).is_err());
        assert!(write(&Ok::<u8, u8>(1), &mut Vec::new()).is_err());
    }
}
