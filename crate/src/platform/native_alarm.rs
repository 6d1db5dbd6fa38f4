//! Alarms of a native machine: one thread, started with the first alarm, keeps the time for all of them.
//!
//! ```text
//!  Alarm (any thread)                      the timekeeper
//!  ──────────────────                      ──────────────
//!  set: put it on the list ─────bell─────▶ sleep until the first on the list is due, or one comes before it
//!  drop: take it off the list              take off what is due; wake
//! ```

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "what waits here never runs on a page"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, Once, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use atomic_waker::AtomicWaker;

use super::Deadline;

/// When it is due, and a number that tells it from others of that moment: earlier ones come first.
type Key = (Instant, u64);

static ALARMS: Mutex<BTreeMap<Key, Arc<Bell>>> = Mutex::new(BTreeMap::new());
/// Told when the first of them is another than before.
static NEWS: Condvar = Condvar::new();
/// Clocks round; nobody is woken early.
const MARGIN: Duration = Duration::from_micros(1);

/// What rings when the time has come.
struct Bell {
    rung: AtomicBool,
    waker: AtomicWaker,
}

/// Wakes the task that looked last, when a time has come, unless it is dropped before.
pub(crate) struct Alarm {
    bell: Arc<Bell>,
    /// Where it stands on the list; nowhere without an end, or where the time had come.
    key: Option<Key>,
}

impl Alarm {
    pub(crate) fn at(deadline: Deadline) -> Self {
        // One look at the clock: a second one could find that the time has come meanwhile.
        let left = deadline.left();
        let bell = Arc::new(Bell {
            rung: AtomicBool::new(left == Some(Duration::ZERO)),
            waker: AtomicWaker::new(),
        });
        let key = left
            .filter(|left| !left.is_zero())
            .map(|left| set(left, &bell));
        Self { bell, key }
    }

    /// Ready once the time has come.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.bell.waker.register(context.waker());
        // After the registration, since it may have rung before. Acquire: what came before it rang.
        if self.bell.rung.load(Ordering::Acquire) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            with_alarms(|alarms| alarms.remove(&key));
        }
    }
}

/// Has `bell` rung after so long.
fn set(left: Duration, bell: &Arc<Bell>) -> Key {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    static TIMEKEEPER: Once = Once::new();
    TIMEKEEPER.call_once(|| drop(std::thread::spawn(keep_time)));
    // Relaxed: only unique, and in order on one thread.
    let key = (
        Instant::now() + left + MARGIN,
        NUMBERS.fetch_add(1, Ordering::Relaxed),
    );
    let is_first = with_alarms(|alarms| {
        alarms.insert(key, Arc::clone(bell));
        alarms
            .first_key_value()
            .is_some_and(|first| *first.0 == key)
    });
    if is_first {
        NEWS.notify_one();
    }
    key
}

fn keep_time() {
    let mut alarms = ALARMS.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let left = alarms
            .first_key_value()
            .map(|((due, _), _)| due.saturating_duration_since(Instant::now()));
        alarms = match left {
            Some(Duration::ZERO) => {
                let due = alarms.pop_first();
                // Whoever is woken may set or drop alarms.
                drop(alarms);
                if let Some((_, bell)) = due {
                    // Release: see `Alarm::poll`.
                    bell.rung.store(true, Ordering::Release);
                    bell.waker.wake();
                }
                ALARMS.lock().unwrap_or_else(PoisonError::into_inner)
            }
            Some(left) => {
                let woken = NEWS.wait_timeout(alarms, left);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
            None => NEWS.wait(alarms).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

fn with_alarms<R>(look: impl FnOnce(&mut BTreeMap<Key, Arc<Bell>>) -> R) -> R {
    look(&mut ALARMS.lock().unwrap_or_else(PoisonError::into_inner))
}
