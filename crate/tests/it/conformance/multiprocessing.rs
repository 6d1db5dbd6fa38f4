//! `_test_multiprocessing.py`: calls, maps, results and callbacks of pools.
#![allow(
    clippy::disallowed_types,
    reason = "callbacks tell by a channel, and whoever receives looks, or may wait"
)]

use std::iter::zip;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;
#[cfg(not(target_arch = "wasm32"))]
use std::time::Instant;

use concurrent_futures::Error;
use concurrent_futures::multiprocessing::{
    AsyncResult, Callbacks, Imap, WorkerPool, Workers, with_pool, with_pool_async,
};
use serde::{Deserialize, Serialize, ser};

use super::kit::{
    Awaited, Blocking, Held, LIMIT, MOMENT, Signal, Tracked, World, message, reports_of,
};
use super::tasks::{fail, hold, power, square};

rows! {
    row_m01_apply: threads, processes;
    row_m02_map: threads, processes;
    row_m03_starmap: threads, processes;
    row_m04_starmap_async: threads, processes;
    row_m05_map_async: threads, processes;
    row_m06_map_async_callbacks: threads, processes;
    row_m07_map_unpicklable: processes;
    row_m08_map_chunksize: threads, processes;
    row_m09_map_handle_iterable_exception: threads, processes;
    row_m10_async: threads, processes_natively;
    row_m11_async_timeout: threads, processes_natively;
    row_m12_imap: threads, processes;
    row_m13_imap_handle_iterable_exception: threads, processes;
    row_m14_imap_unordered: threads, processes;
    row_m15_imap_unordered_handle_iterable_exception: threads, processes;
    row_m18_empty_iterable: threads, processes;
    row_m20_traceback: threads, processes;
    row_m21_wrapped_exception: threads, processes;
    row_m22_map_no_failfast: threads, processes_natively;
    row_m23_release_task_refs: threads, processes_natively;
    row_m26_async_error_callback: threads, processes;
    row_m27_unpicklable_result: processes;
    row_m52_chunksize_zero: threads, processes;
    row_m53_imap_goes_on: threads, processes;
    row_m54_imap_next_timeout: threads, processes_natively;
    row_m55_callback_raises: threads, processes;
    row_m56_first_error: threads, processes;
    row_m59_successful: threads, processes_natively;
}

/// The ways of waiting for what pools give.
pub(crate) trait PoolWorld: World {
    async fn get<T: Clone + 'static>(
        result: &AsyncResult<T>,
        timeout: Duration,
    ) -> Result<T, Error>;
    async fn wait<T: 'static>(result: &AsyncResult<T>, timeout: Duration);
    async fn next_of<R: Clone + Send + Sync + 'static>(
        imap: &mut Imap<R>,
        timeout: Duration,
    ) -> Option<Result<R, Error>>;
    async fn join<E: Workers>(pool: &WorkerPool<E>) -> Result<(), Error>;
    /// The with-statement.
    async fn within<E: Workers, R>(
        pool: WorkerPool<E>,
        body: impl FnOnce(&WorkerPool<E>) -> R,
    ) -> Result<R, Error>;

    async fn value<T: Clone + 'static>(result: Result<AsyncResult<T>, Error>) -> Result<T, Error> {
        Self::get(&result?, LIMIT).await
    }

    async fn rest<R: Clone + Send + Sync + 'static>(mut imap: Imap<R>) -> Result<Vec<R>, Error> {
        let mut values = Vec::new();
        while let Some(value) = Self::next_of(&mut imap, LIMIT).await {
            values.push(value?);
        }
        Ok(values)
    }
}

impl PoolWorld for Blocking {
    async fn get<T: Clone + 'static>(
        result: &AsyncResult<T>,
        timeout: Duration,
    ) -> Result<T, Error> {
        result.get(timeout)
    }

    async fn wait<T: 'static>(result: &AsyncResult<T>, timeout: Duration) {
        result.wait(timeout).unwrap();
    }

    async fn next_of<R: Clone + Send + Sync + 'static>(
        imap: &mut Imap<R>,
        timeout: Duration,
    ) -> Option<Result<R, Error>> {
        imap.next_within(timeout)
    }

    async fn join<E: Workers>(pool: &WorkerPool<E>) -> Result<(), Error> {
        pool.join()
    }

    async fn within<E: Workers, R>(
        pool: WorkerPool<E>,
        body: impl FnOnce(&WorkerPool<E>) -> R,
    ) -> Result<R, Error> {
        with_pool(pool, body)
    }
}

impl PoolWorld for Awaited {
    async fn get<T: Clone + 'static>(
        result: &AsyncResult<T>,
        timeout: Duration,
    ) -> Result<T, Error> {
        result.get_async(timeout).await
    }

    async fn wait<T: 'static>(result: &AsyncResult<T>, timeout: Duration) {
        result.wait_async(timeout).await;
    }

    async fn next_of<R: Clone + Send + Sync + 'static>(
        imap: &mut Imap<R>,
        timeout: Duration,
    ) -> Option<Result<R, Error>> {
        imap.next_within_async(timeout).await
    }

    async fn join<E: Workers>(pool: &WorkerPool<E>) -> Result<(), Error> {
        pool.join_async().await
    }

    async fn within<E: Workers, R>(
        pool: WorkerPool<E>,
        body: impl FnOnce(&WorkerPool<E>) -> R,
    ) -> Result<R, Error> {
        with_pool_async(pool, async |pool| body(pool)).await
    }
}

/// Ends the pool, and waits until its workers are gone.
pub(crate) async fn end<W: PoolWorld, E: Workers>(pool: WorkerPool<E>) {
    pool.terminate();
    W::join(&pool).await.unwrap();
    assert_eq!(pool.workers(), 0);
}

fn squares(count: i64) -> Vec<i64> {
    (0..count).map(square).collect()
}

/// Numbers from zero, and a panic at `when`.
fn failing(total: i64, when: i64) -> impl Iterator<Item = i64> {
    (0..total).inspect(move |n| assert!(*n != when, "say when {when}"))
}

/// Callbacks, and what they are called with.
type Heard<T> = mpsc::Receiver<Result<T, String>>;

fn listener<T: Send + 'static>() -> (Callbacks<T>, Heard<T>) {
    let (sender, heard) = mpsc::channel();
    let errors = sender.clone();
    let callbacks = Callbacks::new()
        .callback(move |value| sender.send(Ok(value)).unwrap())
        .error_callback(move |error| errors.send(Err(message(error).to_owned())).unwrap());
    (callbacks, heard)
}

async fn row_m01_apply<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let value = pool.apply_async(square, 5);
    assert_eq!(W::value(value).await.unwrap(), 25);
    assert_eq!(
        W::value(pool.apply_async(power, (2, 10))).await.unwrap(),
        1024
    );
    end::<W, E>(pool).await;
}

async fn row_m02_map<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    for chunksize in [None, Some(1), Some(20), Some(1000)] {
        let values = W::value(pool.map_async(square, 0..100, chunksize)).await;
        assert_eq!(values.unwrap(), squares(100));
    }
    end::<W, E>(pool).await;
}

async fn row_m03_starmap<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let expected: Vec<u64> = zip(0..10, (0..10).rev()).map(power).collect();
    for chunksize in [None, Some(3)] {
        let pairs = zip(0..10, (0..10).rev());
        let values = pool.starmap_async(|a: u64, b: u32| a.pow(b), pairs, chunksize);
        assert_eq!(W::value(values).await.unwrap(), expected);
    }
    end::<W, E>(pool).await;
}

async fn row_m04_starmap_async<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let sums = pool.starmap_async(
        |a: u8, b: u8, c: u8| a + b + c,
        [(1, 2, 3), (4, 5, 6)],
        None,
    );
    assert_eq!(W::get(&sums.unwrap(), LIMIT).await.unwrap(), [6, 15]);
    end::<W, E>(pool).await;
}

async fn row_m05_map_async<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let result = pool.map_async(square, 0..10, None).unwrap();
    assert_eq!(W::get(&result, LIMIT).await.unwrap(), squares(10));
    assert_eq!(W::get(&result, LIMIT).await.unwrap(), squares(10));
    end::<W, E>(pool).await;
}

async fn row_m06_map_async_callbacks<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let (callbacks, heard) = listener();
    let result = pool.map_async_with(square, 0..10, 3, callbacks).unwrap();
    W::wait(&result, LIMIT).await;
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [Ok(squares(10))]);
    let (callbacks, heard) = listener();
    let result = pool.map_async_with(fail, ["no tea".to_owned()], None, callbacks);
    W::wait(&result.unwrap(), LIMIT).await;
    let heard: Vec<_> = heard.try_iter().collect();
    assert_eq!(heard, [Err("no tea".to_owned())]);
    end::<W, E>(pool).await;
}

/// What cannot be encoded where `.0` says so.
#[derive(Clone, Debug, Deserialize)]
struct Stubborn(bool);

impl Serialize for Stubborn {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 {
            return Err(ser::Error::custom("it does not want to"));
        }
        serializer.serialize_newtype_struct("Stubborn", &self.0)
    }
}

async fn row_m07_map_unpicklable<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let items = [false, true, false].map(Stubborn);
    let error = W::value(pool.map_async(|item: Stubborn| item.0, items, 1)).await;
    assert!(matches!(error, Err(Error::Codec(_))), "{error:?}");
    let fine = W::value(pool.map_async(square, [3], None)).await;
    assert_eq!(fine.unwrap(), [9]);
    end::<W, E>(pool).await;
}

async fn row_m08_map_chunksize<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let result = pool.map_async(square, [], 1).unwrap();
    assert!(result.ready() && result.successful().unwrap());
    assert!(W::get(&result, Duration::ZERO).await.unwrap().is_empty());
    end::<W, E>(pool).await;
}

async fn row_m09_map_handle_iterable_exception<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    for when in [0, 0, 4] {
        let call = || pool.map_async(square, failing(10, when), None);
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    }
    let values = W::value(pool.map_async(square, 0..4, None)).await;
    assert_eq!(values.unwrap(), squares(4));
    end::<W, E>(pool).await;
}

async fn row_m10_async<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let result = pool.apply_async(hold, Held::at(started, gate)).unwrap();
    W::take(started).await;
    assert!(!result.ready());
    gate.give(1);
    assert_eq!(W::get(&result, LIMIT).await.unwrap(), 0);
    assert!(result.ready());
    end::<W, E>(pool).await;
}

async fn row_m11_async_timeout<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let result = pool.apply_async(hold, Held::at(started, gate)).unwrap();
    #[cfg(not(target_arch = "wasm32"))]
    let begin = Instant::now();
    assert!(W::get(&result, MOMENT).await.unwrap_err().is_timeout());
    #[cfg(not(target_arch = "wasm32"))]
    assert!(begin.elapsed() >= MOMENT);
    W::wait(&result, Duration::ZERO).await;
    assert!(!result.ready());
    gate.give(1);
    assert_eq!(W::get(&result, LIMIT).await.unwrap(), 0);
    end::<W, E>(pool).await;
}

async fn row_m12_imap<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    for chunksize in [1, 100] {
        let mut values = pool.imap(square, 0..250, chunksize).unwrap();
        for n in 0..250 {
            let value = W::next_of(&mut values, LIMIT).await.unwrap();
            assert_eq!(value.unwrap(), n * n);
        }
        for _ in 0..2 {
            assert!(W::next_of(&mut values, LIMIT).await.is_none());
        }
    }
    end::<W, E>(pool).await;
}

async fn row_m13_imap_handle_iterable_exception<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    for (when, chunksize, values) in [(0, 1, 0), (7, 1, 7), (7, 2, 6), (7, 4, 4)] {
        let mut steps = pool.imap(square, failing(20, when), chunksize).unwrap();
        for n in 0..values {
            let value = W::next_of(&mut steps, LIMIT).await.unwrap();
            assert_eq!(value.unwrap(), n * n);
        }
        let error = W::next_of(&mut steps, LIMIT).await.unwrap().unwrap_err();
        assert_eq!(message(&error), format!("say when {when}"));
        assert!(W::next_of(&mut steps, LIMIT).await.is_none());
    }
    end::<W, E>(pool).await;
}

async fn row_m14_imap_unordered<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    for chunksize in [1, 100] {
        let values = pool.imap_unordered(square, 0..300, chunksize).unwrap();
        let mut values = W::rest(values).await.unwrap();
        values.sort_unstable();
        assert_eq!(values, squares(300));
    }
    end::<W, E>(pool).await;
}

async fn row_m15_imap_unordered_handle_iterable_exception<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    for (when, chunksize, count) in [(0, 1, 0), (7, 1, 7), (7, 2, 6)] {
        let steps = pool.imap_unordered(square, failing(10, when), chunksize);
        let mut steps = steps.unwrap();
        let mut values = Vec::new();
        let error = loop {
            match W::next_of(&mut steps, LIMIT).await.unwrap() {
                Ok(value) => values.push(value),
                Err(error) => break error,
            }
        };
        assert_eq!(message(&error), format!("say when {when}"));
        values.sort_unstable();
        assert_eq!(values, squares(count));
        assert!(W::next_of(&mut steps, LIMIT).await.is_none());
    }
    end::<W, E>(pool).await;
}

async fn row_m18_empty_iterable<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let (callbacks, heard) = listener();
    let result = pool.map_async_with(square, [], None, callbacks).unwrap();
    assert!(W::get(&result, LIMIT).await.unwrap().is_empty());
    assert!(heard.try_recv().is_err(), "no callback");
    for values in [
        pool.imap(square, [], None),
        pool.imap_unordered(square, [], 5),
    ] {
        assert!(W::rest(values.unwrap()).await.unwrap().is_empty());
    }
    end::<W, E>(pool).await;
}

async fn row_m20_traceback<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let error = W::value(pool.apply_async(fail, "123".to_owned())).await;
    let error = error.unwrap_err();
    let error = error.task().unwrap();
    assert_eq!(error.message(), "123");
    assert!(error.location().unwrap().contains("tasks.rs:"));
    assert!(error.worker().unwrap().contains("Pool-"));
    let mut steps = pool.imap(square, failing(1, 0), None).unwrap();
    let error = W::next_of(&mut steps, LIMIT).await.unwrap().unwrap_err();
    assert_eq!(error.task().unwrap().worker(), None);
    end::<W, E>(pool).await;
}

async fn row_m21_wrapped_exception<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let result = pool.apply_async(fail, "no tea".to_owned()).unwrap();
    for _ in 0..2 {
        let error = W::get(&result, LIMIT).await.unwrap_err();
        assert_eq!(message(&error), "no tea");
    }
    end::<W, E>(pool).await;
}

async fn row_m22_map_no_failfast<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let early = Held {
        started,
        gate: None,
        value: 0,
        fails: true,
    };
    let late = Held::at(started, gate);
    let result = pool.map_async(hold, [early, late], 1).unwrap();
    W::take_all(started, 2).await;
    assert!(W::get(&result, MOMENT).await.unwrap_err().is_timeout());
    assert!(!result.ready());
    gate.give(1);
    let error = W::get(&result, LIMIT).await.unwrap_err();
    assert_eq!(message(&error), "late");
    assert!(!result.successful().unwrap());
    end::<W, E>(pool).await;
}

async fn row_m23_release_task_refs<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(2).unwrap();
    let alive = Signal::new();
    let items: Vec<_> = (0..5).map(|_| Tracked::new(alive)).collect();
    let values = W::value(pool.map_async(|own: Tracked| own, items, 2))
        .await
        .unwrap();
    assert_eq!(values.len(), 5);
    drop(values);
    W::until(|| alive.count() == 0).await;
    end::<W, E>(pool).await;
}

async fn row_m26_async_error_callback<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let (callbacks, heard) = listener();
    let result = pool.apply_async_with(fail, "no tea".to_owned(), callbacks);
    let error = W::get(&result.unwrap(), LIMIT).await.unwrap_err();
    assert_eq!(message(&error), "no tea");
    let heard: Vec<_> = heard.try_iter().collect();
    assert_eq!(heard, [Err("no tea".to_owned())]);
    end::<W, E>(pool).await;
}

async fn row_m27_unpicklable_result<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    for _ in 0..20 {
        let result = pool.apply_async(|()| Stubborn(true), ());
        match W::value(result).await {
            Err(Error::Codec(words)) => assert!(words.contains("Stubborn"), "{words}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(W::value(pool.apply_async(square, 3)).await.unwrap(), 9);
    end::<W, E>(pool).await;
}

async fn row_m52_chunksize_zero<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let refused = [
        pool.map_async(square, [1], 0).map(drop),
        pool.starmap_async(|n: i64| n, [(1,)], 0).map(drop),
        pool.imap(square, [1], 0).map(drop),
        pool.imap_unordered(square, [1], 0).map(drop),
    ];
    for error in refused {
        assert!(error.unwrap_err().to_string().contains("chunksize"));
    }
    end::<W, E>(pool).await;
}

async fn row_m53_imap_goes_on<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let divide = |n: i64| 6 / n;
    let mut steps = pool.imap(divide, [3, 0, 2], None).unwrap();
    assert_eq!(W::next_of(&mut steps, LIMIT).await.unwrap().unwrap(), 2);
    assert!(W::next_of(&mut steps, LIMIT).await.unwrap().is_err());
    assert_eq!(W::next_of(&mut steps, LIMIT).await.unwrap().unwrap(), 3);
    assert!(W::next_of(&mut steps, LIMIT).await.is_none());
    for unordered in [false, true] {
        let mut chunks = if unordered {
            pool.imap_unordered(divide, [0, 3, 0], 3).unwrap()
        } else {
            pool.imap(divide, [0, 3, 2, 1], 2).unwrap()
        };
        assert!(W::next_of(&mut chunks, LIMIT).await.unwrap().is_err());
        assert!(W::next_of(&mut chunks, LIMIT).await.is_none());
    }
    end::<W, E>(pool).await;
}

async fn row_m54_imap_next_timeout<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    for unordered in [false, true] {
        let (started, gate) = (Signal::new(), Signal::new());
        let held = [Held::at(started, gate)];
        let mut steps = if unordered {
            pool.imap_unordered(hold, held, None).unwrap()
        } else {
            pool.imap(hold, held, None).unwrap()
        };
        for timeout in [MOMENT, Duration::ZERO] {
            let error = W::next_of(&mut steps, timeout).await.unwrap().unwrap_err();
            assert!(error.is_timeout());
        }
        gate.give(1);
        assert_eq!(W::next_of(&mut steps, LIMIT).await.unwrap().unwrap(), 0);
        assert!(W::next_of(&mut steps, LIMIT).await.is_none());
    }
    end::<W, E>(pool).await;
}

async fn row_m55_callback_raises<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let before = reports_of("doh! m55");
    let callbacks = Callbacks::new().callback(|_| panic!("doh! m55"));
    let result = pool.apply_async_with(square, 3, callbacks).unwrap();
    assert_eq!(W::get(&result, LIMIT).await.unwrap(), 9);
    W::until(|| reports_of("doh! m55") > before).await;
    assert_eq!(W::value(pool.apply_async(square, 4)).await.unwrap(), 16);
    end::<W, E>(pool).await;
}

async fn row_m56_first_error<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let words = ["first", "second", "third"].map(str::to_owned);
    for chunksize in [1, 2, 3] {
        let (callbacks, heard) = listener();
        let result = pool.map_async_with(fail, words.clone(), chunksize, callbacks);
        let error = W::get(&result.unwrap(), LIMIT).await.unwrap_err();
        assert_eq!(message(&error), "first");
        assert_eq!(heard.try_iter().count(), 1);
    }
    end::<W, E>(pool).await;
}

async fn row_m59_successful<W: PoolWorld, E: Workers>() {
    let pool = WorkerPool::<E>::new(1).unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let result = pool.apply_async(hold, Held::at(started, gate)).unwrap();
    assert!(matches!(result.successful(), Err(Error::Value(_))));
    gate.give(1);
    W::wait(&result, LIMIT).await;
    assert!(result.ready() && result.successful().unwrap());
    let bad = pool.apply_async(fail, "no".to_owned()).unwrap();
    W::wait(&bad, LIMIT).await;
    assert!(bad.ready() && !bad.successful().unwrap());
    assert_eq!(message(&W::get(&bad, LIMIT).await.unwrap_err()), "no");
    end::<W, E>(pool).await;
}
