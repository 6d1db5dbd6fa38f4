//! Calls, as the agent knows them that submits them.

use std::sync::Arc;

use super::{retain, text};
use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::call::ScriptCall;
use crate::platform::web;
use crate::pool::{self, Pool};
use crate::termination::Termination;
use crate::trace::Text;
use crate::work::Work;

/// `cf_submit`: the pool was shut down.
const NO_SHUTDOWN: usize = 0;
/// `cf_submit`: the pool is broken.
const NO_BROKEN: usize = 1;
/// `cf_submit`: the pool has no worker, and the page has as many as it may have.
const NO_WORKERS: usize = 2;

/// Queues a call of `agent` with an encoded function and arguments; the block is taken over. The task's name, in UTF-8, is
/// needed only where there is a trace, and stays the caller's. Gives the call, or 0 after a shutdown, 1 where the pool is
/// broken, 2 where it can have no worker.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_submit(
    pool: *const Pool,
    agent: *const Agent,
    payload: *mut u8,
    length: usize,
    task: *const u8,
    task_length: usize,
    now: f64,
) -> *const ScriptCall {
    web::set_now(now);
    // SAFETY: pool and agent are alive, and the block is JavaScript's to give.
    let (pool, agent, payload, task) = unsafe {
        (
            retain(pool),
            retain(agent),
            Bytes::from_raw(payload, length),
            text(task, task_length),
        )
    };
    let refused = match (pool.phase(), payload) {
        (pool::OPEN, _) if pool.is_crowded_out() => NO_WORKERS,
        (pool::OPEN, Some(payload)) => {
            let arguments = Text::Encoded(payload.as_slice());
            let mark = pool.trace().submitted(Text::Utf8(task), arguments);
            let call = ScriptCall::new(payload, agent, pool.serial(), mark);
            pool.submit(Work::Script(Arc::clone(&call)));
            return Arc::into_raw(call);
        }
        (pool::BROKEN, _) => NO_BROKEN,
        _ => NO_SHUTDOWN,
    };
    std::ptr::without_provenance(refused)
}

/// Cancels the call, if it has not begun: 1 if it is cancelled.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_cancel(call: *const ScriptCall, now: f64) -> u32 {
    web::set_now(now);
    // SAFETY: the call is alive, by the rules at the head of this file.
    u32::from(unsafe { &*call }.cancel())
}

/// Asks the spawner to end the call by force, where a worker of the pool still holds it. Its agent keeps the error.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_end_call(pool: *const Pool, call: *const ScriptCall) {
    // SAFETY: both are alive, by the rules at the head of this file.
    let (pool, call) = unsafe { (retain(pool), retain(call)) };
    if let Some(spawner) = web::spawner() {
        spawner.want_termination(Termination::of_call(pool, call));
    }
}

/// JavaScript's future lets go of the call.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_release(call: *const ScriptCall) {
    // SAFETY: the call is JavaScript's to give back.
    drop(unsafe { Arc::from_raw(call) });
}

/// Takes up to `most` calls of the agent that are done, and writes them to `out`, oldest first; gives their number.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_drain(
    agent: *const Agent,
    out: *mut *const ScriptCall,
    most: usize,
) -> usize {
    // SAFETY: the agent is the caller's own; JavaScript's future still holds each call, so the address stays good.
    let agent = unsafe { &*agent };
    let mut count = 0;
    while count < most {
        let Some(call) = agent.next_done() else { break };
        // SAFETY: `out` is a block of at least `most` addresses.
        unsafe { out.add(count).write(Arc::as_ptr(&call)) };
        count += 1;
    }
    count
}

/// Runs what others posted to the agent.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_run_errands(agent: *const Agent, now: f64) {
    web::set_now(now);
    // SAFETY: the agent is the caller's own.
    for errand in unsafe { &*agent }.take_errands() {
        errand();
    }
}
