//! Panics as values: a task's panic becomes its future's error, with message and place.
//!
//! Place and stack are known to the panic hook only. Ours notes them for the thread when a task is running, and otherwise
//! hands on to the hook that was there before, except in a browser, where std's own hook takes a lock that could trap
//! on the page.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use serde::{Deserialize, Serialize};

use crate::error::{Error, TaskError};

thread_local! {
    static IN_TASK: Cell<bool> = const { Cell::new(false) };
    static SCENE: RefCell<Scene> = const { RefCell::new(Scene { place: None, stack: None }) };
}

/// What only the hook can see of a panic.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Scene {
    /// `file:line:column`.
    pub(crate) place: Option<String>,
    /// The calls that led there, where the platform can tell.
    pub(crate) stack: Option<String>,
}

/// Installs the hook, once. On the web this happens before the first worker starts.
pub(crate) fn install_hook() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    // Relaxed: only who was first matters; the hook itself is published by std.
    if INSTALLED.swap(true, Ordering::Relaxed) {
        return;
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if IN_TASK.get() {
            let place = info.location().map(ToString::to_string);
            SCENE.set(Scene {
                place,
                stack: crate::platform::stack(),
            });
        } else if cfg!(target_arch = "wasm32") {
            crate::report::report_here(&in_words(info));
        } else {
            before(info);
        }
    }));
}

/// Runs `task`; a panic in it becomes an [`Error::Task`] that names `worker`.
pub(crate) fn catch<T>(worker: Option<&str>, task: impl FnOnce() -> T) -> Result<T, Error> {
    // Left behind where an earlier task caught a panic itself; not this one's.
    drop(SCENE.take());
    let nested = IN_TASK.replace(true);
    let result = catch_unwind(AssertUnwindSafe(task));
    IN_TASK.set(nested);
    result.map_err(|panic| {
        let (message, place) = describe(&*panic);
        Error::Task(TaskError::panicked(
            message,
            place,
            worker.map(str::to_owned),
        ))
    })
}

/// Runs `code` of a user's that nobody waits for, such as a callback or a destructor; a panic in it is reported.
pub(crate) fn contain(what: &str, code: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(code)) {
        let (message, _) = describe(&*panic);
        crate::report::report(&format!("{what} panicked: {message}"));
    }
}

/// Runs `code`; a panic in it says nothing by itself.
pub(crate) fn quietly(code: impl FnOnce()) -> Result<(), ()> {
    let nested = IN_TASK.replace(true);
    let result = catch_unwind(AssertUnwindSafe(code));
    IN_TASK.set(nested);
    drop(SCENE.take());
    result.map_err(drop)
}

/// Awaits `task`; a panic in it becomes an [`Error::Task`].
pub(crate) fn catch_async<C: Future>(
    mut task: Pin<&mut C>,
) -> impl Future<Output = Result<C::Output, Error>> {
    poll_fn(
        move |context| match catch(None, || task.as_mut().poll(context)) {
            Ok(poll) => poll.map(Ok),
            Err(error) => Poll::Ready(Err(error)),
        },
    )
}

/// Awaits `code` that nobody waits for; a panic in it is reported, and ends it.
pub(crate) fn contain_async(
    what: &'static str,
    code: impl Future<Output = ()> + 'static,
) -> impl Future<Output = ()> + 'static {
    let mut code = Some(Box::pin(code));
    poll_fn(move |context| {
        let mut poll = Poll::Ready(());
        contain(what, || {
            if let Some(code) = &mut code {
                poll = code.as_mut().poll(context);
            }
        });
        if poll.is_ready() {
            // Its destructors are the user's too.
            contain(what, || drop(code.take()));
        }
        poll
    })
}

/// The message of a caught panic, and what the hook noted of it.
pub(crate) fn describe(panic: &(dyn Any + Send)) -> (String, Scene) {
    let message = panic
        .downcast_ref::<&str>()
        .map(|message| (*message).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a value that is not a string".to_owned());
    (message, SCENE.take())
}

fn in_words(info: &PanicHookInfo<'_>) -> String {
    info.to_string()
}
