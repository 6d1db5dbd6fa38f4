//! Callbacks: when they run, where, in which order, and what a panic in one does.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use concurrent_futures::{Error, Future, Promise, ThreadPoolExecutor};

use crate::support::{Gate, LIMIT, busy_pool_of_one, pass};

/// Notes of callbacks, in the order in which they ran.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn write(&self, note: &impl ToString) {
        self.0.lock().unwrap().push(note.to_string());
    }

    fn read(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Has `note` written when `future` is done.
    fn on(&self, future: &Future<u32>, note: &'static str) {
        let notes = self.clone();
        future.add_done_callback(move |_| notes.write(&note));
    }
}

#[test]
fn callbacks_run_once_each_in_the_order_in_which_they_were_added() {
    let (promise, future) = Promise::new();
    let notes = Notes::default();
    for note in ["first", "second", "third"] {
        notes.on(&future, note);
    }
    assert!(notes.read().is_empty());
    promise.set_result(1).unwrap();
    assert_eq!(notes.read(), ["first", "second", "third"]);
}

#[test]
fn a_callback_that_is_added_twice_runs_twice() {
    let (promise, future) = Promise::new();
    let notes = Notes::default();
    let callback = {
        let notes = notes.clone();
        move |_: &Future<u32>| notes.write(&"again")
    };
    future.add_done_callback(callback.clone());
    future.add_done_callback(callback);
    promise.set_result(1).unwrap();
    assert_eq!(notes.read(), ["again", "again"]);
}

type End = fn(Promise<u32>, &Future<u32>);

#[test]
fn a_callback_gets_the_future_done_and_its_outcome_at_once() {
    let ends: [End; 3] = [
        |promise, _| promise.set_result(5).unwrap(),
        |promise, _| {
            promise
                .set_exception(Error::Value("bad".to_owned()))
                .unwrap();
        },
        |_promise, future| assert!(future.cancel()),
    ];
    for (end, expected) in ends
        .into_iter()
        .zip(["5", "bad", "the future was cancelled"])
    {
        let (promise, future) = Promise::new();
        let notes = Notes::default();
        future.add_done_callback({
            let (notes, given) = (notes.clone(), future.clone());
            move |future| {
                assert!(future.done() && future.is_same(&given));
                match future.result(None) {
                    Ok(value) => notes.write(&value),
                    Err(error) => notes.write(&error),
                }
            }
        });
        end(promise, &future);
        assert_eq!(notes.read(), [expected]);
    }
}

#[test]
fn a_second_cancel_does_not_run_callbacks_again() {
    let (_promise, future) = Promise::new();
    let notes = Notes::default();
    notes.on(&future, "cancelled");
    future.cancel();
    future.cancel();
    assert_eq!(notes.read(), ["cancelled"]);
}

#[test]
fn a_promise_that_is_dropped_runs_the_callbacks() {
    let (promise, future) = Promise::new();
    let notes = Notes::default();
    notes.on(&future, "broken");
    drop(promise);
    assert_eq!(notes.read(), ["broken"]);
}

#[test]
fn a_callback_that_comes_late_runs_at_once_where_it_is_added() {
    let (promise, future) = Promise::new();
    promise.set_result(1).unwrap();
    let (sender, receiver) = channel();
    future.add_done_callback(move |_| sender.send(thread::current().id()).unwrap());
    assert_eq!(receiver.try_recv().unwrap(), thread::current().id());
}

#[test]
fn a_callback_added_from_within_a_callback_runs_before_the_later_ones() {
    let (promise, future) = Promise::new();
    let notes = Notes::default();
    future.add_done_callback({
        let notes = notes.clone();
        move |future| {
            notes.write(&"outer");
            notes.on(future, "inner");
        }
    });
    notes.on(&future, "later");
    promise.set_result(1).unwrap();
    assert_eq!(notes.read(), ["outer", "inner", "later"]);
}

#[test]
fn a_callback_may_settle_and_wait_for_other_futures() {
    let (first, future) = Promise::<u32>::new();
    let (second, other) = Promise::<u32>::new();
    future.add_done_callback(move |future| {
        second.set_result(future.result(None).unwrap() + 1).unwrap();
    });
    let notes = Notes::default();
    other.add_done_callback({
        let notes = notes.clone();
        move |other| notes.write(&other.result(None).unwrap())
    });
    first.set_result(1).unwrap();
    assert_eq!(notes.read(), ["2"]);
}

#[test]
fn after_a_panic_in_a_callback_the_next_ones_run_and_the_caller_does_not_notice() {
    let (promise, future) = Promise::new();
    let notes = Notes::default();
    notes.on(&future, "before");
    future.add_done_callback(|_| panic!("a callback that panics on purpose"));
    notes.on(&future, "after");
    promise.set_result(1).unwrap();
    assert_eq!(notes.read(), ["before", "after"]);

    future.add_done_callback(|_| panic!("a late callback that panics on purpose"));
    notes.on(&future, "late");
    assert_eq!(notes.read(), ["before", "after", "late"]);
    assert_eq!(future.result(None).unwrap(), 1);
}

#[test]
fn a_panic_in_a_callback_leaves_the_worker_alive() {
    let (pool, gate, future) = busy_pool_of_one();
    let (promise, called) = Promise::new();
    future.add_done_callback(|_| panic!("a callback that panics on purpose"));
    future.add_done_callback(move |_| promise.set_result(()).unwrap());
    gate.open();
    pass(&called);
    assert_eq!(pool.submit(|| 1).unwrap().result(LIMIT).unwrap(), 1);
    assert_eq!(pool.workers(), 1);
}

#[test]
fn callbacks_run_on_the_worker_that_ends_the_call() {
    let (pool, gate, future) = busy_pool_of_one();
    let (sender, receiver) = channel();
    future.add_done_callback(move |_| {
        sender
            .send(thread::current().name().map(str::to_owned))
            .unwrap();
    });
    gate.open();
    let name = receiver.recv_timeout(LIMIT).unwrap();
    assert_eq!(name, future.worker());
    assert!(pool.workers() == 1 && name.is_some());
}

#[test]
fn callbacks_of_a_cancelled_call_run_where_it_is_cancelled() {
    let (pool, gate, _running) = busy_pool_of_one();
    let queued = pool.submit(|| ()).unwrap();
    let (sender, receiver) = channel();
    queued.add_done_callback(move |_| sender.send(thread::current().id()).unwrap());
    assert!(queued.cancel());
    assert_eq!(receiver.try_recv().unwrap(), thread::current().id());
    gate.open();
}

#[test]
fn whoever_waits_is_woken_before_the_callbacks_run() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (start, seen) = (Gate::new(), Gate::new());
    let future = pool
        .submit({
            let opened = start.opened.clone();
            move || pass(&opened)
        })
        .unwrap();
    let (promise, called) = Promise::new();
    let opened = seen.opened.clone();
    future.add_done_callback(move |_| {
        pass(&opened);
        promise.set_result(()).unwrap();
    });
    start.open();
    future.result(LIMIT).unwrap();
    assert!(!called.done(), "its callback waits for us");
    seen.open();
    pass(&called);
}

#[test]
fn a_callback_added_while_the_call_ends_runs_exactly_once() {
    const ROUNDS: usize = 500;
    let notes: Vec<Notes> = (0..ROUNDS).map(|_| Notes::default()).collect();
    let (promises, futures): (Vec<_>, Vec<_>) = (0..ROUNDS).map(|_| Promise::<u32>::new()).unzip();
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let promises = promises;
            barrier.wait();
            for promise in promises {
                promise.set_result(1).unwrap();
            }
        });
        barrier.wait();
        for (future, notes) in futures.iter().zip(&notes) {
            notes.on(future, "called");
        }
    });
    for notes in notes {
        assert_eq!(notes.read(), ["called"]);
    }
}
