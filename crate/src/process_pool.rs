//! `ProcessPoolExecutor`: workers that share nothing with the caller but messages.
//!
//! ```text
//!  caller                        pool side of the worker           task side of the worker
//!  ──────                        ───────────────────────           ───────────────────────
//!  encode the argument ────────▶ take it from the queue ── copy ─▶ find the function by table index,
//!                                                                  check it, decode, call, encode
//!  the future's value ◀───────── decode, settle ◀──────── copy ─── the reply
//! ```
//!
//! Two instances of one module in one worker: one on pool memory, one with a private memory. Every instance has the
//! same function table, so a table index names the same function in both. What it names is a *trampoline*, made for
//! one function type: it gets the hash of that type's name as an argument and compares it with its own, so a wrong
//! index is an error, not somebody else's function. The function itself has no size, so it need not travel at all.

mod coroutines;

use std::any::type_name;
use std::marker::PhantomData;
use std::ptr::NonNull;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, TaskError};
use crate::executor::{Executor, Shutdown};
use crate::future::{Future, Promise};
use crate::panics::{self, Scene};
use crate::platform;
use crate::pool::Kind;
use crate::pool_handle::PoolHandle;
use crate::pool_options::PoolOptions;
use crate::work::{Entry, RemoteCall, Work};

#[cfg(not(loom))]
pub(crate) use self::coroutines::start_entry;

#[cfg(all(test, not(target_arch = "wasm32"), not(loom)))]
mod tests;

/// Runs functions in workers that share nothing with the caller, as Python's `ProcessPoolExecutor`; in a browser each
/// is a Web Worker with a WebAssembly memory of its own, which may even crash without harm to others.
///
/// Functions must capture nothing, so that they need not travel: plain functions, and closures without captures;
/// anything else does not compile. Arguments and values travel as bytes, by serde. What does not survive that fails
/// its own future with [`Error::Codec`].
///
/// In a worker, statics have their first values, as in a freshly spawned process, and `#[wasm_bindgen(start)]` runs. Tasks
/// may make executors of their own, at any depth, and block for them or await them; what is left of those ends with the
/// worker.
/// Natively a "process" is a thread of this process: the same calls, without the walls.
///
/// ```
/// use concurrent_futures::{ProcessPoolExecutor, Shutdown};
///
/// fn is_prime(n: u64) -> bool {
///     n > 1 && (2..=n.isqrt()).all(|d| !n.is_multiple_of(d))
/// }
///
/// let pool = ProcessPoolExecutor::new(2)?;
/// assert!(pool.submit(is_prime, 97)?.result(None)?);
/// assert!(!pool.submit(|n: u64| is_prime(n + 1), 97)?.result(None)?);
/// pool.shutdown(Shutdown::default())?;
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
///
/// A closure that captures something does not compile:
///
/// ```compile_fail
/// # let pool = concurrent_futures::ProcessPoolExecutor::new(1).unwrap();
/// let offset = 1u64;
/// pool.submit(move |n: u64| n + offset, 97);
/// ```
#[derive(Debug)]
pub struct ProcessPoolExecutor {
    handle: PoolHandle,
}

impl ProcessPoolExecutor {
    /// A pool of at most `max_workers` workers; `None` for Python's default, the number of cores.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where `max_workers` is zero or above 256.
    ///
    /// ```
    /// use concurrent_futures::ProcessPoolExecutor;
    ///
    /// assert!(ProcessPoolExecutor::new(None).is_ok());
    /// assert!(ProcessPoolExecutor::new(0).is_err());
    /// ```
    pub fn new(max_workers: impl Into<Option<usize>>) -> Result<Self, Error> {
        Self::with(PoolOptions {
            max_workers: max_workers.into(),
            ..PoolOptions::default()
        })
    }

    /// A pool as `options` say.
    ///
    /// # Errors
    ///
    /// As [`ProcessPoolExecutor::new`].
    ///
    /// ```
    /// use concurrent_futures::{PoolOptions, ProcessPoolExecutor};
    ///
    /// let options = PoolOptions { max_workers: Some(2), ..PoolOptions::default() };
    /// let pool = ProcessPoolExecutor::with(options)?;
    /// let future = pool.submit(|n: u32| n, 7)?;
    /// assert_eq!(future.result(None)?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn with(options: PoolOptions) -> Result<Self, Error> {
        let default = platform::cores();
        let handle = PoolHandle::new(
            Kind::Process,
            "ProcessPoolExecutor",
            options,
            default,
            false,
        )?;
        Ok(Self { handle })
    }

    /// A pool for `multiprocessing.Pool`: all its workers are there from the start.
    pub(crate) fn eager(options: PoolOptions) -> Result<Self, Error> {
        let default = platform::cores();
        let handle = PoolHandle::new(Kind::Process, "Pool", options, default, true)?;
        Ok(Self { handle })
    }

    /// Has `f(argument)` called in a process worker, and gives the future of its value at once. For several arguments
    /// pass a tuple.
    ///
    /// # Errors
    ///
    /// [`Error::Shutdown`] after a shutdown, [`Error::Broken`] where the pool is broken. An argument that cannot be
    /// encoded fails the future with [`Error::Codec`].
    ///
    /// ```
    /// use concurrent_futures::ProcessPoolExecutor;
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// let future = pool.submit(|n: u32| n, 7)?;
    /// assert_eq!(future.result(None)?, 7);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a call takes its argument, on every executor"
    )]
    pub fn submit<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: Fn(A) -> R + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        self.submit_entry(type_name::<F>(), entry_of::<F, A, R>(f), &argument)
    }

    fn submit_entry<A, R>(
        &self,
        task: &'static str,
        entry: Entry,
        argument: &A,
    ) -> Result<Future<R>, Error>
    where
        A: Serialize,
        R: DeserializeOwned + Send + 'static,
    {
        self.handle.pool().check_open()?;
        let mark = self.handle.submitted(task, type_name::<A>());
        let (promise, future) = Promise::of_pool(self.handle.tag(), mark);
        match encode(argument) {
            Ok(payload) => {
                let call = Call {
                    task,
                    promise,
                    entry,
                    payload,
                };
                self.handle.pool().submit(Work::Remote(Box::new(call)));
            }
            Err(error) => {
                // The promise is new, so nothing has ended it.
                let _ = promise.settle(Err(error));
            }
        }
        Ok(future)
    }

    /// As [`ThreadPoolExecutor::shutdown`](crate::ThreadPoolExecutor::shutdown).
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use concurrent_futures::{Shutdown, ProcessPoolExecutor};
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// let future = pool.submit(|n: u32| n, 7)?;
    /// pool.shutdown(Shutdown::default())?;
    /// assert!(future.done());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        self.handle.shutdown(how)
    }

    /// Stops accepting calls at once; the future it gives is ready when all is done and the workers are gone.
    ///
    /// ```
    /// use concurrent_futures::{Error, ProcessPoolExecutor};
    ///
    /// concurrent_futures::run(async {
    ///     let pool = ProcessPoolExecutor::new(1)?;
    ///     let future = pool.submit(|n: u32| n, 7)?;
    ///     pool.shutdown_async(false).await;
    ///     assert!(future.done());
    ///     Ok::<(), Error>(())
    /// })?;
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn shutdown_async(
        &self,
        cancel_futures: bool,
    ) -> impl std::future::Future<Output = ()> + use<> {
        self.handle.shutdown_async(cancel_futures)
    }

    /// Ends all workers now, running or not: what they run fails with [`Error::Broken`], what is queued is cancelled, and
    /// the pool accepts nothing more. Does not wait; calling it again, or before there are workers, is harmless.
    ///
    /// Natively a worker is a thread, which nothing can end: it runs on to the end of its call, whose value is dropped,
    /// but the executor no longer waits for it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::ProcessPoolExecutor;
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// let endless = pool.submit(|()| std::thread::sleep(Duration::from_secs(3600)), ())?;
    /// let queued = pool.submit(|()| (), ())?;
    /// while !endless.running() { std::thread::yield_now() }
    /// pool.terminate_workers();
    /// assert!(endless.exception(None)?.is_some_and(|error| error.is_broken()));
    /// assert!(queued.cancelled());
    /// assert_eq!(pool.workers(), 0);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn terminate_workers(&self) {
        self.handle.pool().terminate();
    }

    /// The same as [`ProcessPoolExecutor::terminate_workers`]: there is only one way to end a worker.
    ///
    /// ```
    /// use concurrent_futures::ProcessPoolExecutor;
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// pool.kill_workers();
    /// assert!(pool.submit(|n: u32| n, 1).is_err());
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn kill_workers(&self) {
        self.terminate_workers();
    }

    /// How many workers there are now, those just starting included.
    ///
    /// ```
    /// use concurrent_futures::ProcessPoolExecutor;
    ///
    /// let pool = ProcessPoolExecutor::new(4)?;
    /// assert_eq!(pool.workers(), 0, "they start on demand");
    /// pool.submit(|n: u32| n, 7)?.result(None)?;
    /// assert_eq!(pool.workers(), 1);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    pub fn workers(&self) -> usize {
        self.handle.workers()
    }
}

impl Executor for ProcessPoolExecutor {
    const CHUNKS: bool = true;

    fn submit<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        self.submit(f, argument)
    }

    fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        self.shutdown(how)
    }

    fn shutdown_async(&self, cancel_futures: bool) -> impl std::future::Future<Output = ()> {
        self.shutdown_async(cancel_futures)
    }
}

/// An encoded call in the queue, and the promise it keeps.
struct Call<R> {
    /// What the task is called.
    task: &'static str,
    promise: Promise<R>,
    entry: Entry,
    payload: Vec<u8>,
}

/// What comes back from the task side.
#[derive(Serialize, Deserialize)]
enum Reply<R> {
    Value(R),
    Panicked { message: String, scene: Scene },
    Refused(String),
}

impl<R> Reply<R> {
    fn another_build() -> Self {
        Self::Refused("the worker runs another build of this module than the caller".to_owned())
    }

    /// For an argument that cannot be decoded.
    fn undecodable<A>(error: &postcard::Error) -> Self {
        Self::Refused(format!(
            "the argument, a {}, could not be decoded: {error}",
            type_name::<A>()
        ))
    }

    /// For what `panics::catch` caught.
    fn failed(error: &Error) -> Self {
        match error {
            Error::Task(error) => Self::Panicked {
                message: error.message().to_owned(),
                scene: error.scene().clone(),
            },
            other => Self::Refused(other.to_string()),
        }
    }
}

impl<R: DeserializeOwned + Send> RemoteCall for Call<R> {
    fn begin(&self, worker: u32) -> bool {
        self.promise.begin_on(worker)
    }

    fn entry(&self) -> Entry {
        self.entry
    }

    fn payload(&self) -> &[u8] {
        &self.payload
    }

    fn finish(self: Box<Self>, reply: &[u8]) {
        let outcome = outcome_of(reply, self.promise.worker());
        // Where nobody holds the future any more, the value is dropped here.
        panics::contain("a task's value, when it was dropped,", || {
            // Only the worker settles what it began.
            let _ = self.promise.settle(outcome);
        });
    }

    fn fail(self: Box<Self>, error: Error) {
        // Where it was cancelled meanwhile, it has ended.
        let _ = self.promise.settle(Err(error.of_task(self.task)));
    }

    fn cancel(self: Box<Self>) {
        self.promise.cancel();
    }
}

/// The bytes of an argument.
pub(crate) fn encode<A: Serialize>(argument: &A) -> Result<Vec<u8>, Error> {
    // A user's `Serialize` runs here, and may panic.
    panics::catch(None, || postcard::to_allocvec(argument))?.map_err(|error| {
        Error::Codec(format!(
            "the argument, a {}, could not be encoded: {error}",
            type_name::<A>()
        ))
    })
}

/// What a reply says of a call on `worker`.
pub(crate) fn outcome_of<R: DeserializeOwned>(
    reply: &[u8],
    worker: Option<String>,
) -> Result<R, Error> {
    // A user's `Deserialize` runs here, and may panic.
    let decoded = panics::catch(worker.as_deref(), || {
        postcard::from_bytes::<Reply<R>>(reply)
    })?;
    match decoded {
        Ok(Reply::Value(value)) => Ok(value),
        Ok(Reply::Panicked { message, scene }) => {
            Err(Error::Task(TaskError::panicked(message, scene, worker)))
        }
        Ok(Reply::Refused(message)) => Err(Error::Codec(message)),
        Err(error) => Err(Error::Codec(format!(
            "the value, a {}, could not be decoded: {error}",
            type_name::<R>()
        ))),
    }
}

type Trampoline = fn(check: u32, payload: &[u8]) -> Vec<u8>;

/// Calls the function that `entry` names, with the arguments in `payload`, and gives its encoded reply.
pub(crate) fn run_entry(entry: Entry, payload: &[u8]) -> Vec<u8> {
    // SAFETY: entries are only made by `entry` below, from a trampoline of this very module; between instances of one
    // module the index is the same. A function of another type cannot be called by accident: WebAssembly compares the
    // types of every indirect call and traps, and the check below tells functions of one type apart.
    let trampoline: Trampoline = unsafe { std::mem::transmute::<usize, Trampoline>(entry.index) };
    trampoline(entry.check, payload)
}

/// As [`run_entry`], for functions of both kinds: a coroutine runs on an event loop of this thread's own.
#[cfg(all(not(target_arch = "wasm32"), not(loom)))]
pub(crate) fn run_to_end(entry: Entry, payload: Vec<u8>) -> Vec<u8> {
    if entry.coroutine {
        platform::run(start_entry(entry, payload))
    } else {
        run_entry(entry, &payload)
    }
}

/// How another instance finds `f`; it has no size, so it need not travel.
pub(crate) fn entry_of<F, A, R>(_f: F) -> Entry
where
    F: Fn(A) -> R + Copy + 'static,
    A: DeserializeOwned,
    R: Serialize,
{
    let trampoline: Trampoline = trampoline::<F, A, R>;
    Entry {
        index: trampoline as usize,
        check: check::<F, A, R>(),
        coroutine: false,
    }
}

fn trampoline<F, A, R>(expected: u32, payload: &[u8]) -> Vec<u8>
where
    F: Fn(A) -> R + Copy + 'static,
    A: DeserializeOwned,
    R: Serialize,
{
    const {
        assert!(
            size_of::<F>() == 0,
            "a function for a process pool must capture nothing: pass what it needs as its argument"
        );
    }
    let reply = if expected == check::<F, A, R>() {
        call::<F, A, R>(payload)
    } else {
        Reply::another_build()
    };
    encode_reply(reply)
}

/// The bytes of a reply.
fn encode_reply<R: Serialize>(reply: Reply<R>) -> Vec<u8> {
    // A user's `Serialize` runs here, and may panic; so may the value when it is dropped.
    let encoded = panics::catch(None, || postcard::to_allocvec(&reply));
    panics::contain("a task's value, when it was dropped,", || drop(reply));
    let instead: Reply<()> = match encoded {
        Ok(Ok(bytes)) => return bytes,
        Ok(Err(error)) => Reply::Refused(format!(
            "the value, a {}, could not be encoded: {error}",
            type_name::<R>()
        )),
        Err(panic) => Reply::failed(&panic),
    };
    postcard::to_allocvec(&instead).unwrap_or_default()
}

fn call<F, A, R>(payload: &[u8]) -> Reply<R>
where
    F: Fn(A) -> R + Copy + 'static,
    A: DeserializeOwned,
{
    // A user's `Deserialize` runs in here too, and may panic.
    let outcome = panics::catch(None, || {
        let argument = postcard::from_bytes::<A>(payload)?;
        // SAFETY: `F` has no size and is `Copy`, and the caller of `submit` had one: this is a copy of that, of no bytes,
        // and any aligned address is good for reading no bytes.
        let f: F = unsafe { NonNull::<F>::dangling().read() };
        Ok::<R, postcard::Error>(f(argument))
    });
    match outcome {
        Ok(Ok(value)) => Reply::Value(value),
        Ok(Err(error)) => Reply::undecodable::<A>(&error),
        Err(panic) => Reply::failed(&panic),
    }
}

/// The FNV-1a hash of the name of the function's whole type.
fn check<F, A, R>() -> u32 {
    type_name::<PhantomData<(F, A, R)>>()
        .bytes()
        .fold(0x811c_9dc5, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
}
