//! The steps of a worker's loop, and what both sides of it ask.

use std::future::Future as Coroutine;
use std::pin::Pin;
use std::slice;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::agent::Agent;
use crate::alarm::WordAlarm;
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

/// Takes the next call, if there is one: 0 nothing, 1 a closure has run, 2 a JavaScript call,
/// 3 a Rust call for the other instance, 4 leave, 5 a closure was taken that awaits something, 6 as 3, of a coroutine.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_take(worker: *const Worker, now: f64) -> u32 {
    web::set_now(now);
    // SAFETY: the worker is the caller's own.
    unsafe { &*worker }.take() as u32
}

/// Goes on with the closure that awaits something, after its alarm has rung: 1 it has run, 5 it awaits again.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_go_on(worker: *const Worker, now: f64) -> u32 {
    web::set_now(now);
    // SAFETY: the worker is the caller's own.
    unsafe { &*worker }.go_on() as u32
}

/// The address of the word that is not zero once the closure that awaits something can go on.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_alarm_address(worker: *const Worker) -> *const u32 {
    // SAFETY: the worker is the caller's own.
    unsafe { &*worker }.alarm().address()
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
    let entry = Entry {
        index,
        check,
        coroutine: false,
    };
    let reply = process_pool::run_entry(entry, payload);
    let (start, length) = Bytes::copy(&reply).map_or((std::ptr::null_mut(), 0), Bytes::into_raw);
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { out.write(length) };
    start
}

/// A coroutine on the task side.
struct Running {
    /// What ends with the encoded reply.
    coroutine: Pin<Box<dyn Coroutine<Output = Vec<u8>>>>,
    alarm: Arc<WordAlarm>,
}

/// On the task side: calls a coroutine function of this module. Gives the coroutine, for `cf_poll_entry`; the address of the
/// word that is not zero once it can go on goes to `out`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_start_entry(
    index: usize,
    check: u32,
    payload: *const u8,
    length: usize,
    out: *mut *const u32,
) -> *mut Running {
    panics::install_hook();
    // The task side is wasm-bindgen's own instance.
    web::set_glued();
    // SAFETY: the block is alive.
    let payload = unsafe { slice::from_raw_parts(payload, length) };
    let entry = Entry {
        index,
        check,
        coroutine: true,
    };
    let running = Box::new(Running {
        coroutine: process_pool::start_entry(entry, payload.to_vec()),
        alarm: WordAlarm::new(),
    });
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { out.write(running.alarm.address()) };
    Box::into_raw(running)
}

/// On the task side: goes on with a coroutine, first or after its alarm has rung: 0 it awaits something, 1 it has ended and
/// is gone. Then address and length of a block with the encoded reply are at `out`; the address is 0 where memory is
/// exhausted.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_poll_entry(running: *mut Running, out: *mut usize) -> u32 {
    let reply = {
        // SAFETY: it came from `cf_start_entry`, and has not ended.
        let running = unsafe { &mut *running };
        // First, so that no ring is lost that comes while it runs.
        running.alarm.reset();
        let waker = Waker::from(Arc::clone(&running.alarm));
        running
            .coroutine
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
    };
    let Poll::Ready(reply) = reply else { return 0 };
    // SAFETY: as above; JavaScript does not use it again.
    drop(unsafe { Box::from_raw(running) });
    let (start, length) = Bytes::copy(&reply).map_or((std::ptr::null_mut(), 0), Bytes::into_raw);
    // SAFETY: `out` is a block of at least eight bytes.
    unsafe {
        out.write(start.addr());
        out.add(1).write(length);
    }
    1
}
