//! Whole numbers in a row, near each other or rising evenly, in as few bits as the widest of each eight needs.

use crate::EntryError;
use crate::varint::{Input, put_signed};

/// The first number follows, and the others are differences, each from the one before.
const DIFFERENCES: u8 = 1 << 0;
/// What all others are near to follows; it is 0 without.
const CENTRE: u8 = 1 << 1;
/// Groups follow: not all are the centre itself.
const GROUPS: u8 = 1 << 2;

/// Numbers that share one width: eight of so many bits are so many bytes.
const GROUP: usize = 8;
/// Wider is written as [`WIDEST`], so that no number lies in more than eight bytes.
const WIDTH_MAX: u32 = 56;
/// The width of whole numbers.
const WIDEST: u32 = 64;
/// A byte above [`WIDEST`] stands for so many groups, less this, of nothing but the centre.
const RUN: usize = 63;
/// The longest such run that one byte holds.
const RUN_MAX: usize = u8::MAX as usize - RUN;
/// How many numbers are looked at to find the centre: enough that a few strays do not move it.
const PROBES: usize = 9;

/// Appends the numbers, of which there may be none; how many is for the reader to know.
pub(crate) fn put(out: &mut Vec<u8>, numbers: &[i64]) {
    let Some(&first) = numbers.first() else { return };
    let differences: Vec<_> = numbers.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    let (plain, differences) = (Near::of(numbers), Near::of(&differences));
    if plain.bytes <= differences.bytes {
        out.push(plain.flags());
        plain.put(out);
    } else {
        out.push(DIFFERENCES | differences.flags());
        put_signed(out, first);
        differences.put(out);
    }
}

/// Numbers by their distance from a centre.
struct Near<'a> {
    numbers: &'a [i64],
    centre: i64,
    /// So many they take in groups.
    bytes: usize,
}

impl<'a> Near<'a> {
    fn of(numbers: &'a [i64]) -> Self {
        let mut near = Near { numbers, centre: centre(numbers), bytes: 0 };
        near.bytes = near.groups().map(|group| group.bytes()).sum();
        near
    }

    fn flags(&self) -> u8 {
        (if self.centre == 0 { 0 } else { CENTRE }) | (if self.bytes == 0 { 0 } else { GROUPS })
    }

    fn groups(&self) -> impl Iterator<Item = Group> {
        let (whole, rest) = self.numbers.as_chunks();
        let whole = whole.iter().map(|numbers| Group::of(GROUP, *numbers, self.centre));
        let mut padded = [self.centre; GROUP];
        padded[..rest.len()].copy_from_slice(rest);
        let rest = (!rest.is_empty()).then(|| Group::of(rest.len(), padded, self.centre));
        whole.chain(rest)
    }

    fn put(&self, out: &mut Vec<u8>) {
        if self.centre != 0 {
            put_signed(out, self.centre);
        }
        if self.bytes == 0 {
            return;
        }
        let mut run = 0;
        for group in self.groups() {
            if group.width > 0 || run == RUN_MAX {
                put_run(out, run);
                run = 0;
            }
            match group.width {
                0 => run += 1,
                _ => group.put(out),
            }
        }
        put_run(out, run);
    }
}

/// What many of the numbers are near to: the middle one of a few.
fn centre(numbers: &[i64]) -> i64 {
    let mut probes = [0; PROBES];
    for (nth, probe) in probes.iter_mut().enumerate() {
        *probe = numbers.get(nth * numbers.len() / PROBES).copied().unwrap_or_default();
    }
    probes.sort_unstable();
    probes[PROBES / 2]
}

fn put_run(out: &mut Vec<u8>, groups: usize) {
    match groups {
        0 => {}
        1 => out.push(0),
        _ => out.push((RUN + groups) as u8),
    }
}

/// Up to eight numbers.
struct Group {
    count: usize,
    /// From the centre; 0 beyond the last.
    distances: [i64; GROUP],
    /// Bits of the widest.
    width: u32,
}

impl Group {
    fn of(count: usize, numbers: [i64; GROUP], centre: i64) -> Self {
        let distances = numbers.map(|number| number.wrapping_sub(centre));
        // As many bits as the magnitudes take, and one for the sign.
        let magnitudes = distances.iter().fold(0, |all, distance| all | (distance << 1) ^ (distance >> 63));
        let width = u64::BITS - magnitudes.leading_zeros();
        Group { count, distances, width: if width > WIDTH_MAX { WIDEST } else { width } }
    }

    fn bytes(&self) -> usize {
        (self.count * self.width as usize).div_ceil(8)
    }

    fn put(&self, out: &mut Vec<u8>) {
        let (mut bits, mask) = ([0_u8; 71], u64::MAX >> (u64::BITS - self.width));
        for (nth, distance) in self.distances.iter().enumerate() {
            let at = nth * self.width as usize;
            let place = &mut bits[at / 8 % 64..at / 8 % 64 + 8];
            let mut word = [0; 8];
            word.copy_from_slice(place);
            place.copy_from_slice(
                &(u64::from_le_bytes(word) | (*distance as u64 & mask) << (at % 8)).to_le_bytes(),
            );
        }
        out.push(self.width as u8);
        out.extend_from_slice(&bits[..self.bytes()]);
    }
}

/// Replaces `numbers` by the next `count` of the input; the caller bounds them.
pub(crate) fn take(input: &mut Input<'_>, count: usize, numbers: &mut Vec<i64>) -> Result<(), EntryError> {
    numbers.clear();
    if count == 0 {
        return Ok(());
    }
    let flags = input.byte()?;
    if flags & !(DIFFERENCES | CENTRE | GROUPS) != 0 {
        return Err(EntryError::Unknown { what: "series", number: flags.into() });
    }
    if flags & DIFFERENCES != 0 {
        numbers.push(input.signed()?);
    }
    let centre = if flags & CENTRE == 0 { 0 } else { input.signed()? };
    let begun = numbers.len();
    numbers.resize(count, centre);
    if flags & GROUPS != 0 {
        let mut left = &mut numbers[begun..];
        while !left.is_empty() {
            left = take_group(input, centre, left)?;
        }
    }
    if flags & DIFFERENCES != 0 {
        let mut before = 0_i64;
        for number in numbers {
            before = before.wrapping_add(*number);
            *number = before;
        }
    }
    Ok(())
}

/// Puts the next group in place; leaves those that are all at the centre. Returns the numbers behind them.
#[inline]
fn take_group<'n>(
    input: &mut Input<'_>,
    centre: i64,
    numbers: &'n mut [i64],
) -> Result<&'n mut [i64], EntryError> {
    let width = input.byte()?.into();
    let run = match width {
        0 => 1,
        1..=WIDTH_MAX | WIDEST => {
            let own = numbers.len().min(GROUP);
            let group = input.packed(width as usize, own)?;
            let group = group.map(|distance| centre.wrapping_add(distance));
            if let Some(numbers) = numbers.first_chunk_mut() {
                *numbers = group;
            } else {
                numbers.copy_from_slice(&group[..own]);
            }
            1
        }
        _ => (width as usize).saturating_sub(RUN),
    };
    let all = numbers.len();
    if run == 0 || run > all.div_ceil(GROUP) {
        return Err(EntryError::Range);
    }
    Ok(&mut numbers[all.min(run * GROUP)..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes_of(numbers: &[i64]) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, numbers);
        out
    }

    fn numbers_of(bytes: &[u8], count: usize) -> Result<Vec<i64>, EntryError> {
        let (mut input, mut numbers) = (Input::new(bytes), Vec::new());
        take(&mut input, count, &mut numbers)?;
        if input.is_empty() { Ok(numbers) } else { Err(EntryError::Long) }
    }

    #[test]
    fn what_is_even_takes_next_to_nothing() {
        for (what, numbers, bytes) in [
            ("none", vec![], &[][..]),
            ("zeros", vec![0; 4096], &[0]),
            ("all the same", vec![-3; 4096], &[CENTRE, 5]),
            ("rising evenly", (7..4103).collect(), &[DIFFERENCES | CENTRE, 14, 2]),
            (
                "one stray",
                [[0; 20], [1; 20]].concat()[..21].to_vec(),
                &[DIFFERENCES | GROUPS, 0, 65, 2, 0b01_00_00_00],
            ),
        ] {
            assert_eq!(bytes_of(&numbers), bytes, "{what}");
        }
    }

    #[test]
    fn what_no_version_wrote_is_refused() {
        for (what, bytes, why) in [
            ("an unknown flag", &[8][..], "there is no series 8"),
            ("a width that is none", &[GROUPS, 57, 0, 0, 0, 0, 0, 0, 0, 0], "a number is out of range"),
            ("a run beyond the last", &[GROUPS, 66], "a number is out of range"),
            ("a group cut short", &[GROUPS, 9, 0, 0, 0, 0, 0, 0, 0, 0], "it ends too early"),
        ] {
            assert_eq!(numbers_of(bytes, 10).unwrap_err().to_string(), why, "{what}");
        }
    }

    fn near(width: u32) -> impl Strategy<Value = i64> {
        any::<i64>().prop_map(move |number| if width == 0 { 0 } else { number >> (64 - width) })
    }

    proptest! {
        #[test]
        fn numbers_round_trip(numbers in (0_u32..=64).prop_flat_map(|width| prop::collection::vec(near(width), 0..70))) {
            prop_assert_eq!(numbers_of(&bytes_of(&numbers), numbers.len()), Ok(numbers));
        }

        #[test]
        fn strays_and_runs_round_trip(lengths in prop::collection::vec((0_usize..4_000, any::<i64>()), 1..4)) {
            let numbers: Vec<_> = lengths.iter().flat_map(|&(length, stray)| [vec![7; length], vec![stray]].concat()).collect();
            prop_assert_eq!(numbers_of(&bytes_of(&numbers), numbers.len()), Ok(numbers));
        }

        #[test]
        fn any_bytes_are_numbers_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..40), count in 0_usize..100) {
            let taken = numbers_of(&bytes, count);
            prop_assert!(taken.is_err() || taken.is_ok_and(|numbers| numbers.len() == count));
        }
    }
}
