//! What the tests share: a time limit, gates, a watch on threads that end, and this thread's heap.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use concurrent_futures::{Future, Promise, ThreadPoolExecutor};

/// Longer than anything here takes on the slowest machine: a wait that reaches it has failed.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// Time given to what must not happen, where no signal could tell that it did not.
pub(crate) const MOMENT: Duration = Duration::from_millis(20);

/// Runs `test`, which has failed if it takes longer than the limit.
pub(crate) fn in_time(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = channel();
    let name = thread::current().name().unwrap_or_default().to_owned();
    let thread = thread::Builder::new()
        .name(name)
        .spawn(move || {
            test();
            done.send(()).unwrap();
        })
        .unwrap();
    let in_time = ended.recv_timeout(LIMIT * 2) != Err(RecvTimeoutError::Timeout);
    assert!(in_time, "it takes too long");
    if let Err(panic) = thread.join() {
        resume_unwind(panic);
    }
}

/// A gate that tasks wait at until it is opened; `opened` is cloned into each of them.
pub(crate) struct Gate {
    promise: Promise<()>,
    pub(crate) opened: Future<()>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let (promise, opened) = Promise::new();
        Self { promise, opened }
    }

    pub(crate) fn open(self) {
        self.promise.set_result(()).unwrap();
    }
}

/// Waits at a gate, within the limit.
pub(crate) fn pass(opened: &Future<()>) {
    opened.result(LIMIT).unwrap();
}

/// A pool of one thread that is busy until the gate is opened: what is submitted next stays queued.
pub(crate) fn busy_pool_of_one() -> (ThreadPoolExecutor, Gate, Future<()>) {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (gate, running) = occupy(&pool);
    (pool, gate, running)
}

/// Has a thread of the pool be busy until the gate is opened, from before this returns.
pub(crate) fn occupy(pool: &ThreadPoolExecutor) -> (Gate, Future<()>) {
    let gate = Gate::new();
    let (begun, has_begun) = Promise::new();
    let running = pool
        .submit({
            let opened = gate.opened.clone();
            move || {
                begun.set_result(()).unwrap();
                pass(&opened);
            }
        })
        .unwrap();
    pass(&has_begun);
    (gate, running)
}

/// Tells when threads end.
pub(crate) struct Obituaries {
    sender: Sender<()>,
    receiver: Receiver<()>,
}

struct Obituary(Option<Sender<()>>);

impl Drop for Obituary {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            // The test may be over.
            let _ = sender.send(());
        }
    }
}

thread_local! {
    static OBITUARY: RefCell<Obituary> = const { RefCell::new(Obituary(None)) };
}

impl Obituaries {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }

    /// Called on a thread, has its end told; the task is run in it.
    pub(crate) fn watcher(&self) -> impl FnOnce() + Send + 'static {
        let sender = self.sender.clone();
        move || OBITUARY.with_borrow_mut(|obituary| obituary.0 = Some(sender))
    }

    /// Waits until one more of the watched threads has ended.
    pub(crate) fn wait_for_one(&self) {
        self.receiver.recv_timeout(LIMIT).unwrap();
    }
}

/// Counts the heap of each thread: what it allocated, less what it freed.
struct CountingAllocator;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

/// Bytes that this thread allocated and did not free.
pub(crate) fn live_bytes() -> isize {
    LIVE.get()
}

fn count(bytes: isize) {
    // A thread that ends may free things after its counter is gone.
    let _ = LIVE.try_with(|live| live.set(live.get() + bytes));
}

// SAFETY: everything is handed on to `System` as it came; counting does not allocate.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.dealloc(start, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

static REPORTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps from now on what is reported, by whichever test.
pub(crate) fn keep_reports() {
    concurrent_futures::set_reporter(|message| {
        crate::conformance::note_report(message);
        REPORTS.lock().unwrap().push(message.to_owned());
    });
}

/// The reports that contain `text`, which only one test should have in its own.
pub(crate) fn reports_of(text: &str) -> Vec<String> {
    let reports = REPORTS.lock().unwrap();
    let of_it = reports.iter().filter(|report| report.contains(text));
    of_it.cloned().collect()
}
