//! The Mandelbrot set in Rust, rows in parallel by rayon: a user of the crate like any other, in a module of its own.
//!
//! From JavaScript: `await init(); await start(threads); const pixels = await render(700, 2000);`
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::disallowed_methods,
    reason = "wasm-bindgen makes exported async functions of `future_to_promise`"
)]

use concurrent_futures::{ThreadPoolExecutor, init_rayon, ready};
use rayon::prelude::*;
use wasm_bindgen::prelude::*;

/// Brings up rayon with `threads` threads.
///
/// # Errors
///
/// Where the page is not isolated, or rayon is up already.
#[wasm_bindgen]
pub async fn start(threads: usize) -> Result<(), JsError> {
    ready().await?;
    init_rayon(threads).await?;
    Ok(())
}

/// The picture, `size` by `size` pixels of four bytes.
///
/// # Errors
///
/// Where no thread can be had.
#[wasm_bindgen]
pub async fn render(size: u32, iterations: u32) -> Result<Vec<u8>, JsError> {
    // `par_iter` blocks, so it runs in a task; this agent may be a page.
    let pool = ThreadPoolExecutor::new(1)?;
    let picture = pool.submit(move || {
        (0..size)
            .into_par_iter()
            .flat_map_iter(move |y| row(y, size, iterations))
            .collect::<Vec<u8>>()
    })?;
    let pixels = picture.await?;
    pool.shutdown_async(false).await;
    Ok(pixels)
}

fn row(y: u32, size: u32, iterations: u32) -> impl Iterator<Item = u8> {
    (0..size).flat_map(move |x| {
        let place = |n: u32| f64::from(n) / f64::from(size) * 2.5;
        colour(stay(place(x) - 1.9, place(y) - 1.25, iterations))
    })
}

/// How long the point stays in the circle: from 0 to 1, for ever.
fn stay(cr: f64, ci: f64, iterations: u32) -> f64 {
    let (mut x, mut y) = (0.0, 0.0);
    for n in 0..iterations {
        let (xx, yy) = (x * x, y * y);
        if xx + yy > 4.0 {
            return f64::from(n).ln_1p() / f64::from(iterations).ln_1p();
        }
        y = 2.0 * x * y + ci;
        x = xx - yy + cr;
    }
    1.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "each value is clamped to a byte before"
)]
fn colour(t: f64) -> [u8; 4] {
    let rest = 1.0 - t;
    let byte = |value: f64| value.round_ties_even().clamp(0.0, 255.0) as u8;
    [
        byte(2300.0 * rest * t.powi(3)),
        byte(3800.0 * rest.powi(2) * t.powi(2)),
        byte(2200.0 * rest.powi(3) * t),
        255,
    ]
}
