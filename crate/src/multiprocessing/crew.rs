//! What a pool, its results and its iterators share: the executor, the pool's state, and the calls that a `terminate`
//! ends.
//!
//! ```text
//!   RUNNING ──close──▶ CLOSED ──terminate──▶ TERMINATED
//!      └──────────────terminate──────────────────▲
//! ```

use std::any::type_name;
use std::fmt::Debug;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::callbacks::{Callbacks, Observer};
use crate::error::{BrokenExecutor, Error};
use crate::executor::{Executor, Shutdown};
use crate::future::Future;
use crate::platform::AtomicU32;
use crate::pool_options::PoolOptions;
use crate::process_pool::ProcessPoolExecutor;
use crate::thread_pool::ThreadPoolExecutor;

const RUNNING: u32 = 0;
const CLOSED: u32 = 1;
const TERMINATED: u32 = 2;

/// The executors that a [`WorkerPool`](super::WorkerPool) works with: of processes, and of threads. Nobody but this crate
/// implements it.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::multiprocessing::{Pool, ThreadPool, WorkerPool, Workers, with_pool};
///
/// fn twelve<E: Workers>(pool: WorkerPool<E>) -> Result<u64, Error> {
///     with_pool(pool, |pool| pool.apply(|n: u64| n * 2, 6))?
/// }
/// assert_eq!((twelve(ThreadPool::new(1)?)?, twelve(Pool::new(1)?)?), (12, 12));
/// # Ok::<(), Error>(())
/// ```
pub trait Workers: Executor + Debug + sealed::Sealed + Sized + 'static {
    /// What the pool is called in errors.
    #[doc(hidden)]
    const KIND: &'static str;

    /// An executor whose workers are all there from the start; those of processes are replaced when they die.
    #[doc(hidden)]
    fn make(options: PoolOptions) -> Result<Self, Error>;

    /// How many workers there are.
    #[doc(hidden)]
    fn count(&self) -> usize;

    /// Ends what can be ended, without waiting.
    #[doc(hidden)]
    fn end(&self);
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ProcessPoolExecutor {}
    impl Sealed for super::ThreadPoolExecutor {}
}

impl Workers for ProcessPoolExecutor {
    const KIND: &'static str = "process pool";

    fn make(options: PoolOptions) -> Result<Self, Error> {
        Self::eager(PoolOptions {
            respawn: true,
            ..options
        })
    }

    fn count(&self) -> usize {
        self.workers()
    }

    fn end(&self) {
        self.terminate_workers();
    }
}

impl Workers for ThreadPoolExecutor {
    const KIND: &'static str = "thread pool";

    fn make(options: PoolOptions) -> Result<Self, Error> {
        Self::eager(options)
    }

    fn count(&self) -> usize {
        self.workers()
    }

    fn end(&self) {
        // A thread cannot be ended in the middle of what it does with the memory that all share.
        let how = Shutdown {
            wait: false,
            cancel_futures: true,
        };
        // Only waiting can fail.
        let _ = self.shutdown(how);
    }
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Crew<E> {
    pub(crate) executor: E,
    state: AtomicU32,
    /// Told when the pool is terminated.
    terminated: Callbacks,
}

/// A call of a pool, which ends with the pool.
#[derive(Debug)]
pub(crate) struct Call<R> {
    pub(crate) future: Future<R>,
    task: &'static str,
    kind: &'static str,
}

impl<R: Send + Sync> Observer for Call<R> {
    fn done(&self, _key: usize, _failed: bool) {
        let broken = BrokenExecutor {
            pool: self.kind,
            reason: "the pool was terminated".to_owned(),
            worker: self.future.worker(),
            task: Some(self.task),
        };
        self.future.end_by_force(Error::Broken(broken));
    }
}

impl<E: Workers> Crew<E> {
    pub(crate) fn new(executor: E) -> Self {
        Self {
            executor,
            state: AtomicU32::new(RUNNING),
            terminated: Callbacks::new(),
        }
    }

    fn state(&self) -> u32 {
        // Relaxed, here and below: it hands on nothing; what a `terminate` does to calls goes by `terminated`.
        self.state.load(Ordering::Relaxed)
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state() == RUNNING
    }

    /// An error where no new work is taken.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let word = match self.state() {
            RUNNING => return Ok(()),
            CLOSED => "closed",
            _ => "terminated",
        };
        Err(Error::Value(format!("Pool not running: it is {word}")))
    }

    /// An error where the end of the pool cannot be waited for yet.
    pub(crate) fn check_ending(&self) -> Result<(), Error> {
        if !self.is_running() {
            return Ok(());
        }
        Err(Error::Value(
            "Pool is still running: close() or terminate() it first".to_owned(),
        ))
    }

    pub(crate) fn close(&self) {
        self.state.fetch_max(CLOSED, Ordering::Relaxed);
        let how = Shutdown {
            wait: false,
            cancel_futures: false,
        };
        // Only waiting can fail.
        let _ = self.executor.shutdown(how);
    }

    pub(crate) fn terminate(&self) {
        if self.state.swap(TERMINATED, Ordering::Relaxed) == TERMINATED {
            return;
        }
        self.terminated.done(false);
        self.executor.end();
    }

    /// Has `f`, which the user knows as an `F`, called with `argument`.
    pub(crate) fn call<F, A, R>(
        &self,
        f: impl Fn(A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<Arc<Call<R>>, Error>
    where
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + Sync + 'static,
    {
        self.check()?;
        let call = Arc::new(Call {
            future: self.executor.submit(f, argument)?,
            task: type_name::<F>(),
            kind: E::KIND,
        });
        let observer: Arc<dyn Observer> = Arc::clone(&call) as _;
        // Where the pool was terminated meanwhile, it is told here and now.
        let observer: Weak<dyn Observer> = Arc::downgrade(&observer);
        self.terminated.watch(observer, 0);
        Ok(call)
    }

    /// Has `f` called with each of the arguments, in one call.
    pub(crate) fn call_chunk<F, A, R>(
        &self,
        f: F,
        chunk: Vec<A>,
    ) -> Result<Arc<Call<Vec<R>>>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + Sync + 'static,
    {
        let all = move |chunk: Vec<A>| chunk.into_iter().map(f).collect::<Vec<R>>();
        self.call::<F, _, _>(all, chunk)
    }
}
