//! `test_as_completed.py`.

use concurrent_futures::{Error, ReturnWhen, as_completed};

use super::kit::{Fixtures, Held, MOMENT, Signal, Subject, Tracked, World};
use super::tasks::square;
use std::time::Duration;

rows! {
    row_020_no_timeout: threads, processes, coroutines, inline;
    row_021_future_times_out: threads, processes_natively, coroutines;
    row_022_duplicate_futures: threads, processes, coroutines, inline;
    row_023_free_reference_yielded_future: threads, processes_natively, coroutines, inline;
    row_024_correct_timeout_exception_msg: threads, processes_natively, coroutines;
}

async fn row_020_no_timeout<W: World, X: Subject>() {
    let executor = X::new(2);
    let fixtures = Fixtures::new();
    let calls = [
        executor.submit(|n: u32| n * 2, 21).unwrap(),
        executor.submit(|n: u32| n * 7, 3).unwrap(),
    ];
    let given = [fixtures.cancelled, fixtures.failed, fixtures.succeeded]
        .into_iter()
        .chain(calls)
        .collect::<Vec<_>>();
    let mut completed = as_completed(given.clone(), None);
    let mut seen = Vec::new();
    while let Some(future) = W::next_completed(&mut completed).await {
        seen.push(future.unwrap());
    }
    assert_eq!(seen.len(), given.len());
    for future in given {
        assert!(seen.iter().any(|seen| seen.is_same(&future)));
    }
}

async fn row_021_future_times_out<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate) = (Signal::new(), Signal::new());
    let slow = executor.hold(Held::at(started, gate));
    let fixtures = Fixtures::new();
    for timeout in [Duration::ZERO, MOMENT] {
        let given = [
            slow.clone(),
            fixtures.cancelled.clone(),
            fixtures.failed.clone(),
            fixtures.succeeded.clone(),
        ];
        let mut completed = as_completed(given, timeout);
        for _ in 0..3 {
            let future = W::next_completed(&mut completed).await.unwrap().unwrap();
            assert!(!future.is_same(&slow));
        }
        let late = W::next_completed(&mut completed).await.unwrap();
        assert!(late.unwrap_err().is_timeout());
        assert!(W::next_completed(&mut completed).await.is_none());
    }
    gate.give(1);
}

async fn row_022_duplicate_futures<W: World, X: Subject>() {
    let future = X::new(1).submit(square, 2).unwrap();
    let mut completed = as_completed(std::iter::repeat_n(future.clone(), 3), None);
    let once = W::next_completed(&mut completed).await.unwrap().unwrap();
    assert!(once.is_same(&future));
    assert!(W::next_completed(&mut completed).await.is_none());
}

async fn row_023_free_reference_yielded_future<W: World, X: Subject>() {
    let executor = X::new(1);
    let alive = Signal::new();
    let futures: Vec<_> = (0..2)
        .map(|_| executor.submit(Tracked::new, alive).unwrap())
        .collect();
    W::wait_for(&futures, None, ReturnWhen::AllCompleted).await;
    // A call after them: then no worker holds them any more.
    let last = executor.submit(square, 2).unwrap();
    W::result(&last).await.unwrap();
    let (_keep, never) = concurrent_futures::Promise::new();
    let given = futures.into_iter().chain([never]);
    let mut completed = as_completed(given, Duration::ZERO);
    for left in [1, 0] {
        drop(W::next_completed(&mut completed).await.unwrap().unwrap());
        assert_eq!(alive.count(), left);
    }
    let late = W::next_completed(&mut completed).await.unwrap();
    assert!(late.unwrap_err().is_timeout());
}

async fn row_024_correct_timeout_exception_msg<W: World, X: Subject>() {
    let executor = X::new(2);
    let (started, gate) = (Signal::new(), Signal::new());
    let fixtures = Fixtures::new();
    let [slow, other] = [(); 2].map(|()| executor.hold(Held::at(started, gate)));
    let given = [fixtures.failed, slow, other, fixtures.succeeded];
    let mut completed = as_completed(given, Duration::ZERO);
    for _ in 0..2 {
        assert!(W::next_completed(&mut completed).await.unwrap().is_ok());
    }
    let Err(Error::Timeout(late)) = W::next_completed(&mut completed).await.unwrap() else {
        panic!("two cannot be done");
    };
    assert_eq!((late.unfinished(), late.total()), (2, 4));
    assert!(late.to_string().starts_with("2 (of 4) futures unfinished"));
    gate.give(2);
}
