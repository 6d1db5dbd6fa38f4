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

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::call::ScriptCall;
use crate::error::{Error, TaskError};
use crate::platform::web;
use crate::pool::{Kind, Options, Pool};
use crate::process_pool;
use crate::termination::Termination;
use crate::work::{Entry, Work};
use crate::worker::{Attempt, Worker};
use crate::{panics, pool};

/// The agent may block.
const MAY_BLOCK: u32 = 1;
/// The agent starts the workers of this memory.
const SPAWNER: u32 = 2;
/// wasm-bindgen's glue stands behind the imports of this instance.
const GLUED: u32 = 4;

/// `cf_submit`: the pool was shut down.
const NO_SHUTDOWN: usize = 0;
/// `cf_submit`: the pool is broken.
const NO_BROKEN: usize = 1;

/// Allocates a block of `length` bytes; 0 where memory is exhausted.
#[unsafe(no_mangle)]
extern "C" fn cf_alloc(length: usize) -> *mut u8 {
    Bytes::allocate(length).map_or(std::ptr::null_mut(), |block| block.into_raw().0)
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
    attach(unsafe { &*worker }.agent(), flags);
}

fn attach(agent: &Arc<Agent>, flags: u32) {
    panics::install_hook();
    web::attach(Arc::clone(agent), flags & MAY_BLOCK != 0);
    if flags & GLUED != 0 {
        web::set_glued();
    }
    if flags & SPAWNER != 0 {
        web::set_spawner(Arc::clone(agent));
    }
}

/// Makes a pool. `kind` is 0 for threads, 1 for processes; both blocks are taken over. What `config` means is
/// JavaScript's affair; `owner` is rung when the last worker is gone.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_new(
    kind: u32,
    max_workers: u32,
    prefix: *mut u8,
    prefix_length: usize,
    config: *mut u8,
    config_length: usize,
    owner: *const Agent,
) -> *const Pool {
    // SAFETY: both blocks are JavaScript's to give.
    let (prefix, config) = unsafe {
        (
            Bytes::from_raw(prefix, prefix_length),
            Bytes::from_raw(config, config_length),
        )
    };
    // SAFETY: the owner is alive, since it is the caller.
    let owner = unsafe { retain(owner) };
    let options = Options {
        kind: if kind == 0 {
            Kind::Thread
        } else {
            Kind::Process
        },
        max_workers: max_workers.clamp(1, pool::MOST_WORKERS),
        prefix: prefix.map_or_else(
            || "worker".into(),
            |prefix| String::from_utf8_lossy(prefix.as_slice()).into(),
        ),
        config,
        owner: Some(owner),
    };
    Arc::into_raw(Pool::new(options))
}

/// JavaScript's executor lets go of the pool; its workers keep it while they need it.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_release(pool: *const Pool) {
    // SAFETY: the pool is JavaScript's to give back.
    drop(unsafe { Arc::from_raw(pool) });
}

/// The phase of the pool: 0 open, 1 closing, 2 cancelling, 3 broken.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_phase(pool: *const Pool) -> u32 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    unsafe { &*pool }.phase()
}

/// How many workers of the pool take calls, those asked for included.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_workers_alive(pool: *const Pool) -> u32 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    unsafe { &*pool }.workers_alive()
}

/// How many workers the pool has, those asked for included, and those whose threads are not gone yet.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_workers(pool: *const Pool) -> u32 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    unsafe { &*pool }.workers()
}

/// How many calls wait for a worker.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_queued(pool: *const Pool) -> u32 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    unsafe { &*pool }.queue().len()
}

/// Shuts the pool down; with `cancel` not 0, what is queued is cancelled.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_shutdown(pool: *const Pool, cancel: u32) {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    unsafe { &*pool }.shut_down(cancel != 0);
}

/// Has all workers of the pool ended by force: what they hold fails, what is queued is cancelled.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_terminate(pool: *const Pool) {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    unsafe { retain(pool) }.terminate();
}

/// Breaks the pool for a reason in UTF-8, which stays the caller's; `worker` may be null.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_break(
    pool: *const Pool,
    reason: *const u8,
    length: usize,
    worker: *const Worker,
) {
    // SAFETY: the pool, the block and the worker are alive, by the rules at the head of this file.
    let (pool, reason, worker) = unsafe {
        (
            retain(pool),
            slice::from_raw_parts(reason, length),
            worker.as_ref(),
        )
    };
    pool.break_because(&String::from_utf8_lossy(reason), worker);
}

/// Why the pool is broken; its length goes to `out`, 0 where it is not broken. The block stays the pool's.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_reason(pool: *const Pool, out: *mut usize) -> *const u8 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    let reason = unsafe { &*pool }.reason();
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { out.write(reason.len()) };
    reason.as_ptr()
}

/// 0 for a pool of threads, 1 for one of processes.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_kind(pool: *const Pool) -> u32 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    u32::from(unsafe { &*pool }.options().kind == Kind::Process)
}

/// The agent that made the pool; 0 where none did.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_owner(pool: *const Pool) -> *const Agent {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    let owner = unsafe { &*pool }.options().owner.as_ref();
    owner.map_or(std::ptr::null(), Arc::as_ptr)
}

/// The config that the pool was made with; its length goes to `out`. The block stays the pool's.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_config(pool: *const Pool, out: *mut usize) -> *const u8 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    let config = unsafe { &*pool }
        .options()
        .config
        .as_ref()
        .map_or(&[][..], Bytes::as_slice);
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { out.write(config.len()) };
    config.as_ptr()
}

/// The prefix of the names of the pool's workers; its length goes to `out`. The block stays the pool's.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_prefix(pool: *const Pool, out: *mut usize) -> *const u8 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    let prefix = &unsafe { &*pool }.options().prefix;
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { out.write(prefix.len()) };
    prefix.as_ptr()
}

/// Queues a call of `agent` with an encoded function and arguments; the block is taken over. Gives the call, or 0
/// after a shutdown, 1 where the pool is broken.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_submit(
    pool: *const Pool,
    agent: *const Agent,
    payload: *mut u8,
    length: usize,
    now: f64,
) -> *const ScriptCall {
    web::set_now(now);
    // SAFETY: pool and agent are alive, and the block is JavaScript's to give.
    let (pool, agent, payload) = unsafe {
        (
            retain(pool),
            retain(agent),
            Bytes::from_raw(payload, length),
        )
    };
    let refused = match (pool.phase(), payload) {
        (pool::OPEN, Some(payload)) => {
            let call = ScriptCall::new(payload, agent);
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
unsafe extern "C" fn cf_cancel(call: *const ScriptCall) -> u32 {
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

/// The pool of the worker.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_worker_pool(worker: *const Worker) -> *const Pool {
    // SAFETY: the worker is alive, by the rules at the head of this file.
    Arc::as_ptr(unsafe { &*worker }.pool())
}

/// The agent of the worker.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_worker_agent(worker: *const Worker) -> *const Agent {
    // SAFETY: the worker is alive, by the rules at the head of this file.
    Arc::as_ptr(unsafe { &*worker }.agent())
}

/// The number of the worker.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_worker_index(worker: *const Worker) -> u32 {
    // SAFETY: the worker is alive, by the rules at the head of this file.
    unsafe { &*worker }.index()
}

/// Takes the next call, waiting up to `timeout` milliseconds: 0 nothing, 1 a closure has run, 2 a JavaScript call,
/// 3 a Rust call for the other instance, 4 leave.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_take(worker: *const Worker, timeout: u32, now: f64) -> u32 {
    web::set_now(now);
    // SAFETY: the worker is the caller's own.
    unsafe { &*worker }.take_within(Duration::from_millis(timeout.into())) as u32
}

/// Prepares to sleep on the queue's epoch: 1 if the worker may, 0 if there is something to do instead.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_fall_asleep(worker: *const Worker) -> u32 {
    // SAFETY: the worker is the caller's own.
    u32::from(unsafe { &*worker }.fall_asleep())
}

/// The counterpart of `cf_fall_asleep` that gave 1.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_wake_up(worker: *const Worker) {
    // SAFETY: the worker is the caller's own.
    unsafe { &*worker }.pool().queue().wake_up();
}

/// The address of the epoch that sleepers of the worker's pool wait on.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_epoch_address(worker: *const Worker) -> *const u32 {
    // SAFETY: the worker is alive, by the rules at the head of this file.
    unsafe { &*worker }.pool().queue().epoch().as_ptr()
}

/// Ends the JavaScript call that the worker holds: `kind` 0 with a value, 1 with what was thrown, 2 with the reason why
/// the pool is broken. The block is taken over.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_finish(
    worker: *const Worker,
    kind: u32,
    reply: *mut u8,
    length: usize,
    now: f64,
) {
    web::set_now(now);
    // SAFETY: the worker is the caller's own, and the block is JavaScript's to give.
    let (worker, reply) = unsafe { (&*worker, Bytes::from_raw(reply, length)) };
    worker.finish_script(kind, reply);
}

/// Ends the Rust call that the worker holds, with the reply of the other instance, which stays the caller's.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_finish_remote(
    worker: *const Worker,
    reply: *const u8,
    length: usize,
    now: f64,
) {
    web::set_now(now);
    // SAFETY: the worker is the caller's own, and the block is alive.
    let (worker, reply) = unsafe { (&*worker, slice::from_raw_parts(reply, length)) };
    worker.finish_remote(reply);
}

/// Fails the call that the worker holds, if any, because the pool is broken. For the worker itself, or for who claimed
/// its agent.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_fail_current(worker: *const Worker, now: f64) {
    web::set_now(now);
    // SAFETY: the worker is alive, by the rules at the head of this file.
    let worker = unsafe { &*worker };
    worker.fail_current(worker.pool().broken());
}

/// Fails the closure that the worker was running, because it trapped: 1, or 0 where it ran none. Message and stack, in
/// UTF-8, stay the caller's.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_fail_thrown(
    worker: *const Worker,
    message: *const u8,
    message_length: usize,
    stack: *const u8,
    stack_length: usize,
    now: f64,
) -> u32 {
    web::set_now(now);
    // SAFETY: the worker is the caller's own, and both blocks are alive.
    let (worker, message, stack) = unsafe {
        (
            &*worker,
            slice::from_raw_parts(message, message_length),
            slice::from_raw_parts(stack, stack_length),
        )
    };
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let error = TaskError::trapped(text(message), Some(text(stack)), Some(worker.name()));
    u32::from(worker.fail_current(Error::Task(error)))
}

/// The worker's thread is gone, or never came.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_worker_gone(worker: *const Worker) {
    // SAFETY: the worker is JavaScript's to give back.
    unsafe { Arc::from_raw(worker) }.gone();
}

/// On the task side: calls a function of this module. Gives a block with the encoded reply, whose length goes to `out`;
/// 0 where memory is exhausted.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_run_entry(
    index: usize,
    check: u32,
    payload: *const u8,
    length: usize,
    out: *mut usize,
) -> *mut u8 {
    panics::install_hook();
    // The task side is wasm-bindgen's own instance.
    web::set_glued();
    // SAFETY: the block is alive.
    let payload = unsafe { slice::from_raw_parts(payload, length) };
    let reply = process_pool::run_entry(Entry { index, check }, payload);
    let (start, length) = Bytes::copy(&reply).map_or((std::ptr::null_mut(), 0), Bytes::into_raw);
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { out.write(length) };
    start
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
