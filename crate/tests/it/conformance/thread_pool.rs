//! `test_thread_pool.py`, and the rows of `test_interpreter_pool.py` about workers.

use concurrent_futures::{PoolOptions, ReturnWhen};

use super::kit::{Held, MOMENT, Pool, Signal, Subject, World, within};
use super::tasks::{cores, mark, square};

rows! {
    row_059_map_submits_without_iteration: threads, processes_natively, coroutines, inline;
    row_060_default_workers: threads, processes_natively;
    row_061_saturation: threads, processes_natively;
    row_062_idle_thread_reuse: threads, processes;
    row_065_executor_map_current_future_cancel: threads, processes_natively, coroutines;
    row_144_blocking: threads, processes_natively;
    row_145_blocking_with_limited_workers: threads, processes_natively, coroutines;
    row_146_idle_thread_reuse: threads, processes;
}

async fn row_059_map_submits_without_iteration<W: World, X: Subject>() {
    let executor = X::new(2);
    let ran = Signal::new();
    drop(executor.map(mark, [(ran, 0); 7]).unwrap());
    W::shut_down(&executor, false).await;
    assert_eq!(ran.count(), 7);
}

async fn row_060_default_workers<W: World, X: Pool>() {
    let threads = std::any::type_name::<X>().contains("Thread");
    let cores = cores();
    let expected = if threads { (cores + 4).min(32) } else { cores };
    let executor = X::with(PoolOptions::default()).unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let calls = u32::try_from(expected).unwrap() + 2;
    for _ in 0..calls {
        executor.hold(Held::at(started, gate));
    }
    assert_eq!(executor.workers(), expected);
    gate.give(calls);
    W::shut_down(&executor, false).await;
}

async fn row_061_saturation<W: World, X: Pool>() {
    let executor = X::new(4);
    let (started, gate) = (Signal::new(), Signal::new());
    for _ in 0..60 {
        executor.hold(Held::at(started, gate));
    }
    assert_eq!(executor.workers(), 4);
    gate.give(60);
    W::shut_down(&executor, false).await;
    assert_eq!(started.count(), 60);
}

async fn row_062_idle_thread_reuse<W: World, X: Pool>() {
    let executor = X::new(3);
    for n in 0..3 {
        let future = executor.submit(square, n).unwrap();
        W::result(&future).await.unwrap();
    }
    assert_eq!(executor.workers(), 1);
}

async fn row_065_executor_map_current_future_cancel<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate, ran) = (Signal::new(), Signal::new(), Signal::new());
    let blocker = executor.hold(Held::at(started, gate));
    W::take(started).await;
    let calls = [(ran, 0); 2];
    let mut values = executor.map_with(mark, calls, within(MOMENT)).unwrap();
    assert!(
        W::next(&mut values)
            .await
            .unwrap()
            .unwrap_err()
            .is_timeout()
    );
    gate.give(1);
    W::result(&blocker).await.unwrap();
    W::shut_down(&executor, false).await;
    assert_eq!(ran.count(), 0);
}

async fn row_144_blocking<W: World, X: Pool>() {
    let executor = X::new(12);
    let (started, gate) = (Signal::new(), Signal::new());
    let futures: Vec<_> = (0..10)
        .map(|_| executor.hold(Held::at(started, gate)))
        .collect();
    W::take_all(started, 10).await;
    gate.give(10);
    W::wait_for(&futures, None, ReturnWhen::AllCompleted).await;
    let next = executor.submit(square, 3).unwrap();
    assert_eq!(W::result(&next).await.unwrap(), 9);
    assert_eq!(executor.workers(), 10);
}

async fn row_145_blocking_with_limited_workers<W: World, X: Subject>() {
    let executor = X::new(4);
    let (started, gate) = (Signal::new(), Signal::new());
    let futures: Vec<_> = (0..10)
        .map(|value| {
            executor.hold(Held {
                value,
                ..Held::at(started, gate)
            })
        })
        .collect();
    for wave in [4, 4, 2] {
        W::take_all(started, wave).await;
        assert_eq!(started.count(), 0, "no more than four at a time");
        gate.give(wave);
    }
    for (value, future) in (0..).zip(&futures) {
        assert_eq!(W::result(future).await.unwrap(), value);
    }
}

async fn row_146_idle_thread_reuse<W: World, X: Pool>() {
    let executor = X::new(3);
    let mut names = Vec::new();
    for n in 0..3 {
        let future = executor.submit(square, n).unwrap();
        W::result(&future).await.unwrap();
        names.push(future.worker().unwrap());
    }
    names.dedup();
    assert_eq!(names.len(), 1);
}
