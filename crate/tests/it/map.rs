//! `map`: the order of its values, its errors, its time, and what it cancels.

use std::cell::Cell;
use std::iter::zip;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    Error, Executor, Future, Map, MapOptions, ProcessPoolExecutor, Promise, Shutdown,
    ThreadPoolExecutor,
};
use futures_util::StreamExt;
use pollster::block_on;

use crate::support::{LIMIT, MOMENT, pass};

/// A pool of one whose task number `STOP` says that it began and then waits for a gate; tasks are counted.
struct Stage {
    pool: ThreadPoolExecutor,
    gate: Option<Promise<()>>,
    opened: Future<()>,
    began: Future<()>,
    announce: std::sync::Mutex<Option<Promise<()>>>,
    ran: AtomicU32,
}

const FAIL: u32 = 1;
const STOP: u32 = 2;

impl Stage {
    /// It lives as long as the program, so that tasks can refer to it by copying the reference.
    fn new() -> &'static mut Self {
        let (gate, opened) = Promise::new();
        let (announce, began) = Promise::new();
        Box::leak(Box::new(Self {
            pool: ThreadPoolExecutor::new(1).unwrap(),
            gate: Some(gate),
            opened,
            began,
            announce: Some(announce).into(),
            ran: AtomicU32::new(0),
        }))
    }

    fn run(&self, n: u32) -> u32 {
        self.ran.fetch_add(1, Ordering::SeqCst);
        if n == STOP {
            let announce = self.announce.lock().unwrap().take();
            announce.unwrap().set_result(()).unwrap();
            pass(&self.opened);
        }
        n
    }

    fn map(&'static self, numbers: impl IntoIterator<Item = u32>) -> Map<u32> {
        self.pool.map(move |n| self.run(n), numbers).unwrap()
    }

    /// Opens the gate, waits for the end, and says how many tasks ran.
    fn ran_at_the_end(&self, gate: &Promise<()>) -> u32 {
        gate.set_result(()).unwrap();
        self.pool.shutdown(Shutdown::default()).unwrap();
        self.ran.load(Ordering::SeqCst)
    }
}

fn stage() -> (&'static Stage, Promise<()>) {
    let stage = Stage::new();
    let gate = stage.gate.take().unwrap();
    (stage, gate)
}

fn chunks_of(chunksize: usize) -> MapOptions {
    MapOptions {
        chunksize,
        ..MapOptions::default()
    }
}

fn within(timeout: Duration) -> MapOptions {
    MapOptions {
        timeout: Some(timeout),
        ..MapOptions::default()
    }
}

fn buffer_of(buffersize: usize) -> MapOptions {
    MapOptions {
        buffersize: Some(buffersize),
        ..MapOptions::default()
    }
}

/// Runs a test of any executor on each kind.
macro_rules! on_every_executor {
    ($($test:ident),+ $(,)?) => {
        mod on_threads {
            $(#[test] fn $test() {
                super::$test(&concurrent_futures::ThreadPoolExecutor::new(2).unwrap());
            })+
        }
        mod inline {
            $(#[test] fn $test() {
                super::$test(&concurrent_futures::InlineExecutor::new());
            })+
        }
        mod on_processes {
            $(#[test] fn $test() {
                super::$test(&concurrent_futures::ProcessPoolExecutor::new(2).unwrap());
            })+
        }
    };
}

on_every_executor![
    values_come_in_the_order_of_the_arguments,
    the_size_of_chunks_changes_nothing,
    an_error_comes_at_its_place_and_ends_it,
    nothing_gives_nothing,
    values_can_be_awaited,
    several_iterables_go_in_step_until_the_shortest_ends,
    the_size_of_the_buffer_changes_nothing_but_a_size_of_zero_is_refused,
    endless_arguments_are_taken_as_they_are_needed,
    a_lazy_map_ends_at_its_first_error,
    a_lazy_map_can_be_awaited,
    a_lazy_map_after_a_shutdown_says_so,
    values_are_a_stream,
];

fn values_come_in_the_order_of_the_arguments(executor: &impl Executor) {
    let values = executor.map(|n: u32| n * n, 0..100).unwrap();
    assert!(values.map(Result::unwrap).eq((0..100).map(|n| n * n)));
}

fn the_size_of_chunks_changes_nothing(executor: &impl Executor) {
    for chunksize in [1, 3, 10, 11, usize::MAX] {
        let values = executor.map_with(|n: u32| n + 1, 0..10, chunks_of(chunksize));
        assert!(values.unwrap().map(Result::unwrap).eq(1..11), "{chunksize}");
    }
}

fn an_error_comes_at_its_place_and_ends_it(executor: &impl Executor) {
    let risky = |n: u32| {
        assert!(n != 5, "five");
        n
    };
    let mut values = executor.map(risky, 0..10).unwrap();
    assert!(values.by_ref().take(5).map(Result::unwrap).eq(0..5));
    let error = values.next().unwrap().unwrap_err();
    assert_eq!(error.task().unwrap().message(), "five");
    assert!(values.next().is_none() && values.next().is_none());
}

fn nothing_gives_nothing(executor: &impl Executor) {
    let nothing: [u32; 0] = [];
    assert_eq!(executor.map(|n: u32| n, nothing).unwrap().count(), 0);
}

fn values_can_be_awaited(executor: &impl Executor) {
    let mut values = executor
        .map_with(|n: u32| n * 2, 0..10, chunks_of(3))
        .unwrap();
    let doubled = block_on(async {
        let mut doubled = Vec::new();
        while let Some(value) = values.next_async().await {
            doubled.push(value.unwrap());
        }
        doubled
    });
    assert!(doubled.into_iter().eq((0..10).map(|n| n * 2)));
}

fn several_iterables_go_in_step_until_the_shortest_ends(executor: &impl Executor) {
    let powers = executor.map(|(n, by): (u32, u32)| n.pow(by), zip(1.., [5, 4, 3]));
    assert!(powers.unwrap().map(Result::unwrap).eq([1, 16, 27]));
    let options = MapOptions {
        chunksize: 2,
        buffersize: Some(2),
        ..MapOptions::default()
    };
    let sums = executor.map_with(
        |(a, (b, c)): (u32, (u32, u32))| a + b + c,
        zip(0..5, zip(10.., 100..)),
        options,
    );
    let sums = sums.unwrap().map(Result::unwrap);
    assert!(sums.eq([110, 113, 116, 119, 122]));
}

fn the_size_of_the_buffer_changes_nothing_but_a_size_of_zero_is_refused(executor: &impl Executor) {
    for buffersize in [1, 3, 10, 11, usize::MAX] {
        let values = executor.map_with(|n: u32| n + 1, 0..10, buffer_of(buffersize));
        assert!(
            values.unwrap().map(Result::unwrap).eq(1..11),
            "{buffersize}"
        );
    }
    let error = executor
        .map_with(|n: u32| n, 0..10, buffer_of(0))
        .unwrap_err();
    assert!(matches!(error, Error::Value(_)));
    assert_eq!(error.to_string(), "buffersize must be at least 1, not 0");
}

/// How many of `arguments` a lazy map has pulled: at once, and after each of three values.
fn pulled(executor: &impl Executor, options: MapOptions) -> [u32; 4] {
    let pulled = Cell::new(0);
    let endless = (0..).inspect(|_| pulled.set(pulled.get() + 1));
    let mut values = executor.map_with(|n: u32| n * n, endless, options).unwrap();
    let mut counts = [pulled.get(); 4];
    for (n, count) in (0..).zip(&mut counts[1..]) {
        assert_eq!(values.next().unwrap().unwrap(), n * n);
        *count = pulled.get();
    }
    counts
}

fn endless_arguments_are_taken_as_they_are_needed(executor: &impl Executor) {
    assert_eq!(pulled(executor, buffer_of(1)), [1, 2, 3, 4]);
    assert_eq!(pulled(executor, buffer_of(3)), [3, 4, 5, 6]);
}

fn a_lazy_map_ends_at_its_first_error(executor: &impl Executor) {
    let risky = |n: u32| {
        assert!(n != 5, "five");
        n
    };
    let mut values = executor.map_with(risky, 0.., buffer_of(3)).unwrap();
    assert!(values.by_ref().take(5).map(Result::unwrap).eq(0..5));
    let error = values.next().unwrap().unwrap_err();
    assert_eq!(error.task().unwrap().message(), "five");
    assert!(values.next().is_none() && values.next().is_none());
}

fn a_lazy_map_can_be_awaited(executor: &impl Executor) {
    let mut values = executor
        .map_with(|n: u32| n * 2, 0.., buffer_of(2))
        .unwrap();
    block_on(async {
        for n in 0..100 {
            assert_eq!(values.next_async().await.unwrap().unwrap(), n * 2);
        }
    });
}

fn a_lazy_map_after_a_shutdown_says_so(executor: &impl Executor) {
    let mut values = executor.map_with(|n: u32| n, 0.., buffer_of(2)).unwrap();
    assert_eq!(values.next().unwrap().unwrap(), 0);
    executor.shutdown(Shutdown::default()).unwrap();
    let error = values.next().unwrap().unwrap_err();
    assert!(matches!(error, Error::Shutdown), "{error}");
    assert!(values.next().is_none());
    let nothing: [u32; 0] = [];
    let mut values = executor
        .map_with(|n: u32| n, nothing, buffer_of(2))
        .unwrap();
    assert!(values.next().is_none(), "nothing needs no executor");
}

fn values_are_a_stream(executor: &impl Executor) {
    let squares = executor.map(|n: u32| n * n, 0..10).unwrap().into_stream();
    let squares: Vec<_> = block_on(squares.map(Result::unwrap).collect());
    assert!(squares.into_iter().eq((0..10).map(|n| n * n)));
    let options = MapOptions {
        timeout: Some(LIMIT),
        ..buffer_of(2)
    };
    let doubled = executor.map_with(|n: u32| n * 2, 0.., options).unwrap();
    let doubled: Vec<_> = block_on(doubled.into_stream().take(10).collect());
    assert!(
        doubled
            .into_iter()
            .map(Result::unwrap)
            .eq((0..10).map(|n| n * 2))
    );
}

#[test]
fn processes_fail_by_chunks_and_refuse_chunks_of_nothing() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    let risky = |n: u32| {
        assert!(n != 5, "five");
        n
    };
    let mut values = pool.map_with(risky, 0..10, chunks_of(3)).unwrap();
    assert!(values.by_ref().take(3).map(Result::unwrap).eq(0..3));
    assert!(values.next().unwrap().is_err(), "the whole chunk fails");
    assert!(values.next().is_none());
    let error = pool.map_with(|n: u32| n, 0..10, chunks_of(0)).unwrap_err();
    assert!(matches!(error, Error::Value(_)));
    assert_eq!(error.to_string(), "chunksize must be at least 1, not 0");
}

#[test]
fn a_buffer_counts_chunks() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    let options = MapOptions {
        chunksize: 3,
        ..buffer_of(2)
    };
    assert_eq!(pulled(&pool, options), [6, 9, 9, 9]);
}

#[test]
fn threads_heed_no_chunks() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    for chunksize in [0, 100] {
        let options = MapOptions {
            chunksize,
            ..buffer_of(2)
        };
        assert_eq!(pulled(&pool, options), [2, 3, 4, 5]);
    }
}

#[test]
fn threads_map_any_closure_over_any_arguments() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let offset = Arc::new(AtomicU32::new(10));
    let numbers = [1, 2, 3].map(|n| Arc::new(AtomicU32::new(n)));
    let sums = pool.map(
        move |n: Arc<AtomicU32>| n.load(Ordering::SeqCst) + offset.load(Ordering::SeqCst),
        numbers,
    );
    assert!(sums.unwrap().map(Result::unwrap).eq([11, 12, 13]));
}

#[test]
fn a_lazy_map_never_has_more_calls_in_flight_than_its_buffer() {
    static IN_FLIGHT: AtomicU32 = AtomicU32::new(0);
    static MOST: AtomicU32 = AtomicU32::new(0);
    let pool = ThreadPoolExecutor::new(8).unwrap();
    let enter = |n: u32| {
        let now = IN_FLIGHT.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(now, Ordering::SeqCst);
        thread::yield_now();
        IN_FLIGHT.fetch_sub(1, Ordering::SeqCst);
        n
    };
    let values = pool.map_with(enter, 0..1000, buffer_of(3)).unwrap();
    assert!(values.map(Result::unwrap).eq(0..1000));
    assert!(MOST.load(Ordering::SeqCst) <= 3, "{MOST:?}");
}

#[test]
fn a_stream_of_a_map_that_takes_too_long_says_so_and_ends() {
    let (stage, gate) = stage();
    let mut values = stage
        .pool
        .map_with(|n| stage.run(n), 1..10, within(MOMENT))
        .unwrap()
        .into_stream();
    pass(&stage.began);
    assert_eq!(block_on(values.next()).unwrap().unwrap(), 1);
    assert!(block_on(values.next()).unwrap().unwrap_err().is_timeout());
    assert!(block_on(values.next()).is_none());
    assert_eq!(stage.ran_at_the_end(&gate), 2);
}

#[test]
fn a_map_lets_go_of_each_value_that_it_gives() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let value = Arc::new(());
    let given = Arc::clone(&value);
    let mut values = pool.map(move |_: u32| Arc::clone(&given), 0..2).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    let before = Arc::strong_count(&value);
    drop(values.next().unwrap().unwrap());
    assert_eq!(Arc::strong_count(&value), before - 1);
}

#[test]
fn everything_is_submitted_at_once_whether_or_not_it_is_looked_at() {
    static RAN: AtomicU32 = AtomicU32::new(0);
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let values = pool
        .map(|_: u32| RAN.fetch_add(1, Ordering::SeqCst), 0..11)
        .unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(RAN.load(Ordering::SeqCst), 11);
    drop(values);
}

#[test]
fn an_error_cancels_what_has_not_begun() {
    let (stage, gate) = stage();
    let mut values = stage
        .pool
        .map(
            |n| {
                let n = stage.run(n);
                assert!(n != FAIL, "one");
                n
            },
            0..10,
        )
        .unwrap();
    assert_eq!(values.next().unwrap().unwrap(), 0);
    pass(&stage.began);
    assert!(values.next().unwrap().is_err());
    assert!(values.next().is_none());
    assert_eq!(stage.ran_at_the_end(&gate), STOP + 1);
}

#[test]
fn dropping_it_once_it_was_advanced_cancels_what_has_not_begun() {
    let (stage, gate) = stage();
    let mut values = stage.map(0..10);
    pass(&stage.began);
    assert_eq!(values.next().unwrap().unwrap(), 0);
    drop(values);
    assert_eq!(stage.ran_at_the_end(&gate), STOP + 1);
}

#[test]
fn dropping_it_before_that_cancels_nothing() {
    let (stage, gate) = stage();
    let values = stage.map(0..10);
    pass(&stage.began);
    drop(values);
    assert_eq!(stage.ran_at_the_end(&gate), 10);
}

#[test]
fn a_map_that_takes_too_long_gives_what_is_there_then_says_so_and_cancels() {
    let (stage, gate) = stage();
    let mut values = stage
        .pool
        .map_with(|n| stage.run(n), 0..10, within(MOMENT))
        .unwrap();
    pass(&stage.began);
    thread::sleep(MOMENT);
    assert_eq!(
        values.next().unwrap().unwrap(),
        0,
        "what is there comes even late"
    );
    assert_eq!(values.next().unwrap().unwrap(), 1);
    assert!(values.next().unwrap().unwrap_err().is_timeout());
    assert!(values.next().is_none());
    assert_eq!(stage.ran_at_the_end(&gate), STOP + 1);
}

#[test]
fn an_awaited_map_that_takes_too_long_says_so_and_cancels() {
    let (stage, gate) = stage();
    let mut values = stage
        .pool
        .map_with(|n| stage.run(n), 2..10, within(MOMENT))
        .unwrap();
    pass(&stage.began);
    let error = block_on(values.next_async()).unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert!(block_on(values.next_async()).is_none());
    assert_eq!(stage.ran_at_the_end(&gate), 1);
}

#[test]
fn with_no_time_at_all_it_only_looks() {
    let (stage, gate) = stage();
    let mut values = stage
        .pool
        .map_with(|n| stage.run(n), 2..4, within(Duration::ZERO))
        .unwrap();
    assert!(values.next().unwrap().unwrap_err().is_timeout());
    assert!(values.next().is_none());
    drop(gate);
}

#[test]
fn a_cancelled_pool_cancels_its_maps() {
    let (stage, gate) = stage();
    let mut values = stage.map(0..10);
    pass(&stage.began);
    stage
        .pool
        .shutdown(Shutdown {
            wait: false,
            cancel_futures: true,
        })
        .unwrap();
    gate.set_result(()).unwrap();
    assert!(values.by_ref().take(3).map(Result::unwrap).eq(0..3));
    assert!(values.next().unwrap().unwrap_err().is_cancelled());
    assert!(values.next().is_none());
}

#[test]
fn several_maps_share_a_pool() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    let mut maps: Vec<_> = (0..4)
        .map(|by| {
            pool.map(|(by, n): (u32, u32)| by * n, (0..50).map(move |n| (by, n)))
                .unwrap()
        })
        .collect();
    for n in 0..50 {
        for (by, values) in (0..).zip(&mut maps) {
            assert_eq!(values.next().unwrap().unwrap(), by * n);
        }
    }
    drop(maps);
    pool.shutdown(Shutdown::default()).unwrap();
}

#[test]
fn a_map_may_outlive_its_executor() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let values = pool.map(|n: u32| n, 0..100).unwrap();
    drop(pool);
    let (promise, all) = Promise::new();
    thread::spawn(move || {
        promise
            .set_result(values.map(Result::unwrap).sum::<u32>())
            .unwrap();
    });
    assert_eq!(all.result(LIMIT).unwrap(), 4950);
}
