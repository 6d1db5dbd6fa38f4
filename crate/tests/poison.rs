//! What happens on a page whose memory a thread was lost in. It is the only test of its file, since nothing works after it.
#![cfg(target_arch = "wasm32")]

use std::sync::atomic::{AtomicU32, Ordering};

use concurrent_futures::ThreadPoolExecutor;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
    const workers = [];
    export function keepWorkers() {
        globalThis.Worker = class extends Worker {
            constructor(...args) {
                super(...args);
                workers.push(this);
            }
        };
    }
    export function terminateWorkers() {
        const report = new Promise(resolve => (console.error = resolve));
        for (const worker of workers) worker.terminate();
        return report;
    }
")]
extern "C" {
    /// Remembers every worker that is made from now on.
    #[wasm_bindgen(js_name = keepWorkers)]
    fn keep_workers();
    /// Terminates them behind the back of this crate, and waits for what is said on `console.error`.
    #[wasm_bindgen(js_name = terminateWorkers)]
    async fn terminate_workers() -> wasm_bindgen::JsValue;
}

#[wasm_bindgen_test]
async fn a_thread_that_is_lost_in_the_middle_of_a_closure_is_reported_on_the_page() {
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    keep_workers();
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let spinning = pool.submit(|| {
        BEGUN.store(1, Ordering::Relaxed);
        loop {
            std::hint::spin_loop();
        }
    });
    let spinning: concurrent_futures::Future<()> = spinning.unwrap();
    while BEGUN.load(Ordering::Relaxed) == 0 {
        TimeoutFuture::new(1).await;
    }
    // The test itself runs in the dead memory: it only reads what JavaScript gives it.
    let report = terminate_workers().await.as_string().unwrap();
    assert!(
        report.starts_with("concurrent-futures: the memory of this module is broken"),
        "{report}"
    );
    assert!(report.contains("ThreadPoolExecutor-0_0"), "{report}");
    assert!(!spinning.done(), "nobody may touch it any more");
}
