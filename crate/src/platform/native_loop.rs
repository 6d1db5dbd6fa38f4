//! The event loop of a native thread, for as long as [`run`] drives it: a browser's agent has one of its own.
//!
//! ```text
//!  who wakes a task (any thread)             the loop (one thread)
//!  ─────────────────────────────             ─────────────────────
//!  mark it listed; put its number  ────────▶ take all numbers; for each: take the mark off, poll the task
//!  on `woken`; ring                ──bell──▶ sleep while nobody rang
//! ```

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::Word;
use crate::error::Error;
use crate::list::PushList;
use crate::panics;

/// The number of the future that [`run`] was called with.
const MAIN: u64 = 0;

thread_local! {
    static LOOP: RefCell<Option<Rc<EventLoop>>> = const { RefCell::new(None) };
}

/// What belongs to the thread.
struct EventLoop {
    /// All tasks but the one that is being polled.
    tasks: RefCell<HashMap<u64, Task>>,
    /// The number of the next task.
    next: Cell<u64>,
    ready: Arc<Ready>,
}

struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    alarm: Arc<Alarm>,
}

/// What is to be polled next.
struct Ready {
    /// Numbers of tasks that were woken, in that order.
    woken: PushList<u64>,
    /// Counts them since the loop last looked; the loop sleeps on it.
    bell: Word,
}

/// Wakes one task.
struct Alarm {
    task: u64,
    /// Not zero while the task stands on the list.
    listed: AtomicU32,
    ready: Arc<Ready>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        // AcqRel: whoever finds it listed hands on what it did to the loop, which takes the mark off before it polls.
        if self.listed.swap(1, Ordering::AcqRel) == 0 {
            self.ready.woken.push(self.task);
            // Release: after the push.
            self.ready.bell.fetch_add(1, Ordering::Release);
            self.ready.bell.wake_one();
        }
    }
}

impl Alarm {
    /// Polls the task that it wakes.
    fn poll<R>(self: &Arc<Self>, task: Pin<&mut (impl Future<Output = R> + ?Sized)>) -> Poll<R> {
        // AcqRel: see `wake`.
        self.listed.swap(0, Ordering::AcqRel);
        task.poll(&mut Context::from_waker(&Waker::from(Arc::clone(self))))
    }
}

impl EventLoop {
    fn current() -> Option<Rc<Self>> {
        LOOP.with_borrow(Clone::clone)
    }

    fn alarm(&self, task: u64) -> Arc<Alarm> {
        Arc::new(Alarm {
            task,
            listed: AtomicU32::new(0),
            ready: Arc::clone(&self.ready),
        })
    }

    fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        let number = self.next.replace(self.next.get() + 1);
        let alarm = self.alarm(number);
        let task = Task {
            future: Box::pin(future),
            alarm: Arc::clone(&alarm),
        };
        self.tasks.borrow_mut().insert(number, task);
        alarm.wake();
    }

    /// Polls a task; one that has ended may still be woken.
    fn poll(&self, number: u64) {
        // Taken out, since it may spawn others.
        let task = self.tasks.borrow_mut().remove(&number);
        let Some(mut task) = task else { return };
        if task.alarm.poll(task.future.as_mut()).is_pending() {
            self.tasks.borrow_mut().insert(number, task);
        } else {
            end(task);
        }
    }

    /// Blocks until somebody has rung since the last call.
    fn sleep(&self) {
        let bell = &self.ready.bell;
        // Acquire: the entries behind the count. A swap, so that no ring is lost between here and the wait.
        if bell.swap(0, Ordering::Acquire) == 0 {
            bell.wait(0, None);
        }
    }
}

/// Drops a task; what it holds is the user's, and may panic.
fn end(task: Task) {
    panics::contain("what a coroutine left, when it was dropped,", || drop(task));
}

/// Runs `main` on an event loop of this thread's own, until it is ready: Python's `asyncio.run`. Only natively, since in
/// a browser the event loop turns by itself.
///
/// In it, [`AsyncExecutor`](crate::AsyncExecutor) works. Coroutines that are left when `main` is ready end there: those
/// that had not begun are cancelled, the futures of the others are broken. `shutdown_async` first waits for them.
///
/// # Panics
///
/// Where an event loop runs on this thread already.
///
/// ```
/// use concurrent_futures::{Error, ThreadPoolExecutor};
///
/// let value = concurrent_futures::run(async {
///     ThreadPoolExecutor::new(1)?.submit(|| 6 * 7)?.await
/// });
/// assert_eq!(value?, 42);
/// # Ok::<(), Error>(())
/// ```
pub fn run<R>(main: impl Future<Output = R>) -> R {
    let running = Running::new();
    let mut main = pin!(main);
    let alarm = running.0.alarm(MAIN);
    Arc::clone(&alarm).wake();
    loop {
        for task in running.0.ready.woken.take() {
            if task != MAIN {
                running.0.poll(task);
            } else if let Poll::Ready(value) = alarm.poll(main.as_mut()) {
                return value;
            }
        }
        running.0.sleep();
    }
}

/// Goes on with a coroutine that has a thread of a pool for itself: natively to its end.
pub(crate) fn drive<C: Future + ?Sized>(
    coroutine: Pin<&mut C>,
    _context: &mut Context<'_>,
) -> Poll<C::Output> {
    Poll::Ready(run(coroutine))
}

/// The thread's event loop, until this is dropped.
struct Running(Rc<EventLoop>);

impl Running {
    fn new() -> Self {
        let event_loop = Rc::new(EventLoop {
            tasks: RefCell::new(HashMap::new()),
            next: Cell::new(MAIN + 1),
            ready: Arc::new(Ready {
                woken: PushList::new(),
                bell: Word::new(0),
            }),
        });
        LOOP.with_borrow_mut(|current| {
            assert!(
                current.is_none(),
                "`run` cannot be called where an event loop runs already: `.await` the future instead"
            );
            *current = Some(Rc::clone(&event_loop));
        });
        Self(event_loop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // First, so that what ends now begins nothing new.
        LOOP.take();
        self.0.tasks.take().into_values().for_each(end);
    }
}

/// Whether coroutines can be run on this thread.
pub(crate) fn has_event_loop() -> bool {
    EventLoop::current().is_some()
}

/// Has the thread's event loop run `future`. A panic in it is reported.
pub(crate) fn spawn_local(future: impl Future<Output = ()> + 'static) -> Result<(), Error> {
    let event_loop = EventLoop::current().ok_or(Error::NoEventLoop)?;
    event_loop.spawn(panics::contain_async("a coroutine", future));
    Ok(())
}
