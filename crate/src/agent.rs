//! An agent: one JavaScript realm with its own event loop, as the pools know it.
//!
//! ```text
//!  who completes (any agent)            the record                          the agent itself
//!  ──────────────────────────           ──────────                          ────────────────
//!  push the finished call ────────────▶ done list ─────── drain ──────────▶ settle its futures
//!  post a callback ───────────────────▶ errands ──────────── drain ───────▶ run them
//!  want a worker ─────────────────────▶ wanted (spawner only) ─────────────▶ start it
//!  want workers to end ───────────────▶ unwanted (spawner only) ───────────▶ end them by force
//!  ring: swap the bell to RUNG,
//!        notify if it was ASLEEP ─────▶ bell ◀── swap to ASLEEP, look once more, then wait or `waitAsync`
//! ```
//!
//! One bell for everything, so many completions cost one wake-up. Both sides change it by read-modify-write only, which
//! is why no ring is lost: if the ring comes before the agent's swap, its look afterwards finds what was pushed; if it
//! comes after, it finds ASLEEP and notifies.
//!
//! The kill word says whether the agent may be ended by force:
//!
//! ```text
//!         leave user code                 a killer
//!  BUSY ◀────────────────▶ KILLABLE ─────────────────▶ CLAIMED
//!         enter user code    │  ▲                         ▲
//!                            ▼  │                         │
//!                            HELD ────────────────────────┘
//! ```
//!
//! KILLABLE: it runs user code, or waits, and touches nothing of the pool's. CLAIMED is for ever: the killer now owns
//! what the agent held, and settles it at once; if the thread still lives (Chromium lets it run for up to two
//! seconds), it fails to get back to BUSY and parks.
//!
//! HELD: a killer looks whether the agent still has the one call that is to be ended, and then claims the agent or lets
//! it go. That takes a few instructions; an agent that wants back to BUSY waits for them, the killer never waits.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::call::ScriptCall;
use crate::list::{Chain, PushList};
use crate::platform::{AtomicU32, UnsafeCell, Word};
use crate::pool::Pool;
use crate::sync::holder::Holder;
#[cfg(all(target_arch = "wasm32", not(loom)))]
use crate::sync::shared::Handles;
use crate::termination::Termination;
use crate::worker::Worker;

/// The agent is up, and looks at its lists before it sleeps.
pub(crate) const AWAKE: u32 = 0;
/// The agent waits on its bell, or is about to.
pub(crate) const ASLEEP: u32 = 1;
/// Somebody rang.
pub(crate) const RUNG: u32 = 2;

/// The agent works on pool memory: ending it now would leave that broken.
pub(crate) const BUSY: u32 = 0;
/// The agent runs user code, or waits.
pub(crate) const KILLABLE: u32 = 1;
/// A killer owns what the agent held.
pub(crate) const CLAIMED: u32 = 2;
/// A killer looks at what the agent holds.
pub(crate) const HELD: u32 = 3;

/// What an agent is asked to run on its event loop.
pub(crate) type Errand = Box<dyn FnOnce() + Send>;

/// The record of one agent. JavaScript uses the words at its head by address.
#[repr(C)]
pub(crate) struct Agent {
    /// [`AWAKE`], [`ASLEEP`] or [`RUNG`].
    bell: Word,
    /// [`BUSY`], [`KILLABLE`], [`CLAIMED`] or [`HELD`].
    kill: Word,
    /// Not zero once somebody wants the agent dead and found it busy; it looks when it next changes its kill word.
    kill_wanted: AtomicU32,
    /// Not zero once the agent is gone: nobody will drain its lists again.
    gone: AtomicU32,
    done: PushList<Arc<ScriptCall>>,
    /// What the agent took off `done` and has not looked at yet; only the agent itself touches it.
    draining: UnsafeCell<Chain<Arc<ScriptCall>>>,
    errands: PushList<Errand>,
    wanted: PushList<Arc<Worker>>,
    unwanted: PushList<Termination>,
    /// The pools that JavaScript made here and holds. Only the agent itself touches it, or who has claimed it, or knows
    /// that its thread is gone.
    pools: UnsafeCell<Vec<*const Pool>>,
    /// As whom the agent holds locks.
    holder: Holder,
    /// What its JavaScript has handles to.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    handles: Handles,
    /// Where the core writes what it gives to JavaScript besides what it returns; only the agent itself touches it.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    scratch: UnsafeCell<[u32; SCRATCH_WORDS]>,
}

/// `abi.ts` says the same.
#[cfg(all(target_arch = "wasm32", not(loom)))]
const SCRATCH_WORDS: usize = 512;

// SAFETY: `draining`, `handles` and `scratch` are touched by the agent's own thread only, or by whoever knows that it is gone, `pools`
// as it says; all else is atomic.
unsafe impl Send for Agent {}
// SAFETY: as above.
unsafe impl Sync for Agent {}

/// Where JavaScript finds what; `abi.ts` says the same.
#[cfg(target_arch = "wasm32")]
const _: () = {
    use std::mem::offset_of;
    assert!(offset_of!(Agent, bell) == 0);
    assert!(offset_of!(Agent, kill) == 4);
    assert!(offset_of!(Agent, kill_wanted) == 8);
};

impl Agent {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            bell: Word::new(AWAKE),
            kill: Word::new(BUSY),
            kill_wanted: AtomicU32::new(0),
            gone: AtomicU32::new(0),
            done: PushList::new(),
            draining: UnsafeCell::new(Chain::empty()),
            errands: PushList::new(),
            wanted: PushList::new(),
            unwanted: PushList::new(),
            pools: UnsafeCell::new(Vec::new()),
            holder: Holder::new(),
            #[cfg(all(target_arch = "wasm32", not(loom)))]
            handles: Handles::new(),
            #[cfg(all(target_arch = "wasm32", not(loom)))]
            scratch: UnsafeCell::new([0; SCRATCH_WORDS]),
        })
    }

    /// The number under which the agent holds locks.
    pub(crate) fn serial(&self) -> u32 {
        self.holder.serial()
    }

    /// What its JavaScript has handles to. Only for the agent itself.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    pub(crate) fn handles(&self) -> &Handles {
        &self.handles
    }

    /// What the agent is called by those who find that it died with a lock in its hands.
    pub(crate) fn set_name(&self, name: &str) {
        self.holder.set_name(name);
    }

    /// Where JavaScript finds what the core writes for it.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    pub(crate) fn scratch(&self) -> *mut u32 {
        self.scratch.with_mut(<*mut [u32; SCRATCH_WORDS]>::cast)
    }

    /// A call of this agent is done.
    pub(crate) fn deliver(&self, call: Arc<ScriptCall>) {
        if !self.is_gone() {
            self.done.push(call);
            self.ring();
        }
    }

    /// Has `errand` run on this agent's event loop.
    pub(crate) fn post(&self, errand: Errand) {
        if !self.is_gone() {
            self.errands.push(errand);
            self.ring();
        }
    }

    /// Asks this agent, which is the spawner, to start `worker`.
    pub(crate) fn want_worker(&self, worker: Arc<Worker>) {
        self.wanted.push(worker);
        self.ring();
    }

    /// Asks this agent, which is the spawner, to end workers by force.
    pub(crate) fn want_termination(&self, termination: Termination) {
        self.unwanted.push(termination);
        self.ring();
    }

    /// Wakes the agent if it sleeps.
    pub(crate) fn ring(&self) {
        // SeqCst: in one order with the pushes before it and with the agent's own swap.
        if self.bell.swap(RUNG, Ordering::SeqCst) == ASLEEP {
            // All, since a worker may wait on its bell blocking while an older `waitAsync` of its is still pending.
            self.bell.wake_all();
        }
    }

    /// Takes the next call that is done, oldest first. Only for the agent itself.
    pub(crate) fn next_done(&self) -> Option<Arc<ScriptCall>> {
        self.draining.with_mut(|draining| {
            // SAFETY: only the agent itself, which is one thread, touches it.
            let draining = unsafe { &mut *draining };
            if draining.is_empty() {
                *draining = self.done.take();
            }
            draining.next()
        })
    }

    /// Takes the errands, oldest first.
    pub(crate) fn take_errands(&self) -> Chain<Errand> {
        self.errands.take()
    }

    /// Takes the workers to start, oldest first.
    pub(crate) fn take_wanted(&self) -> Chain<Arc<Worker>> {
        self.wanted.take()
    }

    /// Takes what is to be ended by force, oldest first.
    pub(crate) fn take_unwanted(&self) -> Chain<Termination> {
        self.unwanted.take()
    }

    /// Blocks until somebody rings. Only for the model: agents wait in JavaScript, on the same word in the same way.
    #[cfg(loom)]
    pub(crate) fn sleep(&self, nothing_to_do: impl Fn() -> bool) {
        self.bell.swap(ASLEEP, Ordering::SeqCst);
        if nothing_to_do() {
            self.bell.wait(ASLEEP, None);
        }
        self.bell.swap(AWAKE, Ordering::SeqCst);
    }

    /// BUSY → KILLABLE, before user code. In a browser JavaScript does the same on the same word.
    #[cfg(any(loom, not(target_arch = "wasm32")))]
    pub(crate) fn leave_pool(&self) {
        // SeqCst: all that was done to pool memory comes before a killer may act.
        self.kill.store(KILLABLE, Ordering::SeqCst);
    }

    /// KILLABLE → BUSY, after user code; false where a killer was faster. In a browser JavaScript does the same.
    #[cfg(any(loom, not(target_arch = "wasm32")))]
    pub(crate) fn enter_pool(&self) -> bool {
        loop {
            // SeqCst: one of this and `claim` or `hold` wins, and the winner sees all that came before.
            match self
                .kill
                .compare_exchange(KILLABLE, BUSY, Ordering::SeqCst, Ordering::SeqCst)
            {
                Ok(_) => return true,
                Err(HELD) => {
                    self.kill.wait(HELD, None);
                }
                Err(_) => return false,
            }
        }
    }

    /// KILLABLE → CLAIMED: from now on the caller owns what the agent holds. False where it is busy; it then finds
    /// the wish when it next changes its kill word. In a browser JavaScript does the same.
    #[cfg(any(loom, not(target_arch = "wasm32")))]
    pub(crate) fn claim(&self) -> bool {
        // SeqCst: the wish is stored before the try, so a busy agent that becomes killable later has seen it.
        self.kill_wanted.store(1, Ordering::SeqCst);
        self.kill
            .compare_exchange(KILLABLE, CLAIMED, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }

    /// KILLABLE → HELD: until [`Agent::claim_held`] or [`Agent::let_go`], the caller may look at what the agent holds.
    /// Otherwise the value that forbids it. For the spawner, the only killer there is.
    pub(crate) fn hold(&self) -> Result<(), u32> {
        // SeqCst: as in `enter_pool`.
        self.kill
            .compare_exchange(KILLABLE, HELD, Ordering::SeqCst, Ordering::SeqCst)
            .map(drop)
    }

    /// HELD → CLAIMED.
    pub(crate) fn claim_held(&self) {
        // SeqCst: as in `enter_pool`; only the holder changes HELD.
        self.kill.store(CLAIMED, Ordering::SeqCst);
        self.kill.wake_all();
    }

    /// HELD → KILLABLE.
    pub(crate) fn let_go(&self) {
        // SeqCst: as in `enter_pool`; only the holder changes HELD.
        self.kill.store(KILLABLE, Ordering::SeqCst);
        self.kill.wake_all();
    }

    /// Notes a pool that JavaScript holds here. Only for the agent itself.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn hold_pool(&self, pool: *const Pool) {
        // SAFETY: only the agent itself, which is one thread, comes here.
        self.pools.with_mut(|pools| unsafe { (*pools).push(pool) });
    }

    /// The counterpart of `hold_pool`.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn drop_pool(&self, pool: *const Pool) {
        self.pools.with_mut(|pools| {
            // SAFETY: only the agent itself comes here, or who may take its pools and has.
            unsafe { (*pools).retain(|held| !std::ptr::eq(*held, pool)) };
        });
    }

    /// Takes a pool of an agent that will not let go of it any more. For who has claimed the agent, or knows that its
    /// thread is gone.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn next_orphan(&self) -> Option<*const Pool> {
        // SAFETY: the agent does not come here any more.
        self.pools.with_mut(|pools| unsafe { (*pools).pop() })
    }

    /// Whether somebody wants the agent dead.
    pub(crate) fn kill_wanted(&self) -> bool {
        // SeqCst: pairs with `claim`.
        self.kill_wanted.load(Ordering::SeqCst) != 0
    }

    /// The agent's thread is gone: what it was to be told is dropped.
    pub(crate) fn set_gone(&self) {
        // SeqCst: whoever pushed before is dropped below; whoever comes later sees the flag, or leaves one entry that
        // is dropped with the record.
        self.gone.store(1, Ordering::SeqCst);
        drop((self.done.take(), self.errands.take()));
        self.holder.give_up();
        #[cfg(all(target_arch = "wasm32", not(loom)))]
        self.handles.clear();
    }

    fn is_gone(&self) -> bool {
        // SeqCst: see `set_gone`.
        self.gone.load(Ordering::SeqCst) != 0
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent")
            .field("bell", &self.bell)
            .field("kill", &self.kill)
            .finish_non_exhaustive()
    }
}
