//! What `map` and `as_completed` have in common where they are awaited: one step after the other, until a deadline.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::platform::{self, Alarm, Deadline};

/// Something that gives items until it ends, or its time is over.
pub(crate) trait Steps {
    type Item;

    /// The next item; `None` at the end. Heeds no time.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Self::Item>>;

    /// When the time is over.
    fn deadline(&self) -> Deadline;

    /// The time is over: ends it, and gives the item that says so.
    fn late(&mut self) -> Self::Item;
}

/// Awaits the next item.
pub(crate) fn next<S: Steps>(steps: &mut S) -> impl Future<Output = Option<S::Item>> + UnwindSafe {
    AssertUnwindSafe(async move {
        let deadline = steps.deadline();
        match platform::within(deadline, poll_fn(|context| steps.poll(context))).await {
            Some(item) => item,
            None => Some(steps.late()),
        }
    })
}

/// The items as a stream.
pub(crate) fn stream<S: Steps>(steps: S) -> impl Stream<Item = S::Item> + Unpin {
    Stepping { steps, alarm: None }
}

struct Stepping<S> {
    steps: S,
    /// Made when there is first something to wait for.
    alarm: Option<Alarm>,
}

// Nothing in it is pinned.
impl<S> Unpin for Stepping<S> {}

impl<S: Steps> Stream for Stepping<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let Self { steps, alarm } = &mut *self;
        if let Poll::Ready(item) = steps.poll(context) {
            return Poll::Ready(item);
        }
        let deadline = steps.deadline();
        let alarm = alarm.get_or_insert_with(|| Alarm::at(deadline));
        alarm.poll(context).map(|()| Some(steps.late()))
    }
}
