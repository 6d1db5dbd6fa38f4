//! `test_init.py`, and the rows of `test_interpreter_pool.py` about initializers.

use std::sync::atomic::{AtomicU32, Ordering};

use concurrent_futures::{Error, Initializer, PoolOptions, ReturnWhen};

use super::kit::{Held, Pool, Signal, World, options};
use super::tasks::{fail, square};

rows! {
    row_055_initializer: threads, processes_natively;
    row_056_failing_initializer: threads, processes;
    row_057_failing_initializer_leaves_nothing: threads, processes;
    row_130_init_func: threads, processes;
    row_131_init_with_global: processes_in_browsers;
    row_132_init_closure: processes;
    row_135_init_exception_in_func: threads, processes;
}

/// What an initializer of a worker's own memory sets, or, where all memory is one, of the row's own.
static STATUS: AtomicU32 = AtomicU32::new(0);

fn initialised(initializer: Initializer) -> PoolOptions {
    PoolOptions {
        initializer: Some(initializer),
        ..options(2)
    }
}

/// Options of a pool that breaks at its first call.
pub(crate) fn failing() -> PoolOptions {
    let refuse = |message: String| {
        fail(message);
    };
    initialised(Initializer::with(refuse, "no set-up".to_owned()).unwrap())
}

async fn row_055_initializer<W: World, X: Pool>() {
    let ran = Signal::new();
    let initializer = Initializer::with(|ran: Signal| ran.give(1), ran).unwrap();
    let executor = X::with(initialised(initializer)).unwrap();
    let (started, gate) = (Signal::new(), Signal::new());
    let futures: Vec<_> = (0..2)
        .map(|_| executor.hold(Held::at(started, gate)))
        .collect();
    W::take_all(started, 2).await;
    assert_eq!(ran.count(), 2, "once in each worker, before its first call");
    gate.give(2);
    W::wait_for(&futures, None, ReturnWhen::AllCompleted).await;
    let next = executor.submit(square, 2).unwrap();
    W::result(&next).await.unwrap();
    assert_eq!(ran.count(), 2);
}

async fn row_056_failing_initializer<W: World, X: Pool>() {
    let executor = X::with(failing()).unwrap();
    let futures: Vec<_> = (0..3)
        .filter_map(|n| executor.submit(square, n).ok())
        .collect();
    assert!(!futures.is_empty());
    for future in &futures {
        let error = W::error(future).await;
        assert!(error.is_broken() && error.to_string().contains("no set-up"));
    }
    let error = executor.submit(square, 2).unwrap_err();
    assert!(error.is_broken() && error.to_string().contains("initializer"));
}

async fn row_057_failing_initializer_leaves_nothing<W: World, X: Pool>() {
    let executor = X::with(failing()).unwrap();
    let future = executor.submit(square, 2).unwrap();
    assert!(W::error(&future).await.is_broken());
    W::shut_down(&executor, false).await;
    assert_eq!(executor.workers(), 0);
}

async fn row_130_init_func<W: World, X: Pool>() {
    // Rows run at the same time, in one memory.
    static STATUS: AtomicU32 = AtomicU32::new(0);
    let initializer = Initializer::with(|n: u32| STATUS.store(n, Ordering::SeqCst), 7).unwrap();
    let executor = X::with(initialised(initializer)).unwrap();
    let status = executor.submit(|()| STATUS.load(Ordering::SeqCst), ());
    assert_eq!(W::result(&status.unwrap()).await.unwrap(), 7);
}

async fn row_131_init_with_global<W: World, X: Pool>() {
    let initializer = Initializer::with(|n: u32| STATUS.store(n, Ordering::SeqCst), 7).unwrap();
    let executor = X::with(initialised(initializer)).unwrap();
    for _ in 0..2 {
        let status = executor.submit(|()| STATUS.load(Ordering::SeqCst), ());
        assert_eq!(W::result(&status.unwrap()).await.unwrap(), 7);
    }
    assert_eq!(STATUS.load(Ordering::SeqCst), 0, "the worker has its own");
}

/// In Python the pool breaks; here its constructor refuses it.
async fn row_132_init_closure<W: World, X: Pool>() {
    let captured = String::from("out of reach");
    let closure = Initializer::new(move || assert!(!captured.is_empty()));
    let error = X::with(initialised(closure)).err().unwrap();
    assert!(matches!(error, Error::Value(_)));
    assert!(error.to_string().contains("capture nothing"), "{error}");
    W::turn().await;
}

async fn row_135_init_exception_in_func<W: World, X: Pool>() {
    let executor = X::with(failing()).unwrap();
    let future = executor.submit(square, 2).unwrap();
    let Error::Broken(broken) = W::error(&future).await else {
        panic!("{future:?} should be broken");
    };
    let reason = broken.reason();
    assert!(reason.contains("initializer failed: no set-up"), "{reason}");
}
