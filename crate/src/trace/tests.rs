//! What a trace tells of native pools. One test, since there is one trace for all of this program.

use super::{Kind, Record, drain, start, stop, take_lost};
use crate::{Error, PoolOptions, ProcessPoolExecutor, Promise, Shutdown, ThreadPoolExecutor};

fn drained(events: &mut Vec<Record>) {
    drain(usize::MAX, |record| events.push(record));
}

fn options(name: &str) -> PoolOptions {
    PoolOptions {
        max_workers: Some(1),
        thread_name_prefix: Some(name.to_owned()),
        ..PoolOptions::default()
    }
}

/// What is told of the executor of that name: kinds, and first texts.
fn of(events: &[Record], name: &str) -> Vec<(Kind, String)> {
    let made = events
        .iter()
        .find(|event| event.kind() == Kind::Executor && event.read(0).0 == name)
        .expect("it is announced");
    let id = made.numbers().0;
    let its = events.iter().filter(|event| event.numbers().0 == id);
    its.map(|event| (event.kind(), event.read(0).0)).collect()
}

#[test]
fn calls_workers_and_waits_of_native_pools_are_told() -> Result<(), Error> {
    let before = ThreadPoolExecutor::with(options("older"))?;
    before.submit(|| ())?.result(None)?;
    start(1000).expect("there is no other trace");
    assert!(start(1000).is_err());
    let mut events = Vec::new();

    let (promise, awaited) = Promise::new();
    let threads = ThreadPoolExecutor::with(options("threads"))?;
    let blocked = threads.submit(move || awaited.result(None).map_or(0, |n: u32| n + 1))?;
    while !events
        .iter()
        .any(|event: &Record| event.kind() == Kind::Blocked)
    {
        drained(&mut events);
        std::hint::spin_loop();
    }
    assert!(threads.submit(|| ())?.cancel());
    promise.set_result(41)?;
    assert_eq!(blocked.result(None)?, 42);
    threads.shutdown(Shutdown::default())?;

    let processes = ProcessPoolExecutor::with(options("processes"))?;
    let failed = processes.submit(|n: u32| assert_eq!(n, 2, "no tea"), 1)?;
    assert!(failed.exception(None)?.is_some());
    processes.shutdown(Shutdown::default())?;

    before.submit(|| ())?.result(None)?;
    drained(&mut events);
    assert_eq!(take_lost(), 0);
    stop();
    // After its end nothing is told.
    before.submit(|| ())?.result(None)?;
    drained(&mut events);

    let kinds_of = |name| -> Vec<Kind> {
        let its = of(&events, name).into_iter();
        its.map(|(kind, _)| kind).collect()
    };
    let expected = [
        Kind::Executor,
        Kind::Submitted,
        Kind::WorkerStarted,
        Kind::Started,
        Kind::Blocked,
        Kind::Submitted,
        Kind::Cancelled,
        Kind::Unblocked,
        Kind::Finished,
        Kind::WorkerEnded,
    ];
    assert_eq!(kinds_of("threads"), expected);
    let expected = [
        Kind::Executor,
        Kind::Submitted,
        Kind::WorkerStarted,
        Kind::Started,
        Kind::Finished,
        Kind::WorkerEnded,
    ];
    assert_eq!(kinds_of("processes"), expected);
    let (_, error) = &of(&events, "processes")[4];
    assert!(error.contains("no tea"), "{error}");
    // Its worker was there before the trace, and says so before or after the submit.
    let mut older = kinds_of("older");
    if older.get(1) == Some(&Kind::WorkerStarted) {
        older.swap(1, 2);
    }
    assert_eq!(older, expected[..5]);
    Ok(())
}
