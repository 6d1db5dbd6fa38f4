//! Python's `asyncio` on the caller's own event loop, with its names and its meaning.
//!
//! | Python                                   | here                                             |
//! |------------------------------------------|--------------------------------------------------|
//! | `asyncio.run`                            | [`run`](crate::run); a browser's loop turns by itself |
//! | `create_task`, `Task`, `current_task`    | [`create_task`], [`try_create_task`], [`Task`], [`current_task`] |
//! | `sleep`                                  | [`sleep`]                                        |
//! | `gather`, `shield`                       | [`gather`], [`shield`]                           |
//! | `TaskGroup`, `ExceptionGroup`            | [`task_group`], [`TaskGroup`], [`ExceptionGroup`] |
//! | `wait`, `as_completed`                   | [`wait`], [`as_completed`]                       |
//! | `timeout`, `wait_for`                    | [`timeout`], [`wait_for`]                        |
//! | `Semaphore`, `BoundedSemaphore`, `Lock`, `Event` | [`Semaphore`], [`BoundedSemaphore`], [`Lock`], [`Event`] |
//! | `Queue`, `LifoQueue`, `PriorityQueue`    | [`Queue`], [`LifoQueue`], [`PriorityQueue`], with [`SyncError`](crate::sync::SyncError) |
//! | `loop.run_in_executor`, `to_thread`, `wrap_future` | [`run_in_executor`], [`to_thread`], [`wrap_future`] |
//! | `asyncio.CancelledError`                 | [`Error::Cancelled`](crate::Error::Cancelled)    |
//!
//! A coroutine is a future of Rust, an `async` block for one. Nothing of it runs until it is awaited or made a task, as
//! in Python. [`Awaitable`] is both: what takes one runs a coroutine as a task, and takes a task as it is.
//!
//! # Cancelling
//!
//! A task that is asked to cancel is dropped where it awaits, in the next turn of the event loop: in place of a `finally`,
//! what it holds is dropped, in the usual order. It cannot refuse.
//! Whoever is dropped while awaiting a task cancels that task, too, as in Python, and so on down: this is what a
//! [`timeout`] does to its body. [`shield`] and [`wait`] keep that away.
//!
//! All of this belongs to one thread, and nothing is locked. For what crosses threads there is [`sync`](crate::sync).
//!
//! ```
//! use std::time::Duration;
//! use concurrent_futures::Error;
//! use concurrent_futures::asyncio::{Semaphore, create_task, gather, sleep};
//!
//! async fn load(throttle: Semaphore, page: u32) -> u32 {
//!     let _permit = throttle.acquire().await;   // async with throttle:
//!     sleep(Duration::from_millis(1)).await;
//!     page * 10
//! }
//!
//! concurrent_futures::run(async {
//!     let throttle = Semaphore::new(2);
//!     let clock = create_task(async { loop { sleep(Duration::from_millis(1)).await } })?;
//!     let pages = gather((1..=4).map(|page| load(throttle.clone(), page))).await?;
//!     assert_eq!(pages, [10, 20, 30, 40]);
//!     clock.cancel();
//!     assert!(clock.await.unwrap_err().is_cancelled());
//!     Ok::<(), Error>(())
//! })?;
//! # Ok::<(), Error>(())
//! ```

mod executors;
mod gather;
mod line;
mod locks;
mod queues;
mod sleep;
mod task;
mod task_group;
mod timeouts;
mod wait;

pub use self::executors::{
    run_in_executor, set_default_executor, shutdown_default_executor, to_thread, wrap_future,
};
pub use self::gather::{Gather, GatherExceptions, gather, shield};
pub use self::locks::{BoundedSemaphore, Event, Lock, LockGuard, Permit, Semaphore};
pub use self::queues::{LifoQueue, PriorityQueue, Queue};
pub use self::sleep::{Sleep, sleep};
pub use self::task::{
    AnyTask, Awaitable, Task, TaskFuture, create_task, current_task, try_create_task,
};
pub use self::task_group::{ExceptionGroup, TaskGroup, task_group};
pub use self::timeouts::{Timeout, timeout, wait_for};
pub use self::wait::{AsCompleted, DoneAndPending, as_completed, wait};
