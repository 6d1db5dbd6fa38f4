//! The platform of a browser agent: `memory.atomic.wait32` and `notify`, `performance.now()`, the console.
//!
//! One shared memory, several instances of one module. An instance is *glued* when wasm-bindgen's JavaScript stands
//! behind its imports (the page, a thread worker), or *raw* when its imports are stubs (the pool side of a process
//! worker; every agent of the npm package). A raw instance never calls an import: JavaScript tells it the time with
//! each call that needs it, and callbacks that user code registered elsewhere are posted to where they came from.

use std::cell::Cell;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;

use super::{Deadline, Wake};
use crate::agent::Agent;
use crate::error::Error;
use crate::panics;
use crate::pool::Pool;
use crate::termination::Termination;
use crate::worker::Worker;

pub use super::web_runtime::is_main;
pub(crate) use super::web_runtime::{isolated, prepare};

/// The longest single wait, in nanoseconds, after which a waiter looks whether its memory was poisoned.
const LOOK_AGAIN_AFTER: i64 = 200_000_000;

/// How many calls a stack shows.
const STACK_CALLS: u32 = 40;

/// Not zero once this memory is poisoned; JavaScript reads and writes it by address.
pub(crate) static POISON: AtomicU32 = AtomicU32::new(0);

/// The agent that starts workers for everybody on this memory; null until it is known. It is never freed.
static SPAWNER: AtomicPtr<Agent> = AtomicPtr::new(std::ptr::null_mut());

thread_local! {
    static HERE: Here = const { Here { agent: Cell::new(std::ptr::null()), may_block: Cell::new(false), raw: Cell::new(false), clock: Cell::new(0.0), holder: Cell::new(0) } };
}

/// What this instance knows about the agent that it runs in.
struct Here {
    /// Not owned: nothing of this is dropped when the thread ends. The record outlives the thread, since JavaScript
    /// gives it back, or its worker's, only after that.
    agent: Cell<*const Agent>,
    may_block: Cell<bool>,
    /// Whether this instance has no JavaScript behind its imports.
    raw: Cell<bool>,
    clock: Cell<f64>,
    /// The serial under which this instance takes locks; zero before the first.
    holder: Cell<u32>,
}

/// A 32-bit atomic on which agents can wait; `Atomics.wait` and `Atomics.waitAsync` work on it too.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Word(AtomicU32);

impl Word {
    pub(crate) const fn new(value: u32) -> Self {
        Self(AtomicU32::new(value))
    }

    /// Waits while the word is `expected`, at most `timeout`. Only for agents that [`can_block`].
    pub(crate) fn wait(&self, expected: u32, timeout: Option<Duration>) -> Wake {
        let mut left = timeout.map(|timeout| i64::try_from(timeout.as_nanos()).unwrap_or(i64::MAX));
        loop {
            // SeqCst, as every atomic of WebAssembly is.
            if POISON.load(Ordering::SeqCst) != 0 {
                return Wake::Poisoned;
            }
            let slice = left.map_or(LOOK_AGAIN_AFTER, |left| left.min(LOOK_AGAIN_AFTER));
            // SAFETY: the pointer is that of a live, aligned atomic, and this agent may block.
            let woken = unsafe {
                core::arch::wasm32::memory_atomic_wait32(
                    self.0.as_ptr().cast::<i32>(),
                    expected.cast_signed(),
                    slice,
                )
            };
            if woken != 2 {
                return Wake::Look;
            }
            if let Some(left) = &mut left {
                *left -= slice;
                if *left <= 0 {
                    return Wake::TimedOut;
                }
            }
        }
    }

    pub(crate) fn wake_one(&self) {
        self.wake(1);
    }

    pub(crate) fn wake_all(&self) {
        self.wake(u32::MAX);
    }

    fn wake(&self, count: u32) {
        // SAFETY: the pointer is that of a live, aligned atomic.
        unsafe { core::arch::wasm32::memory_atomic_notify(self.0.as_ptr().cast::<i32>(), count) };
    }
}

impl Deref for Word {
    type Target = AtomicU32;

    fn deref(&self) -> &AtomicU32 {
        &self.0
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static TIME_ORIGIN: f64;

    #[wasm_bindgen(thread_local_v2, js_name = Error)]
    static ERROR: JsValue;

    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = hardwareConcurrency)]
    static HARDWARE_CONCURRENCY: Option<u32>;
}

/// Whether this agent may wait: every worker may, the page may not.
pub(crate) fn can_block() -> bool {
    HERE.with(|here| here.may_block.get())
}

/// Milliseconds since 1970, comparable between agents.
pub(crate) fn now() -> f64 {
    HERE.with(|here| {
        if here.raw.get() {
            here.clock.get()
        } else {
            TIME_ORIGIN.with(|origin| *origin) + performance_now()
        }
    })
}

/// Tells an instance without imports what time it is, in the milliseconds of [`now`].
pub(crate) fn set_now(now: f64) {
    HERE.with(|here| here.clock.set(now));
}

/// Hands `worker` to the spawner, which is woken if it sleeps.
pub(crate) fn start_worker(worker: Arc<Worker>) {
    if let Some(spawner) = spawner() {
        spawner.want_worker(worker);
    } else {
        let why = "no agent starts workers here yet: `ready().await` before the first executor in a worker";
        worker.pool().break_because(why, Some(&worker));
        worker.gone();
    }
}

/// Asks the spawner to end all workers of `pool` by force. Where there is none, there are no workers either.
pub(crate) fn end_workers(pool: &Arc<Pool>) {
    if let Some(spawner) = spawner() {
        spawner.want_termination(Termination::of_all(Arc::clone(pool)));
    }
}

/// The agent that starts workers, once it is known.
pub(crate) fn spawner() -> Option<&'static Agent> {
    // SeqCst: the spawner was built before its address was stored.
    let spawner = SPAWNER.load(Ordering::SeqCst);
    // SAFETY: the address is null or that of an agent whose reference `set_spawner` leaked.
    unsafe { spawner.as_ref() }
}

/// Makes `agent` the one that starts workers for this memory.
pub(crate) fn set_spawner(agent: Arc<Agent>) {
    // SeqCst: publishes the agent behind the address.
    SPAWNER.store(Arc::into_raw(agent).cast_mut(), Ordering::SeqCst);
}

/// Who says what this instance cannot say, having no JavaScript behind its imports: the spawner.
pub(crate) fn messenger() -> Option<&'static Agent> {
    let spawner = spawner().filter(|_| HERE.with(|here| here.raw.get()))?;
    let here = here()?;
    // It cannot send itself to say it, either.
    (!std::ptr::eq(here, spawner)).then_some(spawner)
}

/// Where errors go that nobody can be handed.
pub(crate) fn report(message: &str) {
    if HERE.with(|here| !here.raw.get()) {
        web_sys::console::error_1(&format!("concurrent-futures: {message}").into());
    }
}

/// The calls that led here, as this browser prints them.
pub(crate) fn stack() -> Option<String> {
    if HERE.with(|here| here.raw.get()) {
        return None;
    }
    let error = with_long_stacks(|| js_sys::Error::new(""));
    js_sys::Reflect::get(&error, &"stack".into())
        .ok()?
        .as_string()
}

/// Chromium keeps ten calls, which are those of the panic itself.
fn with_long_stacks<R>(step: impl FnOnce() -> R) -> R {
    let name = JsValue::from_str("stackTraceLimit");
    let set = |limit: &JsValue| ERROR.with(|class| js_sys::Reflect::set(class, &name, limit));
    let limit = ERROR.with(|class| js_sys::Reflect::get(class, &name));
    let Some(limit) = limit.ok().filter(|limit| limit.as_f64().is_some()) else {
        return step();
    };
    // A page may have forbidden it: then the stack is what it is.
    let _ = set(&STACK_CALLS.into());
    let result = step();
    let _ = set(&limit);
    result
}

/// The agent that this instance runs in, once JavaScript has attached it.
pub(crate) fn current_agent() -> Option<Arc<Agent>> {
    here().map(|agent| {
        // SAFETY: the record is in an `Arc`, which lives as long as the thread; the count is raised before the reference
        // is made.
        unsafe {
            Arc::increment_strong_count(agent);
            Arc::from_raw(agent)
        }
    })
}

/// The agent that this instance runs in, for as long as the caller's thread lives.
fn here() -> Option<&'static Agent> {
    // SAFETY: the address is null or that of a record which outlives this thread; see `Here`.
    unsafe { HERE.with(|here| here.agent.get()).as_ref() }
}

/// Agents are ended by force, and do not release what they hold.
pub(crate) const AGENTS_DIE: bool = true;

/// What tells this agent from others that hold locks. It stays the same once it was asked for.
pub(crate) fn holder() -> u32 {
    HERE.with(|here| {
        if here.holder.get() == 0 {
            let serial = self::here().map(Agent::serial);
            here.holder
                .set(serial.unwrap_or_else(crate::sync::holder::untracked));
        }
        here.holder.get()
    })
}

/// Says which agent this instance runs in, and whether it may block. The record outlives this thread.
pub(crate) fn attach(agent: &Arc<Agent>, may_block: bool) {
    HERE.with(|here| {
        here.agent.set(Arc::as_ptr(agent));
        here.may_block.set(may_block);
        // Unless `set_glued` says otherwise. Nobody attaches an instance that runs without a runtime, which is glued.
        here.raw.set(true);
    });
}

/// Says that wasm-bindgen's glue stands behind this instance's imports.
pub(crate) fn set_glued() {
    HERE.with(|here| here.raw.set(false));
}

/// Whether callbacks of users may run here: not where their web imports are stubs.
pub(crate) fn callbacks_run_here() -> bool {
    HERE.with(|here| !here.raw.get())
}

/// What `navigator.hardwareConcurrency` says.
pub(crate) fn cores() -> u32 {
    HARDWARE_CONCURRENCY.with(|cores| cores.unwrap_or(1).max(1))
}

/// Every agent has an event loop.
pub(crate) fn has_event_loop() -> bool {
    true
}

/// Has this agent's event loop run `future`. A panic in it is reported: it would leave the other futures of the turn
/// unrun.
#[expect(clippy::unnecessary_wraps, reason = "natively it can fail")]
pub(crate) fn spawn_local(future: impl Future<Output = ()> + 'static) -> Result<(), Error> {
    #[expect(clippy::disallowed_methods, reason = "this is what catches the panic")]
    wasm_bindgen_futures::spawn_local(panics::contain_async("a coroutine", future));
    Ok(())
}

/// Goes on with a coroutine that has a thread of a pool for itself; that thread's event loop turns in between.
pub(crate) fn drive<C: Future + ?Sized>(
    coroutine: Pin<&mut C>,
    context: &mut Context<'_>,
) -> Poll<C::Output> {
    coroutine.poll(context)
}

/// Wakes the task that looked last, when a time has come, unless it is dropped before. Timers belong to the event loop,
/// so this is for glued instances, and stays on its agent.
pub(crate) struct Alarm(Option<TimeoutFuture>);

impl Alarm {
    pub(crate) fn at(deadline: Deadline) -> Self {
        // Longer than a timer can be, a deadline is as good as none.
        let millis = deadline
            .left()
            .and_then(|left| u32::try_from(left.as_micros().div_ceil(1000)).ok());
        Self(
            millis
                .filter(|millis| *millis < 0x7fff_ffff)
                .map(TimeoutFuture::new),
        )
    }

    /// Ready once the time has come.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Some(timer) => Pin::new(timer).poll(context),
            None => Poll::Pending,
        }
    }
}
