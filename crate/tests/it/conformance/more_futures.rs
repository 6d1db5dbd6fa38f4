//! Rows of our own: futures, `wait`, `as_completed`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use concurrent_futures::{AsyncExecutor, Error, Future, Promise, ReturnWhen, as_completed};

use super::kit::{Fixtures, Held, LIMIT, Signal, Subject, World, close};
use super::tasks::square;

rows! {
    row_x01_callback_inside_a_callback: future;
    row_x02_callbacks_in_order: future;
    row_x03_inside_a_callback_the_future_is_done: future;
    row_x04_second_cancel: future;
    row_x05_set_running_or_notify_cancel: future;
    row_x06_settling_what_was_cancelled: future;
    row_x07_a_finished_future_answers_whatever_the_timeout: future;
    row_x09_a_call_that_could_never_return: coroutines;
    row_x10_nothing_to_wait_for: future;
    row_x12_first_exception_with_cancellations: future;
    row_x13_futures_of_several_executors: threads, processes, coroutines, inline;
    row_x14_in_the_order_in_which_they_end: future;
    row_x15_closed_early: threads, processes_natively, coroutines;
    row_x16_cancelled_by_shutdown: threads, processes_natively, coroutines;
}

/// Digits that callbacks wrote, in order.
#[derive(Clone, Default)]
struct Digits(Arc<AtomicU32>);

impl Digits {
    fn write(&self, digit: u32) {
        let before = self.0.load(Ordering::SeqCst);
        self.0.store(before * 10 + digit, Ordering::SeqCst);
    }

    fn on(&self, future: &Future<u32>, digit: u32) {
        let digits = self.clone();
        future.add_done_callback(move |_| digits.write(digit));
    }

    fn read(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

async fn row_x01_callback_inside_a_callback<W: World>() {
    let (promise, future) = Promise::new();
    let digits = Digits::default();
    let inner = digits.clone();
    future.add_done_callback(move |future: &Future<u32>| {
        inner.write(1);
        inner.on(future, 2);
    });
    digits.on(&future, 3);
    promise.set_result(0).unwrap();
    assert_eq!(digits.read(), 123);
    assert_eq!(W::result(&future).await.unwrap(), 0);
}

async fn row_x02_callbacks_in_order<W: World>() {
    let (promise, future) = Promise::new();
    let digits = Digits::default();
    for digit in [1, 2, 2, 3] {
        digits.on(&future, digit);
    }
    promise.set_result(0).unwrap();
    assert_eq!(digits.read(), 1223);
    assert_eq!(W::result(&future).await.unwrap(), 0);
}

async fn row_x03_inside_a_callback_the_future_is_done<W: World>() {
    let (promise, future) = Promise::new();
    let digits = Digits::default();
    let seen = digits.clone();
    future.add_done_callback(move |future: &Future<u32>| {
        assert!(future.done());
        seen.write(future.result(Duration::ZERO).unwrap());
    });
    promise.set_result(7).unwrap();
    assert_eq!(digits.read(), 7);
    W::turn().await;
}

async fn row_x04_second_cancel<W: World>() {
    let (_promise, future) = Promise::new();
    let digits = Digits::default();
    digits.on(&future, 1);
    assert!(future.cancel() && future.cancel());
    assert_eq!(digits.read(), 1);
    assert!(W::error(&future).await.is_cancelled());
}

async fn row_x05_set_running_or_notify_cancel<W: World>() {
    let (promise, future) = Promise::<u32>::new();
    assert!(promise.set_running_or_notify_cancel().unwrap());
    let error = promise.set_running_or_notify_cancel().unwrap_err();
    assert!(matches!(error, Error::InvalidState(_)));
    assert!(future.running());
    let (promise, future) = Promise::<u32>::new();
    assert!(future.cancel());
    assert!(!promise.set_running_or_notify_cancel().unwrap());
    assert!(W::error(&future).await.is_cancelled());
}

async fn row_x06_settling_what_was_cancelled<W: World>() {
    let (promise, future) = Promise::new();
    assert!(future.cancel());
    for outcome in [
        promise.set_result(1),
        promise.set_exception(Error::Shutdown),
    ] {
        assert!(matches!(outcome, Err(Error::InvalidState(_))));
    }
    assert!(W::error(&future).await.is_cancelled());
}

async fn row_x07_a_finished_future_answers_whatever_the_timeout<W: World>() {
    let Fixtures { succeeded, .. } = Fixtures::new();
    for timeout in [Duration::ZERO, LIMIT, Duration::MAX] {
        assert_eq!(W::result_within(&succeeded, timeout).await.unwrap(), 42);
    }
}

async fn row_x09_a_call_that_could_never_return<W: World, X: Subject>() {
    let executor = AsyncExecutor::new(1).unwrap();
    let future = executor.submit(async { 1 }).unwrap();
    let error = future.result(None).unwrap_err();
    assert!(matches!(error, Error::BlockingNotAllowed(_)), "{error}");
    assert_eq!(W::result(&future).await.unwrap(), 1);
    assert_eq!(future.result(None).unwrap(), 1);
}

async fn row_x10_nothing_to_wait_for<W: World>() {
    let nothing: [Future<u32>; 0] = [];
    let found = W::wait_for(&nothing, None, ReturnWhen::AllCompleted).await;
    assert!(found.done.is_empty() && found.not_done.is_empty());
    let mut completed = as_completed(nothing, None);
    assert!(W::next_completed(&mut completed).await.is_none());
}

async fn row_x12_first_exception_with_cancellations<W: World>() {
    let fixtures = Fixtures::new();
    let given = [fixtures.cancelled, fixtures.pending, fixtures.succeeded];
    let when = ReturnWhen::FirstException;
    let found = W::wait_for(&given, Some(Duration::ZERO), when).await;
    assert_eq!((found.done.len(), found.not_done.len()), (2, 1));
    assert!(given[1].cancel());
    let found = W::wait_for(&given, None, when).await;
    assert_eq!((found.done.len(), found.not_done.len()), (3, 0));
}

async fn row_x13_futures_of_several_executors<W: World, X: Subject>() {
    let executors = [X::new(1), X::new(2)];
    let mut futures: Vec<_> = (0..10)
        .map(|n| executors[n % 2].submit(square, 3).unwrap())
        .collect();
    let (promise, future) = Promise::new();
    promise.set_result(9).unwrap();
    futures.push(future);
    let found = W::wait_for(&futures, None, ReturnWhen::AllCompleted).await;
    assert_eq!(found.done.len(), 11);
    let mut completed = as_completed(futures, None);
    while let Some(future) = W::next_completed(&mut completed).await {
        assert_eq!(W::result(&future.unwrap()).await.unwrap(), 9);
    }
}

async fn row_x14_in_the_order_in_which_they_end<W: World>() {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..5).map(|_| Promise::new()).unzip();
    let mut completed = as_completed(futures, None);
    for order in [3, 0, 4, 1, 2] {
        promises[order].set_result(order).unwrap();
    }
    for order in [3, 0, 4, 1, 2] {
        let future = W::next_completed(&mut completed).await.unwrap().unwrap();
        assert_eq!(W::result(&future).await.unwrap(), order);
    }
}

async fn row_x15_closed_early<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate) = (Signal::new(), Signal::new());
    let [first, second] = [(); 2].map(|()| executor.hold(Held::at(started, gate)));
    let mut completed = as_completed([first, second.clone()], None);
    gate.give(1);
    assert!(W::next_completed(&mut completed).await.unwrap().is_ok());
    drop(completed);
    assert!(!second.done());
    gate.give(1);
    assert!(W::result(&second).await.is_ok());
}

async fn row_x16_cancelled_by_shutdown<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate) = (Signal::new(), Signal::new());
    let running = executor.hold(Held::at(started, gate));
    W::take(started).await;
    let queued: Vec<_> = (0..3)
        .map(|_| executor.hold(Held::at(started, gate)))
        .collect();
    let digits = Digits::default();
    for (digit, future) in (1..).zip(&queued) {
        digits.on(future, digit);
    }
    close(&executor, true);
    let found = W::wait_for(&queued, None, ReturnWhen::AllCompleted).await;
    assert_eq!(found.done.len(), 3);
    let mut completed = as_completed(queued, None);
    while let Some(future) = W::next_completed(&mut completed).await {
        assert!(future.unwrap().cancelled());
    }
    assert_eq!(digits.read(), 123);
    gate.give(1);
    assert!(W::result(&running).await.is_ok());
}
