//! A list that many agents push to without ever waiting, and that is emptied at one stroke.
//!
//! ```text
//! push: link to the head, compare-and-swap the head     (lock-free: a failed swap means another push succeeded)
//! take: swap the head for null, then turn the chain     (wait-free: one swap, whoever is pushing meanwhile)
//! ```
//!
//! This is what lets the page take part: it never waits for an agent that is in the middle of something, which queues
//! with a lock, and most that call themselves lock-free, make it do now and then.

use std::ptr;
use std::sync::atomic::Ordering;

use crate::platform::AtomicPtr;

/// One entry of a chain.
#[derive(Debug)]
struct Node<T> {
    value: T,
    next: *mut Node<T>,
}

/// The list: newest entry first.
#[derive(Debug)]
pub(crate) struct PushList<T> {
    head: AtomicPtr<Node<T>>,
}

/// Entries that were taken off a list, oldest first; what is not consumed is dropped with it.
#[derive(Debug)]
pub(crate) struct Chain<T> {
    head: *mut Node<T>,
}

// SAFETY: entries move between threads whole, and only the one that took a chain can reach them.
unsafe impl<T: Send> Send for PushList<T> {}
// SAFETY: as above; through a shared reference entries can only be pushed or taken out, never borrowed.
unsafe impl<T: Send> Sync for PushList<T> {}
// SAFETY: a chain owns its entries.
unsafe impl<T: Send> Send for Chain<T> {}

impl<T> PushList<T> {
    pub(crate) fn new() -> Self {
        Self {
            head: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Puts `value` at the end.
    pub(crate) fn push(&self, value: T) {
        let node = Box::into_raw(Box::new(Node {
            value,
            next: ptr::null_mut(),
        }));
        // Relaxed: only the address is compared, nothing behind it is read.
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            // SAFETY: the node is still ours alone.
            unsafe { (*node).next = head };
            // SeqCst on success: publishes the node, and takes part in the order of "push, then ring the bell" against
            // "fall asleep, then look at the list", which needs one total order. Relaxed on failure: see above.
            match self
                .head
                .compare_exchange_weak(head, node, Ordering::SeqCst, Ordering::Relaxed)
            {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Whether there is nothing to take.
    pub(crate) fn is_empty(&self) -> bool {
        // SeqCst, for one order with `push`.
        self.head.load(Ordering::SeqCst).is_null()
    }

    /// Takes everything, oldest first.
    pub(crate) fn take(&self) -> Chain<T> {
        // SeqCst: acquires the nodes behind the address, and see `push` for the total order.
        let mut newest = self.head.swap(ptr::null_mut(), Ordering::SeqCst);
        let mut oldest: *mut Node<T> = ptr::null_mut();
        while !newest.is_null() {
            // SAFETY: after the swap the chain is ours alone, and each link was written before it was published.
            let next = unsafe { std::mem::replace(&mut (*newest).next, oldest) };
            oldest = newest;
            newest = next;
        }
        Chain { head: oldest }
    }
}

impl<T> Drop for PushList<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T> Chain<T> {
    pub(crate) const fn empty() -> Self {
        Self {
            head: ptr::null_mut(),
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.head.is_null()
    }
}

impl<T> Iterator for Chain<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.head.is_null() {
            return None;
        }
        // SAFETY: a chain owns its nodes, each of which came from `Box::into_raw` in `push`.
        let node = unsafe { Box::from_raw(self.head) };
        self.head = node.next;
        Some(node.value)
    }
}

impl<T> Drop for Chain<T> {
    fn drop(&mut self) {
        while self.next().is_some() {}
    }
}
