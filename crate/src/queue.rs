//! The queue of a pool: everybody pushes, workers pull, first in, first out.
//!
//! ```text
//!  any agent                                workers only
//!  ─────────                                ────────────
//!  push ──▶ inbox (a PushList) ──take all──▶ line (a chain, under `lock`) ──▶ take
//!     └──▶ epoch + 1, wake one sleeper               ▲ refilled from the inbox only when it is empty
//! ```
//!
//! Order holds because the line is older than the inbox as a whole, and because only the holder of the lock moves
//! entries from one to the other. The page never takes the lock: it pushes, and it may *try* the lock to empty the
//! queue. If it fails, the holder finds out when it lets go; see [`Queue::try_take_all`].
//!
//! Sleeping and waking, so that no wake-up is lost:
//!
//! | worker                          | pusher                       |
//! |---------------------------------|------------------------------|
//! | sleepers + 1                    | push the entry               |
//! | read the epoch                  | epoch + 1                    |
//! | look for an entry: take it, or… | any sleepers? wake one       |
//! | …wait while the epoch is that   |                              |
//!
//! If the worker read the old epoch, it either finds the word changed when it waits, or the pusher comes later and
//! sees the sleeper. If it read the new epoch, the entry was pushed before, and the look finds it. The fences order a
//! store before a later load of another word: `SeqCst` accesses alone do that on every real machine, but not in loom's
//! model, which knows no total order of them.

use std::sync::atomic::Ordering;

use crate::list::{Chain, PushList};
use crate::platform::{AtomicU32, UnsafeCell, Wake, Word, fence};

const FREE: u32 = 0;
const HELD: u32 = 1;
const HELD_AND_WANTED: u32 = 2;

/// Whoever held the lock was lost with it.
#[derive(Debug)]
pub(crate) struct Poisoned;

/// The queue.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    inbox: PushList<T>,
    /// One of [`FREE`], [`HELD`], [`HELD_AND_WANTED`]: who may touch `line`.
    lock: Word,
    line: UnsafeCell<Chain<T>>,
    /// Entries pushed and not yet taken.
    length: AtomicU32,
    /// Counts pushes and alarms; sleepers wait on it.
    epoch: Word,
    /// Workers that sleep, or are about to.
    sleepers: AtomicU32,
}

// SAFETY: `line` is only touched by the holder of `lock`; everything else is atomic. Entries move between threads whole.
unsafe impl<T: Send> Send for Queue<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Queue<T> {}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self {
            inbox: PushList::new(),
            lock: Word::new(FREE),
            line: UnsafeCell::new(Chain::empty()),
            length: AtomicU32::new(0),
            epoch: Word::new(0),
            sleepers: AtomicU32::new(0),
        }
    }

    /// Puts `entry` at the end, and wakes a sleeper if there is one. Never waits.
    pub(crate) fn push(&self, entry: T) {
        // SeqCst: a worker that reads the epoch below has this count too, and does not fall asleep over an entry.
        self.length.fetch_add(1, Ordering::SeqCst);
        self.inbox.push(entry);
        // SeqCst: see the table at the head of this file.
        self.epoch.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            self.epoch.wake_one();
        }
    }

    /// Makes every sleeper look up, because something else changed than the entries.
    pub(crate) fn alarm(&self) {
        // SeqCst: see the table at the head of this file.
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.epoch.wake_all();
    }

    /// Takes the oldest entry. Workers only: it may wait for another worker's few instructions. An error where the memory
    /// is poisoned, so that these may never come.
    pub(crate) fn take(&self) -> Result<Option<T>, Poisoned> {
        // SeqCst: pairs with `push`, which counts before it publishes.
        if self.length.load(Ordering::SeqCst) == 0 {
            return Ok(None);
        }
        self.acquire()?;
        let entry = self.line.with_mut(|line| {
            // SAFETY: we hold the lock.
            let line = unsafe { &mut *line };
            line.next().or_else(|| {
                *line = self.inbox.take();
                line.next()
            })
        });
        self.release();
        if entry.is_some() {
            // SeqCst, for one order with `push` and `is_empty`.
            self.length.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(entry)
    }

    /// Waits until there may be something to take, at most `timeout`. Workers only. In a browser JavaScript does the same.
    #[cfg(any(loom, not(target_arch = "wasm32")))]
    pub(crate) fn wait(&self, timeout: std::time::Duration, stop: impl Fn() -> bool) -> Wake {
        match self.fall_asleep(stop) {
            None => Wake::Look,
            Some(epoch) => {
                let woken = self.epoch.wait(epoch, Some(timeout));
                self.wake_up();
                woken
            }
        }
    }

    /// Registers this worker as a sleeper and says which epoch to wait on; `None` where there is something to do.
    ///
    /// After `Some`, the worker waits on [`Queue::epoch`] in its own way, and then calls [`Queue::wake_up`].
    pub(crate) fn fall_asleep(&self, stop: impl Fn() -> bool) -> Option<u32> {
        // SeqCst here and below: see the table at the head of this file.
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let epoch = self.epoch.load(Ordering::SeqCst);
        if self.is_empty() && !stop() {
            Some(epoch)
        } else {
            self.wake_up();
            None
        }
    }

    /// The counterpart of [`Queue::fall_asleep`].
    pub(crate) fn wake_up(&self) {
        // SeqCst, for one order with `push`.
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    /// The word that sleepers wait on.
    pub(crate) fn epoch(&self) -> &Word {
        &self.epoch
    }

    /// Whether nothing waits to be taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing was pushed since somebody last emptied the inbox.
    pub(crate) fn nothing_came(&self) -> bool {
        self.inbox.is_empty()
    }

    /// Entries pushed and not yet taken.
    pub(crate) fn len(&self) -> u32 {
        // SeqCst, for one order with `push`.
        self.length.load(Ordering::SeqCst)
    }

    /// Takes all entries, unless a worker is in the middle of taking one. Never waits: any agent may call it.
    ///
    /// `None` is a promise only together with a rule that callers keep: whoever wants the queue emptied first stores
    /// that wish, then calls this; whoever takes entries looks for the wish after [`Queue::take`]. One of the two finds
    /// the other.
    pub(crate) fn try_take_all(&self) -> Option<impl Iterator<Item = T> + use<T>> {
        fence(Ordering::SeqCst);
        // SeqCst: acquires what the last holder did to the line, and is in one order with its `release`.
        self.lock
            .compare_exchange(FREE, HELD, Ordering::SeqCst, Ordering::SeqCst)
            .ok()?;
        let line = self.line.with_mut(|line| {
            // SAFETY: we hold the lock.
            std::mem::replace(unsafe { &mut *line }, Chain::empty())
        });
        let inbox = self.inbox.take();
        self.release();
        let all: Vec<T> = line.chain(inbox).collect();
        // SeqCst, for one order with `push`. A queue of more than four thousand million entries does not fit the memory.
        self.length.fetch_sub(
            u32::try_from(all.len()).unwrap_or(u32::MAX),
            Ordering::SeqCst,
        );
        Some(all.into_iter())
    }

    fn acquire(&self) -> Result<(), Poisoned> {
        // SeqCst: acquires what the last holder did to the line.
        if self
            .lock
            .compare_exchange(FREE, HELD, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
        {
            return Ok(());
        }
        while self.lock.swap(HELD_AND_WANTED, Ordering::SeqCst) != FREE {
            if self.lock.wait(HELD_AND_WANTED, None) == Wake::Poisoned {
                return Err(Poisoned);
            }
        }
        Ok(())
    }

    fn release(&self) {
        // SeqCst: releases what we did to the line; and is in one order with `try_take_all`.
        if self.lock.swap(FREE, Ordering::SeqCst) == HELD_AND_WANTED {
            self.lock.wake_one();
        }
        fence(Ordering::SeqCst);
    }
}
