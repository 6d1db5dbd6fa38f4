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
//! The first take gives the pool's initializer, if there is one, in the same shape as a call of that kind; how it ends
//! is told in the same way too. One that fails breaks the pool.
//!
//! A closure may be a coroutine: where it waits, the take gives `Awaits`, and the loop calls [`Worker::go_on`] each time the
//! alarm has rung, with turns of the event loop in between. It is BUSY all the while, as in any closure.
//!
//! In a browser the loop is JavaScript, around these steps: only JavaScript can give the event loop its turns, await
//! what tasks await, and survive a trap. Natively it is [`Worker::work_until_exit`].
//!
//! While user code runs outside the pool, the call, or the fact that it is the initializer, stands in `current`. It
//! belongs to the worker while its agent's kill word is BUSY, and to a killer while that is HELD or once it is CLAIMED;
//! nobody touches it while it is KILLABLE.

#[cfg(all(not(target_arch = "wasm32"), not(loom)))]
mod native;

use std::cell::Cell;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use crate::agent::{Agent, BUSY};
use crate::alarm::WordAlarm;
use crate::bytes::Bytes;
use crate::call::{ENDED, ScriptCall, VALUE};
use crate::error::{BrokenExecutor, Error};
use crate::initializer;
use crate::platform::{AtomicU32, UnsafeCell};
use crate::pool::{BROKEN, CLOSING, Kind, OPEN, Pool};
use crate::process_pool;
use crate::report::report_here;
#[cfg(not(loom))]
use crate::trace;
use crate::trace::Lane;
use crate::work::{Entry, Work};

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
    /// A closure stands in `current` that waits for something: go on with it when the alarm rings.
    Awaits = 5,
    /// As `Remote`, but what is called there is a coroutine.
    RemoteCoroutine = 6,
}

/// What came of an attempt to end the call that a worker holds. The numbers are the ABI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Attempt {
    /// The worker does not hold that call, or not any more.
    NotHeld = 0,
    /// The call is over, and the worker belongs to the caller, who ends its thread.
    Ended = 1,
    /// The worker is at work on the pool's memory: try again.
    Busy = 2,
}

/// The record of one worker. JavaScript reads the head by address.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Worker {
    shown: Shown,
    agent: Arc<Agent>,
    pool: Arc<Pool>,
    index: u32,
    /// Not zero once the pool was told that the worker takes no more calls.
    left: AtomicU32,
    /// Calls that the worker has begun; only its own agent touches this and the next.
    begun: AtomicU32,
    /// Not zero once the worker has begun its initializer.
    set_up: AtomicU32,
    /// What wakes a coroutine that the worker runs.
    alarm: Arc<WordAlarm>,
    /// See the head of this file for who may touch it when.
    current: UnsafeCell<Option<Held>>,
    lane: Lane,
}

/// What a worker has in its hands.
#[derive(Debug)]
enum Held {
    Call(Work),
    Initializer,
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
    /// Not zero where it is no call, but the initializer.
    initializer: AtomicU32,
    /// The agent that submitted a JavaScript call.
    caller: AtomicU32,
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
    assert!(offset_of!(Shown, initializer) == 20);
    assert!(offset_of!(Shown, caller) == 24);
};

// SAFETY: `current` is touched by one agent at a time, as the kill word decides; all else is atomic or constant.
unsafe impl Send for Worker {}
// SAFETY: as above.
unsafe impl Sync for Worker {}

thread_local! {
    /// The worker that this thread is. Its record outlives the thread.
    static HERE: Cell<*const Worker> = const { Cell::new(ptr::null()) };
}

/// The worker that this thread is.
fn here() -> Option<&'static Worker> {
    // SAFETY: null, or a record that outlives this thread: natively the thread holds it, in a browser the spawner gives it
    // back when the thread is gone.
    unsafe { HERE.get().as_ref() }
}

/// Whether this thread is one of the pool's workers.
pub(crate) fn works_for(pool: &Pool) -> bool {
    here().is_some_and(|worker| ptr::eq(Arc::as_ptr(&worker.pool), pool))
}

/// The pool that this thread works for, and its number there.
#[cfg(not(loom))]
pub(crate) fn post() -> Option<(Arc<Pool>, u32)> {
    here().map(|worker| (Arc::clone(&worker.pool), worker.index))
}

impl Worker {
    /// From now on this thread is the worker.
    #[cfg(not(loom))]
    pub(crate) fn settle_in(&self) {
        HERE.set(self);
        trace::works_here(self.pool.trace(), self.index);
    }

    pub(crate) fn new(pool: Arc<Pool>, index: u32) -> Arc<Self> {
        let worker = Arc::new(Self {
            shown: Shown::default(),
            agent: Agent::new(),
            pool,
            index,
            left: AtomicU32::new(0),
            begun: AtomicU32::new(0),
            set_up: AtomicU32::new(0),
            alarm: WordAlarm::new(),
            current: UnsafeCell::new(None),
            lane: Lane::new(),
        });
        worker.agent.set_name(&worker.name());
        worker
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
        self.note_start();
        loop {
            if self.agent.kill_wanted() {
                return Taken::Exit;
            }
            if self.is_worn_out() {
                self.leave();
                return Taken::Exit;
            }
            if self.pool.phase() <= CLOSING
                && let Some(taken) = self.begin_initializer()
            {
                return taken;
            }
            let Ok(work) = self.pool.queue().take() else {
                return Taken::Exit;
            };
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
            // Again: the trace may be younger than the first look, but it is older than a call of which it tells.
            self.note_start();
            match work {
                Work::Local(call) if call.begin(self.index) => {
                    self.hold(Held::Call(Work::Local(call)));
                    return self.go_on();
                }
                Work::Script(call) if call.begin(self.index) => {
                    self.show(call.payload(), None);
                    self.show_caller(call.agent());
                    self.hold(Held::Call(Work::Script(call)));
                    return Taken::Script;
                }
                Work::Remote(call) if call.begin(self.index) => {
                    let entry = call.entry();
                    self.show(call.payload(), Some(entry));
                    self.hold(Held::Call(Work::Remote(call)));
                    return if entry.coroutine {
                        Taken::RemoteCoroutine
                    } else {
                        Taken::Remote
                    };
                }
                cancelled => {
                    self.pool.release_one();
                    cancelled.cancel();
                }
            }
        }
    }

    /// Takes the next call; where there is none, waits up to `timeout` for one.
    #[cfg(any(loom, not(target_arch = "wasm32")))]
    pub(crate) fn take_within(&self, timeout: std::time::Duration) -> Taken {
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

    /// Runs the closure that the worker holds, as far as it goes without waiting, and ends it if that is to its end. If a
    /// trap leaves the closure in the middle, the call is still in `current`.
    pub(crate) fn go_on(&self) -> Taken {
        // First, so that no ring is lost that comes while it runs.
        self.alarm.reset();
        let waker = Waker::from(Arc::clone(&self.alarm));
        let run = self.current.with_mut(|current| {
            // SAFETY: the worker is BUSY, so `current` is its own, and nothing that a task can call touches it.
            match unsafe { &mut *current } {
                Some(Held::Call(Work::Local(call))) => call.run(&mut Context::from_waker(&waker)),
                _ => Poll::Ready(()),
            }
        });
        if run.is_pending() {
            return Taken::Awaits;
        }
        if let Some(Held::Call(Work::Local(call))) = self.let_go() {
            call.finish();
        }
        Taken::Ran
    }

    /// What rings when the coroutine that the worker runs can go on.
    pub(crate) fn alarm(&self) -> &WordAlarm {
        &self.alarm
    }

    /// Ends the JavaScript call that the worker holds. An initializer that failed says why in words.
    pub(crate) fn finish_script(&self, kind: u32, reply: Option<Bytes>) {
        match self.let_go() {
            Some(Held::Call(Work::Script(call))) => call.finish(kind, reply),
            Some(Held::Initializer) if kind != VALUE => {
                let words = reply.as_ref().map_or(&[][..], Bytes::as_slice);
                self.initializer_failed(&String::from_utf8_lossy(words));
            }
            _ => {}
        }
    }

    /// Ends the Rust call that the worker holds, with the reply of the other instance.
    pub(crate) fn finish_remote(&self, reply: &[u8]) {
        match self.let_go() {
            Some(Held::Call(Work::Remote(call))) => call.finish(reply),
            Some(Held::Initializer) => {
                self.end_initializer(process_pool::outcome_of(reply, Some(self.name())));
            }
            _ => {}
        }
    }

    /// Ends the call that the worker holds with `error`; false where it holds none. For the worker itself, or for who
    /// claimed its agent.
    pub(crate) fn fail_current(&self, mut error: Error) -> bool {
        if let Error::Broken(BrokenExecutor { worker, .. }) = &mut error {
            worker.get_or_insert_with(|| self.name());
        }
        match self.let_go() {
            Some(Held::Call(work)) => work.fail(error),
            Some(Held::Initializer) => self.end_initializer(Err(error)),
            None => return false,
        }
        true
    }

    /// The worker died, for `reason`: what it held fails, and either another takes its place or the pool is broken. For
    /// who claimed its agent.
    pub(crate) fn died(&self, reason: &str) {
        self.lose(reason);
        self.note_end(reason);
    }

    fn lose(&self, reason: &str) {
        let held = self.let_go();
        if let Some(Held::Initializer) = held {
            self.initializer_failed(reason);
            return;
        }
        let error = if self.is_replaceable() {
            self.leave();
            self.pool.lost(reason, self)
        } else {
            self.pool.break_because(reason, Some(self));
            self.pool.broken()
        };
        if let Some(Held::Call(work)) = held {
            work.fail(error);
        }
    }

    /// Whether the pool goes on without this worker.
    fn is_replaceable(&self) -> bool {
        // Relaxed: only this agent, and who claimed it, touch it.
        self.pool.options().respawn
            && self.pool.phase() <= CLOSING
            && (self.begun.load(Ordering::Relaxed) > 0 || self.pool.survives_stillborn())
    }

    /// Begins the pool's initializer, once; one that runs right here ends, too.
    fn begin_initializer(&self) -> Option<Taken> {
        let initializer = self.pool.options().initializer.as_ref()?;
        // Relaxed: only this agent touches it.
        if self.set_up.swap(1, Ordering::Relaxed) != 0 {
            return None;
        }
        self.hold(Held::Initializer);
        Some(match initializer.kind() {
            initializer::Kind::Closure(closure) => {
                let outcome = closure.run(&self.name());
                self.let_go();
                self.end_initializer(outcome);
                Taken::Ran
            }
            initializer::Kind::Function { entry, payload } => match self.pool.options().kind {
                Kind::Thread => {
                    let reply = process_pool::run_entry(*entry, payload);
                    self.finish_remote(&reply);
                    Taken::Ran
                }
                Kind::Process => {
                    self.show(payload, Some(*entry));
                    Taken::Remote
                }
            },
            initializer::Kind::Script(payload) => {
                self.show(payload.as_slice(), None);
                Taken::Script
            }
        })
    }

    fn end_initializer(&self, outcome: Result<(), Error>) {
        match outcome {
            Ok(()) => {}
            Err(Error::Task(error)) => self.initializer_failed(error.message()),
            Err(error) => self.initializer_failed(&error.to_string()),
        }
    }

    /// Python logs this, too. Where the worker was ended by force, the pool is broken already, and says why.
    fn initializer_failed(&self, message: &str) {
        if self.pool.phase() != BROKEN {
            let reason = format!("a worker's initializer failed: {message}");
            report_here(&format!("{}: {reason}", self.name()));
            self.pool.break_because(&reason, Some(self));
            self.note_end(&reason);
        }
    }

    /// Whether the worker has run as many calls as one may.
    fn is_worn_out(&self) -> bool {
        let most = self.pool.options().max_tasks;
        // Relaxed: only this agent touches it.
        most.is_some_and(|most| self.begun.load(Ordering::Relaxed) >= most.get())
    }

    /// Ends `call` by force, if the worker still holds it: its future fails with the error that its agent keeps for it,
    /// and another worker takes this one's place. For the spawner.
    pub(crate) fn end_call(&self, call: &Arc<ScriptCall>) -> Attempt {
        match self.agent.hold() {
            Ok(()) => {}
            Err(BUSY) => return Attempt::Busy,
            Err(_) => return Attempt::NotHeld,
        }
        let holds = self.current.with(|current| {
            // SAFETY: the agent is HELD by us, so nobody else touches `current`.
            matches!(unsafe { &*current }, Some(Held::Call(Work::Script(held))) if Arc::ptr_eq(held, call))
        });
        if !holds {
            self.agent.let_go();
            return Attempt::NotHeld;
        }
        self.agent.claim_held();
        self.finish_script(ENDED, None);
        self.note_end("it was ended with its call");
        // After the call has ended, or it would count as one that waits.
        self.leave();
        Attempt::Ended
    }

    /// The worker takes no more calls: another may take its place before its thread is gone.
    pub(crate) fn leave(&self) {
        // Relaxed: only who was first matters.
        if self.left.swap(1, Ordering::Relaxed) == 0 {
            self.pool.worker_leaves();
        }
    }

    /// The worker's thread is gone, or never came: nothing of it is left but this record.
    pub(crate) fn gone(&self) {
        self.note_end("");
        self.agent.set_gone();
        // Relaxed: whoever told the pool came before, or is the caller.
        self.pool
            .worker_gone(self.left.load(Ordering::Relaxed) != 0);
    }

    fn note_start(&self) {
        self.lane
            .started(self.pool.trace(), self.index, || self.name());
    }

    /// For the trace: the worker has ended, for `reason`, which is empty where it left by itself.
    pub(crate) fn note_end(&self, reason: &str) {
        self.lane
            .ended(self.pool.trace(), self.index, || self.name(), reason);
    }

    fn must_look(&self) -> bool {
        self.pool.phase() != OPEN || self.agent.kill_wanted()
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "addresses have 32 bits where JavaScript reads them"
    )]
    fn show(&self, payload: &[u8], entry: Option<Entry>) {
        // Relaxed: the same agent reads them.
        self.shown
            .payload
            .store(payload.as_ptr().addr() as u32, Ordering::Relaxed);
        self.shown
            .payload_length
            .store(payload.len() as u32, Ordering::Relaxed);
        if let Some(Entry { index, check, .. }) = entry {
            self.shown.entry.store(index as u32, Ordering::Relaxed);
            self.shown.check.store(check, Ordering::Relaxed);
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "addresses have 32 bits where JavaScript reads them"
    )]
    fn show_caller(&self, caller: &Arc<Agent>) {
        let address = Arc::as_ptr(caller).addr() as u32;
        // Relaxed: the same agent reads it.
        self.shown.caller.store(address, Ordering::Relaxed);
    }

    fn hold(&self, held: Held) {
        let initializer = matches!(held, Held::Initializer);
        // Relaxed here and below: only this agent touches them.
        self.shown
            .initializer
            .store(u32::from(initializer), Ordering::Relaxed);
        if !initializer {
            self.begun.fetch_add(1, Ordering::Relaxed);
            self.pool.note_begun();
        }
        self.current.with_mut(|current| {
            // SAFETY: the worker is BUSY, so `current` is its own.
            unsafe { *current = Some(held) };
        });
    }

    /// Takes the call out of the worker's hands; from now on the worker counts as free.
    fn let_go(&self) -> Option<Held> {
        let held = self.current.with_mut(|current| {
            // SAFETY: the caller is the BUSY worker, or has claimed its agent.
            unsafe { (*current).take() }
        });
        if let Some(Held::Call(_)) = held {
            self.pool.release_one();
        }
        held
    }
}
