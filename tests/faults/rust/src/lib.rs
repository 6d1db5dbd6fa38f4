//! Functions in Rust that go wrong on the executors, and what becomes of their futures and pools.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::disallowed_methods,
    reason = "wasm-bindgen makes exported async functions of `future_to_promise`"
)]

use std::hint::black_box;

use concurrent_futures::{
    Error, Future, PoolOptions, ProcessPoolExecutor, ThreadPoolExecutor, ready,
};
use wasm_bindgen::prelude::*;

/// Three lines: the error of the fault's own call, whether the pool is broken after it, and what becomes of the next
/// call.
///
/// # Errors
///
/// Where the pool itself cannot be made.
#[wasm_bindgen]
pub async fn outcome(kind: String, fault: String) -> Result<String, JsError> {
    ready().await?;
    let options = PoolOptions {
        max_workers: Some(1),
        thread_name_prefix: Some("w".to_owned()),
        ..PoolOptions::default()
    };
    if kind == "threads" {
        let pool = ThreadPoolExecutor::with(options)?;
        let failed = pool.submit(move || go_wrong(fault.as_str()))?;
        let text = describe(failed).await;
        let next = match pool.submit(|| 9) {
            Ok(next) => next.await,
            Err(error) => Err(error),
        };
        pool.shutdown_async(false).await;
        return Ok(text + &after(next));
    }
    let pool = ProcessPoolExecutor::with(options)?;
    let failed = pool.submit(|fault: String| go_wrong(fault.as_str()), fault)?;
    let text = describe(failed).await;
    let next = match pool.submit(|n: u32| n * n, 3) {
        Ok(next) => next.await,
        Err(error) => Err(error),
    };
    pool.shutdown_async(false).await;
    Ok(text + &after(next))
}

async fn describe(failed: Future<u32>) -> String {
    let worker = failed.worker().unwrap_or_default();
    match failed.await {
        Ok(value) => format!("no error but {value}"),
        Err(Error::Broken(broken)) => format!(
            "broken: {}; worker {}; task {}",
            broken.reason(),
            broken.worker().unwrap_or("unknown"),
            broken.task().is_some(),
        ),
        Err(error) => format!("{error}; worker {worker}"),
    }
}

fn after(next: Result<u32, Error>) -> String {
    match next {
        Ok(value) => format!("\ngoes on\n{value}"),
        Err(error) => format!("\nis broken\n{error}"),
    }
}

fn go_wrong(fault: &str) -> u32 {
    match fault {
        "panic" => panic!("no luck"),
        "trap" => core::arch::wasm32::unreachable(),
        "overflow" => recurse(black_box(1)),
        _ => {
            // More than any memory here can have.
            let block = vec![1_u8; black_box(1 << 30)];
            u32::from(block[black_box(7)])
        }
    }
}

/// Never ends: each call has a kibibyte on the stack.
fn recurse(n: u32) -> u32 {
    let frame = black_box([n; 256]);
    if n == 0 {
        return 0;
    }
    recurse(black_box(n + 1)) + frame[7]
}
