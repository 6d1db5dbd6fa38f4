//! The forced end of a process pool. Natively its threads cannot be ended: they are let go of.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use concurrent_futures::{Error, Future, Initializer, PoolOptions, ProcessPoolExecutor, Shutdown};

use crate::support::LIMIT;

fn pool(max_workers: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::with(PoolOptions {
        max_workers: Some(max_workers),
        thread_name_prefix: Some("doomed".to_owned()),
        ..PoolOptions::default()
    })
    .unwrap()
}

fn refusal(pool: &ProcessPoolExecutor) -> Error {
    pool.submit(|()| (), ()).unwrap_err()
}

#[test]
fn what_runs_fails_at_once_what_waits_is_cancelled_and_nobody_waits_for_the_thread() {
    static GOING: Barrier = Barrier::new(2);
    fn stuck(_: ()) -> u32 {
        GOING.wait();
        GOING.wait();
        7
    }
    let pool = pool(1);
    let running = pool.submit(stuck, ()).unwrap();
    let queued = [1, 2].map(|n| pool.submit(|n: u32| n, n).unwrap());
    let called = Arc::new(AtomicU32::new(0));
    running.add_done_callback({
        let called = Arc::clone(&called);
        move |_| {
            called.fetch_add(1, Ordering::SeqCst);
        }
    });
    GOING.wait();
    pool.terminate_workers();
    assert!(running.done() && queued.iter().all(Future::cancelled));
    let Err(Error::Broken(broken)) = running.result(None) else {
        panic!("it should be broken");
    };
    assert_eq!(broken.reason(), "its workers were terminated");
    assert!(broken.task().unwrap().ends_with("::stuck"), "{broken:?}");
    assert_eq!(pool.workers(), 0);
    pool.shutdown(Shutdown::default()).unwrap();
    assert!(refusal(&pool).is_broken());
    // The thread comes back, and what it brings is too late.
    GOING.wait();
    drop(pool);
    assert!(running.exception(LIMIT).unwrap().unwrap().is_broken());
    assert_eq!(called.load(Ordering::SeqCst), 1);
}

#[test]
fn before_there_are_workers_and_again_and_again_it_is_harmless() {
    let pool = pool(2);
    for _ in 0..3 {
        pool.terminate_workers();
        pool.kill_workers();
    }
    assert!(refusal(&pool).is_broken());
    pool.shutdown(Shutdown::default()).unwrap();
}

#[test]
fn idle_workers_leave() {
    let pool = pool(2);
    pool.submit(|n: u32| n, 1).unwrap().result(LIMIT).unwrap();
    pool.terminate_workers();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);
    assert!(refusal(&pool).is_broken());
}

#[test]
fn a_pool_that_is_broken_already_keeps_its_reason() {
    let options = PoolOptions {
        initializer: Some(Initializer::with(|()| panic!("no set-up"), ()).unwrap()),
        ..PoolOptions::default()
    };
    let pool = ProcessPoolExecutor::with(options).unwrap();
    let error = pool.submit(|()| (), ()).unwrap().result(LIMIT).unwrap_err();
    assert!(error.is_broken());
    pool.terminate_workers();
    let Error::Broken(broken) = refusal(&pool) else {
        panic!("it should be broken");
    };
    assert_eq!(
        (broken.reason(), broken.task()),
        ("a worker's initializer failed: no set-up", None)
    );
}

#[test]
fn many_pools_that_are_terminated_while_they_work_leave_every_future_done() {
    for round in 0..50 {
        let pool = pool(3);
        let futures: Vec<_> = (0..40)
            .map(|n| pool.submit(|n: u32| n, n).unwrap())
            .collect();
        thread::scope(|scope| {
            scope.spawn(|| pool.terminate_workers());
            scope.spawn(|| pool.kill_workers());
            futures[round % 40].exception(LIMIT).ok();
        });
        for (n, future) in (0..).zip(&futures) {
            match future.result(LIMIT) {
                Ok(value) => assert_eq!(value, n),
                Err(error) => assert!(error.is_broken() || error.is_cancelled(), "{error:?}"),
            }
        }
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(pool.workers(), 0);
    }
}
