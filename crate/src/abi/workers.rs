//! The steps of a worker's loop, and what both sides of it ask.

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::error::{Error, TaskError};
use crate::platform::web;
use crate::pool::Pool;
use crate::work::Entry;
use crate::worker::Worker;
use crate::{panics, process_pool};

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
/// the initializer failed, as UTF-8. The block is taken over.
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
    worker.note_end(worker.pool().reason());
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
