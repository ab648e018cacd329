//! Makes small `.ibt` files.

use std::collections::BTreeMap;

pub const DOUBLE: i32 = 5;
pub const FLOAT: i32 = 4;
pub const INT: i32 = 2;
pub const BOOL: i32 = 1;
pub const CHAR: i32 = 0;

pub struct IbtFile {
    pub version: i32,
    pub start_date_s: i64,
    pub session_info: Vec<u8>,
    pub variables: Vec<(&'static str, i32)>,
    pub rows: Vec<BTreeMap<&'static str, f64>>,
}

impl IbtFile {
    /// A car on a lap of 1 km that burns 0.01 L a row, at 60 rows a second; `position` gives each row's lap and share of it.
    pub fn driven(positions: impl IntoIterator<Item = f64>) -> Self {
        let row = |(i, position): (i32, f64)| {
            BTreeMap::from([
                ("SessionTime", 100.0 + f64::from(i) / 60.0),
                ("Throttle", 0.5),
                ("RPM", 5_000.0),
                ("Lap", position.floor()),
                ("LapDistPct", position - position.floor()),
                ("FuelLevel", 50.0 - 0.01 * f64::from(i)),
                ("IsOnTrack", 1.0),
            ])
        };
        IbtFile {
            version: 2,
            start_date_s: 1_700_000_000,
            session_info: SESSION_INFO.into(),
            variables: vec![
                ("SessionTime", DOUBLE),
                ("Throttle", FLOAT),
                ("RPM", FLOAT),
                ("Lap", INT),
                ("LapDistPct", FLOAT),
                ("FuelLevel", FLOAT),
                ("IsOnTrack", BOOL),
                ("OnPitRoad", BOOL),
                ("PlayerCarInPitStall", BOOL),
            ],
            rows: (0..).zip(positions).map(row).collect(),
        }
    }

    /// Sets `variable` in the rows from `from` to before `until`.
    pub fn with(mut self, variable: &'static str, from: usize, until: usize, value: f64) -> Self {
        for row in &mut self.rows[from..until] {
            row.insert(variable, value);
        }
        self
    }

    /// Without a variable.
    pub fn without(mut self, variable: &str) -> Self {
        self.variables.retain(|(name, _)| *name != variable);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let row_bytes: usize = self.variables.iter().map(|(_, kind)| size(*kind)).sum();
        let info_from = 144;
        let variables_from = info_from + self.session_info.len();
        let rows_from = variables_from + 144 * self.variables.len();
        let header = [
            self.version,
            1,
            60,
            0,
            self.session_info.len() as i32,
            info_from as i32,
            self.variables.len() as i32,
            variables_from as i32,
            1,
            row_bytes as i32,
        ];
        let mut file: Vec<u8> = header.iter().flat_map(|n| n.to_le_bytes()).collect();
        file.resize(52, 0);
        file.extend((rows_from as i32).to_le_bytes());
        file.resize(112, 0);
        file.extend(self.start_date_s.to_le_bytes());
        file.resize(140, 0);
        file.extend((self.rows.len() as i32).to_le_bytes());
        file.extend(&self.session_info);
        let mut offset = 0;
        for (name, kind) in &self.variables {
            let from = file.len();
            file.extend(kind.to_le_bytes());
            file.extend((offset as i32).to_le_bytes());
            file.resize(from + 16, 0);
            file.extend(name.bytes());
            file.resize(from + 144, 0);
            offset += size(*kind);
        }
        for row in &self.rows {
            for (name, kind) in &self.variables {
                file.extend(encoded(row.get(name).copied().unwrap_or(0.0), *kind));
            }
        }
        file
    }
}

fn size(kind: i32) -> usize {
    match kind {
        CHAR | BOOL => 1,
        DOUBLE => 8,
        _ => 4,
    }
}

fn encoded(value: f64, kind: i32) -> Vec<u8> {
    match kind {
        CHAR | BOOL => vec![value as u8],
        INT => (value as i32).to_le_bytes().to_vec(),
        FLOAT => (value as f32).to_le_bytes().to_vec(),
        _ => value.to_le_bytes().to_vec(),
    }
}

pub const SESSION_INFO: &str = "---
WeekendInfo:
 TrackName: testring
 TrackLength: 1.00 km
 TrackDisplayName: Test Ring
 TrackConfigName: Short
DriverInfo:
 DriverCarIdx: 1
 DriverCarFuelMaxLtr: 80.000
 DriverCarMaxFuelPct: 0.500
 DriverCarFuelKgPerLtr: 0.750
 Drivers:
 - CarIdx: 0
   UserName: Pace Car
   CarNumber: \"0\"
 - CarIdx: 1
   UserName: Jane: \"Doe
   TeamName: Team #1
   CarNumber: \"07\"
   CarScreenName: Test GT
 - CarIdx: 2
   UserName: Other
...
";
