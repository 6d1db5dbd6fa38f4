//! The bench's workloads in Rust: the page's own Rust code submits, and awaits, as a Rust user's does.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::disallowed_methods,
    reason = "wasm-bindgen makes exported async functions of `future_to_promise`"
)]

mod mandelbrot;
mod tasks;

use concurrent_futures::{
    Error, Executor, MapOptions, ProcessPoolExecutor, ThreadPoolExecutor, ready,
};
use wasm_bindgen::prelude::*;

/// Loads what executors need, so that starting one is all that is measured afterwards.
///
/// # Errors
///
/// Where this agent cannot come up.
#[wasm_bindgen]
pub async fn prepare() -> Result<(), JsError> {
    Ok(ready().await?)
}

/// One pool of either kind.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Pool(Kind);

#[derive(Debug)]
enum Kind {
    Threads(ThreadPoolExecutor),
    Processes(ProcessPoolExecutor),
}

/// The same code for both kinds.
macro_rules! on {
    ($pool:ident, $executor:ident => $body:expr) => {
        match &$pool.0 {
            Kind::Threads($executor) => $body,
            Kind::Processes($executor) => $body,
        }
    };
}

#[wasm_bindgen]
impl Pool {
    /// A pool of so many workers.
    ///
    /// # Errors
    ///
    /// Where there can be no such pool.
    #[wasm_bindgen(constructor)]
    pub fn new(processes: bool, workers: usize) -> Result<Pool, JsError> {
        Ok(Self(if processes {
            Kind::Processes(ProcessPoolExecutor::new(workers)?)
        } else {
            Kind::Threads(ThreadPoolExecutor::new(workers)?)
        }))
    }

    /// One small call after another; the milliseconds of each.
    ///
    /// # Errors
    ///
    /// Where a call fails.
    pub async fn calls(&self, count: u32) -> Result<Vec<f64>, JsError> {
        Ok(on!(self, executor => calls(executor, count).await?))
    }

    /// So many small calls at once; the sum of the answers.
    ///
    /// # Errors
    ///
    /// Where a call fails.
    pub async fn burst(&self, count: u32) -> Result<u64, JsError> {
        let arguments = (0..count).map(|n| (n, 1));
        Ok(on!(self, executor => sum(executor, tasks::add, arguments).await?))
    }

    /// The factorial of `n` so many times.
    ///
    /// # Errors
    ///
    /// Where a call fails.
    pub async fn factorials(&self, count: u32, n: u32) -> Result<u64, JsError> {
        let arguments = (0..count).map(|_| n);
        Ok(on!(self, executor => sum(executor, tasks::factorial, arguments).await?))
    }

    /// How many primes there are below `limit`, in so many chunks.
    ///
    /// # Errors
    ///
    /// Where a call fails.
    pub async fn primes(&self, limit: u32, chunks: u32) -> Result<u64, JsError> {
        let arguments = (0..chunks).map(|n| (limit / chunks * n, limit / chunks * (n + 1)));
        Ok(on!(self, executor => sum(executor, tasks::primes, arguments).await?))
    }

    /// The Mandelbrot set, so many rows to a call; the sum of its bytes.
    ///
    /// # Errors
    ///
    /// Where a call fails.
    pub async fn mandelbrot(&self, size: u32, iterations: u32, rows: u32) -> Result<u64, JsError> {
        Ok(on!(self, executor => mandelbrot_on(executor, size, iterations, rows).await?))
    }

    /// `map` over so many items; the sum of the answers.
    ///
    /// # Errors
    ///
    /// Where a call fails.
    pub async fn map(&self, items: u32, chunksize: usize) -> Result<u64, JsError> {
        Ok(on!(self, executor => map_on(executor, items, chunksize).await?))
    }

    /// Ends the pool.
    pub async fn close(&self) {
        on!(self, executor => executor.shutdown_async(true).await);
    }
}

async fn calls(executor: &impl Executor, count: u32) -> Result<Vec<f64>, Error> {
    let mut times = Vec::new();
    for n in 0..count {
        let start = now();
        executor.submit(tasks::add, (n, 1))?.await?;
        times.push(now() - start);
    }
    Ok(times)
}

async fn sum<A>(
    executor: &impl Executor,
    task: impl Fn(A) -> u32 + Copy + Send + 'static,
    arguments: impl Iterator<Item = A>,
) -> Result<u64, Error>
where
    A: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
{
    let futures = arguments
        .map(|argument| executor.submit(task, argument))
        .collect::<Result<Vec<_>, _>>()?;
    let mut sum = 0;
    for future in futures {
        sum += u64::from(future.await?);
    }
    Ok(sum)
}

async fn mandelbrot_on(
    executor: &impl Executor,
    size: u32,
    iterations: u32,
    rows: u32,
) -> Result<u64, Error> {
    let task = |(size, iterations, from, to)| mandelbrot::rows(size, iterations, from, to);
    let futures = (0..size.div_ceil(rows))
        .map(|n| {
            let range = (n * rows, size.min((n + 1) * rows));
            executor.submit(task, (size, iterations, range.0, range.1))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut sum = 0;
    for future in futures {
        sum += future.await?.into_iter().map(u64::from).sum::<u64>();
    }
    Ok(sum)
}

async fn map_on(executor: &impl Executor, items: u32, chunksize: usize) -> Result<u64, Error> {
    let options = MapOptions {
        chunksize,
        ..MapOptions::default()
    };
    let mut values = executor.map_with(tasks::double, 0..items, options)?;
    let mut sum = 0;
    while let Some(value) = values.next_async().await {
        sum += u64::from(value?);
    }
    Ok(sum)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}
