//! The C ABI of the pool side: what JavaScript calls. Numbers only, and no function here calls a JavaScript import.
//!
//! `crate/js/src/abi.ts` is the other half: the same functions by name, the offsets of what JavaScript reads by
//! address, and the constants. Pointers that JavaScript holds:
//!
//! | pointer    | made by          | given back by                                  |
//! |------------|------------------|------------------------------------------------|
//! | block      | `cf_alloc`       | `cf_free`, or a call that says that it takes it |
//! | agent      | `cf_agent_new`   | `cf_agent_gone`                                |
//! | pool       | `cf_pool_new`    | `cf_pool_release`                              |
//! | call       | `cf_submit`      | `cf_release`                                   |
//! | worker     | `cf_next_workers` | `cf_worker_gone`                              |
//! | wish       | `cf_next_terminations` | `cf_termination_done`                    |
//!
//! JavaScript keeps to these rules: it passes only pointers that it got from here and has not given back; a worker's
//! pointer is used by the spawner and by that worker; an agent drains only itself.
//!
//! `now` is the time in milliseconds since 1970, since instances without imports have no clock.

mod calls;
mod deadlocks;
mod pools;
mod spawner;
mod trace;
mod workers;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::panics;
use crate::platform::web;
use crate::worker::Worker;

/// The agent may block.
const MAY_BLOCK: u32 = 1;
/// The agent starts the workers of this memory.
const SPAWNER: u32 = 2;
/// wasm-bindgen's glue stands behind the imports of this instance.
const GLUED: u32 = 4;

/// Allocates a block of `length` bytes; 0 where memory is exhausted.
#[unsafe(no_mangle)]
extern "C" fn cf_alloc(length: usize) -> *mut u8 {
    Bytes::allocate(length).map_or(std::ptr::null_mut(), |block| block.into_raw().0)
}

/// What is kept from messages, for the core's own records: those are small, but what makes them cannot fail without a trap.
const HEADROOM: usize = 1 << 19;
/// More than the records that come with one message take.
const RECORDS: usize = 256;

/// How much of the headroom may have been taken since it was last found to be there.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// As `cf_alloc`, for a message: 0 too where so little is left that the core might not find room for its own records.
/// So running out of memory fails the call that brought the message, and nothing else.
#[unsafe(no_mangle)]
extern "C" fn cf_alloc_message(length: usize) -> *mut u8 {
    let Some(block) = Bytes::allocate(length) else {
        return std::ptr::null_mut();
    };
    // Relaxed: a number that nothing is ordered by. Agents that look at once do so once too often.
    let taken = TAKEN.fetch_add(length.min(HEADROOM) + RECORDS, Ordering::Relaxed);
    if taken + length.min(HEADROOM) >= HEADROOM / 2 {
        // Not at every message: it costs as much as the message's own block.
        if Bytes::allocate(HEADROOM).is_none() {
            TAKEN.store(HEADROOM, Ordering::Relaxed);
            return std::ptr::null_mut();
        }
        TAKEN.store(0, Ordering::Relaxed);
    }
    block.into_raw().0
}

/// Frees a block.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_free(start: *mut u8, length: usize) {
    // SAFETY: the block is JavaScript's, by the rules at the head of this file.
    drop(unsafe { Bytes::from_raw(start, length) });
}

/// The address of the word that is not zero once this memory is poisoned.
#[unsafe(no_mangle)]
extern "C" fn cf_poison_address() -> *const u32 {
    web::POISON.as_ptr()
}

/// Makes a record for the agent that calls, which runs in this instance from now on, and gives its address.
#[unsafe(no_mangle)]
extern "C" fn cf_agent_new(flags: u32) -> *const Agent {
    let agent = Agent::new();
    attach(&agent, flags);
    Arc::into_raw(agent)
}

/// Says that this instance runs in an agent whose record was made elsewhere on this memory.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_attach_agent(agent: *const Agent, flags: u32) {
    // SAFETY: the caller keeps the agent; it is a reference more for as long as it is attached.
    attach(&unsafe { retain(agent) }, flags);
}

/// A block of 512 words, for what the core writes besides what it returns. It goes with the agent.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_agent_scratch(agent: *const Agent) -> *mut u32 {
    // SAFETY: the agent is the caller's own.
    unsafe { &*agent }.scratch()
}

/// The agent's thread is gone.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_agent_gone(agent: *const Agent) {
    // SAFETY: the agent is JavaScript's to give back.
    unsafe { Arc::from_raw(agent) }.set_gone();
}

/// Says that this instance runs in the agent of `worker`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_attach_worker(worker: *const Worker, flags: u32) {
    // SAFETY: the worker lives until `cf_worker_gone`.
    let worker = unsafe { &*worker };
    worker.settle_in();
    attach(worker.agent(), flags);
}

fn attach(agent: &Arc<Agent>, flags: u32) {
    panics::install_hook();
    web::attach(agent, flags & MAY_BLOCK != 0);
    if flags & GLUED != 0 {
        web::set_glued();
    }
    if flags & SPAWNER != 0 {
        web::set_spawner(Arc::clone(agent));
    }
}

/// Bytes that stay the caller's; none where the length is 0, whatever the address.
///
/// # Safety
///
/// The block is alive for as long as the bytes are used.
unsafe fn text<'a>(start: *const u8, length: usize) -> &'a [u8] {
    if length == 0 {
        return &[];
    }
    // SAFETY: as above.
    unsafe { std::slice::from_raw_parts(start, length) }
}

/// One more reference to what JavaScript keeps alive.
///
/// # Safety
///
/// The address came from `Arc::into_raw` and was not given back.
unsafe fn retain<T>(address: *const T) -> Arc<T> {
    // SAFETY: as above; the count is raised before the reference is made.
    unsafe {
        Arc::increment_strong_count(address);
        Arc::from_raw(address)
    }
}
