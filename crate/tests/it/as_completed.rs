//! `as_completed`: each future once, as it is done, within a time.

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    Error, Future, ProcessPoolExecutor, Promise, ThreadPoolExecutor, as_completed,
};

use crate::support::{LIMIT, MOMENT};

fn finished(value: u32) -> Future<u32> {
    let (promise, future) = Promise::new();
    promise.set_result(value).unwrap();
    future
}

fn cancelled() -> Future<u32> {
    let (_promise, future) = Promise::new();
    future.cancel();
    future
}

#[test]
fn futures_come_in_the_order_in_which_they_are_done() {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..5).map(|_| Promise::new()).unzip();
    let mut completed = as_completed(futures, LIMIT);
    for (n, promise) in (0..5).zip(promises).rev() {
        promise.set_result(n).unwrap();
        let future = completed.next().unwrap().unwrap();
        assert_eq!(future.result(None).unwrap(), n);
    }
    assert!(completed.next().is_none() && completed.next().is_none());
}

#[test]
fn those_that_end_between_two_looks_keep_their_order() {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..5).map(|_| Promise::new()).unzip();
    let completed = as_completed(futures, LIMIT);
    for (n, promise) in (0..5).zip(promises).rev() {
        promise.set_result(n).unwrap();
    }
    let values = completed.map(|future| future.unwrap().result(None).unwrap());
    assert!(values.eq([4, 3, 2, 1, 0]));
}

#[test]
fn whatever_ends_comes_once_cancelled_and_failed_ones_too() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (promise, failing) = Promise::new();
    promise.set_exception(Error::Shutdown).unwrap();
    let futures = vec![
        cancelled(),
        failing,
        finished(1),
        pool.submit(|| 2).unwrap(),
    ];
    let completed: Vec<_> = as_completed(futures.clone(), LIMIT)
        .map(Result::unwrap)
        .collect();
    assert_eq!(completed.len(), 4);
    for future in futures {
        assert!(future.done());
        assert_eq!(
            completed
                .iter()
                .filter(|done| done.is_same(&future))
                .count(),
            1
        );
    }
}

#[test]
fn what_is_done_already_comes_before_anything_is_waited_for() {
    let (promise, late) = Promise::new();
    let mut completed = as_completed([late, finished(1), cancelled()], LIMIT);
    for _ in 0..2 {
        assert!(completed.next().unwrap().unwrap().done());
    }
    promise.set_result(3).unwrap();
    assert_eq!(completed.next().unwrap().unwrap().result(None).unwrap(), 3);
    assert!(completed.next().is_none());
}

#[test]
fn a_future_that_is_given_twice_comes_once() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let future = pool.submit(|| 1).unwrap();
    let given = std::iter::repeat_n(future, 3);
    assert_eq!(as_completed(given, LIMIT).map(Result::unwrap).count(), 1);
}

#[test]
fn nothing_gives_nothing() {
    assert!(
        as_completed(Vec::<Future<u32>>::new(), None)
            .next()
            .is_none()
    );
}

#[test]
fn after_its_time_it_says_how_many_are_unfinished_once_and_ends() {
    let keep: Vec<_> = (0..2).map(|_| Promise::<u32>::new()).collect();
    for timeout in [Duration::ZERO, MOMENT] {
        let pending = keep.iter().map(|(_, future)| future.clone());
        let futures: Vec<_> = pending.chain([finished(1), cancelled()]).collect();
        let mut completed = as_completed(futures, timeout);
        for _ in 0..2 {
            assert!(completed.next().unwrap().unwrap().done());
        }
        let Err(Error::Timeout(error)) = completed.next().unwrap() else {
            panic!("two cannot be done");
        };
        assert_eq!((error.unfinished(), error.total()), (2, 4));
        assert!(error.to_string().starts_with("2 (of 4) futures unfinished"));
        assert!(completed.next().is_none());
    }
}

#[test]
fn the_time_counts_from_the_call_and_what_is_done_comes_even_late() {
    let (_keep, pending) = Promise::new();
    let mut completed = as_completed([pending, finished(1)], MOMENT);
    thread::sleep(MOMENT);
    assert_eq!(completed.next().unwrap().unwrap().result(None).unwrap(), 1);
    assert!(completed.next().unwrap().unwrap_err().is_timeout());
}

#[test]
fn it_lets_go_of_each_future_that_it_gives() {
    let value = std::sync::Arc::new(());
    let (promise, future) = Promise::new();
    promise.set_result(std::sync::Arc::clone(&value)).unwrap();
    let (_keep, pending) = Promise::new();
    drop(promise);
    let mut completed = as_completed([future, pending], LIMIT);
    drop(completed.next().unwrap().unwrap());
    assert_eq!(std::sync::Arc::strong_count(&value), 1);
}

#[test]
fn a_hundred_futures_that_end_at_nearly_the_same_time_all_come() {
    let threads = ThreadPoolExecutor::new(4).unwrap();
    let processes = ProcessPoolExecutor::new(2).unwrap();
    for _ in 0..30 {
        let mut futures: Vec<_> = (0..50)
            .map(|n| threads.submit(move || n).unwrap())
            .collect();
        futures.extend((50..100).map(|n| processes.submit(|n: u32| n, n).unwrap()));
        let values: HashSet<_> = as_completed(futures, LIMIT)
            .map(|future| future.unwrap().result(None).unwrap())
            .collect();
        assert_eq!(values, (0..100).collect());
    }
}

#[test]
fn a_task_that_is_cancelled_meanwhile_comes_too() {
    let (_keep, future) = Promise::<u32>::new();
    let other = future.clone();
    let waiter = thread::spawn(move || as_completed([other], LIMIT).next().unwrap().unwrap());
    assert!(future.cancel());
    assert!(waiter.join().unwrap().is_same(&future));
}
