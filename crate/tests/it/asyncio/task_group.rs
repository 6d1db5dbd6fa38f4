//! `task_group`: tasks that end together.

use std::cell::Cell;
use std::rc::Rc;

use concurrent_futures::Error;
use concurrent_futures::asyncio::{Event, create_task, sleep, task_group};

use super::{LIMIT, Log, turn};

tests! {
    a_group_waits_for_all_of_its_tasks
    the_first_failure_cancels_the_others_and_the_body_and_all_errors_come
    a_body_that_fails_cancels_the_tasks_and_its_error_comes_last
    a_panic_of_a_task_is_a_failure_of_the_group
    a_task_that_was_cancelled_is_no_failure
    a_task_may_add_others_until_the_group_ends
    whoever_cancels_the_group_cancels_its_tasks
    groups_in_groups_pass_errors_on
}

fn no_luck() -> std::io::Error {
    std::io::Error::other("no luck")
}

async fn a_group_waits_for_all_of_its_tasks() {
    let done = Rc::new(Cell::new(0));
    let value = task_group(async |group| {
        for _ in 0..3 {
            let done = Rc::clone(&done);
            group.create_task(async move {
                turn().await;
                done.set(done.get() + 1);
            })?;
        }
        Ok("body")
    });
    assert_eq!(value.await.unwrap(), "body");
    assert_eq!(done.get(), 3);
    assert_eq!(task_group(async |_| Ok(7)).await.unwrap(), 7);
}

async fn the_first_failure_cancels_the_others_and_the_body_and_all_errors_come() {
    let log = Log::default();
    let failed = task_group(async |group| {
        let _body = log.at_end("body");
        let held = log.at_end("task");
        group.create_task(async move {
            let _held = held;
            sleep(LIMIT).await;
        })?;
        for _ in 0..2 {
            group.try_create_task(async { Err::<(), _>(no_luck()) })?;
        }
        sleep(LIMIT).await;
        Ok(())
    });
    let failed = failed.await.unwrap_err();
    assert_eq!(failed.errors().len(), 2);
    assert!(failed.errors()[0].to_string().contains("no luck"));
    assert!(
        failed
            .to_string()
            .starts_with("unhandled errors in a TaskGroup (2 sub-exceptions): ")
    );
    let mut ended = log.all();
    ended.sort_unstable();
    assert_eq!(ended, ["body", "task"]);
}

async fn a_body_that_fails_cancels_the_tasks_and_its_error_comes_last() {
    let log = Log::default();
    let failed = task_group(async |group| {
        let held = log.at_end("task");
        group.create_task(async move {
            let _held = held;
            sleep(LIMIT).await;
        })?;
        let failing = group.try_create_task(async { Err::<(), _>(no_luck()) })?;
        failing.await?;
        Ok(())
    });
    let failed = failed.await.unwrap_err();
    // What the body got from the task, it failed with itself, unless it was cancelled before.
    assert!((1..=2).contains(&failed.errors().len()));
    assert_eq!(log.all(), ["task"]);

    let failed = task_group(async |group| {
        group.create_task(sleep(LIMIT))?;
        Err::<(), _>(Error::Value("body".to_owned()))
    });
    let failed = failed.await.unwrap_err();
    assert!(matches!(failed.errors(), [Error::Value(_)]));
}

async fn a_panic_of_a_task_is_a_failure_of_the_group() {
    let failed = task_group(async |group| {
        group.create_task(async { panic!("no luck") })?;
        sleep(LIMIT).await;
        Ok(())
    });
    let failed = failed.await.unwrap_err();
    assert_eq!(failed.errors()[0].task().unwrap().message(), "no luck");
}

async fn a_task_that_was_cancelled_is_no_failure() {
    let value = task_group(async |group| {
        let cancelled = group.create_task(sleep(LIMIT))?;
        let unbegun = group.create_task(sleep(LIMIT))?;
        unbegun.cancel();
        turn().await;
        cancelled.cancel();
        Ok(cancelled)
    });
    assert!(value.await.unwrap().cancelled());
}

async fn a_task_may_add_others_until_the_group_ends() {
    let sum = Rc::new(Cell::new(0));
    let group = task_group(async |group| {
        let (again, sum) = (group.clone(), Rc::clone(&sum));
        group.create_task(async move {
            turn().await;
            for n in 1..4 {
                let sum = Rc::clone(&sum);
                let add = async move { sum.set(sum.get() + n) };
                again.create_task(add).unwrap();
            }
        })?;
        Ok(group.clone())
    });
    let group = group.await.unwrap();
    assert_eq!(sum.get(), 6);
    let error = group.create_task(async {}).unwrap_err();
    assert_eq!(error.to_string(), "the task group is finished");
}

async fn whoever_cancels_the_group_cancels_its_tasks() {
    let (log, begun) = (Log::default(), Event::new());
    let task = create_task({
        let (held, begun) = (log.at_end("task"), begun.clone());
        async move {
            let group = task_group(async |group| {
                group.create_task(async move {
                    let _held = held;
                    begun.set();
                    sleep(LIMIT).await;
                })?;
                sleep(LIMIT).await;
                Ok(())
            });
            group.await.is_ok()
        }
    })
    .unwrap();
    begun.wait().await;
    task.cancel();
    assert!(task.await.unwrap_err().is_cancelled());
    turn().await;
    assert_eq!(log.all(), ["task"]);
}

async fn groups_in_groups_pass_errors_on() {
    let failed = task_group(async |outer| {
        outer.try_create_task(task_group(async |inner| {
            inner.try_create_task(async { Err::<(), _>(no_luck()) })?;
            Ok(())
        }))?;
        sleep(LIMIT).await;
        Ok(())
    });
    let failed = failed.await.unwrap_err();
    assert_eq!(failed.errors().len(), 1);
    assert!(failed.to_string().contains("no luck"), "{failed}");
}
