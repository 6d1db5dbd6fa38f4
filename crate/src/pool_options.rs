//! What the constructors of both pools take.

use crate::error::Error;
use crate::pool::MOST_WORKERS;

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
}
