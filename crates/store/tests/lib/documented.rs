//! docs/store.md says what is there, and what it shows runs.

use crate::race::{self, insight};
use std::collections::BTreeMap;
use store::{Store, Window};

const DOCUMENT: &str = include_str!("../../../../docs/store.md");

/// Column names by table or view, as the document's headings and tables give them.
fn documented() -> BTreeMap<String, Vec<String>> {
    let mut columns = BTreeMap::<String, Vec<String>>::new();
    let mut table = None;
    for line in DOCUMENT.lines() {
        let code = |prefix: &str| line.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
        if let Some(name) = code("### `") {
            table = Some(name.to_owned());
        } else if let (Some(column), Some(table)) = (code("| `"), &table) {
            columns.entry(table.clone()).or_default().push(column.into());
        }
    }
    columns
}

#[test]
fn the_document_names_every_column_in_its_order() {
    let store = Store::in_memory().unwrap();
    let mut columns = BTreeMap::<String, Vec<String>>::new();
    let sql = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c \
               WHERE t.type IN ('table', 'view') ORDER BY t.name, c.cid";
    for row in store.query(sql).unwrap().rows {
        let [table, column] = [&row[0], &row[1]].map(|cell| cell.as_str().unwrap().to_owned());
        columns.entry(table).or_default().push(column);
    }
    assert_eq!(documented(), columns);
}

#[test]
fn every_example_query_answers() {
    let store = Store::in_memory().unwrap();
    let mut windows = race::windows(250);
    windows.push(Window::new(
        race::board(
            race::end(251),
            vec![insight("car-07", race::end(251)), insight("car-24", race::end(251))],
        )
        .into(),
    ));
    assert_eq!(store.write(&windows).unwrap().refused, 0);
    let examples: Vec<&str> =
        DOCUMENT.split("```sql").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(examples.len(), 7);
    for sql in examples {
        let answer = store.query(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        assert!(!answer.rows.is_empty(), "{sql}");
    }
}

#[test]
fn views_reckon_in_the_sessions_own_gallons() {
    let store = Store::in_memory().unwrap();
    let _ = store.write(&race::windows(120)).unwrap();
    // 0.74 kg/L of conditions(), 3.785411784 L in a US gallon
    let kg_per_gal = 0.74 * 3.785411784;
    let number = |sql: &str| store.query(sql).unwrap().rows[0][0].as_f64().unwrap();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12 * b.abs(), "{a} {b}");
    near(number("SELECT remaining_gal FROM board WHERE number = '07'"), 52.0 / kg_per_gal);
    near(number("SELECT burned_gal FROM lap_mpg WHERE number = '24' AND lap = 2"), 1.4 / kg_per_gal);
    // stint 0 of car 24 is laps 1 and 2, two miles and 1.4 kg each
    near(number("SELECT mpg FROM stint_mpg WHERE number = '24' AND stint = 0"), 4.0 / (2.8 / kg_per_gal));
    // its stint 1 is so far one lap of unknown length
    let unknown =
        store.query("SELECT burned_gal, mpg FROM stint_mpg WHERE number = '24' AND stint = 1").unwrap();
    near(unknown.rows[0][0].as_f64().unwrap(), 1.4 / kg_per_gal);
    assert!(unknown.rows[0][1].is_null());
}

#[test]
fn without_a_density_a_gallon_is_the_cups() {
    let store = Store::in_memory().unwrap();
    let _ = store.write(&[race::window(1)]).unwrap();
    let gallon = units::FuelDensity::CUP.mass(units::Volume::from_us_gallons(1.0)).kg();
    let found = store.query("SELECT kg_per_gal FROM fuel").unwrap().rows[0][0].as_f64().unwrap();
    assert!((found - gallon).abs() < 1e-12, "{found} {gallon}");
}
