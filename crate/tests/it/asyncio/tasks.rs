//! Tasks: when they start and end, how they are cancelled, and what becomes of errors that nobody asks for.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use concurrent_futures::asyncio::{
    AnyTask, Event, Task, create_task, current_task, gather, sleep, try_create_task, wait, wait_for,
};
use concurrent_futures::{Error, ReturnWhen};

use super::{LIMIT, Log, endless, failing, turn};

tests! {
    a_task_starts_in_a_later_turn_and_gives_its_value
    a_task_fails_with_what_its_coroutine_returns_or_panics_with
    errors_of_this_crate_pass_from_one_task_to_the_next
    tasks_run_in_the_order_in_which_they_were_made_and_woken
    a_task_knows_itself_also_while_what_it_holds_is_dropped
    cancelling_drops_the_coroutine_where_it_awaits
    cancelling_before_the_start_keeps_the_coroutine_from_running
    a_task_that_cancels_itself_gets_to_its_next_await
    a_task_that_ends_before_it_can_learn_of_it_is_cancelled_unless_it_fails
    cancelling_wins_over_a_value_that_came_in_the_same_turn
    cancelling_goes_on_to_the_task_that_is_awaited
    a_handle_that_was_not_awaited_cancels_nothing
    an_error_that_nobody_retrieved_is_reported_with_the_tasks_name
    sleepers_wake_in_the_order_of_their_times
    ten_thousand_sleep_at_once
}

async fn a_task_starts_in_a_later_turn_and_gives_its_value() {
    let log = Log::default();
    let task = create_task({
        let log = log.clone();
        async move {
            log.note("runs");
            7
        }
    })
    .unwrap();
    assert!(log.all().is_empty() && !task.done());
    let error = task.result().unwrap_err();
    assert!(matches!(error, Error::InvalidState(_)), "{error}");
    assert_eq!((&task).await.unwrap(), 7);
    assert_eq!(task.clone().await.unwrap(), 7, "as often as one likes");
    assert!(task.done() && !task.cancelled() && !task.cancel());
    assert!(task.exception().unwrap().is_none());
}

async fn a_task_fails_with_what_its_coroutine_returns_or_panics_with() {
    let returns = try_create_task(async { "twelve".parse::<u32>() }).unwrap();
    let panics = create_task(async {
        turn().await;
        panic!("no luck")
    })
    .unwrap();
    let other = create_task(async { 1 }).unwrap();
    let error = (&returns).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the task failed: invalid digit found in string"
    );
    assert!(returns.exception().unwrap().is_some());
    let error: Error = panics.await.map(|(): ()| ()).unwrap_err();
    assert_eq!(error.task().unwrap().message(), "no luck");
    assert_eq!(other.await.unwrap(), 1);
}

async fn errors_of_this_crate_pass_from_one_task_to_the_next() {
    let inner = endless();
    let outer = try_create_task({
        let inner = inner.clone();
        async move { inner.await }
    })
    .unwrap();
    turn().await;
    inner.cancel();
    assert!((&outer).await.unwrap_err().is_cancelled());
    assert!(outer.cancelled(), "as the coroutine that did not catch it");
    let late = try_create_task(async { wait_for(endless(), Duration::ZERO).await }).unwrap();
    assert!(late.await.unwrap_err().is_timeout());
}

async fn tasks_run_in_the_order_in_which_they_were_made_and_woken() {
    let (log, event) = (Log::default(), Event::new());
    let tasks = ["one", "two", "three"].map(|name| {
        let (log, event) = (log.clone(), event.clone());
        create_task(async move {
            log.note(name);
            event.wait().await;
            log.note(name);
        })
        .unwrap()
    });
    turn().await;
    assert_eq!(log.all(), ["one", "two", "three"]);
    event.set();
    gather(tasks).await.unwrap();
    assert_eq!(log.all()[3..], ["one", "two", "three"]);
}

async fn a_task_knows_itself_also_while_what_it_holds_is_dropped() {
    struct Asks(Rc<RefCell<Vec<Option<String>>>>);
    impl Drop for Asks {
        fn drop(&mut self) {
            let name = current_task().map(|task| task.name());
            self.0.borrow_mut().push(name);
        }
    }
    async fn nested() -> AnyTask {
        turn().await;
        current_task().unwrap()
    }
    let names = Rc::default();
    let asks = Asks(Rc::clone(&names));
    let task = create_task(async move {
        let me = nested().await;
        assert_eq!(me.name(), "download");
        let _asks = asks;
        std::future::pending::<()>().await;
    })
    .unwrap();
    assert!(task.name().starts_with("Task-"));
    task.set_name("download");
    assert_eq!(format!("{task:?}"), "<Task download pending>");
    turn().await;
    turn().await;
    assert!(current_task().is_none());
    task.cancel();
    assert!((&task).await.is_err());
    assert_eq!(names.take(), [Some("download".to_owned())]);
    assert_eq!(format!("{task:?}"), "<Task download cancelled>");
}

async fn cancelling_drops_the_coroutine_where_it_awaits() {
    let log = Log::default();
    let task = create_task({
        let log = log.clone();
        async move {
            let _outer = log.at_end("outer");
            let _inner = log.at_end("inner");
            log.note("awaits");
            sleep(LIMIT).await;
            log.note("goes on");
        }
    })
    .unwrap();
    turn().await;
    assert!(task.cancel());
    assert!(task.cancelling() && !task.done(), "in the next turn");
    assert_eq!(log.all(), ["awaits"]);
    let error = (&task).await.unwrap_err();
    assert!(error.is_cancelled());
    assert!(task.exception().unwrap_err().is_cancelled());
    assert!(task.cancelled() && !task.cancel());
    assert_eq!(log.all(), ["awaits", "inner", "outer"]);
}

async fn cancelling_before_the_start_keeps_the_coroutine_from_running() {
    let log = Log::default();
    let end = log.at_end("dropped");
    let task = create_task(async move {
        end.0.note("runs");
    })
    .unwrap();
    task.cancel();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(log.all(), ["dropped"]);
}

async fn a_task_that_cancels_itself_gets_to_its_next_await() {
    let log = Log::default();
    let task = create_task({
        let log = log.clone();
        async move {
            assert!(current_task().unwrap().cancel());
            log.note("runs on");
            turn().await;
            log.note("never");
        }
    })
    .unwrap();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(log.all(), ["runs on"]);
}

async fn a_task_that_ends_before_it_can_learn_of_it_is_cancelled_unless_it_fails() {
    let cancel_me = || current_task().unwrap().cancel();
    let ends = create_task(async move { cancel_me() }).unwrap();
    let fails = try_create_task(async move {
        cancel_me();
        Err::<(), _>(std::io::Error::other("it failed"))
    })
    .unwrap();
    assert!(ends.await.unwrap_err().is_cancelled());
    let error = fails.await.unwrap_err();
    assert_eq!(error.task().unwrap().message(), "it failed");
}

async fn cancelling_wins_over_a_value_that_came_in_the_same_turn() {
    let event = Event::new();
    let task = create_task({
        let event = event.clone();
        async move { event.wait().await }
    })
    .unwrap();
    turn().await;
    event.set();
    task.cancel();
    assert!(task.await.unwrap_err().is_cancelled());
}

async fn cancelling_goes_on_to_the_task_that_is_awaited() {
    let innermost = endless();
    let inner = create_task({
        let innermost = innermost.clone();
        async move { (&innermost).await.is_ok() }
    })
    .unwrap();
    let outer = create_task({
        let inner = inner.clone();
        async move { inner.await.is_ok() }
    })
    .unwrap();
    turn().await;
    turn().await;
    outer.cancel();
    let found = wait([inner, outer], None, ReturnWhen::default()).await;
    assert!(found.unwrap().done.iter().all(Task::cancelled));
    assert!(innermost.await.unwrap_err().is_cancelled());
}

async fn a_handle_that_was_not_awaited_cancels_nothing() {
    let (log, event) = (Log::default(), Event::new());
    let task = create_task({
        let (log, event) = (log.clone(), event.clone());
        async move {
            event.wait().await;
            log.note("went on");
        }
    })
    .unwrap();
    let holder = create_task({
        let task = task.clone();
        async move {
            sleep(LIMIT).await;
            task.await
        }
    })
    .unwrap();
    turn().await;
    holder.cancel();
    assert!(holder.await.is_err());
    event.set();
    drop(task);
    while log.all().is_empty() {
        turn().await;
    }
}

async fn an_error_that_nobody_retrieved_is_reported_with_the_tasks_name() {
    let reports = Reports::keep();
    let heard = failing("heard of asyncio");
    assert!((&heard).await.is_err());
    let asked = failing("asked of asyncio");
    wait([asked.clone()], None, ReturnWhen::default())
        .await
        .unwrap();
    assert!(asked.exception().unwrap().is_some());
    let unheard = failing("unheard of asyncio");
    unheard.set_name("careless");
    drop((heard, asked, unheard));
    while reports.of("unheard of asyncio").is_empty() {
        turn().await;
    }
    assert_eq!(
        reports.of("of asyncio"),
        ["careless: its error was never retrieved: the task failed: unheard of asyncio"]
    );
}

async fn sleepers_wake_in_the_order_of_their_times() {
    let log = Log::default();
    let sleepers = [("last", 40), ("first", 1), ("second", 20)].map(|(name, millis)| {
        let log = log.clone();
        async move {
            sleep(Duration::from_millis(millis)).await;
            log.note(name);
        }
    });
    gather(sleepers).await.unwrap();
    assert_eq!(log.all(), ["first", "second", "last"]);
}

async fn ten_thousand_sleep_at_once() {
    let sleepers = (0..10_000_u32).map(|n| async move {
        sleep(Duration::from_millis(u64::from(n % 7))).await;
        n
    });
    let values = gather(sleepers).await.unwrap();
    assert!(values.into_iter().eq(0..10_000));
}

#[cfg(not(target_arch = "wasm32"))]
mod natively {
    use concurrent_futures::asyncio::create_task;
    use concurrent_futures::{Error, run};

    use super::{Log, endless, turn};

    #[test]
    fn tasks_that_are_left_when_the_loop_ends_are_cancelled() {
        let log = Log::default();
        let (begun, unbegun) = run(async {
            let end = log.at_end("dropped");
            let begun = create_task(async move {
                let _end = end;
                std::future::pending::<()>().await;
            });
            turn().await;
            (begun.unwrap(), endless())
        });
        assert!(begun.cancelled() && unbegun.cancelled());
        assert_eq!(log.all(), ["dropped"]);
        assert!(!begun.cancel());
    }

    #[test]
    fn without_a_loop_there_are_no_tasks() {
        let error = create_task(async {}).unwrap_err();
        assert!(matches!(error, Error::NoEventLoop));
    }
}

/// What is reported meanwhile.
struct Reports;

#[cfg(not(target_arch = "wasm32"))]
impl Reports {
    fn keep() -> Self {
        crate::support::keep_reports();
        Self
    }

    #[expect(clippy::unused_self, reason = "they are kept from `keep` on")]
    fn of(&self, text: &str) -> Vec<String> {
        crate::support::reports_of(text)
    }
}

#[cfg(target_arch = "wasm32")]
thread_local! {
    static REPORTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

#[cfg(target_arch = "wasm32")]
impl Reports {
    fn keep() -> Self {
        concurrent_futures::set_reporter(|message| {
            REPORTS.with_borrow_mut(|reports| reports.push(message.to_owned()));
        });
        Self
    }

    #[expect(clippy::unused_self, reason = "they are kept from `keep` on")]
    fn of(&self, text: &str) -> Vec<String> {
        let of_it = |report: &&String| report.contains(text);
        REPORTS.with_borrow(|reports| reports.iter().filter(of_it).cloned().collect())
    }
}
