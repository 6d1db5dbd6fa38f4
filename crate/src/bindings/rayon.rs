//! rayon on this crate's workers.
//!
//! rayon has no hook that brings its pool up at first use; it then quietly makes one of a single thread, for ever. So
//! it is brought up here, by hand, before the first task that uses it: its threads are tasks of a thread pool of ours
//! that never end. The building itself blocks, so it happens in one of that pool's workers too, never on the page.

use std::panic::{AssertUnwindSafe, UnwindSafe};

use crate::error::Error;
use crate::pool_options::PoolOptions;
use crate::thread_pool::ThreadPoolExecutor;

/// Brings up rayon's global pool with `threads` threads. After it, `par_iter` and its kin work in tasks of a
/// [`ThreadPoolExecutor`]; on the page they would block.
///
/// A panic in a `rayon::spawn` is reported, and the thread lives on. The pool stays until the page goes, as rayon's
/// does everywhere. Process workers have memories of their own, and so a rayon of one thread.
///
/// # Errors
///
/// [`Error::Value`] where `threads` is zero or above 255, or where rayon's global pool exists already, as after
/// `wasm_bindgen_rayon::init_thread_pool`: who builds it first wins.
///
/// ```ignore
/// use rayon::prelude::*;
///
/// concurrent_futures::init_rayon(4).await?;
/// let pool = ThreadPoolExecutor::new(1)?;
/// let sum = pool.submit(|| (0..1000_u64).into_par_iter().sum::<u64>())?.await?;
/// assert_eq!(sum, 499_500);
/// ```
pub fn init_rayon(threads: usize) -> impl Future<Output = Result<(), Error>> + UnwindSafe {
    AssertUnwindSafe(build_global(threads))
}

async fn build_global(threads: usize) -> Result<(), Error> {
    let options = PoolOptions {
        max_workers: Some(threads.saturating_add(1)),
        thread_name_prefix: Some("rayon".to_owned()),
        ..PoolOptions::default()
    };
    if threads == 0 {
        return Err(Error::Value(
            "rayon needs at least 1 thread, not 0".to_owned(),
        ));
    }
    // Its threads are tasks that never end, so it is never shut down, and never dropped.
    let pool: &'static ThreadPoolExecutor = Box::leak(Box::new(ThreadPoolExecutor::with(options)?));
    let built = pool.submit(move || {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .spawn_handler(|thread| match pool.submit(move || thread.run()) {
                Ok(_) => Ok(()),
                Err(error) => Err(std::io::Error::other(error)),
            })
            .panic_handler(|panic| {
                let (message, scene) = crate::panics::describe(&*panic);
                let place = scene
                    .place
                    .map_or(String::new(), |place| format!(", at {place}"));
                crate::report::report(&format!("a rayon task panicked: {message}{place}"));
            })
            .build_global()
            .map_err(|error| {
                Error::Value(format!("rayon's global pool could not be built: {error}"))
            })
    })?;
    let outcome = built.await?;
    if outcome.is_err() {
        drop(pool.shutdown_async(true));
    }
    outcome
}
