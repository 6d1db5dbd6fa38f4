//! What the three queues are: an inbox that everybody may put into, a store that one agent at a time takes from, and
//! gates for items, for space, and for "all tasks done".
//!
//! ```text
//!  put: reserve a place ──▶ inbox (a PushList) ──▶ open `items`           never waits for another agent
//!  get: try the store's lock ─▶ inbox to store ─▶ take ─▶ open `space`    fails where another agent has the lock
//! ```
//!
//! Nobody waits for the lock. Who finds it held marks it, and waits at the gate; who lets go of a marked lock opens the
//! gate. So a page may put and get as every other agent.
//!
//! Shutting down is a bit in the word that also counts the items, so that no place is reserved after it. Whoever wants the
//! store emptied sets a bit before it tries the lock, and whoever changes the store looks for the bit afterwards: one of
//! them finds the other.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::atomic::Ordering;

use super::error::SyncError;
use super::gate::Gate;
use crate::error::Error;
use crate::list::PushList;
use crate::platform::{self, AtomicU32, Deadline, UnsafeCell, fence};

const FREE: u32 = 0;
const HELD: u32 = 1;
const HELD_AND_WANTED: u32 = 2;

/// No more is put in.
const CLOSED: u32 = 1 << 31;
/// No more is taken out, either.
const EMPTIED: u32 = 1 << 30;
/// The items that are in, or on their way; as many as fit.
const COUNT: u32 = EMPTIED - 1;

/// How often a page tries the lock of the store before it takes a queue for empty.
const SPINS: u32 = 10_000;

/// What `get` finds.
pub(crate) enum Look<T> {
    Item(T),
    Nothing,
    /// Another agent has the store.
    Busy,
}

/// In which order items come out.
pub(crate) trait Store {
    type Item;

    fn push(&mut self, item: Self::Item);
    fn pop(&mut self) -> Option<Self::Item>;
}

/// First in, first out.
#[derive(Debug)]
pub(crate) struct Fifo<T>(VecDeque<T>);

/// Last in, first out.
#[derive(Debug)]
pub(crate) struct Lifo<T>(Vec<T>);

/// The smallest first.
#[derive(Debug)]
pub(crate) struct Smallest<T>(BinaryHeap<Reverse<T>>);

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Default for Lifo<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> Default for Smallest<T> {
    fn default() -> Self {
        Self(BinaryHeap::new())
    }
}

impl<T> Store for Fifo<T> {
    type Item = T;

    fn push(&mut self, item: T) {
        self.0.push_back(item);
    }

    fn pop(&mut self) -> Option<T> {
        self.0.pop_front()
    }
}

impl<T> Store for Lifo<T> {
    type Item = T;

    fn push(&mut self, item: T) {
        self.0.push(item);
    }

    fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }
}

impl<T: Ord> Store for Smallest<T> {
    type Item = T;

    fn push(&mut self, item: T) {
        self.0.push(Reverse(item));
    }

    fn pop(&mut self) -> Option<T> {
        self.0.pop().map(|Reverse(item)| item)
    }
}

/// What a queue is.
#[derive(Debug)]
pub(crate) struct RawQueue<S: Store> {
    items: Gate,
    space: Gate,
    all_done: Gate,
    /// [`CLOSED`], [`EMPTIED`], and the number of items.
    word: AtomicU32,
    /// Items put and not reported done.
    unfinished: AtomicU32,
    /// Zero where there is no limit.
    maxsize: u32,
    inbox: PushList<S::Item>,
    /// One of [`FREE`], [`HELD`], [`HELD_AND_WANTED`]: who may touch `store`.
    lock: AtomicU32,
    store: UnsafeCell<S>,
}

// SAFETY: `store` is touched by the holder of `lock` only; all else is atomic. Items move between threads whole.
unsafe impl<S: Store<Item: Send>> Send for RawQueue<S> {}
// SAFETY: as above.
unsafe impl<S: Store<Item: Send>> Sync for RawQueue<S> {}

/// Gives the store's lock back, also where a comparison of the user's panics.
struct Release<'a, S: Store>(&'a RawQueue<S>);

impl<S: Store> Drop for Release<'_, S> {
    fn drop(&mut self) {
        // Release: hands on the store as it is. Acquire is not needed: who marked the lock touched nothing.
        let wanted = self.0.lock.swap(FREE, Ordering::Release) == HELD_AND_WANTED;
        if wanted {
            self.0.items.open_for_all();
        }
    }
}

impl<S: Store> RawQueue<S> {
    pub(crate) fn new(maxsize: usize, store: S) -> Self {
        Self {
            items: Gate::new(),
            space: Gate::new(),
            all_done: Gate::new(),
            word: AtomicU32::new(0),
            unfinished: AtomicU32::new(0),
            maxsize: u32::try_from(maxsize).unwrap_or(COUNT).min(COUNT),
            inbox: PushList::new(),
            lock: AtomicU32::new(FREE),
            store: UnsafeCell::new(store),
        }
    }

    /// The most items that fit; zero where there is no limit.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    pub(crate) fn maxsize(&self) -> u32 {
        self.maxsize
    }

    /// Where one waits for items.
    pub(crate) fn items(&self) -> &Gate {
        &self.items
    }

    /// Where one waits for space.
    pub(crate) fn space(&self) -> &Gate {
        &self.space
    }

    /// Where one waits until all tasks are done.
    pub(crate) fn all_done(&self) -> &Gate {
        &self.all_done
    }

    /// Reserves a place, which [`RawQueue::put`] then fills.
    pub(crate) fn try_reserve(&self) -> Result<Option<()>, Error> {
        let most = if self.maxsize == 0 {
            COUNT
        } else {
            self.maxsize
        };
        // SeqCst, here and for all changes of the word: in one order with the looks of `try_get` and `shut_down`.
        let reserved = self
            .word
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |word| {
                (word & CLOSED == 0 && word < most).then_some(word + 1)
            });
        match reserved {
            Ok(_) => Ok(Some(())),
            Err(word) if word & CLOSED != 0 => Err(SyncError::ShutDown.into()),
            Err(_) => Ok(None),
        }
    }

    /// Fills the place that was reserved.
    pub(crate) fn put(&self, item: S::Item) {
        // Relaxed: counted before the item can be taken, which is after the push.
        self.unfinished.fetch_add(1, Ordering::Relaxed);
        self.inbox.push(item);
        self.items.open_for_one();
        if self.word.load(Ordering::SeqCst) & EMPTIED != 0 {
            self.empty_out();
        }
    }

    /// Takes the next item, unless there is none, or another agent is at it.
    pub(crate) fn try_get(&self) -> Result<Option<S::Item>, Error> {
        match self.look()? {
            Look::Item(item) => Ok(Some(item)),
            Look::Nothing | Look::Busy => Ok(None),
        }
    }

    /// Takes the next item, or says that there is none. It waits for other agents that are in the middle of a `get`, as
    /// far as this one may wait.
    pub(crate) fn get_nowait(&self) -> Result<S::Item, Error> {
        let step = || match self.look()? {
            Look::Item(item) => Ok(Some(item)),
            Look::Nothing => Err(SyncError::Empty.into()),
            Look::Busy => Ok(None),
        };
        if platform::can_block() {
            let item = self.items.pass(Deadline::after(None), step)?;
            return item.ok_or(SyncError::Empty.into());
        }
        // A page does not wait for an agent that was put to sleep in the middle of it.
        for _ in 0..SPINS {
            if let Some(item) = step()? {
                return Ok(item);
            }
            std::hint::spin_loop();
        }
        Err(SyncError::Empty.into())
    }

    /// Takes the next item, or says why not.
    pub(crate) fn look(&self) -> Result<Look<S::Item>, Error> {
        let word = self.word.load(Ordering::SeqCst);
        if word & EMPTIED != 0 || word == CLOSED {
            return Err(SyncError::ShutDown.into());
        }
        if word & COUNT == 0 {
            return Ok(Look::Nothing);
        }
        let item = self.with_store(|store| {
            self.inbox.take().for_each(|item| store.push(item));
            // Counted under the lock: whoever finds the store empty after us finds the queue empty, too.
            store.pop().map(|item| (item, self.uncount(1)))
        });
        if let Some(Some((_, left))) = item {
            self.taken(left);
        }
        // As the rule at the head of this file is.
        if self.word.load(Ordering::SeqCst) & EMPTIED != 0 {
            self.empty_out();
        }
        Ok(match item {
            Some(Some((item, _))) => Look::Item(item),
            // It is on its way: whoever puts it has reserved its place, and no more.
            Some(None) => Look::Nothing,
            None => Look::Busy,
        })
    }

    /// So many items are no longer in: gives the word as it is now.
    fn uncount(&self, count: u32) -> u32 {
        self.word.fetch_sub(count, Ordering::SeqCst) - count
    }

    /// Tells those whom it concerns that the word is `left` after an item was taken.
    fn taken(&self, left: u32) {
        if self.maxsize != 0 && left & CLOSED == 0 {
            self.space.open_for_one();
        }
        if left == CLOSED {
            // Who waits for items waits in vain.
            self.items.open_for_all();
        }
    }

    /// One item that was taken is dealt with.
    pub(crate) fn task_done(&self) -> Result<(), Error> {
        self.done(1)
            .map_err(|()| Error::Value("task_done() called too many times".to_owned()))
    }

    fn done(&self, count: u32) -> Result<(), ()> {
        // AcqRel: what was done for each item is seen by who waits for all.
        let before =
            self.unfinished
                .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |unfinished| {
                    unfinished.checked_sub(count)
                });
        if before.map_err(drop)? == count {
            self.all_done.open_for_all();
        }
        Ok(())
    }

    /// Whether all items that were put are dealt with.
    pub(crate) fn finished(&self) -> Option<()> {
        // Acquire: pairs with `done`.
        (self.unfinished.load(Ordering::Acquire) == 0).then_some(())
    }

    /// Refuses what comes from now on; with `immediate`, drops what is in, too.
    pub(crate) fn shut_down(&self, immediate: bool) {
        let bits = if immediate { CLOSED | EMPTIED } else { CLOSED };
        self.word.fetch_or(bits, Ordering::SeqCst);
        if immediate {
            self.empty_out();
        }
        self.items.open_for_all();
        self.space.open_for_all();
    }

    /// Drops what is in, unless another agent has the store: that one will.
    fn empty_out(&self) {
        // The wish, or the item, comes before the try.
        fence(Ordering::SeqCst);
        loop {
            let all = self.with_store(|store| {
                self.inbox.take().for_each(|item| store.push(item));
                let all = std::iter::from_fn(|| store.pop()).collect::<Vec<_>>();
                let count = u32::try_from(all.len()).unwrap_or(COUNT);
                self.uncount(count);
                (all, count)
            });
            let Some((_, count)) = all else { return };
            if count > 0 {
                // Fails where `task_done` was called for items that nobody took.
                let _ = self.done(count);
            }
            // Whoever put one in while we had the store left it to us.
            if self.inbox.is_empty() {
                return;
            }
        }
    }

    /// Items that are in, or on their way.
    pub(crate) fn len(&self) -> usize {
        (self.word.load(Ordering::SeqCst) & COUNT) as usize
    }

    pub(crate) fn is_full(&self) -> bool {
        self.maxsize != 0 && self.len() >= self.maxsize as usize
    }

    /// Does something with the store; `None` where another agent has it, which then opens `items`.
    fn with_store<R>(&self, change: impl FnOnce(&mut S) -> R) -> Option<R> {
        loop {
            // Acquire: the store as the last one left it. Relaxed on failure, and below: nothing is read.
            let held = self
                .lock
                .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed);
            if held.is_ok() {
                let release = Release(self);
                let result = self.store.with_mut(|store| {
                    // SAFETY: we hold the lock.
                    change(unsafe { &mut *store })
                });
                drop(release);
                // The look for EMPTIED, or into the inbox, must not come before the lock is free.
                fence(Ordering::SeqCst);
                return Some(result);
            }
            let marked = self.lock.compare_exchange(
                HELD,
                HELD_AND_WANTED,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            if marked != Err(FREE) {
                return None;
            }
        }
    }
}
