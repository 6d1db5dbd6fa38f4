//! What the constructors of both pools take.

use crate::error::Error;
use crate::initializer::Initializer;

/// Options of a pool; `Default` gives Python's defaults.
///
/// ```
/// use concurrent_futures::multiprocessing::{Pool, PoolOptions};
///
/// let pool = Pool::with(PoolOptions { maxtasksperchild: Some(10), ..PoolOptions::default() })?;
/// assert_eq!(pool.apply(|n: u64| n * n, 7)?, 49);
/// pool.terminate();
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PoolOptions {
    /// How many workers there are, 1 to 256; `None` for the number of cores.
    pub processes: Option<usize>,
    /// What each worker runs before its first call. A closure, from [`Initializer::new`], is for threads only. If it fails,
    /// the pool is broken.
    pub initializer: Option<Initializer>,
    /// For processes only: how many calls a worker runs before another takes its place; `None` for any number. A chunk is
    /// one call.
    pub maxtasksperchild: Option<usize>,
}

/// A chunksize, checked.
pub(super) fn checked(chunksize: Option<usize>) -> Result<Option<usize>, Error> {
    match chunksize {
        Some(0) => Err(Error::Value(
            "chunksize must be at least 1, not 0".to_owned(),
        )),
        other => Ok(other),
    }
}
