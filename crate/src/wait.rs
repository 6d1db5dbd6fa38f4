//! `wait` and `as_completed`: several futures at once, of one executor or of many.
//!
//! Whoever waits looks at every future once, and registers one observer with those that are not done; whoever ends one
//! of them tells it. For `wait` the observer is a countdown, so that the waiter is woken once, when it has what it wants;
//! for `as_completed` it is the list of those that are done, in that order. Either way the cost of each future is
//! constant, however often it is looked at.

use std::collections::HashSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use atomic_waker::AtomicWaker;

use crate::awaited::{self, Steps};
use crate::callbacks::Observer;
use crate::deadlock::{LOOK_EVERY, Need, Watch};
use crate::error::Error;
use crate::event_loop;
use crate::future::{Future, poisoned};
use crate::list::PushList;
use crate::platform::{self, AtomicU32, Deadline, Wake, Word};
use crate::trace::Blocked;

/// When [`wait`] is to come back.
///
/// ```
/// use concurrent_futures::{Promise, ReturnWhen, wait};
///
/// let (_promise, pending) = Promise::<u32>::new();
/// let (promise, finished) = Promise::new();
/// promise.set_result(1)?;
/// let found = wait([pending, finished], None, ReturnWhen::FirstCompleted)?;
/// assert_eq!((found.done.len(), found.not_done.len()), (1, 1));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReturnWhen {
    /// As soon as one future is finished or cancelled.
    FirstCompleted,
    /// As soon as one fails; a cancelled one does not count. Without a failure as `AllCompleted`.
    FirstException,
    /// When all are finished or cancelled.
    #[default]
    AllCompleted,
}

/// What [`wait`] found: each future once, in the order in which they were given.
///
/// ```
/// use concurrent_futures::{DoneAndNotDone, Promise, ReturnWhen, wait};
/// use std::time::Duration;
///
/// let (promise, finished) = Promise::new();
/// let (_promise, pending) = Promise::new();
/// promise.set_result(1)?;
/// let DoneAndNotDone { done, not_done } = wait([finished, pending], Duration::ZERO, ReturnWhen::AllCompleted)?;
/// assert_eq!((done.len(), not_done.len()), (1, 1));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
#[derive(Debug)]
pub struct DoneAndNotDone<T> {
    /// Finished or cancelled.
    pub done: Vec<Future<T>>,
    /// Not yet.
    pub not_done: Vec<Future<T>>,
}

/// Waits, blocking, until the futures are done as `return_when` says, or the time is over, which is not an error.
/// A future that is given twice counts once.
///
/// # Errors
///
/// [`Error::BlockingNotAllowed`] where it would have to wait on the page, or for a coroutine of this thread's own event
/// loop: use [`wait_async`].
///
/// ```
/// use concurrent_futures::{ReturnWhen, ThreadPoolExecutor, wait};
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let futures = [1, 2, 3].map(|n| pool.submit(move || n * n).unwrap());
/// let found = wait(futures, None, ReturnWhen::AllCompleted)?;
/// assert_eq!((found.done.len(), found.not_done.len()), (3, 0));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn wait<T: 'static>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: impl Into<Option<Duration>>,
    return_when: ReturnWhen,
) -> Result<DoneAndNotDone<T>, Error> {
    let futures = unique(futures);
    let deadline = Deadline::after(timeout.into());
    Countdown::over(&futures, return_when).block(deadline, &futures)?;
    Ok(partition(futures))
}

/// As [`wait`], awaited: for the page, and for whoever must not block.
///
/// ```
/// use concurrent_futures::{Error, ReturnWhen, ThreadPoolExecutor, wait_async};
///
/// concurrent_futures::run(async {
///     let pool = ThreadPoolExecutor::new(2)?;
///     let futures = [1, 2, 3].map(|n| pool.submit(move || n * n).unwrap());
///     let found = wait_async(futures, None, ReturnWhen::AllCompleted).await;
///     assert_eq!(found.done.len(), 3);
///     Ok::<(), Error>(())
/// })?;
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn wait_async<T: 'static>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: impl Into<Option<Duration>>,
    return_when: ReturnWhen,
) -> impl std::future::Future<Output = DoneAndNotDone<T>> + UnwindSafe {
    let futures = unique(futures);
    let deadline = Deadline::after(timeout.into());
    AssertUnwindSafe(async move {
        let countdown = Countdown::over(&futures, return_when);
        let enough = std::future::poll_fn(|context| countdown.poll(context));
        // In time or not: what was found is the answer.
        let _ = platform::within(deadline, enough).await;
        partition(futures)
    })
}

/// Gives the futures as they are done, each once: as a blocking iterator, or by [`AsCompleted::next_async`]. Those
/// that are done already come first. The time counts from this call.
///
/// ```
/// use concurrent_futures::{ThreadPoolExecutor, as_completed};
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let futures = [3, 1, 2].map(|n| pool.submit(move || n).unwrap());
/// let mut values: Vec<i32> = Vec::new();
/// for future in as_completed(futures, None) {
///     values.push(future?.result(None)?);
/// }
/// values.sort();
/// assert_eq!(values, [1, 2, 3]);
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn as_completed<T: 'static>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: impl Into<Option<Duration>>,
) -> AsCompleted<T> {
    let timeout = timeout.into();
    let futures = unique(futures);
    let arrivals = Arrivals::new();
    let (ready, awaited): (Vec<_>, Vec<_>) =
        (0..futures.len()).partition(|index| futures[*index].done());
    for index in awaited {
        futures[index].watch(&arrivals, index);
    }
    AsCompleted {
        unfinished: futures.len(),
        at_home: futures.iter().filter_map(Future::home).count(),
        home: futures.iter().find_map(Future::home).unwrap_or_default(),
        futures: futures.into_iter().map(Some).collect(),
        ready: ready.into_iter(),
        arrivals,
        deadline: Deadline::after(timeout),
        timeout,
    }
}

/// The iterator of [`as_completed`]. After a time-out it gives [`Error::Timeout`] once, then ends.
///
/// ```
/// use concurrent_futures::{Promise, as_completed};
/// use std::time::Duration;
///
/// let (_promise, pending) = Promise::<u32>::new();
/// let mut completed = as_completed([pending], Duration::ZERO);
/// assert!(completed.next().is_some_and(|next| next.is_err()));
/// assert!(completed.next().is_none());
/// ```
#[must_use = "it does nothing until it is advanced"]
pub struct AsCompleted<T> {
    /// Each future until it is given.
    futures: Vec<Option<Future<T>>>,
    /// How many are left to give.
    unfinished: usize,
    /// How many of them cannot end without an event loop.
    at_home: usize,
    /// Which event loop that is; of several, any.
    home: u32,
    /// Those that are done and not given yet, by their places above.
    ready: std::vec::IntoIter<usize>,
    arrivals: Arc<Arrivals>,
    deadline: Deadline,
    timeout: Option<Duration>,
}

impl<T> AsCompleted<T> {
    /// The next future that is done, awaited.
    ///
    /// ```
    /// use concurrent_futures::{Error, ThreadPoolExecutor, as_completed};
    ///
    /// concurrent_futures::run(async {
    ///     let pool = ThreadPoolExecutor::new(2)?;
    ///     let mut completed = as_completed([1, 2].map(|n| pool.submit(move || n).unwrap()), None);
    ///     while let Some(future) = completed.next_async().await {
    ///         assert!(future?.done());
    ///     }
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn next_async(
        &mut self,
    ) -> impl std::future::Future<Output = Option<Result<Future<T>, Error>>> + UnwindSafe {
        awaited::next(self)
    }

    /// The futures as a stream, for the combinators of the `futures` crate.
    ///
    /// ```
    /// use concurrent_futures::{Error, ThreadPoolExecutor, as_completed};
    /// use futures_util::TryStreamExt;
    ///
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let futures = [3, 1, 2].map(|n| pool.submit(move || n).unwrap());
    /// let completed = as_completed(futures, None).into_stream();
    /// let values = completed.and_then(|future| future);
    /// let mut values: Vec<i32> = pollster::block_on(values.try_collect())?;
    /// values.sort();
    /// assert_eq!(values, [1, 2, 3]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn into_stream(self) -> impl futures_core::Stream<Item = Result<Future<T>, Error>> + Unpin {
        awaited::stream(self)
    }

    /// As `next`, with a time for this step alone: when it is over, the next step may still find the future.
    pub(crate) fn next_within(
        &mut self,
        timeout: Option<Duration>,
    ) -> Option<Result<Future<T>, Error>> {
        let deadline = Deadline::after(timeout);
        loop {
            if let Some(future) = self.next_ready() {
                return Some(Ok(future));
            }
            if self.unfinished == 0 {
                return None;
            }
            if deadline.passed() {
                let (unfinished, total) = (self.unfinished, self.futures.len());
                let after = timeout.unwrap_or_default();
                return Some(Err(Error::timeout(after, unfinished, total)));
            }
            if let Err(error) = self.arrivals.block(deadline) {
                return Some(Err(error));
            }
        }
    }

    fn next_ready(&mut self) -> Option<Future<T>> {
        if self.ready.as_slice().is_empty() {
            self.ready = self.arrivals.take();
        }
        let future = self.futures.get_mut(self.ready.next()?)?.take();
        if let Some(future) = &future {
            self.unfinished -= 1;
            self.at_home -= usize::from(future.home().is_some());
        }
        future
    }

    fn end(&mut self) {
        self.futures.clear();
        self.ready = Vec::new().into_iter();
        self.unfinished = 0;
    }
}

impl<T> Steps for AsCompleted<T> {
    type Item = Result<Future<T>, Error>;

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.unfinished == 0 {
            return Poll::Ready(None);
        }
        // Before the look, so that whoever ends in between wakes.
        self.arrivals.waker.register(context.waker());
        match self.next_ready() {
            Some(future) => Poll::Ready(Some(Ok(future))),
            None => Poll::Pending,
        }
    }

    fn deadline(&self) -> Deadline {
        self.deadline
    }

    fn late(&mut self) -> Self::Item {
        let (unfinished, total) = (self.unfinished, self.futures.len());
        self.end();
        Err(Error::timeout(
            self.timeout.unwrap_or_default(),
            unfinished,
            total,
        ))
    }
}

impl<T> Iterator for AsCompleted<T> {
    type Item = Result<Future<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut watch = Watch::new();
        loop {
            if let Some(future) = self.next_ready() {
                return Some(watch.end().map(|()| future));
            }
            if self.unfinished == 0 {
                return None;
            }
            if self.deadline.passed() {
                return Some(self.late());
            }
            let blocked = if self.at_home == self.unfinished && self.home == event_loop::id() {
                Err(event_loop::would_wait_for_itself())
            } else {
                let arrived = self.arrivals.block(self.deadline);
                arrived.and_then(|vain| {
                    if vain {
                        watch.look(true, needs_of(self.futures.iter().flatten()))?;
                    }
                    Ok(())
                })
            };
            if let Err(error) = blocked {
                self.end();
                return Some(Err(error));
            }
        }
    }
}

impl<T> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted")
            .field("unfinished", &self.unfinished)
            .finish_non_exhaustive()
    }
}

/// The observer of `wait`: counts down to when the waiter has what it wants.
#[derive(Debug)]
pub(crate) struct Countdown {
    /// How many more futures must end.
    left: AtomicU32,
    /// Whether one that fails is enough.
    stops_at_failure: bool,
    /// Whether it may become enough by one of the futures that are left, whatever the others do.
    needs_one: bool,
    /// Whether it cannot become enough without this thread's own event loop.
    needs_this_event_loop: bool,
    /// Not zero once it is enough; whoever blocks waits on it.
    enough: Word,
    waker: AtomicWaker,
}

impl Countdown {
    /// A countdown that is registered with all futures that are not done; with none, where it is enough already.
    fn over<T: 'static>(futures: &[Future<T>], return_when: ReturnWhen) -> Arc<Self> {
        let open: Vec<_> = futures.iter().filter(|future| !future.done()).collect();
        let any_done = open.len() < futures.len();
        let left = match return_when {
            ReturnWhen::FirstCompleted if any_done => 0,
            ReturnWhen::FirstCompleted => open.len().min(1),
            ReturnWhen::FirstException if any_done && futures.iter().any(Future::failed) => 0,
            ReturnWhen::FirstException | ReturnWhen::AllCompleted => open.len(),
        };
        let at_home = open
            .iter()
            .filter(|future| future.home() == Some(event_loop::id()))
            .count();
        let countdown = Arc::new(Self {
            needs_this_event_loop: open.len() - at_home < left,
            left: AtomicU32::new(u32::try_from(left).unwrap_or(u32::MAX)),
            stops_at_failure: return_when == ReturnWhen::FirstException,
            needs_one: return_when != ReturnWhen::AllCompleted,
            enough: Word::new(u32::from(left == 0)),
            waker: AtomicWaker::new(),
        });
        if left > 0 {
            for future in open {
                future.watch(&countdown, 0);
            }
        }
        countdown
    }

    fn is_enough(&self) -> bool {
        // Acquire: whoever sees it sees the ends of the futures.
        self.enough.load(Ordering::Acquire) != 0
    }

    /// Blocks until it is enough, or the time is over.
    fn block<T>(&self, deadline: Deadline, futures: &[Future<T>]) -> Result<(), Error> {
        let mut watch = Watch::new();
        let mut blocked = None;
        while !self.is_enough() && !deadline.passed() {
            if self.needs_this_event_loop {
                return Err(event_loop::would_wait_for_itself());
            }
            blocked.get_or_insert_with(|| Blocked::on("futures"));
            if block_on(&self.enough, deadline)? {
                watch.look(self.needs_one, needs_of(futures.iter()))?;
            }
        }
        watch.end()
    }

    fn poll(&self, context: &Context<'_>) -> Poll<()> {
        self.waker.register(context.waker());
        // After the registration, since it may have become enough before.
        if self.is_enough() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Observer for Countdown {
    fn done(&self, _key: usize, failed: bool) {
        // AcqRel: the last one hands on what all before it did. It wraps where more end than were needed, unseen.
        let last = self.left.fetch_sub(1, Ordering::AcqRel) == 1;
        if last || (failed && self.stops_at_failure) {
            // Release: see `is_enough`.
            self.enough.store(1, Ordering::Release);
            self.enough.wake_all();
            self.waker.wake();
        }
    }
}

/// The observer of `as_completed`: who is done, in that order.
#[derive(Debug)]
pub(crate) struct Arrivals {
    /// Counts futures that ended since somebody last looked; whoever blocks waits on it.
    news: Word,
    /// Keys of futures that are done.
    done: PushList<usize>,
    waker: AtomicWaker,
}

impl Arrivals {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            news: Word::new(0),
            done: PushList::new(),
            waker: AtomicWaker::new(),
        })
    }

    fn take(&self) -> std::vec::IntoIter<usize> {
        self.done.take().collect::<Vec<_>>().into_iter()
    }

    /// Blocks until there is news since the last call, or the time is over; true where it has waited in vain for a while.
    fn block(&self, deadline: Deadline) -> Result<bool, Error> {
        // AcqRel: acquires what the teller did before; a swap, so that no news is lost between here and the wait.
        if self.news.swap(0, Ordering::AcqRel) > 0 {
            return Ok(false);
        }
        let _blocked = Blocked::on("futures");
        block_on(&self.news, deadline)
    }
}

impl Observer for Arrivals {
    fn done(&self, key: usize, _failed: bool) {
        self.done.push(key);
        // AcqRel: releases the end of the future to whoever blocks.
        self.news.fetch_add(1, Ordering::AcqRel);
        self.news.wake_all();
        self.waker.wake();
    }
}

/// Blocks while `word` is zero, within the time, or, where there is none, for a while: true where that was in vain.
fn block_on(word: &Word, deadline: Deadline) -> Result<bool, Error> {
    if !platform::can_block() {
        return Err(Error::may_not_block(
            "on the page, use `wait_async` or `next_async` instead",
        ));
    }
    let left = deadline.left();
    match word.wait(0, left.or(LOOK_EVERY)) {
        Wake::Poisoned => Err(poisoned()),
        Wake::Look => Ok(false),
        Wake::TimedOut => Ok(left.is_none()),
    }
}

/// What a wait for those of the futures needs that are not done.
fn needs_of<'futures, T: 'futures>(
    futures: impl Iterator<Item = &'futures Future<T>>,
) -> Vec<Need> {
    futures
        .filter(|future| !future.done())
        .map(Future::need)
        .collect()
}

fn unique<T>(futures: impl IntoIterator<Item = Future<T>>) -> Vec<Future<T>> {
    let mut seen = HashSet::new();
    futures
        .into_iter()
        .filter(|future| seen.insert(future.key()))
        .collect()
}

fn partition<T>(futures: Vec<Future<T>>) -> DoneAndNotDone<T> {
    let (done, not_done) = futures.into_iter().partition(Future::done);
    DoneAndNotDone { done, not_done }
}
