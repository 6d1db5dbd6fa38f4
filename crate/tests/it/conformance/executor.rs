//! `executor.py`: what every executor does. `map` stands in `map.rs`.

use concurrent_futures::{Error, ReturnWhen};
use serde::{Deserialize, Serialize};

use super::kit::{Signal, Subject, Tracked, World};
use super::tasks::{fail, mark, power, square};

rows! {
    row_001_submit: threads, processes, coroutines, inline;
    row_002_submit_keyword: threads, processes, coroutines, inline;
    row_015_shutdown_race: threads, processes_natively, coroutines, inline;
    row_016_no_stale_references: threads, processes_natively, coroutines, inline;
    row_017_max_workers_negative: threads, processes;
    row_019_swallows_falsey_exceptions: threads, processes, coroutines, inline;
}

async fn row_001_submit<W: World, X: Subject>() {
    let executor = X::new(1);
    let future = executor.submit(power, (2, 8)).unwrap();
    assert_eq!(W::result(&future).await.unwrap(), 256);
}

/// Rust's keyword arguments are the fields of a struct, whatever their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Keywords {
    self_: u32,
    fn_: String,
    arg: Option<u32>,
}

async fn row_002_submit_keyword<W: World, X: Subject>() {
    let keywords = Keywords {
        self_: 1,
        fn_: "two".to_owned(),
        arg: None,
    };
    let future = X::new(1)
        .submit(|keywords: Keywords| keywords, keywords.clone())
        .unwrap();
    assert_eq!(W::result(&future).await.unwrap(), keywords);
}

async fn row_015_shutdown_race<W: World, X: Subject>() {
    let executor = X::new(3);
    let ran = Signal::new();
    drop(executor.map(mark, [(ran, 0); 4]).unwrap());
    W::shut_down(&executor, false).await;
    assert_eq!(ran.count(), 4);
    assert!(matches!(executor.submit(square, 1), Err(Error::Shutdown)));
}

async fn row_016_no_stale_references<W: World, X: Subject>() {
    let executor = X::new(1);
    let alive = Signal::new();
    let bound = Tracked::new(alive);
    drop(executor.submit(|_: Tracked| 7, bound).unwrap());
    // One worker: when the next call is done, the first has gone.
    let next = executor.submit(square, 3).unwrap();
    assert_eq!(W::result(&next).await.unwrap(), 9);
    assert_eq!(alive.count(), 0);
}

async fn row_017_max_workers_negative<W: World, X: super::kit::Pool>() {
    let error = X::with(super::kit::options(0)).err().unwrap();
    assert!(matches!(error, Error::Value(_)));
    assert_eq!(error.to_string(), "max_workers must be greater than 0");
    W::turn().await;
}

async fn row_019_swallows_falsey_exceptions<W: World, X: Subject>() {
    let executor = X::new(1);
    let empty = executor.submit(fail, String::new()).unwrap();
    let nothing = executor.submit(|()| -> u32 { std::panic::panic_any(()) }, ());
    for future in [empty, nothing.unwrap()] {
        assert!(W::result(&future).await.is_err());
        assert!(W::error(&future).await.task().is_some());
        let all = ReturnWhen::FirstException;
        let found = W::wait_for(&[future], None, all).await;
        assert!(format!("{:?}", found.done[0]).contains("raised"));
    }
    let future = executor.submit(square, 3).unwrap();
    assert_eq!(W::result(&future).await.unwrap(), 9);
}
