//! `Queue`, `LifoQueue` and `PriorityQueue`: three faces of one thing, which differ in the order in which items come out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::error::{PutError, SyncError};
use super::queue::{Fifo, Lifo, RawQueue, Smallest};
use crate::error::Error;
use crate::platform::Deadline;

macro_rules! queue {
    ($(#[$doc:meta])* $name:ident, $store:ident $(, $bound:ident)?) => {
        $(#[$doc])*
        ///
        /// What it does besides, and the awaited forms of what blocks:
        ///
        /// ```
        /// use std::time::Duration;
        /// use concurrent_futures::Error;
        #[doc = concat!("use concurrent_futures::sync::", stringify!($name), ";")]
        ///
        #[doc = concat!("let queue = ", stringify!($name), "::new(2);")]
        /// queue.put("tea", None)?;
        /// queue.put_nowait("tea")?;
        /// assert_eq!((queue.qsize(), queue.full(), queue.empty()), (2, true, false));
        /// let refused = queue.put("tea", Duration::from_millis(1)).unwrap_err();
        /// assert_eq!(refused.item, "tea");
        /// assert_eq!((queue.get(None)?, queue.get_nowait()?), ("tea", "tea"));
        /// for _ in 0..2 {
        ///     queue.task_done()?;
        /// }
        /// queue.join()?;
        /// concurrent_futures::run(async move {
        ///     queue.put_async("milk", None).await?;
        ///     assert_eq!(queue.get_async(Duration::from_secs(60)).await?, "milk");
        ///     queue.task_done()?;
        ///     queue.join_async().await?;
        ///     queue.shutdown(false);
        ///     assert!(queue.get_async(None).await.is_err());
        ///     Ok::<(), Error>(())
        /// })?;
        /// # Ok::<(), Error>(())
        /// ```
        pub struct $name<T $(: $bound)?>(pub(crate) Arc<RawQueue<$store<T>>>);

        impl<T $(: $bound)?> $name<T> {
            /// An empty queue for at most `maxsize` items; zero means without limit.
            #[must_use]
            pub fn new(maxsize: usize) -> Self {
                Self(Arc::new(RawQueue::new(maxsize, $store::default())))
            }

            /// Puts `item` in; where the queue is full, waits, blocking, until there is space. `None` waits without end.
            ///
            /// # Errors
            ///
            /// The item, with [`SyncError::Full`] when the time is over first; [`SyncError::ShutDown`];
            /// [`Error::BlockingNotAllowed`] on a page, where the queue is full.
            pub fn put(
                &self,
                item: T,
                timeout: impl Into<Option<Duration>>,
            ) -> Result<(), PutError<T>> {
                let deadline = Deadline::after(timeout.into());
                let step = || self.0.try_reserve();
                self.fill(item, self.0.space().pass(deadline, step))
            }

            /// As `put`, awaited.
            ///
            /// # Errors
            ///
            /// As there, but the last.
            pub async fn put_async(
                &self,
                item: T,
                timeout: impl Into<Option<Duration>>,
            ) -> Result<(), PutError<T>> {
                let deadline = Deadline::after(timeout.into());
                let step = || self.0.try_reserve();
                let reserved = self.0.space().passed(deadline, step).await;
                self.fill(item, reserved)
            }

            /// Puts `item` in if there is space.
            ///
            /// # Errors
            ///
            /// The item, with [`SyncError::Full`] or [`SyncError::ShutDown`].
            pub fn put_nowait(&self, item: T) -> Result<(), PutError<T>> {
                self.fill(item, self.0.try_reserve())
            }

            /// Takes the next item out, and waits for one, blocking, where there is none. `None` waits without end.
            ///
            /// # Errors
            ///
            /// [`SyncError::Empty`] when the time is over first; [`SyncError::ShutDown`] where there will be none;
            /// [`Error::BlockingNotAllowed`] on a page, where the queue is empty.
            pub fn get(&self, timeout: impl Into<Option<Duration>>) -> Result<T, Error> {
                let timeout = timeout.into();
                if timeout.is_some_and(|timeout| timeout.is_zero()) {
                    return self.get_nowait();
                }
                let deadline = Deadline::after(timeout);
                let item = self.0.items().pass(deadline, || self.0.try_get())?;
                item.ok_or(SyncError::Empty.into())
            }

            /// As `get`, awaited.
            ///
            /// # Errors
            ///
            /// As there, but the last.
            pub async fn get_async(
                &self,
                timeout: impl Into<Option<Duration>>,
            ) -> Result<T, Error> {
                let deadline = Deadline::after(timeout.into());
                let item = self.0.items().passed(deadline, || self.0.try_get()).await?;
                item.ok_or(SyncError::Empty.into())
            }

            /// Takes the next item out, if one is at hand.
            ///
            /// # Errors
            ///
            /// [`SyncError::Empty`]; [`SyncError::ShutDown`].
            pub fn get_nowait(&self) -> Result<T, Error> {
                self.0.get_nowait()
            }

            /// Says that one item that was taken out is dealt with: see `join`.
            ///
            /// # Errors
            ///
            /// [`Error::Value`] where that is said more often than items were put in.
            pub fn task_done(&self) -> Result<(), Error> {
                self.0.task_done()
            }

            /// Waits, blocking, until every item that was put in is dealt with.
            ///
            /// # Errors
            ///
            /// [`Error::BlockingNotAllowed`] on a page, where there are such.
            pub fn join(&self) -> Result<(), Error> {
                let step = || Ok(self.0.finished());
                self.0.all_done().pass(Deadline::after(None), step).map(drop)
            }

            /// As `join`, awaited.
            ///
            /// # Errors
            ///
            /// [`Error::Broken`] where the memory is lost in which the queue is.
            pub async fn join_async(&self) -> Result<(), Error> {
                let step = || Ok(self.0.finished());
                let done = self.0.all_done().passed(Deadline::after(None), step);
                done.await.map(drop)
            }

            /// From now on `put` fails with [`SyncError::ShutDown`], and `get` once the queue is empty. With `immediate`
            /// that is at once: what is in is dropped, and counts as dealt with.
            pub fn shutdown(&self, immediate: bool) {
                self.0.shut_down(immediate);
            }

            /// How many items are in.
            pub fn qsize(&self) -> usize {
                self.0.len()
            }

            /// Whether there are none.
            pub fn empty(&self) -> bool {
                self.qsize() == 0
            }

            /// Whether there is no space; never, where there is no limit.
            pub fn full(&self) -> bool {
                self.0.is_full()
            }

            fn fill(
                &self,
                item: T,
                reserved: Result<Option<()>, Error>,
            ) -> Result<(), PutError<T>> {
                let error = match reserved {
                    Ok(Some(())) => {
                        self.0.put(item);
                        return Ok(());
                    }
                    Ok(None) => SyncError::Full.into(),
                    Err(error) => error,
                };
                Err(PutError { item, error })
            }
        }

        impl<T $(: $bound)?> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self(Arc::clone(&self.0))
            }
        }

        impl<T $(: $bound)?> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "<{}, {} items>", stringify!($name), self.qsize())
            }
        }
    };
}

queue!(
    /// Python's `queue.Queue`: first in, first out. Clones are handles to the same queue.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use concurrent_futures::sync::{Queue, SyncError};
    /// use concurrent_futures::Error;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let queue = Queue::new(2);
    /// let sum = pool.submit({
    ///     let queue = queue.clone();
    ///     move || {
    ///         let mut sum = 0;
    ///         loop {
    ///             match queue.get(None) {
    ///                 Ok(n) => sum += n,
    ///                 Err(Error::Sync(SyncError::ShutDown)) => return sum,
    ///                 Err(error) => panic!("{error}"),
    ///             }
    ///             queue.task_done().unwrap();
    ///         }
    ///     }
    /// })?;
    /// for n in 1..=100 {
    ///     queue.put(n, None)?;
    /// }
    /// queue.join()?;
    /// queue.shutdown(false);
    /// assert_eq!(sum.result(None)?, 5050);
    /// # Ok::<(), Error>(())
    /// ```
    Queue,
    Fifo
);

queue!(
    /// Python's `queue.LifoQueue`: last in, first out. Clones are handles to the same queue.
    ///
    /// ```
    /// use concurrent_futures::sync::LifoQueue;
    ///
    /// let stack = LifoQueue::new(0);
    /// stack.put_nowait(1)?;
    /// stack.put_nowait(2)?;
    /// assert_eq!(stack.get_nowait()?, 2);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    LifoQueue,
    Lifo
);

queue!(
    /// Python's `queue.PriorityQueue`: the smallest first. Clones are handles to the same queue.
    ///
    /// ```
    /// use concurrent_futures::sync::PriorityQueue;
    ///
    /// let queue = PriorityQueue::new(0);
    /// queue.put_nowait((2, "later"))?;
    /// queue.put_nowait((1, "sooner"))?;
    /// assert_eq!(queue.get_nowait()?, (1, "sooner"));
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    PriorityQueue,
    Smallest,
    Ord
);
