//! The platform under loom: every interleaving of the atomics and waits below is tried.
//!
//! A [`Word`] is a faithful futex: comparing and going to sleep are one step under a lock that wakers take too.

use std::ops::Deref;
use std::task::{Context, Poll};
use std::time::Duration;

use loom::sync::{Condvar, Mutex};

use super::Wake;
use crate::agent::Agent;
use crate::pool::Pool;
use crate::worker::Worker;

pub(crate) use loom::cell::UnsafeCell;
pub(crate) use loom::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, fence};

/// A 32-bit atomic on which threads of the model can wait.
#[derive(Debug)]
pub(crate) struct Word {
    value: AtomicU32,
    gate: Mutex<()>,
    woken: Condvar,
}

impl Word {
    pub(crate) fn new(value: u32) -> Self {
        Self {
            value: AtomicU32::new(value),
            gate: Mutex::new(()),
            woken: Condvar::new(),
        }
    }

    /// Waits while the word is `expected`; the model has no time, so a time-out never comes.
    pub(crate) fn wait(&self, expected: u32, _timeout: Option<Duration>) -> Wake {
        let gate = self.gate.lock().unwrap();
        // SeqCst: pairs with the waker's store before it takes the gate.
        if self.value.load(std::sync::atomic::Ordering::SeqCst) == expected {
            drop(self.woken.wait(gate).unwrap());
        }
        Wake::Look
    }

    pub(crate) fn wake_one(&self) {
        let _gate = self.gate.lock().unwrap();
        self.woken.notify_one();
    }

    pub(crate) fn wake_all(&self) {
        let _gate = self.gate.lock().unwrap();
        self.woken.notify_all();
    }
}

impl Deref for Word {
    type Target = AtomicU32;

    fn deref(&self) -> &AtomicU32 {
        &self.value
    }
}

pub(crate) fn can_block() -> bool {
    true
}

/// Natively memory is always shared.
pub(crate) fn isolated() -> bool {
    true
}

pub(crate) fn now() -> f64 {
    0.0
}

/// Models start their threads themselves.
pub(crate) fn start_worker(_worker: std::sync::Arc<Worker>) {}

/// Models end their threads themselves.
pub(crate) fn end_workers(_pool: &std::sync::Arc<Pool>) {}

/// Natively everybody can speak for himself.
pub(crate) fn messenger() -> Option<&'static Agent> {
    None
}

#[expect(clippy::disallowed_macros, reason = "no model runs on a page")]
pub(crate) fn report(message: &str) {
    eprintln!("concurrent-futures: {message}");
}

pub(crate) fn current_agent() -> Option<std::sync::Arc<Agent>> {
    None
}

/// Threads of the model that end without releasing a lock count as dead; those that wait look at it by themselves.
pub(crate) const AGENTS_DIE: bool = false;

pub(crate) fn holder() -> u32 {
    use crate::sync::holder::Holder;
    loom::thread_local! {
        static HOLDER: Holder = Holder::new();
    }
    HOLDER.with(Holder::serial)
}

pub(crate) fn callbacks_run_here() -> bool {
    true
}

pub(crate) fn cores() -> u32 {
    2
}

#[expect(clippy::unnecessary_wraps, reason = "in a browser it can fail")]
pub(crate) fn prepare() -> Result<(), crate::error::Error> {
    Ok(())
}

/// Models have one instance.
pub fn is_main() -> bool {
    true
}

/// The model has no time, so it never rings.
pub(crate) struct Alarm;

impl Alarm {
    pub(crate) fn at(_deadline: super::Deadline) -> Self {
        Self
    }

    pub(crate) fn poll(&mut self, _context: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

/// No model has an event loop.
pub(crate) fn has_event_loop() -> bool {
    false
}

pub(crate) fn drive<C: Future + ?Sized>(
    coroutine: std::pin::Pin<&mut C>,
    context: &mut Context<'_>,
) -> Poll<C::Output> {
    coroutine.poll(context)
}

pub(crate) fn spawn_local(
    _future: impl Future<Output = ()> + 'static,
) -> Result<(), crate::error::Error> {
    Err(crate::error::Error::NoEventLoop)
}

pub(crate) fn stack() -> Option<String> {
    None
}
