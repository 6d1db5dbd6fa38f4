//! What the constructors of both pools take.

use std::num::NonZeroU32;

use crate::crowd::MOST_WORKERS;
use crate::error::Error;
use crate::initializer::Initializer;
use crate::pool::Kind;

/// Options of a pool; `Default` gives Python's defaults.
///
/// ```
/// use concurrent_futures::{PoolOptions, ThreadPoolExecutor};
///
/// let options = PoolOptions { thread_name_prefix: Some("crunch".to_owned()), ..PoolOptions::default() };
/// let pool = ThreadPoolExecutor::with(options)?;
/// let future = pool.submit(|| ())?;
/// future.result(None)?;
/// assert_eq!(future.worker().as_deref(), Some("crunch_0"));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PoolOptions {
    /// The most workers there will ever be; `None` for the executor's default.
    pub max_workers: Option<usize>,
    /// What workers are called: this, an underscore, and a number from zero.
    pub thread_name_prefix: Option<String>,
    /// What each worker runs before its first call. A closure, from [`Initializer::new`], is for thread pools only.
    pub initializer: Option<Initializer>,
    /// For process pools only: how many calls a worker runs before another takes its place; `None` for any number. A
    /// chunk of a `map` is one call.
    ///
    /// ```
    /// use concurrent_futures::{PoolOptions, ProcessPoolExecutor};
    ///
    /// let pool = ProcessPoolExecutor::with(PoolOptions {
    ///     max_workers: Some(1),
    ///     max_tasks_per_child: Some(1),
    ///     ..PoolOptions::default()
    /// })?;
    /// let [one, two] = [1, 2].map(|n: u32| pool.submit(|n: u32| n * n, n));
    /// let (one, two) = (one?, two?);
    /// assert_eq!((one.result(None)?, two.result(None)?), (1, 4));
    /// assert_ne!(one.worker(), two.worker());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub max_tasks_per_child: Option<usize>,
    /// For process pools only: whether the death of a worker fails only the call that it held, with [`Error::Broken`],
    /// and another takes its place. Without it, as in Python, the pool is broken then. Natively no worker dies alone.
    pub respawn: bool,
    /// Whether workers of this pool that wait for each other, blocking and without a time-out, wait for ever, as in
    /// Python. Without it, each of them gets [`Error::Deadlock`] within a second.
    pub ignore_deadlocks: bool,
}

impl PoolOptions {
    /// The number of workers, checked.
    pub(crate) fn max_workers(&self, default: u32) -> Result<u32, Error> {
        let Some(asked) = self.max_workers else {
            return Ok(default.min(MOST_WORKERS));
        };
        match u32::try_from(asked) {
            Ok(0) => Err(Error::Value(
                "max_workers must be greater than 0".to_owned(),
            )),
            Ok(workers @ 1..=MOST_WORKERS) => Ok(workers),
            _ => Err(Error::Value(format!(
                "max_workers must be at most {MOST_WORKERS}, not {asked}"
            ))),
        }
    }

    /// The number of calls that a worker of such a pool runs, checked.
    pub(crate) fn max_tasks(&self, kind: Kind) -> Result<Option<NonZeroU32>, Error> {
        let Some(asked) = self.max_tasks_per_child else {
            return Ok(None);
        };
        for_processes(kind, "max_tasks_per_child")?;
        // More than anybody counts is as good as any number.
        let most = NonZeroU32::new(u32::try_from(asked).unwrap_or(u32::MAX));
        let none = || Error::Value("max_tasks_per_child must be at least 1, not 0".to_owned());
        most.map(Some).ok_or_else(none)
    }

    /// Whether workers that die are replaced, checked.
    pub(crate) fn respawn(&self, kind: Kind) -> Result<bool, Error> {
        if self.respawn {
            for_processes(kind, "respawn")?;
        }
        Ok(self.respawn)
    }

    /// The initializer, checked.
    pub(crate) fn initializer(&self, kind: Kind) -> Result<Option<Initializer>, Error> {
        match &self.initializer {
            Some(initializer) if kind == Kind::Process && initializer.is_closure() => {
                Err(Error::Value(
                    "the initializer of a process pool must capture nothing: make it with Initializer::with, \
                     a function and its argument"
                        .to_owned(),
                ))
            }
            initializer => Ok(initializer.clone()),
        }
    }
}

fn for_processes(kind: Kind, option: &str) -> Result<(), Error> {
    match kind {
        Kind::Process => Ok(()),
        Kind::Thread => Err(Error::Value(format!(
            "the option {option} is for process pools only"
        ))),
    }
}
