//! A pool: one queue, and workers that pull from it. Both executors are faces of this.
//!
//! ```text
//!           shutdown              shutdown(cancel)
//!  OPEN ──────────────▶ CLOSING ──────────────────▶ CANCELLING       no state is left backwards;
//!    │                     │                            │            BROKEN is never left
//!    └─────────────────────┴──── break_because ─────────┴──────────▶ BROKEN
//! ```
//!
//! | phase      | submit      | what is queued      | workers                          |
//! |------------|-------------|---------------------|----------------------------------|
//! | OPEN       | queues      | is taken            | stay                             |
//! | CLOSING    | `Shutdown`  | is taken            | leave when the queue is empty    |
//! | CANCELLING | `Shutdown`  | is cancelled        | leave after what they hold       |
//! | BROKEN     | `Broken`    | fails with `Broken` | leave after what they hold       |
//!
//! The phase is also the wish that [`Queue::try_take_all`] speaks of: whoever changes it tries to empty the queue, and
//! whoever pushes or takes looks at it afterwards. So the page can empty a queue without ever waiting.
//!
//! Workers start on demand, as in Python: a submit starts one where there are more unfinished calls than workers, up
//! to the maximum. A worker that has just finished counts as free before its future is settled, so a caller that
//! waits for each result in turn is served by one worker.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use atomic_waker::AtomicWaker;

use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::callbacks::{Callbacks, Observer};
use crate::error::{BrokenExecutor, Error};
use crate::platform::{self, AtomicU32, Deadline, UnsafeCell, Wake, Word, fence};
use crate::queue::Queue;
use crate::work::Work;
use crate::worker::Worker;

pub(crate) const OPEN: u32 = 0;
pub(crate) const CLOSING: u32 = 1;
pub(crate) const CANCELLING: u32 = 2;
pub(crate) const BROKEN: u32 = 3;

/// The most workers that one pool may have; browsers let more than a few hundred wait in silence.
pub(crate) const MOST_WORKERS: u32 = 256;

/// What a pool's workers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// They work on the caller's memory.
    Thread,
    /// They share nothing with the caller but messages.
    Process,
}

/// What a pool is made of.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) kind: Kind,
    pub(crate) max_workers: u32,
    /// Workers are called this, an underscore, and a number.
    pub(crate) prefix: Arc<str>,
    /// What JavaScript wants to know when it starts a worker; nothing in here reads it.
    pub(crate) config: Option<Bytes>,
    /// Whom to tell when the last worker is gone.
    pub(crate) owner: Option<Arc<Agent>>,
}

/// One pool.
#[derive(Debug)]
pub(crate) struct Pool {
    options: Options,
    queue: Queue<Work>,
    phase: AtomicU32,
    /// Calls submitted and not yet over.
    unfinished: AtomicU32,
    /// Workers asked for and not yet gone. Whoever waits for the end of a shutdown waits on it.
    workers: Word,
    /// The number that the next worker gets.
    next_index: AtomicU32,
    /// Zero until somebody says why the pool is broken; only the first may.
    accused: AtomicU32,
    /// Why the pool is broken: written by the first that says so, before the phase is BROKEN, and read after.
    cause: UnsafeCell<Option<BrokenExecutor>>,
    /// Who awaits the end of a shutdown.
    endings: Callbacks,
}

/// Wakes the task that awaits the end of a shutdown.
pub(crate) struct Ending {
    waker: AtomicWaker,
    /// Not zero once it was told. A call that was accepted just before the shutdown may bring one more worker after
    /// that, of whose end nobody tells again.
    told: AtomicU32,
}

impl Observer for Ending {
    fn done(&self, _key: usize, _failed: bool) {
        // Release: whoever sees it sees all that the workers did.
        self.told.store(1, Ordering::Release);
        self.waker.wake();
    }
}

// SAFETY: `cause` is written once before BROKEN is released, and only read after BROKEN was acquired.
unsafe impl Send for Pool {}
// SAFETY: as above.
unsafe impl Sync for Pool {}

impl Pool {
    pub(crate) fn new(options: Options) -> Arc<Self> {
        Arc::new(Self {
            options,
            queue: Queue::new(),
            phase: AtomicU32::new(OPEN),
            unfinished: AtomicU32::new(0),
            workers: Word::new(0),
            next_index: AtomicU32::new(0),
            accused: AtomicU32::new(0),
            cause: UnsafeCell::new(None),
            endings: Callbacks::new(),
        })
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn queue(&self) -> &Queue<Work> {
        &self.queue
    }

    pub(crate) fn phase(&self) -> u32 {
        // SeqCst: in one order with pushes and takes; see the head of this file. Acquires `cause`.
        self.phase.load(Ordering::SeqCst)
    }

    /// Workers asked for and not yet gone.
    pub(crate) fn workers(&self) -> u32 {
        // Acquire: whoever sees zero sees all that the workers did.
        self.workers.load(Ordering::Acquire)
    }

    /// Whether calls are accepted; otherwise why not.
    pub(crate) fn check_open(&self) -> Result<(), Error> {
        match self.phase() {
            OPEN => Ok(()),
            BROKEN => Err(self.broken()),
            _ => Err(Error::Shutdown),
        }
    }

    /// Queues `work`, and starts a worker where all are occupied. The caller has called [`Pool::check_open`].
    pub(crate) fn submit(self: &Arc<Self>, work: Work) {
        // SeqCst here: one order with `release_one`, so that a worker that is about to be free is counted as free.
        let unfinished = self.unfinished.fetch_add(1, Ordering::SeqCst) + 1;
        self.queue.push(work);
        fence(Ordering::SeqCst);
        if self.phase() > CLOSING {
            self.obey_phase();
        } else {
            self.start_worker_for(unfinished);
        }
    }

    /// One call is over, or about to be: its worker counts as free.
    pub(crate) fn release_one(&self) {
        // SeqCst: see `submit`.
        self.unfinished.fetch_sub(1, Ordering::SeqCst);
    }

    /// Starts one more worker where there are fewer than `wanted`, up to the maximum.
    pub(crate) fn start_worker_for(self: &Arc<Self>, wanted: u32) {
        let wanted = wanted.min(self.options.max_workers);
        // Relaxed: a count; the worker is published by the spawner's list.
        let added = self
            .workers
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |workers| {
                (workers < wanted).then_some(workers + 1)
            });
        if added.is_ok() {
            // Relaxed: only unique.
            let index = self.next_index.fetch_add(1, Ordering::Relaxed);
            platform::start_worker(Worker::new(Arc::clone(self), index));
        }
    }

    /// No more calls. What is queued still runs, or is cancelled with `cancel_futures`. Does not wait.
    pub(crate) fn shut_down(&self, cancel_futures: bool) {
        let phase = if cancel_futures { CANCELLING } else { CLOSING };
        // SeqCst: see `phase`.
        self.phase.fetch_max(phase, Ordering::SeqCst);
        self.obey_phase();
        self.queue.alarm();
    }

    /// Waits, blocking, until the last worker is gone; an error where the time is over or the agent must not block.
    pub(crate) fn join(&self, timeout: Option<Duration>) -> Result<(), Error> {
        let deadline = Deadline::after(timeout);
        loop {
            let workers = self.workers();
            if workers == 0 {
                return Ok(());
            }
            if !platform::can_block() {
                return Err(Error::BlockingNotAllowed(
                    "on the page, `.await` the shutdown instead",
                ));
            }
            if deadline.passed() {
                return Err(Error::timeout(
                    timeout.unwrap_or_default(),
                    workers as usize,
                    workers as usize,
                ));
            }
            if self.workers.wait(workers, deadline.left()) == Wake::Poisoned {
                return Err(crate::future::poisoned());
            }
        }
    }

    /// The pool is unusable from now on: what is queued fails, and workers leave. The first reason given stays.
    pub(crate) fn break_because(&self, reason: &str, worker: Option<&Worker>) {
        // Relaxed: only who was first matters.
        if self.accused.swap(1, Ordering::Relaxed) == 0 {
            let cause = BrokenExecutor {
                pool: match self.options.kind {
                    Kind::Thread => "thread pool",
                    Kind::Process => "process pool",
                },
                reason: reason.to_owned(),
                worker: worker.map(Worker::name),
            };
            self.cause.with_mut(|slot| {
                // SAFETY: only the first accuser comes here, and nobody reads before BROKEN.
                unsafe { *slot = Some(cause) };
            });
            // SeqCst: see `phase`. Releases the cause.
            self.phase.swap(BROKEN, Ordering::SeqCst);
        }
        self.obey_phase();
        self.queue.alarm();
    }

    /// Ready when the last worker of a pool that was shut down is gone.
    pub(crate) fn ended(self: &Arc<Self>) -> impl std::future::Future<Output = ()> + use<> {
        let pool = Arc::clone(self);
        let ending = Arc::new(Ending {
            waker: AtomicWaker::new(),
            told: AtomicU32::new(0),
        });
        let mut watched = false;
        std::future::poll_fn(move |context| {
            ending.waker.register(context.waker());
            if !std::mem::replace(&mut watched, true) {
                let observer: Arc<dyn Observer> = Arc::clone(&ending) as _;
                pool.endings.watch(Arc::downgrade(&observer), 0);
            }
            // Acquire: see `done`.
            if pool.workers() == 0 || ending.told.load(Ordering::Acquire) != 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    }

    /// Why the pool is broken, as a new error for each that asks.
    pub(crate) fn broken(&self) -> Error {
        let cause = if self.phase() == BROKEN {
            self.cause.with(|cause| {
                // SAFETY: BROKEN was read with acquire, so the cause is written, and nobody writes it again.
                unsafe { (*cause).clone() }
            })
        } else {
            None
        };
        Error::Broken(cause.unwrap_or_else(|| BrokenExecutor {
            pool: "executor",
            reason: "a worker was lost".to_owned(),
            worker: None,
        }))
    }

    /// Why the pool is broken, in words; empty where it is not.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn reason(&self) -> &str {
        if self.phase() != BROKEN {
            return "";
        }
        self.cause.with(|cause| {
            // SAFETY: BROKEN was read with acquire, so the cause is written, and nobody writes it again.
            unsafe { (*cause).as_ref() }.map_or("", |cause| cause.reason.as_str())
        })
    }

    /// Does with what is queued what the phase says. Never waits: if a worker is in the middle of taking an entry, that
    /// worker calls this when it has taken it.
    pub(crate) fn obey_phase(&self) {
        // Orders a phase just stored before the looks at the queue; the other half is the fence in `submit`.
        fence(Ordering::SeqCst);
        while self.phase() > CLOSING && !self.queue.is_empty() {
            let Some(all) = self.queue.try_take_all() else {
                return;
            };
            let mut any = false;
            for work in all {
                any = true;
                self.reject(work);
            }
            // Counted, but not there: whoever is pushing it looks at the phase after that. Not to be waited for.
            if !any && self.queue.nothing_came() {
                return;
            }
        }
    }

    /// Ends `work` as the phase says, instead of running it.
    pub(crate) fn reject(&self, work: Work) {
        self.release_one();
        match self.phase() {
            BROKEN => work.fail(self.broken()),
            _ => work.cancel(),
        }
    }

    /// A worker's thread is gone, or never came. Where calls still wait, as after a worker that left by itself, another
    /// takes its place.
    pub(crate) fn worker_gone(self: &Arc<Self>) {
        // AcqRel: whoever sees zero sees all that the workers did.
        if self.workers.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.workers.wake_all();
            if self.phase() != OPEN {
                self.endings.done(false);
            }
            if let Some(owner) = &self.options.owner {
                owner.ring();
            }
        }
        // One worker less, then the look at the calls; `submit` has one call more, then the look at the workers. The
        // fences see to it that one of the two finds the other.
        fence(Ordering::SeqCst);
        let unfinished = self.unfinished.load(Ordering::SeqCst);
        if self.phase() <= CLOSING && unfinished > 0 {
            self.start_worker_for(unfinished);
        }
    }
}
