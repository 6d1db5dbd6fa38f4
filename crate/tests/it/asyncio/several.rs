//! Several at once, and what takes too long: `gather`, `shield`, `wait`, `as_completed`, `wait_for`, `timeout`.

use std::time::Duration;

use concurrent_futures::asyncio::{
    Event, as_completed, create_task, gather, shield, sleep, timeout, wait, wait_for,
};
use concurrent_futures::{Error, ReturnWhen};
use futures_util::StreamExt;

use super::{LIMIT, Log, endless, failing, turn};

/// As short as a time can be.
const SHORT: Duration = Duration::from_millis(1);

tests! {
    gather_gives_values_in_the_order_of_the_arguments
    gather_fails_with_the_first_error_and_the_others_go_on
    gather_puts_errors_among_the_results_when_it_is_asked_to
    gather_cancels_all_when_it_is_cancelled_and_is_not_cancelled_by_one
    gather_runs_the_same_task_once
    a_gather_that_nobody_awaited_leaves_its_tasks_alone
    shield_keeps_cancelling_away_from_what_it_shields
    wait_tells_what_is_done_when_all_are_when_one_is_and_when_one_fails
    wait_comes_back_after_its_time_and_cancels_nothing
    wait_refuses_nothing_at_all
    as_completed_gives_the_tasks_themselves_as_they_are_done
    as_completed_ends_with_a_timeout_and_cancels_nothing
    wait_for_gives_the_value_in_time_and_cancels_what_is_late
    wait_for_starts_nothing_without_time_but_takes_what_is_there
    wait_for_is_cancelled_with_what_it_waits_for
    timeout_drops_its_body_when_the_time_is_over
    timeout_can_be_moved_while_its_body_runs
    of_two_timeouts_the_outer_one_may_be_first
}

async fn gather_gives_values_in_the_order_of_the_arguments() {
    let (first, second) = (Event::new(), Event::new());
    let values = gather(
        [(first.clone(), second.clone(), 1), (second, first, 2)].map(
            |(mine, other, n)| async move {
                if n == 1 {
                    other.wait().await;
                }
                mine.set();
                n
            },
        ),
    );
    assert_eq!(values.await.unwrap(), [1, 2]);
    let none: Vec<std::future::Ready<()>> = Vec::new();
    assert!(gather(none).await.unwrap().is_empty());
}

async fn gather_fails_with_the_first_error_and_the_others_go_on() {
    let event = Event::new();
    let other = create_task({
        let event = event.clone();
        async move {
            event.wait().await;
            1
        }
    })
    .unwrap();
    let error = gather([other.clone(), failing("first")]).await.unwrap_err();
    assert_eq!(error.task().unwrap().message(), "first");
    assert!(!other.cancelling() && !other.done());
    event.set();
    assert_eq!(other.await.unwrap(), 1);
}

async fn gather_puts_errors_among_the_results_when_it_is_asked_to() {
    let cancelled = endless();
    cancelled.cancel();
    let tasks = [create_task(async { 1 }).unwrap(), failing("no"), cancelled];
    let outcomes = gather(tasks).return_exceptions().await;
    assert!(
        matches!(
            outcomes[..],
            [Ok(1), Err(Error::Task(_)), Err(Error::Cancelled)]
        ),
        "{outcomes:?}"
    );
}

async fn gather_cancels_all_when_it_is_cancelled_and_is_not_cancelled_by_one() {
    let tasks = [endless(), endless()];
    let gathering = create_task(gather(tasks.clone())).unwrap();
    turn().await;
    gathering.cancel();
    assert!((&gathering).await.unwrap_err().is_cancelled());
    for task in tasks {
        assert!(task.await.unwrap_err().is_cancelled());
    }
    let [one, other] = [endless(), endless()];
    let gathering = create_task(gather([one.clone(), other.clone()])).unwrap();
    turn().await;
    one.cancel();
    let outcome = (&gathering).await.unwrap();
    assert!(outcome.unwrap_err().is_cancelled());
    assert!(!gathering.cancelled(), "it has failed");
    assert!(!other.cancelling());
}

async fn gather_runs_the_same_task_once() {
    let log = Log::default();
    let task = create_task({
        let log = log.clone();
        async move {
            log.note("runs");
            3
        }
    })
    .unwrap();
    assert_eq!(gather([task.clone(), task]).await.unwrap(), [3, 3]);
    assert_eq!(log.all(), ["runs"]);
}

async fn a_gather_that_nobody_awaited_leaves_its_tasks_alone() {
    let task = endless();
    drop(gather([task.clone()]));
    assert!(!task.cancelling());
    task.cancel();
}

async fn shield_keeps_cancelling_away_from_what_it_shields() {
    let event = Event::new();
    let saving = create_task({
        let event = event.clone();
        async move {
            event.wait().await;
            "saved"
        }
    })
    .unwrap();
    let waiter = create_task(shield(saving.clone())).unwrap();
    turn().await;
    waiter.cancel();
    assert!(waiter.await.unwrap_err().is_cancelled());
    assert!(!saving.cancelling());
    event.set();
    assert_eq!(shield(saving).await.unwrap(), "saved");
}

async fn wait_tells_what_is_done_when_all_are_when_one_is_and_when_one_fails() {
    let value = create_task(async { 1 }).unwrap();
    let found = wait(
        [value.clone(), value, failing("no")],
        None,
        ReturnWhen::AllCompleted,
    )
    .await;
    let found = found.unwrap();
    assert_eq!((found.done.len(), found.pending.len()), (2, 0));

    let tasks = [endless(), create_task(async { 2 }).unwrap()];
    let found = wait(tasks, None, ReturnWhen::FirstCompleted).await.unwrap();
    assert_eq!(found.done[0].result().unwrap(), 2);
    assert_eq!((found.done.len(), found.pending.len()), (1, 1));

    let cancelled = endless();
    cancelled.cancel();
    let tasks = [
        cancelled,
        create_task(async { 3 }).unwrap(),
        endless(),
        failing("yes"),
    ];
    let found = wait(tasks, None, ReturnWhen::FirstException).await.unwrap();
    assert_eq!((found.done.len(), found.pending.len()), (3, 1));
    assert!(found.done[2].exception().unwrap().is_some());
}

async fn wait_comes_back_after_its_time_and_cancels_nothing() {
    let task = endless();
    let found = wait([task.clone()], SHORT, ReturnWhen::AllCompleted).await;
    assert_eq!(found.unwrap().pending.len(), 1);
    let waiter = create_task(async_wait(task.clone())).unwrap();
    turn().await;
    waiter.cancel();
    assert!(waiter.await.unwrap_err().is_cancelled());
    assert!(!task.cancelling());
    task.cancel();
}

async fn async_wait(task: concurrent_futures::asyncio::Task<u32>) {
    wait([task], None, ReturnWhen::AllCompleted).await.unwrap();
}

async fn wait_refuses_nothing_at_all() {
    let none: [concurrent_futures::asyncio::Task<u32>; 0] = [];
    let error = wait(none, None, ReturnWhen::AllCompleted)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "wait needs at least one task");
}

async fn as_completed_gives_the_tasks_themselves_as_they_are_done() {
    let [one, two] = [Event::new(), Event::new()];
    let tasks = [one.clone(), two.clone()]
        .map(|event| create_task(async move { event.wait().await }).unwrap());
    tasks[0].set_name("one");
    tasks[1].set_name("two");
    let mut completed = as_completed(tasks.clone(), LIMIT).unwrap();
    two.set();
    let first = completed.next_async().await.unwrap().unwrap();
    assert_eq!(first.name(), "two");
    one.set();
    let rest: Vec<_> = completed.map(|task| task.unwrap().name()).collect().await;
    assert_eq!(rest, ["one"]);
}

async fn as_completed_ends_with_a_timeout_and_cancels_nothing() {
    let task = endless();
    let mut completed = as_completed([task.clone()], SHORT).unwrap();
    let late = completed.next_async().await.unwrap().unwrap_err();
    assert_eq!(
        late.to_string(),
        "1 (of 1) futures unfinished after 0.001 s"
    );
    assert!(completed.next_async().await.is_none());
    assert!(!task.cancelling());
    task.cancel();
}

async fn wait_for_gives_the_value_in_time_and_cancels_what_is_late() {
    assert_eq!(wait_for(async { 7 }, LIMIT).await.unwrap(), 7);
    assert_eq!(wait_for(async { 7 }, None).await.unwrap(), 7);
    let error = wait_for(failing("no"), LIMIT).await.unwrap_err();
    assert_eq!(error.task().unwrap().message(), "no");
    let log = Log::default();
    let end = log.at_end("dropped");
    let late = async move {
        let _end = end;
        sleep(LIMIT).await;
    };
    assert!(wait_for(late, SHORT).await.unwrap_err().is_timeout());
    assert_eq!(log.all(), ["dropped"], "it is over before the error comes");
}

async fn wait_for_starts_nothing_without_time_but_takes_what_is_there() {
    let log = Log::default();
    let unstarted = {
        let log = log.clone();
        async move { log.note("never") }
    };
    let error = wait_for(unstarted, Duration::ZERO).await.unwrap_err();
    assert!(error.is_timeout());
    assert!(log.all().is_empty());
    let done = create_task(async { 7 }).unwrap();
    (&done).await.unwrap();
    assert_eq!(wait_for(done, Duration::ZERO).await.unwrap(), 7);
}

async fn wait_for_is_cancelled_with_what_it_waits_for() {
    let task = endless();
    let waiter = create_task(wait_for(task.clone(), LIMIT)).unwrap();
    turn().await;
    waiter.cancel();
    assert!(waiter.await.unwrap_err().is_cancelled());
    assert!(task.await.unwrap_err().is_cancelled());
    let task = endless();
    let waiter = create_task(wait_for(task.clone(), LIMIT)).unwrap();
    turn().await;
    task.cancel();
    let outcome = waiter.await.unwrap();
    assert!(outcome.unwrap_err().is_cancelled(), "in time");
}

async fn timeout_drops_its_body_when_the_time_is_over() {
    let log = Log::default();
    let task = endless();
    let late = timeout(SHORT, async |limit| {
        let _end = log.at_end("dropped");
        assert!(!limit.expired() && limit.left().is_some());
        (&task).await.is_ok()
    });
    let error = late.await.unwrap_err();
    assert_eq!(error.to_string(), "not there after 0.001 s");
    assert_eq!(log.all(), ["dropped"]);
    assert!(task.await.unwrap_err().is_cancelled(), "what it awaited");
    assert_eq!(timeout(LIMIT, async |_| 7).await.unwrap(), 7);
}

async fn timeout_can_be_moved_while_its_body_runs() {
    let moved = timeout(None, async |limit| {
        assert_eq!(limit.left(), None);
        limit.reschedule(LIMIT);
        turn().await;
        limit.reschedule(SHORT);
        sleep(LIMIT).await;
    });
    assert!(moved.await.unwrap_err().is_timeout());
    let lifted = timeout(SHORT, async |limit| {
        limit.reschedule(None);
        sleep(SHORT * 20).await;
        7
    });
    assert_eq!(lifted.await.unwrap(), 7);
}

async fn of_two_timeouts_the_outer_one_may_be_first() {
    let log = Log::default();
    let outer = timeout(SHORT, async |_| {
        let inner = timeout(LIMIT, async |_| sleep(LIMIT).await).await;
        log.note("caught");
        inner
    });
    assert!(outer.await.unwrap_err().is_timeout());
    let inner = timeout(LIMIT, async |_| {
        timeout(SHORT, async |_| sleep(LIMIT).await).await
    });
    assert!(inner.await.unwrap().unwrap_err().is_timeout());
    assert!(log.all().is_empty());
}
