//! What both ends of a future share: its state, its outcome, its callbacks, its times.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::callbacks::Callbacks;
use crate::error::{Error, InvalidState};
use crate::platform::{self, AtomicU32, UnsafeCell};
use crate::pool::PoolTag;
use crate::report::report;
use crate::state::{self, State};
use crate::trace::{Mark, Text};

/// When a call went through its states, in milliseconds of one clock, the same for all agents.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::new(1)?;
/// let future = pool.submit(|| ())?;
/// future.result(None)?;
/// let times = future.times();
/// assert!(times.started.is_some() && times.started <= times.finished);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// When it was submitted.
    pub submitted: f64,
    /// When a worker began it.
    pub started: Option<f64>,
    /// When it ended, or was cancelled.
    pub finished: Option<f64>,
}
/// No event loop has this number.
pub(super) const NOWHERE: u32 = 0;

/// What shows how far a call is and with whom, whatever its value is.
pub(crate) struct Head {
    pub(super) state: State,
    /// The number of the worker that began it, plus one; zero before.
    pub(super) worker: AtomicU32,
    /// The pool that it was submitted to.
    pool: Option<PoolTag>,
}

impl Head {
    /// Whether the call is finished or cancelled.
    pub(crate) fn is_done(&self) -> bool {
        self.state.get() >= state::FINISHED
    }

    /// The number of its pool.
    pub(crate) fn pool(&self) -> Option<u32> {
        self.pool.as_ref().map(|pool| pool.serial)
    }

    /// The number of the worker that has it.
    pub(crate) fn worker(&self) -> Option<u32> {
        // Relaxed: a look, which orders nothing.
        self.worker.load(Ordering::Relaxed).checked_sub(1)
    }
}

/// One call.
pub(super) struct Cell<T> {
    pub(super) head: Head,
    /// Written once, by whoever won `State::claim`; read after FINISHED.
    outcome: UnsafeCell<Option<Result<T, Error>>>,
    pub(super) callbacks: Callbacks,
    pub(super) clock: Clock,
    pub(super) mark: Mark,
    /// The number of the event loop without which it cannot end; [`NOWHERE`] for most.
    pub(super) home: u32,
    /// Not zero once somebody has asked for the outcome, or said that nobody will.
    asked: AtomicU32,
}

// SAFETY: the outcome is written by one agent before FINISHED is released, and after that only shared, which `Sync`
// allows; dropping it on another thread needs `Send`. All else is atomic.
unsafe impl<T: Send + Sync> Send for Cell<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Cell<T> {}

/// Times as bits of `f64`, so that any agent may look at any moment; zero is "not yet".
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Clock {
    submitted: AtomicU64,
    started: AtomicU64,
    finished: AtomicU64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            submitted: AtomicU64::new(platform::now().to_bits()),
            started: AtomicU64::new(0),
            finished: AtomicU64::new(0),
        }
    }

    pub(crate) fn start(&self) {
        // Relaxed here and below: a time orders nothing.
        self.started
            .store(platform::now().to_bits(), Ordering::Relaxed);
    }

    pub(crate) fn finish(&self) {
        self.finished
            .store(platform::now().to_bits(), Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Times {
        let read = |bits: &AtomicU64| f64::from_bits(bits.load(Ordering::Relaxed));
        let submitted = read(&self.submitted);
        // Each agent of a browser notes the time by its own clock, which may be a little behind another's.
        let seen = |time: f64, after: f64| (time > 0.0).then_some(time.max(after));
        let started = seen(read(&self.started), submitted);
        Times {
            submitted,
            started,
            finished: seen(read(&self.finished), started.unwrap_or(submitted)),
        }
    }
}

impl<T> Cell<T> {
    /// A pending call, of a pool or not. `home` is that of the field.
    pub(super) fn new(pool: Option<PoolTag>, home: u32, mark: Mark) -> Arc<Self> {
        Arc::new(Self {
            head: Head {
                state: State::new(),
                worker: AtomicU32::new(0),
                pool,
            },
            outcome: UnsafeCell::new(None),
            callbacks: Callbacks::new(),
            clock: Clock::new(),
            mark,
            home,
            asked: AtomicU32::new(0),
        })
    }

    pub(super) fn outcome(&self) -> Option<&Result<T, Error>> {
        match self.head.state.get() {
            state::FINISHED => self.outcome.with(|outcome| {
                // SAFETY: FINISHED was read with acquire, so the outcome is written, and nobody writes it again.
                unsafe { (*outcome).as_ref() }
            }),
            _ => None,
        }
    }

    pub(super) fn settle(&self, outcome: Result<T, Error>) -> Result<(), Error> {
        if let Err(state) = self.head.state.claim() {
            return Err(self.forbids(state));
        }
        let failed = outcome.is_err();
        self.note_end(&outcome);
        self.outcome.with_mut(|slot| {
            // SAFETY: we won the claim, so nobody else writes, and nobody reads before FINISHED.
            unsafe { *slot = Some(outcome) };
        });
        self.clock.finish();
        self.head.state.finish();
        self.callbacks.done(failed);
        Ok(())
    }

    pub(super) fn cancel(&self) -> bool {
        if self.head.state.cancel() {
            self.mark.cancelled();
            self.clock.finish();
            self.callbacks.done(false);
            return true;
        }
        self.head.state.get() == state::CANCELLED
    }

    /// For the trace: what came of it. Of a value only its type can be told.
    fn note_end(&self, outcome: &Result<T, Error>) {
        // Relaxed: a number for display.
        let worker = self.head.worker.load(Ordering::Relaxed);
        match outcome {
            Ok(_) => {
                let text = Text::of(std::any::type_name::<T>());
                self.mark.finished(worker, false, text);
            }
            Err(error) => self.mark.finished_as(worker, true, error),
        }
    }

    /// An error in it needs not be reported any more.
    pub(super) fn note_asked(&self) {
        // Relaxed: whoever drops the cell has seen what all its other holders did.
        self.asked.store(1, Ordering::Relaxed);
    }

    /// The error of a step that `state` forbids.
    pub(super) fn forbids(&self, state: u32) -> Error {
        Error::InvalidState(InvalidState {
            state: state::word_for(state),
            future: self.to_string(),
        })
    }

    pub(super) fn worker_name(&self) -> Option<String> {
        let pool = self.head.pool.as_ref()?;
        let index = self.head.worker()?;
        Some(format!("{}_{index}", pool.prefix))
    }
}

/// As Python prints a future: the state, and for a finished one the type of what it holds.
impl<T> fmt::Display for Cell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The state is read once, so that the parts fit together.
        let state = self.head.state.get();
        write!(f, "<Future state={}", state::word_for(state))?;
        match self.outcome().filter(|_| state == state::FINISHED) {
            Some(Ok(_)) => write!(f, " returned {}>", std::any::type_name::<T>()),
            Some(Err(error)) => write!(f, " raised {}>", error.type_name()),
            None => f.write_str(">"),
        }
    }
}

impl<T> Drop for Cell<T> {
    fn drop(&mut self) {
        // Relaxed: see `note_asked`.
        if self.asked.load(Ordering::Relaxed) != 0 {
            return;
        }
        if let Some(Err(Error::Task(error))) = self.outcome() {
            report(&format!("nobody asked for the error of a task: {error}"));
        }
    }
}
