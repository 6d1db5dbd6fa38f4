//! The with-statement: an executor for the time of one function, whose work is waited for however that ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use concurrent_futures::{
    Error, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, with_executor,
    with_executor_async,
};
use pollster::block_on;

fn submit_ten(executor: &impl Executor) -> Vec<Future<u32>> {
    (0..10)
        .map(|n| executor.submit(|n: u32| n * n, n).unwrap())
        .collect()
}

fn check_that_all_is_done(executor: impl Executor) {
    let futures = with_executor(executor, |executor| submit_ten(executor)).unwrap();
    assert!(futures.iter().all(Future::done));
}

#[test]
fn leaving_it_has_waited_for_everything() {
    check_that_all_is_done(ThreadPoolExecutor::new(2).unwrap());
    check_that_all_is_done(ProcessPoolExecutor::new(2).unwrap());
}

#[test]
fn leaving_it_shuts_the_executor_down() {
    let pool = Arc::new(ThreadPoolExecutor::new(1).unwrap());
    with_executor(Shared(Arc::clone(&pool)), |_| ()).unwrap();
    assert!(matches!(pool.submit(|| ()), Err(Error::Shutdown)));
    assert_eq!(pool.workers(), 0);
}

#[test]
fn a_panic_in_it_goes_on_when_all_is_done() {
    let ran = Arc::new(AtomicU32::new(0));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        with_executor(ThreadPoolExecutor::new(1).unwrap(), |pool| {
            for _ in 0..10 {
                let ran = Arc::clone(&ran);
                pool.submit(move || ran.fetch_add(1, Ordering::SeqCst))
                    .unwrap();
            }
            panic!("enough");
        })
    }))
    .unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"enough"));
    assert_eq!(ran.load(Ordering::SeqCst), 10);
}

#[test]
fn an_awaited_one_waits_likewise() {
    let futures = block_on(with_executor_async(
        ThreadPoolExecutor::new(2).unwrap(),
        async |pool| {
            let futures = submit_ten(pool);
            assert_eq!(futures[9].clone().await.unwrap(), 81);
            futures
        },
    ));
    assert!(futures.iter().all(Future::done));
}

#[test]
fn a_panic_in_an_awaited_one_goes_on_when_all_is_done() {
    let ran = Arc::new(AtomicU32::new(0));
    let scope = with_executor_async(ThreadPoolExecutor::new(1).unwrap(), async |pool| {
        for _ in 0..10 {
            let ran = Arc::clone(&ran);
            pool.submit(move || ran.fetch_add(1, Ordering::SeqCst))
                .unwrap();
        }
        pool.submit(|| ()).unwrap().await.unwrap();
        panic!("enough");
    });
    let panic = catch_unwind(|| block_on(scope)).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"enough"));
    assert_eq!(ran.load(Ordering::SeqCst), 10);
}

/// An executor of a user's own: the trait has nothing that only this crate could implement.
struct Shared(Arc<ThreadPoolExecutor>);

impl Executor for Shared {
    fn submit<F, A, R>(&self, f: F, argument: A) -> Result<Future<R>, Error>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
        R: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
    {
        self.0.submit(move || f(argument))
    }

    fn shutdown(&self, how: concurrent_futures::Shutdown) -> Result<(), Error> {
        self.0.shutdown(how)
    }

    fn shutdown_async(&self, cancel_futures: bool) -> impl std::future::Future<Output = ()> {
        self.0.shutdown_async(cancel_futures)
    }
}
