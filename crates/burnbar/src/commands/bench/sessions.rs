//! `burnbar bench sessions`: many sessions at race speed in one process, on threads that they share.
//!
//! All of them follow one simulated race, each by itself: its tape is read, decoded and held back once a session. The same
//! race once, as fast as it can be read, is what the work itself costs.

use super::child::{cpu_s, peak_rss_mib};
use super::{in_folder, latency};
use crate::args::{Format, SessionsArgs};
use crate::failure::Failure;
use crate::say::say;
use crate::time::Stopwatch;
use dataflow::{Job, Pool, RunReport};
use events::SessionId;
use journal::{OpenLog, open_tape, paced};
use nix::sys::resource::UsageWho;
use serde::Serialize;
use std::path::Path;

/// Which race.
const SEED: u64 = 11;

/// What they cost.
#[derive(Serialize)]
struct Figures {
    sessions: usize,
    threads: usize,
    samples_a_session: u64,
    race_s: f64,
    /// Of all sessions, seconds a second.
    cpu: f64,
    /// Of one, as if it were read as fast as it can be, seconds a second of the race.
    work_cpu: f64,
    peak_rss_mib: f64,
}

/// Runs the command.
pub fn run(args: &SessionsArgs) -> Result<(), Failure> {
    let figures = in_folder(|dir| measure(dir, args))?;
    if args.format == Format::Json {
        return say(serde_json::json!(figures));
    }
    let Figures { sessions, threads, samples_a_session, race_s, cpu, work_cpu, peak_rss_mib } = figures;
    let one = cpu / sessions as f64;
    say(format_args!(
        "{sessions} sessions of {samples_a_session} samples in {race_s:.1} s, on {threads} threads"
    ))?;
    say(format_args!(
        "CPU, s per s      {cpu:.3}, {one:.5} a session, {:.1} times the work itself",
        one / work_cpu
    ))?;
    say(format_args!(
        "peak memory       {peak_rss_mib:.1} MiB, {:.2} a session",
        peak_rss_mib / sessions as f64
    ))
}

fn measure(dir: &Path, args: &SessionsArgs) -> Result<Figures, Failure> {
    let tape = dir.join("race.tape");
    let mut writer = tape::Writer::create(&tape).map_err(Failure::run)?;
    for entry in latency::prepare(SEED, args.cars, args.hz, args.race)? {
        writer.append(&entry).map_err(Failure::run)?;
    }
    writer.finish().map_err(Failure::run)?;
    let race_s = args.race.as_secs_f64();
    let started = cpu_s(UsageWho::RUSAGE_SELF)?;
    dataflow::run(job(open_tape(&tape), 0)?)?;
    let before = cpu_s(UsageWho::RUSAGE_SELF)?;
    let pool = Pool::new(args.threads, Stopwatch::start);
    let all = 0..args.sessions.get();
    let one = |number| Ok(pool.run(job(paced(open_tape(&tape), 1.0, Stopwatch::start), number)?, number));
    let running = all.map(one).collect::<Result<Vec<_>, Failure>>()?;
    let reports = running
        .into_iter()
        .map(|session| Ok(session.join()?))
        .collect::<Result<Vec<RunReport>, Failure>>()?;
    let used = cpu_s(UsageWho::RUSAGE_SELF)? - before;
    if let Some(lost) = reports.iter().find(|report| !report.counts.are_conserved()) {
        return Err(Failure::run(format!("entries were lost: {:?}", lost.counts)));
    }
    Ok(Figures {
        sessions: args.sessions.get(),
        threads: args.threads.get(),
        samples_a_session: reports.first().map_or(0, |report| report.counts.samples.folded),
        race_s,
        cpu: used / race_s,
        work_cpu: (before - started) / race_s,
        peak_rss_mib: peak_rss_mib()?,
    })
}

fn job(log: OpenLog, number: usize) -> Result<Job, Failure> {
    Ok(Job::new(log, SessionId::new(&format!("session-{number}")).map_err(Failure::run)?))
}
