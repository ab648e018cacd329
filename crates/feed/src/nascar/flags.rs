//! When which flag was shown.

use super::RACE_MAX_S;
use super::files::{FlagState, LapFlag, Named};
use crate::error::{ImportError, Problem};
use crate::lines::Place;
use events::Flag;
use units::Span;

/// A flag state as the feeds number it; `None`: not of a race under way.
fn flag(state: i64) -> Option<Flag> {
    match state {
        1 => Some(Flag::Green),
        2 => Some(Flag::Yellow),
        3 => Some(Flag::Red),
        4 => Some(Flag::Checkered),
        5 => Some(Flag::White),
        _ => None,
    }
}

/// How far the clocks of the flags and of the laps may differ.
const CLOCKS_S: f64 = 5.0;
/// Of the laps, the part whose flag may contradict the file of flags before that is of another race.
const CONTRADICTED_MAX: f64 = 0.1;

/// The changes of flag, as the file of flags timed them.
///
/// # Errors
/// They are those of another race.
pub(super) fn timed(
    file: &Named<Vec<FlagState>>,
    of_laps: &[LapFlag],
    leader: &[Span],
) -> Result<Vec<(Span, Flag)>, ImportError> {
    let mut all: Vec<(Span, Flag)> = file
        .content
        .iter()
        .filter(|state| (0.0..RACE_MAX_S).contains(&state.elapsed_time))
        .filter_map(|state| Some((Span::from_secs_f64(state.elapsed_time), flag(state.flag_state)?)))
        .collect();
    all.sort_by_key(|&(at, _)| at);
    let shown =
        |at: Span| all.iter().rev().find(|(from, _)| *from <= at).map_or(Flag::Unknown, |&(_, flag)| flag);
    let (mut stated, mut wrong) = (0, 0);
    for lap in of_laps {
        let (Some(flag), Some(at)) = (flag(lap.flag_state), leader.get(lap.laps_completed as usize)) else {
            continue;
        };
        let near = |s: f64| shown(Span::from_us(at.us() + Span::from_secs_f64(s).us()));
        stated += 1;
        wrong += u32::from(near(-CLOCKS_S) != flag && near(0.0) != flag && near(CLOCKS_S) != flag);
    }
    if f64::from(wrong) > CONTRADICTED_MAX * f64::from(stated) || all.is_empty() {
        let why = format!(
            "its flags contradict those of the laps ({wrong} of {stated}): give the flags of the same race, or none"
        );
        return Err(ImportError::new(&file.file, Place::File, Problem::BadLine(why)));
    }
    Ok(changes(all))
}

/// The changes of flag as far as the laps tell them: a lap's flag is the one that the leader saw at its end. A green or
/// chequered one is shown there; a caution began somewhere in the lap, half-way until somebody knows better.
pub(super) fn of_laps(of_laps: &[LapFlag], leader: &[Span]) -> Vec<(Span, Flag)> {
    let mut all = vec![(Span::ZERO, Flag::Green)];
    let mut laps: Vec<&LapFlag> = of_laps.iter().filter(|lap| lap.laps_completed > 0).collect();
    laps.sort_by_key(|lap| lap.laps_completed);
    for lap in laps {
        let ends = lap.laps_completed as usize;
        let (Some(flag), Some(begin), Some(end)) =
            (flag(lap.flag_state), leader.get(ends - 1), leader.get(ends))
        else {
            continue;
        };
        let at = match flag {
            Flag::Yellow | Flag::Red => Span::from_us(begin.us() + (end.us() - begin.us()) / 2),
            _ => *end,
        };
        all.push((at, flag));
    }
    changes(all)
}

/// Up to the end of the race, without what says nothing new.
fn changes(mut all: Vec<(Span, Flag)>) -> Vec<(Span, Flag)> {
    all.dedup_by_key(|&mut (_, flag)| flag);
    if let Some(end) = all.iter().position(|&(_, flag)| flag == Flag::Checkered) {
        all.truncate(end + 1);
    }
    all
}
