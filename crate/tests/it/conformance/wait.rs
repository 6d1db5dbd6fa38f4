//! `test_wait.py`. A cancelled future counts as done at once here, whether its executor has met it or not.

use std::time::Duration;

use concurrent_futures::{DoneAndNotDone, Executor, Future, ReturnWhen};

use super::kit::{Fixtures, Held, MOMENT, Signal, Subject, World};

use ReturnWhen::{AllCompleted, FirstCompleted, FirstException};

rows! {
    row_025_20369: threads, processes, coroutines, inline;
    row_026_first_completed: threads, processes_natively, coroutines;
    row_027_first_completed_some_already_completed: threads, processes_natively, coroutines;
    row_028_first_exception: threads, processes_natively, coroutines;
    row_029_first_exception_some_already_complete: threads, processes_natively, coroutines;
    row_030_first_exception_one_already_failed: threads, processes_natively, coroutines;
    row_031_all_completed: threads, processes, coroutines, inline;
    row_032_timeout: threads, processes_natively, coroutines;
    row_033_pending_calls_race: threads, processes, coroutines, inline;
}

/// Compares both lists with what is expected in each.
fn check(found: &DoneAndNotDone<u32>, done: &[&Future<u32>], not_done: &[&Future<u32>]) {
    for (found, expected) in [(&found.done, done), (&found.not_done, not_done)] {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for future in expected {
            assert!(found.iter().any(|found| found.is_same(future)), "{found:?}");
        }
    }
}

fn quick(executor: &impl Executor) -> Future<u32> {
    executor.submit(|n: u32| n * n, 3).unwrap()
}

/// A call that runs until the gate opens, and its gate.
fn slow<X: Subject>(executor: &X) -> (Future<u32>, Signal) {
    let gate = Signal::new();
    (executor.hold(Held::at(Signal::new(), gate)), gate)
}

/// Calls on three workers: one that does not end, one that ends well, and one that fails after that.
async fn failing_late<W: World, X: Subject>(executor: &X) -> ([Future<u32>; 3], Signal) {
    let (slow, gate) = slow(executor);
    let (started, go) = (Signal::new(), Signal::new());
    let failing = executor.hold(Held {
        fails: true,
        ..Held::at(started, go)
    });
    let quick = quick(executor);
    W::take(started).await;
    W::result(&quick).await.unwrap();
    // In a moment it fails.
    go.give(1);
    ([slow, failing, quick], gate)
}

async fn row_025_20369<W: World, X: Subject>() {
    let future = quick(&X::new(1));
    let found = W::wait_for(&[future.clone(), future.clone()], None, AllCompleted).await;
    check(&found, &[&future], &[]);
}

async fn row_026_first_completed<W: World, X: Subject>() {
    let executor = X::new(2);
    let (slow, gate) = slow(&executor);
    let quick = quick(&executor);
    let found = W::wait_for(&[quick.clone(), slow.clone()], None, FirstCompleted).await;
    check(&found, &[&quick], &[&slow]);
    let Fixtures { cancelled, .. } = Fixtures::new();
    let found = W::wait_for(&[cancelled.clone(), slow.clone()], None, FirstCompleted).await;
    check(&found, &[&cancelled], &[&slow]);
    gate.give(1);
}

async fn row_027_first_completed_some_already_completed<W: World, X: Subject>() {
    let executor = X::new(2);
    let (slow, gate) = slow(&executor);
    let quick = quick(&executor);
    W::result(&quick).await.unwrap();
    let Fixtures { cancelled, .. } = Fixtures::new();
    let given = [cancelled.clone(), quick.clone(), slow.clone()];
    let found = W::wait_for(&given, None, FirstCompleted).await;
    check(&found, &[&cancelled, &quick], &[&slow]);
    gate.give(1);
}

async fn row_028_first_exception<W: World, X: Subject>() {
    let executor = X::new(3);
    let ([slow, failing, quick], gate) = failing_late::<W, X>(&executor).await;
    let given = [quick.clone(), failing.clone(), slow.clone()];
    let found = W::wait_for(&given, None, FirstException).await;
    check(&found, &[&quick, &failing], &[&slow]);
    gate.give(1);
    W::error(&failing).await;
}

async fn row_029_first_exception_some_already_complete<W: World, X: Subject>() {
    let executor = X::new(3);
    let ([slow, failing, _quick], gate) = failing_late::<W, X>(&executor).await;
    let Fixtures {
        succeeded,
        cancelled,
        ..
    } = Fixtures::new();
    let given = [
        succeeded.clone(),
        cancelled.clone(),
        failing.clone(),
        slow.clone(),
    ];
    let found = W::wait_for(&given, None, FirstException).await;
    check(&found, &[&succeeded, &cancelled, &failing], &[&slow]);
    gate.give(1);
    W::error(&failing).await;
}

async fn row_030_first_exception_one_already_failed<W: World, X: Subject>() {
    let executor = X::new(1);
    let (slow, gate) = slow(&executor);
    let Fixtures { failed, .. } = Fixtures::new();
    let found = W::wait_for(&[failed.clone(), slow.clone()], None, FirstException).await;
    check(&found, &[&failed], &[&slow]);
    gate.give(1);
}

async fn row_031_all_completed<W: World, X: Subject>() {
    let executor = X::new(2);
    let Fixtures {
        cancelled,
        failed,
        succeeded,
        ..
    } = Fixtures::new();
    let failing = executor
        .submit(super::tasks::fail, "no".to_owned())
        .unwrap();
    let quick = quick(&executor);
    let given = [cancelled, failed, succeeded, failing, quick];
    let found = W::wait_for(&given, None, AllCompleted).await;
    check(&found, &given.each_ref(), &[]);
    W::error(&given[3]).await;
}

async fn row_032_timeout<W: World, X: Subject>() {
    let executor = X::new(2);
    let (slow, gate) = slow(&executor);
    let quick = quick(&executor);
    W::result(&quick).await.unwrap();
    let Fixtures {
        failed, cancelled, ..
    } = Fixtures::new();
    let given = [
        failed.clone(),
        cancelled.clone(),
        quick.clone(),
        slow.clone(),
    ];
    for timeout in [Duration::ZERO, MOMENT] {
        let found = W::wait_for(&given, Some(timeout), AllCompleted).await;
        check(&found, &[&failed, &cancelled, &quick], &[&slow]);
    }
    gate.give(1);
}

async fn row_033_pending_calls_race<W: World, X: Subject>() {
    let executor = X::new(4);
    for _ in 0..20 {
        let futures: Vec<_> = (0..100).map(|_| quick(&executor)).collect();
        let found = W::wait_for(&futures, None, AllCompleted).await;
        assert_eq!((found.done.len(), found.not_done.len()), (100, 0));
    }
}
