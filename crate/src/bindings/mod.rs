//! The surface that only a browser has.

#[cfg(feature = "rayon")]
pub(crate) mod rayon;

use std::panic::{AssertUnwindSafe, UnwindSafe};

use crate::error::Error;
use crate::platform::web_runtime;

/// Settles once executors can be made in this agent.
///
/// On a page that is at once, so it is needed in workers only, and there before the first executor: somebody who never
/// blocks must first start workers on this worker's behalf.
///
/// # Errors
///
/// [`Error::Value`] where this agent cannot have workers; the message says what is missing.
pub fn ready() -> impl Future<Output = Result<(), Error>> + UnwindSafe {
    AssertUnwindSafe(web_runtime::ready())
}

/// Has `factory` make every worker from now on, instead of the file that comes with this crate. It is called without
/// arguments and returns a `Worker`, whose script imports your module's glue and passes it to `serve`. This is for
/// bundlers, under which the glue's address is that of the page's own script.
pub fn set_worker_factory(factory: js_sys::Function) {
    web_runtime::set_worker_factory(factory);
}
