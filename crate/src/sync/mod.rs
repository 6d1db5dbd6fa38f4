//! Locks, semaphores, events, conditions, barriers and queues: those of Python's `threading` and `queue`, with their
//! names and their meaning.
//!
//! | Python                              | here                                            |
//! |-------------------------------------|-------------------------------------------------|
//! | `threading.Lock`, `RLock`           | [`Lock`], [`RLock`]                             |
//! | `threading.Semaphore`, `BoundedSemaphore` | [`Semaphore`], [`BoundedSemaphore`]       |
//! | `threading.Event`                   | [`Event`]                                       |
//! | `threading.Condition`               | [`Condition`]                                   |
//! | `threading.Barrier`                 | [`Barrier`]                                     |
//! | `queue.Queue`, `LifoQueue`, `PriorityQueue` | [`Queue`], [`LifoQueue`], [`PriorityQueue`] |
//!
//! Each is a handle: clone it, and move the clone into a task of a [`ThreadPoolExecutor`](crate::ThreadPoolExecutor).
//! What may wait has two forms, as a [`Future`](crate::Future) has: one blocks, the one that ends in `_async` is
//! awaited, which is what a page must do. A `timeout` of `None` waits without end; zero only tries, which a page may do
//! too. `with lock:` is a guard here, which releases when it is dropped.
//!
//! In a browser JavaScript of the same module uses the same objects: see the trait `InJavaScript`.
//!
//! A task of a [`ProcessPoolExecutor`](crate::ProcessPoolExecutor) shares no memory with its caller, so none of these can
//! be its argument: they cannot be serialised, and the call does not compile.
//!
//! ```compile_fail
//! use concurrent_futures::{ProcessPoolExecutor, sync::Lock};
//!
//! let pool = ProcessPoolExecutor::new(1).unwrap();
//! pool.submit(|lock: Lock| lock.locked(), Lock::new());
//! ```
//!
//! ```
//! use concurrent_futures::sync::{Lock, Queue};
//! use concurrent_futures::{ThreadPoolExecutor, wait};
//!
//! let pool = ThreadPoolExecutor::new(2)?;
//! let (lock, results) = (Lock::new(), Queue::new(0));
//! let futures = (0..4).map(|n| {
//!     let (lock, results) = (lock.clone(), results.clone());
//!     pool.submit(move || {
//!         let _held = lock.acquire(None)?;
//!         results.put_nowait(n * n)?;
//!         Ok::<_, concurrent_futures::Error>(())
//!     })
//! });
//! wait(futures.collect::<Result<Vec<_>, _>>()?, None, concurrent_futures::ReturnWhen::AllCompleted)?;
//! assert_eq!(results.qsize(), 4);
//! # Ok::<(), concurrent_futures::Error>(())
//! ```

#[cfg(all(target_arch = "wasm32", not(loom)))]
mod abi;
mod barrier;
mod condition;
mod error;
mod event;
pub(crate) mod gate;
pub(crate) mod holder;
mod lock;
pub(crate) mod queue;
mod queues;
mod semaphore;
#[cfg(all(target_arch = "wasm32", not(loom)))]
pub(crate) mod shared;

pub use barrier::Barrier;
pub use condition::{Condition, ConditionGuard};
pub use error::{PutError, SyncError};
pub use event::Event;
pub(crate) use lock::RawLock;
pub use lock::{Lock, LockGuard, RLock, RLockGuard};
pub use queues::{LifoQueue, PriorityQueue, Queue};
pub use semaphore::{BoundedSemaphore, Permit, Semaphore};
