//! Six numbers, prime or not: in sequence, on threads, in processes. All of it is Rust; the page only shows the answer.
//!
//! Built with `wasm-pack build --target web`. The same module runs on the page, in each thread and in each process.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::disallowed_methods,
    reason = "wasm-bindgen makes exported async functions of `future_to_promise`"
)]

use std::time::Duration;

use concurrent_futures::asyncio::sleep;
use concurrent_futures::{Executor, ProcessPoolExecutor, ThreadPoolExecutor, is_main, ready};
use wasm_bindgen::prelude::*;

const NUMBERS: [u64; 6] = [
    112_272_535_095_293,
    112_582_705_942_171,
    112_272_535_095_293,
    115_280_095_190_773,
    115_797_848_077_099,
    1_099_726_899_285_419,
];

/// Runs when the module starts: on the page, and again in every process worker, which is a new program. Ask which of
/// them it is, as you would ask for `__name__ == "__main__"` in Python.
#[wasm_bindgen(start)]
pub fn main() {
    if is_main() {
        announce("the page's own instance started");
    }
}

/// Checks the six numbers on both executors; the answers come as lines of text. Where the page is not isolated, there
/// are no threads, and one line says so.
///
/// # Errors
///
/// Where a worker is lost.
#[wasm_bindgen]
pub async fn check() -> Result<Vec<String>, JsError> {
    ready().await?;
    let mut lines = Vec::new();
    match ThreadPoolExecutor::new(2) {
        Ok(threads) => {
            let answers = on("threads", &threads).await?;
            lines.extend(answers);
            threads.shutdown_async(false).await;
        }
        Err(error) => lines.push(format!("threads: {error}")),
    }
    let processes = ProcessPoolExecutor::new(2)?;
    let answers = on("processes", &processes).await?;
    lines.extend(answers);
    let [number, ..] = NUMBERS;
    let answer = processes.submit_async(is_prime_soon, number)?.await?;
    lines.push(format!("a coroutine: {number} is prime: {answer}"));
    processes.shutdown_async(false).await;
    Ok(lines)
}

/// The same code for every executor.
async fn on(kind: &str, executor: &impl Executor) -> Result<Vec<String>, JsError> {
    let mut answers = executor.map(is_prime, NUMBERS)?;
    let mut lines = Vec::new();
    for number in NUMBERS {
        if let Some(answer) = answers.next_async().await {
            lines.push(format!("{kind}: {number} is prime: {}", answer?));
        }
    }
    Ok(lines)
}

/// Whether `n` is prime: also a task that JavaScript can name.
#[wasm_bindgen]
#[must_use]
pub fn is_prime(n: u64) -> bool {
    if n < 2 {
        return false;
    }
    if n.is_multiple_of(2) {
        return n == 2;
    }
    (3..=n.isqrt()).step_by(2).all(|d| !n.is_multiple_of(d))
}

/// A coroutine function is a task, too: its worker's event loop turns while it waits.
async fn is_prime_soon(n: u64) -> bool {
    sleep(Duration::from_millis(1)).await;
    is_prime(n)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = log)]
    fn announce(text: &str);
}
