//! `_test_multiprocessing.py`: the workers of pools: made, set up, replaced, ended.
#![cfg_attr(
    target_arch = "wasm32",
    allow(
        unused_imports,
        reason = "each of the three worlds has rows of its own"
    )
)]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use concurrent_futures::multiprocessing::{
    Pool, PoolOptions, ThreadPool, WorkerPool, Workers, with_pool,
};
use concurrent_futures::{Error, Initializer};

use super::kit::{Held, LIMIT, Signal, reports_of};
use super::multiprocessing::{PoolWorld, end};
use super::tasks::{crash, fail, hold, square, stuck};

rows! {
    row_m16_make_pool: threads, processes;
    row_m17_terminate: threads, processes_natively;
    row_m19_context: threads, processes;
    row_m24_enter: threads, processes;
    row_m25_resource_warning: threads, processes;
    row_m28_pool_worker_lifetime: processes;
    row_m29_pool_worker_lifetime_early_close: processes;
    row_m30_pool_maxtasksperchild_invalid: threads, processes;
    row_m32_pool_initializer: threads, processes_natively;
    row_m33_pool_in_process: threads, processes;
    row_m36_large_pool: threads, processes;
    row_m50_death_of_a_worker: processes_in_browsers;
    row_m51_terminated: threads, processes_natively;
    row_m51_terminated_processes: processes;
    row_m57_close: threads, processes;
    row_m61_failing_initializer: threads, processes;
}

async fn row_m16_make_pool<W: PoolWorld, E: Workers>() {
    for processes in [0, 257] {
        let error = WorkerPool::<E>::new(processes).unwrap_err();
        assert!(matches!(error, Error::Value(_)));
    }
    let pool = WorkerPool::<E>::new(3).unwrap();
    assert_eq!(pool.workers(), 3);
    end::<W, E>(pool).await;
}

async fn row_m17_terminate<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(3).unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let items = vec![Held::at(started, gate); 10_000];
    let result = pool.map_async(hold, items, 1).unwrap();
    W::take_all(started, 3).await;
    pool.terminate();
    let error = W::get(&result, LIMIT).await.unwrap_err();
    let Error::Broken(broken) = &error else {
        panic!("{error}");
    };
    assert_eq!(broken.reason(), "the pool was terminated");
    // Threads run on to the end of what they hold, and take no more.
    gate.give(3);
    end::<W, E>(pool).await;
    assert_eq!(started.count(), 0);
}

async fn row_m19_context<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let result = W::within(pool, |pool| pool.map_async(square, 0..4, None)).await;
    assert!(result.unwrap().is_ok());
    let pool = WorkerPool::<E>::new(1).unwrap();
    pool.terminate();
    let refused = pool.map_async(square, [1], None).unwrap_err();
    assert_eq!(refused.to_string(), "Pool not running: it is terminated");
    W::join(&pool).await.unwrap();
}

async fn row_m24_enter<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let value = W::value(pool.map_async(square, [1, 2], None)).await;
    assert_eq!(value.unwrap(), [1, 4]);
    pool.close();
    W::join(&pool).await.unwrap();
    let mut entered = false;
    let outcome = W::within(pool, |_| entered = true).await;
    assert!(matches!(outcome, Err(Error::Value(_))));
    assert!(!entered);
}

async fn row_m25_resource_warning<W: PoolWorld, E: Workers>() {
    let before = reports_of("ResourceWarning: unclosed");
    let pool = WorkerPool::<E>::new(1).unwrap();
    let result = pool.apply_async(square, 3).unwrap();
    drop(pool);
    W::until(|| reports_of("ResourceWarning: unclosed") > before).await;
    // What was given to it still runs.
    assert_eq!(W::get(&result, LIMIT).await.unwrap(), 9);
}

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// How many calls this worker has had.
fn count(_: u32) -> u32 {
    CALLS.set(CALLS.get() + 1);
    CALLS.get()
}

fn worn_after<E: Workers>(calls: usize, processes: usize) -> Result<WorkerPool<E>, Error> {
    WorkerPool::with(PoolOptions {
        processes: Some(processes),
        maxtasksperchild: Some(calls),
        ..PoolOptions::default()
    })
}

async fn row_m28_pool_worker_lifetime<W: PoolWorld, E: Workers>() {
    let pool = worn_after::<E>(10, 3).unwrap();
    let values = W::value(pool.map_async(square, 0..100, 1)).await.unwrap();
    assert_eq!(values, (0..100).map(square).collect::<Vec<_>>());
    let counts = W::value(pool.map_async(count, 0..100, 1)).await.unwrap();
    assert!(counts.iter().all(|count| *count <= 10), "{counts:?}");
    let workers = counts.iter().filter(|count| **count == 1).count();
    assert!(workers >= 9, "{counts:?}");
    W::until(|| pool.workers() == 3).await;
    end::<W, E>(pool).await;
}

async fn row_m29_pool_worker_lifetime_early_close<W: PoolWorld, E: Workers>() {
    let pool = worn_after::<E>(1, 3).unwrap();
    let results: Vec<_> = (0..6)
        .map(|n| pool.apply_async(square, n).unwrap())
        .collect();
    pool.close();
    W::join(&pool).await.unwrap();
    for (n, result) in (0..).zip(&results) {
        assert!(result.ready());
        assert_eq!(W::get(result, LIMIT).await.unwrap(), n * n);
    }
}

async fn row_m30_pool_maxtasksperchild_invalid<W: PoolWorld, E: Workers>() {
    let error = worn_after::<E>(0, 1).unwrap_err();
    assert!(matches!(error, Error::Value(_)), "{error}");
    // One that is good is taken by processes only.
    match worn_after::<E>(1, 1) {
        Ok(pool) => end::<W, E>(pool).await,
        Err(error) => assert!(error.to_string().contains("process pools only")),
    }
}

async fn row_m32_pool_initializer<W: PoolWorld, E: Workers>() {
    let initialised = Signal::new();
    let pool = WorkerPool::<E>::with(PoolOptions {
        processes: Some(2),
        initializer: Some(Initializer::with(|set: Signal| set.give(1), initialised).unwrap()),
        ..PoolOptions::default()
    })
    .unwrap();
    let values = W::value(pool.map_async(square, 0..10, 1)).await.unwrap();
    assert_eq!(values.len(), 10);
    pool.close();
    W::join(&pool).await.unwrap();
    // One that has nothing to do any more when it gets up may leave before.
    assert!((1..=2).contains(&initialised.count()));
}

async fn row_m33_pool_in_process<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let nested = |count: i64| {
        let squares = with_pool(ThreadPool::new(1).unwrap(), |pool| {
            pool.map(square, 0..count, None)
        });
        squares.unwrap().unwrap()
    };
    let squares = W::value(pool.apply_async(nested, 5)).await.unwrap();
    assert_eq!(squares, [0, 1, 4, 9, 16]);
    end::<W, E>(pool).await;
}

async fn row_m36_large_pool<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(32).unwrap();
    let values = W::value(pool.map_async(square, 0..1000, None))
        .await
        .unwrap();
    assert_eq!(values.len(), 1000);
    assert_eq!(pool.workers(), 32);
    end::<W, E>(pool).await;
}

async fn row_m50_death_of_a_worker<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    for _ in 0..3 {
        let crashing = pool.apply_async(crash, ()).unwrap();
        let waiting = pool.map_async(square, 0..10, None).unwrap();
        let Err(Error::Broken(broken)) = W::get(&crashing, LIMIT).await else {
            panic!("{crashing:?} should be broken");
        };
        assert!(broken.worker().unwrap().starts_with("Pool-"), "{broken:?}");
        assert!(broken.task().unwrap().ends_with("::crash"), "{broken:?}");
        assert_eq!(W::get(&waiting, LIMIT).await.unwrap().len(), 10);
        assert_eq!(pool.workers(), 2);
    }
    end::<W, E>(pool).await;
}

async fn row_m51_terminated<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let running = pool.apply_async(hold, Held::at(started, gate)).unwrap();
    let mut ordered = pool.imap(square, 0..3, None).unwrap();
    let mut unordered = pool.imap_unordered(square, 0..3, None).unwrap();
    W::take(started).await;
    pool.terminate();
    assert!(W::get(&running, LIMIT).await.unwrap_err().is_broken());
    for steps in [&mut ordered, &mut unordered] {
        for _ in 0..3 {
            let error = W::next_of(steps, LIMIT).await.unwrap().unwrap_err();
            assert!(error.is_broken());
        }
        assert!(W::next_of(steps, LIMIT).await.is_none());
    }
    gate.give(1);
    end::<W, E>(pool).await;
}

/// A process that never ends by itself is ended, or, natively, let go of.
async fn row_m51_terminated_processes<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let running = pool.apply_async(stuck, ()).unwrap();
    let waiting = pool.map_async(square, 0..20, 1).unwrap();
    pool.terminate();
    assert!(W::get(&running, LIMIT).await.unwrap_err().is_broken());
    assert!(W::get(&waiting, LIMIT).await.unwrap_err().is_broken());
    end::<W, E>(pool).await;
}

async fn row_m57_close<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let error = W::join(&pool).await.unwrap_err();
    assert!(error.to_string().contains("still running"));
    let values = pool.imap(square, 0..1000, 2).unwrap();
    let map = pool.map_async(square, 0..20, None).unwrap();
    pool.close();
    pool.close();
    for refused in [
        pool.apply_async(square, 1).map(drop),
        pool.imap(square, [1], None).map(drop),
        pool.map_async(square, [1], None).map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Value(_))));
    }
    W::join(&pool).await.unwrap();
    assert!(map.ready());
    assert_eq!(W::rest(values).await.unwrap().len(), 1000);
}

async fn row_m61_failing_initializer<W: PoolWorld, E: Workers>() {
    let initializer = |words: String| {
        fail(words);
    };
    let initializer = Initializer::with(initializer, "no set-up".to_owned());
    let pool = WorkerPool::<E>::with(PoolOptions {
        processes: Some(2),
        initializer: Some(initializer.unwrap()),
        ..PoolOptions::default()
    })
    .unwrap();
    // Whether it is broken already shows in one place or in the other.
    let result = pool.map_async(square, 0..3, None);
    let error = W::value(result).await.unwrap_err();
    assert!(error.is_broken(), "{error}");
    assert!(error.to_string().contains("no set-up"), "{error}");
    end::<W, E>(pool).await;
}

/// The with-statement around a body that panics ends the pool, too.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_body_that_panics_ends_its_pool() {
    let pool = Pool::new(1).unwrap();
    let body = || with_pool(pool, |_| panic!("the body"));
    assert!(catch_unwind(AssertUnwindSafe(body)).is_err());
}
