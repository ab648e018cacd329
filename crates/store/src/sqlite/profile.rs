//! Burn profiles, from the laps that are kept.

use super::json::Json;
use super::{ReadError, Store};
use crate::BurnProfile;
use events::bounds::FIELD_MIN;
use std::collections::BTreeMap;

/// How many of a car's newest clean laps make its profile.
const LAPS: u32 = 5;

impl Store {
    /// The profile of a car; `None` before its first clean lap that was measured all the way round.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn burn_profile(&self, session: &str, vehicle: &str) -> Result<Option<BurnProfile>, ReadError> {
        let laps = self.newest_laps(session)?;
        let Some(own) = laps.get(vehicle) else { return Ok(None) };
        let means: Vec<Vec<f64>> = laps.values().map(|laps| each_part(laps, mean)).collect();
        Ok(Some(BurnProfile {
            laps: own.len() as u32,
            parts_g: each_part(own, mean),
            field_g: (means.len() >= FIELD_MIN).then(|| each_part(&means, median)),
        }))
    }

    /// The parts of each car's newest clean laps.
    fn newest_laps(&self, session: &str) -> Result<BTreeMap<String, Vec<Vec<f64>>>, ReadError> {
        let sql = "SELECT vehicle_id, burned_parts_g FROM (
               SELECT *, row_number() OVER (PARTITION BY vehicle_id ORDER BY from_us DESC) AS age
               FROM laps WHERE session = ?1 AND clean AND burned_parts_g IS NOT NULL
             ) WHERE age <= ?2 ORDER BY vehicle_id, age";
        self.read("a burn profile", |connection| {
            let mut laps = BTreeMap::<String, Vec<Vec<f64>>>::new();
            let mut statement = connection.prepare(sql)?;
            let mut found = statement.query(rusqlite::params![session, LAPS])?;
            while let Some(row) = found.next()? {
                laps.entry(row.get("vehicle_id")?)
                    .or_default()
                    .push(row.get::<_, Json<_>>("burned_parts_g")?.0);
            }
            Ok(laps)
        })
    }
}

/// One number for each part, from that part of all laps.
fn each_part(laps: &[Vec<f64>], of: fn(Vec<f64>) -> f64) -> Vec<f64> {
    let parts = laps.iter().map(Vec::len).min().unwrap_or_default();
    (0..parts).map(|part| of(laps.iter().map(|lap| lap[part]).collect())).collect()
}

fn mean(values: Vec<f64>) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}
