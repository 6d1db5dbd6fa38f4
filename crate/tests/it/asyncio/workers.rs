//! Coroutines inside the workers of pools: each has a worker's event loop for itself, which turns while it waits.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use concurrent_futures::asyncio::{Event, create_task, current_task, gather, sleep, timeout};
use concurrent_futures::{Error, PoolOptions, ProcessPoolExecutor, Promise, ThreadPoolExecutor};

use super::LIMIT;

tests! {
    a_coroutine_on_a_thread_awaits_timers_and_holds_what_cannot_cross_threads
    tasks_and_locks_work_in_a_coroutine_on_a_thread
    a_coroutine_on_a_thread_is_woken_by_other_threads
    a_thread_takes_no_other_call_until_its_coroutine_has_ended
    a_coroutine_on_a_thread_may_submit_to_its_own_pool_and_await_that
    a_coroutine_that_fails_on_a_thread_fails_its_future_alone
    what_a_coroutine_holds_is_dropped_on_its_thread_before_its_future_is_done
    a_coroutine_in_a_process_awaits_timers_and_tasks_of_its_own
    a_coroutine_that_fails_in_a_process_fails_its_future_alone
    coroutines_and_functions_take_turns_in_a_process
    a_thousand_coroutines_one_after_the_other
}

fn one_thread() -> ThreadPoolExecutor {
    ThreadPoolExecutor::new(1).unwrap()
}

async fn nap() {
    sleep(Duration::from_millis(1)).await;
}

async fn a_coroutine_on_a_thread_awaits_timers_and_holds_what_cannot_cross_threads() {
    let pool = one_thread();
    let words = String::from("captured");
    let future = pool.submit_async(async move || {
        let local = Rc::new(words);
        nap().await;
        local.len()
    });
    let future = future.unwrap();
    assert_eq!(future.clone().await.unwrap(), 8);
    assert!(future.worker().unwrap().ends_with("_0"));
    pool.shutdown_async(false).await;
    assert!(matches!(
        pool.submit_async(async || ()),
        Err(Error::Shutdown)
    ));
}

async fn tasks_and_locks_work_in_a_coroutine_on_a_thread() {
    let pool = one_thread();
    let future = pool.submit_async(async || {
        let event = Event::new();
        let setter = create_task({
            let event = event.clone();
            async move {
                nap().await;
                event.set();
                current_task().map(|task| task.name())
            }
        })?;
        setter.set_name("setter");
        event.wait().await;
        let late = timeout(Duration::from_millis(1), async |_| sleep(LIMIT).await).await;
        assert!(late.unwrap_err().is_timeout());
        let squares = gather((0..4).map(|n| async move {
            nap().await;
            n * n
        }));
        assert_eq!(squares.await?, [0, 1, 4, 9]);
        setter.await
    });
    let name = future.unwrap().await.unwrap().unwrap();
    assert_eq!(name.as_deref(), Some("setter"));
    pool.shutdown_async(false).await;
}

async fn a_coroutine_on_a_thread_is_woken_by_other_threads() {
    let (pool, others) = (one_thread(), one_thread());
    for n in 0..100 {
        let (promise, value) = Promise::new();
        let (begun, has_begun) = Promise::new();
        let waiting = pool.submit_async(async move || {
            begun.set_result(()).unwrap();
            value.await
        });
        has_begun.await.unwrap();
        let settles = others.submit(move || promise.set_result(n).unwrap());
        assert_eq!(waiting.unwrap().await.unwrap().unwrap(), n);
        settles.unwrap().await.unwrap();
    }
    pool.shutdown_async(false).await;
    others.shutdown_async(false).await;
}

async fn a_thread_takes_no_other_call_until_its_coroutine_has_ended() {
    let pool = one_thread();
    let (promise, gate) = Promise::new();
    let (begun, has_begun) = Promise::new();
    let coroutine = pool.submit_async(async move || {
        begun.set_result(()).unwrap();
        gate.await.unwrap();
    });
    let coroutine = coroutine.unwrap();
    let cancelled = pool.submit_async(async || ()).unwrap();
    let next = pool.submit(|| ()).unwrap();
    has_begun.await.unwrap();
    assert!(!coroutine.cancel() && coroutine.running());
    assert!(cancelled.cancel());
    nap().await;
    assert!(!next.running() && !next.done());
    promise.set_result(()).unwrap();
    next.await.unwrap();
    assert!(coroutine.done());
    pool.shutdown_async(false).await;
}

async fn a_coroutine_on_a_thread_may_submit_to_its_own_pool_and_await_that() {
    let pool = Arc::new(ThreadPoolExecutor::new(2).unwrap());
    let inner = Arc::clone(&pool);
    let outer = pool.submit_async(async move || {
        let inner = inner.submit_async(async || {
            nap().await;
            20
        });
        inner?.await
    });
    assert_eq!(outer.unwrap().await.unwrap().unwrap(), 20);
    pool.shutdown_async(false).await;
}

async fn a_coroutine_that_fails_on_a_thread_fails_its_future_alone() {
    let pool = one_thread();
    let panics = pool.submit_async(async || {
        nap().await;
        panic!("no luck")
    });
    let returns = pool.try_submit_async(async || {
        nap().await;
        "twelve".parse::<u32>()
    });
    let error = panics.unwrap().await.map(|(): ()| ()).unwrap_err();
    let error = error.task().unwrap();
    assert_eq!(error.message(), "no luck");
    assert!(error.worker().unwrap().ends_with("_0"));
    let error = returns.unwrap().await.unwrap_err();
    assert_eq!(
        error.task().unwrap().message(),
        "invalid digit found in string"
    );
    let next = pool.submit_async(async || 1).unwrap();
    assert_eq!(next.clone().await.unwrap(), 1);
    assert!(next.worker().unwrap().ends_with("_0"), "the same thread");
    pool.shutdown_async(false).await;
}

async fn what_a_coroutine_holds_is_dropped_on_its_thread_before_its_future_is_done() {
    struct Counts(Arc<AtomicU32>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let (pool, dropped) = (one_thread(), Arc::new(AtomicU32::new(0)));
    let [held, captured, unbegun] = [(); 3].map(|()| Counts(Arc::clone(&dropped)));
    let future = pool.submit_async(async move || {
        let _captured = captured;
        let _held = Rc::new(held);
        nap().await;
    });
    let cancelled = pool.submit_async(async move || drop(unbegun)).unwrap();
    cancelled.cancel();
    future.unwrap().await.unwrap();
    assert!(dropped.load(Ordering::Relaxed) >= 2);
    pool.shutdown_async(false).await;
    assert_eq!(dropped.load(Ordering::Relaxed), 3);
}

async fn slow_double(n: u32) -> u32 {
    let doubled = create_task(async move {
        nap().await;
        n * 2
    });
    let [one, other] = [nap(), nap()];
    one.await;
    other.await;
    doubled.unwrap().await.unwrap()
}

async fn a_coroutine_in_a_process_awaits_timers_and_tasks_of_its_own() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    let futures: Vec<_> = (0..6)
        .map(|n| pool.submit_async(slow_double, n).unwrap())
        .collect();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.await.unwrap(), n * 2);
    }
    let closure = pool.submit_async(
        async |(text, n): (String, usize)| {
            nap().await;
            text.repeat(n)
        },
        ("ab".to_owned(), 3),
    );
    assert_eq!(closure.unwrap().await.unwrap(), "ababab");
    pool.shutdown_async(false).await;
    assert!(matches!(
        pool.submit_async(slow_double, 1),
        Err(Error::Shutdown)
    ));
}

async fn a_coroutine_that_fails_in_a_process_fails_its_future_alone() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let fails = pool.submit_async(
        async |n: u32| -> u32 {
            nap().await;
            panic!("{n} is too much")
        },
        7,
    );
    let error = fails.unwrap().await.unwrap_err();
    let error = error.task().unwrap().clone();
    assert_eq!(error.message(), "7 is too much");
    assert!(error.location().unwrap().contains("workers.rs:"));
    assert!(error.worker().unwrap().ends_with("_0"));
    let next = pool.submit_async(slow_double, 4).unwrap();
    assert_eq!(next.await.unwrap(), 8);
    pool.shutdown_async(false).await;
}

async fn coroutines_and_functions_take_turns_in_a_process() {
    let pool = ProcessPoolExecutor::with(PoolOptions {
        max_workers: Some(1),
        max_tasks_per_child: Some(3),
        thread_name_prefix: Some("turns".to_owned()),
        ..PoolOptions::default()
    });
    let pool = pool.unwrap();
    let futures: Vec<_> = (0..6)
        .map(|n| {
            if n % 2 == 0 {
                pool.submit_async(slow_double, n).unwrap()
            } else {
                pool.submit(|n: u32| n * 2, n).unwrap()
            }
        })
        .collect();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.clone().await.unwrap(), n * 2);
        assert_eq!(future.worker(), Some(format!("turns_{}", n / 3)));
    }
    pool.shutdown_async(false).await;
}

async fn a_thousand_coroutines_one_after_the_other() {
    let pool = one_thread();
    let futures: Vec<_> = (0..1000)
        .map(|n| {
            pool.submit_async(async move || {
                sleep(Duration::ZERO).await;
                n
            })
            .unwrap()
        })
        .collect();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.await.unwrap(), n);
    }
    pool.shutdown_async(false).await;
}
