//! `burnbar demo`: a race is simulated, or reconstructed, to a tape at race speed, the dataflow follows the tape, and the
//! pages show it.

use super::{real_race, replay, simulate};
use crate::args::{DemoArgs, FlowArgs};
use crate::failure::Failure;
use crate::model_source::{ModelSource, remote};
use crate::operators::Operators;
use crate::say::say;
use crate::sinks;
use crate::time::{self, Stopwatch};
use api::{Live, Needles, Server};
use events::{RaceEventKind, SessionId};
use infer::client::{Ask, Follow, Observed};
use journal::{Appender, JournalWriter, inbox, open_tape};
use sim::{Emission, Race};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use store::Store;
use truth::TruthFile;
use units::{EventTime, Span};

/// Runs the command until it is told to stop.
pub fn run(args: &DemoArgs) -> Result<(), Failure> {
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(Failure::input("--speed is a positive number"));
    }
    let race = Running::of(args)?;
    let (session, car) = (race.session, race.car);
    let folder = Folder::open(args.dir.as_deref())?;
    let tape = folder.path.join("race.tape");
    let writer = tape::Writer::create(&tape).map_err(Failure::input)?;
    let truth = if race.has_truth { Some(TruthFile::create(&tape)?) } else { None };
    let store = Arc::new(Store::open(&folder.path.join("burnbar.sqlite")).map_err(Failure::run)?);
    let (live, needles) = (Live::default(), Needles::default());
    let stop = Arc::new(AtomicBool::new(false));
    let (journal, inbox) = inbox();

    // The job begins with priors: which model it takes up is a record of its log, so that the log alone tells its numbers.
    let model = args.flow.model.as_ref().map(ModelSource::read).transpose()?;
    let flow = FlowArgs { model: None, ..args.flow.clone() };
    let mut job = replay::job(&flow, &tape, open_tape(&tape), sinks::insights(None))?;
    let observed = args.ask.is_some().then(|| Observed::new(job.window));
    let (mut boards, mut helpers) = (None, Vec::new());
    if let (Some(address), Some(observed)) = (&args.ask, &observed) {
        let ask = Ask::new(address, race.joined, job.window, observed.clone(), Stopwatch::start());
        let (sender, thread) = ask.spawn(journal.clone());
        boards = Some(sender);
        helpers.push(thread);
    }
    if let (Some(ModelSource::Served(address)), Some(known)) = (&args.flow.model, &model) {
        let follow = Follow::new(remote(address), known.clone(), args.model_every, stop.clone());
        helpers.push(follow.spawn(journal.clone()));
    }
    job.session = session;
    job.stop = stop.clone();
    job.needle = Some(sinks::needle(needles.clone()));
    job.sink = sinks::live_and(store.clone(), live.clone(), boards, args.out.clone());

    let mut writer = JournalWriter::new(writer, race.joined, args.speed, Stopwatch::start(), stop.clone())
        .beginning_with(model.map(|model| RaceEventKind::Model(Box::new((*model).clone()))))
        .with_inbox(inbox);
    if let Some(observed) = observed {
        writer = writer.observed_by(move |record| observed.observe(record));
    }
    let simulator = thread::spawn(move || write(race.emissions, writer, truth));
    let stream = thread::spawn(move || dataflow::run(job));

    let served = serve(args.port, &car, store, (live, needles), journal);
    stop.store(true, Ordering::Relaxed);
    served?;
    let panicked = |_| Failure::run("a thread panicked: see the messages above");
    simulator.join().map_err(panicked)??;
    stream.join().map_err(panicked)?.map_err(replay::failure)?;
    helpers.into_iter().try_for_each(|helper| helper.join().map_err(panicked))
}

/// The race that is shown.
struct Running {
    emissions: Box<dyn Iterator<Item = Emission> + Send>,
    session: SessionId,
    /// The car that is offered on the graphic.
    car: String,
    /// Event time at which it is joined: now.
    joined: EventTime,
    has_truth: bool,
}

impl Running {
    fn of(args: &DemoArgs) -> Result<Self, Failure> {
        let joined = time::now();
        let age = |minutes: f64| Span::from_secs_f64(args.join_minute.clamp(0.0, minutes) * 60.0);
        if args.race.is_empty() {
            let config = simulate::config(&args.simulated, joined - age(args.simulated.minutes))?;
            let race = Race::new(config.clone()).map_err(Failure::input)?;
            return Ok(Running {
                emissions: Box::new(race),
                session: config.session,
                car: "24".into(),
                joined,
                has_truth: true,
            });
        }
        let real = real_race::read(&args.race, "race")?;
        let session = real.session.session;
        let car = real.cars.first().map_or("1", |car| car.entry.vehicle.as_str()).into();
        let start = joined - age(real.minutes());
        let race = real_race::reconstruct(real, start, args.package, args.simulated.hz)?;
        Ok(Running { emissions: Box::new(race), session, car, joined, has_truth: false })
    }
}

fn serve(
    port: u16,
    car: &str,
    store: Arc<Store>,
    (live, needles): (Live, Needles),
    journal: Appender,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.map_err(Failure::run)?.block_on(async {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = match Server::bind(wanted).await {
            Err(api::BindError::Busy { .. }) => {
                Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
            }
            other => other,
        };
        let server = server.map_err(Failure::run)?.with_journal(Arc::new(Operators(journal)));
        let address = server.address();
        say(format_args!("board    http://{address}/"))?;
        say(format_args!("graphic  http://{address}/graphic/single?car={car}&preview"))?;
        say(format_args!("API      http://{address}/graphql"))?;
        say(format_args!("Ctrl-C ends it."))?;
        server.run(store, live, needles, interrupted()).await.map_err(Failure::run)
    })
}

/// Ends at Ctrl-C, or when it is asked to terminate.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return,
                _ = terminate.recv() => return,
            }
        }
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!("Ctrl-C cannot be heard: {error}");
    }
}

/// Writes the race as its time comes.
fn write(
    race: impl Iterator<Item = Emission>,
    mut tape: JournalWriter<Stopwatch>,
    mut truth: Option<TruthFile>,
) -> Result<(), Failure> {
    for emission in race {
        match emission {
            Emission::Log(entry) => {
                if !tape.append(&entry).map_err(Failure::run)? {
                    return Ok(());
                }
            }
            Emission::Truth(line) => truth.iter_mut().try_for_each(|truth| truth.write(&line))?,
        }
    }
    tape.finish().map_err(Failure::run)?;
    Ok(truth.map_or(Ok(()), TruthFile::finish)?)
}

/// The folder of a demo; a temporary one goes with it.
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    fn open(wanted: Option<&Path>) -> Result<Self, Failure> {
        let path = match wanted {
            Some(path) => path.to_path_buf(),
            None => std::env::temp_dir().join(format!("burnbar-demo-{}", std::process::id())),
        };
        std::fs::create_dir_all(&path).map_err(|e| Failure::input(format!("{}: {e}", path.display())))?;
        Ok(Folder { path, temporary: wanted.is_none() })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!("{} could not be removed: {error}", self.path.display());
        }
    }
}
