//! Python's `multiprocessing.Pool` and `ThreadPool`, on this crate's executors.
//!
//! | you want                                | take                                                             |
//! |-----------------------------------------|------------------------------------------------------------------|
//! | processes that are replaced when they die | [`Pool`]                                                       |
//! | the same over threads                   | [`ThreadPool`]                                                   |
//! | Python's `with`, which terminates       | [`with_pool`], [`with_pool_async`]                               |
//! | one value, or a list of them, now       | [`apply`](WorkerPool::apply), [`map`](WorkerPool::map), [`starmap`](WorkerPool::starmap) |
//! | the same later                          | their `…_async` forms, which give an [`AsyncResult`]             |
//! | values one by one, as they come         | [`imap`](WorkerPool::imap), [`imap_unordered`](WorkerPool::imap_unordered) |
//!
//! What Python calls `apply_async` gives an [`AsyncResult`] at once here, too; it is awaited by
//! [`get_async`](AsyncResult::get_async). On the page of a browser, which must never block, take those forms.
//!
//! ```
//! use concurrent_futures::multiprocessing::{Pool, with_pool};
//!
//! let squares = with_pool(Pool::new(2)?, |pool| pool.map(|n: u64| n * n, 0..5, None))?;
//! assert_eq!(squares?, [0, 1, 4, 9, 16]);
//! # Ok::<(), concurrent_futures::Error>(())
//! ```

mod crew;
mod imap;
mod options;
mod pool;
mod result;
mod scope;
mod star;

pub use self::crew::Workers;
pub use self::imap::Imap;
pub use self::options::PoolOptions;
pub use self::pool::{Pool, ThreadPool, WorkerPool};
pub use self::result::{AsyncResult, Callbacks};
pub use self::scope::{with_pool, with_pool_async};
pub use self::star::Star;
