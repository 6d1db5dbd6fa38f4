//! The rows of Python's own tests on a page, awaited: see `it/conformance/mod.rs`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

/// A test of the rows, on the page's own event loop.
macro_rules! awaited {
    ($name:ident, $row:expr) => {
        #[wasm_bindgen_test::wasm_bindgen_test]
        async fn $name() {
            $row.await;
        }
    };
}

/// The page may not block.
macro_rules! blocking {
    ($name:ident, $row:expr) => {};
}

#[path = "it/conformance/mod.rs"]
mod conformance;
