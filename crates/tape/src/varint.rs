//! The alphabet: unsigned LEB128 varints, zigzag for signed numbers, length-prefixed text, numbers of so many bits.

use crate::EntryError;

/// Appends `value` in groups of seven bits, lowest first; all but the last byte have their high bit set.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends `value` so that small magnitudes of either sign are short.
pub(crate) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put_varint(out, (value.wrapping_shl(1) ^ (value >> 63)) as u64);
}

/// Appends the length in bytes and the bytes.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Bytes not yet read.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Input(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> Result<u8, EntryError> {
        let (&byte, rest) = self.0.split_first().ok_or(EntryError::Short)?;
        self.0 = rest;
        Ok(byte)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], EntryError> {
        let (&array, rest) = self.0.split_first_chunk().ok_or(EntryError::Short)?;
        self.0 = rest;
        Ok(array)
    }

    /// Most numbers are differences that fit one byte or two: those are read where they are asked for.
    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, EntryError> {
        match *self.0 {
            [low, ref rest @ ..] if low < 0x80 => {
                self.0 = rest;
                Ok(low.into())
            }
            [low, high, ref rest @ ..] if high < 0x80 => {
                self.0 = rest;
                Ok(u64::from(low & 0x7f) | u64::from(high) << 7)
            }
            _ => self.long_varint(),
        }
    }

    #[cold]
    fn long_varint(&mut self) -> Result<u64, EntryError> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(EntryError::Range)
    }

    #[inline]
    pub(crate) fn signed(&mut self) -> Result<i64, EntryError> {
        let zigzag = self.varint()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    /// `count` numbers, at most eight, in two's complement of `width` bits each, lowest first, in as many whole bytes;
    /// what is beyond them is not theirs. `width` is 1 to 56, or 64: a number lies in eight bytes.
    #[inline]
    pub(crate) fn packed(&mut self, width: usize, count: usize) -> Result<[i64; 8], EntryError> {
        let padded;
        let bytes = match self.0.first_chunk() {
            Some(bytes) => bytes,
            None => {
                padded = self.padded();
                &padded
            }
        };
        self.0 = self.0.get((width * count).div_ceil(8)..).ok_or(EntryError::Short)?;
        Ok(std::array::from_fn(|nth| {
            let (byte, bit) = (nth * width / 8 % 64, nth * width % 8);
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[byte..byte + 8]);
            i64::from_le_bytes(word) << ((64 - width - bit) % 64) >> (64 - width)
        }))
    }

    #[cold]
    fn padded(&self) -> [u8; 71] {
        let mut padded = [0; 71];
        padded[..self.0.len()].copy_from_slice(self.0);
        padded
    }

    /// A varint that fits a smaller type.
    pub(crate) fn number<T: TryFrom<u64>>(&mut self) -> Result<T, EntryError> {
        T::try_from(self.varint()?).map_err(|_| EntryError::Range)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, EntryError> {
        let length = self.number()?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(EntryError::Short)?;
        self.0 = rest;
        str::from_utf8(text).map_err(|_| EntryError::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_those_of_leb128() {
        for (value, bytes) in [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (u64::MAX, 10)] {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            assert_eq!(out.len(), bytes, "{value}");
        }
    }

    #[test]
    fn what_does_not_fit_64_bits_is_refused() {
        assert_eq!(Input::new(&[0xff; 11]).varint(), Err(EntryError::Range));
        let mut two_to_the_64 = [0x80; 10];
        two_to_the_64[9] = 2;
        assert_eq!(Input::new(&two_to_the_64).varint(), Err(EntryError::Range));
        assert_eq!(Input::new(&[0x80]).varint(), Err(EntryError::Short));
        assert_eq!(Input::new(&[0xff, 0xff, 0x04]).number::<u16>(), Err(EntryError::Range));
    }

    #[test]
    fn text_is_utf8_and_no_longer_than_what_is_left() {
        assert_eq!(Input::new(&[2, 0xff, 0xff]).text(), Err(EntryError::Text));
        assert_eq!(Input::new(&[3, b'a', b'b']).text(), Err(EntryError::Short));
        assert_eq!(Input::new(&[0]).text(), Ok(""));
    }

    proptest! {
        #[test]
        fn numbers_round_trip(unsigned: u64, signed: i64) {
            let mut out = Vec::new();
            put_varint(&mut out, unsigned);
            put_signed(&mut out, signed);
            let mut input = Input::new(&out);
            prop_assert_eq!(input.varint(), Ok(unsigned));
            prop_assert_eq!(input.signed(), Ok(signed));
            prop_assert!(input.is_empty());
        }
    }
}
