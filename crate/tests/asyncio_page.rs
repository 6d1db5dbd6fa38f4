//! `asyncio` on a page's own event loop: see `it/asyncio/mod.rs`.
#![cfg(target_arch = "wasm32")]

use std::time::Duration;

use concurrent_futures::asyncio::{gather, sleep};
use concurrent_futures::{Error, ProcessPoolExecutor, ThreadPoolExecutor};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A test, on the page's own event loop.
macro_rules! awaited {
    ($name:ident, $row:expr) => {
        #[wasm_bindgen_test::wasm_bindgen_test]
        async fn $name() {
            $row.await;
        }
    };
}

#[path = "it/asyncio/mod.rs"]
mod asyncio;

#[wasm_bindgen(inline_js = "
    export const text = async address => (await fetch(address)).text();
    export function explode() { throw new TypeError('from JavaScript'); }
")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn text(address: &str) -> Result<JsValue, JsValue>;
    /// Declared without `catch`: Rust cannot let its exception pass, and aborts.
    fn explode();
}

async fn fetch(n: u32) -> String {
    let answer = text(&format!("data:text/plain,page {n}")).await.unwrap();
    answer.as_string().unwrap()
}

#[wasm_bindgen_test]
async fn coroutines_in_workers_read_pages_of_their_own() {
    let threads = ThreadPoolExecutor::new(1).unwrap();
    let processes = ProcessPoolExecutor::new(1).unwrap();
    let on_a_thread = threads.submit_async(async || gather((0..3).map(fetch)).await);
    let in_a_process = processes.submit_async(fetch, 3);
    assert_eq!(
        on_a_thread.unwrap().await.unwrap().unwrap(),
        ["page 0", "page 1", "page 2"]
    );
    assert_eq!(in_a_process.unwrap().await.unwrap(), "page 3");
    threads.shutdown_async(false).await;
    processes.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_coroutine_that_traps_after_it_has_waited_fails_and_breaks_its_pool_alone() {
    let others = ThreadPoolExecutor::new(1).unwrap();
    let threads = ThreadPoolExecutor::new(1).unwrap();
    let trapped = threads.submit_async(async || {
        sleep(Duration::from_millis(1)).await;
        explode();
    });
    let queued = threads.submit_async(async || ()).unwrap();
    let error = trapped.unwrap().await.unwrap_err();
    let words = error.task().expect("the task failed").to_string();
    assert!(words.starts_with("the task trapped: "), "{words}");
    assert!(queued.await.unwrap_err().is_broken());
    assert!(threads.submit_async(async || ()).is_err());

    let processes = ProcessPoolExecutor::new(1).unwrap();
    let trapped = processes.submit_async(
        async |()| {
            sleep(Duration::from_millis(1)).await;
            core::arch::wasm32::unreachable()
        },
        (),
    );
    let Err(Error::Broken(broken)) = trapped.unwrap().await.map(|(): ()| ()) else {
        panic!("it should be broken");
    };
    assert!(broken.reason().starts_with("its instance trapped: "));
    assert_eq!(others.submit(|| 1).unwrap().await.unwrap(), 1);
    for pool in [threads, others] {
        pool.shutdown_async(false).await;
    }
    processes.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_process_is_ended_while_its_coroutine_waits() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    pool.submit_async(fetch, 0).unwrap().await.unwrap();
    let endless = pool
        .submit_async(async |()| std::future::pending::<()>().await, ())
        .unwrap();
    while !endless.running() {
        sleep(Duration::ZERO).await;
    }
    pool.terminate_workers();
    assert!(endless.await.unwrap_err().is_broken());
    pool.shutdown_async(false).await;
    assert_eq!(pool.workers(), 0);
}
