//! What workers run before their first call, and what becomes of a pool whose initializer fails.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Barrier};

use concurrent_futures::{
    Error, Initializer, PoolOptions, ProcessPoolExecutor, Shutdown, ThreadPoolExecutor,
};

use crate::support::{Gate, LIMIT, occupy, pass};

thread_local! {
    static SET_UP: Cell<u32> = const { Cell::new(0) };
}

fn options(max_workers: usize, initializer: Initializer) -> PoolOptions {
    PoolOptions {
        max_workers: Some(max_workers),
        thread_name_prefix: Some("init".to_owned()),
        initializer: Some(initializer),
        ..PoolOptions::default()
    }
}

#[test]
fn it_has_run_once_in_every_thread_before_its_first_call() {
    let (sender, ran) = channel();
    let initializer = Initializer::new(move || {
        sender.send(()).unwrap();
        SET_UP.set(SET_UP.get() + 1);
    });
    let pool = ThreadPoolExecutor::with(options(3, initializer)).unwrap();
    let all_there = Arc::new(Barrier::new(3));
    for _ in 0..2 {
        let futures = [(); 3].map(|()| {
            let all_there = Arc::clone(&all_there);
            pool.submit(move || {
                all_there.wait();
                SET_UP.get()
            })
            .unwrap()
        });
        for future in futures {
            assert_eq!(future.result(LIMIT).unwrap(), 1);
        }
    }
    assert_eq!(ran.try_iter().count(), 3);
    pool.shutdown(Shutdown::default()).unwrap();
    drop(pool);
    assert_eq!(
        ran.recv_timeout(LIMIT),
        Err(RecvTimeoutError::Disconnected),
        "it goes with its pool"
    );
}

#[test]
fn a_function_and_its_argument_set_up_pools_of_both_kinds() {
    let initializer = Initializer::with(|(a, b): (u32, u32)| SET_UP.set(a + b), (3, 4)).unwrap();
    let processes = ProcessPoolExecutor::with(options(2, initializer.clone())).unwrap();
    for _ in 0..10 {
        let future = processes.submit(|()| SET_UP.get(), ()).unwrap();
        assert_eq!(future.result(LIMIT).unwrap(), 7);
    }
    let threads = ThreadPoolExecutor::with(options(2, initializer)).unwrap();
    let future = threads.submit(|| SET_UP.get()).unwrap();
    assert_eq!(future.result(LIMIT).unwrap(), 7);
}

#[test]
fn a_worker_that_comes_after_the_shutdown_runs_it_too() {
    let gate = Gate::new();
    let opened = gate.opened.clone();
    let initializer = Initializer::new(move || {
        pass(&opened);
        SET_UP.set(1);
    });
    let pool = ThreadPoolExecutor::with(options(1, initializer)).unwrap();
    let future = pool.submit(|| SET_UP.get()).unwrap();
    let ended = pool.shutdown_async(false);
    gate.open();
    pollster::block_on(ended);
    assert_eq!(future.result(LIMIT).unwrap(), 1);
}

fn is_broken(error: &Error) {
    let Error::Broken(broken) = error else {
        panic!("{error:?}");
    };
    assert_eq!(
        broken.reason(),
        "a worker's initializer failed: no set-up today"
    );
    assert_eq!(broken.worker(), Some("init_0"));
}

#[test]
fn one_that_panics_breaks_its_pool_what_waits_fails_and_no_thread_is_left() {
    let gate = Gate::new();
    let opened = gate.opened.clone();
    let initializer = Initializer::new(move || {
        pass(&opened);
        panic!("no set-up today");
    });
    let pool = ThreadPoolExecutor::with(options(1, initializer)).unwrap();
    let futures = [1, 2, 3].map(|n| pool.submit(move || n).unwrap());
    gate.open();
    for future in futures {
        is_broken(&future.result(LIMIT).unwrap_err());
    }
    is_broken(&pool.submit(|| ()).unwrap_err());
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);

    let function = Initializer::with(|()| panic!("no set-up today"), ()).unwrap();
    let pool = ProcessPoolExecutor::with(options(1, function)).unwrap();
    let future = pool.submit(|n: u32| n, 1).unwrap();
    is_broken(&future.result(LIMIT).unwrap_err());
    is_broken(&pool.submit(|n: u32| n, 1).unwrap_err());
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);
}

/// Fails in every worker but the first.
fn fail_later(count: &AtomicU32) {
    assert_eq!(count.fetch_add(1, Ordering::SeqCst), 0, "one is enough");
}

#[test]
fn threads_that_run_when_it_fails_elsewhere_finish_what_they_hold() {
    let count = AtomicU32::new(0);
    let initializer = Initializer::new(move || fail_later(&count));
    let pool = ThreadPoolExecutor::with(options(2, initializer)).unwrap();
    let (gate, running) = occupy(&pool);
    let error = pool.submit(|| 8).unwrap().result(LIMIT).unwrap_err();
    assert!(error.is_broken(), "{error:?}");
    gate.open();
    running.result(LIMIT).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
}

#[test]
fn processes_that_run_when_it_fails_elsewhere_are_ended() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static GOING: Barrier = Barrier::new(2);
    let initializer = Initializer::with(|()| fail_later(&COUNT), ()).unwrap();
    let pool = ProcessPoolExecutor::with(options(2, initializer)).unwrap();
    let running = pool.submit(
        |()| {
            GOING.wait();
            GOING.wait();
        },
        (),
    );
    let running = running.unwrap();
    GOING.wait();
    let waiting = pool.submit(|n: u32| n, 8).unwrap();
    for error in [
        waiting.exception(LIMIT).unwrap(),
        running.exception(LIMIT).unwrap(),
    ] {
        assert!(error.unwrap().is_broken());
    }
    // Its thread, which nothing can end here, is not waited for.
    pool.shutdown(Shutdown::default()).unwrap();
    GOING.wait();
}

/// An argument that cannot be encoded.
struct Unsendable;
impl serde::Serialize for Unsendable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("not today"))
    }
}
impl<'de> serde::Deserialize<'de> for Unsendable {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self)
    }
}

#[test]
fn what_a_pool_cannot_use_is_refused_when_it_is_made() {
    let closure = options(1, Initializer::new(|| ()));
    let error = ProcessPoolExecutor::with(closure).unwrap_err();
    assert!(matches!(error, Error::Value(_)));
    assert!(error.to_string().contains("Initializer::with"), "{error}");

    let error = Initializer::with(|_: Unsendable| (), Unsendable).unwrap_err();
    assert!(matches!(error, Error::Codec(_)), "{error:?}");
}
