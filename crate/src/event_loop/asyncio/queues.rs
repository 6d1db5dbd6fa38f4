//! `Queue`, `LifoQueue` and `PriorityQueue` for the coroutines of one event loop: fair, and no item is lost when one who waits is
//! cancelled.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future as Coroutine;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::rc::Rc;

use super::line::{Line, stand};
use crate::error::Error;
use crate::sync::queue::{Fifo, Lifo, Smallest, Store};
use crate::sync::{PutError, SyncError};

/// What all three are; they differ in the order of the store.
struct Core<S> {
    store: RefCell<S>,
    size: Cell<usize>,
    /// Zero where there is no limit.
    maxsize: usize,
    /// Items put and not reported done.
    unfinished: Cell<usize>,
    closed: Cell<bool>,
    getters: Line,
    putters: Line,
    joiners: Line,
}

impl<S: Store> Core<S> {
    fn new(maxsize: usize, store: S) -> Rc<Self> {
        Rc::new(Self {
            store: RefCell::new(store),
            size: Cell::new(0),
            maxsize,
            unfinished: Cell::new(0),
            closed: Cell::new(false),
            getters: Line::default(),
            putters: Line::default(),
            joiners: Line::default(),
        })
    }

    fn is_empty(&self) -> bool {
        self.size.get() == 0
    }

    fn is_full(&self) -> bool {
        self.maxsize > 0 && self.size.get() >= self.maxsize
    }

    fn put_nowait(&self, item: S::Item) -> Result<(), PutError<S::Item>> {
        let refused = match (self.closed.get(), self.is_full()) {
            (true, _) => SyncError::ShutDown,
            (_, true) => SyncError::Full,
            _ => {
                self.size.set(self.size.get() + 1);
                self.unfinished.set(self.unfinished.get() + 1);
                // After that: a comparison of the user's may panic in here, and the item is in all the same.
                self.store.borrow_mut().push(item);
                self.getters.tell_first();
                return Ok(());
            }
        };
        let error = refused.into();
        Err(PutError { item, error })
    }

    async fn put(&self, mut item: S::Item) -> Result<(), PutError<S::Item>> {
        while !self.closed.get() && self.is_full() {
            let hand_on = || {
                if !self.is_full() {
                    self.putters.tell_first();
                }
            };
            stand(&self.putters, hand_on).await;
            match self.put_nowait(item) {
                Err(refused) if matches!(refused.error, Error::Sync(SyncError::Full)) => {
                    item = refused.item;
                }
                outcome => return outcome,
            }
        }
        self.put_nowait(item)
    }

    fn get_nowait(&self) -> Result<S::Item, Error> {
        match self.take() {
            Some(item) => {
                self.putters.tell_first();
                Ok(item)
            }
            None if self.closed.get() => Err(SyncError::ShutDown.into()),
            None => Err(SyncError::Empty.into()),
        }
    }

    fn take(&self) -> Option<S::Item> {
        self.size.set(self.size.get().checked_sub(1)?);
        // After that: a comparison of the user's may panic in here, and the item is out all the same.
        self.store.borrow_mut().pop()
    }

    async fn get(&self) -> Result<S::Item, Error> {
        while self.is_empty() && !self.closed.get() {
            let hand_on = || {
                if !self.is_empty() {
                    self.getters.tell_first();
                }
            };
            stand(&self.getters, hand_on).await;
        }
        self.get_nowait()
    }

    fn task_done(&self) -> Result<(), Error> {
        let Some(left) = self.unfinished.get().checked_sub(1) else {
            return Err(Error::Value("task_done() called too many times".to_owned()));
        };
        self.unfinished.set(left);
        if left == 0 {
            self.joiners.tell_all();
        }
        Ok(())
    }

    async fn join(&self) {
        if self.unfinished.get() > 0 {
            // Whoever else waits was told as well.
            stand(&self.joiners, || {}).await;
        }
    }

    fn shutdown(&self, immediate: bool) {
        self.closed.set(true);
        while immediate && self.take().is_some() {
            // Those that were taken before are still to be reported done.
            let _ = self.task_done();
        }
        self.getters.tell_all();
        self.putters.tell_all();
    }
}

macro_rules! queue {
    ($(#[$doc:meta])* $name:ident, $store:ident $(, $bound:ident)?) => {
        $(#[$doc])*
        pub struct $name<T $(: $bound)?>(Rc<Core<$store<T>>>);

        impl<T $(: $bound)?> $name<T> {
            /// An empty queue for at most `maxsize` items; zero means without limit.
            pub fn new(maxsize: usize) -> Self {
                Self(Core::new(maxsize, $store::default()))
            }

            /// Puts `item` in; where the queue is full, waits in line until there is space.
            ///
            /// # Errors
            ///
            /// The item, with [`SyncError::ShutDown`].
            pub fn put(
                &self,
                item: T,
            ) -> impl Coroutine<Output = Result<(), PutError<T>>> + UnwindSafe + use<T> {
                let core = Rc::clone(&self.0);
                AssertUnwindSafe(async move { core.put(item).await })
            }

            /// Puts `item` in at once.
            ///
            /// # Errors
            ///
            /// The item, with [`SyncError::Full`] or [`SyncError::ShutDown`].
            pub fn put_nowait(&self, item: T) -> Result<(), PutError<T>> {
                self.0.put_nowait(item)
            }

            /// Takes the next item; where there is none, waits in line until one comes.
            ///
            /// # Errors
            ///
            /// [`SyncError::ShutDown`] where the queue was shut down and has no more.
            pub fn get(&self) -> impl Coroutine<Output = Result<T, Error>> + UnwindSafe + use<T> {
                let core = Rc::clone(&self.0);
                AssertUnwindSafe(async move { core.get().await })
            }

            /// Takes the next item at once.
            ///
            /// # Errors
            ///
            /// [`SyncError::Empty`]; [`SyncError::ShutDown`].
            pub fn get_nowait(&self) -> Result<T, Error> {
                self.0.get_nowait()
            }

            /// The work on an item that was taken is done.
            ///
            /// # Errors
            ///
            /// [`Error::Value`] where that was said of every item already.
            pub fn task_done(&self) -> Result<(), Error> {
                self.0.task_done()
            }

            /// Waits until the work on every item is done.
            pub fn join(&self) -> impl Coroutine<Output = ()> + UnwindSafe + use<T> {
                let core = Rc::clone(&self.0);
                AssertUnwindSafe(async move { core.join().await })
            }

            /// The queue takes no more items; those that wait to put get an error, and those that wait to get do when
            /// it is empty. `immediate` empties it, and counts its items as done.
            pub fn shutdown(&self, immediate: bool) {
                self.0.shutdown(immediate);
            }

            /// How many items are in it.
            pub fn qsize(&self) -> usize {
                self.0.size.get()
            }

            /// Whether no item is in it.
            pub fn empty(&self) -> bool {
                self.0.is_empty()
            }

            /// Whether there is no space in it.
            pub fn full(&self) -> bool {
                self.0.is_full()
            }
        }

        impl<T $(: $bound)?> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self(Rc::clone(&self.0))
            }
        }

        impl<T $(: $bound)?> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "<{}, {} items>", stringify!($name), self.qsize())
            }
        }

        // A panic in a comparison of the user's changes no more than the order of the items.
        impl<T $(: $bound)?> UnwindSafe for $name<T> {}
        impl<T $(: $bound)?> std::panic::RefUnwindSafe for $name<T> {}
    };
}

queue!(
    /// First in, first out. Clones are handles to the same queue.
    ///
    /// ```
    /// use concurrent_futures::asyncio::{Queue, create_task};
    /// use concurrent_futures::sync::SyncError;
    /// use concurrent_futures::Error;
    ///
    /// concurrent_futures::run(async {
    ///     let queue = Queue::new(2);
    ///     let sum = create_task({
    ///         let queue = queue.clone();
    ///         async move {
    ///             let mut sum = 0;
    ///             while let Ok(n) = queue.get().await {
    ///                 sum += n;
    ///                 queue.task_done().unwrap();
    ///             }
    ///             sum
    ///         }
    ///     })?;
    ///     for n in 1..=100 {
    ///         queue.put(n).await?;
    ///     }
    ///     queue.join().await;
    ///     assert!(queue.empty());
    ///     queue.put_nowait(0)?;
    ///     assert!(queue.qsize() == 1 && !queue.full());
    ///     assert_eq!(queue.get_nowait()?, 0);
    ///     queue.shutdown(false);
    ///     assert!(matches!(queue.get_nowait(), Err(Error::Sync(SyncError::ShutDown))));
    ///     assert_eq!(sum.await?, 5050);
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    Queue,
    Fifo
);

queue!(
    /// Last in, first out. Clones are handles to the same queue.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::asyncio::LifoQueue;
    ///
    /// concurrent_futures::run(async {
    ///     let queue = LifoQueue::new(2);
    ///     queue.put(1).await?;
    ///     queue.put_nowait(2)?;
    ///     assert!(queue.full() && queue.qsize() == 2);
    ///     assert_eq!(queue.get().await?, 2);
    ///     queue.get_nowait()?;
    ///     assert!(queue.empty());
    ///     queue.task_done()?;
    ///     queue.task_done()?;
    ///     queue.join().await;
    ///     queue.shutdown(false);
    ///     assert!(queue.put(1).await.is_err());
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    LifoQueue,
    Lifo
);

queue!(
    /// The smallest first. Clones are handles to the same queue.
    ///
    /// ```
    /// use concurrent_futures::Error;
    /// use concurrent_futures::asyncio::PriorityQueue;
    ///
    /// concurrent_futures::run(async {
    ///     let queue = PriorityQueue::new(2);
    ///     queue.put((2, "later")).await?;
    ///     queue.put_nowait((1, "sooner"))?;
    ///     assert!(queue.full() && queue.qsize() == 2);
    ///     assert_eq!(queue.get().await?, (1, "sooner"));
    ///     queue.get_nowait()?;
    ///     assert!(queue.empty());
    ///     queue.task_done()?;
    ///     queue.task_done()?;
    ///     queue.join().await;
    ///     queue.shutdown(false);
    ///     assert!(queue.put((2, "later")).await.is_err());
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    PriorityQueue,
    Smallest,
    Ord
);
