//! Python's with-statement for pools.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use super::crew::Workers;
use super::pool::WorkerPool;
use crate::error::Error;

/// Python's with-statement: calls `body` with the pool, and terminates it, however `body` ends, then waits, blocking, until
/// its workers are gone. Results that are still wanted must be asked for inside. A panic goes on after that.
///
/// # Errors
///
/// [`Error::Value`] where the pool was closed or terminated before; [`Error::BlockingNotAllowed`] on the page, where it
/// does not wait: use [`with_pool_async`].
///
/// ```
/// use concurrent_futures::multiprocessing::{Pool, with_pool};
///
/// let value = with_pool(Pool::new(1)?, |pool| pool.apply(|n: u64| n * n, 7))?;
/// assert_eq!(value?, 49);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[expect(
    clippy::needless_pass_by_value,
    reason = "the pool is for this call alone"
)]
pub fn with_pool<E: Workers, R>(
    pool: WorkerPool<E>,
    body: impl FnOnce(&WorkerPool<E>) -> R,
) -> Result<R, Error> {
    pool.crew.check()?;
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&pool)));
    pool.terminate();
    let ended = pool.join();
    match outcome {
        Ok(value) => ended.map(|()| value),
        Err(panic) => resume_unwind(panic),
    }
}

/// As [`with_pool`], awaited: for the page, and for whoever must not block.
///
/// # Errors
///
/// [`Error::Value`] where the pool was closed or terminated before.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::multiprocessing::{Pool, with_pool_async};
///
/// concurrent_futures::run(async {
///     let value = with_pool_async(Pool::new(1)?, async |pool| {
///         pool.apply_async(|n: u64| n * n, 7)?.get_async(None).await
///     });
///     assert_eq!(value.await??, 49);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn with_pool_async<E: Workers, R>(
    pool: WorkerPool<E>,
    body: impl AsyncFnOnce(&WorkerPool<E>) -> R,
) -> impl Future<Output = Result<R, Error>> + UnwindSafe {
    AssertUnwindSafe(async move {
        pool.crew.check()?;
        let outcome = {
            let mut body = pin!(body(&pool));
            poll_fn(|context| {
                match catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(context))) {
                    Ok(step) => step.map(Ok),
                    Err(panic) => Poll::Ready(Err(panic)),
                }
            })
            .await
        };
        pool.terminate();
        pool.join_async().await?;
        outcome.map_or_else(|panic| resume_unwind(panic), Ok)
    })
}
