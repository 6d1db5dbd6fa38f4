//! The end of an executor: what still runs, what is cancelled, and when the threads are gone.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;

use concurrent_futures::{
    Error, Executor, ProcessPoolExecutor, Shutdown, ThreadPoolExecutor, wait,
};
use pollster::block_on;

use crate::support::{LIMIT, Obituaries, busy_pool_of_one, pass};

const WAIT: Shutdown = Shutdown {
    wait: true,
    cancel_futures: false,
};
const DO_NOT_WAIT: Shutdown = Shutdown {
    wait: false,
    cancel_futures: false,
};
const CANCEL: Shutdown = Shutdown {
    wait: true,
    cancel_futures: true,
};
const CANCEL_DO_NOT_WAIT: Shutdown = Shutdown {
    wait: false,
    cancel_futures: true,
};

#[test]
fn by_default_it_waits_and_lets_what_is_queued_run() {
    assert_eq!(Shutdown::default(), WAIT);
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let futures: Vec<_> = (0..50).map(|n| pool.submit(move || n).unwrap()).collect();
    pool.shutdown(Shutdown::default()).unwrap();
    assert!(futures.iter().all(concurrent_futures::Future::done));
    assert_eq!(pool.workers(), 0);
    let values = futures.iter().map(|future| future.result(None).unwrap());
    assert!(values.eq(0..50));
}

#[test]
fn nothing_can_be_submitted_afterwards() {
    let threads = ThreadPoolExecutor::new(1).unwrap();
    threads.shutdown(DO_NOT_WAIT).unwrap();
    let processes = ProcessPoolExecutor::new(1).unwrap();
    processes.shutdown(DO_NOT_WAIT).unwrap();
    let errors = [
        threads.submit(|| ()).unwrap_err(),
        threads.try_submit(|| "1".parse::<u32>()).unwrap_err(),
        threads.map(|n: u32| n, [1]).unwrap_err(),
        processes.submit(|n: u32| n, 1).unwrap_err(),
        processes.map(|n: u32| n, [1]).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, Error::Shutdown), "{error:?}");
        assert_eq!(
            error.to_string(),
            "cannot schedule new futures after shutdown"
        );
    }
    let nothing: [u32; 0] = [];
    assert_eq!(threads.map(|n: u32| n, nothing).unwrap().count(), 0);
}

#[test]
fn it_may_be_repeated_and_need_not_have_been_used() {
    for how in [WAIT, DO_NOT_WAIT, CANCEL, CANCEL_DO_NOT_WAIT] {
        let pool = ThreadPoolExecutor::new(1).unwrap();
        pool.shutdown(how).unwrap();
        pool.shutdown(how).unwrap();
        pool.shutdown(WAIT).unwrap();
        assert_eq!(pool.workers(), 0);
    }
}

#[test]
fn what_is_queued_is_cancelled_on_demand_and_what_runs_goes_on() {
    let (pool, gate, running) = busy_pool_of_one();
    let queued: Vec<_> = (0..50).map(|n| pool.submit(move || n).unwrap()).collect();
    pool.shutdown(CANCEL_DO_NOT_WAIT).unwrap();
    assert!(queued.iter().all(concurrent_futures::Future::cancelled));
    assert!(running.running());
    let found = wait(queued, LIMIT, concurrent_futures::ReturnWhen::AllCompleted).unwrap();
    assert_eq!(found.done.len(), 50, "nobody waits for what was cancelled");
    gate.open();
    pool.shutdown(WAIT).unwrap();
    assert!(running.result(None).is_ok());
}

#[test]
fn callbacks_of_what_it_cancels_run() {
    let (pool, gate, _running) = busy_pool_of_one();
    let (sender, receiver) = channel();
    for _ in 0..3 {
        let sender = sender.clone();
        let queued = pool.submit(|| ()).unwrap();
        queued.add_done_callback(move |future| sender.send(future.cancelled()).unwrap());
    }
    pool.shutdown(CANCEL_DO_NOT_WAIT).unwrap();
    drop(sender);
    gate.open();
    assert!(receiver.iter().eq([true; 3]));
}

#[test]
fn without_waiting_it_returns_while_the_work_goes_on() {
    let (pool, gate, running) = busy_pool_of_one();
    let queued = pool.submit(|| 2).unwrap();
    pool.shutdown(DO_NOT_WAIT).unwrap();
    assert!(running.running() && !queued.done());
    gate.open();
    assert_eq!(queued.result(LIMIT).unwrap(), 2);
    pool.shutdown(WAIT).unwrap();
}

#[test]
fn a_second_shutdown_may_still_cancel_what_is_queued() {
    let (pool, gate, _running) = busy_pool_of_one();
    let queued = pool.submit(|| 2).unwrap();
    pool.shutdown(DO_NOT_WAIT).unwrap();
    assert!(!queued.done());
    pool.shutdown(CANCEL_DO_NOT_WAIT).unwrap();
    assert!(queued.cancelled());
    pool.shutdown(DO_NOT_WAIT).unwrap();
    gate.open();
    pool.shutdown(WAIT).unwrap();
}

#[test]
fn what_was_cancelled_by_hand_does_not_hold_it_up() {
    let (pool, gate, _running) = busy_pool_of_one();
    let queued: Vec<_> = (0..10).map(|_| pool.submit(|| ()).unwrap()).collect();
    assert!(queued.iter().all(concurrent_futures::Future::cancel));
    gate.open();
    pool.shutdown(WAIT).unwrap();
    assert_eq!(pool.workers(), 0);
}

#[test]
fn when_it_has_waited_the_threads_have_ended() {
    let obituaries = Obituaries::new();
    let pool = ThreadPoolExecutor::new(3).unwrap();
    let barrier = Arc::new(Barrier::new(3));
    for _ in 0..3 {
        let (watch, barrier) = (obituaries.watcher(), Arc::clone(&barrier));
        pool.submit(move || {
            watch();
            barrier.wait();
        })
        .unwrap();
    }
    pool.shutdown(WAIT).unwrap();
    assert_eq!(pool.workers(), 0);
    for _ in 0..3 {
        obituaries.wait_for_one();
    }
}

#[test]
fn a_dropped_executor_lets_what_is_queued_run_and_then_its_threads_end() {
    let obituaries = Obituaries::new();
    let (pool, gate, _running) = busy_pool_of_one();
    let queued: Vec<_> = (0..20).map(|n| pool.submit(move || n).unwrap()).collect();
    pool.submit(obituaries.watcher()).unwrap();
    drop(pool);
    gate.open();
    for (n, future) in (0..).zip(queued) {
        assert_eq!(future.result(LIMIT).unwrap(), n);
    }
    obituaries.wait_for_one();
}

#[test]
fn an_idle_executor_that_is_dropped_leaves_no_thread() {
    let obituaries = Obituaries::new();
    let pool = ThreadPoolExecutor::new(1).unwrap();
    pool.submit(obituaries.watcher())
        .unwrap()
        .result(LIMIT)
        .unwrap();
    drop(pool);
    obituaries.wait_for_one();
}

#[test]
fn a_task_may_begin_the_shutdown_of_its_own_pool() {
    let pool = Arc::new(ThreadPoolExecutor::new(1).unwrap());
    let inner = Arc::clone(&pool);
    let future = pool
        .submit(move || inner.shutdown(CANCEL_DO_NOT_WAIT).is_ok())
        .unwrap();
    assert!(future.result(LIMIT).unwrap());
    pool.shutdown(WAIT).unwrap();
}

#[test]
fn a_worker_that_waits_for_the_end_of_its_own_pool_gets_an_error_and_the_shutdown_begins() {
    let pool = Arc::new(ThreadPoolExecutor::new(1).unwrap());
    let inner = Arc::clone(&pool);
    let error = pool
        .submit(move || inner.shutdown(WAIT).unwrap_err())
        .unwrap()
        .result(LIMIT)
        .unwrap();
    assert!(matches!(error, Error::Runtime(_)), "{error:?}");
    assert!(matches!(pool.submit(|| ()), Err(Error::Shutdown)));
    pool.shutdown(WAIT).unwrap();

    // In a done callback too, which a worker runs.
    let (pool, gate, running) = busy_pool_of_one();
    let pool = Arc::new(pool);
    let (sender, receiver) = channel();
    running.add_done_callback({
        let pool = Arc::clone(&pool);
        move |_| sender.send(pool.shutdown(WAIT).unwrap_err()).unwrap()
    });
    gate.open();
    let error = receiver.recv_timeout(LIMIT).unwrap();
    assert!(matches!(error, Error::Runtime(_)), "{error:?}");
    pool.shutdown(WAIT).unwrap();
}

#[test]
fn a_worker_may_wait_for_the_end_of_another_pool() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let other = ThreadPoolExecutor::new(1).unwrap();
    let future = other.submit(|| 1).unwrap();
    let ended = pool.submit(move || other.shutdown(WAIT).is_ok()).unwrap();
    assert!(ended.result(LIMIT).unwrap());
    assert_eq!(future.result(LIMIT).unwrap(), 1);
}

#[test]
fn many_may_wait_for_the_same_end() {
    let (pool, gate, _running) = busy_pool_of_one();
    let awaited = [pool.shutdown_async(false), pool.shutdown_async(false)];
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| pool.shutdown(WAIT).unwrap());
        }
        for ended in awaited {
            scope.spawn(|| block_on(ended));
        }
        gate.open();
    });
    assert_eq!(pool.workers(), 0);
}

#[test]
fn an_awaited_shutdown_begins_at_once_and_is_ready_when_the_threads_are_gone() {
    let (pool, gate, running) = busy_pool_of_one();
    let queued = pool.submit(|| ()).unwrap();
    let ended = pool.shutdown_async(true);
    assert!(queued.cancelled());
    assert!(pool.submit(|| ()).is_err());
    gate.open();
    block_on(ended);
    assert!(running.done());
    assert_eq!(pool.workers(), 0);

    block_on(ThreadPoolExecutor::new(1).unwrap().shutdown_async(false));
    block_on(ProcessPoolExecutor::new(1).unwrap().shutdown_async(false));
}

#[test]
fn process_pools_end_likewise() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    let futures: Vec<_> = (0..50)
        .map(|n| pool.submit(|n: u32| n, n).unwrap())
        .collect();
    pool.shutdown(WAIT).unwrap();
    assert_eq!(pool.workers(), 0);
    assert!(
        futures
            .iter()
            .map(|future| future.result(None).unwrap())
            .eq(0..50)
    );

    let pool = ProcessPoolExecutor::new(1).unwrap();
    let futures: Vec<_> = (0..50)
        .map(|n| pool.submit(|n: u32| n, n).unwrap())
        .collect();
    pool.shutdown(CANCEL).unwrap();
    for (n, future) in (0..).zip(&futures) {
        match future.result(None) {
            Ok(value) => assert_eq!(value, n),
            Err(error) => assert!(error.is_cancelled()),
        }
    }
}

/// Several threads submit while another shuts down: whatever was accepted ends, whatever was not says why.
fn race_submits_against(how: Shutdown) {
    for _ in 0..100 {
        let pool = ThreadPoolExecutor::new(2).unwrap();
        let barrier = Barrier::new(3);
        let ran = Arc::new(AtomicU32::new(0));
        let accepted: Vec<_> = thread::scope(|scope| {
            let submitters = [(); 2].map(|()| {
                scope.spawn(|| {
                    barrier.wait();
                    let mut accepted = Vec::new();
                    for _ in 0..50 {
                        let ran = Arc::clone(&ran);
                        match pool.submit(move || ran.fetch_add(1, Ordering::SeqCst)) {
                            Ok(future) => accepted.push(future),
                            Err(error) => {
                                assert!(matches!(error, Error::Shutdown));
                                break;
                            }
                        }
                    }
                    accepted
                })
            });
            barrier.wait();
            pool.shutdown(how).unwrap();
            submitters
                .into_iter()
                .flat_map(|submitter| submitter.join().unwrap())
                .collect()
        });
        let mut finished = 0;
        for future in &accepted {
            match future.result(LIMIT) {
                Ok(_) => finished += 1,
                Err(error) => assert!(how.cancel_futures && error.is_cancelled(), "{error:?}"),
            }
        }
        assert_eq!(ran.load(Ordering::SeqCst), finished);
        pool.shutdown(WAIT).unwrap();
    }
}

#[test]
fn what_is_submitted_while_it_shuts_down_runs_or_is_refused() {
    race_submits_against(WAIT);
    race_submits_against(DO_NOT_WAIT);
}

#[test]
fn what_is_submitted_while_it_cancels_ends_or_is_refused() {
    race_submits_against(CANCEL);
    race_submits_against(CANCEL_DO_NOT_WAIT);
}

#[test]
fn a_callback_that_submits_after_the_shutdown_is_refused_and_harms_nobody() {
    let (pool, gate, running) = busy_pool_of_one();
    let pool = Arc::new(pool);
    let (sender, receiver) = channel();
    running.add_done_callback({
        let pool = Arc::downgrade(&pool);
        move |_| {
            let refused = pool
                .upgrade()
                .is_none_or(|pool| pool.submit(|| ()).is_err());
            sender.send(refused).unwrap();
        }
    });
    pool.shutdown(DO_NOT_WAIT).unwrap();
    gate.open();
    assert!(receiver.recv_timeout(LIMIT).unwrap());
    pool.shutdown(WAIT).unwrap();
    pass(&running);
}
