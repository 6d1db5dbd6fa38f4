//! Process pools on a native machine, where a process is a thread: functions found, not sent; bytes both ways.

use std::thread;

use concurrent_futures::{
    Error, Executor, Future, MapOptions, PoolOptions, ProcessPoolExecutor, ReturnWhen, Shutdown,
    is_main, wait,
};
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::support::LIMIT;

fn pool() -> ProcessPoolExecutor {
    ProcessPoolExecutor::with(PoolOptions {
        max_workers: Some(1),
        thread_name_prefix: Some("crate".to_owned()),
        ..PoolOptions::default()
    })
    .unwrap()
}

fn square(n: u64) -> u64 {
    n * n
}

fn cube(n: u64) -> u64 {
    n * n * n
}

/// The one worker that there has been still works, and a shutdown finds the end of it.
fn lives_on(pool: &ProcessPoolExecutor) {
    let future = pool.submit(square, 3).unwrap();
    assert_eq!(future.result(LIMIT).unwrap(), 9);
    assert_eq!(future.worker().as_deref(), Some("crate_0"));
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);
}

#[test]
fn plain_functions_and_closures_without_captures_are_found_and_called() {
    let pool = pool();
    assert_eq!(pool.submit(square, 12).unwrap().result(LIMIT).unwrap(), 144);
    assert_eq!(pool.submit(cube, 3).unwrap().result(LIMIT).unwrap(), 27);
    let one_more = |n: u64| square(n) + 1;
    let one_less = |n: u64| square(n) - 1;
    assert_eq!(pool.submit(one_more, 5).unwrap().result(LIMIT).unwrap(), 26);
    assert_eq!(pool.submit(one_less, 5).unwrap().result(LIMIT).unwrap(), 24);
    lives_on(&pool);
}

#[test]
fn arguments_and_values_of_every_shape_cross() {
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Point,
        Circle { radius: f64 },
        Polygon(Vec<(i32, i32)>),
    }
    let pool = pool();
    let sum = pool
        .submit(|(a, b): (u8, i64)| i64::from(a) + b, (1, -2))
        .unwrap();
    assert_eq!(sum.result(LIMIT).unwrap(), -1);
    let unit = pool.submit(|()| (), ()).unwrap();
    unit.result(LIMIT).unwrap();
    for shape in [
        Shape::Point,
        Shape::Circle { radius: 0.5 },
        Shape::Polygon(vec![(0, 0), (1, 0), (0, 1)]),
    ] {
        let same = pool
            .submit(|shape: Shape| Some(shape), shape.clone())
            .unwrap();
        assert_eq!(same.result(LIMIT).unwrap(), Some(shape));
    }
    let long = "ä".repeat(1 << 20);
    let same = pool.submit(|text: String| text, long.clone()).unwrap();
    assert!(same.result(LIMIT).unwrap() == long);
    lives_on(&pool);
}

#[test]
fn the_task_runs_on_the_worker_not_on_the_caller() {
    let name = pool()
        .submit(|()| thread::current().name().map(str::to_owned), ())
        .unwrap();
    assert_eq!(name.result(LIMIT).unwrap().as_deref(), Some("crate_0"));
    assert!(is_main(), "natively there is one instance only");
}

#[test]
fn no_worker_and_more_than_256_are_refused() {
    for max_workers in [0, 257] {
        assert!(matches!(
            ProcessPoolExecutor::new(max_workers),
            Err(Error::Value(_))
        ));
    }
    assert_eq!(ProcessPoolExecutor::new(None).unwrap().workers(), 0);
}

#[test]
fn a_panic_is_the_futures_error_and_the_worker_lives_on() {
    let pool = pool();
    let future = pool
        .submit(|n: u32| -> u32 { panic!("no luck with {n}") }, 13)
        .unwrap();
    let error = future.exception(LIMIT).unwrap().unwrap();
    let error = error.task().unwrap();
    assert_eq!(error.message(), "no luck with 13");
    assert!(error.location().unwrap().contains("process_pool.rs:"));
    assert_eq!(error.worker(), Some("crate_0"));
    lives_on(&pool);
}

/// What its codec does, at which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    EncodeError,
    EncodePanic,
    DecodeError,
    DecodePanic,
}

/// Something whose way into bytes, or back, fails as its type says.
#[derive(Debug, Clone, Copy)]
struct Bad<const TROUBLE: u8>;

const ENCODE_ERROR: u8 = Trouble::EncodeError as u8;
const ENCODE_PANIC: u8 = Trouble::EncodePanic as u8;
const DECODE_ERROR: u8 = Trouble::DecodeError as u8;
const DECODE_PANIC: u8 = Trouble::DecodePanic as u8;

impl<const TROUBLE: u8> Serialize for Bad<TROUBLE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match TROUBLE {
            ENCODE_ERROR => Err(S::Error::custom("it has no bytes")),
            ENCODE_PANIC => panic!("an encoder that panics on purpose"),
            _ => serializer.serialize_unit(),
        }
    }
}

impl<'de, const TROUBLE: u8> Deserialize<'de> for Bad<TROUBLE> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer)?;
        match TROUBLE {
            DECODE_ERROR => Err(D::Error::custom("it makes no sense")),
            DECODE_PANIC => panic!("a decoder that panics on purpose"),
            _ => Ok(Self),
        }
    }
}

/// Submits one call that fails and one that does not, and gives the error of the first.
fn only_one_fails<A, R>(f: impl Fn(A) -> R + Copy + 'static, argument: A) -> Error
where
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned + Clone + Send + 'static,
{
    let pool = pool();
    let other: Future<u64> = pool.submit(square, 7).unwrap();
    let future = pool.submit(f, argument).unwrap();
    let Err(error) = future.result(LIMIT) else {
        panic!("it should have failed");
    };
    assert_eq!(other.result(LIMIT).unwrap(), 49);
    lives_on(&pool);
    error
}

fn assert_codec(error: &Error, beginning: &str, end: &str) {
    let Error::Codec(message) = error else {
        panic!("{error:?} is not a codec's error");
    };
    assert!(message.starts_with(beginning) && message.contains("Bad<") && message.contains(end));
}

fn assert_panicked(error: &Error, message: &str) {
    assert_eq!(
        error.task().map(concurrent_futures::TaskError::message),
        Some(message)
    );
}

#[test]
fn an_argument_that_cannot_be_encoded_fails_its_own_future_only() {
    let error = only_one_fails(|_: Bad<ENCODE_ERROR>| 1, Bad);
    assert_codec(&error, "the argument, a ", "could not be encoded: ");
    let error = only_one_fails(|_: Bad<ENCODE_PANIC>| 1, Bad);
    assert_panicked(&error, "an encoder that panics on purpose");
}

#[test]
fn an_argument_that_cannot_be_decoded_fails_its_own_future_only() {
    let error = only_one_fails(|_: Bad<DECODE_ERROR>| 1, Bad);
    assert_codec(&error, "the argument, a ", "could not be decoded: ");
    let error = only_one_fails(|_: Bad<DECODE_PANIC>| 1, Bad);
    assert_panicked(&error, "a decoder that panics on purpose");
}

#[test]
fn a_value_that_cannot_be_encoded_fails_its_own_future_only() {
    let error = only_one_fails(|()| Bad::<ENCODE_ERROR>, ());
    assert_codec(&error, "the value, a ", "could not be encoded: ");
    let error = only_one_fails(|()| Bad::<ENCODE_PANIC>, ());
    assert_panicked(&error, "an encoder that panics on purpose");
}

#[test]
fn a_value_that_cannot_be_decoded_fails_its_own_future_only() {
    let error = only_one_fails(|()| Bad::<DECODE_ERROR>, ());
    assert_codec(&error, "the value, a ", "could not be decoded: ");
    let error = only_one_fails(|()| Bad::<DECODE_PANIC>, ());
    assert_panicked(&error, "a decoder that panics on purpose");
}

#[test]
fn a_value_may_panic_when_it_is_dropped_in_the_worker() {
    #[derive(Serialize, Deserialize)]
    struct Grenade(bool);
    impl Drop for Grenade {
        fn drop(&mut self) {
            assert!(!self.0, "a drop that panics on purpose");
        }
    }
    let pool = pool();
    let future = pool.submit(|()| Grenade(true), ()).unwrap();
    let ended = wait([future], LIMIT, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(ended.done.len(), 1);
    lives_on(&pool);
    // What was decoded must not go off at the end of this test.
    std::mem::forget(ended);
}

#[test]
fn one_worker_is_enough_for_calls_one_after_another_and_more_come_on_demand() {
    let pool = ProcessPoolExecutor::new(4).unwrap();
    for n in 0..3 {
        pool.submit(square, n).unwrap().result(LIMIT).unwrap();
    }
    assert_eq!(pool.workers(), 1);
    let futures: Vec<_> = (0..200).map(|n| pool.submit(square, n).unwrap()).collect();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.result(LIMIT).unwrap(), n * n);
    }
    assert!(pool.workers() <= 4);
}

#[test]
fn chunks_keep_the_order_and_the_values() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    let expected: Vec<u64> = (0..30).map(cube).collect();
    for chunksize in [1, 4, 30, 100] {
        let options = MapOptions {
            chunksize,
            ..MapOptions::default()
        };
        let values = pool.map_with(cube, 0..30, options).unwrap();
        assert_eq!(values.collect::<Result<Vec<_>, _>>().unwrap(), expected);
    }
}
