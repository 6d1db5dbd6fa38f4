//! `wait` and `as_completed`: several tasks at once.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future as Coroutine, poll_fn};
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;

use super::task::{Awaitable, Task};
use crate::awaited::Steps;
use crate::error::Error;
use crate::platform::Alarm;
use crate::wait::{self, ReturnWhen};

/// What [`wait`] found: each task once, in the order in which they were given.
///
/// ```
/// use concurrent_futures::asyncio::{DoneAndPending, create_task, wait};
/// use concurrent_futures::{Error, ReturnWhen};
///
/// concurrent_futures::run(async {
///     let task = create_task(async { 7 })?;
///     let DoneAndPending { done, pending } = wait([task], None, ReturnWhen::AllCompleted).await?;
///     assert_eq!(done[0].result()?, 7);
///     assert!(pending.is_empty());
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct DoneAndPending<T> {
    /// Finished or cancelled.
    pub done: Vec<Task<T>>,
    /// Not yet.
    pub pending: Vec<Task<T>>,
}

/// Waits until tasks are done as `return_when` says, or the time is over, which is not an error. Cancels nothing, also where
/// who awaits it is cancelled. A task that is given twice counts once. The time counts from the first `.await`.
///
/// # Errors
///
/// [`Error::Value`] where there are no tasks.
///
/// ```
/// use concurrent_futures::asyncio::{create_task, wait};
/// use concurrent_futures::{Error, ReturnWhen};
///
/// concurrent_futures::run(async {
///     let tasks = [create_task(async { 1 })?, create_task(std::future::pending())?];
///     let found = wait(tasks, None, ReturnWhen::FirstCompleted).await?;
///     assert_eq!((found.done.len(), found.pending.len()), (1, 1));
///     assert_eq!(found.done[0].result()?, 1);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn wait<T: 'static>(
    tasks: impl IntoIterator<Item = Task<T>>,
    timeout: impl Into<Option<Duration>>,
    return_when: ReturnWhen,
) -> impl Coroutine<Output = Result<DoneAndPending<T>, Error>> + UnwindSafe {
    let tasks = unique(tasks);
    let timeout = timeout.into();
    AssertUnwindSafe(async move {
        if tasks.is_empty() {
            return Err(Error::Value("wait needs at least one task".to_owned()));
        }
        let futures: Vec<_> = tasks.iter().map(|task| task.future.clone()).collect();
        wait::wait_async(futures, timeout, return_when).await;
        let (done, pending) = tasks.into_iter().partition(Task::done);
        Ok(DoneAndPending { done, pending })
    })
}

/// Runs awaitables at once, and gives their tasks as they are done, each once. The time counts from this call.
///
/// # Errors
///
/// [`Error::NoEventLoop`] natively, outside of [`run`](crate::run), where a coroutine is to run.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{as_completed, sleep};
///
/// concurrent_futures::run(async {
///     let mut completed = as_completed([30, 1].map(|millis| async move {
///         sleep(Duration::from_millis(millis)).await;
///         millis
///     }), None)?;
///     let mut order = Vec::new();
///     while let Some(task) = completed.next_async().await {
///         order.push(task?.result()?);
///     }
///     assert_eq!(order, [1, 30]);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn as_completed<A: Awaitable>(
    awaitables: impl IntoIterator<Item = A>,
    timeout: impl Into<Option<Duration>>,
) -> Result<AsCompleted<A::Value>, Error> {
    let tasks = awaitables.into_iter().map(Awaitable::into_task);
    let tasks = unique(tasks.collect::<Result<Vec<_>, _>>()?);
    let futures: Vec<_> = tasks.iter().map(|task| task.future.clone()).collect();
    Ok(AsCompleted {
        steps: wait::as_completed(futures, timeout),
        tasks: tasks
            .into_iter()
            .map(|task| (task.future.key(), task))
            .collect(),
        alarm: None,
    })
}

/// What [`as_completed`] gives: a stream of tasks that are done. After a time-out it gives [`Error::Timeout`] once, then
/// ends. Dropping it cancels nothing.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{AsCompleted, as_completed};
/// use futures_util::TryStreamExt;
///
/// concurrent_futures::run(async {
///     let completed: AsCompleted<u32> = as_completed([1, 2].map(async |n: u32| n), None)?;
///     let values: Vec<u32> = completed.and_then(|task| task.into_future()).try_collect().await?;
///     assert_eq!(values, [1, 2]);
///     Ok::<(), Error>(())
/// })?;
/// # use std::future::IntoFuture;
/// # Ok::<(), Error>(())
/// ```
#[must_use = "it does nothing until it is advanced"]
pub struct AsCompleted<T> {
    steps: wait::AsCompleted<T>,
    /// Those that are to be given, by the keys of their futures.
    tasks: HashMap<usize, Task<T>>,
    /// Made when there is first something to wait for.
    alarm: Option<Alarm>,
}

impl<T> AsCompleted<T> {
    /// The next task that is done; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] when the time is over.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::Error;
    /// use concurrent_futures::asyncio::as_completed;
    ///
    /// concurrent_futures::run(async {
    ///     let mut completed = as_completed([std::future::pending::<()>()], Duration::from_millis(1))?;
    ///     assert!(completed.next_async().await.is_some_and(|late| late.is_err_and(|error| error.is_timeout())));
    ///     assert!(completed.next_async().await.is_none());
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn next_async(
        &mut self,
    ) -> impl Coroutine<Output = Option<Result<Task<T>, Error>>> + UnwindSafe {
        AssertUnwindSafe(poll_fn(|context| Pin::new(&mut *self).poll_next(context)))
    }
}

impl<T> Stream for AsCompleted<T> {
    type Item = Result<Task<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let item = match this.steps.poll(context) {
            Poll::Ready(item) => item,
            Poll::Pending => {
                let deadline = this.steps.deadline();
                let alarm = this.alarm.get_or_insert_with(|| Alarm::at(deadline));
                match alarm.poll(context) {
                    Poll::Ready(()) => Some(this.steps.late()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        };
        Poll::Ready(match item {
            Some(Ok(future)) => this.tasks.remove(&future.key()).map(Ok),
            Some(Err(error)) => Some(Err(error)),
            None => None,
        })
    }
}

// Nothing in it is pinned.
impl<T> Unpin for AsCompleted<T> {}

fn unique<T>(tasks: impl IntoIterator<Item = Task<T>>) -> Vec<Task<T>> {
    let mut seen = std::collections::HashSet::new();
    tasks
        .into_iter()
        .filter(|task| seen.insert(task.future.key()))
        .collect()
}

impl<T> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.fmt(f)
    }
}
