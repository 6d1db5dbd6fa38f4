//! Deadlocks, found and named: workers that wait, blocking and without an end, for what only they themselves can bring.
//!
//! ```text
//!   waits for a future that nobody has begun    needs any worker of its pool, or a place for one more
//!   waits for a future that runs                needs the worker that runs it
//!   waits for a lock                            needs the agent that holds it
//! ```
//!
//! Who has waited for a while in vain puts itself on one list for the whole memory, together with what it needs, and
//! then looks itself whether that can ever come: so a wait that ends soon costs nothing. Everybody on the list is
//! presumed stuck; whoever needs somebody who is not stuck is struck off, until nobody is. Among those that are left,
//! the ones that wait for each other in a circle get the error, all of them, at their next look; who only waits for one of
//! them waits on, since that one now ends.
//!
//! That is exact for futures: a worker on the list cannot run anything else, and takes itself off, under the list's
//! lock, before it goes on. Of a lock it is presumed that its holder gives it back, though Python lets anybody do so.
//! Waits with a time-out end by themselves; of events, semaphores, conditions, barriers and queues nobody knows who will
//! bring them. Neither comes here.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

#[cfg(target_arch = "wasm32")]
use crate::call::ScriptCall;
use crate::error::Error;
use crate::future::Head;
use crate::platform::{self, UnsafeCell, Word};
use crate::pool::Pool;
use crate::sync::RawLock;
use crate::sync::holder;
use crate::worker;

/// How long a wait lasts before it looks whether it can ever end, and until it looks again.
pub(crate) const LOOK_EVERY: Option<Duration> = Some(Duration::from_millis(200));
/// How long nobody looks after somebody has looked, in milliseconds: with hundreds of waiters a look takes a while.
const REST: f64 = 50.0;

/// Something that a wait needs.
pub(crate) enum Need {
    /// A call; the pointer is good for as long as its waiter is on the list.
    Call(*const Head),
    /// A call from JavaScript.
    #[cfg(target_arch = "wasm32")]
    Script(Arc<ScriptCall>),
    /// A lock.
    Lock(Arc<RawLock>),
}

// SAFETY: whoever waits holds the call for as long as it is on the list, see `Watch`, and all of a head may be read by any
// agent.
unsafe impl Send for Need {}

/// How far something is that is needed.
enum Standing {
    /// It is there, or somebody unknown may bring it.
    Open,
    /// A call that no worker has begun, of the pool with this number.
    Queued(u32),
    /// A call that a worker has begun: pool and number.
    With(u32, u32),
    /// A lock, and the number of its holder.
    Held(u32),
}

impl Standing {
    fn of_call(done: bool, pool: Option<u32>, worker: Option<u32>) -> Self {
        match (done, pool, worker) {
            (true, ..) | (_, None, _) => Self::Open,
            (false, Some(pool), None) => Self::Queued(pool),
            (false, Some(pool), Some(worker)) => Self::With(pool, worker),
        }
    }
}

impl Need {
    fn standing(&self) -> Standing {
        match self {
            Self::Call(head) => {
                // SAFETY: see the variant.
                let head = unsafe { &**head };
                Standing::of_call(head.is_done(), head.pool(), head.worker())
            }
            #[cfg(target_arch = "wasm32")]
            Self::Script(call) => {
                Standing::of_call(call.is_done(), Some(call.pool()), call.worker())
            }
            Self::Lock(lock) => lock.holder().map_or(Standing::Open, Standing::Held),
        }
    }
}

/// Somebody who waits.
struct Waiter {
    serial: u32,
    /// The pool that it works for, and its number there.
    post: Option<(Arc<Pool>, u32)>,
    /// Whether one of its needs is enough.
    any: bool,
    needs: Vec<Need>,
    /// Whether it is itself the holder of the lock that it waits for.
    holds_it: bool,
    /// What it gets when it next looks.
    verdict: Option<Arc<[String]>>,
}

impl Waiter {
    fn name(&self) -> String {
        self.post.as_ref().map_or_else(
            || holder::name(self.serial),
            |(pool, index)| format!("{}_{index}", pool.options().prefix),
        )
    }

    /// Those on the list that could bring `need`; `None` where somebody else could, too.
    fn bringers(&self, need: &Need, list: &[Waiter], stuck: &[bool]) -> Option<Vec<usize>> {
        let among = |is: &dyn Fn(&Waiter) -> bool| -> Vec<usize> {
            let all = list.iter().enumerate();
            all.filter(|(at, waiter)| stuck[*at] && is(waiter))
                .map(|(at, _)| at)
                .collect()
        };
        let works_for = |waiter: &Waiter, serial: u32| {
            waiter
                .post
                .as_ref()
                .is_some_and(|(pool, _)| pool.serial() == serial)
        };
        let found = match need.standing() {
            Standing::Open => return None,
            Standing::Queued(serial) => {
                let workers = among(&|waiter| works_for(waiter, serial));
                let (pool, _) = list[*workers.first()?].post.as_ref()?;
                let alive = pool.workers_alive();
                let all = alive >= pool.options().max_workers && workers.len() >= alive as usize;
                return all.then_some(workers);
            }
            Standing::With(serial, index) => among(&|waiter| {
                works_for(waiter, serial)
                    && waiter.post.as_ref().is_some_and(|(_, at)| *at == index)
            }),
            // Taken since it was put on the list: it is about to leave that.
            Standing::Held(serial) if serial == self.serial && !self.holds_it => return None,
            Standing::Held(serial) => among(&|waiter| waiter.serial == serial),
        };
        (!found.is_empty()).then_some(found)
    }

    /// Those on the list that it cannot go on without; `None` where it may go on without them.
    fn waits_for(&self, list: &[Waiter], stuck: &[bool]) -> Option<Vec<usize>> {
        let mut all = Vec::new();
        for need in &self.needs {
            match (self.bringers(need, list, stuck), self.any) {
                (Some(bringers), _) => all.extend(bringers),
                (None, true) => return None,
                (None, false) => {}
            }
        }
        (!all.is_empty()).then_some(all)
    }

    /// What it waits for, in words.
    fn describe(&self, list: &[Waiter], stuck: &[bool]) -> String {
        let mut words = format!("{} waits for ", self.name());
        let needs = self.needs.iter();
        let mut closed = needs.filter_map(|need| Some((need, self.bringers(need, list, stuck)?)));
        let Some((need, bringers)) = closed.next() else {
            return words;
        };
        let bringer = list[bringers[0]].name();
        let written = match need.standing() {
            Standing::Queued(_) => {
                let (prefix, count) = list[bringers[0]].post.as_ref().map_or_else(
                    || (Arc::from("its pool"), 0),
                    |(pool, _)| (Arc::clone(&pool.options().prefix), bringers.len()),
                );
                let workers = match count {
                    1 => "the only worker of which waits".to_owned(),
                    count => format!("all {count} workers of which wait"),
                };
                write!(words, "a future that is pending in {prefix}, {workers}")
            }
            Standing::With(..) => write!(words, "a future that {bringer} runs"),
            _ if self.holds_it => write!(words, "a lock that it holds itself"),
            _ => write!(words, "a lock that {bringer} holds"),
        };
        debug_assert!(written.is_ok(), "a string takes all that is written to it");
        match closed.count() {
            0 => {}
            more => {
                let _ = write!(words, " (and {more} more)");
            }
        }
        words
    }
}

/// All who have waited for a while, on this memory. Touched under the lock only.
struct List {
    waiters: UnsafeCell<Vec<Waiter>>,
    /// When somebody last looked.
    looked: UnsafeCell<f64>,
    /// Who is at the list: zero, or the number of that agent.
    lock: Word,
    /// Agents that wait for the lock.
    waiting: AtomicU32,
}

// SAFETY: the cells are touched by the holder of the lock only; the lock is atomic.
unsafe impl Sync for List {}

static LIST: List = List {
    waiters: UnsafeCell::new(Vec::new()),
    looked: UnsafeCell::new(0.0),
    lock: Word::new(0),
    waiting: AtomicU32::new(0),
};

impl List {
    /// Does `step` with the list. Only for agents that may block. `None` where an agent was ended by force while it was at
    /// the list: then nobody comes to it any more, and deadlocks are not found.
    fn with<R>(&self, step: impl FnOnce(&mut Vec<Waiter>, &mut f64) -> R) -> Option<R> {
        let me = holder::here();
        loop {
            // Acquire: takes over what the last one wrote. SeqCst on the way out: see below.
            match self
                .lock
                .compare_exchange(0, me, Ordering::SeqCst, Ordering::SeqCst)
            {
                Ok(_) => break,
                Err(holder) if !holder::is_alive(holder) => return None,
                Err(holder) => {
                    // SeqCst: counted before the look at the lock, or seen by who lets go of it.
                    self.waiting.fetch_add(1, Ordering::SeqCst);
                    self.lock.wait(holder, LOOK_EVERY);
                    self.waiting.fetch_sub(1, Ordering::SeqCst);
                }
            }
        }
        let result = self.waiters.with_mut(|waiters| {
            self.looked.with_mut(|looked| {
                // SAFETY: we hold the lock, so nobody else touches either; `step` does not come here again.
                unsafe { step(&mut *waiters, &mut *looked) }
            })
        });
        // SeqCst: releases the list, and comes before the look for those that wait.
        self.lock.store(0, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.lock.wake_one();
        }
        Some(result)
    }
}

/// One wait, from the first look until it ends.
///
/// What it waits for must be held by its thread for as long as this lives, at an address that stays. If the thread is
/// ended by force meanwhile, its reference is never given back, so the address stays good.
pub(crate) struct Watch {
    listed: bool,
}

impl Watch {
    pub(crate) const fn new() -> Self {
        Self { listed: false }
    }

    /// Looks whether the wait can ever end: it needs all of `needs`, or `any` of them. For a wait without a time-out that
    /// has lasted a while, or a while since its last look.
    pub(crate) fn look(&mut self, any: bool, needs: Vec<Need>) -> Result<(), Error> {
        self.listed = true;
        match look(any, needs) {
            Some(waits) => Err(Error::deadlock(waits)),
            None => Ok(()),
        }
    }
}

/// Puts this agent on the list, and gives the verdict, where there is one; see [`Watch::look`]. Whoever calls this calls
/// [`forget`] before it lets go of what it waits for.
pub(crate) fn look(any: bool, needs: Vec<Need>) -> Option<Arc<[String]>> {
    let post = worker::post();
    let ignored = post
        .as_ref()
        .is_some_and(|(pool, _)| pool.options().ignore_deadlocks);
    if needs.is_empty() || ignored {
        return None;
    }
    let serial = holder::here();
    let holds_it = needs
        .iter()
        .any(|need| matches!(need, Need::Lock(lock) if lock.holder() == Some(serial)));
    let mut waiter = Waiter {
        serial,
        post,
        any,
        needs,
        holds_it,
        verdict: None,
    };
    let verdict = LIST.with(|list, looked| {
        match list.iter().position(|waiter| waiter.serial == serial) {
            Some(at) => {
                waiter.verdict = list[at].verdict.take();
                list[at] = waiter;
            }
            None => list.push(waiter),
        }
        let now = platform::now();
        if !(0.0..REST).contains(&(now - *looked)) {
            *looked = now;
            judge(list);
        }
        let mine = list.iter_mut().find(|waiter| waiter.serial == serial);
        mine.and_then(|waiter| waiter.verdict.take())
    });
    verdict.flatten()
}

impl Watch {
    /// What was waited for has come. If this wait was part of a circle, it came because somebody else in it got the error;
    /// so that it does not matter who looks first, this one gets it, too.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        if !std::mem::replace(&mut self.listed, false) {
            return Ok(());
        }
        match forget() {
            Some(waits) => Err(Error::deadlock(waits)),
            None => Ok(()),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.listed {
            forget();
        }
    }
}

/// Takes this agent off the list; gives the verdict that it has not been told.
pub(crate) fn forget() -> Option<Arc<[String]>> {
    let serial = holder::here();
    let found = LIST.with(|list, _| {
        let at = list.iter().position(|waiter| waiter.serial == serial)?;
        list.swap_remove(at).verdict
    });
    found.flatten()
}

/// Finds out who waits for each other in a circle, and gives each of them the verdict.
fn judge(list: &mut Vec<Waiter>) {
    list.retain(|waiter| holder::is_alive(waiter.serial));
    let mut stuck: Vec<bool> = list.iter().map(|waiter| waiter.verdict.is_none()).collect();
    let mut waits_for: Vec<Vec<usize>> = vec![Vec::new(); list.len()];
    loop {
        let mut fewer = false;
        for at in 0..list.len() {
            if !stuck[at] {
                continue;
            }
            if let Some(others) = list[at].waits_for(list, &stuck) {
                waits_for[at] = others;
            } else {
                stuck[at] = false;
                fewer = true;
            }
        }
        if !fewer {
            break;
        }
    }
    let reached: Vec<Vec<bool>> = (0..list.len())
        .map(|from| {
            if stuck[from] {
                reach(from, &waits_for)
            } else {
                Vec::new()
            }
        })
        .collect();
    let in_circle = |at: usize| stuck[at] && reached[at][at];
    let verdicts: Vec<(usize, Arc<[String]>)> = (0..list.len())
        .filter(|at| in_circle(*at))
        .map(|at| {
            let members = (0..list.len())
                .filter(|other| in_circle(*other) && reached[at][*other] && reached[*other][at]);
            (
                at,
                members
                    .map(|member| list[member].describe(list, &stuck))
                    .collect(),
            )
        })
        .collect();
    for (at, verdict) in verdicts {
        list[at].verdict = Some(verdict);
    }
}

/// Who is reached from `from` by one step or more.
fn reach(from: usize, steps: &[Vec<usize>]) -> Vec<bool> {
    let mut reached = vec![false; steps.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for next in &steps[at] {
            if !std::mem::replace(&mut reached[*next], true) {
                open.push(*next);
            }
        }
    }
    reached
}
