//! `test_deadlock.py`: what goes wrong on the way never hangs anybody.

use std::thread::panicking;

use concurrent_futures::{Error, Executor, Future};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::kit::{Pool, Subject, World, close, message};
use super::tasks::{crash, fail, square};

rows! {
    row_112_error_at_task_pickle: processes;
    row_114_error_at_task_unpickle: processes;
    row_115_crash_at_task_unpickle: processes_in_browsers;
    row_116_crash_during_func_exec_on_worker: processes_in_browsers;
    row_118_error_during_func_exec_on_worker: threads, processes, coroutines, inline;
    row_119_crash_during_result_pickle_on_worker: processes_in_browsers;
    row_121_error_during_result_pickle_on_worker: processes;
    row_122_error_during_result_unpickle_in_result_handler: processes;
    row_124_shutdown_deadlock: processes_in_browsers;
    row_125_shutdown_deadlock_pickle: processes;
    row_126_crash_big_data: processes_in_browsers;
    row_127_should_not_deadlock: threads, processes, coroutines, inline;
}

/// Cannot be encoded.
#[derive(Clone, Debug, Deserialize)]
struct Unsendable;

impl Serialize for Unsendable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("never"))
    }
}

/// Cannot be decoded.
#[derive(Clone, Debug, Serialize)]
struct Unreadable;

impl<'de> Deserialize<'de> for Unreadable {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("never"))
    }
}

/// Crashes whoever decodes it.
#[derive(Clone, Debug, Serialize)]
struct CrashesReaders;

impl<'de> Deserialize<'de> for CrashesReaders {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        crash(());
        Ok(Self)
    }
}

/// Crashes whoever encodes it.
#[derive(Clone, Debug, Deserialize)]
struct CrashesWriters;

impl Serialize for CrashesWriters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crash(());
        serializer.serialize_unit()
    }
}

/// After all that: the pool lives.
async fn lives<W: World>(executor: &impl Executor) {
    let future = executor.submit(square, 3).unwrap();
    assert_eq!(W::result(&future).await.unwrap(), 9);
}

/// The call fails with the words of the codec.
async fn fails_alone<W: World, T: Clone + 'static>(future: &Future<T>, words: &str) {
    let error = W::error(future).await;
    assert!(matches!(error, Error::Codec(_)), "{error}");
    assert!(error.to_string().starts_with(words), "{error}");
}

/// The call and its pool are broken.
async fn breaks<W: World, T: Clone + 'static>(executor: &impl Executor, future: &Future<T>) {
    assert!(W::error(future).await.is_broken());
    assert!(executor.submit(square, 2).unwrap_err().is_broken());
}

async fn row_112_error_at_task_pickle<W: World, X: Pool>() {
    let executor = X::new(1);
    let future = executor.submit(|_: Unsendable| 7, Unsendable).unwrap();
    fails_alone::<W, _>(&future, "the argument, a ").await;
    lives::<W>(&executor).await;
}

async fn row_114_error_at_task_unpickle<W: World, X: Pool>() {
    let executor = X::new(1);
    let future = executor.submit(|_: Unreadable| 7, Unreadable).unwrap();
    fails_alone::<W, _>(&future, "the argument, a ").await;
    lives::<W>(&executor).await;
}

async fn row_115_crash_at_task_unpickle<W: World, X: Pool>() {
    let executor = X::new(1);
    let future = executor.submit(|_: CrashesReaders| 7, CrashesReaders);
    breaks::<W, _>(&executor, &future.unwrap()).await;
}

async fn row_116_crash_during_func_exec_on_worker<W: World, X: Pool>() {
    let executor = X::new(1);
    let future = executor.submit(crash, ()).unwrap();
    breaks::<W, _>(&executor, &future).await;
}

async fn row_118_error_during_func_exec_on_worker<W: World, X: Subject>() {
    let executor = X::new(1);
    let future = executor.submit(fail, "no tea".to_owned()).unwrap();
    assert_eq!(message(&W::error(&future).await), "no tea");
    assert!(!panicking());
    lives::<W>(&executor).await;
}

async fn row_119_crash_during_result_pickle_on_worker<W: World, X: Pool>() {
    let executor = X::new(1);
    let future = executor.submit(|()| CrashesWriters, ()).unwrap();
    breaks::<W, _>(&executor, &future).await;
}

async fn row_121_error_during_result_pickle_on_worker<W: World, X: Pool>() {
    let executor = X::new(1);
    let future = executor.submit(|()| Unsendable, ()).unwrap();
    fails_alone::<W, _>(&future, "the value, a ").await;
    lives::<W>(&executor).await;
}

async fn row_122_error_during_result_unpickle_in_result_handler<W: World, X: Pool>() {
    let executor = X::new(1);
    let future = executor.submit(|()| Unreadable, ()).unwrap();
    fails_alone::<W, _>(&future, "the value, a ").await;
    lives::<W>(&executor).await;
}

async fn row_124_shutdown_deadlock<W: World, X: Pool>() {
    let executor = X::new(2);
    lives::<W>(&executor).await;
    let future = executor.submit(crash, ()).unwrap();
    W::shut_down(&executor, false).await;
    assert!(W::error(&future).await.is_broken());
}

async fn row_125_shutdown_deadlock_pickle<W: World, X: Pool>() {
    let executor = X::new(1);
    lives::<W>(&executor).await;
    let future = executor.submit(|_: Unsendable| 7, Unsendable).unwrap();
    close(&executor, false);
    fails_alone::<W, _>(&future, "the argument, a ").await;
    W::shut_down(&executor, false).await;
    assert_eq!(executor.workers(), 0);
}

async fn row_126_crash_big_data<W: World, X: Pool>() {
    let executor = X::new(1);
    let big = vec![7_u8; 5_000_000];
    let crash_with = |_: Vec<u8>| crash(());
    let crashing = executor.submit(crash_with, big.clone()).unwrap();
    let waiting: Vec<_> = (0..4)
        .filter_map(|_| executor.submit(crash_with, big.clone()).ok())
        .collect();
    assert!(W::error(&crashing).await.is_broken());
    for future in &waiting {
        assert!(W::error(future).await.is_broken());
    }
}

async fn row_127_should_not_deadlock<W: World, X: Subject>() {
    let executor = X::new(2);
    let futures: Vec<_> = (0..1000)
        .map(|n| executor.submit(square, n).unwrap())
        .collect();
    for (n, future) in (0..).zip(&futures) {
        assert_eq!(W::result(future).await.unwrap(), n * n);
    }
}
