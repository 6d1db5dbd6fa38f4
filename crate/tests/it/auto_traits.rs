//! What may cross threads, and what may be held across a panic: promises that the compiler checks.

use std::cell::Cell;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use concurrent_futures::sync::{
    Barrier, BoundedSemaphore, Condition, ConditionGuard, Event, LifoQueue, Lock, LockGuard,
    Permit, PriorityQueue, Queue, RLock, RLockGuard, Semaphore, SyncError,
};
use concurrent_futures::{
    AsCompleted, BrokenExecutor, DoneAndNotDone, Error, Future, InvalidState, Map, MapOptions,
    PoolOptions, ProcessPoolExecutor, Promise, ReturnWhen, Shutdown, TaskError, ThreadPoolExecutor,
    Timeout, Times,
};

fn send_and_sync<T: Send + Sync>() {}
fn send<T: Send>() {}
fn unwind_safe<T: UnwindSafe + RefUnwindSafe>() {}
fn unpin<T: Unpin>() {}

/// Has one `some` for every type, and a second one for those that are `Send`: naming it without saying which compiles
/// for a type that is not.
trait AmbiguousIfSend<Which> {
    fn some() {}
}
struct Second;
impl<T> AmbiguousIfSend<()> for T {}
impl<T: Send> AmbiguousIfSend<Second> for T {}

#[test]
fn futures_and_executors_cross_threads() {
    send_and_sync::<Future<String>>();
    send_and_sync::<ThreadPoolExecutor>();
    send_and_sync::<ProcessPoolExecutor>();
    send_and_sync::<Arc<ThreadPoolExecutor>>();
    send_and_sync::<Promise<String>>();
    send::<Map<String>>();
    send::<AsCompleted<String>>();
    send::<DoneAndNotDone<String>>();
    send_and_sync::<(Error, TaskError, BrokenExecutor, InvalidState, Timeout)>();
    send_and_sync::<(PoolOptions, MapOptions, Shutdown, ReturnWhen, Times)>();
}

#[test]
fn a_promise_of_what_is_only_send_crosses_threads_and_its_future_does_not() {
    send_and_sync::<Promise<Cell<u8>>>();
    let _ = <Future<Cell<u8>> as AmbiguousIfSend<_>>::some;
}

#[test]
fn locks_and_queues_cross_threads_and_guards_that_belong_to_a_thread_stay() {
    send_and_sync::<(Lock, RLock, Semaphore, BoundedSemaphore)>();
    send_and_sync::<(Event, Condition, Barrier)>();
    send_and_sync::<(Queue<Cell<u8>>, LifoQueue<Cell<u8>>, PriorityQueue<u8>)>();
    send_and_sync::<(LockGuard, Permit, SyncError)>();
    let _ = <RLockGuard as AmbiguousIfSend<_>>::some;
    let _ = <ConditionGuard as AmbiguousIfSend<_>>::some;
    let _ = <Queue<std::rc::Rc<u8>> as AmbiguousIfSend<_>>::some;
}

#[test]
fn everything_may_be_held_across_a_panic() {
    unwind_safe::<Future<Cell<u8>>>();
    unwind_safe::<Promise<Cell<u8>>>();
    unwind_safe::<Map<Cell<u8>>>();
    unwind_safe::<AsCompleted<Cell<u8>>>();
    unwind_safe::<(ThreadPoolExecutor, ProcessPoolExecutor)>();
    unwind_safe::<(Error, TaskError)>();
    unwind_safe::<(Lock, RLock, Semaphore, BoundedSemaphore, Event)>();
    unwind_safe::<(Condition, Barrier, LockGuard, Permit)>();
    unwind_safe::<(Queue<Cell<u8>>, LifoQueue<Cell<u8>>, PriorityQueue<u8>)>();
}

#[test]
fn futures_need_no_pinning() {
    unpin::<Future<std::marker::PhantomPinned>>();
}
