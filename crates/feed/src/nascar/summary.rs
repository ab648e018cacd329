//! What there is to say of a race that was read.

use super::RealRace;

impl RealRace {
    /// In words, a line each: what it is, what became of its pit records, and what is missing or was not used.
    pub fn summary(&self) -> Vec<String> {
        let laps: usize = self.cars.iter().map(|car| car.laps.len()).sum();
        let retired = self.cars.iter().filter(|car| !car.finished).count();
        let tally = self.tally;
        let mut lines = vec![format!(
            "{}, {:.3} km: {} cars, {retired} retired, {laps} laps, {} changes of flag",
            self.session.session,
            self.lap_m * 1e-3,
            self.cars.len(),
            self.flags.len()
        )];
        if tally.records > 0 {
            lines.push(format!(
                "{} pit records: {} stops, {} drive-throughs; {} entries and {} exits estimated; left out {} that \
                 contradict the laps, {} of cars without laps",
                tally.records,
                tally.stops,
                tally.drive_throughs,
                tally.estimated_in,
                tally.estimated_out,
                tally.contradictory,
                tally.of_strangers
            ));
        }
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines
    }
}
