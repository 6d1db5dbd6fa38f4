//! What Rust code on a page sees: futures are awaited, and nothing ever blocks.
#![cfg(target_arch = "wasm32")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use concurrent_futures::{
    AsyncExecutor, Error, Executor, Initializer, InlineExecutor, MapOptions, PoolOptions,
    ProcessPoolExecutor, ReturnWhen, ThreadPoolExecutor, as_completed, is_main, set_reporter, wait,
    wait_async, with_executor_async,
};
use futures_util::StreamExt;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn is_prime(n: u64) -> bool {
    n > 1 && (2..=n.isqrt()).all(|d| !n.is_multiple_of(d))
}

#[wasm_bindgen_test]
async fn a_closure_runs_on_a_thread_and_its_value_is_awaited() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let words = String::from("captured");
    let future = pool.submit(move || words.len()).unwrap();
    assert_eq!(future.clone().await.unwrap(), 8);
    assert!(future.worker().unwrap().ends_with("_0"));
    pool.shutdown_async(false).await;
    assert_eq!(pool.workers(), 0);
    assert!(matches!(pool.submit(|| ()), Err(Error::Shutdown)));
}

#[wasm_bindgen_test]
async fn coroutines_run_on_the_pages_own_event_loop() {
    let executor = AsyncExecutor::new(50).unwrap();
    let before = js_sys::Date::now();
    let sleepers: Vec<_> = (0..100)
        .map(|n| {
            let coroutine = async move {
                TimeoutFuture::new(20).await;
                n
            };
            executor.submit(coroutine).unwrap()
        })
        .collect();
    assert!(!sleepers[0].running());
    assert!(sleepers[99].cancel());
    let error = sleepers[0].result(None).unwrap_err();
    assert!(matches!(error, Error::BlockingNotAllowed(_)), "{error}");
    let error = wait(sleepers.clone(), None, ReturnWhen::AllCompleted).unwrap_err();
    assert!(matches!(error, Error::BlockingNotAllowed(_)), "{error}");
    let early = wait_async(
        sleepers.clone(),
        Duration::from_millis(1),
        ReturnWhen::AllCompleted,
    );
    assert!(!early.await.not_done.is_empty(), "there is a clock");
    let found = wait_async(sleepers, None, ReturnWhen::AllCompleted).await;
    let sum: u32 = found
        .done
        .iter()
        .filter_map(|future| future.result(None).ok())
        .sum();
    assert_eq!(sum, 4851);
    assert!(
        js_sys::Date::now() - before < 100.0 * 20.0,
        "fifty slept at a time"
    );
    executor.shutdown_async(false).await;
    assert!(matches!(executor.submit(async {}), Err(Error::Shutdown)));
}

#[wasm_bindgen_test]
async fn a_coroutine_that_panics_fails_its_own_future_alone() {
    let executor = AsyncExecutor::new(1).unwrap();
    let failing = executor.submit(async {
        TimeoutFuture::new(0).await;
        panic!("no luck")
    });
    let failing: concurrent_futures::Future<()> = failing.unwrap();
    let other = executor.submit(async { 7 }).unwrap();
    let error = failing.await.unwrap_err();
    assert_eq!(error.task().unwrap().message(), "no luck");
    assert_eq!(other.await.unwrap(), 7);
    let values = executor.map(async |n: u32| n * n, 0..4).unwrap();
    let values: Vec<_> = values.into_stream().map(Result::unwrap).collect().await;
    assert_eq!(values, [0, 1, 4, 9]);
}

#[wasm_bindgen_test]
async fn coroutines_run_on_the_event_loop_of_a_thread_too() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let coroutine = pool.submit(|| {
        let executor = AsyncExecutor::new(None).unwrap();
        let coroutine = async {
            TimeoutFuture::new(1).await;
            "slept"
        };
        let future = executor.submit(coroutine).unwrap();
        assert!(matches!(
            future.result(None),
            Err(Error::BlockingNotAllowed(_))
        ));
        future
    });
    let coroutine = coroutine.unwrap().await.unwrap();
    assert_eq!(coroutine.await.unwrap(), "slept");
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn inline_calls_are_done_when_submit_returns_and_a_scope_waits_for_its_work() {
    let executor = InlineExecutor::new();
    let future = executor.submit(|| 3).unwrap();
    assert_eq!(future.result(None).unwrap(), 3);
    let futures = with_executor_async(ThreadPoolExecutor::new(2).unwrap(), async |pool| {
        [1, 2, 3].map(|n| pool.submit(move || n).unwrap())
    });
    assert!(futures.await.iter().all(concurrent_futures::Future::done));
}

#[wasm_bindgen_test]
async fn errors_that_nobody_asked_for_are_reported_also_by_what_has_no_console() {
    static HEARD: AtomicU32 = AtomicU32::new(0);
    async fn leave(executor: impl Executor) {
        with_executor_async(executor, async |executor| {
            let fail = |()| -> u32 { panic!("unheard") };
            drop(executor.submit(fail, ()).unwrap());
        })
        .await;
    }
    set_reporter(|message| {
        if message.contains("unheard") {
            HEARD.fetch_add(1, Ordering::Relaxed);
        }
    });
    leave(ThreadPoolExecutor::new(1).unwrap()).await;
    leave(ProcessPoolExecutor::new(1).unwrap()).await;
    leave(AsyncExecutor::new(1).unwrap()).await;
    leave(InlineExecutor::new()).await;
    while HEARD.load(Ordering::Relaxed) < 4 {
        TimeoutFuture::new(1).await;
    }
}

#[wasm_bindgen_test]
async fn threads_share_memory_with_the_page() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let counter = Arc::new(AtomicU32::new(0));
    let futures: Vec<_> = (0..100)
        .map(|_| {
            let counter = Arc::clone(&counter);
            pool.submit(move || counter.fetch_add(1, Ordering::Relaxed))
                .unwrap()
        })
        .collect();
    let found = wait_async(futures, None, ReturnWhen::AllCompleted).await;
    assert_eq!(found.done.len(), 100);
    assert_eq!(counter.load(Ordering::Relaxed), 100);
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn several_pools_of_different_sizes_work_at_once() {
    let pools = [1, 2, 3].map(|size| ThreadPoolExecutor::new(size).unwrap());
    let futures: Vec<_> = pools
        .iter()
        .flat_map(|pool| (0..6).map(|n| pool.submit(move || n).unwrap()))
        .collect();
    let mut values = Vec::new();
    let mut completed = as_completed(futures, None);
    while let Some(future) = completed.next_async().await {
        values.push(future.unwrap().await.unwrap());
    }
    values.sort_unstable();
    assert_eq!(
        values,
        [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]
    );
    for (pool, size) in pools.iter().zip(1..) {
        assert!(pool.workers() <= size);
        pool.shutdown_async(false).await;
    }
}

#[wasm_bindgen_test]
async fn a_blocking_call_on_the_page_is_an_error_and_says_what_to_do() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let gate = Arc::new(AtomicU32::new(0));
    let future = pool
        .submit({
            let gate = Arc::clone(&gate);
            move || while gate.load(Ordering::Acquire) == 0 {}
        })
        .unwrap();
    let error = future.result(None).unwrap_err();
    assert!(matches!(error, Error::BlockingNotAllowed(_)));
    assert!(error.to_string().contains(".await"));
    gate.store(1, Ordering::Release);
    future.await.unwrap();
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_panic_is_the_futures_error_with_message_and_place_and_the_thread_lives_on() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let error = pool
        .submit(|| -> u32 { panic!("no luck with {}", 13) })
        .unwrap()
        .await
        .unwrap_err();
    let error = error.task().expect("the task failed").clone();
    assert_eq!(error.message(), "no luck with 13");
    assert!(error.location().unwrap().contains("page.rs:"));
    assert!(error.worker().unwrap().ends_with("_0"));
    let future = pool.submit(|| 1).unwrap();
    assert_eq!(future.clone().await.unwrap(), 1);
    assert!(
        future.worker().unwrap().ends_with("_0"),
        "the same thread goes on"
    );
    pool.shutdown_async(false).await;
}

#[wasm_bindgen(inline_js = "export function explode() { throw new TypeError('from JavaScript'); }")]
extern "C" {
    /// Declared without `catch`: Rust cannot let its exception pass, and aborts.
    fn explode();
}

#[wasm_bindgen_test]
async fn javascript_that_throws_through_a_task_fails_it_and_breaks_its_pool_alone() {
    let threads = ThreadPoolExecutor::new(1).unwrap();
    let others = ThreadPoolExecutor::new(1).unwrap();
    let trapped = threads.submit(explode).unwrap();
    let queued = threads.submit(|| ()).unwrap();
    let error = trapped.await.unwrap_err();
    assert!(
        error
            .task()
            .expect("the task failed")
            .to_string()
            .starts_with("the task trapped: ")
    );
    assert!(queued.await.unwrap_err().is_broken());
    assert!(matches!(threads.submit(|| ()), Err(Error::Broken(_))));
    assert_eq!(others.submit(|| 1).unwrap().await.unwrap(), 1);

    let processes = ProcessPoolExecutor::new(1).unwrap();
    assert!(
        processes
            .submit(|()| explode(), ())
            .unwrap()
            .await
            .unwrap_err()
            .is_broken()
    );
    threads.shutdown_async(false).await;
    others.shutdown_async(false).await;
    processes.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_function_runs_in_a_process_with_memory_of_its_own() {
    static TOUCHED: AtomicU32 = AtomicU32::new(0);
    let pool = ProcessPoolExecutor::new(1).unwrap();
    assert!(
        pool.submit(is_prime, 2_305_843_009_213_693_951 % 1_000_003)
            .is_ok()
    );
    assert!(pool.submit(is_prime, 97).unwrap().await.unwrap());
    let touch = |n: u32| TOUCHED.fetch_add(n, Ordering::Relaxed) + n;
    assert_eq!(pool.submit(touch, 5).unwrap().await.unwrap(), 5);
    assert_eq!(
        pool.submit(touch, 5).unwrap().await.unwrap(),
        10,
        "the worker keeps its own"
    );
    assert_eq!(
        TOUCHED.load(Ordering::Relaxed),
        0,
        "the page's own was never touched"
    );
    assert!(!pool.submit(|()| is_main(), ()).unwrap().await.unwrap());
    assert!(is_main());
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_panic_in_a_process_is_the_futures_error_and_the_process_lives_on() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let error = pool
        .submit(|n: u32| -> u32 { panic!("{n} is too much") }, 7)
        .unwrap()
        .await
        .unwrap_err();
    let error = error.task().expect("the task failed").clone();
    assert_eq!(error.message(), "7 is too much");
    assert!(
        error.stack().unwrap().contains("wasm"),
        "the remote stack: {:?}",
        error.stack()
    );
    assert!(error.location().unwrap().contains("page.rs:"));
    assert_eq!(pool.submit(|n: u32| n + 1, 7).unwrap().await.unwrap(), 8);
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_trap_in_a_process_breaks_its_pool_with_the_reason_and_harms_nobody_else() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let trapped = pool
        .submit(|()| core::arch::wasm32::unreachable(), ())
        .unwrap();
    let queued = pool.submit(|n: u32| n, 1).unwrap();
    for error in [
        trapped.await.map(|()| 0).unwrap_err(),
        queued.await.unwrap_err(),
    ] {
        let Error::Broken(broken) = error else {
            panic!("{error}")
        };
        assert!(broken.reason().contains("trapped"), "{}", broken.reason());
        assert!(broken.worker().unwrap().ends_with("_0"));
    }
    assert!(matches!(pool.submit(|n: u32| n, 1), Err(Error::Broken(_))));
    pool.shutdown_async(false).await;
    let next = ProcessPoolExecutor::new(1).unwrap();
    assert_eq!(next.submit(|n: u32| n, 1).unwrap().await.unwrap(), 1);
    next.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn with_respawn_a_trap_fails_its_call_alone_with_worker_and_task() {
    fn trap(_: ()) {
        core::arch::wasm32::unreachable();
    }
    let pool = ProcessPoolExecutor::with(PoolOptions {
        max_workers: Some(1),
        thread_name_prefix: Some("phoenix".to_owned()),
        respawn: true,
        ..PoolOptions::default()
    })
    .unwrap();
    for round in 0..3 {
        let trapped = pool.submit(trap, ()).unwrap();
        let queued = pool.submit(|n: u32| n * n, 5).unwrap();
        let Err(Error::Broken(broken)) = trapped.await else {
            panic!("the call should be lost");
        };
        assert!(broken.reason().starts_with("its instance trapped: "));
        assert_eq!(broken.worker(), Some(&*format!("phoenix_{round}")));
        assert!(broken.task().unwrap().ends_with("::trap"), "{broken:?}");
        assert_eq!(queued.await.unwrap(), 25);
    }
    pool.shutdown_async(false).await;
    assert_eq!(pool.workers(), 0);
}

fn is_broken(outcome: Result<(), Error>, words: &str) {
    let Err(Error::Broken(broken)) = outcome else {
        panic!("it should be broken");
    };
    assert!(broken.reason().contains(words), "{broken:?}");
}

#[wasm_bindgen_test]
async fn an_initializer_sets_up_each_worker_and_one_that_fails_breaks_its_pool() {
    static FACTOR: AtomicU32 = AtomicU32::new(1);
    fn options(initializer: Initializer) -> PoolOptions {
        PoolOptions {
            max_workers: Some(1),
            initializer: Some(initializer),
            ..PoolOptions::default()
        }
    }
    let set_up = Initializer::with(|n: u32| FACTOR.store(n, Ordering::Relaxed), 10).unwrap();
    let processes = ProcessPoolExecutor::with(options(set_up)).unwrap();
    let times = |n: u32| n * FACTOR.load(Ordering::Relaxed);
    assert_eq!(processes.submit(times, 7).unwrap().await.unwrap(), 70);
    assert_eq!(FACTOR.load(Ordering::Relaxed), 1, "the page has its own");
    processes.shutdown_async(false).await;

    let ran = Arc::new(AtomicU32::new(0));
    let closure = Initializer::new({
        let ran = Arc::clone(&ran);
        move || {
            ran.fetch_add(1, Ordering::Relaxed);
        }
    });
    let threads = ThreadPoolExecutor::with(options(closure)).unwrap();
    for _ in 0..3 {
        threads.submit(|| ()).unwrap().await.unwrap();
    }
    assert_eq!(ran.load(Ordering::Relaxed), 1);
    threads.shutdown_async(false).await;

    let panics = Initializer::with(|()| panic!("no set-up today"), ()).unwrap();
    let words = "a worker's initializer failed: no set-up today";
    let processes = ProcessPoolExecutor::with(options(panics.clone())).unwrap();
    is_broken(processes.submit(|()| (), ()).unwrap().await, words);
    processes.shutdown_async(false).await;
    let threads = ThreadPoolExecutor::with(options(panics)).unwrap();
    is_broken(threads.submit(|| ()).unwrap().await, words);
    threads.shutdown_async(false).await;

    let traps = Initializer::with(|()| core::arch::wasm32::unreachable(), ()).unwrap();
    let words = "a worker's initializer failed: its instance trapped: ";
    let processes = ProcessPoolExecutor::with(options(traps)).unwrap();
    is_broken(processes.submit(|()| (), ()).unwrap().await, words);
    processes.shutdown_async(false).await;
    let traps = Initializer::new(|| core::arch::wasm32::unreachable());
    let threads = ThreadPoolExecutor::with(options(traps)).unwrap();
    let words = "a worker's initializer failed: ";
    is_broken(threads.submit(|| ()).unwrap().await, words);
    threads.shutdown_async(false).await;
}

fn never_ends(_: ()) {
    loop {
        std::hint::spin_loop();
    }
}

#[wasm_bindgen_test]
async fn a_process_that_never_ends_is_ended_and_what_waits_is_cancelled() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    pool.submit(|()| (), ()).unwrap().await.unwrap();
    let endless = pool.submit(never_ends, ()).unwrap();
    let queued = pool.submit(|()| (), ()).unwrap();
    while !endless.running() {
        TimeoutFuture::new(0).await;
    }
    pool.terminate_workers();
    assert!(queued.cancelled());
    let Err(Error::Broken(broken)) = endless.await else {
        panic!("it should be broken");
    };
    assert_eq!(broken.reason(), "its workers were terminated");
    assert!(pool.submit(|()| (), ()).is_err());
    pool.kill_workers();
    pool.shutdown_async(false).await;
    assert_eq!(pool.workers(), 0);
}

#[wasm_bindgen_test]
async fn processes_are_replaced_after_as_many_calls_as_they_may_run() {
    let pool = ProcessPoolExecutor::with(PoolOptions {
        max_workers: Some(1),
        max_tasks_per_child: Some(2),
        thread_name_prefix: Some("worn".to_owned()),
        ..PoolOptions::default()
    })
    .unwrap();
    let futures: Vec<_> = (0..5)
        .map(|n| pool.submit(|n: u32| n, n).unwrap())
        .collect();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.clone().await.unwrap(), n);
        assert_eq!(future.worker(), Some(format!("worn_{}", n / 2)));
    }
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn map_gives_values_in_order_on_every_executor() {
    async fn check(executor: &impl Executor) {
        let mut values = executor
            .map_with(
                |n: u32| n * n,
                0..,
                MapOptions {
                    chunksize: 3,
                    buffersize: Some(2),
                    ..MapOptions::default()
                },
            )
            .unwrap();
        for n in 0..10 {
            assert_eq!(values.next_async().await.unwrap().unwrap(), n * n);
        }
    }
    let threads = ThreadPoolExecutor::new(2).unwrap();
    let processes = ProcessPoolExecutor::new(2).unwrap();
    check(&threads).await;
    check(&processes).await;
    threads.shutdown_async(false).await;
    processes.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_map_that_takes_too_long_ends_with_a_timeout_and_cancels_the_rest() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let gate = Arc::new(AtomicU32::new(0));
    let blocker = pool.submit({
        let gate = Arc::clone(&gate);
        move || while gate.load(Ordering::Acquire) == 0 {}
    });
    let mut values = pool
        .map_with(
            |n: u32| n,
            0..3,
            MapOptions {
                timeout: Some(Duration::from_millis(50)),
                ..MapOptions::default()
            },
        )
        .unwrap();
    assert!(values.next_async().await.unwrap().unwrap_err().is_timeout());
    assert!(values.next_async().await.is_none());
    gate.store(1, Ordering::Release);
    blocker.unwrap().await.unwrap();
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn callbacks_of_a_process_pool_run_where_they_were_added() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let seen = Arc::new(AtomicU32::new(0));
    let future = pool.submit(|n: u32| n + 1, 41).unwrap();
    future.add_done_callback({
        let seen = Arc::clone(&seen);
        // The clock is a web API: the pool side of a process worker could not call it.
        move |future| {
            assert!(js_sys::Date::now() > 0.0);
            seen.store(future.result(None).unwrap(), Ordering::Relaxed);
        }
    });
    future.await.unwrap();
    while seen.load(Ordering::Relaxed) == 0 {
        TimeoutFuture::new(1).await;
    }
    assert_eq!(seen.load(Ordering::Relaxed), 42);
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn two_hundred_thousand_panics_leave_the_pool_working_and_its_memory_flat() {
    fn bytes() -> f64 {
        let memory = js_sys::Reflect::get(&wasm_bindgen::memory(), &"buffer".into()).unwrap();
        js_sys::Reflect::get(&memory, &"byteLength".into())
            .unwrap()
            .as_f64()
            .unwrap()
    }
    async fn panic_in_rounds(pool: &ThreadPoolExecutor, rounds: u32) {
        for _ in 0..rounds {
            let futures: Vec<_> = (0..1000)
                .map(|n| pool.submit(move || -> u32 { panic!("{n}") }).unwrap())
                .collect();
            let found = wait_async(futures, None, ReturnWhen::AllCompleted).await;
            assert!(
                found
                    .done
                    .iter()
                    .all(|future| future.exception(None).unwrap().is_some())
            );
        }
    }
    let options = PoolOptions {
        max_workers: Some(2),
        ..PoolOptions::default()
    };
    let pool = ThreadPoolExecutor::with(options).unwrap();
    // How many calls of a round are there at once varies: by then the memory has seen about the most.
    panic_in_rounds(&pool, 50).await;
    let before = bytes();
    panic_in_rounds(&pool, 150).await;
    assert!(
        (bytes() - before) < 65_536.0 * 4.0,
        "{before} bytes became {}",
        bytes()
    );
    assert_eq!(pool.submit(|| 1).unwrap().await.unwrap(), 1);
    pool.shutdown_async(false).await;
}
