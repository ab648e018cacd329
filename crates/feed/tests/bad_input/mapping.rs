//! What a mapping file can get wrong.

use feed::Mapping;
use proptest::prelude::*;

const GOOD: &str = r#"format = 1
[session]
fuel_density_kg_l = 0.75
[time]
column = "t_s"
unit = "s"
[vehicle]
id = "24"
[signals]
throttle = { column = "tps", unit = "percent" }
[fuel]
kind = "level"
column = "fuel"
unit = "l"
"#;

#[test]
fn every_mistake_is_named() {
    Mapping::parse("m.toml", GOOD).unwrap();
    for (from, to, expected) in [
        (
            "format = 1",
            "format = 2",
            "m.toml: has format 2, this program reads 1: use the program that it was written for",
        ),
        ("format = 1", "", "m.toml, line 1: missing field `format`"),
        (
            "[time]",
            "[tiem]",
            "m.toml, line 4: unknown field `tiem`, expected one of `format`, `delimiter`, `session`, `vehicle`, `time`, `segment`, `signals`, `pit`, `fuel`",
        ),
        ("\"s\"", "\"h\"", "m.toml, line 6: unknown variant `h`, expected one of `s`, `ms`, `us`"),
        ("\"percent\"", "\"rpm\"", "m.toml: throttle has no unit `rpm`: use fraction, percent"),
        ("throttle", "lap_distance", ""),
        (
            "unit = \"percent\"",
            "unit = \"percent\", scale = 0",
            "m.toml: scale is 0: use a number other than zero",
        ),
        (
            "throttle = { column = \"tps\", unit = \"percent\" }",
            "lap_distance = { column = \"d\", unit = \"m\" }",
            "m.toml: lap_distance in m needs session.track_length_m",
        ),
        ("id = \"24\"", "", "m.toml: vehicle needs either id or column"),
        ("id = \"24\"", "id = \"24\"\ncolumn = \"car\"", "m.toml: vehicle needs either id or column"),
        ("id = \"24\"", "id = \"\"", "m.toml: vehicle.id is an id needs at least one character: an id"),
        ("\"fuel\"", "\"tps\"", "m.toml: column `tps` is used twice: each column has one meaning"),
        ("fuel_density_kg_l = 0.75", "", "m.toml: a volume of fuel needs session.fuel_density_kg_l"),
        ("0.75", "-0.75", "m.toml: session.fuel_density_kg_l is -0.75: use a number above zero"),
        (
            "fuel_density_kg_l",
            "start_ms = 5\nfuel_density_kg_l",
            "m.toml: session.start_ms is 0.005000: use milliseconds since 1970, in 2000 to 2099",
        ),
        ("\"l\"", "\"psi\"", "m.toml: fuel has no unit `psi`: use kg, l, gal, unknown"),
        ("\"level\"", "\"rate\"", "m.toml: fuel has no unit `l`: use kg/h, l/h, gal/h"),
        ("\"level\"", "\"gauge\"", "m.toml: fuel.kind is gauge: use level, counter, rate or injector"),
        ("\"level\"", "\"injector\"", "m.toml: fuel.kind injector needs fuel.dead_time_ms and signals.rpm"),
        (
            "unit = \"l\"",
            "unit = \"l\"\ndead_time_ms = 1",
            "m.toml: fuel.dead_time_ms is 1: only an injector has one",
        ),
        ("unit = \"l\"", "unit = \"l\"\nnoise = -1", "m.toml: fuel.noise is -1: use zero or more"),
        ("[fuel]", "[pit]\nin_box = \"b\"\n[fuel]", "m.toml: pit.in_box needs pit.on_pit_road"),
        (
            "format = 1",
            "format = 1\ndelimiter = \"\\\"\"",
            "m.toml: delimiter is \\\": use one ASCII character that is no quote",
        ),
        ("[vehicle]", "[vehicle", "m.toml, line 7: unclosed table, expected `]`"),
    ] {
        let outcome = match Mapping::parse("m.toml", &GOOD.replacen(from, to, 1)) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        assert_eq!(outcome, expected, "{from} -> {to}");
    }
}

proptest! {
    #[test]
    fn random_text_never_panics(text in "\\PC{0,100}", at in any::<prop::sample::Index>()) {
        let _ = Mapping::parse("m.toml", &text);
        let at = at.index(GOOD.len());
        let _ = Mapping::parse("m.toml", &format!("{}{text}{}", &GOOD[..at], &GOOD[at..]));
    }
}
