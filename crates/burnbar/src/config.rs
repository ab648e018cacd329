//! What was typed, validated: whatever is wrong with a command line is found here, before anything is read, opened or
//! written.

use crate::args::{DemoArgs, FlowArgs, Format, ReplayArgs, Speed};
use crate::failure::Failure;
use crate::model_source::ModelSource;
use crate::sinks::{Outputs, STDOUT};
use dataflow::Job;
use evaluate::StreamSettings;
use events::SessionId;
use journal::OpenLog;
use race::Settings;
use std::path::{Path, PathBuf};
use std::time::Duration;
use units::Span;

/// Power of a Cup engine package, hp: what can be meant.
const PACKAGE_HP: std::ops::RangeInclusive<f64> = 100.0..=1_000.0;

/// How the stream runs.
#[derive(Clone, Debug)]
pub struct StreamConfig {
    /// Everything but checkpoints.
    pub stream: StreamSettings,
    /// The folder of checkpoints, and event time between them.
    pub state: Option<(PathBuf, Span)>,
}

impl StreamConfig {
    /// From the command line. Reads the model.
    pub fn of(args: &FlowArgs) -> Result<StreamConfig, Failure> {
        if args.batch.is_some() {
            tracing::warn!(
                "--batch has no effect any more: a log is read in the blocks in which it was written"
            );
        }
        let model = args.model.as_ref().map(ModelSource::read).transpose()?;
        let stream = StreamSettings {
            settings: Settings { green_laps: args.green_laps.get() },
            model,
            window: span(args.window),
            workers: args.workers.get(),
        };
        Ok(StreamConfig { stream, state: args.state.clone().map(|dir| (dir, span(args.checkpoint_every))) })
    }

    /// The job of running a log; `session` is its name until the log names it.
    pub fn job(&self, log: OpenLog, session: SessionId) -> Job {
        Job { state: self.state.clone(), ..self.stream.job(log, session) }
    }
}

/// The name of a session until its log names it: that of its file.
pub fn session_of(path: &Path) -> Result<SessionId, Failure> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("session");
    SessionId::new(name).map_err(Failure::input)
}

/// `burnbar replay`.
#[derive(Debug)]
pub struct ReplayConfig {
    /// The tape.
    pub tape: PathBuf,
    /// How fast it is played.
    pub speed: Speed,
    /// How the stream runs.
    pub stream: StreamConfig,
    /// What is written.
    pub outputs: Outputs,
    /// How the summary is printed.
    pub format: Format,
}

impl ReplayConfig {
    /// From the command line.
    pub fn of(args: &ReplayArgs) -> Result<ReplayConfig, Failure> {
        // as programs of the shell understand it
        let file = |path: &Option<PathBuf>| {
            let path = path.clone()?;
            Some(if path.as_os_str() == "-" { STDOUT.into() } else { path })
        };
        let outputs = Outputs {
            insights: file(&args.out),
            laps: file(&args.laps),
            quarantine: file(&args.quarantine),
            store: args.store.clone(),
        };
        let mut paths = vec![("the tape", &args.tape)];
        paths.extend(args.flow.state.as_ref().map(|dir| ("--state", dir)));
        paths.extend(outputs.named());
        apart(&paths)?;
        outside(&args.tape, outputs.named())?;
        let stream = StreamConfig::of(&args.flow)?;
        Ok(ReplayConfig { tape: args.tape.clone(), speed: args.speed, stream, outputs, format: args.format })
    }
}

/// Refuses two things in one place: the second would overwrite the first.
fn apart(paths: &[(&str, &PathBuf)]) -> Result<(), Failure> {
    for (index, (what, path)) in paths.iter().enumerate() {
        if let Some((other, _)) = paths[..index].iter().find(|(_, other)| other == path) {
            let path = path.display();
            return Err(Failure::input(format!("{what} and {other} are both {path}: give another path")));
        }
    }
    Ok(())
}

/// Refuses to write into a tape what is read off it.
fn outside<'a>(
    tape: &Path,
    mut outputs: impl Iterator<Item = (&'static str, &'a PathBuf)>,
) -> Result<(), Failure> {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let tape = whole(tape);
    let lies_inside = |path: &Path| path.parent().is_some_and(|folder| whole(folder).starts_with(&tape));
    match outputs.find(|(_, path)| lies_inside(path)) {
        Some((what, path)) => {
            let path = path.display();
            Err(Failure::input(format!("{what} is {path}, inside the tape that is read: give another path")))
        }
        None => Ok(()),
    }
}

/// `burnbar demo`, its race apart.
#[derive(Debug)]
pub struct DemoConfig {
    /// How many times race speed; above zero.
    pub speed: f64,
    /// How old the race is when it is joined; zero or more.
    pub age: Span,
    /// How the stream runs; the model to begin with, if there is one, goes into the log.
    pub stream: StreamConfig,
    /// Where the model comes from.
    pub model: Option<ModelSource>,
}

impl DemoConfig {
    /// From the command line. Reads the model.
    pub fn of(args: &DemoArgs) -> Result<DemoConfig, Failure> {
        if !(args.speed.is_finite() && args.speed > 0.0) {
            return Err(Failure::input("--speed is a positive number"));
        }
        if !args.join_minute.is_finite() {
            return Err(Failure::input("--join-minute is a number of minutes"));
        }
        package(args.package)?;
        Ok(DemoConfig {
            speed: args.speed,
            age: Span::from_secs_f64(args.join_minute.max(0.0) * 60.0),
            stream: StreamConfig::of(&args.flow)?,
            model: args.flow.model.clone(),
        })
    }
}

/// Refuses what can be no Cup engine package; the power is in hp.
pub fn package(hp: Option<f64>) -> Result<Option<f64>, Failure> {
    if hp.is_some_and(|hp| !PACKAGE_HP.contains(&hp)) {
        return Err(Failure::input("--package is the rated power of a Cup engine package, such as 670"));
    }
    Ok(hp)
}

fn span(duration: Duration) -> Span {
    Span::from_us(duration.as_micros().min(i64::MAX as u128) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Arguments, Command};
    use clap::Parser;

    fn command(line: &str) -> Command {
        Arguments::try_parse_from(line.split(' ')).unwrap().command
    }
    fn refused<T>(config: Result<T, Failure>) -> String {
        match config {
            Err(Failure::Input(text)) => text,
            _ => panic!("it was taken"),
        }
    }

    #[test]
    fn two_outputs_of_a_replay_are_two_files() {
        for (line, expected) in [
            ("--out a --laps a", "--laps and --out are both a: give another path"),
            ("--store race.tape", "--store and the tape are both race.tape: give another path"),
            ("--state s --quarantine s", "--quarantine and --state are both s: give another path"),
        ] {
            let Command::Replay(args) = command(&format!("burnbar replay race.tape {line}")) else {
                panic!()
            };
            assert_eq!(refused(ReplayConfig::of(&args)), expected);
        }
        let line =
            "burnbar replay race.tape --out a --laps b --store c --state d --window 5s --checkpoint-every 1m";
        let Command::Replay(args) = command(line) else { panic!() };
        let config = ReplayConfig::of(&args).unwrap();
        assert_eq!(config.stream.stream.window, Span::from_secs(5));
        assert_eq!(config.stream.state, Some(("d".into(), Span::from_secs(60))));
    }

    #[test]
    fn a_demo_is_refused_what_makes_no_race() {
        for (line, expected) in [
            ("--speed 0", "--speed is a positive number"),
            ("--speed NaN", "--speed is a positive number"),
            ("--join-minute inf", "--join-minute is a number of minutes"),
            ("--race a --package 5000", "--package is the rated power"),
            ("--model no/such/model.json", "no/such/model.json: "),
        ] {
            let Command::Demo(args) = command(&format!("burnbar demo {line}")) else { panic!() };
            assert!(refused(DemoConfig::of(&args)).starts_with(expected), "{line}");
        }
    }

    #[test]
    fn a_session_is_called_after_its_file() {
        assert_eq!(session_of(Path::new("a/daytona.tape")).unwrap().as_str(), "daytona");
        assert_eq!(session_of(Path::new("..")).unwrap().as_str(), "session");
    }
}
