//! `map`: the order of its values, its errors, its time, and what it cancels.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    Error, Executor, Future, Map, ProcessPoolExecutor, Promise, Shutdown, ThreadPoolExecutor,
};
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

/// Runs a test of any executor on each kind.
macro_rules! on_every_executor {
    ($($test:ident),+ $(,)?) => {
        mod on_threads {
            $(#[test] fn $test() {
                super::$test(&concurrent_futures::ThreadPoolExecutor::new(2).unwrap());
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
    the_size_of_chunks_changes_nothing_but_a_size_of_zero_is_refused,
    an_error_comes_at_its_place_and_ends_it,
    nothing_gives_nothing,
    values_can_be_awaited,
];

fn values_come_in_the_order_of_the_arguments(executor: &impl Executor) {
    let values = executor.map(|n: u32| n * n, 0..100).unwrap();
    assert!(values.map(Result::unwrap).eq((0..100).map(|n| n * n)));
}

fn the_size_of_chunks_changes_nothing_but_a_size_of_zero_is_refused(executor: &impl Executor) {
    for chunksize in [1, 3, 10, 11, usize::MAX] {
        let values = executor.map_chunks(|n: u32| n + 1, 0..10, chunksize, None);
        assert!(values.unwrap().map(Result::unwrap).eq(1..11), "{chunksize}");
    }
    let error = executor.map_chunks(|n: u32| n, 0..10, 0, None).unwrap_err();
    assert!(matches!(error, Error::Value(_)));
    assert_eq!(error.to_string(), "chunksize must be at least 1, not 0");
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

    let mut values = executor.map_chunks(risky, 0..10, 3, None).unwrap();
    assert!(values.by_ref().take(3).map(Result::unwrap).eq(0..3));
    assert!(values.next().unwrap().is_err(), "the whole chunk fails");
    assert!(values.next().is_none());
}

fn nothing_gives_nothing(executor: &impl Executor) {
    let nothing: [u32; 0] = [];
    assert_eq!(executor.map(|n: u32| n, nothing).unwrap().count(), 0);
}

fn values_can_be_awaited(executor: &impl Executor) {
    let mut values = executor.map_chunks(|n: u32| n * 2, 0..10, 3, None).unwrap();
    let doubled = block_on(async {
        let mut doubled = Vec::new();
        while let Some(value) = values.next_async().await {
            doubled.push(value.unwrap());
        }
        doubled
    });
    assert!(doubled.into_iter().eq((0..10).map(|n| n * 2)));
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
fn dropping_it_cancels_what_has_not_begun() {
    for advance in [false, true] {
        let (stage, gate) = stage();
        let mut values = stage.map(0..10);
        pass(&stage.began);
        if advance {
            assert_eq!(values.next().unwrap().unwrap(), 0);
        }
        drop(values);
        assert_eq!(stage.ran_at_the_end(&gate), STOP + 1);
    }
}

#[test]
fn a_map_that_takes_too_long_gives_what_is_there_then_says_so_and_cancels() {
    let (stage, gate) = stage();
    let mut values = stage
        .pool
        .map_chunks(|n| stage.run(n), 0..10, 1, Some(MOMENT))
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
        .map_chunks(|n| stage.run(n), 2..10, 1, Some(MOMENT))
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
        .map_chunks(|n| stage.run(n), 2..4, 1, Some(Duration::ZERO))
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
