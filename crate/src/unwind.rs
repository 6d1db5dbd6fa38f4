//! What may be held across `catch_unwind`: everything public, and what it shares.
//!
//! wasm-bindgen demands this of all that an exported function holds. It is right for ours: a panic in user code never
//! passes through the middle of a change to any of these, since each change is one atomic step or is made by code that
//! does not panic; tasks and callbacks run outside of them, under `catch_unwind` of their own.

use std::panic::{RefUnwindSafe, UnwindSafe};

use crate::error::{Error, TaskError};
use crate::event_loop::AsyncExecutor;
use crate::event_loop::asyncio;
use crate::future::{Awaiting, Future, Promise};
use crate::map::Map;
use crate::pool::{Ending, Pool};
use crate::process_pool::ProcessPoolExecutor;
use crate::sync::gate::Gate;
use crate::sync::{Barrier, Condition, LifoQueue, PriorityQueue, Queue};
use crate::thread_pool::ThreadPoolExecutor;
use crate::wait::{Arrivals, AsCompleted, Countdown};

impl<T> UnwindSafe for Future<T> {}
impl<T> RefUnwindSafe for Future<T> {}
impl<T> UnwindSafe for Promise<T> {}
impl<T> RefUnwindSafe for Promise<T> {}
impl<R, S> UnwindSafe for Map<R, S> {}
impl<R, S> RefUnwindSafe for Map<R, S> {}
impl<T> UnwindSafe for AsCompleted<T> {}
impl<T> RefUnwindSafe for AsCompleted<T> {}
impl UnwindSafe for Error {}
impl RefUnwindSafe for Error {}
impl UnwindSafe for TaskError {}
impl RefUnwindSafe for TaskError {}
impl UnwindSafe for ThreadPoolExecutor {}
impl RefUnwindSafe for ThreadPoolExecutor {}
impl UnwindSafe for AsyncExecutor {}
impl RefUnwindSafe for AsyncExecutor {}
impl<T> UnwindSafe for asyncio::Task<T> {}
impl<T> RefUnwindSafe for asyncio::Task<T> {}
impl<T> UnwindSafe for asyncio::TaskFuture<T> {}
impl<T> UnwindSafe for asyncio::Gather<T> {}
impl<T> UnwindSafe for asyncio::GatherExceptions<T> {}
impl<T> UnwindSafe for asyncio::AsCompleted<T> {}
impl UnwindSafe for asyncio::AnyTask {}
impl RefUnwindSafe for asyncio::AnyTask {}
impl UnwindSafe for asyncio::Sleep {}
impl RefUnwindSafe for asyncio::Timeout {}
impl UnwindSafe for asyncio::Semaphore {}
impl RefUnwindSafe for asyncio::Semaphore {}
impl UnwindSafe for asyncio::BoundedSemaphore {}
impl RefUnwindSafe for asyncio::BoundedSemaphore {}
impl UnwindSafe for asyncio::Permit {}
impl UnwindSafe for asyncio::Lock {}
impl RefUnwindSafe for asyncio::Lock {}
impl UnwindSafe for asyncio::LockGuard {}
impl UnwindSafe for asyncio::Event {}
impl RefUnwindSafe for asyncio::Event {}
impl UnwindSafe for ProcessPoolExecutor {}
impl RefUnwindSafe for ProcessPoolExecutor {}
impl<T> UnwindSafe for Queue<T> {}
impl<T> RefUnwindSafe for Queue<T> {}
impl<T> UnwindSafe for LifoQueue<T> {}
impl<T> RefUnwindSafe for LifoQueue<T> {}
impl<T: Ord> UnwindSafe for PriorityQueue<T> {}
impl<T: Ord> RefUnwindSafe for PriorityQueue<T> {}
impl UnwindSafe for Barrier {}
impl RefUnwindSafe for Barrier {}
impl UnwindSafe for Condition {}
impl RefUnwindSafe for Condition {}
impl RefUnwindSafe for Gate {}
impl RefUnwindSafe for Pool {}
impl RefUnwindSafe for Awaiting {}
impl RefUnwindSafe for Ending {}
impl RefUnwindSafe for Arrivals {}
impl RefUnwindSafe for Countdown {}
