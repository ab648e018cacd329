//! This program as a child process, and what it used.

use crate::failure::Failure;
use crate::time::Stopwatch;
use nix::sys::resource::{UsageWho, getrusage};
use std::path::Path;
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

/// Runs this program as a child and takes what it used.
pub fn run_child(args: &[&str]) -> Result<ProcessRun, Failure> {
    let (before, watch) = (cpu_s(UsageWho::RUSAGE_CHILDREN)?, Stopwatch::start());
    let output = this_program()?.args(args).stderr(Stdio::inherit()).output().map_err(Failure::run)?;
    if !output.status.success() {
        return Err(Failure::run(format!("burnbar {} failed", args.join(" "))));
    }
    let (wall_s, after) = (watch.elapsed().as_secs_f64(), cpu_s(UsageWho::RUSAGE_CHILDREN)?);
    let printed = String::from_utf8_lossy(&output.stdout);
    let peak = printed.lines().find_map(|line| line.strip_prefix(PEAK)?.trim().parse().ok());
    let peak_rss_mib =
        peak.ok_or_else(|| Failure::run("a part of the bench did not print its peak memory"))?;
    Ok(ProcessRun { cpu_s: after - before, wall_s, peak_rss_mib })
}

/// CPU seconds, user and system, of all threads.
pub fn cpu_s(who: UsageWho) -> Result<f64, Failure> {
    let usage = getrusage(who).map_err(Failure::run)?;
    let (user, system) = (usage.user_time(), usage.system_time());
    Ok((user.tv_sec() + system.tv_sec()) as f64 + (user.tv_usec() + system.tv_usec()) as f64 * 1e-6)
}

/// This program, to be started with other arguments.
pub fn this_program() -> Result<Command, Failure> {
    std::env::current_exe().map(Command::new).map_err(Failure::run)
}

/// From the start of a process to the first line of its output.
pub fn first_insight_s(args: &[&str], out: &Path) -> Result<f64, Failure> {
    if out.exists() {
        std::fs::remove_file(out).map_err(Failure::run)?;
    }
    let watch = Stopwatch::start();
    let mut child = this_program()?.args(args).stdout(Stdio::null()).spawn().map_err(Failure::run)?;
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
