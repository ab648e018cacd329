//! `burnbar demo`: a race is simulated, or reconstructed, to a tape at race speed, the dataflow follows the tape, and the
//! pages show it.

mod folder;
mod shown_race;

use crate::args::DemoArgs;
use crate::config::DemoConfig;
use crate::failure::Failure;
use crate::model_source::ModelSource;
use crate::say::say;
use crate::session::{Audience, LiveLog, ModelsBeside, SessionRun, ShownUntil, join};
use crate::time::Stopwatch;
use folder::DemoFolder;
use journal::{AtBreak, JournalWriter, follow_tape};
use shown_race::ShownRace;
use sim::Emission;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use store::Store;
use tokio::sync::oneshot;
use truth::TruthFile;

/// Runs the command until it is interrupted.
pub fn run(args: &DemoArgs) -> Result<(), Failure> {
    let mut config = DemoConfig::of(args)?;
    let race = ShownRace::of(args, config.age)?;
    let folder = DemoFolder::open(args.dir.as_deref())?;
    let (tape, stop) = (folder.path().join("race.tape"), Arc::new(AtomicBool::new(false)));
    let models = models(args, &mut config);
    let log = LiveLog::create(&tape, race.joined, config.speed, models, stop.clone())?;
    let truth = if race.has_truth { Some(TruthFile::create(&tape)?) } else { None };
    let (end, written) = oneshot::channel();
    let audience = Audience {
        store: Arc::new(Store::open(&folder.path().join("burnbar.sqlite")).map_err(Failure::run)?),
        port: args.port,
        appender: Some(log.appender),
        boards: log.boards,
        insights: args.out.clone(),
        writer: Some(written),
    };
    let session =
        SessionRun::new(&config.stream, race.session, follow_tape(&tape, AtBreak::WaitFor(log.bell)))
            .stopped_by(stop.clone());
    let (emissions, writer) = (race.emissions, log.writer);
    let simulator = thread::spawn(move || {
        let outcome = write(emissions, writer, truth);
        // nobody may wait for it any more
        let _ = end.send(outcome.is_err());
        outcome
    });
    let shown = session.show(audience, ShownUntil::Interrupted, |address| announce(address, &race.car));
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    shown?;
    join(simulator)??;
    log.helpers.join()
}

/// The stream begins with priors: the model that it takes up is the first record of its log.
fn models(args: &DemoArgs, config: &mut DemoConfig) -> ModelsBeside {
    let served = match &config.model {
        Some(ModelSource::Served(address)) => Some((address.clone(), args.model_every)),
        Some(ModelSource::File(_)) | None => None,
    };
    let window = config.stream.stream.window;
    ModelsBeside {
        first: config.stream.stream.model.take(),
        served,
        asked: args.ask.clone().map(|address| (address, window)),
    }
}

fn announce(address: SocketAddr, car: &str) -> Result<(), Failure> {
    say(format_args!("board    http://{address}/"))?;
    say(format_args!("graphic  http://{address}/graphic/single?car={car}&preview"))?;
    say(format_args!("API      http://{address}/graphql"))?;
    say(format_args!("Ctrl-C ends it."))
}

/// Writes the race as its time comes.
fn write(
    race: impl Iterator<Item = Emission>,
    mut log: JournalWriter<Stopwatch>,
    mut truth: Option<TruthFile>,
) -> Result<(), Failure> {
    for emission in race {
        match emission {
            Emission::Log(entry) => {
                if !log.append(&entry).map_err(Failure::run)? {
                    break; // it was stopped: what is there is whole
                }
            }
            Emission::Truth(line) => truth.iter_mut().try_for_each(|truth| truth.write(&line))?,
        }
    }
    log.finish().map_err(Failure::run)?;
    Ok(truth.map_or(Ok(()), TruthFile::finish)?)
}
