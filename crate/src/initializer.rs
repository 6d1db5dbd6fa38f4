//! What every worker of a pool runs before its first call.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bytes::Bytes;
use crate::error::Error;
use crate::panics;
use crate::process_pool;
use crate::work::Entry;

/// What every worker of a pool runs before its first call: Python's `initializer` with its `initargs`.
///
/// If it panics, the pool is broken, since none of its workers would be what tasks expect: what waits fails with
/// [`Error::Broken`], and so does every later `submit`. Threads that run already go on with what they hold; the other
/// workers of a process pool are ended.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use concurrent_futures::{Initializer, PoolOptions, ThreadPoolExecutor};
///
/// let started = Arc::new(AtomicU32::new(0));
/// let initializer = Initializer::new({
///     let started = Arc::clone(&started);
///     move || {
///         started.fetch_add(1, Ordering::Relaxed);
///     }
/// });
/// let pool = ThreadPoolExecutor::with(PoolOptions {
///     max_workers: Some(1),
///     initializer: Some(initializer),
///     ..PoolOptions::default()
/// })?;
/// assert_eq!(pool.submit(|| 7)?.result(None)?, 7);
/// assert_eq!(started.load(Ordering::Relaxed), 1);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Clone)]
pub struct Initializer(Arc<Kind>);

/// How an initializer is run.
pub(crate) enum Kind {
    /// Right in the worker, on pool memory.
    Closure(Closure),
    /// As a Rust call: in a process worker that is in the instance with private memory.
    Function { entry: Entry, payload: Vec<u8> },
    /// As a JavaScript call.
    Script(Bytes),
}

/// A user's closure; what it captured may panic when it is dropped.
pub(crate) struct Closure(Option<Box<dyn Fn() + Send + Sync>>);

impl Initializer {
    /// Any closure, for thread pools: a process shares nothing with what it captured.
    ///
    /// ```
    /// use concurrent_futures::{Initializer, PoolOptions, ThreadPoolExecutor};
    ///
    /// let greeting = String::from("captured");
    /// let pool = ThreadPoolExecutor::with(PoolOptions {
    ///     initializer: Some(Initializer::new(move || assert_eq!(greeting, "captured"))),
    ///     ..PoolOptions::default()
    /// })?;
    /// assert_eq!(pool.submit(|| 7)?.result(None)?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn new(f: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(Kind::Closure(Closure(Some(Box::new(f))))))
    }

    /// A function that captures nothing, and its argument, for pools of both kinds. For several arguments pass a tuple.
    ///
    /// # Errors
    ///
    /// [`Error::Codec`] where the argument cannot be encoded.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use concurrent_futures::{Initializer, PoolOptions, ProcessPoolExecutor};
    ///
    /// static FACTOR: AtomicU32 = AtomicU32::new(1);
    ///
    /// let pool = ProcessPoolExecutor::with(PoolOptions {
    ///     initializer: Some(Initializer::with(|n: u32| FACTOR.store(n, Ordering::Relaxed), 10)?),
    ///     ..PoolOptions::default()
    /// })?;
    /// let future = pool.submit(|n: u32| n * FACTOR.load(Ordering::Relaxed), 7)?;
    /// assert_eq!(future.result(None)?, 70);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it takes its argument as a call does"
    )]
    pub fn with<F, A>(f: F, argument: A) -> Result<Self, Error>
    where
        F: Fn(A) + Copy + 'static,
        A: Serialize + DeserializeOwned,
    {
        let payload = process_pool::encode(&argument)?;
        let entry = process_pool::entry_of::<F, A, ()>(f);
        Ok(Self(Arc::new(Kind::Function { entry, payload })))
    }

    /// A JavaScript function by name, with its encoded arguments.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn script(payload: Bytes) -> Self {
        Self(Arc::new(Kind::Script(payload)))
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0
    }

    /// What a Rust call of it needs, where it is a function.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn function(&self) -> Option<(Entry, Vec<u8>)> {
        match &*self.0 {
            Kind::Function { entry, payload } => Some((*entry, payload.clone())),
            _ => None,
        }
    }

    /// Whether it can only run on pool memory.
    pub(crate) fn is_closure(&self) -> bool {
        matches!(*self.0, Kind::Closure(_))
    }
}

impl Closure {
    /// Runs it; a panic becomes an error that names `worker`.
    pub(crate) fn run(&self, worker: &str) -> Result<(), Error> {
        panics::catch(Some(worker), || {
            if let Some(f) = &self.0 {
                f();
            }
        })
    }
}

impl Drop for Closure {
    fn drop(&mut self) {
        let f = self.0.take();
        panics::contain("what an initializer captured, when it was dropped,", || {
            drop(f);
        });
    }
}

impl fmt::Debug for Initializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.0 {
            Kind::Closure(_) => "Initializer(closure)",
            Kind::Function { .. } => "Initializer(function)",
            Kind::Script(_) => "Initializer(script)",
        })
    }
}
