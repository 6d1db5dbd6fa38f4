//! Where errors go that nobody can be handed: Python logs them on the logger `concurrent.futures`.

use std::mem::transmute;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::panics;
use crate::platform;

/// The user's reporter; null where there is none.
static REPORTER: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Has `reporter` called with each message about an error that nobody can be handed: a callback that panicked, a task's
/// error that nobody asked for, an initializer that failed. Without it, they go to standard error, and in a browser to
/// `console.error`.
///
/// It is called on whatever thread the error came up, and must not block. The last one that was set counts; process
/// workers of a browser have their own.
///
/// ```
/// use concurrent_futures::{InlineExecutor, set_reporter};
///
/// set_reporter(|message| println!("logged: {message}"));
/// let future = InlineExecutor::new().submit(|| 7)?;
/// future.add_done_callback(|_| panic!("this is logged"));
/// # Ok::<(), concurrent_futures::Error>(())
/// ```
pub fn set_reporter(reporter: fn(message: &str)) {
    // Release: whatever the caller set up for its reporter comes first.
    REPORTER.store(reporter as *mut (), Ordering::Release);
}

/// Reports `message`, where there is somebody to hear it.
pub(crate) fn report(message: &str) {
    let Some(messenger) = platform::messenger() else {
        return report_here(message);
    };
    let message = message.to_owned();
    messenger.post(Box::new(move || report_here(&message)));
}

/// Reports `message` by this very instance; nowhere where that has no JavaScript behind its imports.
pub(crate) fn report_here(message: &str) {
    // Acquire: see `set_reporter`.
    let reporter = REPORTER.load(Ordering::Acquire);
    if reporter.is_null() || !platform::callbacks_run_here() {
        return platform::report(message);
    }
    // SAFETY: it is not null, so `set_reporter` stored it, and it is that kind of function.
    let reporter = unsafe { transmute::<*mut (), fn(&str)>(reporter) };
    if panics::quietly(|| reporter(message)).is_err() {
        platform::report(message);
    }
}
