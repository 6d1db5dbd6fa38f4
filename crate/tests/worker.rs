//! What Rust code in a worker of somebody's own sees: after `ready`, it may block.
#![cfg(target_arch = "wasm32")]

use std::time::Duration;

use concurrent_futures::asyncio::sleep;
use concurrent_futures::{
    Error, ProcessPoolExecutor, ReturnWhen, Shutdown, ThreadPoolExecutor, as_completed, ready, wait,
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn an_executor_made_submitted_to_and_waited_for_in_one_breath_does_not_deadlock() {
    ready().await.unwrap();
    let threads = ThreadPoolExecutor::new(2).unwrap();
    let processes = ProcessPoolExecutor::new(2).unwrap();
    assert_eq!(threads.submit(|| 1).unwrap().result(None).unwrap(), 1);
    assert_eq!(
        processes
            .submit(|n: u32| n + 1, 1)
            .unwrap()
            .result(None)
            .unwrap(),
        2
    );
    assert_eq!(
        threads
            .map(|n: u32| n * 2, 0..5)
            .unwrap()
            .map(Result::unwrap)
            .sum::<u32>(),
        20
    );
    threads.shutdown(Shutdown::default()).unwrap();
    processes.shutdown(Shutdown::default()).unwrap();
    assert_eq!((threads.workers(), processes.workers()), (0, 0));
}

#[wasm_bindgen_test]
async fn waits_block_and_time_out() {
    ready().await.unwrap();
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (promise, never) = concurrent_futures::Promise::<u32>::new();
    let slow = pool
        .submit(move || never.result(Duration::from_secs(20)))
        .unwrap();
    assert!(
        slow.result(Duration::from_millis(20))
            .unwrap_err()
            .is_timeout()
    );
    let found = wait(
        [slow.clone()],
        Duration::from_millis(20),
        ReturnWhen::AllCompleted,
    )
    .unwrap();
    assert_eq!((found.done.len(), found.not_done.len()), (0, 1));
    let late = as_completed([slow.clone()], Duration::from_millis(20))
        .next()
        .unwrap();
    assert_eq!(
        late.unwrap_err().to_string(),
        "1 (of 1) futures unfinished after 0.02 s"
    );
    promise.set_result(7).unwrap();
    assert_eq!(slow.result(None).unwrap().unwrap(), 7);
    pool.shutdown(Shutdown::default()).unwrap();
}

#[wasm_bindgen_test]
async fn tasks_may_submit_to_their_own_pool_and_block() {
    ready().await.unwrap();
    let pool = std::sync::Arc::new(ThreadPoolExecutor::new(2).unwrap());
    let inner = std::sync::Arc::clone(&pool);
    let outer = pool
        .submit(move || inner.submit(|| 20)?.result(None))
        .unwrap();
    assert_eq!(outer.result(None).unwrap().unwrap(), 20);
    pool.shutdown(Shutdown::default()).unwrap();
}

async fn slow_next(n: u32) -> u32 {
    sleep(Duration::from_millis(1)).await;
    n + 1
}

#[wasm_bindgen_test]
async fn coroutines_in_workers_are_waited_for_as_any_call() {
    ready().await.unwrap();
    let threads = ThreadPoolExecutor::new(1).unwrap();
    let processes = ProcessPoolExecutor::new(1).unwrap();
    let futures: Vec<_> = (0..4)
        .flat_map(|n| {
            [
                threads.submit_async(async move || slow_next(n).await),
                processes.submit_async(slow_next, n),
            ]
        })
        .map(Result::unwrap)
        .collect();
    let values = futures.iter().map(|future| future.result(None).unwrap());
    assert!(values.eq([1, 1, 2, 2, 3, 3, 4, 4]));
    threads.shutdown(Shutdown::default()).unwrap();
    processes.shutdown(Shutdown::default()).unwrap();
}

#[wasm_bindgen_test]
async fn cancel_takes_what_has_not_begun() {
    ready().await.unwrap();
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (promise, gate) = concurrent_futures::Promise::<()>::new();
    let blocker = pool.submit(move || gate.result(None)).unwrap();
    let queued = pool.submit(|| ()).unwrap();
    assert!(queued.cancel());
    assert!(matches!(queued.result(None), Err(Error::Cancelled)));
    promise.set_result(()).unwrap();
    blocker.result(None).unwrap().unwrap();
    assert!(!blocker.cancel());
    pool.shutdown(Shutdown::default()).unwrap();
}

/// Blocks, on each level, for the level below it.
fn depth_below(depth: u32) -> u32 {
    if depth == 0 {
        return 0;
    }
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let below = pool.submit(depth_below, depth - 1).unwrap().result(None);
    pool.shutdown(Shutdown::default()).unwrap();
    1 + below.unwrap()
}

#[wasm_bindgen_test]
async fn tasks_of_its_processes_three_levels_deep_make_executors_and_block() {
    ready().await.unwrap();
    assert_eq!(depth_below(4), 4);
}
