//! Ten ways an `.ibt` file can be bad.

use crate::support::ibt_file::{CHAR, IbtFile};
use crate::support::outcome::outcome;
use feed::ibt;
use proptest::prelude::*;
use std::io::Cursor;

fn import(bytes: Vec<u8>) -> String {
    outcome(ibt::import("car.ibt", Cursor::new(bytes)))
}

fn good() -> IbtFile {
    IbtFile::driven((0..10).map(|i| 1.0 + f64::from(i) * 1e-3))
}

#[test]
fn the_good_file_is_good() {
    assert_eq!(import(good().bytes()), "10 samples");
}

#[test]
fn ten_bad_inputs() {
    let whole = good().bytes();
    let flipped = |byte: usize, bit: u8| {
        let mut bytes = whole.clone();
        bytes[byte] ^= 1 << bit;
        bytes
    };
    let mut text_rpm = good();
    text_rpm.variables[2] = ("RPM", CHAR);
    let mut unsorted = good();
    unsorted.rows.rotate_left(5);
    let mut long_line = good();
    long_line.session_info = vec![b'x'; 10 << 20];
    for (name, bytes, expected) in [
        ("empty", Vec::new(), "car.ibt: the file is empty: choose one with data"),
        (
            "truncated",
            whole[..whole.len() - 1].to_vec(),
            "car.ibt, byte 2180: the file ends here, but the rows should reach to byte 2181: copy the file again",
        ),
        (
            "truncated in the header",
            whole[..100].to_vec(),
            "car.ibt, byte 100: the file ends here, but the header should reach to byte 144: copy the file again",
        ),
        (
            "flipped bit in the version",
            flipped(3, 7),
            "car.ibt, byte 0: this is no iRacing telemetry: its first number is -2147483646, not a version from 1 to 2",
        ),
        (
            "flipped bit in the length of a row",
            flipped(39, 7),
            "car.ibt, byte 36: the length of a row is -2147483617, which is too small or too large: the header is damaged, copy \
             the file again",
        ),
        (
            "wrong type of file",
            b"t_s,throttle,rpm\n".to_vec(),
            "car.ibt, byte 0: this is no iRacing telemetry: its first number is 745758580, not a version from 1 to 2",
        ),
        (
            "wrong type of variable",
            text_rpm.bytes(),
            "car.ibt: variable `RPM` is no number inside its row: the header is damaged, copy the file again",
        ),
        (
            "newer version",
            IbtFile { version: 3, ..good() }.bytes(),
            "car.ibt, byte 0: version 3 is newer than 2, the newest that is read: update the program",
        ),
        (
            "missing column",
            good().without("RPM").bytes(),
            "car.ibt: variable `RPM` is missing: choose telemetry of a car with an engine",
        ),
        (
            "NaN",
            good().with("Throttle", 3, 4, f64::NAN).bytes(),
            "9 samples; not_finite: byte 1964: throttle is not a finite number",
        ),
        (
            "unit out of range",
            good().with("Throttle", 3, 4, 50.0).bytes(),
            "9 samples; range: byte 1964: throttle is 50, outside -0.2 to 1.3: check its unit",
        ),
        // a session that starts again: each part is a stretch, and both are kept
        ("unsorted", unsorted.bytes(), "10 samples"),
        (
            "10 MB line",
            long_line.bytes(),
            "car.ibt, byte 16: the length of the session info is 10485760, which is negative or too large: the header is \
             damaged, copy the file again",
        ),
        (
            "never on the track",
            good().with("IsOnTrack", 0, 10, 0.0).bytes(),
            "car.ibt: in none of its 10 rows is the car on the track: choose a recording of driving",
        ),
        (
            "nothing good",
            good().with("RPM", 0, 10, -1.0).bytes(),
            "car.ibt: all 10 lines were refused, the first because of range: byte 1871: rpm is -1, outside 0 to \
             25000: check its unit",
        ),
    ] {
        assert_eq!(import(bytes), expected, "{name}");
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        import(bytes);
    }

    #[test]
    fn damage_never_panics(hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>()) {
        let mut bytes = good().bytes();
        for (at, byte) in hits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - cut.index(40));
        import(bytes);
    }
}
