//! `AsyncExecutor`: coroutines on the thread's own event loop, in order, so many at a time, and to the end.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    AsyncExecutor, Error, Executor, Future, MapOptions, Promise, ReturnWhen, Shutdown,
    ThreadPoolExecutor, as_completed, run, wait, wait_async,
};

use crate::support::{Gate, LIMIT, MOMENT};

/// Lets the event loop turn once.
async fn turn() {
    let mut turned = false;
    poll_fn(|context| {
        if std::mem::replace(&mut turned, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[test]
fn a_coroutine_is_run_in_a_turn_of_the_loop_and_its_value_awaited() {
    run(async {
        let executor = AsyncExecutor::new(None).unwrap();
        let ran = Rc::new(Cell::new(false));
        let future = executor
            .submit({
                let ran = Rc::clone(&ran);
                async move {
                    turn().await;
                    ran.set(true);
                    7
                }
            })
            .unwrap();
        assert!(!ran.get() && !future.done() && !future.running());
        assert_eq!(future.clone().await.unwrap(), 7);
        assert!(ran.get() && future.done());
        assert_eq!(
            future.result(None).unwrap(),
            7,
            "what is done needs no loop"
        );
    });
}

#[test]
fn ten_thousand_at_once_are_ordinary() {
    run(async {
        let executor = AsyncExecutor::new(None).unwrap();
        let gate = Gate::new();
        let futures: Vec<_> = (0..10_000_u64)
            .map(|n| {
                let opened = gate.opened.clone();
                let coroutine = async move {
                    opened.await.unwrap();
                    n
                };
                executor.submit(coroutine).unwrap()
            })
            .collect();
        turn().await;
        assert!(futures.iter().all(Future::running));
        gate.open();
        let found = wait_async(futures, None, ReturnWhen::AllCompleted).await;
        let sum: u64 = found
            .done
            .iter()
            .map(|future| future.result(None).unwrap())
            .sum();
        assert_eq!(sum, 49_995_000);
    });
}

#[test]
fn they_begin_in_order_and_no_more_run_at_a_time_than_there_are_places() {
    run(async {
        let executor = AsyncExecutor::new(3).unwrap();
        let begun = Rc::new(RefCell::new(Vec::new()));
        let (running, most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let futures: Vec<_> = (0..20)
            .map(|n| {
                let (begun, running) = (Rc::clone(&begun), Rc::clone(&running));
                let most = Rc::clone(&most);
                let coroutine = async move {
                    begun.borrow_mut().push(n);
                    running.set(running.get() + 1);
                    most.set(most.get().max(running.get()));
                    for _ in 0..n % 4 {
                        turn().await;
                    }
                    running.set(running.get() - 1);
                };
                executor.submit(coroutine).unwrap()
            })
            .collect();
        for future in futures {
            future.await.unwrap();
        }
        assert_eq!(most.get(), 3);
        assert!(begun.take().into_iter().eq(0..20));
    });
}

#[test]
fn what_has_not_begun_can_be_cancelled_and_never_runs() {
    run(async {
        let executor = AsyncExecutor::new(1).unwrap();
        let ran = Rc::new(Cell::new(0));
        let count = || {
            let ran = Rc::clone(&ran);
            async move {
                turn().await;
                ran.set(ran.get() + 1);
            }
        };
        let [first, second, third] = [(); 3].map(|()| executor.submit(count()).unwrap());
        assert!(second.cancel(), "even before the loop has turned");
        turn().await;
        assert!(first.running() && !first.cancel());
        third.await.unwrap();
        assert!(second.clone().await.unwrap_err().is_cancelled());
        assert_eq!(ran.get(), 2);
    });
}

#[test]
fn a_panic_is_the_futures_error_and_the_others_go_on() {
    run(async {
        let executor = AsyncExecutor::new(1).unwrap();
        let failing: Future<()> = executor
            .submit(async {
                turn().await;
                panic!("no luck")
            })
            .unwrap();
        let error = failing.await.unwrap_err();
        assert_eq!(error.task().unwrap().message(), "no luck");
        assert!(
            error
                .task()
                .unwrap()
                .location()
                .unwrap()
                .contains("async_executor.rs:")
        );
        let future = executor.submit(async { 1 }).unwrap();
        assert_eq!(future.await.unwrap(), 1);
    });
}

#[test]
fn a_coroutine_may_fail_by_returning_an_error() {
    run(async {
        let executor = AsyncExecutor::new(None).unwrap();
        let future = executor.try_submit(async { "x".parse::<u32>() }).unwrap();
        let error = future.await.unwrap_err();
        assert!(std::error::Error::source(&error).is_some());
        let future = executor.try_submit(async { "7".parse::<u32>() }).unwrap();
        assert_eq!(future.await.unwrap(), 7);
    });
}

#[test]
fn whoever_would_wait_for_its_own_loop_is_told_so_at_once() {
    fn refused<T>(outcome: Result<T, Error>) {
        let error = outcome.err().unwrap();
        assert!(matches!(error, Error::BlockingNotAllowed(_)), "{error}");
        assert!(error.to_string().contains(".await"));
    }
    run(async {
        let executor = AsyncExecutor::new(None).unwrap();
        let future = executor.submit(pending::<()>()).unwrap();
        refused(future.result(None));
        refused(future.result(LIMIT));
        refused(future.exception(None));
        assert!(future.result(Duration::ZERO).unwrap_err().is_timeout());
        refused(wait([future.clone()], None, ReturnWhen::AllCompleted));
        refused(executor.shutdown(Shutdown::default()));
        let mut completed = as_completed([future.clone()], None);
        refused(completed.next().unwrap());
        assert!(completed.next().is_none());

        let (promise, other) = Promise::new();
        let futures = [future.clone(), other];
        refused(wait(futures.clone(), None, ReturnWhen::AllCompleted));
        let ender = thread::spawn(move || promise.set_result(()).unwrap());
        let found = wait(futures.clone(), LIMIT, ReturnWhen::FirstCompleted).unwrap();
        assert_eq!(found.done.len(), 1, "somebody else could end one of them");
        ender.join().unwrap();
        let mut completed = as_completed(futures, LIMIT);
        assert!(completed.next().unwrap().unwrap().done());
        refused(completed.next().unwrap());
    });
}

#[test]
fn another_thread_may_block_for_it() {
    run(async {
        let executor = AsyncExecutor::new(None).unwrap();
        let gate = Gate::new();
        let opened = gate.opened.clone();
        let future = executor
            .submit(async move { opened.await.is_ok() })
            .unwrap();
        let threads = ThreadPoolExecutor::new(1).unwrap();
        let waiter = {
            let future = future.clone();
            threads.submit(move || (future.result(LIMIT), as_completed([future], LIMIT).count()))
        };
        let waiter = waiter.unwrap();
        turn().await;
        gate.open();
        let (value, count) = waiter.await.unwrap();
        assert!(value.unwrap());
        assert_eq!(count, 1);
    });
}

#[test]
fn values_of_a_map_come_in_order_and_lazily() {
    run(async {
        let executor = AsyncExecutor::new(4).unwrap();
        let later = async |n: u32| {
            for _ in n..10 {
                turn().await;
            }
            n * n
        };
        let mut squares = executor.map(later, 0..10).unwrap();
        for n in 0..10 {
            assert_eq!(squares.next_async().await.unwrap().unwrap(), n * n);
        }
        assert!(squares.next_async().await.is_none());

        let pulled = Cell::new(0);
        let endless = (0..).inspect(|_| pulled.set(pulled.get() + 1));
        let options = MapOptions {
            buffersize: Some(3),
            ..MapOptions::default()
        };
        let mut squares = executor.map_with(later, endless, options).unwrap();
        assert_eq!(pulled.get(), 3);
        assert_eq!(squares.next_async().await.unwrap().unwrap(), 0);
        assert_eq!(pulled.get(), 4);
    });
}

#[test]
fn a_map_that_takes_too_long_cancels_what_has_not_begun() {
    run(async {
        let executor = AsyncExecutor::new(1).unwrap();
        let begun = Rc::new(Cell::new(0));
        let counted = Rc::clone(&begun);
        let options = MapOptions {
            timeout: Some(MOMENT),
            ..MapOptions::default()
        };
        let stuck = async move |_: u32| {
            counted.set(counted.get() + 1);
            pending::<()>().await;
        };
        let mut values = executor.map_with(stuck, 0..5, options).unwrap();
        assert!(values.next_async().await.unwrap().unwrap_err().is_timeout());
        assert!(values.next_async().await.is_none());
        assert_eq!(begun.get(), 1);
    });
}

#[test]
fn a_plain_function_is_run_too() {
    run(async {
        let executor = AsyncExecutor::new(None).unwrap();
        let future = Executor::submit(&executor, |n: u32| n + 1, 1).unwrap();
        assert_eq!(future.await.unwrap(), 2);
    });
}

#[test]
fn after_a_shutdown_nothing_is_accepted_and_what_was_queued_still_runs() {
    run(async {
        let executor = AsyncExecutor::new(1).unwrap();
        let futures: Vec<_> = (0..5)
            .map(|n| {
                let coroutine = async move {
                    turn().await;
                    n
                };
                executor.submit(coroutine).unwrap()
            })
            .collect();
        let ended = executor.shutdown_async(false);
        assert!(matches!(executor.submit(async {}), Err(Error::Shutdown)));
        ended.await;
        assert!(futures.iter().all(Future::done));
        assert_eq!(futures[4].result(None).unwrap(), 4);
        executor.shutdown_async(false).await;
        executor.shutdown(Shutdown::default()).unwrap();
    });
}

#[test]
fn a_shutdown_may_cancel_what_has_not_begun() {
    run(async {
        let executor = AsyncExecutor::new(None).unwrap();
        let running = executor.submit(turn()).unwrap();
        turn().await;
        let queued = executor.submit(turn()).unwrap();
        let ended = executor.shutdown_async(true);
        assert!(queued.cancelled() && running.running());
        ended.await;
        assert!(running.result(None).is_ok());
    });
}

#[test]
fn dropping_the_executor_lets_what_is_queued_run() {
    run(async {
        let executor = AsyncExecutor::new(1).unwrap();
        let futures = [1, 2, 3].map(|n| executor.submit(async move { n }).unwrap());
        drop(executor);
        for (future, n) in futures.into_iter().zip(1..) {
            assert_eq!(future.await.unwrap(), n);
        }
    });
}

#[test]
fn what_is_left_when_the_loop_ends_is_ended_with_it() {
    let executor = AsyncExecutor::new(1).unwrap();
    let (running, queued) = run(async {
        let running = executor.submit(pending::<()>()).unwrap();
        let queued = executor.submit(async {}).unwrap();
        turn().await;
        (running, queued)
    });
    let error = running.result(None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the event loop is broken: it ended before the coroutine did"
    );
    assert!(queued.result(None).unwrap_err().is_cancelled());

    let unbegun = run(async { [executor.submit(async {}).unwrap()] });
    assert!(unbegun[0].result(None).unwrap_err().is_cancelled());

    let value = run(async { executor.submit(async { 5 }).unwrap().await });
    assert_eq!(value.unwrap(), 5, "the next loop takes up its work");
}

#[test]
fn without_a_loop_nothing_is_accepted() {
    let executor = AsyncExecutor::new(None).unwrap();
    let error = executor.submit(async {}).unwrap_err();
    assert!(matches!(error, Error::NoEventLoop));
    assert!(error.to_string().contains("concurrent_futures::run"));
}

#[test]
fn a_loop_inside_a_loop_is_refused() {
    let panic = catch_unwind(AssertUnwindSafe(|| run(async { run(async {}) }))).unwrap_err();
    let message = panic.downcast_ref::<&str>().unwrap();
    assert!(message.contains("an event loop runs already"), "{message}");
    assert_eq!(run(async { 1 }), 1, "the thread is none the worse for it");
}

#[test]
fn no_places_at_all_are_refused() {
    let error = AsyncExecutor::new(0).unwrap_err();
    assert!(matches!(error, Error::Value(_)));
    assert_eq!(error.to_string(), "max_workers must be greater than 0");
}

#[test]
fn a_callback_runs_on_the_loops_thread_and_may_submit() {
    run(async {
        let executor = Rc::new(AsyncExecutor::new(1).unwrap());
        let (sender, receiver) = channel();
        let future = executor.submit(async { 3 }).unwrap();
        future.add_done_callback(move |future| {
            sender
                .send((thread::current().id(), future.result(None).unwrap()))
                .unwrap();
        });
        future.await.unwrap();
        assert_eq!(receiver.recv().unwrap(), (thread::current().id(), 3));
    });
}

/// Panics when it is dropped.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        assert!(thread::panicking(), "dropped");
    }
}

#[test]
fn what_a_coroutine_leaves_behind_may_panic() {
    run(async {
        let executor = AsyncExecutor::new(1).unwrap();
        let captured = Grenade;
        let with_capture = async move {
            let _captured = captured;
        };
        let failing = executor.submit(with_capture).unwrap();
        let value = executor.submit(async { Arc::new(Grenade) }).unwrap();
        drop(value);
        let grenade = Grenade;
        let cancelled = executor
            .submit(async move {
                let _grenade = &grenade;
                pending::<()>().await;
            })
            .unwrap();
        cancelled.cancel();
        let last = executor.submit(async { 2 }).unwrap();
        assert_eq!(
            failing.await.unwrap_err().task().unwrap().message(),
            "dropped"
        );
        assert_eq!(last.await.unwrap(), 2);
    });
}

#[test]
fn a_loop_sleeps_until_another_thread_wakes_a_coroutine() {
    for _ in 0..200 {
        let (promise, future) = Promise::new();
        let ender = thread::spawn(move || promise.set_result(9).unwrap());
        let value = run(async {
            let executor = AsyncExecutor::new(None).unwrap();
            executor.submit(future).unwrap().await
        });
        assert_eq!(value.unwrap().unwrap(), 9);
        ender.join().unwrap();
    }
}
