//! Calls of executors among the tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use concurrent_futures::asyncio::{
    create_task, gather, run_in_executor, set_default_executor, shutdown_default_executor,
    to_thread, wrap_future,
};
use concurrent_futures::{
    Error, InlineExecutor, PoolOptions, ProcessPoolExecutor, Promise, ThreadPoolExecutor,
};

use super::turn;

tests! {
    a_call_of_any_executor_gives_its_value_or_its_error
    cancelling_either_side_asks_the_other
    a_call_that_runs_already_goes_on_and_its_value_is_dropped
    run_in_executor_submits_at_once
    to_thread_begins_when_it_is_awaited_and_is_cancelled_with_who_awaits_it
    the_default_executor_can_be_another_and_be_shut_down
}

async fn a_call_of_any_executor_gives_its_value_or_its_error() {
    let threads = ThreadPoolExecutor::new(2).unwrap();
    let processes = ProcessPoolExecutor::new(1).unwrap();
    let double = |n: u32| n * 2;
    let values = gather([
        run_in_executor(&threads, double, 1).unwrap(),
        run_in_executor(&processes, double, 2).unwrap(),
        run_in_executor(&InlineExecutor::new(), double, 3).unwrap(),
    ]);
    assert_eq!(values.await.unwrap(), [2, 4, 6]);
    let fails = threads.submit(|| -> u32 { panic!("no luck") }).unwrap();
    let error = wrap_future(fails).unwrap().await.unwrap_err();
    assert_eq!(error.task().unwrap().message(), "no luck");
    threads.shutdown_async(false).await;
    processes.shutdown_async(false).await;
    let error = run_in_executor(&threads, double, 1).unwrap_err();
    assert!(matches!(error, Error::Shutdown));
}

async fn cancelling_either_side_asks_the_other() {
    let (_promise, call) = Promise::<u32>::new();
    let task = wrap_future(call.clone()).unwrap();
    turn().await;
    task.cancel();
    assert!((&task).await.unwrap_err().is_cancelled());
    assert!(task.cancelled() && call.cancelled());

    let (_promise, call) = Promise::<u32>::new();
    let task = wrap_future(call.clone()).unwrap();
    turn().await;
    call.cancel();
    assert!((&task).await.unwrap_err().is_cancelled());
    assert!(task.cancelled());

    let (_promise, call) = Promise::<u32>::new();
    let unbegun = wrap_future(call.clone()).unwrap();
    unbegun.cancel();
    assert!(unbegun.await.is_err() && call.cancelled());
}

async fn a_call_that_runs_already_goes_on_and_its_value_is_dropped() {
    let (promise, call) = Promise::new();
    assert!(promise.set_running_or_notify_cancel().unwrap());
    let task = wrap_future(call.clone()).unwrap();
    turn().await;
    task.cancel();
    assert!((&task).await.unwrap_err().is_cancelled());
    assert!(call.running());
    promise.set_result(7).unwrap();
    assert_eq!(call.await.unwrap(), 7);
    assert!(task.cancelled());
}

async fn run_in_executor_submits_at_once() {
    static CALLED: AtomicU32 = AtomicU32::new(0);
    let task = run_in_executor(
        &InlineExecutor::new(),
        |n: u32| CALLED.store(n, Ordering::Relaxed),
        5,
    );
    assert_eq!(CALLED.load(Ordering::Relaxed), 5);
    task.unwrap().await.unwrap();
}

async fn to_thread_begins_when_it_is_awaited_and_is_cancelled_with_who_awaits_it() {
    let called = Arc::new(AtomicU32::new(0));
    let call = |called: &Arc<AtomicU32>| {
        let called = Arc::clone(called);
        to_thread(move || called.fetch_add(1, Ordering::Relaxed) + 1)
    };
    drop(call(&called));
    assert_eq!(call(&called).await.unwrap(), 1);

    // One thread, which is busy: what comes next has not begun when it is cancelled.
    set_default_executor(ThreadPoolExecutor::new(1).unwrap());
    let gate = Arc::new(AtomicU32::new(0));
    let (begun, has_begun) = Promise::new();
    let busy = create_task(to_thread({
        let gate = Arc::clone(&gate);
        move || {
            begun.set_result(()).unwrap();
            while gate.load(Ordering::Acquire) == 0 {
                std::hint::spin_loop();
            }
        }
    }))
    .unwrap();
    has_begun.await.unwrap();
    let queued = create_task(call(&called)).unwrap();
    turn().await;
    queued.cancel();
    assert!(queued.await.unwrap_err().is_cancelled());
    gate.store(1, Ordering::Release);
    busy.await.unwrap().unwrap();
    shutdown_default_executor().await;
    assert_eq!(called.load(Ordering::Relaxed), 1);
}

async fn the_default_executor_can_be_another_and_be_shut_down() {
    let own = ThreadPoolExecutor::with(PoolOptions {
        max_workers: Some(1),
        thread_name_prefix: Some("mine".to_owned()),
        ..PoolOptions::default()
    });
    set_default_executor(own.unwrap());
    let error = to_thread(|| panic!("where am I")).await.map(|(): ()| ());
    let error = error.unwrap_err().task().unwrap().clone();
    assert_eq!(error.worker(), Some("mine_0"));
    shutdown_default_executor().await;
    let error = to_thread(|| panic!("where am I")).await.map(|(): ()| ());
    let error = error.unwrap_err().task().unwrap().clone();
    assert_eq!(error.worker(), Some("asyncio_0"));
    shutdown_default_executor().await;
}
