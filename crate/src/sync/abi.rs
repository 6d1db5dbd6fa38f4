//! The part of the C ABI that is for locks, queues and their like: see `crate/src/abi.rs` for its rules.
//!
//! | pointer | made by                                | given back by                    |
//! |---------|----------------------------------------|----------------------------------|
//! | object  | `cf_sync_new`, `cf_sync_hold`          | `cf_sync_drop`                   |
//! | object  | `cf_sync_retain`                       | the end of the block that has it |
//! | waiter  | `cf_sync_wait`                         | `cf_sync_forget`                 |
//!
//! No step waits: it gives 1, or a number that says more, when it is done, 0 when it is not yet time, and one of the
//! negative numbers below when it is refused. JavaScript waits at the gate, as `gate.rs` says.

use std::sync::Arc;

use super::barrier::{Arrival, RawBarrier};
use super::condition::{RawCondition, Waiter};
use super::error::SyncError;
use super::event::RawEvent;
use super::gate::Gate;
use super::holder;
use super::lock::RawLock;
use super::queue::{Fifo, Lifo, Look, RawQueue, Smallest};
use super::semaphore::RawSemaphore;
use super::shared::{JsItem, ScriptQueue, Shared};
use crate::bytes::Bytes;
use crate::error::Error;
use crate::platform;
use crate::pool::Pool;

const DONE: i32 = 1;
const NOT_YET: i32 = 0;
const NOT_HELD: i32 = -1;
const HOLDER_DIED: i32 = -2;
const SHUT_DOWN: i32 = -3;
const BROKEN_BARRIER: i32 = -4;
const TOO_OFTEN: i32 = -5;
const BUSY: i32 = -6;

/// Makes an object of a kind, with one number of its own (a count, a size in bytes, the address of a lock), and gives this
/// agent a handle to it; null where memory is exhausted.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_new(kind: u32, value: usize) -> *const Shared {
    let count = u32::try_from(value).unwrap_or(u32::MAX);
    let object = match kind {
        0 => Shared::Lock(RawLock::new(false)),
        1 => Shared::Lock(RawLock::new(true)),
        2 => Shared::Semaphore(RawSemaphore::new(count, false)),
        3 => Shared::Semaphore(RawSemaphore::new(count, true)),
        4 => Shared::Event(RawEvent::new()),
        5 => {
            let lock = std::ptr::with_exposed_provenance::<Shared>(value);
            // SAFETY: null, or a lock that the caller has a handle to.
            let lock = match unsafe { lock.as_ref() } {
                Some(Shared::Lock(lock)) => Arc::clone(lock),
                _ => RawLock::new(true),
            };
            Shared::Condition(RawCondition::new(lock))
        }
        6 => Shared::Barrier(RawBarrier::new(count)),
        7 => Shared::Queue(Arc::new(RawQueue::new(value, Fifo::default()))),
        8 => Shared::LifoQueue(Arc::new(RawQueue::new(value, Lifo::default()))),
        9 => Shared::PriorityQueue(Arc::new(RawQueue::new(value, Smallest::default()))),
        _ => match Bytes::zeroed(value) {
            Some(memory) => Shared::Memory(memory),
            None => return std::ptr::null(),
        },
    };
    made(object)
}

/// The pool as an object that crosses to other agents, with a handle of this agent to it. What one waits at is the pool.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_of_pool(pool: *const Pool) -> *const Shared {
    // SAFETY: the pool is alive, since the caller holds it.
    made(Shared::Pool(unsafe {
        Arc::increment_strong_count(pool);
        Arc::from_raw(pool)
    }))
}

/// A new object, with a handle of this agent to it.
fn made(object: Shared) -> *const Shared {
    let object = Arc::new(object);
    let address = Arc::as_ptr(&object);
    note(object);
    address
}

/// One more reference, which belongs to a message.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_retain(object: *const Shared) {
    // SAFETY: the caller has a handle to it.
    unsafe { Arc::increment_strong_count(object) };
}

/// One more handle of this agent.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_hold(object: *const Shared) {
    // SAFETY: the message that the address came in keeps it alive.
    note(unsafe {
        Arc::increment_strong_count(object);
        Arc::from_raw(object)
    });
}

/// One handle of this agent less.
#[unsafe(no_mangle)]
extern "C" fn cf_sync_drop(object: *const Shared) {
    if let Some(agent) = platform::current_agent() {
        agent.handles().remove(object);
    }
}

fn note(object: Arc<Shared>) {
    if let Some(agent) = platform::current_agent() {
        agent.handles().add(object);
    }
}

/// The address of the words that one waits at; a queue has three, for items, for space, and for "all done". For memory,
/// that of its first byte; for a pool, its own.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_gate(object: *const Shared, which: u32) -> *const u8 {
    // SAFETY: the caller has a handle to it.
    let object = unsafe { &*object };
    let gate: *const Gate = match object {
        Shared::Lock(lock) => lock.gate(),
        Shared::Semaphore(semaphore) => semaphore.gate(),
        Shared::Event(event) => event.gate(),
        Shared::Condition(condition) => condition.lock().gate(),
        Shared::Barrier(barrier) => barrier.gate(),
        Shared::Memory(memory) => return memory.as_slice().as_ptr(),
        Shared::Pool(pool) => return Arc::as_ptr(pool).cast(),
        queue => queue
            .queue()
            .map_or(std::ptr::null(), |queue| queue.gate(which)),
    };
    gate.cast()
}

/// Tries a step of an object; what the operations are stands in `crate/js/src/sync/abi.ts`, too.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_step(object: *const Shared, operation: u32, value: u32) -> i32 {
    // SAFETY: the caller has a handle to it.
    match unsafe { &*object } {
        Shared::Lock(lock) => step_lock(lock, operation),
        Shared::Semaphore(semaphore) => match operation {
            0 => found(semaphore.try_acquire()),
            1 => semaphore.release(value).map_or(TOO_OFTEN, |()| DONE),
            _ => number(semaphore.value()),
        },
        Shared::Event(event) => match operation {
            0 => found(event.passed(value)),
            1 => {
                event.set();
                DONE
            }
            2 => {
                event.clear();
                DONE
            }
            3 => i32::from(event.is_set()),
            // Any 32 bits, and never refused.
            _ => event.arrive().cast_signed(),
        },
        Shared::Condition(condition) => match operation {
            3 => condition
                .notify(holder::here(), value as usize)
                .map_or_else(|error| refused(&error), |()| DONE),
            _ => step_lock(condition.lock(), operation),
        },
        Shared::Barrier(barrier) => step_barrier(barrier, operation, value),
        Shared::Memory(_) | Shared::Pool(_) => NOT_YET,
        queue => queue
            .queue()
            .map_or(NOT_YET, |queue| step_queue(queue, operation, value)),
    }
}

fn step_lock(lock: &RawLock, operation: u32) -> i32 {
    match operation {
        0 => step(lock.try_acquire(holder::here())),
        1 => lock
            .release(holder::here())
            .map_or_else(|error| refused(&error), |()| DONE),
        _ => i32::from(lock.locked()),
    }
}

fn step_queue(queue: &dyn ScriptQueue, operation: u32, value: u32) -> i32 {
    match operation {
        0 => step(queue.try_reserve()),
        1 => queue.task_done().map_or(TOO_OFTEN, |()| DONE),
        2 => found(queue.finished()),
        3 => {
            queue.shut_down(value != 0);
            DONE
        }
        4 => number(u32::try_from(queue.len()).unwrap_or(u32::MAX)),
        _ => i32::from(queue.is_full()),
    }
}

fn step_barrier(barrier: &RawBarrier, operation: u32, value: u32) -> i32 {
    match operation {
        0 => match barrier.try_arrive() {
            Ok(Some(Arrival::Waits(of) | Arrival::Acts(of))) => number(of) + 1,
            Ok(None) => NOT_YET,
            Err(_) => BROKEN_BARRIER,
        },
        1 => step(barrier.try_leave()),
        2 => barrier.acted(value != 0).map_or(BROKEN_BARRIER, |()| DONE),
        3 => {
            barrier.give_up();
            DONE
        }
        4 => {
            barrier.abort();
            DONE
        }
        5 => {
            barrier.reset();
            DONE
        }
        6 => number(barrier.waiting()),
        7 => i32::from(barrier.broken()),
        _ => number(barrier.parties()),
    }
}

/// Who died with the lock in its hands, as UTF-8 in a block, whose length goes to `out`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_dead(object: *const Shared, out: *mut usize) -> *mut u8 {
    // SAFETY: the caller has a handle to it.
    let lock = match unsafe { &*object } {
        Shared::Lock(lock) => lock,
        Shared::Condition(condition) => condition.lock(),
        _ => return std::ptr::null_mut(),
    };
    let name = lock.dead_holder().unwrap_or_else(|| "an agent".to_owned());
    let (start, length) =
        Bytes::copy(name.as_bytes()).map_or((std::ptr::null_mut(), 0), Bytes::into_raw);
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { out.write(length) };
    start
}

/// Gives the lock of a condition back, and lines up: gives a waiter, whose address is that of its gate; null where this
/// agent does not hold the lock.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_wait(object: *const Shared) -> *const Waiter {
    // SAFETY: the caller has a handle to it.
    match unsafe { &*object } {
        Shared::Condition(condition) => condition
            .enter(holder::here())
            .map_or(std::ptr::null(), Arc::into_raw),
        _ => std::ptr::null(),
    }
}

/// Whether the waiter was notified; with `give_up` not 0, whether it is so now that it gives up.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_notified(waiter: *const Waiter, give_up: u32) -> i32 {
    // SAFETY: the waiter is the caller's until `cf_sync_forget`.
    let waiter = unsafe { &*waiter };
    if give_up != 0 {
        waiter.abandon();
    }
    found(waiter.notified())
}

/// Tries to take the lock again, as often as the waiter had it.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_resume(object: *const Shared, waiter: *const Waiter) -> i32 {
    // SAFETY: the caller has a handle to it, and the waiter.
    match unsafe { (&*object, &*waiter) } {
        (Shared::Condition(condition), waiter) => step(
            condition
                .lock()
                .try_acquire_times(holder::here(), waiter.depth()),
        ),
        _ => NOT_HELD,
    }
}

/// The wait is over.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_sync_forget(object: *const Shared, waiter: *const Waiter) {
    // SAFETY: the caller has a handle to it, and gives the waiter back.
    let (object, waiter) = unsafe { (&*object, Arc::from_raw(waiter)) };
    if let (Shared::Condition(condition), None) = (object, waiter.notified()) {
        condition.forget(&waiter);
    }
}

/// Fills the place in a queue that was reserved. Both blocks are taken over; the key may be null.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_queue_put(
    object: *const Shared,
    item: *mut u8,
    length: usize,
    key: *mut u8,
    key_length: usize,
) {
    // SAFETY: the caller has a handle to it, and the blocks are JavaScript's to give.
    let (object, item, key) = unsafe {
        (
            &*object,
            Bytes::from_raw(item, length),
            Bytes::from_raw(key, key_length),
        )
    };
    if let (Some(queue), Some(item)) = (object.queue(), item) {
        queue.put(JsItem::of(item, key));
    }
}

/// Takes the next item out of a queue: its block is the caller's, address and length go to `out`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_queue_get(object: *const Shared, out: *mut usize) -> i32 {
    // SAFETY: the caller has a handle to it.
    let Some(queue) = unsafe { &*object }.queue() else {
        return NOT_YET;
    };
    match queue.look() {
        Ok(Look::Item(JsItem { item, .. })) => {
            let (start, length) = item.into_raw();
            // SAFETY: `out` is a block of at least eight bytes.
            unsafe {
                out.write(start.addr());
                out.add(1).write(length);
            }
            DONE
        }
        Ok(Look::Nothing) => NOT_YET,
        Ok(Look::Busy) => BUSY,
        Err(_) => SHUT_DOWN,
    }
}

fn found(found: Option<()>) -> i32 {
    found.map_or(NOT_YET, |()| DONE)
}

fn step(tried: Result<Option<()>, Error>) -> i32 {
    match tried {
        Ok(done) => found(done),
        Err(Error::Sync(error)) => refused(&error),
        Err(_) => TOO_OFTEN,
    }
}

fn refused(error: &SyncError) -> i32 {
    match error {
        SyncError::NotHeld(_) => NOT_HELD,
        SyncError::HolderDied(_) => HOLDER_DIED,
        SyncError::ShutDown => SHUT_DOWN,
        SyncError::BrokenBarrier => BROKEN_BARRIER,
        SyncError::Empty | SyncError::Full => TOO_OFTEN,
    }
}

/// A count, which is not negative in JavaScript's reading.
fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
