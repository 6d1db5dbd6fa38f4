//! What waits in a pool's queue.
//!
//! | kind      | made by                          | runs                                                       |
//! |-----------|----------------------------------|------------------------------------------------------------|
//! | `Local`   | `ThreadPoolExecutor::submit`, `submit_async` | right in the worker, on pool memory            |
//! | `Remote`  | `ProcessPoolExecutor::submit`, `submit_async` | in a second instance with private memory; bytes both ways |
//! | `Script`  | JavaScript, on either executor   | in the worker's JavaScript; bytes both ways                |

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::call::ScriptCall;
use crate::error::Error;

/// One entry of a queue.
pub(crate) enum Work {
    /// A Rust closure.
    Local(Box<dyn LocalCall>),
    /// A Rust function by table index, and encoded arguments.
    Remote(Box<dyn RemoteCall>),
    /// A JavaScript function by name, and encoded arguments.
    Script(Arc<ScriptCall>),
}

/// A call that runs where it is taken.
pub(crate) trait LocalCall: Send {
    /// The call begins now; false where it was cancelled before.
    fn begin(&self, worker: u32) -> bool;
    /// Runs it, and keeps the outcome. A coroutine may have something to wait for: then this is to be called again when
    /// the task of `context` is woken. Never panics; but a trap may leave it in the middle. Then `fail` follows.
    fn run(&mut self, context: &mut Context<'_>) -> Poll<()>;
    /// Settles the future with the outcome.
    fn finish(self: Box<Self>);
    /// Settles the future with `error`.
    fn fail(self: Box<Self>, error: Error);
    /// Cancels the future.
    fn cancel(self: Box<Self>);
}

/// A call whose body runs elsewhere.
pub(crate) trait RemoteCall: Send {
    /// The call begins now; false where it was cancelled before.
    fn begin(&self, worker: u32) -> bool;
    /// Which function, and what is checked before it is called.
    fn entry(&self) -> Entry;
    /// The encoded arguments.
    fn payload(&self) -> &[u8];
    /// Decodes the reply and settles the future. Never panics.
    fn finish(self: Box<Self>, reply: &[u8]);
    /// Settles the future with `error`.
    fn fail(self: Box<Self>, error: Error);
    /// Cancels the future.
    fn cancel(self: Box<Self>);
}

/// A function of this module, as another instance of it can find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its index in the function table, which is the same in every instance of one module; natively its address.
    pub(crate) index: usize,
    /// A hash of its type's name: the function compares it with its own, so that a wrong index does no harm.
    pub(crate) check: u32,
    /// Whether it gives a coroutine, which is to be polled until it gives the reply.
    pub(crate) coroutine: bool,
}

impl Work {
    /// Settles its future with `error`.
    pub(crate) fn fail(self, error: Error) {
        match self {
            Self::Local(call) => call.fail(error),
            Self::Remote(call) => call.fail(error),
            Self::Script(call) => call.fail(&error),
        }
    }

    /// Cancels its future.
    pub(crate) fn cancel(self) {
        match self {
            Self::Local(call) => call.cancel(),
            Self::Remote(call) => call.cancel(),
            Self::Script(call) => call.cancel_and_tell(),
        }
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local(_) => "Local",
            Self::Remote(_) => "Remote",
            Self::Script(_) => "Script",
        })
    }
}
