//! `test_shutdown.py`.

use concurrent_futures::{Error, Executor, Future, PoolOptions, ReturnWhen};

use super::kit::{Held, Pool, Signal, Subject, World, close, message, options};
use super::tasks::{fail, square};

rows! {
    row_092_run_after_shutdown: threads, processes, coroutines, inline;
    row_095_hang_issue12364: threads, processes, coroutines, inline;
    row_096_cancel_futures: threads, processes_natively, coroutines;
    row_097_hang_gh83386: threads, processes_natively, coroutines;
    row_098_hang_gh94440: threads, processes, coroutines, inline;
    row_099_threads_terminate: threads;
    row_100_context_manager_shutdown: threads, coroutines, inline;
    row_101_del_shutdown: threads;
    row_102_shutdown_no_wait: threads, coroutines, inline;
    row_103_thread_names_assigned: threads;
    row_104_thread_names_default: threads;
    row_105_cancel_futures_wait_false: threads, processes, coroutines, inline;
    row_106_processes_terminate: processes_natively;
    row_107_context_manager_shutdown: processes;
    row_108_del_shutdown: processes;
    row_109_shutdown_no_wait: processes;
    row_110_shutdown_gh_132969_case_1: processes;
    row_111_shutdown_gh_132969_case_2: processes;
}

fn squares() -> Vec<i64> {
    (-5..5).map(square).collect()
}

async fn row_092_run_after_shutdown<W: World, X: Subject>() {
    let executor = X::new(1);
    W::shut_down(&executor, false).await;
    let error = executor.submit(square, 2).unwrap_err();
    assert!(matches!(error, Error::Shutdown));
    assert_eq!(
        error.to_string(),
        "cannot schedule new futures after shutdown"
    );
}

async fn row_095_hang_issue12364<W: World, X: Subject>() {
    let executor = X::new(2);
    let futures: Vec<_> = (0..50)
        .map(|n| executor.submit(square, n).unwrap())
        .collect();
    W::shut_down(&executor, false).await;
    for (n, future) in (0..).zip(&futures) {
        assert!(future.done());
        assert_eq!(W::result(future).await.unwrap(), n * n);
    }
}

async fn row_096_cancel_futures<W: World, X: Subject>() {
    let executor = X::new(5);
    let (started, gate) = (Signal::new(), Signal::new());
    let futures: Vec<_> = (0..50)
        .map(|_| executor.hold(Held::at(started, gate)))
        .collect();
    W::take_all(started, 5).await;
    close(&executor, true);
    gate.give(50);
    W::shut_down(&executor, true).await;
    assert!(futures.iter().all(Future::done));
    let cancelled = futures.iter().filter(|future| future.cancelled()).count();
    assert_eq!(cancelled, 45);
    for future in futures.iter().filter(|future| !future.cancelled()) {
        assert!(W::result(future).await.is_ok());
    }
}

async fn row_097_hang_gh83386<W: World, X: Subject>() {
    let executor = X::new(2);
    let (started, gate) = (Signal::new(), Signal::new());
    let future = executor.hold(Held {
        value: 7,
        ..Held::at(started, gate)
    });
    W::take(started).await;
    close(&executor, false);
    assert!(!future.done());
    gate.give(1);
    assert_eq!(W::result(&future).await.unwrap(), 7);
    W::shut_down(&executor, false).await;
}

async fn row_098_hang_gh94440<W: World, X: Subject>() {
    for _ in 0..3 {
        let executor = X::new(1);
        let future = executor.submit(square, 2).unwrap();
        let cancelled = future.cancel();
        W::shut_down(&executor, false).await;
        assert!(future.done());
        assert_eq!(future.cancelled(), cancelled);
    }
}

/// Three calls that block have three workers; when they are released and the pool is shut down, all are gone.
async fn terminates<W: World, X: Pool>() {
    let executor = X::new(5);
    let (started, gate) = (Signal::new(), Signal::new());
    for _ in 0..3 {
        executor.hold(Held::at(started, gate));
    }
    assert_eq!(executor.workers(), 3);
    gate.give(3);
    W::shut_down(&executor, false).await;
    assert_eq!(executor.workers(), 0);
    assert_eq!(started.count(), 3);
}

async fn row_099_threads_terminate<W: World, X: Pool>() {
    terminates::<W, X>().await;
}

async fn row_106_processes_terminate<W: World, X: Pool>() {
    terminates::<W, X>().await;
}

/// The with-statement is a function.
async fn leaves<W: World, X: Subject>() {
    let (values, futures) = W::with(X::new(2), |executor| {
        let values = executor.map(square, -5..5).unwrap();
        let futures: Vec<_> = (-5..5)
            .map(|n| executor.submit(square, n).unwrap())
            .collect();
        (values, futures)
    })
    .await;
    assert!(futures.iter().all(Future::done));
    assert_eq!(W::all(values).await, squares());
}

async fn row_100_context_manager_shutdown<W: World, X: Subject>() {
    leaves::<W, X>().await;
}

async fn row_107_context_manager_shutdown<W: World, X: Subject>() {
    leaves::<W, X>().await;
}

/// Dropping the last handle lets queued work finish.
async fn dropped<W: World, X: Pool>() {
    let executor = X::new(2);
    let futures: Vec<_> = (0..20)
        .map(|n| executor.submit(square, n).unwrap())
        .collect();
    let values = executor.map(square, -5..5).unwrap();
    drop(executor);
    assert_eq!(W::all(values).await, squares());
    let found = W::wait_for(&futures, None, ReturnWhen::AllCompleted).await;
    assert!(found.done.iter().all(|future| !future.cancelled()));
}

async fn row_101_del_shutdown<W: World, X: Pool>() {
    dropped::<W, X>().await;
}

async fn row_108_del_shutdown<W: World, X: Pool>() {
    dropped::<W, X>().await;
}

/// What was mapped is there although nobody waited, and the workers go by themselves.
async fn goes_on<W: World, X: Subject>() {
    let executor = X::new(2);
    let values = executor.map(square, -5..5).unwrap();
    close_or_tell(&executor);
    assert_eq!(W::all(values).await, squares());
    W::shut_down(&executor, false).await;
}

fn close_or_tell(executor: &impl Executor) {
    close(executor, false);
    assert!(matches!(executor.submit(square, 1), Err(Error::Shutdown)));
}

async fn row_102_shutdown_no_wait<W: World, X: Subject>() {
    goes_on::<W, X>().await;
}

async fn row_109_shutdown_no_wait<W: World, X: Subject>() {
    goes_on::<W, X>().await;
}

async fn row_103_thread_names_assigned<W: World, X: Pool>() {
    let executor = X::with(PoolOptions {
        thread_name_prefix: Some("SpecialPool".to_owned()),
        ..options(3)
    })
    .unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let futures: Vec<_> = (0..3)
        .map(|_| executor.hold(Held::at(started, gate)))
        .collect();
    W::take_all(started, 3).await;
    gate.give(3);
    let mut names: Vec<_> = futures
        .iter()
        .map(|future| future.worker().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["SpecialPool_0", "SpecialPool_1", "SpecialPool_2"]);
}

async fn row_104_thread_names_default<W: World, X: Pool>() {
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let future = X::new(1).submit(square, 1).unwrap();
        W::result(&future).await.unwrap();
        let name = future.worker().unwrap();
        let rest = name.strip_prefix("ThreadPoolExecutor-").unwrap();
        let number = rest.strip_suffix("_0").unwrap();
        numbers.push(number.parse::<u32>().unwrap());
    }
    assert!(numbers[0] < numbers[1], "{numbers:?}");
}

async fn row_105_cancel_futures_wait_false<W: World, X: Subject>() {
    let executor = X::new(1);
    let futures: Vec<_> = (0..4)
        .map(|n| executor.submit(square, n).unwrap())
        .collect();
    close(&executor, true);
    for (n, future) in (0..).zip(&futures) {
        match W::result(future).await {
            Ok(value) => assert_eq!(value, n * n),
            Err(error) => assert!(error.is_cancelled(), "{error}"),
        }
    }
    W::shut_down(&executor, true).await;
}

/// A failing call, workers of one call each, and nobody waits.
async fn worn_out<W: World, X: Pool>(max_workers: usize) {
    let executor = X::with(PoolOptions {
        max_tasks_per_child: Some(1),
        ..options(max_workers)
    })
    .unwrap();
    let first = executor.submit(square, 3).unwrap();
    let others: Vec<_> = (0..3)
        .map(|n| executor.submit(fail, format!("no {n}")).unwrap())
        .collect();
    close(&executor, false);
    assert_eq!(W::result(&first).await.unwrap(), 9);
    for (n, future) in others.iter().enumerate() {
        assert_eq!(message(&W::error(future).await), format!("no {n}"));
    }
    W::shut_down(&executor, false).await;
    assert_eq!(executor.workers(), 0);
}

async fn row_110_shutdown_gh_132969_case_1<W: World, X: Pool>() {
    worn_out::<W, X>(2).await;
}

async fn row_111_shutdown_gh_132969_case_2<W: World, X: Pool>() {
    worn_out::<W, X>(4).await;
}
