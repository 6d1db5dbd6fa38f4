//! `test_future.py`: futures that no executor made.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use concurrent_futures::{Error, Future, InlineExecutor, Promise, Snapshot, ThreadPoolExecutor};

use super::kit::{Fixtures, LIMIT, World, reports_of};

rows! {
    row_034_done_callback_with_result: future;
    row_035_done_callback_with_exception: future;
    row_036_done_callback_with_cancel: future;
    row_037_done_callback_raises: future;
    row_038_done_callback_already_successful: future;
    row_039_done_callback_already_failed: future;
    row_040_done_callback_already_cancelled: future;
    row_041_done_callback_raises_already_succeeded: future;
    row_042_repr: future;
    row_043_cancel: future;
    row_044_cancelled: future;
    row_045_done: future;
    row_046_running: future;
    row_047_result_with_timeout: future;
    row_048_result_with_success: future;
    row_049_result_with_cancel: future;
    row_050_exception_with_timeout: future;
    row_051_exception_with_success: future;
    row_052_multiple_set_result: future;
    row_053_multiple_set_exception: future;
    row_054_get_snapshot: future;
}

/// Notes, by a callback, what another one shows of the future that it was given.
fn noting(future: &Future<u32>) -> Future<String> {
    let (promise, noted) = Promise::new();
    let original = future.clone();
    future.add_done_callback(move |given| {
        assert!(given.is_same(&original));
        promise.set_result(format!("{given:?}")).unwrap();
    });
    noted
}

/// The callbacks of a future run where it ends, so their notes are there at once.
fn noted(notes: &Future<String>) -> String {
    notes.result(Duration::ZERO).unwrap()
}

fn value_error() -> Error {
    Error::Value("test".to_owned())
}

async fn row_034_done_callback_with_result<W: World>() {
    let (promise, future) = Promise::new();
    let (seen, result) = Promise::new();
    future.add_done_callback(move |future: &Future<u32>| {
        seen.set_result(future.result(None).unwrap()).unwrap();
    });
    promise.set_result(5).unwrap();
    assert_eq!(W::result_within(&result, Duration::ZERO).await.unwrap(), 5);
}

async fn row_035_done_callback_with_exception<W: World>() {
    let (promise, future) = Promise::<u32>::new();
    let (seen, message) = Promise::new();
    future.add_done_callback(move |future| {
        let error = future.exception(None).unwrap().unwrap();
        seen.set_result(error.to_string()).unwrap();
    });
    promise.set_exception(value_error()).unwrap();
    assert_eq!(W::result(&message).await.unwrap(), "test");
}

async fn row_036_done_callback_with_cancel<W: World>() {
    let (_promise, future) = Promise::<u32>::new();
    let (seen, cancelled) = Promise::new();
    future.add_done_callback(move |future| seen.set_result(future.cancelled()).unwrap());
    assert!(future.cancel());
    assert!(W::result(&cancelled).await.unwrap());
}

async fn row_037_done_callback_raises<W: World>() {
    let before = reports_of("doh! 37");
    let (promise, future) = Promise::new();
    let ran = Arc::new(AtomicU32::new(0));
    let count = |ran: &Arc<AtomicU32>| {
        let ran = Arc::clone(ran);
        move |_: &Future<u32>| {
            ran.fetch_add(1, Ordering::SeqCst);
        }
    };
    future.add_done_callback(count(&ran));
    future.add_done_callback(|_| panic!("doh! 37"));
    future.add_done_callback(count(&ran));
    promise.set_result(5).unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 2);
    assert!(reports_of("doh! 37") > before, "it is reported");
    assert_eq!(W::result(&future).await.unwrap(), 5);
}

async fn row_038_done_callback_already_successful<W: World>() {
    let Fixtures { succeeded, .. } = Fixtures::new();
    let notes = noting(&succeeded);
    assert_eq!(noted(&notes), "<Future state=finished returned u32>");
    assert_eq!(W::result(&succeeded).await.unwrap(), 42);
}

async fn row_039_done_callback_already_failed<W: World>() {
    let Fixtures { failed, .. } = Fixtures::new();
    let notes = noting(&failed);
    assert_eq!(noted(&notes), "<Future state=finished raised ValueError>");
    assert_eq!(W::error(&failed).await.to_string(), "on purpose");
}

async fn row_040_done_callback_already_cancelled<W: World>() {
    let Fixtures { cancelled, .. } = Fixtures::new();
    let notes = noting(&cancelled);
    assert_eq!(noted(&notes), "<Future state=cancelled>");
    assert!(W::error(&cancelled).await.is_cancelled());
}

async fn row_041_done_callback_raises_already_succeeded<W: World>() {
    let before = reports_of("doh! 41");
    let Fixtures { succeeded, .. } = Fixtures::new();
    succeeded.add_done_callback(|_| panic!("doh! 41"));
    assert!(reports_of("doh! 41") > before, "it is reported");
    noted(&noting(&succeeded));
    assert_eq!(W::result(&succeeded).await.unwrap(), 42);
}

async fn row_042_repr<W: World>() {
    let fixtures = Fixtures::new();
    let texts = fixtures
        .all()
        .map(|(name, future)| (name, format!("{future:?}")));
    let expected = [
        ("pending", "<Future state=pending>"),
        ("running", "<Future state=running>"),
        ("cancelled", "<Future state=cancelled>"),
        ("failed", "<Future state=finished raised ValueError>"),
        ("succeeded", "<Future state=finished returned u32>"),
    ];
    assert_eq!(
        texts,
        expected.map(|(state, text)| (state, text.to_owned()))
    );
    let panicked = InlineExecutor::new().submit(|| panic!("no")).unwrap();
    let panicked: Future<u32> = panicked;
    assert_eq!(
        format!("{panicked:?}"),
        "<Future state=finished raised panic>"
    );
    W::error(&panicked).await;
}

async fn row_043_cancel<W: World>() {
    let fixtures = Fixtures::new();
    for future in [&fixtures.pending, &fixtures.cancelled] {
        assert!(future.cancel() && future.cancelled() && future.cancel());
        assert!(W::result(future).await.unwrap_err().is_cancelled());
    }
    for (future, state) in [
        (&fixtures.running, "running"),
        (&fixtures.failed, "finished"),
        (&fixtures.succeeded, "finished"),
    ] {
        assert!(!future.cancel() && !future.cancelled());
        assert!(format!("{future:?}").contains(state));
    }
}

/// Checks that something is so in these states only.
fn only_in(is_so: impl Fn(&Future<u32>) -> bool, states: &[&str]) {
    for (state, future) in Fixtures::new().all() {
        assert_eq!(is_so(future), states.contains(&state), "{state}");
    }
}

async fn row_044_cancelled<W: World>() {
    only_in(Future::cancelled, &["cancelled"]);
    W::turn().await;
}

async fn row_045_done<W: World>() {
    only_in(Future::done, &["cancelled", "failed", "succeeded"]);
    W::turn().await;
}

async fn row_046_running<W: World>() {
    only_in(Future::running, &["running"]);
    W::turn().await;
}

async fn row_047_result_with_timeout<W: World>() {
    let fixtures = Fixtures::new();
    for future in [&fixtures.pending, &fixtures.running] {
        let error = W::result_within(future, Duration::ZERO).await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
    }
    let look = async |future| W::result_within(future, Duration::ZERO).await;
    assert!(look(&fixtures.cancelled).await.unwrap_err().is_cancelled());
    let error = look(&fixtures.failed).await.unwrap_err();
    assert_eq!(error.to_string(), "on purpose");
    assert_eq!(look(&fixtures.succeeded).await.unwrap(), 42);
}

/// Has another thread do something, while this one waits.
fn elsewhere(step: impl FnOnce() + Send + 'static) -> ThreadPoolExecutor {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    pool.submit(step).unwrap();
    pool
}

async fn row_048_result_with_success<W: World>() {
    let (promise, future) = Promise::new();
    let pool = elsewhere(move || promise.set_result(42).unwrap());
    assert_eq!(W::result_within(&future, LIMIT).await.unwrap(), 42);
    W::shut_down(&pool, false).await;
}

async fn row_049_result_with_cancel<W: World>() {
    let (promise, future) = Promise::<u32>::new();
    let pool = elsewhere({
        let future = future.clone();
        move || assert!(future.cancel())
    });
    let error = W::result_within(&future, LIMIT).await.unwrap_err();
    assert!(error.is_cancelled());
    W::shut_down(&pool, false).await;
    drop(promise);
}

async fn row_050_exception_with_timeout<W: World>() {
    let fixtures = Fixtures::new();
    let look = async |future| W::exception_within(future, Duration::ZERO).await;
    for future in [&fixtures.pending, &fixtures.running] {
        assert!(look(future).await.unwrap_err().is_timeout());
    }
    assert!(look(&fixtures.cancelled).await.unwrap_err().is_cancelled());
    let error = look(&fixtures.failed).await.unwrap().unwrap();
    assert_eq!(error.to_string(), "on purpose");
    assert!(look(&fixtures.succeeded).await.unwrap().is_none());
}

async fn row_051_exception_with_success<W: World>() {
    let (promise, future) = Promise::<u32>::new();
    let pool = elsewhere(move || {
        assert!(promise.set_running_or_notify_cancel().unwrap());
        promise.set_exception(value_error()).unwrap();
    });
    let error = W::exception_within(&future, LIMIT).await.unwrap().unwrap();
    assert_eq!(error.to_string(), "test");
    W::shut_down(&pool, false).await;
}

/// The second settling of a future, in either way.
fn refused(promise: &Promise<u32>, text: &str) {
    for outcome in [promise.set_result(2), promise.set_exception(value_error())] {
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::InvalidState(_)));
        assert_eq!(
            error.to_string(),
            format!("the future is finished already: {text}")
        );
    }
}

async fn row_052_multiple_set_result<W: World>() {
    let (promise, future) = Promise::new();
    promise.set_result(1).unwrap();
    refused(&promise, "<Future state=finished returned u32>");
    assert!(future.done());
    assert_eq!(W::result(&future).await.unwrap(), 1);
}

async fn row_053_multiple_set_exception<W: World>() {
    let (promise, future) = Promise::new();
    promise
        .set_exception(Error::Value("first".to_owned()))
        .unwrap();
    refused(&promise, "<Future state=finished raised ValueError>");
    assert_eq!(W::error(&future).await.to_string(), "first");
}

async fn row_054_get_snapshot<W: World>() {
    for (state, future) in Fixtures::new().all() {
        let seen = match future.snapshot() {
            Snapshot::Pending => "pending",
            Snapshot::Running => "running",
            Snapshot::Cancelled => "cancelled",
            Snapshot::Finished(Err(error)) => {
                assert_eq!(error.to_string(), "on purpose");
                "failed"
            }
            Snapshot::Finished(Ok(value)) => {
                assert_eq!(value, 42);
                "succeeded"
            }
        };
        assert_eq!(seen, state);
    }
    // Consistent while another thread settles it: never finished without an outcome.
    for round in 0..100 {
        let (promise, future) = Promise::new();
        let pool = elsewhere(move || promise.set_result(round).unwrap());
        loop {
            match future.snapshot() {
                Snapshot::Finished(outcome) => break assert_eq!(outcome.unwrap(), round),
                Snapshot::Cancelled => panic!("nobody cancelled it"),
                Snapshot::Pending | Snapshot::Running => W::turn().await,
            }
        }
        W::shut_down(&pool, false).await;
    }
}
