//! What a technique comes to in words.

use super::technique::Technique;

/// Less than this part of the score is not worth a word.
const WORTH_A_WORD: f64 = 0.25;
/// Nor is less burn than this over the field's.
const WORTH_A_BURN: f64 = 0.005;
/// A car that is in a tow for less than this part of a lap runs without.
const TOW_MIN: f64 = 0.25;

impl Technique {
    /// By which means fuel is saved, the one that saves most first.
    pub fn says_saving(&self) -> Option<String> {
        let mut means: Vec<(f64, String)> = Vec::new();
        if self.coasts {
            means.push((self.coast_score, self.says_coasting()));
        }
        if let Some((own, field)) = self.held {
            let (own, field) = (100.0 * own, 100.0 * field);
            means.push((
                self.held_score,
                format!("holds {own:.0} % on the straights, the field {field:.0} %"),
            ));
        }
        if self.shifts_early {
            let rpm = (self.early_rpm / 10.0).round() * 10.0;
            let how = if self.at_shifts { "shifts" } else { "pulls a gear up," };
            means.push((self.early_score, format!("{how} {rpm:.0} rpm below the field")));
        }
        means.retain(|(part, _)| *part >= WORTH_A_WORD * self.score);
        means.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let words: Vec<String> = means.into_iter().map(|(_, words)| words).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    fn says_coasting(&self) -> String {
        let coasts = format!("coasts {:.0} m further than the field", to_ten(self.coasted_m));
        match self.early {
            Some((metres, corner)) => {
                format!("lifts {:.0} m earlier into corner {corner}, {coasts}", to_ten(metres))
            }
            None => coasts,
        }
    }

    /// How he races who burns `more` than the field, a fraction.
    pub fn says_hard(&self, more: f64) -> String {
        let how = if self.tow.is_some_and(|tow| tow < TOW_MIN) {
            "without a tow"
        } else {
            "and holds nothing back"
        };
        if more < WORTH_A_BURN {
            return "holds nothing back".into();
        }
        format!("burns {:.1} % more than the field {how}", 100.0 * more)
    }
}

/// Metres are given in tens: positions and samples are no finer.
fn to_ten(metres: f64) -> f64 {
    (metres / 10.0).round() * 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_races_hard_burns_more_or_at_least_holds_nothing_back() {
        let alone = Technique { tow: Some(0.1), ..Technique::default() };
        for (technique, more, words) in [
            (Technique::default(), 0.021, "burns 2.1 % more than the field and holds nothing back"),
            (alone, 0.16, "burns 16.0 % more than the field without a tow"),
            (alone, 0.001, "holds nothing back"),
        ] {
            assert_eq!(technique.says_hard(more), words);
        }
    }

    #[test]
    fn the_reason_names_what_saves_most_first() {
        let lifts = Technique {
            coasted_m: 318.0,
            coasts: true,
            coast_score: 1.1,
            score: 1.1,
            ..Technique::default()
        };
        let early = Technique { early: Some((212.0, 1)), ..lifts };
        let holds =
            Technique { held: Some((0.62, 0.97)), held_score: 1.2, score: 1.2, ..Technique::default() };
        let shifts = Technique {
            early_rpm: 541.0,
            at_shifts: true,
            shifts_early: true,
            early_score: 0.8,
            score: 0.8,
            ..Technique::default()
        };
        let both = Technique { held: holds.held, held_score: 1.2, score: 2.3, ..lifts };
        for (technique, words) in [
            (lifts, Some("coasts 320 m further than the field")),
            (early, Some("lifts 210 m earlier into corner 1, coasts 320 m further than the field")),
            (holds, Some("holds 62 % on the straights, the field 97 %")),
            (shifts, Some("shifts 540 rpm below the field")),
            (both, Some("holds 62 % on the straights, the field 97 %; coasts 320 m further than the field")),
            (Technique::default(), None),
        ] {
            assert_eq!(technique.says_saving().as_deref(), words);
        }
    }
}
