//! `test_process_pool.py`: workers that die, are reused, or retire.

use std::iter::zip;
use std::sync::atomic::{AtomicU32, Ordering};

use concurrent_futures::{Error, Executor, Future, PoolOptions};
use serde::{Deserialize, Serialize};

use super::init::failing;
use super::kit::{Force, Forcible, Held, Pool, Signal, Subject, World, chunks_of, close, options};
use super::tasks::{crash, fail, power, square, stuck};

rows! {
    row_067_killed_child: processes_in_browsers;
    row_068_broken_process_pool_traceback: processes_in_browsers;
    row_069_map_chunksize: threads, processes, coroutines, inline;
    row_070_traceback: threads, processes, coroutines, inline;
    row_071_traceback_when_child_process_terminates_abruptly: processes_in_browsers;
    row_072_ressources_gced_in_workers: processes;
    row_073_saturation: processes_natively;
    row_074_idle_process_reuse_one: processes;
    row_075_idle_process_reuse_multiple: processes;
    row_076_max_tasks_per_child: processes;
    row_078_max_tasks_per_child_pending_tasks: processes;
    row_079_shutdown_no_wait_max_tasks: processes;
    row_080_gc_during_max_tasks_worker_exit: processes_natively;
    row_081_force_shutdown_during_max_tasks_worker_exit: processes;
    row_083_max_tasks_early_shutdown: processes;
    row_085_terminate_workers: processes;
    row_086_kill_workers: processes;
    row_089_force_shutdown_workers_dead_workers: processes;
    row_090_force_shutdown_workers_not_started_yet: processes;
    row_091_force_shutdown_workers_stops_pool: processes;
}

fn worn_after<X: Pool>(calls: usize, max_workers: usize) -> X {
    X::with(PoolOptions {
        max_tasks_per_child: Some(calls),
        ..options(max_workers)
    })
    .unwrap()
}

fn submit_squares(executor: &impl Executor, count: i64) -> Vec<Future<i64>> {
    (0..count)
        .map(|n| executor.submit(square, n).unwrap())
        .collect()
}

async fn check_squares<W: World>(futures: &[Future<i64>]) {
    for (n, future) in (0..).zip(futures) {
        assert_eq!(W::result(future).await.unwrap(), n * n);
    }
}

async fn row_067_killed_child<W: World, X: Pool>() {
    let executor = X::new(1);
    let future = executor.submit(crash, ()).unwrap();
    assert!(W::error(&future).await.is_broken());
    assert!(executor.submit(square, 2).unwrap_err().is_broken());
}

async fn row_068_broken_process_pool_traceback<W: World, X: Pool>() {
    let executor = X::new(1);
    let crashing = executor.submit(crash, ()).unwrap();
    let waiting = executor.submit(crash, ()).unwrap();
    for future in [crashing, waiting] {
        assert!(W::error(&future).await.is_broken());
    }
}

async fn row_069_map_chunksize<W: World, X: Subject>() {
    let executor = X::new(2);
    let expected: Vec<u64> = (0..10_u64)
        .map(|n| n.pow(u32::try_from(n).unwrap()))
        .collect();
    for chunksize in [1, 3, 10, 12] {
        let values = executor.map_with(power, zip(0..10, 0..10), chunks_of(chunksize));
        assert_eq!(W::all(values.unwrap()).await, expected);
    }
    if X::CHUNKS {
        let error = executor.map_with(square, [1], chunks_of(0)).unwrap_err();
        assert!(matches!(error, Error::Value(_)));
        assert!(error.to_string().contains("chunksize"));
    }
}

async fn row_070_traceback<W: World, X: Subject>() {
    let executor = X::new(1);
    let future = executor.submit(fail, "123".to_owned()).unwrap();
    let error = W::error(&future).await;
    let error = error.task().unwrap();
    assert_eq!(error.message(), "123");
    assert!(error.location().unwrap().contains("tasks.rs:"));
    assert_eq!(error.worker(), future.worker().as_deref());
    if cfg!(target_arch = "wasm32") {
        assert!(
            error.stack().unwrap().contains("fail"),
            "{:?}",
            error.stack()
        );
    }
}

async fn row_071_traceback_when_child_process_terminates_abruptly<W: World, X: Pool>() {
    let executor = X::with(PoolOptions {
        thread_name_prefix: Some("doomed".to_owned()),
        ..options(1)
    })
    .unwrap();
    let future = executor.submit(crash, ()).unwrap();
    let Error::Broken(broken) = W::error(&future).await else {
        panic!("{future:?} should be broken");
    };
    assert_eq!(broken.worker(), Some("doomed_0"));
    assert!(broken.reason().contains("trapped"), "{}", broken.reason());
}

/// How many were decoded in this memory and not dropped since.
static DECODED: AtomicU32 = AtomicU32::new(0);

/// An argument that counts itself where it is decoded.
#[derive(Serialize)]
struct Counted(#[serde(skip)] bool);

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        DECODED.fetch_add(1, Ordering::SeqCst);
        Ok(Self(true))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if self.0 {
            DECODED.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

async fn row_072_ressources_gced_in_workers<W: World, X: Pool>() {
    let executor = X::new(1);
    for _ in 0..10 {
        let count = |own: Counted| DECODED.load(Ordering::SeqCst) * u32::from(own.0);
        let future = executor.submit(count, Counted(false)).unwrap();
        let there = W::result(&future).await.unwrap();
        // Both worlds of this row may run at the same time, in one memory.
        assert!((1..=2).contains(&there), "{there} of them are there");
    }
}

async fn row_073_saturation<W: World, X: Pool>() {
    let executor = X::new(5);
    let (started, gate) = (Signal::new(), Signal::new());
    for _ in 0..75 {
        executor.hold(Held::at(started, gate));
    }
    assert_eq!(executor.workers(), 5);
    gate.give(75);
    W::shut_down(&executor, false).await;
    assert_eq!(started.count(), 75);
}

async fn row_074_idle_process_reuse_one<W: World, X: Pool>() {
    let executor = X::new(3);
    for n in 0..3 {
        let future = executor.submit(square, n).unwrap();
        W::result(&future).await.unwrap();
    }
    assert_eq!(executor.workers(), 1);
}

async fn row_075_idle_process_reuse_multiple<W: World, X: Pool>() {
    let executor = X::new(3);
    for _ in 0..2 {
        let waited_for = executor.submit(square, 2).unwrap();
        W::result(&waited_for).await.unwrap();
        drop(executor.submit(square, 3).unwrap());
    }
    drop(executor.submit(square, 4).unwrap());
    assert!(executor.workers() <= 3);
    W::shut_down(&executor, false).await;
}

async fn row_076_max_tasks_per_child<W: World, X: Pool>() {
    let executor: X = worn_after(3, 1);
    let mut names = Vec::new();
    for n in 0..4 {
        let future = executor.submit(square, n).unwrap();
        W::result(&future).await.unwrap();
        names.push(future.worker().unwrap());
    }
    assert_eq!(names[0], names[1]);
    assert_eq!(names[0], names[2]);
    assert_ne!(names[0], names[3]);
}

async fn row_078_max_tasks_per_child_pending_tasks<W: World, X: Pool>() {
    let executor: X = worn_after(2, 2);
    check_squares::<W>(&submit_squares(&executor, 9)).await;
}

async fn row_079_shutdown_no_wait_max_tasks<W: World, X: Pool>() {
    let executor: X = worn_after(1, 1);
    let futures = submit_squares(&executor, 4);
    close(&executor, false);
    check_squares::<W>(&futures).await;
    W::shut_down(&executor, false).await;
    assert_eq!(executor.workers(), 0);
}

/// In Python what is queued fails here; an executor that is dropped has it finished.
async fn row_080_gc_during_max_tasks_worker_exit<W: World, X: Pool>() {
    let executor: X = worn_after(1, 1);
    let (started, gate) = (Signal::new(), Signal::new());
    let running = executor.hold(Held::at(started, gate));
    let queued = submit_squares(&executor, 3);
    W::take(started).await;
    drop(executor);
    gate.give(1);
    assert!(W::result(&running).await.is_ok());
    check_squares::<W>(&queued).await;
}

async fn row_083_max_tasks_early_shutdown<W: World, X: Pool>() {
    let executor: X = worn_after(1, 3);
    let futures = submit_squares(&executor, 6);
    W::shut_down(&executor, false).await;
    assert!(futures.iter().all(Future::done));
    check_squares::<W>(&futures).await;
}

async fn row_081_force_shutdown_during_max_tasks_worker_exit<W: World, X: Forcible>() {
    let executor: X = worn_after(1, 1);
    let futures = submit_squares(&executor, 4);
    assert_eq!(W::result(&futures[0]).await.unwrap(), 0);
    executor.end_workers(Force::Terminate);
    for (n, future) in (0..).zip(&futures) {
        match W::result(future).await {
            Ok(value) => assert_eq!(value, n * n),
            Err(error) => assert!(error.is_broken() || error.is_cancelled(), "{error}"),
        }
    }
    W::shut_down(&executor, false).await;
    assert_eq!(executor.workers(), 0);
}

/// What runs fails, what waits is cancelled, and there is no pool any more.
async fn ends_all<W: World, X: Forcible>(force: Force) {
    let executor = X::new(1);
    let running = executor.submit(stuck, ()).unwrap();
    W::until(|| running.running()).await;
    let waiting = executor.submit(square, 2).unwrap();
    executor.end_workers(force);
    let Error::Broken(broken) = W::error(&running).await else {
        panic!("{running:?} should be broken");
    };
    assert!(broken.task().unwrap().ends_with("::stuck"), "{broken:?}");
    assert!(W::error(&waiting).await.is_cancelled());
    W::shut_down(&executor, false).await;
    assert_eq!(executor.workers(), 0);
}

async fn row_085_terminate_workers<W: World, X: Forcible>() {
    ends_all::<W, X>(Force::Terminate).await;
}

async fn row_086_kill_workers<W: World, X: Forcible>() {
    ends_all::<W, X>(Force::Kill).await;
}

async fn row_089_force_shutdown_workers_dead_workers<W: World, X: Forcible>() {
    for force in [Force::Terminate, Force::Kill] {
        let executor = X::with(failing()).unwrap();
        let future = executor.submit(square, 2).unwrap();
        assert!(W::error(&future).await.is_broken());
        executor.end_workers(force);
        executor.end_workers(force);
        assert!(executor.submit(square, 2).unwrap_err().is_broken());
    }
}

async fn row_090_force_shutdown_workers_not_started_yet<W: World, X: Forcible>() {
    for force in [Force::Terminate, Force::Kill] {
        let executor = X::new(2);
        executor.end_workers(force);
        assert_eq!(executor.workers(), 0);
        W::shut_down(&executor, false).await;
    }
}

async fn row_091_force_shutdown_workers_stops_pool<W: World, X: Forcible>() {
    for force in [Force::Terminate, Force::Kill] {
        let executor = X::new(1);
        let future = executor.submit(square, 2).unwrap();
        W::result(&future).await.unwrap();
        assert_eq!(executor.workers(), 1);
        executor.end_workers(force);
        assert!(executor.submit(square, 2).is_err());
        W::shut_down(&executor, false).await;
        assert_eq!(executor.workers(), 0);
    }
}
