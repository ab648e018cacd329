//! Ten ways a file of JSON lines can be bad, and every reason for which a line is refused.

use crate::support::outcome::outcome;
use feed::{Mapping, ndjson};
use proptest::prelude::*;

const GOOD: &str = r#"{"event_time_ms":1795392000000,"vehicle_id":"24","throttle":0.5,"rpm":8000}"#;

fn import(lines: &[u8]) -> String {
    outcome(ndjson::import("race.ndjson", lines, &Mapping::standard().unwrap()))
}

/// What becomes of `line` between two good lines.
fn line(line: &str) -> String {
    import(format!("{GOOD}\n{line}\n{GOOD}").as_bytes())
}

#[test]
fn ten_bad_inputs() {
    let cut = &GOOD[..GOOD.len() - 9];
    let of_3_lines = |expected: &str| format!("2 samples; {expected}");
    for (name, outcome, expected) in [
        ("empty", import(b""), "race.ndjson: the file is empty: choose one with data".into()),
        ("blank", import(b" \n\r\n"), "race.ndjson: the file is empty: choose one with data".into()),
        ("truncated", line(cut), of_3_lines("parse: line 2 (byte 76): EOF while parsing a string at column 66")),
        ("flipped bit", line(&GOOD.replace("0.5", "0n5")), of_3_lines("parse: line 2 (byte 76): expected `,` or `}` at column 62")),
        (
            "wrong type",
            import(b"t_s,throttle,rpm\n1,0.5,8000\n"),
            "race.ndjson: all 2 lines were refused, the first because of parse: line 1 (byte 0): expected ident at \
             column 2"
                .into(),
        ),
        // a later version of a feed has fields that this one does not know
        ("newer version", line(&GOOD.replace("{", r#"{"schema":2,"tyres":{"fl":[1,2]},"#)), "3 samples".into()),
        ("missing column", line(r#"{"event_time_ms":1795392000000,"rpm":8000}"#), of_3_lines("schema: line 2 (byte 76): `vehicle_id` is missing")),
        ("NaN", line(&GOOD.replace("0.5", "NaN")), of_3_lines("not_finite: line 2 (byte 76): expected value at column 61")),
        (
            "unit out of range",
            line(&GOOD.replace("0.5", "50")),
            of_3_lines("range: line 2 (byte 76): throttle is 50, outside -0.2 to 1.3: check its unit"),
        ),
        ("unsorted", line(&GOOD.replace("1795392000000", "1795391000000")), "3 samples".into()),
        (
            "10 MB line",
            line(&"x".repeat(10 << 20)),
            of_3_lines("size: line 2 (byte 76): the line has 10485760 bytes, at most 65536 are read"),
        ),
    ] {
        assert_eq!(outcome, expected, "{name}");
    }
}

#[test]
fn every_reason_for_a_line() {
    for (bad, expected) in [
        ("[1,2]", "schema: line 2 (byte 76): invalid type: sequence, expected an object"),
        (
            &GOOD.replace("8000", "\"8000\""),
            "schema: line 2 (byte 76): `rpm` is a text, a number is expected",
        ),
        (&GOOD.replace("8000", "true"), "schema: line 2 (byte 76): `rpm` is a flag, a number is expected"),
        (
            &GOOD.replace("8000", "[8000]"),
            "schema: line 2 (byte 76): invalid type: sequence, expected a number, a text, a flag or null at column 71",
        ),
        (
            &GOOD.replace("\"24\"", "24"),
            "schema: line 2 (byte 76): `vehicle_id` is a number, a text is expected",
        ),
        (
            &GOOD.replace("\"24\"", "\"\""),
            "unknown_vehicle: line 2 (byte 76): an id needs at least one character",
        ),
        (
            &GOOD.replace("\"rpm\"", "\"throttle\""),
            "duplicate_key: line 2 (byte 76): `throttle` stands twice",
        ),
        (&GOOD.replace("8000", "1e999"), "not_finite: line 2 (byte 76): number out of range at column 75"),
        (&GOOD.replace("8000", "-Infinity"), "not_finite: line 2 (byte 76): invalid number at column 72"),
        (
            &GOOD.replace("1795392000000", "0"),
            "time_range: line 2 (byte 76): time 0 ms is outside 2000 to 2099",
        ),
        (
            &GOOD.replace("1795392000000", "1795392000"),
            "time_unit: line 2 (byte 76): time 1795392000 is no date of 2000 to 2099 in ms, but one in s: correct the unit",
        ),
        (
            &GOOD.replace("1795392000000", "1795392000000000"),
            "time_unit: line 2 (byte 76): time 1795392000000000 is no date of 2000 to 2099 in ms, but one in us: correct the unit",
        ),
        (
            r#"{"event_time_ms":1795392000000,"vehicle_id":"24","rpm":null}"#,
            "schema: line 2 (byte 76): it carries no signal of the mapping",
        ),
        (&format!("{GOOD}{GOOD}"), "parse: line 2 (byte 76): trailing characters at column 76"),
        (
            &format!("{{\"deep\":{}", "[".repeat(60_000)),
            "parse: line 2 (byte 76): EOF while parsing a list at column 60008",
        ),
    ] {
        assert_eq!(line(bad), format!("2 samples; {expected}"), "{bad:.100}");
    }
    assert_eq!(
        import(b"{\"rpm\xff\"}\n"),
        "race.ndjson: all 1 lines were refused, the first because of parse: line 1 (byte 0): not UTF-8 from column 6"
    );
}

#[test]
fn what_is_odd_but_right_is_kept() {
    for odd in [
        GOOD.replace("0.5", "-0.0"),
        GOOD.replace("0.5", "5e-324"),
        GOOD.replace("0.5", "null"),
        GOOD.replace("throttle", "thr\\u006fttle"),
        GOOD.replace("1795392000000", "1795392000000.25"),
        GOOD.replace("\"24\"", "\"007\""),
        format!("\r\n  {GOOD}  \r"),
        format!("{{\"deep\":{}{},{}", "[".repeat(120), "]".repeat(120), &GOOD[1..]),
    ] {
        assert_eq!(line(&odd), "3 samples", "{odd}");
    }
}

#[test]
fn a_mapped_column_that_no_line_has_is_named() {
    let text = include_str!("../../src/standard.toml").replace(
        "rpm = { column = \"rpm\", unit = \"rpm\", optional = true }",
        "rpm = { column = \"rmp\", unit = \"rpm\" }",
    );
    let mapping = Mapping::parse("mine.toml", &text).unwrap();
    let error = ndjson::import("race.ndjson", GOOD.as_bytes(), &mapping).unwrap_err();
    assert_eq!(
        error.to_string(),
        "race.ndjson: no line has `rmp`: correct the name in the mapping, or call it optional there"
    );
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        import(&bytes);
    }

    #[test]
    fn damage_never_panics_and_costs_its_own_line_only(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bad = GOOD.as_bytes().to_vec();
        let at = at.index(bad.len());
        bad[at] = byte;
        let text = [GOOD.as_bytes(), &bad, GOOD.as_bytes()].join(&b'\n');
        let outcome = import(&text);
        prop_assert!(outcome.starts_with("3 samples") || outcome.starts_with("2 samples; "), "{}", outcome);
    }
}
