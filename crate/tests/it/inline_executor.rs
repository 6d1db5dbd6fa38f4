//! `InlineExecutor`: each call happens inside `submit`.

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use concurrent_futures::{Error, Executor, InlineExecutor, MapOptions, Shutdown};

#[test]
fn a_call_happens_inside_submit_on_the_callers_thread() {
    let executor = InlineExecutor::new();
    let here = thread::current().id();
    let future = executor.submit(|| thread::current().id()).unwrap();
    assert!(future.done() && !future.cancel());
    assert_eq!(future.result(None).unwrap(), here);
    let times = future.times();
    assert!(times.submitted <= times.started.unwrap());
    assert!(times.started <= times.finished);
}

#[test]
fn any_closure_will_do() {
    let executor = InlineExecutor::new();
    let mut words = vec!["one"];
    let future = executor.submit(|| words.push("two")).unwrap();
    future.result(None).unwrap();
    assert_eq!(words, ["one", "two"]);
}

#[test]
fn a_panic_and_a_returned_error_are_the_futures() {
    let executor = InlineExecutor::new();
    let error = executor
        .submit(|| panic!("no luck"))
        .unwrap()
        .exception(None)
        .unwrap()
        .unwrap();
    assert_eq!(error.task().unwrap().message(), "no luck");
    let future = executor.try_submit(|| "x".parse::<u32>()).unwrap();
    assert!(future.result(None).unwrap_err().task().is_some());
}

#[test]
fn a_map_runs_as_far_as_its_buffer_and_never_times_out() {
    let executor = InlineExecutor::new();
    let ran = Cell::new(0);
    let count = |n: u32| {
        ran.set(ran.get() + 1);
        n
    };
    let options = MapOptions {
        timeout: Some(Duration::ZERO),
        buffersize: Some(2),
        ..MapOptions::default()
    };
    let mut values = executor.map_with(count, 0.., options).unwrap();
    assert_eq!(ran.get(), 2);
    for n in 0..5 {
        assert_eq!(values.next().unwrap().unwrap(), n);
    }
    assert_eq!(ran.get(), 7);
    assert_eq!(executor.map(count, 0..3).unwrap().count(), 3);
}

#[test]
fn after_a_shutdown_nothing_is_accepted() {
    let executor = InlineExecutor::new();
    Executor::shutdown(&executor, Shutdown::default()).unwrap();
    assert!(matches!(executor.submit(|| ()), Err(Error::Shutdown)));
}
