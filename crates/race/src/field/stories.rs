//! What is worth telling of a race, one sentence each, with its evidence. docs/fuel-model.md §7.
//!
//! A story begins when something begins to hold of a car and stands as long as it holds. Its sentence stands for a while
//! before its numbers are taken anew, and once it is over the same does not return for the same car too soon.

mod sentence;

use events::{CarInsight, Story, StoryKind, VehicleId};
use sentence::StoryFound;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{EventTime, Span};

/// How many stand at once.
pub const STORIES_MAX: usize = 12;
/// And of one kind.
const KIND_MAX: usize = 4;
/// So long the same kind of story does not return for the same car, and a sentence keeps its numbers. Source:
/// docs/fuel-model.md §7.
const COOL_DOWN: Span = Span::from_secs(180);
/// A story that no longer holds stands for this long still: it must not flicker.
const LINGERS: Span = Span::from_secs(15);
/// A story loses half its weight in this time: what is new goes first.
const HALF_LIFE: Span = Span::from_secs(300);

/// The stories of a race.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stories {
    kept: BTreeMap<(VehicleId, StoryKind), Kept>,
    /// The end of the window before.
    followed: Option<EventTime>,
}

/// A story that stands, or did lately.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    story: Story,
    /// When its sentence was made.
    worded: EventTime,
    /// When it was seen to hold last.
    held: EventTime,
}

impl Stories {
    /// Follows the insights of a window that ends at `end`; the stories of then, what matters most first.
    pub fn follow(&mut self, end: EventTime, cars: &[CarInsight]) -> Vec<Story> {
        let before = self.followed.replace(end).unwrap_or(end);
        let field_chance = sentence::field_chance(cars);
        for car in cars {
            for found in sentence::found(car, field_chance) {
                self.find(before, end, car, found);
            }
        }
        self.kept.retain(|_, kept| end - kept.held <= COOL_DOWN);
        let standing = self.kept.values().filter(|kept| end - kept.held <= LINGERS);
        let mut stories: Vec<(f64, &Kept)> = standing.map(|kept| (kept.weight(end), kept)).collect();
        stories.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut of_kind: BTreeMap<StoryKind, usize> = BTreeMap::new();
        stories.retain(|(_, kept)| {
            let count = of_kind.entry(kept.story.kind).or_default();
            *count += 1;
            *count <= KIND_MAX
        });
        stories.into_iter().take(STORIES_MAX).map(|(_, kept)| kept.story.clone()).collect()
    }

    /// Something holds of a car at `end`; the window before ended at `before`.
    fn find(&mut self, before: EventTime, end: EventTime, car: &CarInsight, found: StoryFound) {
        let key = (car.vehicle_id, found.kind);
        let kept = self.kept.get_mut(&key);
        let goes_on = |kept: &Kept| kept.held >= before || end - kept.held <= LINGERS;
        match kept {
            Some(kept) if goes_on(kept) => {
                kept.held = end;
                if end - kept.worded <= COOL_DOWN {
                    return;
                }
                if let Some(text) = sentence::text(car, found.kind) {
                    kept.worded = end;
                    (kept.story.weight, kept.story.text) = (found.weight, text);
                }
            }
            // it was over, and is true again: too soon to say so
            Some(kept) if end - kept.held <= COOL_DOWN => {}
            _ => {
                let Some(text) = sentence::text(car, found.kind) else { return };
                let StoryFound { kind, weight } = found;
                let story = Story { kind, vehicle_id: car.vehicle_id, since_us: end, weight, text };
                self.kept.insert(key, Kept { story, worded: end, held: end });
            }
        }
    }
}

impl Kept {
    fn weight(&self, end: EventTime) -> f64 {
        let age = (end - self.story.since_us).secs() / HALF_LIFE.secs();
        self.story.weight * libm::exp2(-age.max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{AgainstField, DrivingStyle, Mode, Quality, SessionId, StintProgress, Trust};

    fn saver(mode: Mode) -> CarInsight {
        let (session, vehicle) = (SessionId::new("test").unwrap(), VehicleId::new("24").unwrap());
        let reason = Some("lifts 210 m earlier into corner 1".into());
        CarInsight {
            driving: DrivingStyle { mode, reason, ..DrivingStyle::default() },
            relative: AgainstField { pct: Some(-6.12), sd_pct: Some(0.93), last_lap_pct: None },
            stint: StintProgress { green_laps: 5, ..StintProgress::default() },
            trust: Trust { quality: Quality::Sound, ..Trust::default() },
            ..CarInsight::of_nothing(session, vehicle, EventTime::from_us(0))
        }
    }

    /// Whether the story stands at each of some times, in seconds, at which the car saves or does not.
    fn stands(seen: &[(i64, bool)]) -> Vec<bool> {
        let mut stories = Stories::default();
        let follow = |&(second, saves): &(i64, bool)| {
            let car = saver(if saves { Mode::Saving } else { Mode::Neutral });
            !stories.follow(EventTime::from_ms(second * 1_000), &[car]).is_empty()
        };
        seen.iter().map(follow).collect()
    }

    #[test]
    fn a_story_is_one_sentence_with_its_evidence() {
        let stories = Stories::default().follow(EventTime::from_ms(1_000), &[saver(Mode::Saving)]);
        assert_eq!(stories.len(), 1);
        assert_eq!(
            stories[0].text,
            "24 has burned 6.1 ± 0.9 % less than the field over 5 green laps: lifts 210 m earlier into corner 1"
        );
    }

    #[test]
    fn a_story_does_not_flicker_and_does_not_return_too_soon() {
        for (what, seen, expected) in [
            ("as long as it holds", &[(0, true), (1, true), (60, true)][..], &[true, true, true][..]),
            ("a moment longer", &[(0, true), (10, false), (16, false)][..], &[true, true, false][..]),
            ("again too soon", &[(0, true), (50, false), (100, true)][..], &[true, false, false][..]),
            ("again later", &[(0, true), (50, false), (181, true)][..], &[true, false, true][..]),
        ] {
            assert_eq!(stands(seen), expected, "{what}");
        }
    }

    #[test]
    fn stories_are_bounded() {
        let cars: Vec<CarInsight> = (0..40)
            .map(|n| CarInsight {
                vehicle_id: VehicleId::new(&n.to_string()).unwrap(),
                ..saver(Mode::Saving)
            })
            .collect();
        assert_eq!(Stories::default().follow(EventTime::from_ms(0), &cars).len(), KIND_MAX);
    }
}
