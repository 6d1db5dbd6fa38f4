//! `asyncio`: each test is written once, and runs natively, and on a page by `asyncio_page.rs`; the file that includes this
//! one says how `awaited!` makes a test.

// By textual scope, so that the files need not import it.
/// Makes a test of each `async` function.
macro_rules! tests {
    ($($name:ident)+) => {
        mod tests {
            $(awaited! { $name, super::$name() })+
        }
    };
}

mod executors;
mod locks;
mod queues;
mod several;
mod task_group;
mod tasks;
mod workers;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use concurrent_futures::asyncio::{Task, create_task, sleep, try_create_task};

/// Longer than anything here takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

/// One turn of the event loop.
async fn turn() {
    sleep(Duration::ZERO).await;
}

/// A task that never ends by itself.
fn endless() -> Task<u32> {
    create_task(std::future::pending()).unwrap()
}

/// A task that fails in its first turn.
fn failing(message: &'static str) -> Task<u32> {
    try_create_task(async move { Err(std::io::Error::other(message)) }).unwrap()
}

/// What happened, in that order.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<&'static str>>>);

impl Log {
    fn note(&self, what: &'static str) {
        self.0.borrow_mut().push(what);
    }

    fn all(&self) -> Vec<&'static str> {
        self.0.borrow().clone()
    }

    /// Notes `what` when it is dropped, as a `finally` would.
    fn at_end(&self, what: &'static str) -> AtEnd {
        AtEnd(self.clone(), what)
    }
}

struct AtEnd(Log, &'static str);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}
