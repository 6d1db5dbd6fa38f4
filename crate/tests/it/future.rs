//! Every state of a future, every step between them, and what each shows and answers.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use concurrent_futures::{BrokenExecutor, Error, Future, Promise, Snapshot, ThreadPoolExecutor};

use crate::support::{Gate, LIMIT, MOMENT, pass};

fn pending() -> (Promise<u32>, Future<u32>) {
    Promise::new()
}

fn running() -> (Promise<u32>, Future<u32>) {
    let (promise, future) = Promise::new();
    assert!(promise.set_running_or_notify_cancel().unwrap());
    (promise, future)
}

fn cancelled() -> Future<u32> {
    let (_promise, future) = Promise::new();
    assert!(future.cancel());
    future
}

fn finished() -> Future<u32> {
    let (promise, future) = Promise::new();
    promise.set_result(42).unwrap();
    future
}

fn failed() -> Future<u32> {
    let (promise, future) = Promise::new();
    promise
        .set_exception(Error::Value("too big".to_owned()))
        .unwrap();
    future
}

/// `(running, cancelled, done)`
fn shown<T>(future: &Future<T>) -> (bool, bool, bool) {
    (future.running(), future.cancelled(), future.done())
}

fn broken(error: &Error) -> &BrokenExecutor {
    match error {
        Error::Broken(broken) => broken,
        other => panic!("{other:?} is not that of a broken pool"),
    }
}

#[test]
fn each_state_shows_as_itself() {
    let (_keep, future) = pending();
    assert_eq!(shown(&future), (false, false, false));
    let (_keep, future) = running();
    assert_eq!(shown(&future), (true, false, false));
    assert_eq!(shown(&cancelled()), (false, true, true));
    assert_eq!(shown(&finished()), (false, false, true));
    assert_eq!(shown(&failed()), (false, false, true));
}

#[test]
fn the_text_names_the_state_and_what_a_finished_one_holds() {
    let (_keep, future) = pending();
    assert_eq!(format!("{future:?}"), "<Future state=pending>");
    let (promise, future) = running();
    assert_eq!(format!("{future:?}"), "<Future state=running>");
    assert_eq!(format!("{promise:?}"), "Promise(<Future state=running>)");
    assert_eq!(format!("{:?}", cancelled()), "<Future state=cancelled>");
    assert_eq!(
        format!("{:?}", finished()),
        "<Future state=finished returned u32>"
    );
    assert_eq!(
        format!("{:?}", failed()),
        "<Future state=finished raised ValueError>"
    );
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let raised: [(Future<()>, &str); 2] = [
        (
            pool.try_submit(|| "x".parse::<u32>().map(drop)).unwrap(),
            "core::num::error::ParseIntError",
        ),
        (pool.submit(|| panic!("oh")).unwrap(), "panic"),
    ];
    for (future, name) in raised {
        assert!(future.exception(LIMIT).unwrap().is_some());
        assert_eq!(
            format!("{future:?}"),
            format!("<Future state=finished raised {name}>")
        );
    }
}

#[test]
fn a_snapshot_is_one_look_at_everything() {
    let (promise, future) = pending();
    assert!(matches!(future.snapshot(), Snapshot::Pending));
    assert!(promise.set_running_or_notify_cancel().unwrap());
    assert!(matches!(future.snapshot(), Snapshot::Running));
    assert!(matches!(cancelled().snapshot(), Snapshot::Cancelled));
    assert!(matches!(finished().snapshot(), Snapshot::Finished(Ok(42))));
    let Snapshot::Finished(Err(error)) = failed().snapshot() else {
        panic!("it has failed");
    };
    assert_eq!(error.to_string(), "too big");
}

#[test]
fn settling_twice_is_an_error_and_the_first_outcome_stays() {
    let (promise, future) = running();
    promise.set_result(42).unwrap();
    for error in [
        promise.set_result(1).unwrap_err(),
        promise.set_exception(Error::Shutdown).unwrap_err(),
    ] {
        let Error::InvalidState(error) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error.state(), "finished");
        assert_eq!(
            error.to_string(),
            "the future is finished already: <Future state=finished returned u32>"
        );
    }
    assert_eq!(future.result(None).unwrap(), 42);
}

#[test]
fn cancel_takes_only_what_is_pending() {
    let (promise, future) = pending();
    assert!(future.cancel());
    assert!(future.cancel(), "once cancelled it stays so");
    let may_run = promise.set_running_or_notify_cancel().unwrap();
    assert!(!may_run, "a cancelled call must not run");

    let (_keep, future) = running();
    assert!(!future.cancel());
    assert!(future.running());

    let future = finished();
    assert!(!future.cancel());
    assert_eq!(future.result(None).unwrap(), 42);
    assert!(!failed().cancel());
}

#[test]
fn a_call_begins_once() {
    let (promise, future) = pending();
    assert!(promise.set_running_or_notify_cancel().unwrap());
    let error = promise.set_running_or_notify_cancel().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the future is running already: <Future state=running>"
    );
    assert!(future.running());
    promise.set_result(1).unwrap();
    let error = promise.set_running_or_notify_cancel().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the future is finished already: <Future state=finished returned u32>"
    );
}

#[test]
fn a_pending_call_may_be_settled_without_beginning() {
    assert_eq!(finished().result(None).unwrap(), 42);
}

#[test]
fn settling_what_was_cancelled_is_an_error_and_changes_nothing() {
    let (promise, future) = pending();
    future.cancel();
    let error = promise.set_result(1).unwrap_err();
    assert!(matches!(error, Error::InvalidState(_)));
    assert_eq!(
        error.to_string(),
        "the future is cancelled already: <Future state=cancelled>"
    );
    assert!(future.cancelled());

    let (promise, future) = pending();
    future.cancel();
    let error = promise.set_exception(Error::Shutdown).unwrap_err();
    assert!(matches!(error, Error::InvalidState(_)));
    assert!(future.result(None).unwrap_err().is_cancelled());
}

#[test]
fn looking_without_waiting_answers_by_state() {
    let now = Duration::ZERO;
    for (promise, future) in [pending(), running()] {
        assert!(future.result(now).unwrap_err().is_timeout());
        assert!(future.exception(now).unwrap_err().is_timeout());
        drop(promise);
    }
    assert!(cancelled().result(now).unwrap_err().is_cancelled());
    assert!(cancelled().exception(now).unwrap_err().is_cancelled());
    assert_eq!(finished().result(now).unwrap(), 42);
    assert!(finished().exception(now).unwrap().is_none());
    assert_eq!(failed().result(now).unwrap_err().to_string(), "too big");
    let error = failed().exception(now).unwrap().unwrap();
    assert_eq!(error.to_string(), "too big");
}

#[test]
fn a_wait_that_takes_too_long_says_so_and_the_call_goes_on() {
    let (promise, future) = running();
    let Err(Error::Timeout(timeout)) = future.result(MOMENT) else {
        panic!("it cannot be done");
    };
    assert_eq!((timeout.unfinished(), timeout.total()), (1, 1));
    assert_eq!(
        timeout.to_string(),
        "1 (of 1) futures unfinished after 0.02 s"
    );
    assert!(future.exception(MOMENT).unwrap_err().is_timeout());
    promise.set_result(7).unwrap();
    assert_eq!(future.result(MOMENT).unwrap(), 7);
}

#[test]
fn the_longest_time_there_is_waits_without_end() {
    for timeout in [Duration::MAX, Duration::from_secs(1 << 40)] {
        let (promise, future) = running();
        let ender = thread::spawn(move || {
            // Time enough for the wait to begin; if it is not, the test shows less, but does not fail.
            thread::sleep(MOMENT);
            promise.set_result(7).unwrap();
        });
        assert_eq!(future.result(timeout).unwrap(), 7);
        ender.join().unwrap();
    }
}

/// Has `waiters` threads block on a future, ends it by `end` when at least one is about to, and gives what they got.
fn what_waiters_get<R: Send + 'static>(
    wait: impl Fn(&Future<u32>) -> R + Copy + Send + 'static,
    end: impl FnOnce(Promise<u32>, Future<u32>),
) -> Vec<R> {
    let (promise, future) = pending();
    let barrier = std::sync::Arc::new(Barrier::new(4));
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            let (future, barrier) = (future.clone(), std::sync::Arc::clone(&barrier));
            thread::spawn(move || {
                barrier.wait();
                wait(&future)
            })
        })
        .collect();
    barrier.wait();
    end(promise, future);
    waiters
        .into_iter()
        .map(|waiter| waiter.join().unwrap())
        .collect()
}

#[test]
fn a_value_wakes_everybody_who_waits_for_it() {
    let got = what_waiters_get(
        |future| future.result(LIMIT).unwrap(),
        |promise, _future| {
            assert!(promise.set_running_or_notify_cancel().unwrap());
            promise.set_result(5).unwrap();
        },
    );
    assert_eq!(got, [5, 5, 5]);
}

#[test]
fn an_error_wakes_everybody_who_waits_for_it() {
    let got = what_waiters_get(
        |future| future.exception(LIMIT).unwrap().unwrap().to_string(),
        |promise, _future| {
            promise
                .set_exception(Error::Value("too small".to_owned()))
                .unwrap();
        },
    );
    assert_eq!(got, ["too small"; 3]);
}

#[test]
fn a_cancel_wakes_everybody_who_waits() {
    let got = what_waiters_get(
        |future| future.result(LIMIT).unwrap_err().is_cancelled(),
        |promise, future| {
            assert!(future.cancel());
            drop(promise);
        },
    );
    assert_eq!(got, [true; 3]);
}

#[test]
fn a_promise_that_is_dropped_breaks_its_future_so_that_nobody_waits_for_ever() {
    for begin in [false, true] {
        let got = what_waiters_get(
            |future| {
                let error = future.result(LIMIT).unwrap_err();
                broken(&error).reason().to_owned()
            },
            move |promise, _future| {
                assert!(!begin || promise.set_running_or_notify_cancel().unwrap());
                drop(promise);
            },
        );
        assert_eq!(got, ["the call was dropped before it was done"; 3]);
    }
}

#[test]
fn a_promise_that_is_dropped_after_the_cancel_leaves_the_future_cancelled() {
    let (promise, future) = pending();
    future.cancel();
    drop(promise);
    assert!(future.result(None).unwrap_err().is_cancelled());
}

#[test]
fn a_value_may_be_asked_for_by_every_handle_as_often_as_you_like() {
    let future = finished();
    let clone = future.clone();
    assert!(clone.is_same(&future));
    assert!(!clone.is_same(&finished()));
    for _ in 0..3 {
        assert_eq!(
            (future.result(None).unwrap(), clone.result(None).unwrap()),
            (42, 42)
        );
    }
}

#[test]
fn a_value_lives_as_long_as_its_last_handle() {
    let value = std::sync::Arc::new(());
    let (promise, future) = Promise::new();
    promise.set_result(std::sync::Arc::clone(&value)).unwrap();
    drop(promise);
    let clone = future.clone();
    drop(future);
    assert_eq!(std::sync::Arc::strong_count(&value), 2);
    drop(clone);
    assert_eq!(std::sync::Arc::strong_count(&value), 1);
}

#[test]
fn times_are_noted_in_order() {
    let (promise, future) = pending();
    assert_eq!(
        (future.times().started, future.times().finished),
        (None, None)
    );
    assert!(promise.set_running_or_notify_cancel().unwrap());
    let started = future.times().started.unwrap();
    assert!(future.times().submitted <= started);
    promise.set_result(1).unwrap();
    assert!(started <= future.times().finished.unwrap());
}

#[test]
fn the_time_of_a_cancel_is_noted() {
    let times = cancelled().times();
    assert_eq!(times.started, None);
    assert!(times.submitted <= times.finished.unwrap());
}

#[test]
fn a_future_that_no_pool_made_has_no_worker() {
    assert_eq!(finished().worker(), None);
}

#[test]
fn of_cancel_and_begin_exactly_one_wins() {
    const ROUNDS: usize = 2000;
    let (promises, futures): (Vec<_>, Vec<_>) = (0..ROUNDS).map(|_| pending()).unzip();
    let barrier = Barrier::new(2);
    let (begun, cancelled) = thread::scope(|scope| {
        let beginner = scope.spawn(|| {
            // Moved in, since a promise is nobody else's.
            let promises = promises;
            barrier.wait();
            let begun: Vec<_> = promises
                .iter()
                .map(|promise| promise.set_running_or_notify_cancel().unwrap())
                .collect();
            (begun, promises)
        });
        barrier.wait();
        let cancelled: Vec<_> = futures.iter().map(Future::cancel).collect();
        let (begun, promises) = beginner.join().unwrap();
        drop(promises);
        (begun, cancelled)
    });
    for (round, (begun, cancelled)) in begun.into_iter().zip(cancelled).enumerate() {
        assert!(
            begun != cancelled,
            "round {round}: begun {begun}, cancelled {cancelled}"
        );
    }
}

#[test]
fn of_cancel_and_settle_exactly_one_wins() {
    const ROUNDS: u32 = 2000;
    let (promises, futures): (Vec<_>, Vec<_>) = (0..ROUNDS).map(|_| pending()).unzip();
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        let settler = scope.spawn(|| {
            let promises = promises;
            barrier.wait();
            (0..)
                .zip(promises)
                .map(|(n, promise)| promise.set_result(n).is_ok())
                .collect::<Vec<_>>()
        });
        barrier.wait();
        let cancelled: Vec<_> = futures.iter().map(Future::cancel).collect();
        let settled = settler.join().unwrap();
        for (n, future) in (0..).zip(&futures) {
            let at = usize::try_from(n).unwrap();
            assert!(settled[at] != cancelled[at]);
            match future.result(Duration::ZERO) {
                Ok(value) => assert!(settled[at] && value == n),
                Err(error) => assert!(cancelled[at] && error.is_cancelled()),
            }
        }
    });
}

#[test]
fn a_hundred_thousand_outstanding_futures_each_get_their_own_value() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let gate = Gate::new();
    for _ in 0..2 {
        let opened = gate.opened.clone();
        pool.submit(move || pass(&opened)).unwrap();
    }
    let futures: Vec<_> = (0..100_000_u32)
        .map(|n| pool.submit(move || n).unwrap())
        .collect();
    gate.open();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.result(LIMIT).unwrap(), n);
    }
}
