//! `submit_async`: coroutines in processes. As functions are, they are found by table index; what a trampoline of theirs gives
//! is a coroutine of the encoded reply, which the task side polls until it has that.

use std::any::type_name;
use std::future::Future as Coroutine;
use std::pin::Pin;
use std::ptr::NonNull;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ProcessPoolExecutor, Reply, check, encode_reply};
use crate::error::Error;
use crate::future::Future;
use crate::panics;
use crate::work::Entry;

impl ProcessPoolExecutor {
    /// Has the coroutine function `f` called with `argument` in a process worker, and the coroutine run to its end there: it may
    /// await timers, requests and tasks of its own. Meanwhile the worker takes no other call, but its event loop turns.
    /// As for [`ProcessPoolExecutor::submit`], `f` must capture nothing.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use std::time::Duration;
    /// use concurrent_futures::ProcessPoolExecutor;
    /// use concurrent_futures::asyncio::sleep;
    ///
    /// async fn slowly(n: u32) -> u32 {
    ///     sleep(Duration::from_millis(1)).await;
    ///     n + 1
    /// }
    ///
    /// let pool = ProcessPoolExecutor::new(1)?;
    /// assert_eq!(pool.submit_async(slowly, 41)?.result(None)?, 42);
    /// # Ok::<(), concurrent_futures::Error>(())
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a call takes its argument, on every executor"
    )]
    pub fn submit_async<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: AsyncFn(A) -> R + Copy + 'static,
        A: Serialize + DeserializeOwned + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        self.submit_entry(type_name::<F>(), entry_of::<F, A, R>(f), &argument)
    }
}

type Replying = Pin<Box<dyn Coroutine<Output = Vec<u8>>>>;
type Trampoline = fn(check: u32, payload: Vec<u8>) -> Replying;

/// Calls the coroutine function that `entry` names, with the arguments in `payload`; what it gives ends with the encoded
/// reply.
pub(crate) fn start_entry(entry: Entry, payload: Vec<u8>) -> Replying {
    // SAFETY: as in `run_entry`: entries that say that they are of coroutines are only made below.
    let trampoline: Trampoline = unsafe { std::mem::transmute::<usize, Trampoline>(entry.index) };
    trampoline(entry.check, payload)
}

fn entry_of<F, A, R>(_f: F) -> Entry
where
    F: AsyncFn(A) -> R + Copy + 'static,
    A: DeserializeOwned + 'static,
    R: Serialize + 'static,
{
    let trampoline: Trampoline = trampoline::<F, A, R>;
    Entry {
        index: trampoline as usize,
        check: check::<F, A, R>(),
        coroutine: true,
    }
}

fn trampoline<F, A, R>(expected: u32, payload: Vec<u8>) -> Replying
where
    F: AsyncFn(A) -> R + Copy + 'static,
    A: DeserializeOwned + 'static,
    R: Serialize + 'static,
{
    const {
        assert!(
            size_of::<F>() == 0,
            "a function for a process pool must capture nothing: pass what it needs as its argument"
        );
    }
    Box::pin(async move {
        encode_reply(if expected == check::<F, A, R>() {
            call::<F, A, R>(payload).await
        } else {
            Reply::another_build()
        })
    })
}

async fn call<F, A, R>(payload: Vec<u8>) -> Reply<R>
where
    F: AsyncFn(A) -> R + Copy + 'static,
    A: DeserializeOwned,
{
    // A user's `Deserialize` runs here, and may panic.
    let argument = match panics::catch(None, || postcard::from_bytes::<A>(&payload)) {
        Ok(Ok(argument)) => argument,
        Ok(Err(error)) => return Reply::undecodable::<A>(&error),
        Err(panic) => return Reply::failed(&panic),
    };
    drop(payload);
    // SAFETY: as in the `call` for functions: `F` has no size and is `Copy`, and the caller of `submit_async` had one.
    let f: F = unsafe { NonNull::<F>::dangling().read() };
    let mut coroutine = Box::pin(async { f(argument).await });
    let outcome = panics::catch_async(coroutine.as_mut()).await;
    panics::contain("what a coroutine left, when it was dropped,", || {
        drop(coroutine);
    });
    match outcome {
        Ok(value) => Reply::Value(value),
        Err(panic) => Reply::failed(&panic),
    }
}
