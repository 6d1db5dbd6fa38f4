//! A gate: what several agents wait at until something has changed, blocking or awaited.
//!
//! | who waits                    | who changes something           |
//! |------------------------------|---------------------------------|
//! | count itself as a sleeper    | store the change                |
//! | read the epoch               | epoch + 1                       |
//! | try its step: done, or…      | any sleepers? wake one, or all  |
//! | …wait while the epoch is that | any askers? wake all of them   |
//!
//! As in the queue of a pool: if the waiter read the old epoch, it finds the word changed when it waits, or is seen as a
//! sleeper; if it read the new one, its step finds the change. A waiter that is woken tries again, and may find that
//! another was faster: the gate promises no order, as Python's locks do not.
//!
//! Nobody relies on being woken for good: a sleeper tries again every fifth of a second, so that a wake-up that went to
//! an agent which was ended in that moment is made up for.

use std::future::poll_fn;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use atomic_waker::AtomicWaker;

use crate::error::Error;
use crate::future::poisoned;
use crate::list::PushList;
use crate::platform::{self, AtomicU32, Deadline, Wake, Word, fence};
use crate::trace::Blocked;

/// How long a sleeper sleeps before it looks by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// After so many new askers all of them are woken once, which drops those that gave up.
const SWEEP_EVERY: u32 = 64;

/// The gate. `repr(C)`: JavaScript waits on the epoch by its address, which is that of the gate.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Gate {
    epoch: Word,
    /// Agents that sleep on the epoch, or are about to.
    sleepers: AtomicU32,
    /// Awaits of the epoch in JavaScript: which of them gave up is not known, so no one of them can be woken alone.
    foreign: AtomicU32,
    /// Tasks that await in Rust.
    askers: PushList<Weak<Asker>>,
    asked: AtomicU32,
}

/// A task that awaits.
#[derive(Debug)]
struct Asker {
    waker: AtomicWaker,
    /// Not zero while it stands in the gate's list.
    listed: AtomicU32,
}

/// What a blocking call gives on a page.
pub(crate) fn cannot_block() -> Error {
    Error::may_not_block("on the page, await the form that ends in `_async` instead")
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self {
            epoch: Word::new(0),
            sleepers: AtomicU32::new(0),
            foreign: AtomicU32::new(0),
            askers: PushList::new(),
            asked: AtomicU32::new(0),
        }
    }

    /// Something changed that one waiter can use.
    pub(crate) fn open_for_one(&self) {
        self.open(false);
    }

    /// Something changed that concerns every waiter.
    pub(crate) fn open_for_all(&self) {
        self.open(true);
    }

    fn open(&self, all: bool) {
        // SeqCst here and below: see the table at the head of this file.
        self.epoch.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if self.foreign.load(Ordering::SeqCst) > 0 {
            self.epoch.wake_all();
        } else if self.sleepers.load(Ordering::SeqCst) > 0 {
            if all {
                self.epoch.wake_all();
            } else {
                self.epoch.wake_one();
            }
        }
        self.wake_askers();
    }

    /// Waits, blocking, until `step` gives something; `None` where the time is over first.
    pub(crate) fn pass<T>(
        &self,
        deadline: Deadline,
        step: impl FnMut() -> Result<Option<T>, Error>,
    ) -> Result<Option<T>, Error> {
        self.pass_looking(deadline, step, || Ok(()))
    }

    /// The same; where no time was given, `look` says now and then whether it can ever come.
    pub(crate) fn pass_looking<T>(
        &self,
        deadline: Deadline,
        mut step: impl FnMut() -> Result<Option<T>, Error>,
        mut look: impl FnMut() -> Result<(), Error>,
    ) -> Result<Option<T>, Error> {
        if let Some(found) = step()? {
            return Ok(Some(found));
        }
        if deadline.passed() {
            return Ok(None);
        }
        if !platform::can_block() {
            return Err(cannot_block());
        }
        let mut blocked = None;
        loop {
            let epoch = self.fall_asleep();
            let found = step();
            if !matches!(found, Ok(None)) || deadline.passed() {
                self.wake_up();
                return found;
            }
            let slice = deadline
                .left()
                .map_or(LOOK_AGAIN, |left| left.min(LOOK_AGAIN));
            blocked.get_or_insert_with(|| Blocked::on("a lock or a queue"));
            let woken = self.epoch.wait(epoch, Some(slice));
            self.wake_up();
            match woken {
                Wake::Poisoned => return Err(poisoned()),
                Wake::TimedOut if deadline.left().is_none() => look()?,
                Wake::Look | Wake::TimedOut => {}
            }
        }
    }

    /// Awaits until `step` gives something; `None` where the time is over first.
    pub(crate) async fn passed<T>(
        &self,
        deadline: Deadline,
        mut step: impl FnMut() -> Result<Option<T>, Error>,
    ) -> Result<Option<T>, Error> {
        let asker = Arc::new(Asker {
            waker: AtomicWaker::new(),
            listed: AtomicU32::new(0),
        });
        loop {
            let found = poll_fn(|context| {
                asker.waker.register(context.waker());
                self.list(&asker);
                match step() {
                    Ok(None) => Poll::Pending,
                    found => Poll::Ready(found),
                }
            });
            let slice = match (deadline.left(), platform::AGENTS_DIE) {
                (Some(left), true) => Deadline::after(Some(left.min(LOOK_AGAIN))),
                (None, true) => Deadline::after(Some(LOOK_AGAIN)),
                (_, false) => deadline,
            };
            if let Some(found) = platform::within(slice, found).await {
                return found;
            }
            if deadline.passed() {
                return Ok(None);
            }
        }
    }

    /// Counts this agent as a sleeper, and says which epoch to wait on.
    fn fall_asleep(&self) -> u32 {
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        self.epoch.load(Ordering::SeqCst)
    }

    /// The counterpart of [`Gate::fall_asleep`].
    fn wake_up(&self) {
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    fn list(&self, asker: &Arc<Asker>) {
        // SeqCst: the asker stands in the list before its step looks, or whoever opened meanwhile has woken it.
        if asker.listed.swap(1, Ordering::SeqCst) != 0 {
            return;
        }
        self.askers.push(Arc::downgrade(asker));
        // The push comes before what `step` reads; the other side has its change before its take.
        fence(Ordering::SeqCst);
        // Relaxed: a hint when to sweep.
        if (self.asked.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(SWEEP_EVERY) {
            self.wake_askers();
        }
    }

    fn wake_askers(&self) {
        for asker in self.askers.take().filter_map(|asker| asker.upgrade()) {
            // SeqCst: from here on it may list itself again, before it looks.
            asker.listed.store(0, Ordering::SeqCst);
            asker.waker.wake();
        }
    }
}
