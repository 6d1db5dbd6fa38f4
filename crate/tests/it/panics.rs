//! Panics: in a task, in what it leaves behind, and in what it caught itself. The thread always lives on.

use std::panic::{catch_unwind, panic_any, resume_unwind};
use std::sync::mpsc::channel;

use concurrent_futures::{Error, Future, PoolOptions, Shutdown, TaskError, ThreadPoolExecutor};

use crate::support::{LIMIT, busy_pool_of_one};

/// Panics when it is dropped, and says first that it is.
struct Grenade(std::sync::mpsc::Sender<()>);

impl Drop for Grenade {
    fn drop(&mut self) {
        self.0.send(()).unwrap();
        panic!("a drop that panics on purpose");
    }
}

fn pool() -> ThreadPoolExecutor {
    ThreadPoolExecutor::with(PoolOptions {
        max_workers: Some(1),
        thread_name_prefix: Some("panics".to_owned()),
        ..PoolOptions::default()
    })
    .unwrap()
}

fn task_error<T: Clone>(future: &Future<T>) -> TaskError {
    match future.result(LIMIT) {
        Err(Error::Task(error)) => error,
        Err(other) => panic!("{other:?} is not a task's error"),
        Ok(_) => panic!("the task did not fail"),
    }
}

/// The only thread there has been still works, and a shutdown finds the end of it.
fn lives_on(pool: &ThreadPoolExecutor) {
    let future = pool.submit(|| 1).unwrap();
    assert_eq!(future.result(LIMIT).unwrap(), 1);
    assert!(future.worker().unwrap().ends_with("_0"));
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);
}

#[test]
fn a_panic_is_the_futures_error_with_message_place_and_worker() {
    let pool = pool();
    let error = task_error(
        &pool
            .submit(|| -> u32 { panic!("no luck with {}", 13) })
            .unwrap(),
    );
    assert_eq!(error.message(), "no luck with 13");
    let place = error.location().unwrap();
    assert!(place.starts_with(concat!(file!(), ":")), "{place}");
    assert_eq!(error.worker(), Some("panics_0"));
    assert_eq!(
        error.to_string(),
        format!("the task panicked: no luck with 13, at {place}, in panics_0")
    );
    lives_on(&pool);
}

#[test]
fn whatever_a_panic_carries_is_described() {
    let pool = pool();
    let plain = pool.submit(|| panic!("plain")).unwrap();
    assert_eq!(task_error(&plain).message(), "plain");
    let owned = pool.submit(|| panic_any("owned".to_owned())).unwrap();
    assert_eq!(task_error(&owned).message(), "owned");
    let other = pool.submit(|| panic_any(7)).unwrap();
    assert_eq!(task_error(&other).message(), "a value that is not a string");
    lives_on(&pool);
}

#[test]
fn every_panicking_task_keeps_its_own_message() {
    let pool = ThreadPoolExecutor::new(4).unwrap();
    let futures: Vec<_> = (0..500)
        .map(|n| pool.submit(move || -> u32 { panic!("{n}") }).unwrap())
        .collect();
    for (n, future) in futures.iter().enumerate() {
        assert_eq!(task_error(future).message(), n.to_string());
    }
}

#[test]
fn a_panic_that_a_task_caught_itself_is_nobody_elses() {
    let pool = pool();
    let caught = pool
        .submit(|| catch_unwind(|| panic!("caught")).is_err())
        .unwrap();
    assert!(caught.result(LIMIT).unwrap());
    let resumed = pool
        .submit(|| resume_unwind(Box::new("from elsewhere")))
        .unwrap();
    let error = task_error(&resumed);
    assert_eq!(error.message(), "from elsewhere");
    assert_eq!(error.location(), None, "that place was another panic's");
    lives_on(&pool);
}

#[test]
fn a_value_that_nobody_wants_may_panic_when_it_is_dropped() {
    let (pool, gate, _running) = busy_pool_of_one();
    let (sender, receiver) = channel();
    // Before it runs, so that it is the worker that drops the value.
    drop(pool.submit(move || Grenade(sender)).unwrap());
    gate.open();
    receiver.recv_timeout(LIMIT).unwrap();
    lives_on(&pool);
}

#[test]
fn what_a_cancelled_task_captured_may_panic_when_it_is_dropped() {
    let (pool, gate, _running) = busy_pool_of_one();
    let (sender, receiver) = channel();
    let grenade = Grenade(sender);
    let queued = pool
        .submit(move || {
            let _captured = &grenade;
        })
        .unwrap();
    assert!(queued.cancel());
    gate.open();
    receiver.recv_timeout(LIMIT).unwrap();
    lives_on(&pool);
}

#[test]
fn what_a_rejected_task_captured_may_panic_when_it_is_dropped() {
    let (pool, gate, _running) = busy_pool_of_one();
    let (sender, receiver) = channel();
    let grenade = Grenade(sender);
    let queued = pool
        .submit(move || {
            let _captured = &grenade;
        })
        .unwrap();
    let after = pool.submit(|| ()).unwrap();
    pool.shutdown(Shutdown {
        wait: false,
        cancel_futures: true,
    })
    .unwrap();
    receiver.recv_timeout(LIMIT).unwrap();
    assert!(queued.cancelled());
    assert!(after.result(LIMIT).unwrap_err().is_cancelled());
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
}
