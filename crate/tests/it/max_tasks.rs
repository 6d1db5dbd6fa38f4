//! Workers that leave after some calls, and are replaced while calls wait.

use std::thread;

use concurrent_futures::{
    Error, Executor, Future, MapOptions, PoolOptions, ProcessPoolExecutor, Shutdown,
    ThreadPoolExecutor,
};

use crate::support::LIMIT;

fn pool(max_workers: usize, max_tasks_per_child: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::with(PoolOptions {
        max_workers: Some(max_workers),
        thread_name_prefix: Some("worn".to_owned()),
        max_tasks_per_child: Some(max_tasks_per_child),
        ..PoolOptions::default()
    })
    .unwrap()
}

#[test]
fn a_worker_leaves_after_as_many_calls_as_it_may_run() {
    let pool = pool(1, 3);
    let futures: Vec<_> = (0..7)
        .map(|n| pool.submit(|n: u32| n, n).unwrap())
        .collect();
    for (n, future) in (0..).zip(&futures) {
        assert_eq!(future.result(LIMIT).unwrap(), n);
    }
    let workers = futures.iter().map(|future| future.worker().unwrap());
    let expected = [0, 0, 0, 1, 1, 1, 2].map(|index| format!("worn_{index}"));
    assert!(workers.eq(expected));
    assert_eq!(pool.workers(), 1);
}

#[test]
fn a_chunk_of_a_map_is_one_call() {
    let pool = pool(1, 2);
    let chunks_of_three = MapOptions {
        chunksize: 3,
        ..MapOptions::default()
    };
    let names = pool
        .map_with(
            |_: u32| thread::current().name().unwrap().to_owned(),
            0..12,
            chunks_of_three,
        )
        .unwrap()
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let expected = (0..12).map(|n| format!("worn_{}", n / 6));
    assert!(names.into_iter().eq(expected));
}

#[test]
fn an_idle_worker_that_is_worn_out_is_not_replaced_before_a_call_waits() {
    let pool = pool(2, 1);
    pool.submit(|()| (), ()).unwrap().result(LIMIT).unwrap();
    // It leaves by itself; nobody takes its place until the next call.
    while pool.workers() > 0 {
        thread::yield_now();
    }
    let next = pool.submit(|()| (), ()).unwrap();
    next.result(LIMIT).unwrap();
    assert_eq!(next.worker().as_deref(), Some("worn_1"));
}

#[test]
fn a_backlog_of_many_generations_is_finished_shut_down_or_not() {
    for workers in [1, 4] {
        for wait in [true, false] {
            let pool = pool(workers, 1);
            let futures: Vec<_> = (0..50)
                .map(|n| pool.submit(|n: u32| n, n).unwrap())
                .collect();
            let how = Shutdown {
                wait,
                ..Shutdown::default()
            };
            pool.shutdown(how).unwrap();
            assert!(!wait || futures.iter().all(Future::done));
            for (n, future) in (0..).zip(futures) {
                assert_eq!(future.result(LIMIT).unwrap(), n);
            }
        }
    }
}

#[test]
fn a_dropped_executor_still_has_its_backlog_finished() {
    let futures: Vec<_> = {
        let pool = pool(2, 1);
        (0..20)
            .map(|n| pool.submit(|n: u32| n, n).unwrap())
            .collect()
    };
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.result(LIMIT).unwrap(), n);
    }
}

#[test]
fn bad_limits_are_refused() {
    let with = |max_tasks_per_child| PoolOptions {
        max_tasks_per_child: Some(max_tasks_per_child),
        ..PoolOptions::default()
    };
    for (error, message) in [
        (
            ProcessPoolExecutor::with(with(0)).unwrap_err(),
            "max_tasks_per_child must be at least 1, not 0",
        ),
        (
            ThreadPoolExecutor::with(with(1)).unwrap_err(),
            "the option max_tasks_per_child is for process pools only",
        ),
    ] {
        assert!(matches!(error, Error::Value(_)));
        assert_eq!(error.to_string(), message);
    }
    assert!(ProcessPoolExecutor::with(with(usize::MAX)).is_ok());
}
