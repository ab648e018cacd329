//! Ten ways a table can be bad.

use crate::support::outcome::outcome;
use feed::{Mapping, csv};
use proptest::prelude::*;

const MAPPING: &str = r#"
    format = 1
    [time]
    column = "t_s"
    unit = "s"
    clock = "relative"
    [vehicle]
    id = "24"
    [signals]
    throttle = { column = "tps", unit = "percent" }
    rpm = { column = "rpm", unit = "rpm" }
    speed = { column = "speed", unit = "km/h", optional = true }
    [pit]
    on_pit_road = "pit"
"#;
const GOOD: &str = "t_s,tps,rpm,pit,note\n0,50,8000,False,\n0.1,51,8010,False,\n";

fn import(table: &[u8]) -> String {
    outcome(csv::import("laps.csv", table, &Mapping::parse("laps.toml", MAPPING).unwrap()))
}

/// What becomes of a row after two good ones.
fn row(row: &str) -> String {
    import(format!("{GOOD}{row}\n").as_bytes())
}

#[test]
fn ten_bad_inputs() {
    for (name, outcome, expected) in [
        ("good", import(GOOD.as_bytes()), "2 samples"),
        ("empty", import(b""), "laps.csv: the file is empty: choose one with data"),
        ("header only", import(b"t_s,tps,rpm,pit\n"), "laps.csv: the file is empty: choose one with data"),
        (
            "truncated",
            row("0.2,52,80"),
            "2 samples; schema: line 4 (byte 57): 3 cells where the header has 5",
        ),
        (
            "flipped bit",
            row("0.2,52,80p0,False,"),
            "2 samples; parse: line 4 (byte 57): `rpm` is `80p0`, no number",
        ),
        (
            "wrong type",
            import(b"\x02\0\0\0\xff\xfe\n\0\0"),
            "laps.csv, line 1 (byte 0): this is no table with a header line: not UTF-8 from column 5",
        ),
        // a later version of a feed has columns that this one does not know
        ("newer version", import(b"v2,t_s,tps,rpm,pit\nx,0,50,8000,0\n"), "1 samples"),
        (
            "missing column",
            import(b"t_s,tps,speed,pit\n0,50,10,0\n"),
            "laps.csv, line 1 (byte 0): column `rpm` is missing, the file has t_s, tps, speed, pit: correct the column's name \
             or leave it out",
        ),
        (
            "column twice",
            import(b"t_s,tps,rpm,rpm,pit\n"),
            "laps.csv, line 1 (byte 0): column `rpm` stands twice: rename one of them",
        ),
        (
            "NaN",
            row("0.2,nan,8000,False,"),
            "2 samples; not_finite: line 4 (byte 57): throttle is not a finite number",
        ),
        (
            "infinite",
            row("0.2,50,1e999,False,"),
            "2 samples; not_finite: line 4 (byte 57): rpm is not a finite number",
        ),
        (
            "unit out of range",
            row("0.2,5000,8000,False,"),
            "2 samples; range: line 4 (byte 57): throttle is 50, outside -0.2 to 1.3: check its unit",
        ),
        (
            "decimal comma",
            row("0.2,\"50,5\",8000,False,"),
            "2 samples; parse: line 4 (byte 57): `tps` is `50,5`, no number",
        ),
        (
            "open quote",
            row("0.2,50,8000,False,\"x"),
            "2 samples; parse: line 4 (byte 57): a quote is not closed on its line",
        ),
        (
            "no flag",
            row("0.2,50,8000,maybe,"),
            "2 samples; parse: line 4 (byte 57): `pit` is `maybe`, no flag: write true or false",
        ),
        ("no time", row(",50,8000,True,"), "2 samples; schema: line 4 (byte 57): `t_s` is missing"),
        (
            "no signal",
            row("0.2,,,True,"),
            "2 samples; schema: line 4 (byte 57): it carries no signal of the mapping",
        ),
        (
            "far time",
            row("1e12,50,8000,True,"),
            "2 samples; time_range: line 4 (byte 57): time 1000000000000 s after the start is outside 2000 to 2099",
        ),
        // rows are put in order of time
        ("unsorted", row("0.05,50,8000,False,"), "3 samples"),
        (
            "10 MB line",
            row(&"x".repeat(10 << 20)),
            "2 samples; size: line 4 (byte 57): the line has 10485760 bytes, at most 65536 are read",
        ),
        (
            "10 MB header",
            import(&vec![b'x'; 10 << 20]),
            "laps.csv, line 1 (byte 0): this is no table with a header line: the line has 10485760 bytes, at most 65536 are read",
        ),
    ] {
        assert_eq!(outcome, expected, "{name}");
    }
}

#[test]
fn quotes_spaces_and_other_separators_are_understood() {
    let mapping = Mapping::parse("laps.toml", &format!("delimiter = \";\"\n{MAPPING}")).unwrap();
    let table = b"\xef\xbb\xbf\"t_s\"; tps ;rpm;pit\r\n0;\"50\"; 8000 ;TRUE\r\n\r\n";
    assert_eq!(outcome(csv::import("laps.csv", table.as_slice(), &mapping)), "1 samples");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        import(&bytes);
        import(&[GOOD.as_bytes(), &bytes].concat());
    }

    #[test]
    fn random_tables_never_panic(cells in proptest::collection::vec("[0-9eE.,\"\\-]{0,8}|-?[0-9]{1,20}|nan|inf", 0..40)) {
        import(format!("{GOOD}{}", cells.join(",")).as_bytes());
        import(format!("{GOOD}{}", cells.join("\n")).as_bytes());
    }
}
