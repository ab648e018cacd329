//! The one sink that keeps windows in memory: a run whose result is a value.

use crate::job::{Job, RunError};
use crate::run::run;
use crate::sink::{ClosedWindow, OpenSink, Sink};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Runs `job` to the end of its log and returns what `keep` made of its closed windows, in order, beginning with what
/// `empty` gives. The job's own sink and its checkpoints are not used: what lies in memory cannot be resumed, and a
/// worker that panics makes it begin anew.
///
/// # Errors
/// The run failed, or entries were lost.
pub fn collect<T: Send + 'static>(
    job: Job,
    empty: impl Fn() -> T + Clone + Send + Sync + 'static,
    keep: fn(&mut T, &ClosedWindow),
) -> Result<T, RunError> {
    let kept = Arc::new(Mutex::new(empty()));
    let (begun, anew) = (kept.clone(), empty.clone());
    let sink: OpenSink = Box::new(move |_| {
        *begun.lock().unwrap_or_else(PoisonError::into_inner) = anew();
        Ok(Box::new(Collector { kept: begun.clone(), keep }))
    });
    let report = run(Job { sink, state: None, ..job })?;
    if !report.counts.are_conserved() {
        return Err(RunError::Lost(report.counts));
    }
    Ok(std::mem::replace(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner), empty()))
}

/// Keeps windows.
struct Collector<T> {
    kept: Arc<Mutex<T>>,
    keep: fn(&mut T, &ClosedWindow),
}

impl<T> Sink for Collector<T> {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        (self.keep)(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner), closed);
        Ok(())
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Entry, EntryBlock, Record, Sample, SessionId, VehicleId};
    use journal::{Log, LogError, Next};
    use units::{EventTime, Span};

    /// A sample a second.
    struct Seconds(std::ops::Range<i64>);

    impl Log for Seconds {
        fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
            let vehicle = VehicleId::new("24")?;
            let sample = |s| Sample::new(vehicle, EventTime::from_ms(s * 1_000));
            block.clear();
            let seconds = self.0.by_ref().take(3);
            block.extend(seconds.map(|s| Entry { ingest_time: None, record: Record::Sample(sample(s)) }));
            Ok(if block.is_empty() { Next::End } else { Next::Entries })
        }
        fn seek(&mut self, _: u64) -> Result<(), LogError> {
            Ok(())
        }
    }

    #[test]
    fn it_keeps_every_window_once_even_where_a_worker_panics() {
        let session = SessionId::new("collect").unwrap();
        let ends = |panics: bool| {
            let mut job = Job::new(Box::new(|| Ok(Box::new(Seconds(100..130)))), session);
            let planted = std::sync::atomic::AtomicBool::new(panics);
            job.hook = Some(Arc::new(move |_, window| {
                if window == 110 && planted.swap(false, std::sync::atomic::Ordering::Relaxed) {
                    std::panic::resume_unwind(Box::new("planted"));
                }
            }));
            collect(job, Vec::new, |ends, closed| ends.push(closed.board.window_end_us)).unwrap()
        };
        let straight = ends(false);
        assert!(straight.len() > 29);
        assert!(straight.windows(2).all(|pair| pair[1] - pair[0] == Span::from_secs(1)));
        assert_eq!(ends(true), straight);
    }
}
