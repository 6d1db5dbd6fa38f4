//! What tasks of process pools see that make executors of their own: each level has a memory of its own.
#![cfg(target_arch = "wasm32")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use concurrent_futures::asyncio::sleep;
use concurrent_futures::multiprocessing::{Pool, with_pool};
use concurrent_futures::sync::Event;
use concurrent_futures::{
    Error, Executor, Future, PoolOptions, ProcessPoolExecutor, ReturnWhen, Shutdown,
    ThreadPoolExecutor, as_completed, is_main, wait, with_executor, with_executor_async,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// How many tasks a tree of this depth has: a process, and on each level a process and a thread.
const fn tasks(depth: u32) -> u32 {
    if depth == 0 {
        1
    } else {
        1 + 2 * tasks(depth - 1)
    }
}

/// Each level blocks for the level below it.
fn tree(depth: u32) -> u32 {
    assert!(!is_main());
    if depth == 0 {
        return 1;
    }
    let in_process = with_executor(ProcessPoolExecutor::new(1).unwrap(), |pool| {
        pool.submit(tree, depth - 1).unwrap().result(None).unwrap()
    });
    let on_thread = with_executor(ThreadPoolExecutor::new(1).unwrap(), |pool| {
        let task = pool.submit(move || tree(depth - 1)).unwrap();
        task.result(None).unwrap()
    });
    1 + in_process.unwrap() + on_thread.unwrap()
}

/// Each level awaits the level below it.
async fn awaited_tree(depth: u32) -> u32 {
    assert!(!is_main());
    if depth == 0 {
        sleep(Duration::from_millis(1)).await;
        return 1;
    }
    let in_process = with_executor_async(ProcessPoolExecutor::new(1).unwrap(), async |pool| {
        pool.submit_async(awaited_again, depth - 1)
            .unwrap()
            .await
            .unwrap()
    });
    let in_process = in_process.await;
    let on_thread = with_executor_async(ThreadPoolExecutor::new(1).unwrap(), async |pool| {
        let task = pool.submit_async(async move || awaited_again(depth - 1).await);
        task.unwrap().await.unwrap()
    });
    1 + in_process + on_thread.await
}

/// A recursive coroutine has to be boxed.
async fn awaited_again(depth: u32) -> u32 {
    Box::pin(awaited_tree(depth)).await
}

#[wasm_bindgen_test]
async fn tasks_of_processes_three_levels_deep_make_executors_and_block() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    assert_eq!(pool.submit(tree, 3).unwrap().await.unwrap(), tasks(3));
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn coroutines_of_processes_three_levels_deep_make_executors_and_await() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let task = pool.submit_async(awaited_again, 3).unwrap();
    assert_eq!(task.await.unwrap(), tasks(3));
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_task_of_a_process_waits_for_several_and_maps_as_anybody_does() {
    fn square(n: u32) -> u32 {
        n * n
    }
    fn on(executor: &impl Executor) -> u32 {
        let futures: Vec<Future<u32>> = (1..4)
            .map(|n| executor.submit(square, n).unwrap())
            .collect();
        let found = wait(futures.clone(), None, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(found.done.len(), 3);
        let sum: u32 = as_completed(futures, None)
            .map(|future| future.unwrap().result(None).unwrap())
            .sum();
        let mapped = executor.map(square, 1..4).unwrap();
        sum + mapped.map(Result::unwrap).sum::<u32>()
    }
    fn on_all(_: ()) -> [u32; 3] {
        let processes = ProcessPoolExecutor::new(2).unwrap();
        let threads = ThreadPoolExecutor::new(2).unwrap();
        let sums = [on(&processes), on(&threads)];
        processes.shutdown(Shutdown::default()).unwrap();
        threads.shutdown(Shutdown::default()).unwrap();
        assert_eq!((processes.workers(), threads.workers()), (0, 0));
        let squares = with_pool(Pool::new(1).unwrap(), |pool| {
            let squares = pool.map_async(square, 1..4, None).unwrap();
            squares.get(None).unwrap().iter().sum()
        });
        [sums[0], sums[1], squares.unwrap()]
    }
    let pool = ProcessPoolExecutor::new(1).unwrap();
    for _ in 0..2 {
        let sums = pool.submit(on_all, ()).unwrap().await.unwrap();
        assert_eq!(sums, [28, 28, 14]);
    }
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn threads_of_a_process_share_its_memory_and_nobody_elses() {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    fn count(_: ()) -> u32 {
        let threads = ThreadPoolExecutor::new(2).unwrap();
        let futures: Vec<_> = (0..100)
            .map(|_| threads.submit(|| COUNTER.fetch_add(1, Ordering::Relaxed)))
            .map(Result::unwrap)
            .collect();
        wait(futures, None, ReturnWhen::AllCompleted).unwrap();
        threads.shutdown(Shutdown::default()).unwrap();
        COUNTER.load(Ordering::Relaxed)
    }
    let pool = ProcessPoolExecutor::new(1).unwrap();
    assert_eq!(pool.submit(count, ()).unwrap().await.unwrap(), 100);
    assert_eq!(pool.submit(count, ()).unwrap().await.unwrap(), 200);
    assert_eq!(COUNTER.load(Ordering::Relaxed), 0);
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn callbacks_that_a_process_adds_run_there_while_its_event_loop_turns() {
    async fn hear(n: u32) -> u32 {
        let pool = ProcessPoolExecutor::new(1).unwrap();
        let heard = Event::new();
        let future = pool.submit(|n: u32| n + 1, n).unwrap();
        future.add_done_callback({
            let heard = heard.clone();
            move |_| heard.set()
        });
        assert!(heard.wait_async(None).await.unwrap());
        let value = future.await.unwrap();
        pool.shutdown_async(false).await;
        value
    }
    let pool = ProcessPoolExecutor::new(1).unwrap();
    assert_eq!(pool.submit_async(hear, 6).unwrap().await.unwrap(), 7);
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_trap_below_a_process_breaks_the_pool_that_had_it_and_the_process_goes_on() {
    fn below(_: ()) -> (bool, u32) {
        let pool = ProcessPoolExecutor::new(1).unwrap();
        let trap = |()| -> u32 { core::arch::wasm32::unreachable() };
        let trapped = pool.submit(trap, ()).unwrap();
        let error = trapped.result(None).unwrap_err();
        let next = ProcessPoolExecutor::new(1).unwrap();
        let value = next.submit(|n: u32| n, 7).unwrap().result(None);
        next.shutdown(Shutdown::default()).unwrap();
        (error.is_broken(), value.unwrap())
    }
    let pool = ProcessPoolExecutor::new(1).unwrap();
    for _ in 0..2 {
        let outcome = pool.submit(below, ()).unwrap().await.unwrap();
        assert_eq!(outcome, (true, 7));
    }
    pool.shutdown_async(false).await;
}

#[wasm_bindgen(inline_js = "export async function held() {
    const { held } = await navigator.locks.query();
    return held.filter(({ name }) => name.startsWith('concurrent-futures ')).length;
}")]
extern "C" {
    /// A promise of how many workers there are in all, of all levels: each holds a lock.
    fn held() -> js_sys::Promise;
}

async fn until_workers_are(wanted: impl Fn(u32) -> bool) {
    loop {
        let count = JsFuture::from(held()).await.unwrap().as_f64().unwrap();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small number"
        )]
        if wanted(count as u32) {
            return;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

fn endless(depth: u32) -> u32 {
    if depth == 0 {
        loop {
            std::hint::spin_loop();
        }
    }
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let value = pool.submit(endless, depth - 1).unwrap().result(None);
    value.unwrap()
}

#[wasm_bindgen_test]
async fn processes_that_are_ended_take_all_levels_below_with_them() {
    until_workers_are(|count| count == 0).await;
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let task = pool.submit(endless, 2).unwrap();
    until_workers_are(|count| count == 3).await;
    pool.terminate_workers();
    assert!(task.await.unwrap_err().is_broken());
    pool.shutdown_async(false).await;
    until_workers_are(|count| count == 0).await;
}

#[wasm_bindgen_test]
async fn what_a_process_leaves_behind_ends_with_it_and_respawn_goes_on() {
    fn leak(_: ()) -> u32 {
        let pool = ThreadPoolExecutor::new(1).unwrap();
        let never = pool.submit(|| Event::new().wait(None)).unwrap();
        while !never.running() {
            std::hint::spin_loop();
        }
        std::mem::forget(pool);
        1
    }
    until_workers_are(|count| count == 0).await;
    let pool = ProcessPoolExecutor::with(PoolOptions {
        max_workers: Some(1),
        max_tasks_per_child: Some(1),
        ..PoolOptions::default()
    })
    .unwrap();
    for _ in 0..3 {
        assert_eq!(pool.submit(leak, ()).unwrap().await.unwrap(), 1);
    }
    pool.shutdown_async(false).await;
    until_workers_are(|count| count == 0).await;
    assert!(matches!(
        pool.submit(leak, ()).unwrap_err(),
        Error::Shutdown
    ));
}
