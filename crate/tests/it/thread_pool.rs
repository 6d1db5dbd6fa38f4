//! Thread pools: which threads there are, what they are called, and what they run in which order.

use std::collections::HashSet;
use std::num::ParseIntError;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use concurrent_futures::{
    Error, Executor, Future, PoolOptions, Promise, Shutdown, ThreadPoolExecutor,
};

use crate::support::{Gate, LIMIT, busy_pool_of_one, pass};

fn named(max_workers: usize, prefix: &str) -> ThreadPoolExecutor {
    ThreadPoolExecutor::with(PoolOptions {
        max_workers: Some(max_workers),
        thread_name_prefix: Some(prefix.to_owned()),
        ..PoolOptions::default()
    })
    .unwrap()
}

/// Fills `pool` with `tasks` that block, and gives them with the gate that lets them go.
fn saturate(pool: &ThreadPoolExecutor, tasks: usize) -> (Gate, Vec<Future<String>>) {
    let gate = Gate::new();
    let futures = (0..tasks)
        .map(|_| {
            let opened = gate.opened.clone();
            pool.submit(move || {
                pass(&opened);
                thread::current().name().unwrap().to_owned()
            })
            .unwrap()
        })
        .collect();
    (gate, futures)
}

#[test]
fn no_worker_none_and_more_than_256_are_refused() {
    for max_workers in [0, 257, usize::MAX] {
        let Err(Error::Value(message)) = ThreadPoolExecutor::new(max_workers) else {
            panic!("{max_workers} should be refused");
        };
        assert!(message.starts_with("max_workers must be "), "{message}");
    }
    for max_workers in [Some(1), Some(256), None] {
        assert_eq!(ThreadPoolExecutor::new(max_workers).unwrap().workers(), 0);
    }
}

#[test]
fn tasks_one_after_another_use_one_thread() {
    let pool = ThreadPoolExecutor::new(4).unwrap();
    let threads: HashSet<_> = (0..3)
        .map(|_| {
            pool.submit(|| thread::current().id())
                .unwrap()
                .result(LIMIT)
                .unwrap()
        })
        .collect();
    assert_eq!((threads.len(), pool.workers()), (1, 1));
}

#[test]
fn threads_start_on_demand_one_for_each_task_that_finds_all_occupied() {
    let pool = ThreadPoolExecutor::new(3).unwrap();
    let mut gates = Vec::new();
    for expected in [1, 2, 3, 3] {
        gates.push(saturate(&pool, 1));
        assert_eq!(pool.workers(), expected);
    }
    for (gate, futures) in gates {
        gate.open();
        futures[0].result(LIMIT).unwrap();
    }
    assert_eq!(pool.workers(), 3, "idle threads stay");
}

#[test]
fn a_saturated_pool_uses_all_its_threads_and_no_more() {
    let pool = named(4, "saturated");
    let (gate, futures) = saturate(&pool, 61);
    assert_eq!(pool.workers(), 4);
    gate.open();
    let names: HashSet<_> = futures
        .iter()
        .map(|future| future.result(LIMIT).unwrap())
        .collect();
    assert!(names.len() <= 4, "{names:?}");
    assert_eq!(pool.workers(), 4);
}

#[test]
fn tasks_really_run_side_by_side() {
    let pool = ThreadPoolExecutor::new(4).unwrap();
    let barrier = Arc::new(std::sync::Barrier::new(4));
    let futures: Vec<_> = (0..4)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            pool.submit(move || barrier.wait().is_leader()).unwrap()
        })
        .collect();
    let leaders = futures
        .iter()
        .filter(|future| future.result(LIMIT).unwrap());
    assert_eq!(leaders.count(), 1);
}

#[test]
fn threads_are_called_by_prefix_and_number_and_futures_know_it() {
    let pool = named(3, "crunch");
    let barrier = Arc::new(std::sync::Barrier::new(3));
    let futures: Vec<_> = (0..3)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            pool.submit(move || {
                barrier.wait();
                thread::current().name().unwrap().to_owned()
            })
            .unwrap()
        })
        .collect();
    let mut names: Vec<_> = futures
        .iter()
        .map(|future| future.result(LIMIT).unwrap())
        .collect();
    for (future, name) in futures.iter().zip(&names) {
        assert_eq!(future.worker().as_ref(), Some(name));
    }
    names.sort();
    assert_eq!(names, ["crunch_0", "crunch_1", "crunch_2"]);
}

#[test]
fn without_a_prefix_threads_are_called_after_the_executor_and_its_number() {
    let [one, two] = [(); 2].map(|()| {
        let pool = ThreadPoolExecutor::new(1).unwrap();
        let future = pool.submit(|| ()).unwrap();
        future.result(LIMIT).unwrap();
        future.worker().unwrap()
    });
    for name in [&one, &two] {
        assert!(
            name.starts_with("ThreadPoolExecutor-") && name.ends_with("_0"),
            "{name}"
        );
    }
    assert_ne!(one, two);
}

#[test]
fn several_pools_of_different_sizes_work_at_once() {
    let pools = [1, 2, 3].map(|size| ThreadPoolExecutor::new(size).unwrap());
    let filled = pools.each_ref().map(|pool| saturate(pool, 6));
    assert_eq!(pools.each_ref().map(ThreadPoolExecutor::workers), [1, 2, 3]);
    for (gate, futures) in filled {
        gate.open();
        assert!(futures.iter().all(|future| future.result(LIMIT).is_ok()));
    }
}

#[test]
fn one_thread_runs_tasks_in_the_order_of_their_submission() {
    let (pool, gate, _running) = busy_pool_of_one();
    let order = Arc::new(Mutex::new(Vec::new()));
    let futures: Vec<_> = (0..100)
        .map(|n| {
            let order = Arc::clone(&order);
            pool.submit(move || order.lock().unwrap().push(n)).unwrap()
        })
        .collect();
    gate.open();
    futures.last().unwrap().result(LIMIT).unwrap();
    assert!(order.lock().unwrap().iter().copied().eq(0..100));
}

#[test]
fn each_submitter_finds_its_own_order_kept() {
    let (pool, gate, _running) = busy_pool_of_one();
    let order = Arc::new(Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for submitter in 0..4 {
            let (pool, order) = (&pool, Arc::clone(&order));
            scope.spawn(move || {
                for n in 0..200 {
                    let order = Arc::clone(&order);
                    pool.submit(move || order.lock().unwrap().push((submitter, n)))
                        .unwrap();
                }
            });
        }
    });
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
    let order = order.lock().unwrap();
    for submitter in 0..4 {
        let own = order
            .iter()
            .filter(|(who, _)| *who == submitter)
            .map(|(_, n)| *n);
        assert!(own.eq(0..200));
    }
}

#[test]
fn a_queued_task_can_be_cancelled_and_never_runs() {
    let (pool, gate, running) = busy_pool_of_one();
    let ran = Arc::new(AtomicU32::new(0));
    let queued = pool
        .submit({
            let ran = Arc::clone(&ran);
            move || ran.fetch_add(1, Ordering::SeqCst)
        })
        .unwrap();
    assert!(!running.cancel(), "it runs");
    assert!(queued.cancel());
    assert!(queued.result(None).unwrap_err().is_cancelled());
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(
        (ran.load(Ordering::SeqCst), Arc::strong_count(&ran)),
        (0, 1)
    );
    assert_eq!((queued.times().started, queued.worker()), (None, None));
}

#[test]
fn a_fallible_task_gives_its_value_or_its_own_error() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let twelve = pool.try_submit(|| "12".parse::<u32>()).unwrap();
    assert_eq!(twelve.result(LIMIT).unwrap(), 12);

    let failed = pool.try_submit(|| "twelve".parse::<u32>()).unwrap();
    let error = failed.exception(LIMIT).unwrap().unwrap();
    let task = error.task().unwrap();
    assert_eq!(task.message(), "invalid digit found in string");
    let source = std::error::Error::source(task).unwrap();
    assert!(source.downcast_ref::<ParseIntError>().is_some());
    assert_eq!(
        error.to_string(),
        "the task failed: invalid digit found in string"
    );
}

#[test]
fn a_task_may_submit_to_its_own_pool_and_wait_while_a_thread_is_free() {
    let pool = Arc::new(ThreadPoolExecutor::new(3).unwrap());
    let outer = pool
        .submit({
            let pool = Arc::clone(&pool);
            move || {
                let inner = Arc::clone(&pool);
                let middle =
                    pool.submit(move || inner.submit(|| 20).unwrap().result(LIMIT).unwrap() + 1);
                middle.unwrap().result(LIMIT).unwrap() + 1
            }
        })
        .unwrap();
    assert_eq!(outer.result(LIMIT).unwrap(), 22);
    assert_eq!(pool.workers(), 3);
}

#[test]
fn a_task_that_waits_on_its_own_pool_of_one_starves_until_its_time_is_over() {
    let pool = Arc::new(ThreadPoolExecutor::new(1).unwrap());
    let outer = pool
        .submit({
            let pool = Arc::clone(&pool);
            move || {
                let inner = pool.submit(|| 1).unwrap();
                (
                    inner
                        .result(crate::support::MOMENT)
                        .unwrap_err()
                        .is_timeout(),
                    inner,
                )
            }
        })
        .unwrap();
    let (starved, inner) = outer.result(LIMIT).unwrap();
    assert!(starved);
    assert_eq!(inner.result(LIMIT).unwrap(), 1);
}

#[test]
fn what_a_task_captured_is_dropped_before_its_result_is_seen() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let captured = Arc::new(());
    for _ in 0..100 {
        let inner = Arc::clone(&captured);
        pool.submit(move || drop(inner.clone()))
            .unwrap()
            .result(LIMIT)
            .unwrap();
        assert_eq!(Arc::strong_count(&captured), 1);
    }
}

#[test]
fn a_value_that_is_not_wanted_any_more_is_dropped() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (sender, receiver) = channel::<()>();
    drop(pool.submit(move || sender).unwrap());
    // It says that the sender is gone, and with it the value.
    assert!(receiver.recv_timeout(LIMIT).is_err());
}

#[test]
fn tasks_of_many_threads_all_get_done() {
    let pool = ThreadPoolExecutor::new(4).unwrap();
    let sum: u64 = thread::scope(|scope| {
        let submitters: Vec<_> = (0..4_u64)
            .map(|who| {
                let pool = &pool;
                scope.spawn(move || {
                    let futures: Vec<_> = (0..1000)
                        .map(|n| pool.submit(move || who * 1000 + n).unwrap())
                        .collect();
                    futures
                        .iter()
                        .map(|future| future.result(LIMIT).unwrap())
                        .sum::<u64>()
                })
            })
            .collect();
        submitters
            .into_iter()
            .map(|submitter| submitter.join().unwrap())
            .sum()
    });
    assert_eq!(sum, (0..4000).sum());
    assert!(pool.workers() <= 4);
}

#[test]
fn pools_may_be_used_from_the_workers_of_other_pools() {
    let inner = Arc::new(ThreadPoolExecutor::new(1).unwrap());
    let outer = ThreadPoolExecutor::new(2).unwrap();
    let futures: Vec<_> = (0..10)
        .map(|n| {
            let inner = Arc::clone(&inner);
            outer.submit(move || inner.submit(move || n * 2).unwrap().result(LIMIT).unwrap())
        })
        .collect();
    let sum: i32 = futures
        .into_iter()
        .map(|future| future.unwrap().result(LIMIT).unwrap())
        .sum();
    assert_eq!(sum, 90);
}

#[test]
fn a_thousand_executors_come_and_go() {
    for n in 0..1000 {
        let pool = ThreadPoolExecutor::new(2).unwrap();
        let futures = [0, 1].map(|more| pool.submit(move || n + more).unwrap());
        assert_eq!(
            futures.map(|future| future.result(LIMIT).unwrap()),
            [n, n + 1]
        );
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(pool.workers(), 0);
    }
}

#[test]
fn code_for_any_executor_runs_on_a_thread_pool() {
    fn double(executor: &impl Executor) -> Result<Future<u32>, Error> {
        executor.submit(|n: u32| n * 2, 4)
    }
    let pool = ThreadPoolExecutor::new(1).unwrap();
    assert_eq!(double(&pool).unwrap().result(LIMIT).unwrap(), 8);
}

#[test]
fn a_future_of_a_pool_notes_when_it_ran() {
    let (pool, gate, running) = busy_pool_of_one();
    assert!(running.running() && running.times().started.is_some());
    let (promise, called) = Promise::new();
    running.add_done_callback(move |running| promise.set_result(running.times()).unwrap());
    gate.open();
    let times = called.result(LIMIT).unwrap();
    assert!(times.submitted <= times.started.unwrap());
    assert!(times.started <= times.finished);
    pool.shutdown(Shutdown::default()).unwrap();
}
