//! The tasks of the rows: plain functions, which every executor takes.

use super::kit::{Held, Signal};

pub(crate) fn power((base, exponent): (u64, u32)) -> u64 {
    base.pow(exponent)
}

pub(crate) fn square(n: i64) -> i64 {
    n * n
}

pub(crate) fn divide((a, b): (u32, u32)) -> (u32, u32) {
    assert!(b != 0, "division of {a} by zero");
    (a / b, a % b)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a task gets its argument whole"
)]
pub(crate) fn fail(message: String) -> u32 {
    panic!("{message}")
}

pub(crate) fn mark((signal, value): (Signal, u32)) -> u32 {
    signal.give(1);
    value
}

/// Says that it runs, waits for its gate, blocking, then gives its value or fails.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a task gets its argument whole"
)]
pub(crate) fn hold(held: Held) -> u32 {
    held.started.give(1);
    if let Some(gate) = held.gate {
        gate.take();
    }
    assert!(!held.fails, "late");
    held.value
}

/// As `hold`, awaited.
pub(crate) async fn hold_turning(held: Held) -> u32 {
    held.started.give(1);
    if let Some(gate) = held.gate {
        gate.take_async().await;
    }
    assert!(!held.fails, "late");
    held.value
}

/// Crashes its worker: natively that cannot be survived.
#[cfg(target_arch = "wasm32")]
pub(crate) fn crash((): ()) -> u32 {
    core::arch::wasm32::unreachable()
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn crash((): ()) -> u32 {
    std::process::abort()
}

/// Never ends by itself.
pub(crate) fn stuck((): ()) -> u32 {
    loop {
        // Natively its thread stays until the tests are over.
        #[cfg(not(target_arch = "wasm32"))]
        std::thread::park();
        #[cfg(target_arch = "wasm32")]
        std::hint::spin_loop();
    }
}

/// What a path of names leads to in the global object.
#[cfg(target_arch = "wasm32")]
fn global(path: &[&str]) -> wasm_bindgen::JsValue {
    path.iter().fold(js_sys::global().into(), |object, name| {
        js_sys::Reflect::get(&object, &(*name).into()).unwrap()
    })
}

/// Cores of this machine.
#[cfg(target_arch = "wasm32")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is a small whole number"
)]
pub(crate) fn cores() -> usize {
    let cores = global(&["navigator", "hardwareConcurrency"]);
    cores.as_f64().unwrap() as usize
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().unwrap().get()
}

/// What the worker's thread is called.
#[cfg(target_arch = "wasm32")]
pub(crate) fn thread_name() -> String {
    global(&["name"]).as_string().unwrap()
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn thread_name() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}
