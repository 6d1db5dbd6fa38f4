//! `wait`: the three constants, what counts as done, and time.

use std::thread;
use std::time::Duration;

use concurrent_futures::{
    DoneAndNotDone, Error, Future, ProcessPoolExecutor, Promise, ReturnWhen, Shutdown,
    ThreadPoolExecutor, wait,
};

use crate::support::{LIMIT, MOMENT, live_bytes};

use ReturnWhen::{AllCompleted, FirstCompleted, FirstException};

fn finished() -> Future<u32> {
    let (promise, future) = Promise::new();
    promise.set_result(1).unwrap();
    future
}

fn failed() -> Future<u32> {
    let (promise, future) = Promise::new();
    promise
        .set_exception(Error::Value("bad".to_owned()))
        .unwrap();
    future
}

fn cancelled() -> Future<u32> {
    let (_promise, future) = Promise::new();
    future.cancel();
    future
}

fn sizes(found: &DoneAndNotDone<u32>) -> (usize, usize) {
    (found.done.len(), found.not_done.len())
}

/// Looks, without waiting.
fn look(futures: &[Future<u32>], return_when: ReturnWhen) -> (usize, usize) {
    sizes(&wait(futures.to_vec(), Duration::ZERO, return_when).unwrap())
}

/// Waits in another thread, ends futures by `end`, and gives what the wait found.
fn wait_while(
    futures: Vec<Future<u32>>,
    return_when: ReturnWhen,
    end: impl FnOnce(),
) -> DoneAndNotDone<u32> {
    let waiter = thread::spawn(move || wait(futures, LIMIT, return_when).unwrap());
    end();
    waiter.join().unwrap()
}

#[test]
fn all_completed_waits_for_success_failure_and_cancel_alike_and_is_the_default() {
    assert_eq!(ReturnWhen::default(), AllCompleted);
    let [(first, one), (second, two), (_third, three)] = [(); 3].map(|()| Promise::new());
    let futures = vec![one, two, three.clone(), finished(), failed(), cancelled()];
    let found = wait_while(futures, AllCompleted, || {
        first.set_result(1).unwrap();
        second.set_exception(Error::Shutdown).unwrap();
        assert!(three.cancel());
    });
    assert_eq!(sizes(&found), (6, 0));
}

#[test]
fn first_completed_comes_back_with_the_first() {
    let (promise, one) = Promise::new();
    let (_keep, two) = Promise::new();
    let found = wait_while(vec![two.clone(), one.clone()], FirstCompleted, || {
        promise.set_result(1).unwrap();
    });
    assert!(found.done[0].is_same(&one) && found.not_done[0].is_same(&two));
    assert_eq!(sizes(&found), (1, 1));
}

#[test]
fn first_completed_counts_a_cancelled_one() {
    let (_keep, one) = Promise::new();
    let (_keep_too, two) = Promise::new();
    let found = wait_while(vec![one.clone(), two], FirstCompleted, || {
        assert!(one.cancel());
    });
    assert!(found.done[0].is_same(&one));
    assert_eq!(sizes(&found), (1, 1));
}

#[test]
fn first_exception_comes_back_with_the_first_failure() {
    let [(first, one), (second, two), (_third, three)] = [(); 3].map(|()| Promise::new());
    let futures = vec![one, two, three, finished(), cancelled()];
    let found = wait_while(futures, FirstException, || {
        first.set_result(1).unwrap();
        second.set_exception(Error::Shutdown).unwrap();
    });
    assert_eq!(sizes(&found), (4, 1));
}

#[test]
fn first_exception_without_a_failure_waits_for_all() {
    let (promise, one) = Promise::new();
    let (_keep, two) = Promise::new();
    assert_eq!(
        look(
            &[one.clone(), two.clone(), finished(), cancelled()],
            FirstException
        ),
        (2, 2)
    );
    let found = wait_while(vec![one, two.clone()], FirstException, || {
        promise.set_result(1).unwrap();
        assert!(two.cancel());
    });
    assert_eq!(sizes(&found), (2, 0));
}

#[test]
fn what_is_done_already_is_found_at_once() {
    let (_keep, pending) = Promise::new();
    let found = wait(
        [pending.clone(), finished(), cancelled()],
        None,
        FirstCompleted,
    )
    .unwrap();
    assert_eq!(sizes(&found), (2, 1));
    let found = wait([pending, failed(), finished()], None, FirstException).unwrap();
    assert_eq!(sizes(&found), (2, 1));
    let found = wait([finished(), failed(), cancelled()], None, AllCompleted).unwrap();
    assert_eq!(sizes(&found), (3, 0));
}

#[test]
fn nothing_to_wait_for_is_found_at_once() {
    for return_when in [FirstCompleted, FirstException, AllCompleted] {
        let found = wait(Vec::<Future<u32>>::new(), None, return_when).unwrap();
        assert_eq!(sizes(&found), (0, 0));
    }
}

#[test]
fn a_future_that_is_given_twice_counts_once_and_the_order_is_kept() {
    let (promise, one) = Promise::new();
    let (_keep, two) = Promise::new();
    let given = vec![
        one.clone(),
        two.clone(),
        one.clone(),
        two.clone(),
        one.clone(),
    ];
    assert_eq!(look(&given, AllCompleted), (0, 2));
    let futures: Vec<_> = (0..5).map(|_| finished()).collect();
    let found = wait(futures.clone(), None, AllCompleted).unwrap();
    assert!(
        found
            .done
            .iter()
            .zip(&futures)
            .all(|(found, given)| found.is_same(given))
    );
    let found = wait_while(vec![one.clone(), one], AllCompleted, || {
        promise.set_result(1).unwrap();
    });
    assert_eq!(sizes(&found), (1, 0));
}

#[test]
fn time_over_is_not_an_error() {
    let (_keep, pending) = Promise::new();
    let (running, begun) = Promise::new();
    assert!(running.set_running_or_notify_cancel().unwrap());
    let futures = [finished(), failed(), cancelled(), pending, begun];
    let found = wait(futures.clone(), MOMENT, AllCompleted).unwrap();
    assert_eq!(sizes(&found), (3, 2));
    assert_eq!(look(&futures, AllCompleted), (3, 2));
}

#[test]
fn futures_of_several_executors_may_be_mixed() {
    let threads = ThreadPoolExecutor::new(2).unwrap();
    let processes = ProcessPoolExecutor::new(2).unwrap();
    let (promise, own) = Promise::new();
    let mut futures = vec![own];
    for n in 0..10 {
        futures.push(threads.submit(move || n).unwrap());
        futures.push(processes.submit(|n: u32| n, n).unwrap());
    }
    let found = wait_while(futures, AllCompleted, || promise.set_result(0).unwrap());
    assert_eq!(sizes(&found), (21, 0));
    let sum: u32 = found
        .done
        .iter()
        .map(|future| future.result(None).unwrap())
        .sum();
    assert_eq!(sum, 90);
}

#[test]
fn a_hundred_futures_that_end_at_nearly_the_same_time_lose_no_wake_up() {
    let pool = ThreadPoolExecutor::new(4).unwrap();
    for round in 0..50 {
        let futures: Vec<_> = (0..100).map(|n| pool.submit(move || n).unwrap()).collect();
        let return_when = [AllCompleted, FirstException][round % 2];
        let found = wait(futures, LIMIT, return_when).unwrap();
        assert_eq!(sizes(&found), (100, 0));
    }
}

#[test]
fn many_may_wait_for_the_same_futures() {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..100).map(|_| Promise::<u32>::new()).unzip();
    thread::scope(|scope| {
        let waiters = [AllCompleted, FirstCompleted, FirstException, AllCompleted].map(|when| {
            let futures = futures.clone();
            (
                when,
                scope.spawn(move || wait(futures, LIMIT, when).unwrap()),
            )
        });
        for promise in promises {
            promise.set_result(1).unwrap();
        }
        for (when, waiter) in waiters {
            let found = waiter.join().unwrap();
            assert!(found.not_done.is_empty() || when == FirstCompleted);
            assert!(!found.done.is_empty());
        }
    });
}

#[test]
fn what_a_shutdown_cancels_is_done_for_who_waits() {
    let (pool, gate, _running) = crate::support::busy_pool_of_one();
    let queued: Vec<_> = (0..10).map(|n| pool.submit(move || n).unwrap()).collect();
    let found = wait_while(queued, AllCompleted, || {
        pool.shutdown(Shutdown {
            wait: false,
            cancel_futures: true,
        })
        .unwrap();
    });
    assert_eq!(sizes(&found), (10, 0));
    gate.open();
}

#[test]
fn thousands_of_waits_on_one_pending_future_leave_nothing_behind() {
    let (promise, pending) = Promise::<u32>::new();
    let wait_often = |times: u32| {
        for _ in 0..times {
            assert_eq!(look(&[pending.clone(), finished()], AllCompleted), (1, 1));
        }
        live_bytes()
    };
    let before = wait_often(100);
    let after = wait_often(10_000);
    assert!(after - before < 16_384, "{before} bytes became {after}");
    drop(promise);
}

#[test]
fn a_wait_that_goes_on_survives_the_sweeping_of_those_that_went() {
    let (promise, pending) = Promise::<u32>::new();
    let found = wait_while(vec![pending.clone()], AllCompleted, || {
        for _ in 0..1000 {
            assert_eq!(look(std::slice::from_ref(&pending), AllCompleted), (0, 1));
        }
        promise.set_result(1).unwrap();
    });
    assert_eq!(sizes(&found), (1, 0));
}
