//! Who starts: invented drivers and teams.

use crate::engine::DESIGNS;
use events::{IdError, RosterEntry, VehicleId};

/// Door numbers, each once. "07" and "7" are different cars.
const NUMBERS: [&str; 60] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "14", "16", "17", "19", "20", "21", "22",
    "23", "24", "34", "35", "38", "41", "42", "43", "44", "45", "47", "48", "51", "54", "60", "66", "71",
    "77", "78", "88", "99", "07", "01", "13", "15", "18", "25", "26", "27", "28", "29", "30", "31", "32",
    "33", "36", "37", "39", "40", "46", "49",
];
const GIVEN: [&str; 12] =
    ["Ada", "Ben", "Cal", "Dana", "Eli", "Faye", "Gus", "Hope", "Ike", "June", "Kit", "Lane"];
const FAMILY: [&str; 20] = [
    "Abbott", "Barlow", "Carver", "Dalton", "Easton", "Farrow", "Garner", "Hollis", "Ingram", "Jarrow",
    "Keller", "Landry", "Mercer", "Norwood", "Oakley", "Pruitt", "Quill", "Rowan", "Sawyer", "Tanner",
];
const TEAMS: [&str; 15] = [
    "Ridgeline Motorsport",
    "Bluewater Racing",
    "Tall Pine Racing",
    "Copper Hill Motorsport",
    "Summit & Sons",
    "Red Clay Racing",
    "Lakeshore Autosport",
    "Iron Fork Racing",
    "Harvest Moon Motorsport",
    "Second Street Racing",
    "North Gate Autosport",
    "Long Mile Racing",
    "Stone Bridge Motorsport",
    "Old Mill Racing",
    "Fair Wind Racing",
];
const CARS_PER_TEAM: usize = 4;

/// The team of a car.
pub(crate) fn team(car: usize) -> usize {
    car / CARS_PER_TEAM
}

/// The design of a team's engines.
pub(crate) fn manufacturer(team: usize) -> usize {
    team % DESIGNS.len()
}

pub(crate) fn roster(cars: usize) -> Result<Vec<RosterEntry>, IdError> {
    let named = NUMBERS.iter().take(cars).enumerate();
    named
        .map(|(car, &number)| {
            Ok(RosterEntry {
                vehicle: VehicleId::new(number)?,
                number: number.into(),
                driver: format!("{} {}", GIVEN[car % GIVEN.len()], FAMILY[car % FAMILY.len()]),
                team: TEAMS[team(car) % TEAMS.len()].into(),
                manufacturer: DESIGNS[manufacturer(team(car))].manufacturer.into(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn sixty_cars_have_sixty_numbers_and_drivers() {
        let roster = roster(60).unwrap();
        assert_eq!(roster.iter().map(|car| car.vehicle).collect::<BTreeSet<_>>().len(), 60);
        assert_eq!(roster.iter().map(|car| &car.driver).collect::<BTreeSet<_>>().len(), 60);
    }
}
