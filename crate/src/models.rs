//! Models for loom: the small protocols of the core, run under every interleaving within stated bounds.
//!
//! Each model is a few steps of at most three threads. Loom follows the atomics, cells and waits of `platform/model.rs`;
//! a lost wake-up shows as a deadlock, an ordering that is too weak as a stale value or a racing cell. `Arc`, the clock
//! and the wakers of tasks are std's here, so nothing below depends on how *their* steps mix.
//!
//! What would spin for another thread's few instructions says `yield_now`, or loom would let it spin for ever.
#![cfg(test)]
#![expect(
    clippy::arc_with_non_send_sync,
    reason = "loom's cells are not `Sync`; loom checks them itself"
)]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use loom::cell::UnsafeCell;
use loom::sync::Notify;
use loom::sync::atomic::AtomicU32 as LoomU32;
use loom::thread;

use crate::agent::Agent;
use crate::alarm::WordAlarm;
use crate::bytes::Bytes;
use crate::call::{ScriptCall, VALUE};
use crate::callbacks::{Callbacks, Observer};
use crate::error::Error;
use crate::future::{Future, Promise};
use crate::pool::{Kind, Options, Pool};
use crate::queue::Queue;
use crate::state::{self, State};
use crate::wait::{ReturnWhen, as_completed, wait};
use crate::work::{LocalCall, Work};
use crate::worker::{Attempt, Taken, Worker};

/// Runs `steps` under every interleaving with at most three preemptions.
fn model(steps: impl Fn() + Send + Sync + 'static) {
    model_within(3, steps);
}

/// The same with at most `preemptions`: for three threads that each take many steps.
fn model_within(preemptions: usize, steps: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 5_000;
    builder.check(steps);
}

/// Counts how often something happened; it takes no part in the model.
#[derive(Clone, Default)]
struct Count(Arc<AtomicU32>);

impl Count {
    fn up(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

mod futures {
    use super::{Arc, Error, as_completed, model, model_within, state, thread, wait};
    use super::{AtomicU32, Count, Future, Ordering, Promise, ReturnWhen, State, UnsafeCell};
    use super::{LoomU32, Waker, WordAlarm};

    #[test]
    fn of_cancel_and_begin_exactly_one_wins() {
        model(|| {
            let (promise, future) = Promise::new();
            let worker = thread::spawn(move || {
                let begun = promise.begin();
                if begun {
                    promise.set_result(1).unwrap();
                }
                begun
            });
            let cancelled = future.cancel();
            assert!(worker.join().unwrap() != cancelled);
            assert_eq!(future.result(None).is_ok(), !cancelled);
        });
    }

    #[test]
    fn of_two_that_settle_exactly_one_wins_and_its_outcome_is_seen() {
        struct Cell {
            state: State,
            outcome: UnsafeCell<u32>,
        }
        fn settle(cell: &Cell, outcome: u32) -> bool {
            let won = cell.state.claim().is_ok();
            if won {
                // SAFETY: we won the claim.
                cell.outcome.with_mut(|slot| unsafe { *slot = outcome });
                cell.state.finish();
            }
            won
        }
        model(|| {
            let cell = Arc::new(Cell {
                state: State::new(),
                outcome: UnsafeCell::new(0),
            });
            let other = thread::spawn({
                let cell = Arc::clone(&cell);
                move || settle(&cell, 1)
            });
            let own = settle(&cell, 2);
            let seen = cell.state.wait(crate::platform::Deadline::after(None));
            assert_eq!(seen, Ok(state::FINISHED));
            // SAFETY: FINISHED was seen.
            let outcome = cell.outcome.with(|slot| unsafe { *slot });
            assert_eq!(outcome, if own { 2 } else { 1 });
            assert!(other.join().unwrap() != own);
        });
    }

    #[test]
    fn a_value_wakes_two_who_block() {
        model_within(2, || {
            let (promise, future) = Promise::new();
            let waiter = thread::spawn({
                let future = future.clone();
                move || future.result(None).unwrap()
            });
            let worker = thread::spawn(move || {
                assert!(promise.begin());
                promise.set_result(7).unwrap();
            });
            assert_eq!(future.result(None).unwrap(), 7);
            assert_eq!(waiter.join().unwrap(), 7);
            worker.join().unwrap();
        });
    }

    #[test]
    fn a_coroutine_that_a_worker_polls_sees_what_came_before_its_alarm() {
        model(|| {
            let (alarm, value) = (WordAlarm::new(), Arc::new(LoomU32::new(0)));
            let other = thread::spawn({
                let (waker, value) = (Waker::from(Arc::clone(&alarm)), Arc::clone(&value));
                move || {
                    for step in 1..=2 {
                        // Relaxed here and below: only the alarm orders it.
                        value.store(step, Ordering::Relaxed);
                        waker.wake_by_ref();
                    }
                }
            });
            loop {
                alarm.reset();
                if value.load(Ordering::Relaxed) == 2 {
                    break;
                }
                alarm.wait();
            }
            other.join().unwrap();
        });
    }

    #[test]
    fn a_cancel_wakes_who_blocks() {
        model(|| {
            let (promise, future) = Promise::<u32>::new();
            let waiter = thread::spawn({
                let future = future.clone();
                move || future.result(None)
            });
            assert!(future.cancel());
            assert!(matches!(waiter.join().unwrap(), Err(Error::Cancelled)));
            drop(promise);
        });
    }

    #[test]
    fn a_promise_that_is_dropped_while_it_is_cancelled_ends_the_future_once() {
        model(|| {
            let (promise, future) = Promise::<u32>::new();
            let count = Count::default();
            let counting = count.clone();
            future.add_done_callback(move |_| counting.up());
            let dropper = thread::spawn(move || drop(promise));
            let cancelled = future.cancel();
            let error = future.result(None).unwrap_err();
            assert_eq!(error.is_cancelled(), cancelled);
            assert_eq!(error.is_broken(), !cancelled);
            dropper.join().unwrap();
            assert_eq!(count.get(), 1);
        });
    }

    #[test]
    fn a_callback_that_is_added_while_the_call_ends_runs_once_and_sees_the_value() {
        model(|| {
            let (promise, future) = Promise::new();
            let count = Count::default();
            let worker = thread::spawn(move || promise.set_result(3).unwrap());
            for _ in 0..2 {
                let count = count.clone();
                future.add_done_callback(move |future| {
                    assert_eq!(future.result(None).unwrap(), 3);
                    count.up();
                });
            }
            worker.join().unwrap();
            assert_eq!(count.get(), 2);
        });
    }

    #[test]
    fn two_that_add_callbacks_while_the_call_ends_each_have_theirs_run() {
        model(|| {
            let (promise, future) = Promise::new();
            let counts: [Count; 2] = Default::default();
            let adder = thread::spawn({
                let (future, count) = (future.clone(), counts[0].clone());
                move || future.add_done_callback(move |_| count.up())
            });
            let worker = thread::spawn(move || promise.set_result(3).unwrap());
            let count = counts[1].clone();
            future.add_done_callback(move |_| count.up());
            adder.join().unwrap();
            worker.join().unwrap();
            assert_eq!(counts.map(|count| count.get()), [1, 1]);
        });
    }

    /// Two futures, each ended by a thread of its own.
    fn two_that_end() -> ([Future<u32>; 2], [thread::JoinHandle<()>; 2]) {
        let mut workers = Vec::new();
        let futures = [1, 2].map(|n| {
            let (promise, future) = Promise::new();
            workers.push(thread::spawn(move || promise.set_result(n).unwrap()));
            future
        });
        let workers = workers.try_into().ok().unwrap();
        (futures, workers)
    }

    #[test]
    fn whoever_waits_for_all_of_two_is_woken() {
        model(|| {
            let (futures, workers) = two_that_end();
            let found = wait(futures, None, ReturnWhen::AllCompleted).unwrap();
            assert_eq!((found.done.len(), found.not_done.len()), (2, 0));
            for worker in workers {
                worker.join().unwrap();
            }
        });
    }

    #[test]
    fn whoever_waits_for_the_first_failure_of_two_is_woken() {
        model_within(3, || {
            let (failing, future) = Promise::<u32>::new();
            let (ending, other) = Promise::new();
            let failer = thread::spawn(move || failing.set_exception(Error::Shutdown).unwrap());
            let ender = thread::spawn(move || ending.set_result(1).unwrap());
            let found = wait([future, other], None, ReturnWhen::FirstException).unwrap();
            assert!(found.done.iter().any(|future| future.failed()) || found.not_done.is_empty());
            failer.join().unwrap();
            ender.join().unwrap();
        });
    }

    #[test]
    fn whoever_waits_for_the_first_of_two_is_woken() {
        model(|| {
            let (futures, workers) = two_that_end();
            let found = wait(futures, None, ReturnWhen::FirstCompleted).unwrap();
            assert!(!found.done.is_empty());
            for worker in workers {
                worker.join().unwrap();
            }
        });
    }

    #[test]
    fn as_completed_gives_two_that_end_at_once_once_each() {
        model_within(2, || {
            let (futures, workers) = two_that_end();
            let sum = AtomicU32::new(0);
            for future in as_completed(futures, None) {
                sum.fetch_add(future.unwrap().result(None).unwrap(), Ordering::Relaxed);
            }
            assert_eq!(sum.into_inner(), 3);
            for worker in workers {
                worker.join().unwrap();
            }
        });
    }
}

mod callbacks {
    use super::{Arc, Callbacks, Count, Observer, model, thread};

    impl Observer for Count {
        fn done(&self, _key: usize, _failed: bool) {
            self.up();
        }
    }

    fn watch(callbacks: &Callbacks, observer: &Arc<Count>) {
        let observer: Arc<dyn Observer> = Arc::clone(observer) as _;
        callbacks.watch(Arc::downgrade(&observer), 0);
    }

    #[test]
    fn an_observer_that_comes_while_the_call_ends_is_told_once() {
        model(|| {
            let callbacks = Arc::new(Callbacks::new());
            let observer = Arc::new(Count::default());
            let worker = thread::spawn({
                let callbacks = Arc::clone(&callbacks);
                move || callbacks.done(false)
            });
            watch(&callbacks, &observer);
            worker.join().unwrap();
            assert_eq!(observer.get(), 1);
        });
    }

    #[test]
    fn an_observer_that_comes_while_the_call_fails_is_told_that_it_failed() {
        struct Failures(Count);
        impl Observer for Failures {
            fn done(&self, _key: usize, failed: bool) {
                assert!(failed);
                self.0.up();
            }
        }
        model(|| {
            let callbacks = Arc::new(Callbacks::new());
            let observer = Arc::new(Failures(Count::default()));
            let worker = thread::spawn({
                let callbacks = Arc::clone(&callbacks);
                move || callbacks.done(true)
            });
            let weak: Arc<dyn Observer> = Arc::clone(&observer) as _;
            callbacks.watch(Arc::downgrade(&weak), 0);
            worker.join().unwrap();
            assert_eq!(observer.0.get(), 1);
        });
    }

    #[test]
    fn an_observer_that_is_being_swept_while_the_call_ends_is_told_once() {
        model(|| {
            let callbacks = Arc::new(Callbacks::new());
            let early = Arc::new(Count::default());
            watch(&callbacks, &early);
            // So many that go at once that the next one sweeps.
            for _ in 0..14 {
                watch(&callbacks, &Arc::new(Count::default()));
            }
            let worker = thread::spawn({
                let callbacks = Arc::clone(&callbacks);
                move || callbacks.done(false)
            });
            let late = Arc::new(Count::default());
            watch(&callbacks, &late);
            worker.join().unwrap();
            assert_eq!((early.get(), late.get()), (1, 1));
        });
    }
}

mod queue {
    use super::{Arc, Duration, Queue, model, model_within, thread};

    /// As long as it takes: the model has no time.
    const LONG: Duration = Duration::from_secs(1);

    /// Takes one entry, sleeping while there is none.
    fn take(queue: &Queue<u32>) -> u32 {
        loop {
            if let Some(entry) = queue.take().unwrap() {
                return entry;
            }
            queue.wait(LONG, || false);
            thread::yield_now();
        }
    }

    #[test]
    fn of_two_who_push_nothing_is_lost_and_each_keeps_its_order() {
        model_within(2, || {
            let queue = Arc::new(Queue::new());
            let pushers = [[1, 2].as_slice(), &[10]].map(|entries| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || entries.iter().for_each(|entry| queue.push(*entry)))
            });
            let taken = [(); 3].map(|()| take(&queue));
            for pusher in pushers {
                pusher.join().unwrap();
            }
            assert!(queue.is_empty() && queue.take().unwrap().is_none());
            assert!(taken.contains(&10));
            assert!(taken.iter().filter(|entry| **entry < 10).eq(&[1, 2]));
        });
    }

    #[test]
    fn whoever_sleeps_is_woken_by_a_push() {
        model(|| {
            let queue = Arc::new(Queue::new());
            let pusher = thread::spawn({
                let queue = Arc::clone(&queue);
                move || queue.push(1)
            });
            assert_eq!(take(&queue), 1);
            pusher.join().unwrap();
        });
    }

    #[test]
    fn two_who_sleep_are_both_woken_by_two_pushes() {
        model_within(2, || {
            let queue = Arc::new(Queue::new());
            let taker = thread::spawn({
                let queue = Arc::clone(&queue);
                move || take(&queue)
            });
            let pusher = thread::spawn({
                let queue = Arc::clone(&queue);
                move || {
                    queue.push(1);
                    queue.push(2);
                }
            });
            let own = take(&queue);
            assert_eq!(own + taker.join().unwrap(), 3);
            pusher.join().unwrap();
        });
    }

    #[test]
    fn an_alarm_wakes_who_sleeps() {
        model(|| {
            let queue = Arc::new(Queue::<u32>::new());
            let stop = Arc::new(loom::sync::atomic::AtomicBool::new(false));
            let stopper = thread::spawn({
                let (queue, stop) = (Arc::clone(&queue), Arc::clone(&stop));
                move || {
                    stop.store(true, super::Ordering::SeqCst);
                    queue.alarm();
                }
            });
            while !stop.load(super::Ordering::SeqCst) {
                queue.wait(LONG, || stop.load(super::Ordering::SeqCst));
            }
            stopper.join().unwrap();
        });
    }

    #[test]
    fn two_who_take_at_once_get_one_entry_each() {
        model(|| {
            let queue = Arc::new(Queue::new());
            queue.push(1);
            queue.push(2);
            let takers = [(); 2].map(|()| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || queue.take().unwrap().unwrap())
            });
            let taken = takers.map(|taker| taker.join().unwrap());
            assert!(taken == [1, 2] || taken == [2, 1]);
        });
    }
}

mod pool;
mod sync;
mod trace;

mod agent {
    use super::{Agent, Arc, Count, UnsafeCell, model, thread};

    #[test]
    fn an_agent_that_falls_asleep_while_two_post_runs_both_errands() {
        model(|| {
            let (agent, ran) = (Agent::new(), Count::default());
            let posters = [(); 2].map(|()| {
                let (agent, ran) = (Arc::clone(&agent), ran.clone());
                thread::spawn(move || agent.post(Box::new(move || ran.up())))
            });
            while ran.get() < 2 {
                agent.sleep(|| {
                    let before = ran.get();
                    agent.take_errands().for_each(|errand| errand());
                    ran.get() == before
                });
            }
            for poster in posters {
                poster.join().unwrap();
            }
        });
    }

    #[test]
    fn of_an_agent_and_its_killers_exactly_one_owns_what_it_holds() {
        model(|| {
            let agent = Agent::new();
            let held = Arc::new(UnsafeCell::new(0));
            let add = |held: &UnsafeCell<u32>| {
                // SAFETY: this is what the model shows: nobody else touches it.
                held.with_mut(|held| unsafe { *held += 1 });
            };
            let killers = [(); 2].map(|()| {
                let (agent, held) = (Arc::clone(&agent), Arc::clone(&held));
                thread::spawn(move || {
                    let claimed = agent.claim();
                    if claimed {
                        add(&held);
                    }
                    claimed
                })
            });
            add(&held);
            agent.leave_pool();
            let entered = agent.enter_pool();
            if entered {
                add(&held);
            }
            let [one, two] = killers.map(|killer| killer.join().unwrap());
            assert_eq!(u32::from(one) + u32::from(two) + u32::from(entered), 1);
        });
    }

    #[test]
    fn whoever_wants_back_in_while_a_killer_looks_waits_and_what_it_holds_has_one_owner() {
        model(|| {
            let (agent, held) = (Agent::new(), Arc::new(UnsafeCell::new(0)));
            let add = |held: &UnsafeCell<u32>| {
                // SAFETY: this is what the model shows: nobody else touches it.
                held.with_mut(|held| unsafe { *held += 1 });
            };
            let killer = thread::spawn({
                let (agent, held) = (Arc::clone(&agent), Arc::clone(&held));
                move || {
                    // The first look finds what is not to be ended, the second what is.
                    if agent.hold().is_ok() {
                        add(&held);
                        agent.let_go();
                    }
                    let ended = agent.hold().is_ok();
                    if ended {
                        add(&held);
                        agent.claim_held();
                    }
                    ended
                }
            });
            add(&held);
            agent.leave_pool();
            let entered = agent.enter_pool();
            if entered {
                add(&held);
            }
            assert!(killer.join().unwrap() != entered);
        });
    }
}
