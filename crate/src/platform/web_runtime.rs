//! The JavaScript half of the runtime, as Rust sees it: it starts workers, and turns their event loops.
//!
//! `js/snippet.js` comes with the crate; wasm-bindgen copies it beside the module's glue. It is library and worker
//! entry in one file, told by what it gets: in a worker it imports the glue again, by the address that the glue had here.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use wasm_bindgen::prelude::*;

use super::web;
use crate::error::Error;

#[wasm_bindgen(module = "/js/snippet.js")]
extern "C" {
    /// Makes this agent one of the runtime, over the instance whose exports these are. Does nothing the second time.
    #[wasm_bindgen(catch, js_name = startRuntime)]
    fn start_runtime(
        module: JsValue,
        memory: JsValue,
        exports: JsValue,
        glue: &str,
    ) -> Result<(), JsValue>;

    /// Settles once workers can be started on behalf of this agent.
    #[wasm_bindgen(catch, js_name = runtimeReady)]
    async fn runtime_ready() -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = setWorkerFactory)]
    fn set_factory(factory: js_sys::Function);

    #[wasm_bindgen(js_name = isTaskSide)]
    fn is_task_side() -> bool;

    /// Whether this agent is cross-origin isolated, so that memory can be shared.
    pub(crate) fn isolated() -> bool;
}

#[wasm_bindgen]
extern "C" {
    /// The address of the glue: it is the glue's code that reads it.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static GLUE: String;
}

/// Whether this memory is that of a process, whose threads are not the main program, either.
static IN_PROCESS: AtomicBool = AtomicBool::new(false);

thread_local! {
    static STARTED: Cell<bool> = const { Cell::new(false) };
}

/// Makes sure that the runtime works here, so that an executor can be made.
pub(crate) fn prepare() -> Result<(), Error> {
    start()?;
    if web::spawner().is_none() {
        return Err(Error::Value(
            "no agent starts workers here yet: in a worker, `concurrent_futures::ready().await` before the first executor"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Settles once executors can be made here. On a page that is at once; a worker may first have to start an agent that
/// starts workers.
pub(crate) async fn ready() -> Result<(), Error> {
    start()?;
    runtime_ready().await.map_err(|error| in_words(&error))
}

/// Has `factory` make every worker from now on.
pub(crate) fn set_worker_factory(factory: js_sys::Function) {
    set_factory(factory);
}

/// Whether this code runs in the program's main instance, and not in a process worker: Python's
/// `__name__ == "__main__"`.
///
/// ```ignore
/// /// Each process makes an instance of the module for itself, and so runs this, too.
/// #[wasm_bindgen(start)]
/// fn start() {
///     if concurrent_futures::is_main() {
///         show_the_page();
///     }
/// }
/// ```
pub fn is_main() -> bool {
    // Relaxed: it is written before there are other threads.
    !is_task_side() && !IN_PROCESS.load(Ordering::Relaxed)
}

/// Makes this agent one of the runtime.
pub(crate) fn start() -> Result<(), Error> {
    if STARTED.get() {
        return Ok(());
    }
    crate::panics::install_hook();
    if is_task_side() {
        // Relaxed: see `is_main`.
        IN_PROCESS.store(true, Ordering::Relaxed);
    }
    let glue = GLUE.with(String::clone);
    start_runtime(
        wasm_bindgen::module(),
        wasm_bindgen::memory(),
        wasm_bindgen::exports(),
        &glue,
    )
    .map_err(|error| in_words(&error))?;
    STARTED.set(true);
    Ok(())
}

pub(crate) fn in_words(error: &JsValue) -> Error {
    let message = js_sys::Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string());
    Error::Value(message.unwrap_or_else(|| "the runtime could not be started".to_owned()))
}
