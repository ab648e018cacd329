//! Where a run begins: at the newest checkpoint that can be read, or at the start of its log.

use crate::checkpoint::{CheckpointError, Checkpoints, FoundCheckpoint, Identity, Shard};
use crate::field_windows::FieldState;
use crate::fingerprint::digest;
use crate::grid::WindowNumber;
use crate::job::{Job, RunError};
use crate::scales::ScaleHistory;
use crate::source::LogPlace;
use crate::windows::{CarsState, VehicleKey};
use events::{EntryBlock, Model};
use journal::Next;
use race::{Car, Field, RaceState};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The state to begin from.
pub struct Beginning {
    /// The first window that is not in it, and where to read on; `None` at the start of the log.
    pub at: Option<(WindowNumber, LogPlace)>,
    /// The race.
    pub race: RaceState,
    /// The cars of all workers.
    pub cars: BTreeMap<VehicleKey, Car>,
    /// The field.
    pub field: Field,
    /// The scales that the needle may still need.
    pub scales: ScaleHistory,
    /// The position of the sink.
    pub sink: Option<Vec<u8>>,
}

impl Beginning {
    /// From the newest checkpoint that can be read; from the start of the log if none can, with a warning.
    ///
    /// # Errors
    /// The folder cannot be read, or belongs to another run or another version of this program.
    pub fn of(job: &Job, checkpoints: Option<&Checkpoints>) -> Result<Beginning, RunError> {
        let found = checkpoints.map(Checkpoints::found).transpose()?.unwrap_or_default();
        for checkpoint in &found {
            match Beginning::load(checkpoint) {
                Ok(beginning) => {
                    if let (Some((_, place)), Some((dir, _))) = (&beginning.at, &job.state)
                        && let Err(why) = place.check(&job.log).map_err(RunError::OpenLog)?
                    {
                        return Err(CheckpointError::OtherLog { dir: dir.clone(), why }.into());
                    }
                    return Ok(beginning);
                }
                Err(error) => tracing::warn!("{error}; trying the checkpoint before"),
            }
        }
        if !found.is_empty() {
            tracing::warn!("no checkpoint can be read: replaying the log from its start");
        }
        let race = match &job.model {
            Some(model) => RaceState::with_model(job.session, job.settings, model.clone()),
            None => RaceState::new(job.session, job.settings),
        };
        let (cars, field, scales) = (BTreeMap::new(), Field::default(), ScaleHistory::default());
        Ok(Beginning { at: None, race, cars, field, scales, sink: None })
    }

    fn load(found: &FoundCheckpoint) -> Result<Beginning, CheckpointError> {
        let place: LogPlace = found.read(Shard::Source)?;
        let FieldState { mut race, field, scales } = found.read(Shard::Field)?;
        race.restore();
        let mut cars = BTreeMap::new();
        for worker in 0..found.workers {
            let shard: CarsState = found.read(Shard::Cars(worker))?;
            cars.extend(shard.cars);
        }
        let sink = found.read(Shard::Sink)?;
        Ok(Beginning { at: Some((found.boundary, place)), race, cars, field, scales, sink: Some(sink) })
    }

    /// The part of worker `index`, of `peers`.
    pub fn cars_of(&self, index: usize, peers: usize) -> CarsState {
        let mine = |(key, _): &(&VehicleKey, &Car)| key.worker(peers) == index;
        let cars = self.cars.iter().filter(mine).map(|(key, car)| (*key, car.clone())).collect();
        CarsState { race: self.race.clone(), cars }
    }

    /// The part of the worker that keeps the field.
    pub fn field(&self) -> FieldState {
        FieldState { race: self.race.clone(), field: self.field.clone(), scales: self.scales.clone() }
    }
}

/// What must be the same for checkpoints of `job` to be of use; `None` while its log is empty: it has no name yet.
///
/// # Errors
/// The log cannot be read.
pub fn identity(job: &Job) -> Result<Option<Identity>, RunError> {
    let mut log = (job.log)().map_err(RunError::OpenLog)?;
    let mut block = EntryBlock::default();
    if let Next::Pending(_) = log.next(&mut block).map_err(RunError::OpenLog)?
        && !job.stop.load(Ordering::Relaxed)
    {
        return Ok(None);
    }
    let model = |model: &Arc<Model>| {
        let numbers = postcard::to_stdvec(&**model).unwrap_or_default();
        (model.name.as_str().to_owned(), crc32fast::hash(&numbers))
    };
    Ok(Some(Identity {
        log: block.entries().next().map_or(0, |entry| digest(&entry)),
        window_us: job.window.us(),
        green_laps: job.settings.green_laps,
        model: job.model.as_ref().map(model),
    }))
}
