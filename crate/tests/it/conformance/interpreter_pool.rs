//! `test_interpreter_pool.py`: an interpreter of its own for every thread, which is what process workers have.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use concurrent_futures::{Executor, PoolOptions};

use super::kit::{Held, Pool, Signal, Subject, World, close, message, options};
use super::tasks::{divide, square};

rows! {
    row_142_submit_exception_in_func: threads, processes, coroutines, inline;
    row_143_saturation: processes_natively;
    row_151_thread_name_prefix: threads, processes;
    row_152_thread_name_prefix_with_thread_get_name: threads, processes;
    row_153_run_in_executor: processes_in_browsers;
    row_154_run_in_executor_cancel: threads, processes_natively, coroutines;
    row_155_default_executor: threads, processes, coroutines, inline;
}

async fn row_142_submit_exception_in_func<W: World, X: Subject>() {
    let future = X::new(1).submit(divide, (3, 0)).unwrap();
    let error = W::error(&future).await;
    assert_eq!(message(&error), "division of 3 by zero");
    assert!(error.to_string().starts_with("the task panicked: division"));
    assert!(error.to_string().contains("tasks.rs:"), "{error}");
}

async fn row_143_saturation<W: World, X: Pool>() {
    let executor = X::new(4);
    let (started, gate) = (Signal::new(), Signal::new());
    for _ in 0..60 {
        executor.hold(Held::at(started, gate));
    }
    W::take_all(started, 4).await;
    assert_eq!((executor.workers(), started.count()), (4, 0));
    gate.give(60);
    W::shut_down(&executor, false).await;
}

async fn row_151_thread_name_prefix<W: World, X: Pool>() {
    let future = X::new(1).submit(square, 1).unwrap();
    W::result(&future).await.unwrap();
    let class = std::any::type_name::<X>().rsplit("::").next().unwrap();
    let name = future.worker().unwrap();
    assert!(name.starts_with(&format!("{class}-")), "{name}");
}

async fn row_152_thread_name_prefix_with_thread_get_name<W: World, X: Pool>() {
    let executor = X::with(PoolOptions {
        thread_name_prefix: Some("spam".to_owned()),
        ..options(1)
    })
    .unwrap();
    let future = executor
        .submit(|()| super::tasks::thread_name(), ())
        .unwrap();
    assert_eq!(W::result(&future).await.unwrap(), "spam_0");
}

async fn row_153_run_in_executor<W: World, X: Pool>() {
    static HERE: AtomicU32 = AtomicU32::new(0);
    let executor = X::new(1);
    let future = executor.submit(|()| HERE.fetch_add(1, Ordering::SeqCst), ());
    W::result(&future.unwrap()).await.unwrap();
    assert_eq!(HERE.load(Ordering::SeqCst), 0, "it was another realm");
}

async fn row_154_run_in_executor_cancel<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate) = (Signal::new(), Signal::new());
    let future = executor.hold(Held {
        fails: true,
        ..Held::at(started, gate)
    });
    W::take(started).await;
    let early = W::result_within(&future, Duration::ZERO).await;
    assert!(early.unwrap_err().is_timeout());
    assert!(!future.cancel());
    close(&executor, false);
    gate.give(1);
    W::until(|| future.done()).await;
    assert!(!future.cancelled());
    assert_eq!(message(&W::error(&future).await), "late");
}

/// What takes any executor, as event loops take their default one.
fn run(executor: &impl Executor, n: i64) -> concurrent_futures::Future<i64> {
    executor.submit(square, n).unwrap()
}

async fn row_155_default_executor<W: World, X: Subject>() {
    let future = run(&X::new(1), 7);
    assert_eq!(W::result(&future).await.unwrap(), 49);
}
