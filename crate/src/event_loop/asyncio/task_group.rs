//! `task_group`: tasks that end together.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future as Coroutine, poll_fn};
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::task::{Task, create_task, try_create_task};
use crate::error::Error;

/// Tasks that end together, which [`task_group`] gives to its body. Clones are handles to the same group, so that a task of it
/// can add others.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{TaskGroup, task_group};
///
/// concurrent_futures::run(task_group(async |group: &TaskGroup| {
///     let again = group.clone();
///     let task = group.create_task(async move { again.create_task(async { 7 })?.await })?;
///     assert_eq!(task.await??, 7);
///     Ok(())
/// }))?;
/// # Ok::<(), concurrent_futures::asyncio::ExceptionGroup>(())
/// ```
#[derive(Clone)]
pub struct TaskGroup(Rc<Group>);

#[derive(Default)]
struct Group {
    /// All tasks that were not yet found to be done.
    tasks: RefCell<Vec<Option<Box<dyn Member>>>>,
    /// Those that have ended since the last look, by their place.
    ended: RefCell<Vec<usize>>,
    /// How many have not.
    left: Cell<usize>,
    /// Those of tasks that failed.
    errors: RefCell<Vec<Error>>,
    /// Whether all are cancelled, because one failed or the body did.
    aborting: Cell<bool>,
    finished: Cell<bool>,
    /// Wakes whoever awaits the group.
    waker: RefCell<Option<Waker>>,
}

/// A task of any value.
trait Member {
    fn cancel(&self);
    fn error(&self) -> Option<Error>;
}

impl<T> Member for Task<T> {
    fn cancel(&self) {
        self.cancel();
    }

    fn error(&self) -> Option<Error> {
        self.exception().ok().flatten()
    }
}

/// What a task holds for as long as it has not ended.
struct Place {
    group: Rc<Group>,
    at: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.group.ended.borrow_mut().push(self.at);
        self.group.left.set(self.group.left.get() - 1);
        if let Some(waker) = self.group.waker.take() {
            waker.wake();
        }
    }
}

/// Python's `async with TaskGroup() as group:` runs `body` as part of the caller, and waits until all tasks of the group have
/// ended. The first that fails cancels the others and the body; so does a body that fails. One that was cancelled has not
/// failed. Cancelling who awaits the group cancels all of its tasks.
///
/// # Errors
///
/// All that failed, as one [`ExceptionGroup`].
///
/// ```
/// use concurrent_futures::asyncio::{sleep, task_group};
/// use std::time::Duration;
///
/// let tasks = concurrent_futures::run(task_group(async |group| {
///     (1..4).map(|n: u32| group.create_task(async move { n * n })).collect::<Result<Vec<_>, _>>()
/// }))?;
/// let squares: Vec<u32> = tasks.iter().map(|task| task.result().unwrap()).collect();
/// assert_eq!(squares, [1, 4, 9]);
///
/// let failed = concurrent_futures::run(task_group(async |group| {
///     group.try_create_task(async { "twelve".parse::<u32>() })?;
///     sleep(Duration::from_secs(60)).await;
///     Ok(())
/// }));
/// assert_eq!(failed.unwrap_err().errors().len(), 1);
/// # Ok::<(), concurrent_futures::asyncio::ExceptionGroup>(())
/// ```
pub fn task_group<R>(
    body: impl AsyncFnOnce(&TaskGroup) -> Result<R, Error>,
) -> impl Coroutine<Output = Result<R, ExceptionGroup>> + UnwindSafe {
    AssertUnwindSafe(async move {
        let group = TaskGroup(Rc::default());
        let _ending = Ending(&group.0);
        let outcome = {
            // Dropped at the end of this block, which cancels one that is not done.
            let mut body = pin!(body(&group));
            poll_fn(|context| {
                if group.0.look(context) {
                    return Poll::Ready(None);
                }
                body.as_mut().poll(context).map(Some)
            })
            .await
        };
        let (value, failure) = match outcome {
            Some(Ok(value)) => (Some(value), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        if value.is_none() {
            group.0.abort();
        }
        poll_fn(|context| {
            group.0.look(context);
            if group.0.left.get() == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        let mut errors = group.0.errors.take();
        errors.extend(failure);
        value
            .filter(|_| errors.is_empty())
            .ok_or(ExceptionGroup { errors })
    })
}

impl TaskGroup {
    /// Has `coroutine` run as a task of the group.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] once the group has ended, or ends because something failed; as
    /// [`create_task`](super::create_task()).
    ///
    /// ```
    /// use concurrent_futures::asyncio::task_group;
    ///
    /// let ended = concurrent_futures::run(task_group(async |group| Ok(group.clone())))?;
    /// let error = ended.create_task(async { 7 }).unwrap_err();
    /// assert_eq!(error.to_string(), "the task group is finished");
    /// # Ok::<(), concurrent_futures::asyncio::ExceptionGroup>(())
    /// ```
    pub fn create_task<C>(&self, coroutine: C) -> Result<Task<C::Output>, Error>
    where
        C: Coroutine + 'static,
        C::Output: 'static,
    {
        self.add(|place| {
            create_task(async move {
                let _place = place;
                coroutine.await
            })
        })
    }

    /// As [`TaskGroup::create_task`], for a coroutine that may fail: see [`try_create_task`](super::try_create_task()).
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::asyncio::task_group;
    ///
    /// let value = concurrent_futures::run(task_group(async |group| {
    ///     group.try_create_task(async { "12".parse::<u32>() })?.await
    /// }))?;
    /// assert_eq!(value, 12);
    /// # Ok::<(), concurrent_futures::asyncio::ExceptionGroup>(())
    /// ```
    pub fn try_create_task<T, E>(
        &self,
        coroutine: impl Coroutine<Output = Result<T, E>> + 'static,
    ) -> Result<Task<T>, Error>
    where
        T: 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.add(|place| {
            try_create_task(async move {
                let _place = place;
                coroutine.await
            })
        })
    }

    fn add<T: 'static>(
        &self,
        make: impl FnOnce(Place) -> Result<Task<T>, Error>,
    ) -> Result<Task<T>, Error> {
        let group = &self.0;
        let refused = |why: &str| Err(Error::Value(why.to_owned()));
        if group.finished.get() {
            return refused("the task group is finished");
        }
        if group.aborting.get() {
            return refused("the task group is shutting down");
        }
        let at = group.tasks.borrow().len();
        group.tasks.borrow_mut().push(None);
        group.left.set(group.left.get() + 1);
        // Where there is no event loop, the place is given back at once.
        let task = make(Place {
            group: Rc::clone(group),
            at,
        })?;
        group.tasks.borrow_mut()[at] = Some(Box::new(task.clone()));
        Ok(task)
    }
}

impl Group {
    /// Takes in what has ended; true where all are cancelled. Whoever asks is woken when the next one ends.
    fn look(&self, context: &Context<'_>) -> bool {
        self.waker.replace(Some(context.waker().clone()));
        for at in self.ended.take() {
            let task = self.tasks.borrow_mut()[at].take();
            if let Some(error) = task.and_then(|task| task.error()) {
                self.errors.borrow_mut().push(error);
                self.abort();
            }
        }
        self.aborting.get()
    }

    fn abort(&self) {
        if !self.aborting.replace(true) {
            self.tasks
                .borrow()
                .iter()
                .flatten()
                .for_each(|task| task.cancel());
        }
    }
}

/// Whoever awaited the group has come to the end of it, or is cancelled.
struct Ending<'a>(&'a Group);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.abort();
        self.0.finished.set(true);
    }
}

/// What failed in a [`task_group`]: Python's `ExceptionGroup`. As the error of a task it is its source.
///
/// ```
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{ExceptionGroup, task_group};
///
/// let failed: ExceptionGroup = concurrent_futures::run(task_group(async |_| {
///     Err::<(), _>(Error::Value("no luck".to_owned()))
/// }))
/// .unwrap_err();
/// assert_eq!(failed.to_string(), "unhandled errors in a TaskGroup (1 sub-exception): no luck");
/// assert!(matches!(failed.errors(), [Error::Value(_)]));
/// ```
#[derive(Debug, Clone)]
pub struct ExceptionGroup {
    errors: Vec<Error>,
}

impl ExceptionGroup {
    /// Those of the tasks, in the order in which they came, then that of the body.
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}

impl fmt::Display for ExceptionGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.errors.len();
        let many = if count == 1 { "" } else { "s" };
        write!(
            f,
            "unhandled errors in a TaskGroup ({count} sub-exception{many})"
        )?;
        self.errors
            .first()
            .map_or(Ok(()), |first| write!(f, ": {first}"))
    }
}

impl std::error::Error for ExceptionGroup {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let first = self.errors.first()?;
        Some(first)
    }
}

impl From<ExceptionGroup> for Error {
    fn from(group: ExceptionGroup) -> Self {
        Self::returned(group)
    }
}

impl fmt::Debug for TaskGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.0.left.get();
        write!(f, "<TaskGroup, {left} tasks left>")
    }
}
