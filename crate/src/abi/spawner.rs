//! What the spawner asks: which workers to start, which to end.

use std::slice;
use std::sync::Arc;

use crate::agent::Agent;
use crate::call::ScriptCall;
use crate::platform::web;
use crate::pool::Pool;
use crate::termination::Termination;
use crate::worker::{Attempt, Worker};

/// Takes the workers that the agent, which is the spawner, is to start: writes up to `most` of them to `out` and gives
/// their number. Ask again until it is less than `most`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_next_workers(
    agent: *const Agent,
    out: *mut *const Worker,
    most: usize,
) -> usize {
    // SAFETY: the agent is the caller's own.
    let agent = unsafe { &*agent };
    let mut count = 0;
    for worker in agent.take_wanted() {
        if count < most {
            // SAFETY: `out` is a block of at least `most` addresses.
            unsafe { out.add(count).write(Arc::into_raw(worker)) };
            count += 1;
        } else {
            agent.want_worker(worker);
        }
    }
    count
}

/// Takes what the agent, which is the spawner, is to end by force: writes up to `most` wishes to `out` and gives their
/// number. Ask again until it is less than `most`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_next_terminations(
    agent: *const Agent,
    out: *mut *const Termination,
    most: usize,
) -> usize {
    // SAFETY: the agent is the caller's own.
    let agent = unsafe { &*agent };
    let mut count = 0;
    for termination in agent.take_unwanted() {
        if count < most {
            // SAFETY: `out` is a block of at least `most` addresses.
            unsafe { out.add(count).write(Box::into_raw(Box::new(termination))) };
            count += 1;
        } else {
            agent.want_termination(termination);
        }
    }
    count
}

/// Whose workers are to end.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_termination_pool(termination: *const Termination) -> *const Pool {
    // SAFETY: the wish is JavaScript's.
    Arc::as_ptr(unsafe { &*termination }.pool())
}

/// The call whose worker is to end; 0 where all workers are.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_termination_call(termination: *const Termination) -> *const ScriptCall {
    // SAFETY: the wish is JavaScript's.
    let call = unsafe { &*termination }.call();
    call.map_or(std::ptr::null(), Arc::as_ptr)
}

/// Ends the call that is to end, if `worker` holds it: 0 it does not, 1 the call is over and the caller ends the
/// worker's thread, 2 try again.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_terminate(
    worker: *const Worker,
    termination: *const Termination,
    now: f64,
) -> u32 {
    web::set_now(now);
    // SAFETY: the worker is alive, by the rules at the head of this file, and the wish is JavaScript's.
    let (worker, termination) = unsafe { (&*worker, &*termination) };
    let attempt = termination
        .call()
        .map_or(Attempt::NotHeld, |call| worker.end_call(call));
    attempt as u32
}

/// JavaScript is done with the wish.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_termination_done(termination: *mut Termination) {
    // SAFETY: the wish is JavaScript's to give back.
    drop(unsafe { Box::from_raw(termination) });
}

/// Takes a pool of an agent that was claimed, or whose thread is gone: it is the caller's to end and to release; 0 where
/// there is none left.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_next_orphan(agent: *const Agent) -> *const Pool {
    // SAFETY: the agent is alive, by the rules at the head of `abi.rs`.
    let agent = unsafe { &*agent };
    agent.next_orphan().unwrap_or(std::ptr::null())
}

/// The worker died, or its thread is lost, and the spawner has claimed it: what it held fails, and another worker
/// takes its place or the pool is broken. The reason, in UTF-8, stays the caller's.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_worker_died(
    worker: *const Worker,
    reason: *const u8,
    length: usize,
    now: f64,
) {
    web::set_now(now);
    // SAFETY: the worker and the block are alive, by the rules at the head of `abi.rs`.
    let (worker, reason) = unsafe { (&*worker, slice::from_raw_parts(reason, length)) };
    worker.died(&String::from_utf8_lossy(reason));
}

/// The worker's thread is gone, or never came.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_worker_gone(worker: *const Worker, now: f64) {
    web::set_now(now);
    // SAFETY: the worker is JavaScript's to give back.
    unsafe { Arc::from_raw(worker) }.gone();
}
