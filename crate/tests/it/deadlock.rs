//! Workers that wait for each other are told so, and nobody else is.

use std::sync::Arc;
use std::time::Duration;

use concurrent_futures::sync::{Lock, RLock};
use concurrent_futures::{
    Error, Future, PoolOptions, Promise, ReturnWhen, Shutdown, ThreadPoolExecutor, as_completed,
    wait,
};

use crate::support::{LIMIT, occupy};

/// Long enough for several looks.
const LOOKS: Duration = Duration::from_millis(900);

fn waits(error: &Error) -> Vec<String> {
    match error {
        Error::Deadlock(deadlock) => deadlock.waits().map(str::to_owned).collect(),
        other => panic!("{other:?}"),
    }
}

fn pool(workers: usize, prefix: &str) -> Arc<ThreadPoolExecutor> {
    let options = PoolOptions {
        max_workers: Some(workers),
        thread_name_prefix: Some(prefix.to_owned()),
        ..PoolOptions::default()
    };
    Arc::new(ThreadPoolExecutor::with(options).unwrap())
}

/// Has a worker of `outer` wait by `how` for a call of `inner`, and gives what came of the wait.
fn waits_inside<T: Clone + Send + Sync + 'static>(
    outer: &ThreadPoolExecutor,
    inner: &Arc<ThreadPoolExecutor>,
    how: impl FnOnce(Future<u32>) -> Result<T, Error> + Send + 'static,
) -> Future<Result<T, Error>> {
    let inner = Arc::clone(inner);
    outer
        .submit(move || how(inner.submit(|| 1).unwrap()))
        .unwrap()
}

#[test]
fn a_task_that_waits_for_its_own_pool_is_told_who_waits_for_what() {
    let pool = pool(1, "lonely");
    let outcome = waits_inside(&pool, &pool, |inner| inner.result(None));
    let error = outcome.result(LIMIT).unwrap().unwrap_err();
    assert_eq!(
        waits(&error),
        ["lonely_0 waits for a future that is pending in lonely, the only worker of which waits"]
    );
    assert_eq!(error.to_string(), format!("deadlock: {}", waits(&error)[0]));
}

#[test]
fn the_pool_goes_on_after_a_deadlock_and_runs_what_was_waited_for() {
    let pool = pool(1, "goes-on");
    let (sender, inner) = std::sync::mpsc::channel();
    let outcome = waits_inside(&pool, &pool, move |future| {
        sender.send(future.clone()).unwrap();
        future.result(None)
    });
    assert!(matches!(
        outcome.result(LIMIT).unwrap(),
        Err(Error::Deadlock(_))
    ));
    assert_eq!(inner.recv().unwrap().result(LIMIT).unwrap(), 1);
    pool.shutdown(Shutdown::default()).unwrap();
}

#[test]
fn every_worker_of_a_full_pool_is_told() {
    let pool = pool(3, "full");
    let barrier = Arc::new(std::sync::Barrier::new(3));
    let outcomes: Vec<_> = (0..3)
        .map(|_| {
            let (barrier, inner) = (Arc::clone(&barrier), Arc::clone(&pool));
            let call = move || {
                barrier.wait();
                // Not before, or another worker might have run it by then.
                inner.submit(|| 1).unwrap().result(None)
            };
            pool.submit(call).unwrap()
        })
        .collect();
    for outcome in outcomes {
        let error = outcome.result(LIMIT).unwrap().unwrap_err();
        assert_eq!(waits(&error).len(), 3, "{error}");
        assert!(
            error.to_string().contains("all 3 workers of which wait"),
            "{error}"
        );
    }
}

#[test]
fn every_way_of_waiting_is_told() {
    let pool = pool(1, "ways");
    let all = waits_inside(&pool, &pool, |inner| {
        wait([inner], None, ReturnWhen::AllCompleted).map(|found| found.done.len())
    });
    assert!(matches!(
        all.result(LIMIT).unwrap(),
        Err(Error::Deadlock(_))
    ));
    let first = waits_inside(&pool, &pool, |inner| {
        wait([inner], None, ReturnWhen::FirstCompleted).map(|found| found.done.len())
    });
    assert!(matches!(
        first.result(LIMIT).unwrap(),
        Err(Error::Deadlock(_))
    ));
    let next = waits_inside(&pool, &pool, |inner| {
        as_completed([inner], None).next().unwrap().map(|_| 1)
    });
    assert!(matches!(
        next.result(LIMIT).unwrap(),
        Err(Error::Deadlock(_))
    ));
    let inner = Arc::clone(&pool);
    let mapped = pool
        .submit(move || inner.map(|n: u32| n, [1, 2]).unwrap().next().unwrap())
        .unwrap();
    assert!(matches!(
        mapped.result(LIMIT).unwrap(),
        Err(Error::Deadlock(_))
    ));
}

#[test]
fn two_pools_that_wait_for_each_other_are_told() {
    let (one, two) = (pool(1, "one"), pool(1, "two"));
    let (first, second) = (Arc::clone(&one), Arc::clone(&two));
    let outcome: Future<Result<u32, Error>> = one
        .submit(move || {
            let deep = second
                .submit(move || first.submit(|| 1).unwrap().result(None))
                .unwrap();
            deep.result(None)?
        })
        .unwrap();
    let error = outcome.result(LIMIT).unwrap().unwrap_err();
    let mut waits = waits(&error);
    waits.sort();
    assert_eq!(
        waits,
        [
            "one_0 waits for a future that two_0 runs",
            "two_0 waits for a future that is pending in one, the only worker of which waits",
        ]
    );
}

#[test]
fn two_locks_taken_in_different_orders_are_told() {
    let pool = pool(2, "locks");
    let locks = [Lock::new(), Lock::new()];
    let both = Arc::new(std::sync::Barrier::new(2));
    let outcomes = [[0, 1], [1, 0]].map(|[mine, other]| {
        let (mine, other) = (locks[mine].clone(), locks[other].clone());
        let both = Arc::clone(&both);
        pool.submit(move || {
            let _held = mine.acquire(None).unwrap();
            both.wait();
            other.acquire(None).map(drop)
        })
        .unwrap()
    });
    for outcome in outcomes {
        let error = outcome.result(LIMIT).unwrap().unwrap_err();
        let waits = waits(&error);
        let (zero, one) = (
            "locks_0 waits for a lock that locks_1 holds",
            "locks_1 waits for a lock that locks_0 holds",
        );
        assert!(waits == [zero, one] || waits == [one, zero], "{error}");
    }
    assert!(locks.iter().all(|lock| !lock.locked()));
}

#[test]
fn a_lock_taken_twice_by_the_same_worker_is_told() {
    let pool = pool(1, "twice");
    let outcome = pool
        .submit(|| {
            let lock = Lock::new();
            let _held = lock.acquire(None).unwrap();
            lock.acquire(None).map(drop)
        })
        .unwrap();
    let error = outcome.result(LIMIT).unwrap().unwrap_err();
    assert_eq!(
        waits(&error),
        ["twice_0 waits for a lock that it holds itself"]
    );
}

#[test]
fn a_wait_with_a_time_out_is_left_to_it() {
    let pool = pool(1, "patient");
    let outcome = waits_inside(&pool, &pool, |inner| {
        inner.result(Duration::from_millis(900))
    });
    let error = outcome.result(LIMIT).unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[test]
fn a_wait_for_somebody_who_works_is_no_deadlock() {
    let (outer, inner) = (pool(1, "outer"), pool(1, "inner"));
    let (gate, running) = occupy(&inner);
    let behind = inner.submit(|| 8).unwrap();
    let lock = RLock::new();
    let held = lock.acquire(None).unwrap();
    let outcome = outer
        .submit(move || running.result(None).and_then(|()| behind.result(None)))
        .unwrap();
    assert!(outcome.result(LOOKS).unwrap_err().is_timeout());
    gate.open();
    assert_eq!(outcome.result(LIMIT).unwrap().unwrap(), 8);
    drop(held);
}

#[test]
fn a_promise_of_somebody_unknown_is_no_deadlock() {
    let pool = pool(1, "unknown");
    let (promise, future) = Promise::new();
    let outcome = pool.submit(move || future.result(None)).unwrap();
    assert!(outcome.result(LOOKS).unwrap_err().is_timeout());
    promise.set_result(3).unwrap();
    assert_eq!(outcome.result(LIMIT).unwrap().unwrap(), 3);
}

#[test]
fn a_pool_that_ignores_deadlocks_waits_as_python_does() {
    let options = PoolOptions {
        max_workers: Some(1),
        ignore_deadlocks: true,
        ..PoolOptions::default()
    };
    let pool = Arc::new(ThreadPoolExecutor::with(options).unwrap());
    let (sender, inner) = std::sync::mpsc::channel();
    let inside = Arc::clone(&pool);
    let outcome = pool
        .submit(move || {
            let future = inside.submit(|| 1).unwrap();
            sender.send(future.clone()).unwrap();
            future.result(None)
        })
        .unwrap();
    let inner = inner.recv().unwrap();
    let error = outcome.result(LOOKS).unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert!(inner.cancel(), "what ends the wait");
    assert!(outcome.result(LIMIT).unwrap().unwrap_err().is_cancelled());
}
