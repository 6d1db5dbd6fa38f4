//! A call from JavaScript: encoded arguments one way, an encoded reply the other.
//!
//! The record's head has a fixed layout, since JavaScript reads it by address. It is kept alive by the handle that
//! JavaScript holds, by the queue or the worker that has it, and, from the end of the call until the agent drains it,
//! by the agent's done list.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::error::Error;
use crate::future::Clock;
use crate::platform::{AtomicU32, UnsafeCell};
use crate::state::{self, State};
use crate::trace::{Mark, Text};

/// The reply is the encoded value. 1 is the encoded error that the task threw; only JavaScript reads that.
pub(crate) const VALUE: u32 = 0;
/// The reply says that the pool is broken, or that the worker died: the length of the worker's name, as four bytes; that
/// name; why. Both are UTF-8.
pub(crate) const BROKEN: u32 = 2;
/// There is no reply: the call was ended by force, with an error that its own agent keeps.
pub(crate) const ENDED: u32 = 3;
/// The reply is the ticket of a value that waits elsewhere.
const PARCEL: u32 = 4;

/// One call. `repr(C)`: see `abi.ts` for who reads what.
#[derive(Debug)]
#[repr(C, align(8))]
pub(crate) struct ScriptCall {
    state: State,
    /// The number of the worker that began it, plus one; zero before.
    worker: AtomicU32,
    /// Belongs to whoever won `State::claim`, until FINISHED.
    reply: UnsafeCell<Reply>,
    clock: Clock,
    mark: Mark,
    /// The encoded function and arguments; freed with the record.
    payload: Bytes,
    agent: Arc<Agent>,
    /// The number of its pool.
    pool: u32,
}

/// What came back: [`VALUE`], 1, [`BROKEN`] or [`ENDED`], and the block with its bytes, null where there are none.
#[derive(Debug)]
#[repr(C)]
struct Reply {
    kind: u32,
    start: *mut u8,
    length: usize,
}

/// Where JavaScript finds what; `abi.ts` says the same.
#[cfg(target_arch = "wasm32")]
const _: () = {
    use std::mem::offset_of;
    assert!(offset_of!(ScriptCall, state) == 0);
    assert!(offset_of!(ScriptCall, worker) == 4);
    assert!(offset_of!(ScriptCall, reply) + offset_of!(Reply, kind) == 8);
    assert!(offset_of!(ScriptCall, reply) + offset_of!(Reply, start) == 12);
    assert!(offset_of!(ScriptCall, reply) + offset_of!(Reply, length) == 16);
    assert!(offset_of!(ScriptCall, clock) == 24);
};

// SAFETY: the reply is written by the one agent that won the claim, before FINISHED is released, and only read after;
// all else is atomic or never changes.
unsafe impl Send for ScriptCall {}
// SAFETY: as above.
unsafe impl Sync for ScriptCall {}

impl ScriptCall {
    /// A pending call of `agent`, for the pool with that number.
    pub(crate) fn new(payload: Bytes, agent: Arc<Agent>, pool: u32, mark: Mark) -> Arc<Self> {
        Arc::new(Self {
            state: State::new(),
            worker: AtomicU32::new(0),
            reply: UnsafeCell::new(Reply {
                kind: VALUE,
                start: ptr::null_mut(),
                length: 0,
            }),
            clock: Clock::new(),
            mark,
            payload,
            agent,
            pool,
        })
    }

    /// `worker` begins the call; false where it was cancelled before.
    pub(crate) fn begin(&self, worker: u32) -> bool {
        // Relaxed: a number for display.
        self.worker.store(worker + 1, Ordering::Relaxed);
        let begun = self.state.begin();
        if begun {
            self.clock.start();
            self.mark.started(worker);
        } else {
            self.worker.store(0, Ordering::Relaxed);
        }
        begun
    }

    /// How far it is.
    #[cfg(loom)]
    pub(crate) fn state(&self) -> u32 {
        self.state.get()
    }

    /// Whether it is finished or cancelled.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn is_done(&self) -> bool {
        self.state.get() >= state::FINISHED
    }

    /// The number of its pool.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn pool(&self) -> u32 {
        self.pool
    }

    /// The number of the worker that has it.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn worker(&self) -> Option<u32> {
        // Relaxed: a look, which orders nothing.
        self.worker.load(Ordering::Relaxed).checked_sub(1)
    }

    /// Who submitted it.
    pub(crate) fn agent(&self) -> &Arc<Agent> {
        &self.agent
    }

    /// The encoded function and arguments.
    pub(crate) fn payload(&self) -> &[u8] {
        self.payload.as_slice()
    }

    /// Ends the call with a reply, unless it is over, and tells its agent.
    pub(crate) fn finish(self: Arc<Self>, kind: u32, bytes: Option<Bytes>) {
        if self.state.claim().is_err() {
            return;
        }
        let shown = bytes.as_ref().map_or(&[][..], Bytes::as_slice);
        // Relaxed: a number for display.
        self.mark.finished(
            self.worker.load(Ordering::Relaxed),
            !matches!(kind, VALUE | PARCEL),
            preview(kind, shown),
        );
        let (start, length) = bytes.map_or((ptr::null_mut(), 0), Bytes::into_raw);
        self.reply.with_mut(|reply| {
            // SAFETY: we won the claim, so nobody else writes, and nobody reads before FINISHED.
            unsafe {
                *reply = Reply {
                    kind,
                    start,
                    length,
                }
            };
        });
        self.clock.finish();
        self.state.finish();
        let agent = Arc::clone(&self.agent);
        agent.deliver(self);
    }

    /// Ends the call because its pool is broken.
    pub(crate) fn fail(self: Arc<Self>, error: &Error) {
        self.finish(BROKEN, Bytes::copy(&broken_reply(error)));
    }

    /// Cancels on behalf of the pool, and tells its agent.
    pub(crate) fn cancel_and_tell(self: Arc<Self>) {
        if self.state.cancel() {
            self.mark.cancelled();
            let agent = Arc::clone(&self.agent);
            agent.deliver(self);
        }
    }

    /// Cancels on behalf of its own agent, which needs not be told.
    pub(crate) fn cancel(&self) -> bool {
        let cancelled = self.state.cancel();
        if cancelled {
            self.mark.cancelled();
        }
        cancelled || self.state.get() == state::CANCELLED
    }
}

/// What a trace shows of a reply.
fn preview(kind: u32, reply: &[u8]) -> Text<'_> {
    match kind {
        BROKEN => {
            let length = reply
                .first_chunk()
                .map_or(0, |four| u32::from_le_bytes(*four));
            Text::Utf8(reply.get(4 + length as usize..).unwrap_or_default())
        }
        ENDED => Text::of("it was ended by force"),
        PARCEL => Text::of("(moved)"),
        _ => Text::Encoded(reply),
    }
}

impl Drop for ScriptCall {
    fn drop(&mut self) {
        self.reply.with_mut(|reply| {
            // SAFETY: the last reference is ours; the block came from `Bytes::into_raw` in `finish`, or is null.
            drop(unsafe { Bytes::from_raw((*reply).start, (*reply).length) });
        });
    }
}

/// The bytes behind [`BROKEN`].
pub(crate) fn broken_reply(error: &Error) -> Vec<u8> {
    let (worker, reason) = match error {
        Error::Broken(broken) => (
            broken.worker.clone().unwrap_or_default(),
            broken.reason.clone(),
        ),
        other => (String::new(), other.to_string()),
    };
    let length = u32::try_from(worker.len()).unwrap_or_default();
    [&length.to_le_bytes(), worker.as_bytes(), reason.as_bytes()].concat()
}
