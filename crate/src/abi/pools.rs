//! Pools: made, asked, shut down, broken.

use std::num::NonZeroU32;
use std::slice;
use std::sync::Arc;

use super::retain;
use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::initializer::Initializer;
use crate::platform::web;
use crate::pool::{Kind, Options, Pool};
use crate::worker::{Worker, works_for};

/// What a pool is made of, as JavaScript writes it, word by word. All blocks are taken over; their addresses may be 0.
#[repr(C)]
struct Spec {
    /// 0 for threads, 1 for processes.
    kind: u32,
    max_workers: u32,
    /// How many calls a worker runs; 0 for any number.
    max_tasks: u32,
    /// 1 where a worker that dies is replaced.
    respawn: u32,
    /// 1 where workers that wait for each other wait for ever.
    ignore_deadlocks: u32,
    /// 1 where all workers are there from the start.
    eager: u32,
    prefix: *mut u8,
    prefix_length: usize,
    /// What it means is JavaScript's affair.
    config: *mut u8,
    config_length: usize,
    /// An encoded function with its arguments.
    initializer: *mut u8,
    initializer_length: usize,
    /// Rung when the last worker is gone.
    owner: *const Agent,
}

/// Makes a pool.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_new(spec: *const Spec, now: f64) -> *const Pool {
    web::set_now(now);
    // SAFETY: the spec lies in a block of the caller's.
    let spec = unsafe { &*spec };
    // SAFETY: all blocks are JavaScript's to give.
    let (prefix, config, initializer) = unsafe {
        (
            Bytes::from_raw(spec.prefix, spec.prefix_length),
            Bytes::from_raw(spec.config, spec.config_length),
            Bytes::from_raw(spec.initializer, spec.initializer_length),
        )
    };
    // SAFETY: the owner is alive, since it is the caller.
    let owner = unsafe { retain(spec.owner) };
    let holder = Arc::clone(&owner);
    let options = Options {
        kind: if spec.kind == 0 {
            Kind::Thread
        } else {
            Kind::Process
        },
        max_workers: spec.max_workers.clamp(1, crate::crowd::MOST_WORKERS),
        prefix: prefix.map_or_else(
            || "worker".into(),
            |prefix| String::from_utf8_lossy(prefix.as_slice()).into(),
        ),
        initializer: initializer.map(Initializer::script),
        max_tasks: NonZeroU32::new(spec.max_tasks),
        respawn: spec.respawn != 0,
        ignore_deadlocks: spec.ignore_deadlocks != 0,
        eager: spec.eager != 0,
        config,
        owner: Some(owner),
    };
    let pool = Arc::into_raw(Pool::new(options));
    holder.hold_pool(pool);
    pool
}

/// JavaScript's executor lets go of the pool; its workers keep it while they need it.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_release(pool: *const Pool) {
    // SAFETY: the pool is JavaScript's to give back.
    let released = unsafe { Arc::from_raw(pool) };
    if let Some(owner) = &released.options().owner {
        owner.drop_pool(pool);
    }
}

/// Has the agent rung, too, when the last worker of the pool is gone.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_watch(pool: *const Pool, agent: *const Agent) {
    // SAFETY: both are alive, by the rules at the head of this file.
    unsafe { &*pool }.watch(&unsafe { retain(agent) });
}

/// 1 where the caller is a worker of the pool.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_is_mine(pool: *const Pool) -> u32 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    u32::from(works_for(unsafe { &*pool }))
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
unsafe extern "C" fn cf_pool_shutdown(pool: *const Pool, cancel: u32, now: f64) {
    web::set_now(now);
    // SAFETY: the pool is alive, by the rules at the head of this file.
    unsafe { &*pool }.shut_down(cancel != 0);
}

/// Has all workers of the pool ended by force: what they hold fails, what is queued is cancelled.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_terminate(pool: *const Pool, now: f64) {
    web::set_now(now);
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
    now: f64,
) {
    web::set_now(now);
    // SAFETY: the pool, the block and the worker are alive, by the rules at the head of this file.
    let (pool, reason, worker) = unsafe {
        (
            retain(pool),
            slice::from_raw_parts(reason, length),
            worker.as_ref(),
        )
    };
    let reason = String::from_utf8_lossy(reason);
    pool.break_because(&reason, worker);
    if let Some(worker) = worker {
        worker.note_end(&reason);
    }
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

/// The name of the worker that broke the pool; its length goes to `out`, 0 where none did. The block stays the pool's.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_culprit(pool: *const Pool, out: *mut usize) -> *const u8 {
    // SAFETY: the pool is alive, by the rules at the head of `abi.rs`.
    let culprit = unsafe { &*pool }.culprit();
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { out.write(culprit.len()) };
    culprit.as_ptr()
}

/// 0 for a pool of threads, 1 for one of processes.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_pool_kind(pool: *const Pool) -> u32 {
    // SAFETY: the pool is alive, by the rules at the head of this file.
    u32::from(unsafe { &*pool }.options().kind == Kind::Process)
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
