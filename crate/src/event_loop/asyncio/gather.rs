//! `gather` and `shield`: one outcome for several, and one that keeps cancelling away from another.

use std::fmt;
use std::future::Future as Coroutine;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::task::{Awaitable, Task};
use crate::awaited::Steps;
use crate::error::Error;
use crate::wait::{self, AsCompleted};

/// Runs awaitables at once, and gives their values in the order of the arguments. The first error fails it, and the others
/// go on; a cancelled one is an error like any other. Cancelling who awaits it cancels all of them.
///
/// For coroutines that may fail pass tasks of [`try_create_task`](super::try_create_task); for errors among the results,
/// [`Gather::return_exceptions`].
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::gather;
///
/// concurrent_futures::run(async {
///     let squares = gather((1..4).map(async |n| n * n)).await?;
///     assert_eq!(squares, [1, 4, 9]);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn gather<A: Awaitable>(awaitables: impl IntoIterator<Item = A>) -> Gather<A::Value> {
    let tasks: Vec<_> = awaitables.into_iter().map(Awaitable::into_task).collect();
    Gather(Gathering {
        arrivals: arrivals(&tasks),
        tasks,
        begun: false,
        over: false,
    })
}

/// What [`gather`] gives: to be awaited.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{Gather, gather};
///
/// concurrent_futures::run(async {
///     let both: Gather<u32> = gather([1, 2].map(async |n: u32| n));
///     assert_eq!(both.await?, [1, 2]);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
#[must_use = "the tasks run, but nobody learns what they give until this is awaited"]
pub struct Gather<T>(Gathering<T>);

/// What [`Gather::return_exceptions`] gives: to be awaited.
///
/// ```
/// use concurrent_futures::asyncio::{GatherExceptions, create_task, gather};
///
/// concurrent_futures::run(async {
///     let task = create_task(std::future::pending::<u32>()).unwrap();
///     task.cancel();
///     let outcomes: GatherExceptions<u32> = gather([task]).return_exceptions();
///     assert!(outcomes.await[0].as_ref().is_err_and(|error| error.is_cancelled()));
/// });
/// ```
#[must_use = "the tasks run, but nobody learns what they give until this is awaited"]
pub struct GatherExceptions<T>(Gathering<T>);

struct Gathering<T> {
    /// One for each argument, in that order; an error where there is no event loop.
    tasks: Vec<Result<Task<T>, Error>>,
    /// Those that are done, in that order.
    arrivals: AsCompleted<T>,
    begun: bool,
    /// Whether nobody is to be cancelled any more.
    over: bool,
}

impl<T> Gather<T> {
    /// Puts errors among the results, instead of failing with the first.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::asyncio::{gather, try_create_task};
    ///
    /// concurrent_futures::run(async {
    ///     let tasks = ["1", "two"].map(|text| try_create_task(async move { text.parse::<u32>() }).unwrap());
    ///     let outcomes = gather(tasks).return_exceptions().await;
    ///     assert!(matches!(outcomes[..], [Ok(1), Err(Error::Task(_))]));
    /// });
    /// ```
    pub fn return_exceptions(self) -> GatherExceptions<T> {
        GatherExceptions(self.0)
    }
}

impl<T: Clone> Coroutine for Gather<T> {
    type Output = Result<Vec<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.poll(context, true) {
            Poll::Ready(outcomes) => Poll::Ready(outcomes.into_iter().collect()),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T: Clone> Coroutine for GatherExceptions<T> {
    type Output = Vec<Result<T, Error>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(context, false)
    }
}

impl<T: Clone> Gathering<T> {
    /// All outcomes; or the first error alone, where one is enough.
    fn poll(
        &mut self,
        context: &mut Context<'_>,
        stops_at_error: bool,
    ) -> Poll<Vec<Result<T, Error>>> {
        if !self.begun {
            self.begun = true;
            // Whoever gathers has asked for all errors, also for those after the first.
            self.tasks.iter().flatten().for_each(Task::note_asked);
            let refused = self.tasks.iter().find_map(|task| task.as_ref().err());
            if let Some(error) = refused.filter(|_| stops_at_error) {
                return Poll::Ready(vec![Err(error.clone())]);
            }
        }
        loop {
            match self.arrivals.poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(future))) => {
                    if stops_at_error && (future.failed() || future.cancelled()) {
                        self.over = true;
                        return Poll::Ready(vec![future.value()]);
                    }
                }
                Poll::Ready(_) => break,
            }
        }
        self.over = true;
        let outcomes = self.tasks.iter().map(|task| match task {
            Ok(task) => task.result(),
            Err(error) => Err(error.clone()),
        });
        Poll::Ready(outcomes.collect())
    }
}

impl<T> Drop for Gathering<T> {
    fn drop(&mut self) {
        if self.begun && !self.over {
            for task in self.tasks.iter().flatten() {
                task.cancel();
            }
        }
    }
}

fn arrivals<T>(tasks: &[Result<Task<T>, Error>]) -> AsCompleted<T>
where
    T: 'static,
{
    let futures = tasks.iter().flatten().map(|task| task.future.clone());
    wait::as_completed(futures, None)
}

/// Awaits `awaitable`, but keeps cancelling away from it: whoever is cancelled here does not cancel it. If it fails when
/// nobody awaits it any more, that is reported.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{create_task, shield, sleep, wait_for};
///
/// concurrent_futures::run(async {
///     let saving = create_task(async {
///         sleep(Duration::from_millis(20)).await;
///         "saved"
///     })?;
///     let late = wait_for(shield(saving.clone()), Duration::from_millis(1)).await;
///     assert!(late.is_err_and(|error| error.is_timeout()));
///     assert_eq!(saving.await?, "saved");
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn shield<A>(
    awaitable: A,
) -> impl Coroutine<Output = Result<A::Value, Error>> + UnwindSafe + use<A>
where
    A: Awaitable,
    A::Value: Clone,
{
    let task = awaitable.into_task();
    AssertUnwindSafe(async move {
        let task = task?;
        // Not the task itself: this handle of its outcome cancels nothing.
        let mut future = task.future.clone();
        std::future::poll_fn(|context| future.poll_done(context)).await;
        task.result()
    })
}

impl<T> fmt::Debug for Gather<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gather").field(&self.0.tasks).finish()
    }
}

impl<T> fmt::Debug for GatherExceptions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GatherExceptions")
            .field(&self.0.tasks)
            .finish()
    }
}
