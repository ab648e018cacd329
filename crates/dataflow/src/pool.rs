//! Many sessions on a few threads: each takes a turn when its log has something, and costs nothing while it has not.
//!
//! A session of a pool has one worker, which stays on the thread where it began. It takes its turns block by block, so a
//! long log does not keep the others waiting; what a sink or a checkpoint waits for, its thread waits for.

use crate::job::{Job, RunError, RunReport};
use crate::pump::Pump;
use crate::run::{EMPTY_LOG, Prepared, begin, guarded, is_worth_another};
use crate::supervise::Attempt;
use journal::{Next, Timekeeper};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;
use timely::communication::allocator::{Allocator, thread::Thread as OwnThread};
use timely::worker::Worker;

/// Threads that run sessions. Dropped, it waits until all of them have ended.
pub struct Pool(Vec<Host>);

struct Host {
    sessions: Option<Sender<(Job, Ended)>>,
    thread: JoinHandle<()>,
}

type Ended = SyncSender<Result<RunReport, RunError>>;

/// A session that runs in a pool.
pub struct Running(Receiver<Result<RunReport, RunError>>);

impl Running {
    /// Waits until it has ended.
    ///
    /// # Errors
    /// As [`run`](crate::run); its thread is gone.
    pub fn join(self) -> Result<RunReport, RunError> {
        self.0.recv().unwrap_or_else(|_| Err(RunError::Start("its thread is gone".into())))
    }
}

impl Pool {
    /// So many threads; `start` makes a clock for each.
    pub fn new<T: Timekeeper + 'static>(threads: NonZeroUsize, start: impl Fn() -> T) -> Pool {
        let host = |_| {
            let (sessions, arriving) = channel();
            let time = start();
            Host { sessions: Some(sessions), thread: thread::spawn(move || Turns::new(time).run(&arriving)) }
        };
        Pool((0..threads.get()).map(host).collect())
    }

    /// Runs a session of one worker on the thread `number`, counted round.
    pub fn run(&self, job: Job, number: usize) -> Running {
        let (end, ended) = sync_channel(1);
        let host = &self.0[number % self.0.len()];
        if let Some(sessions) = &host.sessions {
            // a thread that is gone drops what it is sent: `join` tells
            let _ = sessions.send((Job { workers: 1, ..job }, end));
            host.thread.thread().unpark();
        }
        Running(ended)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for Host { sessions, thread } in &mut self.0 {
            *sessions = None;
            thread.thread().unpark();
        }
        for Host { thread, .. } in self.0.drain(..) {
            // each panic is caught and reported where it happens
            let _ = thread.join();
        }
    }
}

/// The sessions of one thread.
struct Turns<T> {
    time: T,
    next: usize,
    sessions: BTreeMap<usize, Session>,
    /// When to look at a session again; of one only the newest counts.
    due: BinaryHeap<Reverse<(Duration, usize)>>,
    woken: Arc<Woken>,
}

/// The sessions that have been woken, and the thread on which they are.
struct Woken {
    numbers: Mutex<BTreeSet<usize>>,
    thread: Thread,
}

impl Woken {
    fn insert(&self, number: usize) {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
    }
    fn take(&self) -> BTreeSet<usize> {
        std::mem::take(&mut self.numbers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct WakesSession {
    woken: Arc<Woken>,
    number: usize,
}

impl Wake for WakesSession {
    fn wake(self: Arc<Self>) {
        self.woken.insert(self.number);
        self.woken.thread.unpark();
    }
}

impl<T: Timekeeper> Turns<T> {
    fn new(time: T) -> Self {
        let woken = Arc::new(Woken { numbers: Mutex::default(), thread: thread::current() });
        Turns { time, next: 0, sessions: BTreeMap::new(), due: BinaryHeap::new(), woken }
    }

    /// Until nobody can bring a session any more, and all have ended.
    fn run(mut self, arriving: &Receiver<(Job, Ended)>) {
        while self.welcome(arriving) || !self.sessions.is_empty() {
            let now = self.time.elapsed();
            while let Some(Reverse((at, number))) = self.due.peek().copied().filter(|due| due.0.0 <= now) {
                self.due.pop();
                if self.sessions.get(&number).is_some_and(|session| session.due == Some(at)) {
                    self.woken.insert(number);
                }
            }
            let ready = self.woken.take();
            if ready.is_empty() {
                match self.due.peek() {
                    Some(Reverse((at, _))) => thread::park_timeout(at.saturating_sub(now)),
                    None => thread::park(),
                }
            }
            ready.into_iter().for_each(|number| self.turn(number));
        }
    }

    /// Takes in the sessions that have come; whether more may.
    fn welcome(&mut self, arriving: &Receiver<(Job, Ended)>) -> bool {
        loop {
            match arriving.try_recv() {
                Ok((job, ended)) => {
                    let (number, woken) = (self.next, self.woken.clone());
                    self.next += 1;
                    let waker = Waker::from(Arc::new(WakesSession { woken, number }));
                    self.sessions.insert(number, Session::new(job, ended, waker));
                    self.woken.insert(number);
                }
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn turn(&mut self, number: usize) {
        let Some(session) = self.sessions.get_mut(&number) else { return };
        session.due = None;
        match session.turn() {
            Next::Entries => self.woken.insert(number),
            Next::Pending(again) => {
                let at = self.time.elapsed() + again;
                session.due = Some(at);
                self.due.push(Reverse((at, number)));
            }
            Next::End | Next::Cut => drop(self.sessions.remove(&number)),
        }
    }
}

/// One session.
struct Session {
    job: Job,
    under_way: Option<UnderWay>,
    restarts: u32,
    waker: Waker,
    ended: Ended,
    /// When to look at it again.
    due: Option<Duration>,
}

/// An attempt at it.
struct UnderWay {
    attempt: Arc<Attempt>,
    worker: Worker,
    pump: Pump,
}

impl Session {
    fn new(job: Job, ended: Ended, waker: Waker) -> Self {
        Session { job, under_way: None, restarts: 0, waker, ended, due: None }
    }

    /// Goes on by a block; [`Next::End`]: it is over, and whoever waits for it knows.
    fn turn(&mut self) -> Next {
        let ended = match self.under_way.take() {
            Some(UnderWay { attempt, mut worker, mut pump }) => {
                let stopped = attempt.is_stopped();
                let next = guarded(&mut worker, &attempt, |worker| match stopped {
                    true => Ok(Next::End),
                    false => pump.turn(worker),
                });
                if let Some(next @ (Next::Entries | Next::Pending(_))) = next {
                    self.under_way = Some(UnderWay { attempt, worker, pump });
                    return next;
                }
                guarded(&mut worker, &attempt, |worker| {
                    pump.finish(worker);
                    Ok(())
                });
                attempt.report()
            }
            None => match self.begin() {
                Ok(None) => return Next::Pending(EMPTY_LOG),
                Ok(under_way) => {
                    self.under_way = under_way;
                    return Next::Entries;
                }
                Err(error) => Err(error),
            },
        };
        if is_worth_another(&ended, self.restarts) {
            self.restarts += 1;
            return Next::Entries;
        }
        let restarts = self.restarts;
        // nobody may wait for it
        let _ = self.ended.send(ended.map(|report| RunReport { restarts, ..report }));
        Next::End
    }

    /// Begins an attempt; `None` while the log is empty.
    fn begin(&self) -> Result<Option<UnderWay>, RunError> {
        let Some(Prepared { attempt, beginning }) = Prepared::of(&self.job)? else { return Ok(None) };
        let config = timely::WorkerConfig::default().idle_spin(Duration::ZERO);
        let mut worker = Worker::new(config, Allocator::Thread(OwnThread::default()), None);
        let pump = guarded(&mut worker, &attempt, |worker| {
            begin(worker, &self.job, &attempt, &beginning, &self.waker)
        });
        match pump {
            Some(pump) => Ok(Some(UnderWay { attempt, worker, pump })),
            None => attempt.report().map(|_| None),
        }
    }
}
