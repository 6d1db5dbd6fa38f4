//! The surface that only a browser has.

#[cfg(feature = "rayon")]
pub(crate) mod rayon;

pub(crate) mod sync;

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
///
/// ```ignore
/// // In a worker of your own:
/// concurrent_futures::ready().await?;
/// let pool = ThreadPoolExecutor::new(2)?;
/// assert_eq!(pool.submit(|| 6 * 7)?.result(None)?, 42);
/// ```
pub fn ready() -> impl Future<Output = Result<(), Error>> + UnwindSafe {
    AssertUnwindSafe(web_runtime::ready())
}

/// Has `factory` make every worker from now on, instead of the file that comes with this crate. It is called without
/// arguments and returns a `Worker`, whose script imports your module's glue and passes it to `serve`. This is for
/// bundlers, under which the glue's address is that of the page's own script.
///
/// ```ignore
/// #[wasm_bindgen(module = "/js/factory.js")]
/// extern "C" {
///     /// `export const makeWorker = () => new Worker(new URL('./entry.js', import.meta.url), { type: 'module' });`
///     #[wasm_bindgen(thread_local_v2, js_name = makeWorker)]
///     static MAKE_WORKER: js_sys::Function;
/// }
///
/// concurrent_futures::set_worker_factory(MAKE_WORKER.with(Clone::clone));
/// ```
pub fn set_worker_factory(factory: js_sys::Function) {
    web_runtime::set_worker_factory(factory);
}
