//! `submit_async`: coroutines on threads. Each is made, runs and ends on the event loop of one thread.

use std::any::type_name_of_val;
use std::future::Future as Coroutine;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{ThreadPoolExecutor, drop_captured};
use crate::error::Error;
use crate::future::{Future, Promise};
use crate::panics;
use crate::platform;
use crate::work::{LocalCall, Work};

impl ThreadPoolExecutor {
    /// Has the coroutine function `f` called on a thread, and the coroutine run to its end there: it may await timers, requests
    /// and futures, and what it holds need not cross threads. Meanwhile the thread takes no other call, but its event
    /// loop turns, so that [`asyncio`](crate::asyncio) works in it. Natively that event loop ends with the coroutine.
    ///
    /// # Errors
    ///
    /// As [`ThreadPoolExecutor::submit`].
    ///
    /// ```
    /// use std::rc::Rc;
    /// use std::time::Duration;
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use concurrent_futures::asyncio::{gather, sleep};
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.submit_async(async || {
    ///     let base = Rc::new(1);
    ///     let squares = gather((0..3).map(|n| {
    ///         let base = Rc::clone(&base);
    ///         async move {
    ///             sleep(Duration::from_millis(1)).await;
    ///             *base + n * n
    ///         }
    ///     }));
    ///     squares.await
    /// })?;
    /// assert_eq!(future.result(None)??, [1, 2, 5]);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn submit_async<F, T>(&self, f: F) -> Result<Future<T>, Error>
    where
        F: AsyncFnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let task = type_name_of_val(&f);
        self.submit_coroutine(task, || Box::pin(async { Ok(f().await) }))
    }

    /// As [`ThreadPoolExecutor::submit_async`], for a coroutine that may fail: as
    /// [`ThreadPoolExecutor::try_submit`].
    ///
    /// # Errors
    ///
    /// As [`ThreadPoolExecutor::submit`].
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::new(1)?;
    /// let future = pool.try_submit_async(async || "twelve".parse::<u32>())?;
    /// let error = future.exception(None)?.expect("it is not a number");
    /// assert_eq!(error.to_string(), "the task failed: invalid digit found in string");
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn try_submit_async<F, T, E>(&self, f: F) -> Result<Future<T>, Error>
    where
        F: AsyncFnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let task = type_name_of_val(&f);
        self.submit_coroutine(task, || {
            Box::pin(async { f().await.map_err(Error::returned) })
        })
    }

    fn submit_coroutine<T: Send + 'static>(
        &self,
        task: &'static str,
        begin: impl FnOnce() -> Boxed<T> + Send + 'static,
    ) -> Result<Future<T>, Error> {
        self.handle.pool().check_open()?;
        let mark = self.handle.submitted(task, "");
        let (promise, future) = Promise::of_pool(self.handle.tag(), mark);
        self.handle.pool().submit(Work::Local(Box::new(AsyncCall {
            task,
            stage: Stage::Waiting(begin),
            promise,
        })));
        Ok(future)
    }
}

type Boxed<T> = Pin<Box<dyn Coroutine<Output = Result<T, Error>>>>;

/// A coroutine function in the queue, then its coroutine, then the outcome; and the promise it keeps.
struct AsyncCall<F, T> {
    /// What the task is called.
    task: &'static str,
    stage: Stage<F, T>,
    promise: Promise<T>,
}

enum Stage<F, T> {
    Waiting(F),
    Running(Homebound<Boxed<T>>),
    Ended(Result<T, Error>),
    /// Between two others.
    Changing,
}

/// What only the thread that made it may use, or drop. Where others drop the call that holds it, it leaks: they do so only
/// after its thread is lost, or after a trap in the middle of it.
struct Homebound<C>(ManuallyDrop<C>);

// SAFETY: it is made, used and ended in `AsyncCall::run` only, which the worker that has begun the call alone calls; in
// other hands it is only moved, and its drop does nothing.
unsafe impl<C> Send for Homebound<C> {}

impl<C> Homebound<C> {
    fn end(self) {
        drop(ManuallyDrop::into_inner(self.0));
    }
}

impl<F, T> LocalCall for AsyncCall<F, T>
where
    F: FnOnce() -> Boxed<T> + Send,
    T: Send + 'static,
{
    fn begin(&self, worker: u32) -> bool {
        self.promise.begin_on(worker)
    }

    fn run(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Changing) {
            // Nothing of the user's runs yet.
            Stage::Waiting(begin) => Stage::Running(Homebound(ManuallyDrop::new(begin()))),
            stage => stage,
        };
        let Stage::Running(coroutine) = &mut self.stage else {
            return Poll::Ready(());
        };
        let name = self.promise.worker();
        let polled = panics::catch(name.as_deref(), || {
            platform::drive(coroutine.0.as_mut(), context)
        });
        let outcome = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(outcome)) => outcome,
            Err(panic) => Err(panic),
        };
        let ended = std::mem::replace(&mut self.stage, Stage::Ended(outcome));
        if let Stage::Running(coroutine) = ended {
            panics::contain("what a coroutine left, when it was dropped,", || {
                coroutine.end();
            });
        }
        Poll::Ready(())
    }

    fn finish(self: Box<Self>) {
        let Self { stage, promise, .. } = *self;
        // Where nobody holds the future any more, the value is dropped here.
        panics::contain("a task's value, when it was dropped,", || {
            if let Stage::Ended(outcome) = stage {
                // Only this worker settles what it began.
                let _ = promise.settle(outcome);
            }
        });
    }

    fn fail(self: Box<Self>, error: Error) {
        // Where it was cancelled meanwhile, it has ended.
        let _ = self.promise.settle(Err(error.of_task(self.task)));
        drop_captured(self.stage.unbegun());
    }

    fn cancel(self: Box<Self>) {
        self.promise.cancel();
        drop_captured(self.stage.unbegun());
    }
}

impl<F, T> Stage<F, T> {
    fn unbegun(self) -> Option<F> {
        match self {
            Self::Waiting(begin) => Some(begin),
            _ => None,
        }
    }
}
