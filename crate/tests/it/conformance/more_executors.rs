//! Rows of our own: `map`, executors, and workers.

use std::cell::Cell;
use std::iter::zip;

use concurrent_futures::{
    Error, Executor, Initializer, Map, MapOptions, PoolOptions, Promise, Source,
};

use super::kit::{
    Held, MOMENT, Pool, Signal, Subject, World, buffer_of, chunks_of, close, message, options,
    within,
};
use super::tasks::{fail, mark, square};

rows! {
    row_x20_a_result_that_is_there_comes_even_late: threads, processes, coroutines, inline;
    row_x22_closing_a_map: threads, processes_natively, coroutines;
    row_x23_an_items_error_cancels_the_rest: threads, processes_natively, coroutines;
    row_x24_map_after_a_shutdown: threads, processes, coroutines, inline;
    row_x25_chunksize_below_one: threads, processes, coroutines, inline;
    row_x26_a_failing_item_loses_its_chunk: processes;
    row_x27_each_result_lets_one_more_be_pulled: threads, processes, coroutines, inline;
    row_x28_with_chunks_buffersize_counts_chunks: processes;
    row_x30_the_shortest_input_wins: threads, processes, coroutines, inline;
    row_x40_shutdown_again: threads, processes, coroutines, inline;
    row_x41_a_body_that_panics: threads, processes;
    row_x42_one_worker_keeps_the_order: threads, processes_natively, coroutines, inline;
    row_x43_what_runs_cannot_be_cancelled: threads, processes_natively, coroutines;
    row_x48_the_initializer_runs_once_in_a_worker: threads, processes_natively;
    row_x49_max_tasks_per_child_below_one: threads, processes;
    row_x50_a_chunk_is_one_task: processes;
    row_x51_times_in_order: threads, processes, coroutines, inline;
}

async fn row_x20_a_result_that_is_there_comes_even_late<W: World, X: Subject>() {
    let executor = X::new(1);
    let mut values = executor.map_with(square, 0..3, within(MOMENT * 2)).unwrap();
    let last = executor.submit(square, 3).unwrap();
    W::result(&last).await.unwrap();
    // One worker: those before the last are done.
    let (_keep, never) = Promise::<()>::new();
    assert!(W::result_within(&never, MOMENT * 2).await.is_err());
    for n in 0..3 {
        assert_eq!(W::next(&mut values).await.unwrap().unwrap(), n * n);
    }
}

/// A map of held calls, of which the first is done and the second runs; and what opens them.
async fn half_way<W: World, X: Subject>(
    executor: &X,
    fails: bool,
) -> (Signal, Signal, Map<u32, impl Source<u32>>) {
    let (started, gate) = (Signal::new(), Signal::new());
    let held: Vec<_> = (0..10)
        .map(|value| Held {
            value,
            fails: fails && value == 0,
            gate: (value > 0).then_some(gate),
            ..Held::at(started, gate)
        })
        .collect();
    let values = executor.map_held(held, MapOptions::default()).unwrap();
    W::take_all(started, 2).await;
    (started, gate, values)
}

async fn row_x22_closing_a_map<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate, mut values) = half_way::<W, X>(&executor, false).await;
    assert_eq!(W::next(&mut values).await.unwrap().unwrap(), 0);
    drop(values);
    gate.give(10);
    W::shut_down(&executor, false).await;
    assert_eq!(started.count(), 0, "none of the rest began");
}

async fn row_x23_an_items_error_cancels_the_rest<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate, mut values) = half_way::<W, X>(&executor, true).await;
    let error = W::next(&mut values).await.unwrap().unwrap_err();
    assert_eq!(message(&error), "late");
    assert!(W::next(&mut values).await.is_none());
    gate.give(10);
    W::shut_down(&executor, false).await;
    assert_eq!(started.count(), 0, "none of the rest began");
}

async fn row_x24_map_after_a_shutdown<W: World, X: Subject>() {
    let executor = X::new(1);
    W::shut_down(&executor, false).await;
    let nothing = executor.map(square, []).unwrap();
    assert!(W::all(nothing).await.is_empty());
    assert!(matches!(executor.map(square, [1]), Err(Error::Shutdown)));
}

async fn row_x25_chunksize_below_one<W: World, X: Subject>() {
    let executor = X::new(1);
    match executor.map_with(square, 0..3, chunks_of(0)) {
        Ok(values) => {
            assert!(!X::CHUNKS);
            assert_eq!(W::all(values).await, [0, 1, 4]);
        }
        Err(error) => assert!(X::CHUNKS && matches!(error, Error::Value(_))),
    }
}

async fn row_x26_a_failing_item_loses_its_chunk<W: World, X: Pool>() {
    let risky = |n: i64| {
        assert!(n != 4, "four");
        n
    };
    let executor = X::new(1);
    let mut values = executor.map_with(risky, 0..9, chunks_of(3)).unwrap();
    for n in 0..3 {
        assert_eq!(W::next(&mut values).await.unwrap().unwrap(), n);
    }
    let error = W::next(&mut values).await.unwrap().unwrap_err();
    assert_eq!(message(&error), "four");
    assert!(W::next(&mut values).await.is_none());
}

/// How many arguments were pulled: at once, and after each of three values.
async fn pulled<W: World>(executor: &impl Executor, options: MapOptions) -> [u32; 4] {
    let pulled = Cell::new(0);
    let endless = (0..).inspect(|_| pulled.set(pulled.get() + 1));
    let mut values = executor.map_with(square, endless, options).unwrap();
    let mut counts = [pulled.get(); 4];
    for count in &mut counts[1..] {
        W::next(&mut values).await.unwrap().unwrap();
        *count = pulled.get();
    }
    counts
}

async fn row_x27_each_result_lets_one_more_be_pulled<W: World, X: Subject>() {
    assert_eq!(pulled::<W>(&X::new(2), buffer_of(2)).await, [2, 3, 4, 5]);
}

async fn row_x28_with_chunks_buffersize_counts_chunks<W: World, X: Pool>() {
    let options = MapOptions {
        chunksize: 3,
        ..buffer_of(2)
    };
    assert_eq!(pulled::<W>(&X::new(2), options).await, [6, 9, 9, 9]);
}

async fn row_x30_the_shortest_input_wins<W: World, X: Subject>() {
    let add = |(a, (b, c)): (i64, (i64, i64))| a + b + c;
    let sums = X::new(1).map(add, zip(0.., zip(10..13, 100..)));
    assert_eq!(W::all(sums.unwrap()).await, [110, 113, 116]);
}

async fn row_x40_shutdown_again<W: World, X: Subject>() {
    let executor = X::new(1);
    for cancel_futures in [false, true] {
        close(&executor, cancel_futures);
        W::shut_down(&executor, cancel_futures).await;
    }
}

async fn row_x41_a_body_that_panics<W: World, X: Pool>() {
    let mut futures = Vec::new();
    let panic = W::catch(X::new(1), |executor| {
        futures.extend((0..10).map(|n| executor.submit(square, n).unwrap()));
        panic!("enough");
    });
    let panic = panic.await.unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"enough"));
    assert!(futures.iter().all(concurrent_futures::Future::done));
}

async fn row_x42_one_worker_keeps_the_order<W: World, X: Subject>() {
    let executor = X::new(1);
    let tickets = Signal::new();
    // Each takes the number of those before it.
    let ticket = |tickets: Signal| {
        tickets.give(1);
        tickets.count()
    };
    let futures: Vec<_> = (0..100)
        .map(|_| executor.submit(ticket, tickets).unwrap())
        .collect();
    for (order, future) in (1..).zip(&futures) {
        assert_eq!(W::result(future).await.unwrap(), order);
    }
}

async fn row_x43_what_runs_cannot_be_cancelled<W: World, X: Subject>() {
    let executor = X::new(1);
    let (started, gate, ran) = (Signal::new(), Signal::new(), Signal::new());
    let running = executor.hold(Held::at(started, gate));
    W::take(started).await;
    let waiting = executor.submit(mark, (ran, 0)).unwrap();
    assert!(waiting.cancel() && !running.cancel());
    gate.give(1);
    assert!(W::result(&running).await.is_ok());
    W::shut_down(&executor, false).await;
    assert_eq!(ran.count(), 0);
}

async fn row_x48_the_initializer_runs_once_in_a_worker<W: World, X: Pool>() {
    let ran = Signal::new();
    let executor = X::with(PoolOptions {
        initializer: Some(Initializer::with(|ran: Signal| ran.give(1), ran).unwrap()),
        ..options(1)
    })
    .unwrap();
    let values = executor.map(square, 0..10).unwrap();
    assert_eq!(W::all(values).await.len(), 10);
    assert_eq!(ran.count(), 1);
}

async fn row_x49_max_tasks_per_child_below_one<W: World, X: Pool>() {
    let error = X::with(PoolOptions {
        max_tasks_per_child: Some(0),
        ..options(1)
    });
    assert!(matches!(error.err().unwrap(), Error::Value(_)));
    W::turn().await;
}

async fn row_x50_a_chunk_is_one_task<W: World, X: Pool>() {
    let executor = X::with(PoolOptions {
        max_tasks_per_child: Some(2),
        thread_name_prefix: Some("worn".to_owned()),
        ..options(1)
    })
    .unwrap();
    let names = executor.map_with(|_: i64| super::tasks::thread_name(), 0..12, chunks_of(3));
    let names = W::all(names.unwrap()).await;
    assert!(
        names.iter().eq(&(0..12)
            .map(|n| format!("worn_{}", n / 6))
            .collect::<Vec<_>>())
    );
}

async fn row_x51_times_in_order<W: World, X: Subject>() {
    let executor = X::new(1);
    let future = executor.submit(square, 2).unwrap();
    W::result(&future).await.unwrap();
    let failing = executor.submit(fail, "no".to_owned()).unwrap();
    W::error(&failing).await;
    for times in [future.times(), failing.times()] {
        assert!(times.submitted <= times.started.unwrap(), "{times:?}");
        assert!(times.started <= times.finished, "{times:?}");
    }
}
