//! A program as a child process, and what it used.

use crate::failure::Failure;
use crate::time::Stopwatch;
use nix::sys::resource::{UsageWho, getrusage};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How a part of the bench reports its peak memory.
pub const PEAK: &str = "peak_rss_mib ";

/// What one process used.
#[derive(Clone, Copy)]
pub struct ProcessRun {
    /// CPU seconds, user and system, of all threads.
    pub cpu_s: f64,
    /// From its start to its end, s.
    pub wall_s: f64,
    /// The most memory that it took, MiB.
    pub peak_rss_mib: f64,
}

/// Runs a program as a child, to its end, and takes what it used.
pub fn run_child(program: &Path, args: &[String]) -> Result<ProcessRun, Failure> {
    let (before, watch) = (cpu_s(UsageWho::RUSAGE_CHILDREN)?, Stopwatch::start());
    let printed = output_of(Command::new(program).args(args).stderr(Stdio::inherit()))?;
    let (wall_s, after) = (watch.elapsed().as_secs_f64(), cpu_s(UsageWho::RUSAGE_CHILDREN)?);
    let peak = printed.lines().find_map(|line| line.strip_prefix(PEAK)?.trim().parse().ok());
    let peak_rss_mib =
        peak.ok_or_else(|| Failure::run("a part of the bench did not print its peak memory"))?;
    Ok(ProcessRun { cpu_s: after - before, wall_s, peak_rss_mib })
}

/// What a command printed on the way to success. Where it failed, its last words are the reason.
pub fn output_of(command: &mut Command) -> Result<String, Failure> {
    let output = command.output();
    let failed = |why: &dyn Display| Failure::run(format!("{command:?} failed: {why}"));
    let output = output.map_err(|error| failed(&error))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(failed(&words.lines().last().unwrap_or("see the messages above")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// CPU seconds, user and system, of all threads.
pub fn cpu_s(who: UsageWho) -> Result<f64, Failure> {
    let usage = getrusage(who).map_err(Failure::run)?;
    let (user, system) = (usage.user_time(), usage.system_time());
    Ok((user.tv_sec() + system.tv_sec()) as f64 + (user.tv_usec() + system.tv_usec()) as f64 * 1e-6)
}

/// The most memory that this process took, MiB.
pub fn peak_rss_mib() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).map_err(Failure::run)?;
    Ok(usage.max_rss() as f64 / 1024.0)
}

/// Where this program is, to be started with other arguments.
pub fn this_program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(Failure::run)
}

/// From the start of a process to the first line of its output.
pub fn first_insight_s(program: &Path, args: &[String], out: &Path) -> Result<f64, Failure> {
    if out.exists() {
        std::fs::remove_file(out).map_err(Failure::run)?;
    }
    let watch = Stopwatch::start();
    let mut child = Command::new(program).args(args).stdout(Stdio::null()).spawn().map_err(Failure::run)?;
    let seconds = loop {
        if out.metadata().is_ok_and(|file| file.len() > 0) {
            break watch.elapsed().as_secs_f64();
        }
        if child.try_wait().map_err(Failure::run)?.is_some() {
            return Err(Failure::run("the replay ended without an insight"));
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    child.wait().map_err(Failure::run)?;
    Ok(seconds)
}
