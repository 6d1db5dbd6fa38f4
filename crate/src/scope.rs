//! Python's with-statement: an executor for the time of one function.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;

use crate::error::Error;
use crate::executor::{Executor, Shutdown};

/// Calls `body` with the executor, then shuts it down and waits, blocking, for all its work, however `body` ends: a panic
/// goes on after that. This is Python's `with` statement; dropping an executor does not wait.
///
/// # Errors
///
/// [`Error::BlockingNotAllowed`] on the page, where it does not wait either: use [`with_executor_async`].
///
/// ```
/// use concurrent_futures::{ThreadPoolExecutor, with_executor};
///
/// let future = with_executor(ThreadPoolExecutor::new(2)?, |pool| pool.submit(|| 6 * 7))??;
/// assert!(future.done());
/// assert_eq!(future.result(None)?, 42);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[expect(
    clippy::needless_pass_by_value,
    reason = "the executor is for this call alone"
)]
pub fn with_executor<E: Executor, R>(executor: E, body: impl FnOnce(&E) -> R) -> Result<R, Error> {
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&executor)));
    let ended = executor.shutdown(Shutdown::default());
    match outcome {
        Ok(value) => ended.map(|()| value),
        Err(panic) => resume_unwind(panic),
    }
}

/// As [`with_executor`], awaited: for the page, and for whoever must not block. Where the future that it gives is dropped
/// before it is ready, the executor is dropped too, which lets what is queued run.
///
/// ```
/// use concurrent_futures::{Error, ThreadPoolExecutor, with_executor_async};
///
/// # pollster::block_on(async {
/// let value = with_executor_async(ThreadPoolExecutor::new(2)?, async |pool| {
///     pool.submit(|| 6 * 7)?.await
/// });
/// assert_eq!(value.await?, 42);
/// # Ok::<(), Error>(()) }).unwrap();
/// ```
pub fn with_executor_async<E: Executor, R>(
    executor: E,
    body: impl AsyncFnOnce(&E) -> R,
) -> impl Future<Output = R> + UnwindSafe {
    AssertUnwindSafe(async move {
        let outcome = {
            let mut body = pin!(body(&executor));
            poll_fn(|context| {
                match catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(context))) {
                    Ok(poll) => poll.map(Ok),
                    Err(panic) => std::task::Poll::Ready(Err(panic)),
                }
            })
            .await
        };
        executor.shutdown_async(false).await;
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    })
}
