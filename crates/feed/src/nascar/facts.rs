//! Which race it was, on which track, and when.

use super::RACE_MAX_S;
use super::clock;
use super::files::{Files, Race, Track};
use super::laps::Timed;
use crate::error::{ImportError, Problem};
use crate::judge::label;
use crate::lines::Place;
use crate::mapping::DEFAULT_START;
use events::{Origin, Session, SessionId};
use std::collections::BTreeSet;
use units::{EventTime, METRES_PER_MILE, Span};

/// Speed of the pace car where neither a track nor a caution tells it: 55 mph, that of a 1.5-mile oval.
const PACE_MPS: f64 = 55.0 * METRES_PER_MILE / 3600.0;
/// A speed of a pace car, m/s.
const PACES: std::ops::RangeInclusive<f64> = 8.0..=45.0;
/// Of the drivers that a file tells of, at least this part must have driven the laps.
const SAME_DRIVERS: f64 = 0.5;

/// What the files tell of a race besides its laps.
pub(super) struct Facts<'a> {
    files: &'a Files,
    race: Option<&'a Race>,
    track: Option<&'a Track>,
}

impl<'a> Facts<'a> {
    /// Finds the race and its track.
    ///
    /// # Errors
    /// A file is of another race.
    pub fn find(files: &'a Files, cars: &[Timed], notes: &mut Vec<String>) -> Result<Self, ImportError> {
        let named = names(files, cars)?;
        let id = named.first().map(|&(_, id)| id);
        if let Some((file, other)) = named.iter().find(|&&(_, other)| Some(other) != id) {
            let why = format!("it is of race {other}, {} of race {}", named[0].0, named[0].1);
            return Err(another_race(file, &why));
        }
        let listed = files.race_list.iter().flat_map(|list| list.content.values().flatten());
        let weekends = files.weekend.iter().flat_map(|weekend| &weekend.content.weekend_race);
        let race = weekends.chain(listed).find(|race| Some(race.race_id) == id);
        if files.race_list.is_some() && race.is_none() {
            notes.push(match id {
                Some(id) => format!("the list of races does not hold race {id}: it is not used"),
                None => "the list of races is not used: only driver loop stats, weekend-feed or live-feed say which race \
                         these laps are of"
                    .into(),
            });
        }
        let live = files.live.as_ref().map(|live| &live.content);
        let track_id = race.and_then(|race| race.track_id).or(live.and_then(|live| live.track_id));
        let mut tracks = files.tracks.iter().flat_map(|tracks| &tracks.content);
        let track = tracks.find(|track| Some(track.track_id) == track_id);
        if files.tracks.is_some() && track.is_none() {
            notes.push(
                "the list of tracks is not used: nothing says which of them this race was run on".into(),
            );
        }
        Ok(Facts { files, race, track })
    }

    /// Length of a lap: the track's, or what lap times and lap speeds make.
    ///
    /// # Errors
    /// Nothing tells it.
    pub fn lap_m(&self, lap_file: &str, notes: &mut Vec<String>) -> Result<f64, ImportError> {
        let listed = self.track.map(|track| track.length);
        let live = self.files.live.as_ref().map(|live| live.content.track_length);
        if let Some(miles) = listed.into_iter().chain(live).find(|miles| *miles > 0.0) {
            return Ok(miles * METRES_PER_MILE);
        }
        let Some(miles) = self.driven_miles() else {
            let why = "nothing tells how long a lap is: its laps have no LapSpeed, so add tracks and a file that names \
                       the race";
            return Err(ImportError::new(lap_file, Place::File, Problem::BadLine(why.into())));
        };
        notes.push(format!("no track is known: a lap of {miles} miles follows from lap times and speeds"));
        Ok(miles * METRES_PER_MILE)
    }

    fn driven_miles(&self) -> Option<f64> {
        let laps = self.files.lap_times.iter().flat_map(|file| &file.content.laps).flat_map(|car| &car.laps);
        let mut miles: Vec<f64> = laps
            .filter_map(|lap| {
                let mph = lap.lap_speed.as_f64().or_else(|| lap.lap_speed.as_str()?.trim().parse().ok())?;
                Some(mph * lap.lap_time? / 3600.0)
            })
            .filter(|miles| miles.is_finite() && *miles > 0.0)
            .collect();
        miles.sort_by(f64::total_cmp);
        // speeds are rounded: a thousandth of a mile is what lengths are written in
        miles.get(miles.len() / 2).map(|miles| (miles * 1e3).round() * 1e-3)
    }

    /// Speed of the pace car: the track's, or that of the laps under caution, m/s. `caution_laps` are their times.
    pub fn pace_mps(&self, lap_m: f64, mut caution_laps: Vec<Span>) -> f64 {
        let listed = self.track.map(|track| track.caution_car_speed * METRES_PER_MILE / 3600.0);
        caution_laps.sort_unstable();
        let driven = caution_laps.get(caution_laps.len() / 2).map(|lap| lap_m / lap.secs());
        listed.into_iter().chain(driven).find(|mps| PACES.contains(mps)).unwrap_or(PACE_MPS)
    }

    /// When the race went green.
    pub fn start(&self, notes: &mut Vec<String>) -> EventTime {
        let states = self.files.flags.iter().flat_map(|flags| &flags.content);
        let mut timed = states.filter(|state| state.flag_state == 1).filter_map(|state| {
            let at = clock::parse(state.time_of_day_os.as_deref()?)?;
            let raced = (0.0..RACE_MAX_S).contains(&state.elapsed_time).then_some(state.elapsed_time)?;
            Some(at + Span::from_secs_f64(-raced))
        });
        let schedule = self.race.iter().flat_map(|race| &race.schedule);
        let mut scheduled =
            schedule.filter(|run| run.run_type == 3).filter_map(|run| clock::parse(&run.start_time_utc));
        if let Some(at) = timed.next() {
            return at;
        }
        let scheduled = scheduled.next();
        notes.push(match scheduled {
            Some(_) => "the start is as scheduled: no file of flags says when it was".into(),
            None => "nobody says when the race was run: it starts at 2020-01-01T00:00:00Z".into(),
        });
        scheduled.unwrap_or(DEFAULT_START)
    }

    /// The session, called `otherwise` where no file names the race.
    pub fn session(&self, lap_m: f64, otherwise: SessionId) -> Session {
        let stats = self.files.loop_stats.iter().flat_map(|stats| stats.content.first()).next();
        let live = self.files.live.as_ref().map(|live| &live.content);
        let texts =
            |texts: [Option<&str>; 3]| texts.into_iter().flatten().find(|text| !text.is_empty()).map(label);
        let race = self.race;
        let name = texts([
            race.map(|race| race.race_name.as_str()),
            stats.map(|stats| stats.race_name.as_str()),
            live.map(|live| live.run_name.as_str()),
        ]);
        let track = texts([
            self.track.map(|track| track.track_name.as_str()),
            race.map(|race| race.track_name.as_str()),
            live.map(|live| live.track_name.as_str()),
        ]);
        let laps = [
            race.map(|race| race.scheduled_laps),
            stats.map(|stats| stats.sch_laps),
            live.map(|live| live.laps_in_race),
        ];
        let laps = laps.into_iter().flatten().find(|laps| *laps > 0);
        Session {
            track: track.unwrap_or_default(),
            track_length_m: Some(lap_m),
            laps,
            stages: race.map_or(Vec::new(), |race| stages(race, laps)),
            origin: Origin::Reconstructed,
            ..Session::named(name.and_then(|name| SessionId::new(&name).ok()).unwrap_or(otherwise))
        }
    }

    /// Who enters a car, where somebody says so.
    pub fn team(&self, number: &str) -> Option<String> {
        let entrant = self.race?.results.iter().find(|entrant| entrant.car_number.trim() == number)?;
        Some(label(&entrant.team_name)).filter(|team| !team.is_empty())
    }
}

/// The laps at which stages end; the last ends with the race.
fn stages(race: &Race, laps: Option<u32>) -> Vec<u32> {
    let mut ended = 0_u32;
    let lengths = [race.stage_1_laps, race.stage_2_laps, race.stage_3_laps, race.stage_4_laps];
    let ends = lengths.into_iter().filter(|laps| *laps > 0).map(|laps| {
        ended = ended.saturating_add(laps);
        ended
    });
    ends.filter(|end| laps.is_some_and(|laps| *end < laps)).collect()
}

/// The files that name a race, by the number it has.
fn names<'a>(files: &'a Files, cars: &[Timed]) -> Result<Vec<(&'a str, i64)>, ImportError> {
    let raced: BTreeSet<i64> = cars.iter().filter_map(|car| car.driver_id).collect();
    let mut named = Vec::new();
    let mut take = |file: &'a str, id: i64, drivers: Vec<i64>| {
        let known = drivers.iter().filter(|driver| raced.contains(driver)).count();
        if !raced.is_empty() && (known as f64) < SAME_DRIVERS * drivers.len() as f64 {
            let why = format!("of its {} drivers {known} drove the laps", drivers.len());
            return Err(another_race(file, &why));
        }
        named.push((file, id));
        Ok(())
    };
    if let Some(file) = &files.loop_stats {
        for stats in &file.content {
            take(&file.file, stats.race_id, stats.drivers.iter().map(|driver| driver.driver_id).collect())?;
        }
    }
    if let Some(file) = &files.weekend {
        for race in &file.content.weekend_race {
            take(&file.file, race.race_id, race.results.iter().map(|entrant| entrant.driver_id).collect())?;
        }
    }
    if let Some(file) = &files.live {
        let drivers = file.content.vehicles.iter().map(|vehicle| vehicle.driver.driver_id).collect();
        take(&file.file, file.content.race_id, drivers)?;
    }
    Ok(named)
}

fn another_race(file: &str, why: &str) -> ImportError {
    let text = format!("this is of another race: {why}; give the files of one race");
    ImportError::new(file, Place::File, Problem::BadLine(text))
}
