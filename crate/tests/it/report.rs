//! What is reported, because nobody can be handed it or nobody asked; each test knows its own by a number.

use concurrent_futures::{
    AsyncExecutor, Executor, Future, InlineExecutor, ProcessPoolExecutor, Promise, Shutdown,
    ThreadPoolExecutor, run, with_executor,
};

use crate::support::{keep_reports, reports_of};

#[test]
fn a_callback_that_panics_is_reported_and_the_next_one_runs() {
    keep_reports();
    let (promise, future) = Promise::new();
    future.add_done_callback(|_| panic!("oh 8301"));
    let (ran, has_run) = Promise::new();
    future.add_done_callback(move |_| ran.set_result(()).unwrap());
    promise.set_result(1).unwrap();
    future.add_done_callback(|_| panic!("late 8301"));
    assert!(has_run.done());
    assert_eq!(
        reports_of("8301"),
        [
            "a done callback panicked: oh 8301",
            "a done callback panicked: late 8301"
        ]
    );
}

#[test]
fn a_tasks_error_that_nobody_asked_for_is_reported_once_when_its_last_handle_goes() {
    keep_reports();
    let check = |executor: &dyn Fn() -> Future<u32>, number: &str| {
        let future = executor();
        let other = future.clone();
        drop(future);
        assert!(reports_of(number).is_empty());
        drop(other);
        let reports = reports_of(number);
        assert_eq!(reports.len(), 1);
        let start = format!("nobody asked for the error of a task: the task panicked: {number}");
        assert!(reports[0].starts_with(&start), "{reports:?}");
    };
    check(
        &|| {
            let pool = ThreadPoolExecutor::new(1).unwrap();
            let future = pool.submit(|| panic!("8302")).unwrap();
            pool.shutdown(Shutdown::default()).unwrap();
            future
        },
        "8302",
    );
    check(
        &|| {
            let pool = ProcessPoolExecutor::new(1).unwrap();
            let future = pool.submit(|()| panic!("8303"), ()).unwrap();
            pool.shutdown(Shutdown::default()).unwrap();
            future
        },
        "8303",
    );
    check(
        &|| InlineExecutor::new().submit(|| panic!("8304")).unwrap(),
        "8304",
    );
    check(
        &|| {
            run(async {
                let executor = AsyncExecutor::new(None).unwrap();
                let future = [executor.submit(async { panic!("8305") }).unwrap()];
                executor.shutdown_async(false).await;
                future
            })
            .into_iter()
            .next()
            .unwrap()
        },
        "8305",
    );
}

#[test]
fn a_task_that_fails_when_nobody_holds_its_future_any_more_is_reported() {
    keep_reports();
    with_executor(ThreadPoolExecutor::new(1).unwrap(), |pool| {
        pool.submit(|| panic!("8307")).map(drop)
    })
    .unwrap()
    .unwrap();
    assert_eq!(reports_of("8307").len(), 1);
}

#[test]
fn an_error_that_was_asked_for_in_any_way_is_not_reported() {
    keep_reports();
    let fail = || -> Future<u32> { InlineExecutor::new().submit(|| panic!("8308")).unwrap() };
    assert!(fail().result(None).is_err());
    assert!(fail().exception(None).unwrap().is_some());
    assert!(run(fail()).is_err());
    drop(fail().snapshot());
    fail().add_done_callback(|future| assert!(future.result(None).is_err()));
    let mut values = InlineExecutor::new()
        .map(|_: u32| -> u32 { panic!("8308") }, 0..3)
        .unwrap();
    assert!(values.next().unwrap().is_err());
    drop(values);
    assert!(reports_of("8308").is_empty());
}

#[test]
fn what_is_no_tasks_error_is_not_reported() {
    keep_reports();
    let (promise, future) = Promise::<u32>::new();
    let error = concurrent_futures::Error::Value("8309".to_owned());
    promise.set_exception(error).unwrap();
    drop((promise, future));
    assert!(reports_of("8309").is_empty());
}

#[test]
fn code_for_any_executor_reports_likewise() {
    fn leave(executor: &impl Executor) {
        let fail = |()| -> u32 { panic!("8310") };
        drop(executor.submit(fail, ()).unwrap());
    }
    keep_reports();
    leave(&InlineExecutor::new());
    with_executor(ThreadPoolExecutor::new(1).unwrap(), leave).unwrap();
    with_executor(ProcessPoolExecutor::new(1).unwrap(), leave).unwrap();
    assert_eq!(reports_of("8310").len(), 3);
}
