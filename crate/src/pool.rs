//! A pool: one queue, and workers that pull from it. Both executors are faces of this.
//!
//! ```text
//!           shutdown              shutdown(cancel)
//!  OPEN ──────────────▶ CLOSING ──────────────────▶ CANCELLING       no state is left backwards;
//!    │                     │                            │            BROKEN is never left
//!    └─────────────────────┴──── break_because ─────────┴──────────▶ BROKEN
//! ```
//!
//! | phase      | submit      | what is queued      | workers                          |
//! |------------|-------------|---------------------|----------------------------------|
//! | OPEN       | queues      | is taken            | stay                             |
//! | CLOSING    | `Shutdown`  | is taken            | leave when the queue is empty    |
//! | CANCELLING | `Shutdown`  | is cancelled        | leave after what they hold       |
//! | BROKEN     | `Broken`    | fails with `Broken` | leave after what they hold       |
//!
//! The phase is also the wish that [`Queue::try_take_all`] speaks of: whoever changes it tries to empty the queue, and
//! whoever pushes or takes looks at it afterwards. So the page can empty a queue without ever waiting.
//!
//! Workers start on demand, as in Python: a submit starts one where there are more unfinished calls than workers, up
//! to the maximum. With `eager`, as in `multiprocessing.Pool`, all are there from the start, and each that leaves or dies
//! while the pool is open has a successor. A worker that has just finished counts as free before its future is
//! settled, so a caller that waits for each result in turn is served by one worker.
//!
//! A worker that leaves, or that is ended, while calls wait has a successor at once: it no longer counts as alive, but
//! it counts as there until its thread is gone, which in some browsers takes seconds.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use atomic_waker::AtomicWaker;

use crate::agent::Agent;
use crate::bytes::Bytes;
use crate::callbacks::{Callbacks, Observer};
use crate::crowd;
use crate::error::{BrokenExecutor, Error};
use crate::initializer::Initializer;
use crate::list::PushList;
use crate::platform::{self, AtomicU32, Deadline, UnsafeCell, Wake, Word, fence};
use crate::queue::Queue;
use crate::trace::{self, Blocked, What};
use crate::work::Work;
use crate::worker::Worker;

pub(crate) const OPEN: u32 = 0;
pub(crate) const CLOSING: u32 = 1;
pub(crate) const CANCELLING: u32 = 2;
pub(crate) const BROKEN: u32 = 3;

/// How many more workers than a pool may have may die in a row before they have begun a call, with `respawn`.
const SPARE_STILLBORN: u32 = 16;

/// What a pool's workers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// They work on the caller's memory.
    Thread,
    /// They share nothing with the caller but messages.
    Process,
}

/// What a pool is made of.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) kind: Kind,
    pub(crate) max_workers: u32,
    /// Workers are called this, an underscore, and a number.
    pub(crate) prefix: Arc<str>,
    /// What each worker runs before its first call.
    pub(crate) initializer: Option<Initializer>,
    /// How many calls a worker runs before another takes its place.
    pub(crate) max_tasks: Option<NonZeroU32>,
    /// Whether a worker that dies is replaced, instead of breaking the pool.
    pub(crate) respawn: bool,
    /// Whether its workers that wait for each other wait for ever, as in Python.
    pub(crate) ignore_deadlocks: bool,
    /// Whether all workers are there from the start, and for as long as the pool is open.
    pub(crate) eager: bool,
    /// What JavaScript wants to know when it starts a worker; nothing in here reads it.
    pub(crate) config: Option<Bytes>,
    /// Whom to tell when the last worker is gone.
    pub(crate) owner: Option<Arc<Agent>>,
}

/// What a call keeps of its pool.
#[derive(Debug, Clone)]
pub(crate) struct PoolTag {
    /// A number that no other pool has had.
    pub(crate) serial: u32,
    /// What its workers are called: this, an underscore, and a number.
    pub(crate) prefix: Arc<str>,
}

/// One pool.
#[derive(Debug)]
pub(crate) struct Pool {
    serial: u32,
    options: Options,
    queue: Queue<Work>,
    phase: AtomicU32,
    /// Calls submitted and not yet over.
    unfinished: AtomicU32,
    /// Two counts in one word, see [`Count`]. Whoever waits for the end of a shutdown waits on it.
    workers: Word,
    /// The number that the next worker gets.
    next_index: AtomicU32,
    /// Zero until somebody says why the pool is broken; only the first may.
    accused: AtomicU32,
    /// How many workers in a row have died before they had begun a call.
    stillborn: AtomicU32,
    /// Why the pool is broken: written by the first that says so, before the phase is BROKEN, and read after.
    cause: UnsafeCell<Option<BrokenExecutor>>,
    /// Who awaits the end of a shutdown.
    endings: Callbacks,
    /// Whom to tell of it besides the owner.
    watchers: PushList<Arc<Agent>>,
    trace: trace::Executor,
}

/// How many workers a pool has; one word holds both numbers, so that they change together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    /// Asked for and not yet gone.
    there: u32,
    /// Of these, those that take no more calls: they only wait for the end of their threads.
    leaving: u32,
}

impl Count {
    const BITS: u32 = 16;

    fn unpack(word: u32) -> Self {
        Self {
            there: word & ((1 << Self::BITS) - 1),
            leaving: word >> Self::BITS,
        }
    }

    fn pack(self) -> u32 {
        self.there | (self.leaving << Self::BITS)
    }

    /// Those that take calls.
    fn alive(self) -> u32 {
        self.there - self.leaving
    }
}

/// Wakes the task that awaits the end of a shutdown.
pub(crate) struct Ending {
    waker: AtomicWaker,
    /// Not zero once it was told. A call that was accepted just before the shutdown may bring one more worker after
    /// that, of whose end nobody tells again.
    told: AtomicU32,
}

impl Observer for Ending {
    fn done(&self, _key: usize, _failed: bool) {
        // Release: whoever sees it sees all that the workers did.
        self.told.store(1, Ordering::Release);
        self.waker.wake();
    }
}

// SAFETY: `cause` is written once before BROKEN is released, and only read after BROKEN was acquired.
unsafe impl Send for Pool {}
// SAFETY: as above.
unsafe impl Sync for Pool {}

impl Pool {
    pub(crate) fn new(options: Options) -> Arc<Self> {
        // Not the platform's, which is loom's in models: nothing is ordered by it.
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        let what = match options.kind {
            Kind::Thread => What::ThreadPool,
            Kind::Process => What::ProcessPool,
        };
        let trace = trace::Executor::new(what, options.max_workers, Arc::clone(&options.prefix));
        trace.made();
        let eager = options.eager;
        let pool = Arc::new(Self {
            // Relaxed: only unique.
            serial: NEXT.fetch_add(1, Ordering::Relaxed),
            trace,
            options,
            queue: Queue::new(),
            phase: AtomicU32::new(OPEN),
            unfinished: AtomicU32::new(0),
            workers: Word::new(0),
            next_index: AtomicU32::new(0),
            accused: AtomicU32::new(0),
            stillborn: AtomicU32::new(0),
            cause: UnsafeCell::new(None),
            endings: Callbacks::new(),
            watchers: PushList::new(),
        });
        if eager {
            pool.look_for_calls();
        }
        pool
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// A number that no other pool has had.
    pub(crate) fn serial(&self) -> u32 {
        self.serial
    }

    /// What its calls keep of it.
    pub(crate) fn tag(&self) -> PoolTag {
        PoolTag {
            serial: self.serial,
            prefix: Arc::clone(&self.options.prefix),
        }
    }

    /// The pool, as the trace knows it.
    pub(crate) fn trace(&self) -> &trace::Executor {
        &self.trace
    }

    pub(crate) fn queue(&self) -> &Queue<Work> {
        &self.queue
    }

    pub(crate) fn phase(&self) -> u32 {
        // SeqCst: in one order with pushes and takes; see the head of this file. Acquires `cause`.
        self.phase.load(Ordering::SeqCst)
    }

    /// Workers asked for and not yet gone.
    pub(crate) fn workers(&self) -> u32 {
        self.count().there
    }

    /// Workers that take calls, those just starting included.
    pub(crate) fn workers_alive(&self) -> u32 {
        self.count().alive()
    }

    fn count(&self) -> Count {
        // Acquire: whoever sees zero sees all that the workers did.
        Count::unpack(self.workers.load(Ordering::Acquire))
    }

    /// Whether calls are accepted; otherwise why not.
    pub(crate) fn check_open(&self) -> Result<(), Error> {
        match self.phase() {
            OPEN if self.is_crowded_out() => Err(Error::Runtime(
                "a page can have at most 256 workers, and has them already: shut an executor down first",
            )),
            OPEN => Ok(()),
            BROKEN => Err(self.broken()),
            _ => Err(Error::Shutdown),
        }
    }

    /// Whether a call could wait for ever: the pool has no worker, and can have none. One that has some goes on with those.
    pub(crate) fn is_crowded_out(&self) -> bool {
        crowd::room() == 0 && self.workers_alive() == 0
    }

    /// Queues `work`, and starts a worker where all are occupied. The caller has called [`Pool::check_open`].
    pub(crate) fn submit(self: &Arc<Self>, work: Work) {
        // SeqCst here: one order with `release_one`, so that a worker that is about to be free is counted as free.
        let unfinished = self.unfinished.fetch_add(1, Ordering::SeqCst) + 1;
        self.queue.push(work);
        fence(Ordering::SeqCst);
        if self.phase() > CLOSING {
            self.obey_phase();
        } else {
            self.start_worker_for(unfinished);
        }
    }

    /// One call is over, or about to be: its worker counts as free.
    pub(crate) fn release_one(&self) {
        // SeqCst: see `submit`.
        self.unfinished.fetch_sub(1, Ordering::SeqCst);
    }

    /// Starts one more worker where there are fewer than `wanted`, up to the maximum; an eager pool starts all that are
    /// missing; a full page gives only the one that accepted calls need. All are counted first: nobody may see none.
    pub(crate) fn start_worker_for(self: &Arc<Self>, wanted: u32) {
        let wanted = wanted.min(self.options.max_workers);
        let step = if self.options.eager { wanted } else { 1 };
        let room = crowd::room();
        let missing = |count: Count| {
            let most = room.max(u32::from(count.alive() == 0)).min(step);
            wanted.saturating_sub(count.alive()).min(most)
        };
        let added = self.change_count(|count| {
            (missing(count) > 0).then_some(Count {
                there: count.there + missing(count),
                ..count
            })
        });
        for _ in 0..added.map_or(0, missing) {
            self.start_worker();
        }
    }

    /// Starts a worker that is counted already.
    fn start_worker(self: &Arc<Self>) {
        crowd::one_more();
        // Relaxed: only unique.
        let index = self.next_index.fetch_add(1, Ordering::Relaxed);
        platform::start_worker(Worker::new(Arc::clone(self), index));
    }

    fn change_count(&self, change: impl Fn(Count) -> Option<Count>) -> Result<Count, Count> {
        // AcqRel: whoever sees the last worker go sees all that the others did; a worker itself is published by the
        // spawner's list.
        self.workers
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| {
                change(Count::unpack(word)).map(Count::pack)
            })
            .map(Count::unpack)
            .map_err(Count::unpack)
    }

    /// No more calls. What is queued still runs, or is cancelled with `cancel_futures`. Does not wait.
    pub(crate) fn shut_down(&self, cancel_futures: bool) {
        let phase = if cancel_futures { CANCELLING } else { CLOSING };
        // SeqCst: see `phase`.
        self.phase.fetch_max(phase, Ordering::SeqCst);
        self.obey_phase();
        self.queue.alarm();
    }

    /// Waits, blocking, until the last worker is gone; an error where the time is over, where the agent must not block,
    /// and where it is one of the pool's own workers.
    pub(crate) fn join(&self, timeout: Option<Duration>) -> Result<(), Error> {
        if crate::worker::works_for(self) {
            return Err(Error::Runtime(
                "a worker cannot wait for the end of its own pool: shut it down without waiting",
            ));
        }
        let deadline = Deadline::after(timeout);
        let mut blocked = None;
        loop {
            let count = self.count();
            let workers = count.there;
            if workers == 0 {
                return Ok(());
            }
            if !platform::can_block() {
                return Err(Error::may_not_block(
                    "on the page, `.await` the shutdown instead",
                ));
            }
            if deadline.passed() {
                return Err(Error::timeout(
                    timeout.unwrap_or_default(),
                    workers as usize,
                    workers as usize,
                ));
            }
            blocked.get_or_insert_with(|| Blocked::on("a shutdown"));
            if self.workers.wait(count.pack(), deadline.left()) == Wake::Poisoned {
                return Err(crate::future::poisoned());
            }
        }
    }

    /// The pool is unusable from now on: what is queued fails, and workers leave; those of a process pool are ended, as
    /// in Python. The first reason given stays.
    pub(crate) fn break_because(self: &Arc<Self>, reason: &str, worker: Option<&Worker>) {
        // Relaxed: only who was first matters.
        if self.accused.swap(1, Ordering::Relaxed) == 0 {
            let cause = self.breakage(reason, worker);
            self.cause.with_mut(|slot| {
                // SAFETY: only the first accuser comes here, and nobody reads before BROKEN.
                unsafe { *slot = Some(cause) };
            });
            // SeqCst: see `phase`. Releases the cause.
            self.phase.swap(BROKEN, Ordering::SeqCst);
        }
        self.obey_phase();
        self.queue.alarm();
        if self.options.kind == Kind::Process && self.workers() > 0 {
            platform::end_workers(self);
        }
    }

    /// What `worker`'s death does to the call that it held, or to the whole pool.
    fn breakage(&self, reason: &str, worker: Option<&Worker>) -> BrokenExecutor {
        BrokenExecutor {
            pool: match self.options.kind {
                Kind::Thread => "thread pool",
                Kind::Process => "process pool",
            },
            reason: reason.to_owned(),
            worker: worker.map(Worker::name),
            task: None,
        }
    }

    /// The error of the call that `worker` held when it died, where the pool goes on.
    pub(crate) fn lost(&self, reason: &str, worker: &Worker) -> Error {
        Error::Broken(self.breakage(reason, Some(worker)))
    }

    /// Ends all workers by force: what they hold fails, what is queued is cancelled, and the pool accepts nothing more.
    /// Does not wait.
    pub(crate) fn terminate(self: &Arc<Self>) {
        self.shut_down(true);
        self.break_because("its workers were terminated", None);
        if self.options.kind == Kind::Thread && self.workers() > 0 {
            platform::end_workers(self);
        }
    }

    /// Has `agent` rung, too, when the last worker is gone; at once where there is none.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn watch(&self, agent: &Arc<Agent>) {
        self.watchers.push(Arc::clone(agent));
        // SeqCst: the push comes before the look; whoever counts the last worker down looks at the list after that.
        fence(Ordering::SeqCst);
        if self.workers() == 0 {
            agent.ring();
        }
    }

    /// Ready when the last worker of a pool that was shut down is gone.
    pub(crate) fn ended(self: &Arc<Self>) -> impl std::future::Future<Output = ()> + use<> {
        let pool = Arc::clone(self);
        let ending = Arc::new(Ending {
            waker: AtomicWaker::new(),
            told: AtomicU32::new(0),
        });
        let mut watched = false;
        std::future::poll_fn(move |context| {
            ending.waker.register(context.waker());
            if !std::mem::replace(&mut watched, true) {
                let observer: Arc<dyn Observer> = Arc::clone(&ending) as _;
                pool.endings.watch(Arc::downgrade(&observer), 0);
            }
            // Acquire: see `done`.
            if pool.workers() == 0 || ending.told.load(Ordering::Acquire) != 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    }

    /// Why the pool is broken, as a new error for each that asks.
    pub(crate) fn broken(&self) -> Error {
        Error::Broken(self.cause().cloned().unwrap_or_else(|| BrokenExecutor {
            pool: "executor",
            reason: "a worker was lost".to_owned(),
            worker: None,
            task: None,
        }))
    }

    /// Why the pool is broken, in words; empty where it is not.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn reason(&self) -> &str {
        self.cause().map_or("", |cause| cause.reason.as_str())
    }

    /// The worker that broke the pool; empty where none did.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn culprit(&self) -> &str {
        let cause = self.cause();
        cause
            .and_then(|cause| cause.worker.as_deref())
            .unwrap_or_default()
    }

    fn cause(&self) -> Option<&BrokenExecutor> {
        if self.phase() != BROKEN {
            return None;
        }
        self.cause.with(|cause| {
            // SAFETY: BROKEN was read with acquire, so the cause is written, and nobody writes it again.
            unsafe { (*cause).as_ref() }
        })
    }

    /// Does with what is queued what the phase says. Never waits: if a worker is in the middle of taking an entry, that
    /// worker calls this when it has taken it.
    pub(crate) fn obey_phase(&self) {
        // Orders a phase just stored before the looks at the queue; the other half is the fence in `submit`.
        fence(Ordering::SeqCst);
        while self.phase() > CLOSING && !self.queue.is_empty() {
            let Some(all) = self.queue.try_take_all() else {
                return;
            };
            let mut any = false;
            for work in all {
                any = true;
                self.reject(work);
            }
            // Counted, but not there: whoever is pushing it looks at the phase after that. Not to be waited for.
            if !any && self.queue.nothing_came() {
                return;
            }
        }
    }

    /// Ends `work` as the phase says, instead of running it.
    pub(crate) fn reject(&self, work: Work) {
        self.release_one();
        match self.phase() {
            BROKEN => work.fail(self.broken()),
            _ => work.cancel(),
        }
    }

    /// A worker takes no more calls, although its thread is still there. Where calls wait, another takes its place.
    /// Once for each worker.
    pub(crate) fn worker_leaves(self: &Arc<Self>) {
        let left = self.change_count(|count| {
            Some(Count {
                leaving: count.leaving + 1,
                ..count
            })
        });
        debug_assert!(left.is_ok(), "the change always applies");
        self.look_for_calls();
    }

    /// A worker's thread is gone, or never came; `left` says whether it had left before. Where calls still wait, another
    /// takes its place.
    pub(crate) fn worker_gone(self: &Arc<Self>, left: bool) {
        crowd::one_less();
        // The successor of one that had not left takes over its place in the count, so that whoever waits for the last
        // worker does not see none between the two.
        if !left && self.phase() <= CLOSING && self.wanted() >= self.workers_alive() {
            self.start_worker();
            return;
        }
        let gone = self.change_count(|count| {
            Some(Count {
                there: count.there - 1,
                leaving: count.leaving - u32::from(left),
            })
        });
        if gone.is_ok_and(|before| before.there == 1) {
            self.workers.wake_all();
            if self.phase() != OPEN {
                self.endings.done(false);
            }
            if let Some(owner) = &self.options.owner {
                owner.ring();
            }
            // SeqCst: see `watch`.
            fence(Ordering::SeqCst);
            for watcher in self.watchers.take() {
                watcher.ring();
            }
        }
        self.look_for_calls();
    }

    /// One worker less, then the look at the calls; `submit` has one call more, then the look at the workers. The fences
    /// see to it that one of the two finds the other.
    fn look_for_calls(self: &Arc<Self>) {
        fence(Ordering::SeqCst);
        let wanted = self.wanted();
        if self.phase() <= CLOSING && wanted > 0 {
            self.start_worker_for(wanted);
        }
    }

    /// How many workers there should be, if there may be as many.
    fn wanted(&self) -> u32 {
        if self.options.eager && self.phase() == OPEN {
            return self.options.max_workers;
        }
        // SeqCst: see `submit`.
        self.unfinished.load(Ordering::SeqCst)
    }

    /// A call has begun, so workers do get up.
    pub(crate) fn note_begun(&self) {
        // Relaxed, here and below: a number that decides how often is enough, no more. Read first, since all workers come
        // here with every call.
        if self.stillborn.load(Ordering::Relaxed) != 0 {
            self.stillborn.store(0, Ordering::Relaxed);
        }
    }

    /// A worker died before it had begun a call. Whether another may take its place: where many in a row died like that, it
    /// would go on for ever.
    pub(crate) fn survives_stillborn(&self) -> bool {
        let most = self.options.max_workers + SPARE_STILLBORN;
        self.stillborn.fetch_add(1, Ordering::Relaxed) < most
    }
}
