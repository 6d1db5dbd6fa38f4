//! The rows of Python's own tests in a worker, blocking: see `it/conformance/mod.rs`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// A test of the rows in a worker, where one may block.
macro_rules! blocking {
    ($name:ident, $row:expr) => {
        #[wasm_bindgen_test::wasm_bindgen_test]
        async fn $name() {
            concurrent_futures::ready().await.unwrap();
            $row.await;
        }
    };
}

/// That is what `conformance_page.rs` is for.
macro_rules! awaited {
    ($name:ident, $row:expr) => {};
}

#[path = "it/conformance/mod.rs"]
mod conformance;
