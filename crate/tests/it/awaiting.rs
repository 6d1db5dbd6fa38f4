//! Futures of this crate as futures of Rust: awaited, by one task or by many.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use concurrent_futures::{
    Error, Promise, ReturnWhen, ThreadPoolExecutor, as_completed, wait_async,
};
use pollster::block_on;

use crate::support::{Gate, LIMIT, MOMENT, pass};

#[derive(Default)]
struct CountingWaker(AtomicU32);

impl Wake for CountingWaker {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl CountingWaker {
    fn wakes(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

#[test]
fn awaiting_gives_what_result_gives() {
    let (promise, future) = Promise::new();
    promise.set_result(3).unwrap();
    assert_eq!(block_on(future).unwrap(), 3);

    let (promise, future) = Promise::<u32>::new();
    promise
        .set_exception(Error::Value("odd".to_owned()))
        .unwrap();
    assert_eq!(block_on(future).unwrap_err().to_string(), "odd");

    let (_promise, future) = Promise::<u32>::new();
    future.cancel();
    assert!(block_on(future).unwrap_err().is_cancelled());

    let (promise, future) = Promise::<u32>::new();
    drop(promise);
    assert!(block_on(future).unwrap_err().is_broken());
}

#[test]
fn a_task_is_woken_by_the_thread_that_ends_the_call() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let gate = Gate::new();
    let opened = gate.opened.clone();
    let future = pool.submit(move || pass(&opened)).unwrap();
    let thread = thread::spawn(move || gate.open());
    block_on(future).unwrap();
    thread.join().unwrap();
}

#[test]
fn every_clone_wakes_its_own_task() {
    let (promise, future) = Promise::new();
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let future = future.clone();
            thread::spawn(move || block_on(future))
        })
        .collect();
    promise.set_result(9).unwrap();
    for task in tasks {
        assert_eq!(task.join().unwrap().unwrap(), 9);
    }
}

#[test]
fn the_last_waker_is_the_one_that_is_woken() {
    let (promise, mut future) = Promise::<u32>::new();
    let wakers: [Arc<CountingWaker>; 2] = Default::default();
    for waker in &wakers {
        let waker = Waker::from(Arc::clone(waker));
        let polled = pin!(&mut future).poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
    }
    promise.set_result(1).unwrap();
    assert_eq!(wakers.map(|waker| waker.wakes()), [0, 1]);
    assert_eq!(block_on(future).unwrap(), 1);
}

#[test]
fn a_future_that_is_cancelled_wakes_its_task() {
    let (_promise, mut future) = Promise::<u32>::new();
    let counting = Arc::new(CountingWaker::default());
    let waker = Waker::from(Arc::clone(&counting));
    assert!(
        pin!(&mut future)
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    assert!(future.cancel());
    assert_eq!(counting.wakes(), 1);
}

#[test]
fn a_future_can_be_asked_again_after_it_was_awaited() {
    let (promise, mut future) = Promise::new();
    promise.set_result(2).unwrap();
    assert_eq!(block_on(&mut future).unwrap(), 2);
    assert_eq!(block_on(&mut future).unwrap(), 2);
    assert_eq!(future.result(None).unwrap(), 2);
}

#[test]
fn awaited_waits_follow_the_same_rules_as_blocking_ones() {
    let (first, one) = Promise::<u32>::new();
    let (_second, two) = Promise::<u32>::new();
    let futures = [one.clone(), two.clone()];
    let found = block_on(wait_async(
        futures.clone(),
        MOMENT,
        ReturnWhen::AllCompleted,
    ));
    assert_eq!((found.done.len(), found.not_done.len()), (0, 2));

    let waiter = thread::spawn({
        let futures = futures.clone();
        move || block_on(wait_async(futures, LIMIT, ReturnWhen::FirstCompleted))
    });
    first.set_result(1).unwrap();
    let found = waiter.join().unwrap();
    assert!(found.done[0].is_same(&one) && found.not_done[0].is_same(&two));

    let found = block_on(wait_async([one, two], LIMIT, ReturnWhen::FirstCompleted));
    assert_eq!((found.done.len(), found.not_done.len()), (1, 1));
}

#[test]
fn the_time_of_an_awaited_wait_ends_it_even_after_its_task_moved() {
    let (_promise, future) = Promise::<u32>::new();
    let mut waiting = Box::pin(wait_async([future], MOMENT, ReturnWhen::AllCompleted));
    let other = Waker::from(Arc::new(CountingWaker::default()));
    assert!(
        waiting
            .as_mut()
            .poll(&mut Context::from_waker(&other))
            .is_pending()
    );
    let found = block_on(waiting);
    assert_eq!(found.not_done.len(), 1);
}

#[test]
fn completions_can_be_awaited_one_by_one() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let futures: Vec<_> = (0..20).map(|n| pool.submit(move || n).unwrap()).collect();
    let mut values = block_on(async {
        let mut completed = as_completed(futures, None);
        let mut values = Vec::new();
        while let Some(future) = completed.next_async().await {
            values.push(future.unwrap().await.unwrap());
        }
        values
    });
    values.sort_unstable();
    assert_eq!(values, (0..20).collect::<Vec<_>>());
}

#[test]
fn awaited_completions_time_out_and_then_end() {
    let (_promise, never) = Promise::<u32>::new();
    let (promise, done) = Promise::new();
    promise.set_result(1).unwrap();
    let mut completed = as_completed([never, done], MOMENT);
    let mut next = || block_on(completed.next_async());
    assert_eq!(next().unwrap().unwrap().result(None).unwrap(), 1);
    assert_eq!(
        next().unwrap().unwrap_err().to_string(),
        "1 (of 2) futures unfinished after 0.02 s"
    );
    assert!(next().is_none());
}

#[test]
fn dropping_the_task_that_awaits_leaves_the_future_whole() {
    let (promise, future) = Promise::<u32>::new();
    let mut other = future.clone();
    let counting = Arc::new(CountingWaker::default());
    let waker = Waker::from(Arc::clone(&counting));
    assert!(
        pin!(&mut other)
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    drop(other);
    promise.set_result(1).unwrap();
    assert_eq!(counting.wakes(), 0);
    assert_eq!(block_on(future).unwrap(), 1);
}

#[test]
fn many_futures_can_be_awaited_by_one_task() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let mut futures: Vec<_> = (0..100).map(|n| pool.submit(move || n).unwrap()).collect();
    let mut values = vec![None; futures.len()];
    block_on(poll_fn(|context| {
        for (future, value) in futures.iter_mut().zip(&mut values) {
            if value.is_none()
                && let Poll::Ready(outcome) = pin!(future).poll(context)
            {
                *value = Some(outcome.unwrap());
            }
        }
        if values.iter().all(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }));
    assert!(values.into_iter().map(Option::unwrap).eq(0..100));
}

/// How often a wait for `futures` is woken, while each is ended in turn.
fn wakes_of_a_wait(count: u32, return_when: ReturnWhen) -> u32 {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..count).map(|_| Promise::new()).unzip();
    let counting = Arc::new(CountingWaker::default());
    let waker = Waker::from(Arc::clone(&counting));
    let mut waiting = Box::pin(wait_async(futures, None, return_when));
    let mut look = || waiting.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(look().is_pending());
    for promise in promises {
        promise.set_result(()).unwrap();
    }
    assert!(look().is_ready());
    counting.wakes()
}

#[test]
fn a_wait_is_woken_once_however_many_futures_it_waits_for() {
    for count in [1, 10, 10_000] {
        assert_eq!(wakes_of_a_wait(count, ReturnWhen::AllCompleted), 1);
        assert_eq!(wakes_of_a_wait(count, ReturnWhen::FirstException), 1);
        assert_eq!(wakes_of_a_wait(count, ReturnWhen::FirstCompleted), 1);
    }
}

#[test]
fn what_is_done_already_wakes_nobody() {
    let (promise, done) = Promise::new();
    promise.set_result(()).unwrap();
    let (last, pending) = Promise::new();
    let counting = Arc::new(CountingWaker::default());
    let waker = Waker::from(Arc::clone(&counting));
    let futures = [done, pending];
    let mut waiting = Box::pin(wait_async(futures, None, ReturnWhen::AllCompleted));
    let mut look = || waiting.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(look().is_pending());
    assert_eq!(counting.wakes(), 0);
    last.set_result(()).unwrap();
    assert!(look().is_ready());
    assert_eq!(counting.wakes(), 1);
}
