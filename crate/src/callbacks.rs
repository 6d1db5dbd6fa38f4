//! What is to happen when a future is done: callbacks of users, and waiters to wake.
//!
//! Two lists without locks, open until the future is done. Closing one hands whoever closes it all entries, in the
//! order in which they came; whoever comes later is told so, and acts at once. So each entry acts exactly once.
//!
//! Waiters (`wait`, `as_completed`) mostly go before the future is done. They are held weakly and swept now and then:
//! the sweeper takes all off, drops the dead and adds the rest again. If the future is done meanwhile, the sweeper
//! finds the list closed and tells the rest itself, just as a late comer would. Callbacks are never swept, since they
//! must keep their order.

use std::fmt;
use std::ptr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use crate::agent::Agent;
use crate::panics;
use crate::platform::{self, AtomicPtr, AtomicU32};

/// Fewer waiters than this are never swept.
const SWEEP_FROM: u32 = 16;

/// Something that waits for several futures.
pub(crate) trait Observer: Send + Sync {
    /// The future that was registered under `key` is done; `failed` says whether by an error of its own.
    fn done(&self, key: usize, failed: bool);
}

/// A user's callback, and the agent that registered it.
pub(crate) struct Callback {
    call: Box<dyn FnOnce() + Send>,
    agent: Option<Arc<Agent>>,
}

/// A waiter, and the key under which it knows the future.
pub(crate) struct Waiter {
    observer: Weak<dyn Observer>,
    key: usize,
}

/// Both lists of one future.
#[derive(Debug)]
pub(crate) struct Callbacks {
    calls: OpenList<Callback>,
    waiters: OpenList<Waiter>,
    /// How many more waiters may come before the next sweep.
    until_sweep: AtomicU32,
    /// Not zero where the future failed; written before the lists are closed, and read after.
    failed: AtomicU32,
}

impl Callback {
    pub(crate) fn new(call: impl FnOnce() + Send + 'static) -> Self {
        Self {
            call: Box::new(call),
            agent: platform::current_agent(),
        }
    }

    /// Runs it: here, or, where web APIs are missing, on the agent that registered it. A panic is reported, as Python
    /// logs the exception of a callback; the next callback runs all the same.
    fn run(self) {
        let call = self.call;
        let guarded = move || panics::contain("a done callback", call);
        match self.agent {
            Some(agent) if !platform::callbacks_run_here() => agent.post(Box::new(guarded)),
            _ => guarded(),
        }
    }
}

impl Waiter {
    fn tell(self, failed: bool) {
        if let Some(observer) = self.observer.upgrade() {
            observer.done(self.key, failed);
        }
    }
}

impl Callbacks {
    pub(crate) fn new() -> Self {
        Self {
            calls: OpenList::new(),
            waiters: OpenList::new(),
            until_sweep: AtomicU32::new(SWEEP_FROM),
            failed: AtomicU32::new(0),
        }
    }

    /// Has `callback` run when the future is done; at once if it is.
    pub(crate) fn add(&self, callback: Callback) {
        if let Err(late) = self.calls.add(callback) {
            late.run();
        }
    }

    /// Has `observer` told when the future is done, if it is still there; at once if the future is done.
    pub(crate) fn watch(&self, observer: Weak<dyn Observer>, key: usize) {
        // Relaxed: a hint when to sweep; two sweeps at once only find less to do.
        if self.until_sweep.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.sweep();
        }
        if let Err(late) = self.waiters.add(Waiter { observer, key }) {
            late.tell(self.failed());
        }
    }

    /// The future is done: tells the waiters, then runs the callbacks, each in the order in which they came.
    pub(crate) fn done(&self, failed: bool) {
        // Relaxed: published by the closing of the lists.
        self.failed.store(failed.into(), Ordering::Relaxed);
        self.waiters.close().for_each(|waiter| waiter.tell(failed));
        self.calls.close().for_each(Callback::run);
    }

    /// Whether the future failed, for who found the waiters closed.
    fn failed(&self) -> bool {
        // Relaxed: acquired when the list was found closed.
        self.failed.load(Ordering::Relaxed) != 0
    }

    fn sweep(&self) {
        let mut alive = SWEEP_FROM;
        for waiter in self
            .waiters
            .take()
            .filter(|waiter| waiter.observer.strong_count() > 0)
        {
            alive = alive.saturating_add(1);
            if let Err(late) = self.waiters.add(waiter) {
                late.tell(self.failed());
            }
        }
        // Relaxed: see `watch`. As many newcomers as there are now make the next sweep, so its cost is spread.
        self.until_sweep.store(alive, Ordering::Relaxed);
    }
}

/// A list that can be added to until it is closed, once and for good.
struct OpenList<T> {
    /// Newest entry first; [`OpenList::CLOSED`] at the end.
    head: AtomicPtr<Node<T>>,
}

struct Node<T> {
    entry: T,
    next: *mut Node<T>,
}

// SAFETY: entries move between threads whole, and only the one that took a chain off can reach them.
unsafe impl<T: Send> Send for OpenList<T> {}
// SAFETY: as above; through a shared reference entries can only be added or taken off, never borrowed.
unsafe impl<T: Send> Sync for OpenList<T> {}

impl<T> OpenList<T> {
    /// Not an address of any node, since it is not aligned as one.
    const CLOSED: *mut Node<T> = ptr::without_provenance_mut(1);

    fn new() -> Self {
        Self {
            head: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Adds `entry`, or gives it back where the list is closed.
    fn add(&self, entry: T) -> Result<(), T> {
        let node = Box::into_raw(Box::new(Node {
            entry,
            next: ptr::null_mut(),
        }));
        // Acquire: whoever finds the list closed may read the outcome of the future.
        let mut head = self.head.load(Ordering::Acquire);
        while head != Self::CLOSED {
            // SAFETY: the node is still ours alone.
            unsafe { (*node).next = head };
            // Release: publishes the node. Acquire on failure: see above.
            match self
                .head
                .compare_exchange_weak(head, node, Ordering::Release, Ordering::Acquire)
            {
                Ok(_) => return Ok(()),
                Err(now) => head = now,
            }
        }
        // SAFETY: nobody took the node, so it is still ours, as `Box::into_raw` gave it.
        Err(unsafe { Box::from_raw(node) }.entry)
    }

    /// Takes all entries off, oldest first, and leaves the list as it is: open or closed.
    fn take(&self) -> impl Iterator<Item = T> + use<T> {
        // Acquire: the nodes behind the address. Relaxed on failure: only compared.
        let taken = self
            .head
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |head| {
                (head != Self::CLOSED).then_some(ptr::null_mut())
            });
        Self::unchain(taken.unwrap_or(ptr::null_mut()))
    }

    /// Closes the list and takes all entries off, oldest first; none where it was closed before.
    fn close(&self) -> impl Iterator<Item = T> + use<T> {
        // AcqRel: acquires the nodes; releases the outcome to late comers that find the list closed.
        let head = self.head.swap(Self::CLOSED, Ordering::AcqRel);
        Self::unchain(if head == Self::CLOSED {
            ptr::null_mut()
        } else {
            head
        })
    }

    fn unchain(mut head: *mut Node<T>) -> impl Iterator<Item = T> + use<T> {
        let mut entries = Vec::new();
        while !head.is_null() {
            // SAFETY: the chain was taken off, so it is ours; each node came from `Box::into_raw`.
            let node = unsafe { Box::from_raw(head) };
            head = node.next;
            entries.push(node.entry);
        }
        entries.into_iter().rev()
    }
}

impl<T> Drop for OpenList<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T> fmt::Debug for OpenList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenList").finish_non_exhaustive()
    }
}
