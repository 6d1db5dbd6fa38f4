//! One worker of a pool: what it holds, and the steps of its loop.
//!
//! ```text
//!         ┌────────────────────────── take ◀──────────────────────────┐
//!         ▼                  ▼                ▼                       │
//!   Ran (a closure)   Script / Remote   Nothing: sleep         finish, reply
//!         │            leave the pool         │                       │
//!         │            run user code          │                       │
//!         │            enter the pool ────────┼───────────────────────┤
//!         └───────────────────────────────────┴───────────────────────┘
//! ```
//!
//! In a browser the loop is JavaScript, around these steps: only JavaScript can give the event loop its turns, await
//! what tasks await, and survive a trap. Natively it is [`Worker::work_until_exit`].
//!
//! While user code runs outside the pool, the call stands in `current`. It belongs to the worker while its agent's kill
//! word is BUSY, and to a killer once that is CLAIMED; nobody touches it while it is KILLABLE.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::error::Error;
use crate::platform::{AtomicU32, UnsafeCell};
use crate::pool::{CLOSING, OPEN, Pool};
use crate::work::Work;

/// What [`Worker::take`] came back with. The numbers are the ABI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Taken {
    /// Nothing to do: sleep.
    Nothing = 0,
    /// A closure was taken, and has run.
    Ran = 1,
    /// A JavaScript call stands in `current`, its payload in `shown`.
    Script = 2,
    /// A Rust call for the instance with private memory stands in `current`, its payload and entry in `shown`.
    Remote = 3,
    /// The worker is to leave.
    Exit = 4,
}

/// The record of one worker. JavaScript reads the head by address.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Worker {
    shown: Shown,
    agent: Arc<Agent>,
    pool: Arc<Pool>,
    index: u32,
    /// See the head of this file for who may touch it when.
    current: UnsafeCell<Option<Work>>,
}

/// What JavaScript is shown of the call in `current`; written and read by the worker's own agent only.
#[derive(Debug, Default)]
#[repr(C)]
struct Shown {
    payload: AtomicU32,
    payload_length: AtomicU32,
    entry: AtomicU32,
    check: AtomicU32,
    /// The epoch to sleep on.
    epoch: AtomicU32,
}

/// Where JavaScript finds what; `abi.ts` says the same.
#[cfg(target_arch = "wasm32")]
const _: () = {
    use std::mem::offset_of;
    assert!(offset_of!(Worker, shown) == 0);
    assert!(offset_of!(Shown, payload) == 0);
    assert!(offset_of!(Shown, payload_length) == 4);
    assert!(offset_of!(Shown, entry) == 8);
    assert!(offset_of!(Shown, check) == 12);
    assert!(offset_of!(Shown, epoch) == 16);
};

// SAFETY: `current` is touched by one agent at a time, as the kill word decides; all else is atomic or constant.
unsafe impl Send for Worker {}
// SAFETY: as above.
unsafe impl Sync for Worker {}

impl Worker {
    pub(crate) fn new(pool: Arc<Pool>, index: u32) -> Arc<Self> {
        Arc::new(Self {
            shown: Shown::default(),
            agent: Agent::new(),
            pool,
            index,
            current: UnsafeCell::new(None),
        })
    }

    pub(crate) fn agent(&self) -> &Arc<Agent> {
        &self.agent
    }

    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// The pool's prefix, an underscore, and the worker's number.
    pub(crate) fn name(&self) -> String {
        format!("{}_{}", self.pool.options().prefix, self.index)
    }

    /// Takes the next call, and runs it if it is a closure. Never waits for a call.
    pub(crate) fn take(&self) -> Taken {
        loop {
            if self.agent.kill_wanted() {
                return Taken::Exit;
            }
            let work = self.pool.queue().take();
            // After the take, as the queue's rule is: whoever changed the phase may not have got at the queue.
            let phase = self.pool.phase();
            if phase > CLOSING {
                if let Some(work) = work {
                    self.pool.reject(work);
                }
                self.pool.obey_phase();
                return Taken::Exit;
            }
            let Some(work) = work else {
                // Where the queue is not empty after all, a call is being pushed right now.
                return if phase == OPEN || !self.pool.queue().is_empty() {
                    Taken::Nothing
                } else {
                    Taken::Exit
                };
            };
            match work {
                Work::Local(call) if call.begin(self.index) => {
                    self.hold(Work::Local(call));
                    self.run_held();
                    return Taken::Ran;
                }
                Work::Script(call) if call.begin(self.index) => {
                    self.show(call.payload(), 0, 0);
                    self.hold(Work::Script(call));
                    return Taken::Script;
                }
                Work::Remote(call) if call.begin(self.index) => {
                    let entry = call.entry();
                    self.show(call.payload(), entry.index, entry.check);
                    self.hold(Work::Remote(call));
                    return Taken::Remote;
                }
                cancelled => {
                    self.pool.release_one();
                    cancelled.cancel();
                }
            }
        }
    }

    /// Takes the next call; where there is none, waits up to `timeout` for one.
    pub(crate) fn take_within(&self, timeout: Duration) -> Taken {
        match self.take() {
            Taken::Nothing if !timeout.is_zero() => {
                self.pool.queue().wait(timeout, || self.must_look());
                self.take()
            }
            taken => taken,
        }
    }

    /// Prepares to sleep on the queue's epoch, which it shows; false where there is something to do instead.
    pub(crate) fn fall_asleep(&self) -> bool {
        match self.pool.queue().fall_asleep(|| self.must_look()) {
            Some(epoch) => {
                // Relaxed: the same agent reads it.
                self.shown.epoch.store(epoch, Ordering::Relaxed);
                true
            }
            None => false,
        }
    }

    /// Runs the closure that the worker holds, and ends it. If a trap leaves the closure in the middle, the call is
    /// still in `current`.
    fn run_held(&self) {
        self.current.with_mut(|current| {
            // SAFETY: the worker is BUSY, so `current` is its own, and nothing that a task can call touches it.
            if let Some(Work::Local(call)) = unsafe { &mut *current } {
                call.run();
            }
        });
        if let Some(Work::Local(call)) = self.let_go() {
            call.finish();
        }
    }

    /// Ends the JavaScript call that the worker holds.
    pub(crate) fn finish_script(&self, kind: u32, reply: Option<Bytes>) {
        if let Some(Work::Script(call)) = self.let_go() {
            call.finish(kind, reply);
        }
    }

    /// Ends the Rust call that the worker holds, with the reply of the other instance.
    pub(crate) fn finish_remote(&self, reply: &[u8]) {
        if let Some(Work::Remote(call)) = self.let_go() {
            call.finish(reply);
        }
    }

    /// Ends the call that the worker holds with `error`; false where it holds none. For the worker itself, or for who
    /// claimed its agent.
    pub(crate) fn fail_current(&self, error: Error) -> bool {
        match self.let_go() {
            Some(work) => {
                work.fail(error);
                true
            }
            None => false,
        }
    }

    /// The worker's thread is gone, or never came: nothing of it is left but this record.
    pub(crate) fn gone(&self) {
        self.agent.set_gone();
        self.pool.worker_gone();
    }

    fn must_look(&self) -> bool {
        self.pool.phase() != OPEN || self.agent.kill_wanted()
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "addresses have 32 bits where JavaScript reads them"
    )]
    fn show(&self, payload: &[u8], entry: usize, check: u32) {
        // Relaxed: the same agent reads them.
        self.shown
            .payload
            .store(payload.as_ptr().addr() as u32, Ordering::Relaxed);
        self.shown
            .payload_length
            .store(payload.len() as u32, Ordering::Relaxed);
        self.shown.entry.store(entry as u32, Ordering::Relaxed);
        self.shown.check.store(check, Ordering::Relaxed);
    }

    fn hold(&self, work: Work) {
        self.current.with_mut(|current| {
            // SAFETY: the worker is BUSY, so `current` is its own.
            unsafe { *current = Some(work) };
        });
    }

    /// Takes the call out of the worker's hands; from now on the worker counts as free.
    fn let_go(&self) -> Option<Work> {
        let work = self.current.with_mut(|current| {
            // SAFETY: the caller is the BUSY worker, or has claimed its agent.
            unsafe { (*current).take() }
        });
        if work.is_some() {
            self.pool.release_one();
        }
        work
    }
}

#[cfg(all(not(target_arch = "wasm32"), not(loom)))]
impl Worker {
    /// The loop of a native worker.
    pub(crate) fn work_until_exit(&self) {
        loop {
            match self.take_within(Duration::from_secs(3600)) {
                Taken::Nothing | Taken::Ran => {}
                Taken::Remote => {
                    let held = self.current.with_mut(|current| {
                        // SAFETY: the worker is BUSY, so `current` is its own.
                        unsafe { (*current).take() }
                    });
                    if let Some(Work::Remote(call)) = held {
                        let reply = crate::process_pool::run_entry(call.entry(), call.payload());
                        self.pool.release_one();
                        call.finish(&reply);
                    }
                }
                Taken::Script => {
                    let error = Error::Value("there is no JavaScript on this machine".to_owned());
                    self.fail_current(error);
                }
                Taken::Exit => return,
            }
        }
    }
}
