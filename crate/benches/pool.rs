//! What a future and the queue of a pool cost, natively: submit, take, complete, cancel, wake.
//!
//! `cargo bench -p concurrent-futures`, or with a name behind it: `cargo bench -p concurrent-futures cancel`.

#![allow(
    clippy::disallowed_types,
    reason = "`Instant` is missing on wasm only, where this is not built"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use concurrent_futures::{Error, Future, Promise, ThreadPoolExecutor};
use criterion::{BatchSize, Criterion};

/// Calls in the queue at once: more of them would measure the machine's memory.
const MOST: u64 = 10_000;

fn main() -> Result<(), Error> {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    futures(&mut criterion);
    let pool = ThreadPoolExecutor::new(1)?;
    calls(&mut criterion, &pool);
    criterion.final_summary();
    Ok(())
}

/// A future without a pool: made, and brought to its end.
fn futures(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("future");
    group.bench_function("complete", |bencher| {
        bencher.iter_batched(
            Promise::new,
            |(promise, future)| {
                promise.set_result(7).expect("nobody else settles it");
                black_box(future.result(None)).expect("it has a value")
            },
            BatchSize::SmallInput,
        );
    });
    group.bench_function("cancel", |bencher| {
        bencher.iter_batched(
            Promise::<u32>::new,
            |(promise, future)| {
                assert!(black_box(future.cancel()));
                promise
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

/// A pool of one thread: the thread is held back, so that each step is timed alone.
fn calls(criterion: &mut Criterion, pool: &ThreadPoolExecutor) {
    let mut group = criterion.benchmark_group("pool");
    group.bench_function("submit", |bencher| {
        bencher.iter_custom(|count| {
            in_portions(count, |portion| {
                let gate = close(pool);
                let start = Instant::now();
                let futures = submit(pool, portion);
                let time = start.elapsed();
                open(gate);
                wait(&futures);
                time
            })
        });
    });
    group.bench_function("take and complete", |bencher| {
        bencher.iter_custom(|count| {
            in_portions(count, |portion| {
                let gate = close(pool);
                let futures = submit(pool, portion);
                let start = Instant::now();
                open(gate);
                wait(&futures);
                start.elapsed()
            })
        });
    });
    group.bench_function("cancel", |bencher| {
        bencher.iter_custom(|count| {
            in_portions(count, |portion| {
                let gate = close(pool);
                let futures = submit(pool, portion);
                let start = Instant::now();
                assert!(futures.iter().all(Future::cancel));
                let time = start.elapsed();
                open(gate);
                time
            })
        });
    });
    group.bench_function("wake, call and come back", |bencher| {
        bencher.iter(|| {
            let future = pool.submit(|| 7).expect("the pool is open");
            black_box(future.result(None)).expect("it has a value")
        });
    });
    group.finish();
}

fn in_portions(mut count: u64, once: impl Fn(u64) -> Duration) -> Duration {
    let mut time = Duration::ZERO;
    while count > 0 {
        let portion = count.min(MOST);
        time += once(portion);
        count -= portion;
    }
    time
}

/// Has the pool's thread wait until the gate is opened; it does when this returns.
fn close(pool: &ThreadPoolExecutor) -> Promise<()> {
    let (gate, closed) = Promise::new();
    let (arrived, there) = Promise::new();
    pool.submit(move || {
        arrived.set_result(()).expect("it is settled here only");
        closed.result(None).expect("the gate is opened");
    })
    .expect("the pool is open");
    there.result(None).expect("the thread comes");
    gate
}

#[expect(clippy::needless_pass_by_value, reason = "a gate is opened once")]
fn open(gate: Promise<()>) {
    gate.set_result(()).expect("it is opened once");
}

fn submit(pool: &ThreadPoolExecutor, count: u64) -> Vec<Future<u64>> {
    (0..count)
        .map(|n| pool.submit(move || n).expect("the pool is open"))
        .collect()
}

fn wait(futures: &[Future<u64>]) {
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.result(None).expect("it has a value"), n);
    }
}
