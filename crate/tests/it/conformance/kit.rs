//! What the rows are written in: worlds, which say how one waits; subjects, the executors; signals between a test and its
//! tasks, so that nobody ever waits for a length of time.

use std::any::Any;
use std::future::{Future as _, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use concurrent_futures::sync::Semaphore;
use concurrent_futures::{
    AsCompleted, AsyncExecutor, DoneAndNotDone, Error, Executor, Future, InlineExecutor, Map,
    MapOptions, PoolOptions, ProcessPoolExecutor, Promise, ReturnWhen, Shutdown, Source,
    ThreadPoolExecutor, wait, wait_async, with_executor, with_executor_async,
};
use serde::{Deserialize, Serialize};

use super::tasks::{hold, hold_turning};

/// Longer than anything here takes on the slowest machine: a wait that reaches it has failed.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// Time given to what cannot happen.
pub(crate) const MOMENT: Duration = Duration::from_millis(50);

// ── Worlds ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// By blocking calls.
pub(crate) struct Blocking;

/// By `.await`.
pub(crate) struct Awaited;

/// A way of waiting.
pub(crate) trait World {
    /// Waits until the future is done, at most so long.
    async fn wait_for<T: Clone + 'static>(
        futures: &[Future<T>],
        timeout: Option<Duration>,
        return_when: ReturnWhen,
    ) -> DoneAndNotDone<T>;

    async fn result_within<T: Clone + 'static>(
        future: &Future<T>,
        timeout: Duration,
    ) -> Result<T, Error>;

    async fn exception_within<T: Clone + 'static>(
        future: &Future<T>,
        timeout: Duration,
    ) -> Result<Option<Error>, Error>;

    async fn next<R: Clone, S: Source<R>>(map: &mut Map<R, S>) -> Option<Result<R, Error>>;

    async fn next_completed<T: 'static>(
        completed: &mut AsCompleted<T>,
    ) -> Option<Result<Future<T>, Error>>;

    /// Shuts down and waits for the end.
    async fn shut_down(executor: &impl Executor, cancel_futures: bool);

    /// The with-statement.
    async fn with<E: Executor, R>(executor: E, body: impl FnOnce(&E) -> R) -> R;

    /// The with-statement around a body that panics.
    async fn catch<E: Executor>(
        executor: E,
        body: impl FnOnce(&E),
    ) -> Result<(), Box<dyn Any + Send>>;

    async fn take(signal: Signal);

    /// Lets others do something.
    async fn turn();

    async fn result<T: Clone + 'static>(future: &Future<T>) -> Result<T, Error> {
        Self::result_within(future, LIMIT).await
    }

    /// The error of a future that must fail.
    async fn error<T: Clone + 'static>(future: &Future<T>) -> Error {
        match Self::exception_within(future, LIMIT).await {
            Ok(Some(error)) | Err(error) => error,
            Ok(None) => panic!("{future:?} should have failed"),
        }
    }

    async fn all<R: Clone, S: Source<R>>(mut map: Map<R, S>) -> Vec<R> {
        let mut values = Vec::new();
        while let Some(value) = Self::next(&mut map).await {
            values.push(value.unwrap());
        }
        values
    }

    async fn take_all(signal: Signal, times: u32) {
        for _ in 0..times {
            Self::take(signal).await;
        }
    }

    /// Waits until it is so.
    async fn until(condition: impl Fn() -> bool) {
        while !condition() {
            Self::turn().await;
        }
    }
}

impl World for Blocking {
    async fn wait_for<T: Clone + 'static>(
        futures: &[Future<T>],
        timeout: Option<Duration>,
        return_when: ReturnWhen,
    ) -> DoneAndNotDone<T> {
        wait(futures.to_vec(), timeout.unwrap_or(LIMIT), return_when).unwrap()
    }

    async fn result_within<T: Clone + 'static>(
        future: &Future<T>,
        timeout: Duration,
    ) -> Result<T, Error> {
        future.result(timeout)
    }

    async fn exception_within<T: Clone + 'static>(
        future: &Future<T>,
        timeout: Duration,
    ) -> Result<Option<Error>, Error> {
        future.exception(timeout)
    }

    async fn next<R: Clone, S: Source<R>>(map: &mut Map<R, S>) -> Option<Result<R, Error>> {
        map.next()
    }

    async fn next_completed<T: 'static>(
        completed: &mut AsCompleted<T>,
    ) -> Option<Result<Future<T>, Error>> {
        completed.next()
    }

    async fn shut_down(executor: &impl Executor, cancel_futures: bool) {
        let how = Shutdown {
            wait: true,
            cancel_futures,
        };
        executor.shutdown(how).unwrap();
    }

    async fn with<E: Executor, R>(executor: E, body: impl FnOnce(&E) -> R) -> R {
        with_executor(executor, body).unwrap()
    }

    async fn catch<E: Executor>(
        executor: E,
        body: impl FnOnce(&E),
    ) -> Result<(), Box<dyn Any + Send>> {
        catch_unwind(AssertUnwindSafe(|| with_executor(executor, body).unwrap()))
    }

    async fn take(signal: Signal) {
        signal.take();
    }

    async fn turn() {
        // A wait in vain is the only sleep that works everywhere.
        let _ = Semaphore::new(0).acquire(Duration::from_millis(1));
    }
}

impl World for Awaited {
    async fn wait_for<T: Clone + 'static>(
        futures: &[Future<T>],
        timeout: Option<Duration>,
        return_when: ReturnWhen,
    ) -> DoneAndNotDone<T> {
        wait_async(futures.to_vec(), timeout.unwrap_or(LIMIT), return_when).await
    }

    async fn result_within<T: Clone + 'static>(
        future: &Future<T>,
        timeout: Duration,
    ) -> Result<T, Error> {
        let all = ReturnWhen::AllCompleted;
        Self::wait_for(std::slice::from_ref(future), Some(timeout), all).await;
        if future.done() {
            future.clone().await
        } else {
            future.result(Duration::ZERO)
        }
    }

    async fn exception_within<T: Clone + 'static>(
        future: &Future<T>,
        timeout: Duration,
    ) -> Result<Option<Error>, Error> {
        let all = ReturnWhen::AllCompleted;
        Self::wait_for(std::slice::from_ref(future), Some(timeout), all).await;
        future.exception(Duration::ZERO)
    }

    async fn next<R: Clone, S: Source<R>>(map: &mut Map<R, S>) -> Option<Result<R, Error>> {
        map.next_async().await
    }

    async fn next_completed<T: 'static>(
        completed: &mut AsCompleted<T>,
    ) -> Option<Result<Future<T>, Error>> {
        completed.next_async().await
    }

    async fn shut_down(executor: &impl Executor, cancel_futures: bool) {
        executor.shutdown_async(cancel_futures).await;
    }

    async fn with<E: Executor, R>(executor: E, body: impl FnOnce(&E) -> R) -> R {
        with_executor_async(executor, async |executor| body(executor)).await
    }

    async fn catch<E: Executor>(
        executor: E,
        body: impl FnOnce(&E),
    ) -> Result<(), Box<dyn Any + Send>> {
        let mut scope = pin!(with_executor_async(executor, async |executor| body(
            executor
        )));
        poll_fn(
            |context| match catch_unwind(AssertUnwindSafe(|| scope.as_mut().poll(context))) {
                Ok(poll) => poll.map(Ok),
                Err(panic) => Poll::Ready(Err(panic)),
            },
        )
        .await
    }

    async fn take(signal: Signal) {
        signal.take_async().await;
    }

    async fn turn() {
        let _ = Semaphore::new(0)
            .acquire_async(Duration::from_millis(1))
            .await;
    }
}

// ── Subjects ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// An executor under test.
pub(crate) trait Subject: Executor + Sized + 'static {
    fn new(max_workers: usize) -> Self;

    /// Has one call run as `held` says.
    fn hold(&self, held: Held) -> Future<u32>;

    /// Maps calls that run as they are told.
    fn map_held(
        &self,
        held: Vec<Held>,
        options: MapOptions,
    ) -> Result<Map<u32, impl Source<u32>>, Error>;
}

/// An executor with workers.
pub(crate) trait Pool: Subject {
    fn with(options: PoolOptions) -> Result<Self, Error>;
    fn workers(&self) -> usize;
}

/// What a call is to do: say that it runs, wait for its gate, then give a value or fail.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Held {
    pub(crate) started: Signal,
    /// Without a gate it does not wait.
    pub(crate) gate: Option<Signal>,
    pub(crate) value: u32,
    pub(crate) fails: bool,
}

impl Held {
    pub(crate) fn at(started: Signal, gate: Signal) -> Self {
        Self {
            started,
            gate: Some(gate),
            value: 0,
            fails: false,
        }
    }
}

macro_rules! subject_of_workers {
    ($executor:ident) => {
        impl Subject for $executor {
            fn new(max_workers: usize) -> Self {
                $executor::new(max_workers).unwrap()
            }

            fn hold(&self, held: Held) -> Future<u32> {
                Executor::submit(self, hold, held).unwrap()
            }

            fn map_held(
                &self,
                held: Vec<Held>,
                options: MapOptions,
            ) -> Result<Map<u32, impl Source<u32>>, Error> {
                Executor::map_with(self, hold, held, options)
            }
        }

        impl Pool for $executor {
            fn with(options: PoolOptions) -> Result<Self, Error> {
                $executor::with(options)
            }

            fn workers(&self) -> usize {
                $executor::workers(self)
            }
        }
    };
}

subject_of_workers!(ThreadPoolExecutor);
subject_of_workers!(ProcessPoolExecutor);

/// The two ways to end the workers of a process pool by force; here they do the same.
#[derive(Clone, Copy)]
pub(crate) enum Force {
    Terminate,
    Kill,
}

/// An executor whose workers can be ended by force.
pub(crate) trait Forcible: Pool {
    fn end_workers(&self, force: Force);
}

impl Forcible for ProcessPoolExecutor {
    fn end_workers(&self, force: Force) {
        match force {
            Force::Terminate => self.terminate_workers(),
            Force::Kill => self.kill_workers(),
        }
    }
}

impl Subject for AsyncExecutor {
    fn new(max_workers: usize) -> Self {
        Self::new(max_workers).unwrap()
    }

    fn hold(&self, held: Held) -> Future<u32> {
        self.submit(hold_turning(held)).unwrap()
    }

    fn map_held(
        &self,
        held: Vec<Held>,
        options: MapOptions,
    ) -> Result<Map<u32, impl Source<u32>>, Error> {
        self.map_with(hold_turning, held, options)
    }
}

impl Subject for InlineExecutor {
    fn new(_max_workers: usize) -> Self {
        Self::new()
    }

    fn hold(&self, held: Held) -> Future<u32> {
        Executor::submit(self, hold, held).unwrap()
    }

    fn map_held(
        &self,
        held: Vec<Held>,
        options: MapOptions,
    ) -> Result<Map<u32, impl Source<u32>>, Error> {
        self.map_with(hold, held, options)
    }
}

/// The options that most rows need.
pub(crate) fn options(max_workers: usize) -> PoolOptions {
    PoolOptions {
        max_workers: Some(max_workers),
        ..PoolOptions::default()
    }
}

pub(crate) fn chunks_of(chunksize: usize) -> MapOptions {
    MapOptions {
        chunksize,
        ..MapOptions::default()
    }
}

pub(crate) fn buffer_of(buffersize: usize) -> MapOptions {
    MapOptions {
        buffersize: Some(buffersize),
        ..MapOptions::default()
    }
}

pub(crate) fn within(timeout: Duration) -> MapOptions {
    MapOptions {
        timeout: Some(timeout),
        ..MapOptions::default()
    }
}

/// Shuts down without waiting.
pub(crate) fn close(executor: &impl Executor, cancel_futures: bool) {
    let how = Shutdown {
        wait: false,
        cancel_futures,
    };
    executor.shutdown(how).unwrap();
}

/// The message of the task's own error.
pub(crate) fn message(error: &Error) -> &str {
    error.task().expect("it is the task's own error").message()
}

// ── Signals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A count that tasks and tests raise, and wait for. It goes to tasks as its address, so they must share the memory.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Signal(usize);

impl Signal {
    /// It lives as long as the program.
    pub(crate) fn new() -> Self {
        Self(Box::into_raw(Box::new(Semaphore::new(0))).expose_provenance())
    }

    fn semaphore(self) -> &'static Semaphore {
        semaphore_at(self.0)
    }

    pub(crate) fn give(self, times: u32) {
        self.semaphore().release(times).unwrap();
    }

    pub(crate) fn count(self) -> u32 {
        self.semaphore().value()
    }

    /// Waits until there is one, and takes it.
    pub(crate) fn take(self) {
        self.semaphore().acquire(LIMIT).unwrap().forget();
    }

    /// As `take`, awaited.
    pub(crate) async fn take_async(self) {
        self.semaphore()
            .acquire_async(LIMIT)
            .await
            .unwrap()
            .forget();
    }
}

fn semaphore_at(address: usize) -> &'static Semaphore {
    // SAFETY: the address is that of a semaphore that is never freed, and only goes to tasks on the same memory.
    unsafe { &*std::ptr::with_exposed_provenance(address) }
}

/// Counts how many of it there are, copies included.
pub(crate) struct Tracked(Signal);

impl Tracked {
    pub(crate) fn new(alive: Signal) -> Self {
        alive.give(1);
        Self(alive)
    }
}

impl Clone for Tracked {
    fn clone(&self) -> Self {
        Self::new(self.0)
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.0.take();
    }
}

impl Serialize for Tracked {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tracked {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Signal::deserialize(deserializer).map(Self::new)
    }
}

// ── Reports ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// What the rows look for in reports, and how often it came: natively all tests share one reporter.
static REPORTS: [(&str, AtomicU32); 4] = [
    ("doh! 37", AtomicU32::new(0)),
    ("doh! 41", AtomicU32::new(0)),
    ("doh! m55", AtomicU32::new(0)),
    ("ResourceWarning: unclosed", AtomicU32::new(0)),
];

/// Counts a report in which one of those stands.
pub(crate) fn note_report(message: &str) {
    for (words, count) in &REPORTS {
        if message.contains(words) {
            count.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// How often these words were reported until now; from now on they are counted.
pub(crate) fn reports_of(words: &str) -> u32 {
    #[cfg(target_arch = "wasm32")]
    concurrent_futures::set_reporter(note_report);
    #[cfg(not(target_arch = "wasm32"))]
    crate::support::keep_reports();
    let found = REPORTS.iter().find(|(known, _)| *known == words);
    found.unwrap().1.load(Ordering::SeqCst)
}

// ── Futures that no executor made ────────────────────────────────────────────────────────────────────────────────────

/// One future in each state, and the promises that keep the first two there.
pub(crate) struct Fixtures {
    pub(crate) pending: Future<u32>,
    pub(crate) running: Future<u32>,
    pub(crate) cancelled: Future<u32>,
    pub(crate) failed: Future<u32>,
    pub(crate) succeeded: Future<u32>,
    pub(crate) promises: [Promise<u32>; 2],
}

impl Fixtures {
    pub(crate) fn new() -> Self {
        let (first, pending) = Promise::new();
        let (second, running) = Promise::new();
        assert!(second.set_running_or_notify_cancel().unwrap());
        let (_, cancelled) = {
            let (promise, future) = Promise::new();
            assert!(future.cancel());
            (promise, future)
        };
        let (promise, failed) = Promise::new();
        promise
            .set_exception(Error::Value("on purpose".to_owned()))
            .unwrap();
        let (promise, succeeded) = Promise::new();
        promise.set_result(42).unwrap();
        Self {
            pending,
            running,
            cancelled,
            failed,
            succeeded,
            promises: [first, second],
        }
    }

    /// All of them, with the word for their state.
    pub(crate) fn all(&self) -> [(&'static str, &Future<u32>); 5] {
        [
            ("pending", &self.pending),
            ("running", &self.running),
            ("cancelled", &self.cancelled),
            ("failed", &self.failed),
            ("succeeded", &self.succeeded),
        ]
    }
}
