//! `timeout` and `wait_for`: what takes too long is cancelled, and fails with a time-out.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future as Coroutine, poll_fn};
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::task::Awaitable;
use crate::error::Error;
use crate::platform::{self, Alarm, Deadline};

/// The time limit of a body, which [`timeout`] gives to it.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::asyncio::{Timeout, timeout};
///
/// let value = concurrent_futures::run(timeout(Duration::from_secs(60), async |limit: &Timeout| {
///     assert!(!limit.expired());
///     assert!(limit.left().is_some_and(|left| left <= Duration::from_secs(60)));
///     7
/// }));
/// assert_eq!(value?, 7);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub struct Timeout {
    delay: Cell<Option<Duration>>,
    deadline: Cell<Deadline>,
    /// Made anew when the deadline was moved.
    alarm: RefCell<Option<Alarm>>,
    expired: Cell<bool>,
}

/// Python's `async with timeout(delay):` runs `body` as part of the caller; when the time is over, the body is cancelled,
/// which drops it where it awaits. Without a delay there is no limit until the body asks for one.
///
/// # Errors
///
/// [`Error::Timeout`] when the time was over first.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{sleep, timeout};
///
/// concurrent_futures::run(async {
///     let in_time = timeout(Duration::from_secs(60), async |_| 7).await;
///     assert_eq!(in_time?, 7);
///     let late = timeout(Duration::from_millis(1), async |_| sleep(Duration::from_secs(60)).await).await;
///     assert!(late.unwrap_err().is_timeout());
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn timeout<R>(
    delay: impl Into<Option<Duration>>,
    body: impl AsyncFnOnce(&Timeout) -> R,
) -> impl Coroutine<Output = Result<R, Error>> + UnwindSafe {
    let delay = delay.into();
    AssertUnwindSafe(async move {
        let limit = Timeout {
            delay: Cell::new(delay),
            deadline: Cell::new(Deadline::after(delay)),
            alarm: RefCell::new(None),
            expired: Cell::new(false),
        };
        let mut body = pin!(body(&limit));
        let value = poll_fn(|context| match body.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => limit.poll(context).map(|()| None),
        });
        match value.await {
            Some(value) => Ok(value),
            None => Err(Error::timeout(limit.delay.get().unwrap_or_default(), 0, 0)),
        }
    })
}

impl Timeout {
    /// Moves the deadline: so long from now, or never.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::asyncio::{sleep, timeout};
    ///
    /// let value = concurrent_futures::run(timeout(Duration::from_millis(1), async |limit| {
    ///     limit.reschedule(Duration::from_secs(60));
    ///     sleep(Duration::from_millis(20)).await;
    ///     "done"
    /// }));
    /// assert_eq!(value?, "done");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn reschedule(&self, delay: impl Into<Option<Duration>>) {
        let delay = delay.into();
        self.delay.set(delay);
        self.deadline.set(Deadline::after(delay));
        self.alarm.take();
    }

    /// How much time is left; `None` without end.
    pub fn left(&self) -> Option<Duration> {
        self.deadline.get().left()
    }

    /// Whether the time is over: what the body drops may ask why.
    pub fn expired(&self) -> bool {
        self.expired.get()
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut alarm = self.alarm.borrow_mut();
        let alarm = alarm.get_or_insert_with(|| Alarm::at(self.deadline.get()));
        let rung = alarm.poll(context);
        self.expired.set(rung.is_ready());
        rung
    }
}

impl fmt::Debug for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout")
            .field("left", &self.left())
            .field("expired", &self.expired())
            .finish_non_exhaustive()
    }
}

/// Awaits one awaitable, within so much time: then cancels it, waits until it is done, and fails with a time-out. With zero
/// nothing is started, but what is there is taken.
///
/// # Errors
///
/// [`Error::Timeout`]; what the awaitable failed with.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::Error;
/// use concurrent_futures::asyncio::{create_task, sleep, wait_for};
///
/// concurrent_futures::run(async {
///     let task = create_task(sleep(Duration::from_secs(60)))?;
///     let late = wait_for(task.clone(), Duration::from_millis(1)).await;
///     assert!(late.unwrap_err().is_timeout());
///     assert!(task.cancelled());
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), Error>(())
/// ```
pub fn wait_for<A>(
    awaitable: A,
    timeout: impl Into<Option<Duration>>,
) -> impl Coroutine<Output = Result<A::Value, Error>> + UnwindSafe
where
    A: Awaitable,
    A::Value: Clone,
{
    let timeout = timeout.into();
    AssertUnwindSafe(async move {
        let task = awaitable.into_task()?;
        let deadline = Deadline::after(timeout);
        if !task.done() && timeout.is_some_and(|timeout| timeout.is_zero()) {
            task.cancel();
        } else if let Some(outcome) = platform::within(deadline, (&task).into_future()).await {
            return outcome;
        }
        // Dropping what awaited it has asked it to cancel, too.
        match (&task).await {
            Err(Error::Cancelled) => Err(Error::timeout(timeout.unwrap_or_default(), 1, 1)),
            outcome => outcome,
        }
    })
}
