//! The Mandelbrot set on wasm-bindgen-rayon as it comes, without this project's crate: what data parallelism is measured
//! against.
#![cfg(target_arch = "wasm32")]

#[path = "../../rust/src/mandelbrot.rs"]
mod mandelbrot;

use rayon::prelude::*;
use wasm_bindgen::prelude::*;
pub use wasm_bindgen_rayon::init_thread_pool;

/// The sum of all bytes of the picture, so many rows to a piece. It blocks, so it is called in a worker.
#[wasm_bindgen]
#[must_use]
pub fn render(size: u32, iterations: u32, rows: u32) -> u64 {
    (0..size.div_ceil(rows))
        .into_par_iter()
        .map(|n| mandelbrot::rows(size, iterations, n * rows, size.min((n + 1) * rows)))
        .map(|piece| piece.into_iter().map(u64::from).sum::<u64>())
        .sum()
}
