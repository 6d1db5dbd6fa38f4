//! Calls of executors on asyncio's side: futures of theirs as tasks.

use std::cell::RefCell;
use std::future::Future as Coroutine;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::task::{self, Task};
use crate::error::Error;
use crate::executor::Executor;
use crate::future::Future;
use crate::pool_options::PoolOptions;
use crate::thread_pool::ThreadPoolExecutor;

thread_local! {
    /// What `to_thread` uses.
    static USUAL: RefCell<Option<Rc<ThreadPoolExecutor>>> = const { RefCell::new(None) };
}

/// An executor's call that is awaited; if that ends before the call, the call is asked to cancel.
struct Awaited<T>(Future<T>);

impl<T> Drop for Awaited<T> {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// The future of an executor's call as a task. Cancelling either side asks the other: a call that runs already goes on, and
/// what it gives is dropped.
///
/// # Errors
///
/// [`Error::NoEventLoop`] natively, outside of [`run`](crate::run).
///
/// ```
/// use concurrent_futures::asyncio::wrap_future;
/// use concurrent_futures::{Error, Promise};
///
/// concurrent_futures::run(async {
///     let (_promise, call) = Promise::<u32>::new();
///     let task = wrap_future(call.clone())?;
///     task.cancel();
///     assert!(task.await.unwrap_err().is_cancelled());
///     assert!(call.cancelled());
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn wrap_future<T: Clone + 'static>(call: Future<T>) -> Result<Task<T>, Error> {
    let mut call = Awaited(call);
    task::start(async move {
        std::future::poll_fn(|context| call.0.poll_done(context)).await;
        call.0.value()
    })
}

/// Has an executor call `f(argument)`, at once.
///
/// # Errors
///
/// As [`Executor::submit`] of the executor, and as [`wrap_future`].
///
/// ```
/// use concurrent_futures::asyncio::run_in_executor;
/// use concurrent_futures::{Error, ProcessPoolExecutor};
///
/// concurrent_futures::run(async {
///     let processes = ProcessPoolExecutor::new(1)?;
///     let task = run_in_executor(&processes, |n: u32| n + 1, 41)?;
///     assert_eq!(task.await?, 42);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn run_in_executor<F, A, R>(
    executor: &impl Executor,
    f: F,
    argument: A,
) -> Result<Task<R>, Error>
where
    F: Fn(A) -> R + Copy + Send + 'static,
    A: Serialize + DeserializeOwned + Send + 'static,
    R: Serialize + DeserializeOwned + Clone + Send + 'static,
{
    wrap_future(executor.submit(f, argument)?)
}

/// Has `f`, which may be any closure, called on a thread of the default executor, when it is first awaited. The default is a
/// [`ThreadPoolExecutor`] of this event loop's own, made at its first use.
///
/// # Errors
///
/// What `f` failed with; as [`ThreadPoolExecutor::new`] and [`ThreadPoolExecutor::submit`].
///
/// ```
/// use concurrent_futures::asyncio::to_thread;
///
/// let words = String::from("any closure will do");
/// let length = concurrent_futures::run(to_thread(move || words.len()));
/// assert_eq!(length?, 19);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn to_thread<T: Clone + Send + 'static>(
    f: impl FnOnce() -> T + Send + 'static,
) -> impl Coroutine<Output = Result<T, Error>> + UnwindSafe {
    AssertUnwindSafe(async move {
        let mut call = Awaited(default_executor()?.submit(f)?);
        std::future::poll_fn(|context| call.0.poll_done(context)).await;
        call.0.value()
    })
}

/// What [`to_thread`] uses on this thread's event loop from now on.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
/// use concurrent_futures::asyncio::{set_default_executor, to_thread};
///
/// concurrent_futures::run(async {
///     set_default_executor(ThreadPoolExecutor::new(1)?);
///     assert_eq!(to_thread(|| 6 * 7).await?, 42);
///     Ok::<(), concurrent_futures::Error>(())
/// })?;
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn set_default_executor(executor: ThreadPoolExecutor) {
    USUAL.set(Some(Rc::new(executor)));
}

/// Shuts the default executor down, and waits for its threads. The next [`to_thread`] makes another one.
///
/// ```
/// use concurrent_futures::asyncio::{shutdown_default_executor, to_thread};
///
/// concurrent_futures::run(async {
///     assert_eq!(to_thread(|| 6 * 7).await?, 42);
///     shutdown_default_executor().await;
///     Ok::<(), concurrent_futures::Error>(())
/// })?;
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn shutdown_default_executor() -> impl Coroutine<Output = ()> + UnwindSafe {
    AssertUnwindSafe(async {
        let usual = USUAL.take();
        if let Some(executor) = usual {
            executor.shutdown_async(false).await;
        }
    })
}

fn default_executor() -> Result<Rc<ThreadPoolExecutor>, Error> {
    if let Some(executor) = USUAL.with_borrow(Clone::clone) {
        return Ok(executor);
    }
    let executor = Rc::new(ThreadPoolExecutor::with(PoolOptions {
        thread_name_prefix: Some("asyncio".to_owned()),
        ..PoolOptions::default()
    })?);
    USUAL.set(Some(Rc::clone(&executor)));
    Ok(executor)
}
