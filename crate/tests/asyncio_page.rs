//! `asyncio` on a page's own event loop: see `it/asyncio/mod.rs`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

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
