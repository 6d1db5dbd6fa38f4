//! `executor.py`: `map`.

use std::cell::Cell;
use std::iter::{repeat_n, zip};

use concurrent_futures::{Error, MapOptions};

use super::kit::{
    Held, MOMENT, Signal, Subject, Tracked, World, buffer_of, chunks_of, message, within,
};
use super::tasks::{divide, power, square};

rows! {
    row_003_map: threads, processes, coroutines, inline;
    row_004_map_exception: threads, processes, coroutines, inline;
    row_005_map_timeout: threads, processes_natively, coroutines;
    row_007_map_buffersize_value_validation: threads, processes, coroutines, inline;
    row_008_map_buffersize: threads, processes, coroutines, inline;
    row_009_map_buffersize_on_multiple_iterables: threads, processes, coroutines, inline;
    row_010_map_buffersize_on_infinite_iterable: threads, processes, coroutines, inline;
    row_011_map_buffersize_on_multiple_infinite_iterables: threads, processes, coroutines, inline;
    row_012_map_buffersize_on_empty_iterable: threads, processes, coroutines, inline;
    row_014_map_buffersize_when_buffer_is_full: threads, processes, coroutines, inline;
    row_018_free_reference: threads, processes_natively, coroutines, inline;
}

/// `n ** n` for the numbers below ten.
fn powers() -> impl Iterator<Item = u64> {
    (0..10_u64).map(|n| n.pow(u32::try_from(n).unwrap()))
}

async fn row_003_map<W: World, X: Subject>() {
    let executor = X::new(2);
    let values = executor.map(power, zip(0..10, 0..10)).unwrap();
    assert!(W::all(values).await.into_iter().eq(powers()));
    let values = executor.map_with(power, zip(0..10, 0..12), chunks_of(3));
    assert!(W::all(values.unwrap()).await.into_iter().eq(powers()));
}

async fn row_004_map_exception<W: World, X: Subject>() {
    let arguments = zip([1; 4], [2, 3, 0, 5]);
    let mut values = X::new(2).map(divide, arguments).unwrap();
    for _ in 0..2 {
        assert_eq!(W::next(&mut values).await.unwrap().unwrap(), (0, 1));
    }
    let error = W::next(&mut values).await.unwrap().unwrap_err();
    assert_eq!(message(&error), "division of 1 by zero");
    assert!(W::next(&mut values).await.is_none());
}

async fn row_005_map_timeout<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate) = (Signal::new(), Signal::new());
    let mut held: Vec<_> = (1..=3)
        .map(|value| Held {
            value,
            gate: None,
            ..Held::at(started, gate)
        })
        .collect();
    held[2].gate = Some(gate);
    let mut values = executor.map_held(held, within(MOMENT)).unwrap();
    // One worker takes them in order: when the third runs, the first two are done.
    W::take_all(started, 3).await;
    for value in 1..=2 {
        assert_eq!(W::next(&mut values).await.unwrap().unwrap(), value);
    }
    assert!(
        W::next(&mut values)
            .await
            .unwrap()
            .unwrap_err()
            .is_timeout()
    );
    assert!(W::next(&mut values).await.is_none());
    gate.give(1);
}

async fn row_007_map_buffersize_value_validation<W: World, X: Subject>() {
    let error = X::new(1).map_with(square, [1], buffer_of(0)).unwrap_err();
    assert!(matches!(error, Error::Value(_)));
    assert!(error.to_string().contains("buffersize"), "{error}");
    W::turn().await;
}

async fn row_008_map_buffersize<W: World, X: Subject>() {
    let executor = X::new(2);
    for buffersize in [1, 2, 4, 5, 100] {
        let values = executor.map_with(square, 0..4, buffer_of(buffersize));
        assert_eq!(W::all(values.unwrap()).await, [0, 1, 4, 9]);
    }
}

async fn row_009_map_buffersize_on_multiple_iterables<W: World, X: Subject>() {
    let executor = X::new(2);
    for buffersize in [1, 4, 5] {
        let values = executor.map_with(power, zip(0..4, 0..4), buffer_of(buffersize));
        assert_eq!(W::all(values.unwrap()).await, [1, 1, 4, 27]);
    }
}

async fn row_010_map_buffersize_on_infinite_iterable<W: World, X: Subject>() {
    let executor = X::new(2);
    let mut values = executor.map_with(square, 0.., buffer_of(1)).unwrap();
    for n in 0..5 {
        assert_eq!(W::next(&mut values).await.unwrap().unwrap(), n * n);
    }
}

async fn row_011_map_buffersize_on_multiple_infinite_iterables<W: World, X: Subject>() {
    let executor = X::new(2);
    let mut values = executor
        .map_with(power, zip(0.., 0..), buffer_of(1))
        .unwrap();
    for power in [1, 1, 4, 27] {
        assert_eq!(W::next(&mut values).await.unwrap().unwrap(), power);
    }
}

async fn row_012_map_buffersize_on_empty_iterable<W: World, X: Subject>() {
    let executor = X::new(1);
    let mut values = executor.map_with(square, [], buffer_of(8)).unwrap();
    assert!(W::next(&mut values).await.is_none());
}

async fn row_014_map_buffersize_when_buffer_is_full<W: World, X: Subject>() {
    let executor = X::new(2);
    let pulled = Cell::new(0);
    let endless = (0..).inspect(|_| pulled.set(pulled.get() + 1));
    let values = executor.map_with(square, endless, buffer_of(4)).unwrap();
    assert_eq!(pulled.get(), 4);
    let other = executor.submit(square, 1).unwrap();
    W::result(&other).await.unwrap();
    assert_eq!(pulled.get(), 4);
    drop(values);
}

async fn row_018_free_reference<W: World, X: Subject>() {
    let executor = X::new(1);
    let alive = Signal::new();
    let mut values = executor
        .map_with(Tracked::new, repeat_n(alive, 3), MapOptions::default())
        .unwrap();
    for _ in 0..3 {
        drop(W::next(&mut values).await.unwrap().unwrap());
    }
    // A worker may hold the last one for a moment.
    W::until(|| alive.count() == 0).await;
    assert!(W::next(&mut values).await.is_none());
}
