//! What happened to futures, workers and executors on this memory, as events in a ring that one agent drains.
//!
//! ```text
//!  any agent, where something happens          pool memory              the agent that started the trace
//!  ──────────────────────────────────          ───────────              ────────────────────────────────
//!  trace on? (one relaxed load)
//!  claim a slot, write, commit ──────────────▶ ring ─────────────────▶ drain
//!  full: count it as lost, go on
//! ```
//!
//! `trace/ring.rs` is the ring, `trace/tracer.rs` its birth and death, `trace/record.rs` an event. This file is what the
//! rest of the core calls.
//!
//! A trace tells of futures that were submitted while it ran: these have a number, all others have none, and what becomes
//! of those costs no more than a comparison. Executors and workers may be older than the trace: each is announced before
//! the first event that names it, by whoever comes to it first. If the ring has no room for the announcement, the event is
//! lost, too, so that no event names what is not known. Two agents may announce the same one at the same time; who drains
//! forgets the second.

mod record;
mod ring;
#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests;
mod tracer;

use std::cell::Cell;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) use record::{Kind, Record, Text, What};
#[cfg(loom)]
pub(crate) use ring::Ring;
pub(crate) use tracer::{Session, Tracer};

use crate::platform;

#[cfg(not(loom))]
pub(crate) static TRACER: Tracer = Tracer::new();

/// Numbers of traces, executors and futures. Zero is nobody's.
#[cfg(not(loom))]
static GENERATION: AtomicU32 = AtomicU32::new(1);
static NEXT_EXECUTOR: AtomicU32 = AtomicU32::new(1);
static NEXT_FUTURE: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// The executor and the number of the worker that this thread is; zero and zero for all others.
    static HERE: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

/// Shows `step` the trace, if there is one. Models trace nothing but in models of the trace itself.
#[inline]
fn with(mut step: impl FnMut(&Session)) {
    #[cfg(not(loom))]
    if TRACER.is_on() {
        show(&mut step);
    }
    #[cfg(loom)]
    let _ = &mut step;
}

/// Apart from `with`, since there are many places that ask, and it is seldom that they are answered.
#[cfg(not(loom))]
#[cold]
#[inline(never)]
fn show(step: &mut dyn FnMut(&Session)) {
    TRACER.with(step);
}

#[inline(never)]
fn put(session: &Session, record: &Record) -> bool {
    session.ring.put(crate::sync::holder::here(), record)
}

/// Starts a trace on behalf of this agent, of at least `capacity` events between two drains.
#[cfg(not(loom))]
pub(crate) fn start(capacity: u32) -> Result<(), tracer::Refusal> {
    // Relaxed here and below: only that numbers are not given twice.
    let generation = GENERATION.fetch_add(1, Ordering::Relaxed);
    let first_future = NEXT_FUTURE.load(Ordering::Relaxed);
    let owner = crate::sync::holder::here();
    TRACER.start(
        capacity.next_power_of_two(),
        owner,
        generation,
        first_future,
    )
}

/// Ends the trace that this agent started.
#[cfg(not(loom))]
pub(crate) fn stop() {
    TRACER.stop(crate::sync::holder::here());
}

/// Gives up to `most` events to `take`, oldest first, if this agent started the trace.
#[cfg(not(loom))]
pub(crate) fn drain(most: usize, mut take: impl FnMut(Record)) {
    let owner = crate::sync::holder::here();
    TRACER.with(|session| {
        if session.is_read_by(owner) {
            for record in std::iter::from_fn(|| session.ring.take()).take(most) {
                take(record);
            }
        }
    });
}

/// How many events were lost since this was last asked.
#[cfg(not(loom))]
pub(crate) fn take_lost() -> u32 {
    TRACER
        .with(|session| session.ring.take_lost())
        .unwrap_or_default()
}

/// The generation of the trace; zero where there is none.
#[cfg(not(loom))]
pub(crate) fn generation() -> u32 {
    TRACER
        .with(|session| session.generation)
        .unwrap_or_default()
}

/// Puts an event of an executor of which JavaScript keeps the books; false where it is lost. What `kind` and `detail` mean
/// only whoever drains knows.
#[cfg(all(target_arch = "wasm32", not(loom)))]
pub(crate) fn put_local(
    kind: Kind,
    [executor, future, worker]: [u32; 3],
    detail: u8,
    first: Text<'_>,
    second: Text<'_>,
) -> bool {
    let mut done = false;
    with(|session| {
        let record = Record::new(kind, executor, platform::now())
            .future(future)
            .worker(worker)
            .detail(detail);
        done = put(session, &record.texts(first, second));
    });
    done
}

/// An executor, as the trace knows it.
#[derive(Debug)]
pub(crate) struct Executor {
    id: u32,
    what: What,
    most: u32,
    name: Arc<str>,
    /// The generation of the trace in which it was announced.
    announced: AtomicU32,
}

impl Executor {
    pub(crate) fn new(what: What, most: u32, name: Arc<str>) -> Self {
        Self {
            id: new_executor(),
            what,
            most,
            name,
            announced: AtomicU32::new(0),
        }
    }

    /// There is a new executor.
    pub(crate) fn made(&self) {
        with(|session| {
            self.announce(session);
        });
    }

    /// A call is submitted: its place in the trace.
    pub(crate) fn submitted(&self, task: Text<'_>, arguments: Text<'_>) -> Mark {
        let mut mark = Mark::NONE;
        with(|session| {
            if !self.announce(session) {
                return;
            }
            mark = Mark {
                executor: self.id,
                future: new_future(),
            };
            let record = Record::new(Kind::Submitted, self.id, platform::now())
                .future(mark.future)
                .texts(task, arguments);
            if !put(session, &record) {
                mark = Mark::NONE;
            }
        });
        mark
    }

    /// Whether the trace knows the executor now.
    fn announce(&self, session: &Session) -> bool {
        announced(session, &self.announced, &|| {
            Record::new(Kind::Executor, self.id, platform::now())
                .future(self.most)
                .detail(self.what as u8)
                .text(Text::of(&self.name))
        })
    }
}

/// The number of an executor that is new.
pub(crate) fn new_executor() -> u32 {
    // Relaxed: only that no two are the same.
    NEXT_EXECUTOR.fetch_add(1, Ordering::Relaxed)
}

/// The number of a future that is new.
pub(crate) fn new_future() -> u32 {
    // Relaxed: only that no two are the same.
    NEXT_FUTURE.fetch_add(1, Ordering::Relaxed)
}

/// Whether the trace knows what `record` announces, of which `seen` is the last generation that knew it.
fn announced(session: &Session, seen: &AtomicU32, record: &dyn Fn() -> Record) -> bool {
    // Acquire: whoever stored it had put the announcement, so what the caller puts next comes after that in the ring.
    if seen.load(Ordering::Acquire) == session.generation {
        return true;
    }
    let put = put(session, &record());
    if put {
        // Release: pairs with the load above: the announcement has its place already.
        seen.store(session.generation, Ordering::Release);
    }
    put
}

/// A future, as the trace knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    executor: u32,
    future: u32,
}

impl Mark {
    /// For a future of which no trace tells.
    pub(crate) const NONE: Self = Self {
        executor: 0,
        future: 0,
    };

    /// The worker with this number began the call.
    pub(crate) fn started(self, worker: u32) {
        self.put(|mark| mark.record(Kind::Started).worker(worker));
    }

    /// The call is over. `worker` is the number of the worker that began it plus one, zero where none did.
    pub(crate) fn finished(self, worker: u32, failed: bool, text: Text<'_>) {
        self.put(|mark| mark.ended(worker, failed, text));
    }

    /// As `finished`, with a text that is only made where a trace is told.
    pub(crate) fn finished_as(self, worker: u32, failed: bool, text: &dyn fmt::Display) {
        self.put(|mark| {
            let mut short = Short::default();
            // It stops when there is enough of it.
            let _ = write!(short, "{text}");
            mark.ended(worker, failed, Text::Utf8(&short.bytes[..short.length]))
        });
    }

    pub(crate) fn cancelled(self) {
        self.put(|mark| mark.record(Kind::Cancelled));
    }

    fn ended(self, worker: u32, failed: bool, text: Text<'_>) -> Record {
        self.record(Kind::Finished)
            .worker(worker.wrapping_sub(1))
            .detail(u8::from(failed))
            .text(text)
    }

    fn record(self, kind: Kind) -> Record {
        Record::new(kind, self.executor, platform::now()).future(self.future)
    }

    fn put(self, record: impl Fn(Self) -> Record) {
        if self == Self::NONE {
            return;
        }
        with(|session| {
            if self.future >= session.first_future {
                put(session, &record(self));
            }
        });
    }
}

/// A worker, as the trace knows it.
#[derive(Debug)]
pub(crate) struct Lane {
    /// As [`Executor::announced`].
    announced: AtomicU32,
    /// Not zero once its end was told.
    ended: AtomicU32,
}

impl Lane {
    pub(crate) fn new() -> Self {
        Self {
            announced: AtomicU32::new(0),
            ended: AtomicU32::new(0),
        }
    }

    /// The worker `index` is at work, or will be.
    pub(crate) fn started(&self, executor: &Executor, index: u32, name: impl Fn() -> String) {
        with(|session| {
            self.announce(session, executor, index, &name);
        });
    }

    /// The worker takes no more calls; of the reasons that are given, the first counts.
    pub(crate) fn ended(
        &self,
        executor: &Executor,
        index: u32,
        name: impl Fn() -> String,
        reason: &str,
    ) {
        with(|session| {
            // Relaxed: only who was first matters.
            if self.ended.swap(1, Ordering::Relaxed) == 0
                && self.announce(session, executor, index, &name)
            {
                let record = Record::new(Kind::WorkerEnded, executor.id, platform::now());
                put(session, &record.worker(index).text(Text::of(reason)));
            }
        });
    }

    fn announce(
        &self,
        session: &Session,
        executor: &Executor,
        index: u32,
        name: &dyn Fn() -> String,
    ) -> bool {
        executor.announce(session)
            && announced(session, &self.announced, &|| {
                Record::new(Kind::WorkerStarted, executor.id, platform::now())
                    .worker(index)
                    .text(Text::of(&name()))
            })
    }
}

/// From now on this thread is the worker `index` of `executor`.
pub(crate) fn works_here(executor: &Executor, index: u32) {
    HERE.set((executor.id, index));
}

/// This thread, if it is a worker, waits for `on` until `unblocked`.
pub(crate) fn blocked(on: Text<'_>) {
    of_here(Kind::Blocked, on);
}

/// The counterpart of `blocked`.
pub(crate) fn unblocked() {
    of_here(Kind::Unblocked, Text::EMPTY);
}

/// This thread, if it is a worker, waits for something for as long as this lives.
#[derive(Debug)]
pub(crate) struct Blocked(());

impl Blocked {
    pub(crate) fn on(what: &str) -> Self {
        blocked(Text::of(what));
        Self(())
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        unblocked();
    }
}

fn of_here(kind: Kind, text: Text<'_>) {
    with(|session| {
        let (executor, index) = HERE.get();
        if executor != 0 {
            let record = Record::new(kind, executor, platform::now());
            put(session, &record.worker(index).text(text));
        }
    });
}

/// The begin of a text.
struct Short {
    bytes: [u8; 128],
    length: usize,
}

impl Default for Short {
    fn default() -> Self {
        Self {
            bytes: [0; 128],
            length: 0,
        }
    }
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.len() - self.length;
        let take = text.len().min(room);
        self.bytes[self.length..self.length + take].copy_from_slice(&text.as_bytes()[..take]);
        self.length += take;
        if take < text.len() {
            Err(fmt::Error)
        } else {
            Ok(())
        }
    }
}
