//! The platform of a native machine: `std::thread`, and `parking_lot_core` for waiting on a word.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "what waits here never runs on a page"
)]

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, ParkResult};

use super::Wake;
use crate::agent::Agent;
use crate::error::Error;
use crate::pool::Pool;
use crate::worker::Worker;

/// A 32-bit atomic on which agents can wait.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Word(AtomicU32);

impl Word {
    pub(crate) const fn new(value: u32) -> Self {
        Self(AtomicU32::new(value))
    }

    /// Waits while the word is `expected`, at most `timeout`.
    pub(crate) fn wait(&self, expected: u32, timeout: Option<Duration>) -> Wake {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        // SAFETY: the key is the word's own address, which nobody else parks on; `validate` only loads an atomic, and
        // the two other closures do nothing, so none of them calls into parking_lot or panics.
        let result = unsafe {
            parking_lot_core::park(
                self.key(),
                // SeqCst: pairs with the SeqCst store that the waker does before `unpark`.
                || self.0.load(Ordering::SeqCst) == expected,
                || {},
                |_, _| {},
                DEFAULT_PARK_TOKEN,
                deadline,
            )
        };
        match result {
            ParkResult::TimedOut => Wake::TimedOut,
            ParkResult::Unparked(_) | ParkResult::Invalid => Wake::Look,
        }
    }

    pub(crate) fn wake_one(&self) {
        // SAFETY: the key is the word's own address; the callback does not panic or call into parking_lot.
        unsafe { parking_lot_core::unpark_one(self.key(), |_| DEFAULT_UNPARK_TOKEN) };
    }

    pub(crate) fn wake_all(&self) {
        // SAFETY: the key is the word's own address.
        unsafe { parking_lot_core::unpark_all(self.key(), DEFAULT_UNPARK_TOKEN) };
    }

    fn key(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl Deref for Word {
    type Target = AtomicU32;

    fn deref(&self) -> &AtomicU32 {
        &self.0
    }
}

/// Natively every thread may block.
pub(crate) fn can_block() -> bool {
    true
}

/// Natively memory is always shared.
pub(crate) fn isolated() -> bool {
    true
}

/// Milliseconds since some fixed moment.
pub(crate) fn now() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1000.0
}

/// Starts the thread of `worker`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "in a browser it is handed on"
)]
pub(crate) fn start_worker(worker: Arc<Worker>) {
    let name = worker.name();
    with_workers(|workers| workers.push(Arc::clone(&worker)));
    let started = std::thread::Builder::new().name(name).spawn({
        let worker = Arc::clone(&worker);
        move || {
            worker.work_until_exit();
            bury(&worker);
        }
    });
    if let Err(error) = started {
        worker.pool().break_because(
            &format!("a thread could not be started: {error}"),
            Some(&worker),
        );
        bury(&worker);
    }
}

/// Ends all workers of `pool`, as far as that is possible here: what they run fails at once, and the pool counts them as
/// gone, but their threads run on to the end of it, and its value is dropped. One that is just taking or ending a call
/// does that to itself.
pub(crate) fn end_workers(pool: &Arc<Pool>) {
    let doomed: Vec<_> = with_workers(|workers| {
        let its = workers
            .iter()
            .filter(|worker| Arc::ptr_eq(worker.pool(), pool));
        its.cloned().collect()
    });
    for worker in doomed {
        if worker.agent().claim() {
            worker.fail_current(pool.broken());
            bury(&worker);
        }
    }
}

/// The worker is gone for its pool; once, whoever says so first.
fn bury(worker: &Arc<Worker>) {
    let there = with_workers(|workers| {
        let place = workers.iter().position(|one| Arc::ptr_eq(one, worker));
        place.map(|place| workers.swap_remove(place)).is_some()
    });
    if there {
        worker.gone();
    }
}

/// All workers of this process that their pools count.
fn with_workers<R>(look: impl FnOnce(&mut Vec<Arc<Worker>>) -> R) -> R {
    static WORKERS: Mutex<Vec<Arc<Worker>>> = Mutex::new(Vec::new());
    look(&mut WORKERS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Natively everybody can speak for himself.
pub(crate) fn messenger() -> Option<&'static Agent> {
    None
}

/// Where errors go that nobody can be handed.
pub(crate) fn report(message: &str) {
    eprintln!("concurrent-futures: {message}");
}

/// Natively callbacks run on the thread that completes, so no agent has to be remembered with them.
pub(crate) fn current_agent() -> Option<Arc<Agent>> {
    None
}

/// Natively no thread is ended by force: guards release what they hold.
pub(crate) const AGENTS_DIE: bool = false;

/// What tells this thread from others that hold locks.
pub(crate) fn holder() -> u32 {
    thread_local! {
        static HOLDER: u32 = crate::sync::holder::untracked();
    }
    HOLDER.with(|holder| *holder)
}

/// Natively every thread may run any callback.
pub(crate) fn callbacks_run_here() -> bool {
    true
}

/// Cores of this machine.
pub(crate) fn cores() -> u32 {
    std::thread::available_parallelism()
        .map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX))
}

/// Natively there is nothing to prepare.
#[expect(clippy::unnecessary_wraps, reason = "in a browser it can fail")]
pub(crate) fn prepare() -> Result<(), Error> {
    Ok(())
}

/// Whether this code runs in the program's main instance, and not in a process worker: Python's
/// `__name__ == "__main__"`. Natively there are no other instances.
///
/// ```
/// assert!(concurrent_futures::is_main());
/// ```
pub fn is_main() -> bool {
    true
}

/// Natively the backtrace of a panic is not taken: it would cost more than most tasks.
pub(crate) fn stack() -> Option<String> {
    None
}
