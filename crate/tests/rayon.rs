//! rayon on this crate's workers: what a panic inside its pool does, and does not do.
#![cfg(all(target_arch = "wasm32", feature = "rayon"))]

use std::sync::atomic::{AtomicU32, Ordering};

use concurrent_futures::{Error, ThreadPoolExecutor, init_rayon};
use rayon::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const THREADS: usize = 2;

#[wasm_bindgen(inline_js = "
    export function listen() {
        const errors = (globalThis.reportedErrors = []);
        console.error = text => errors.push(text);
    }
    export function heard() {
        return globalThis.reportedErrors.splice(0).join('\\n');
    }
")]
extern "C" {
    /// Keeps what this thread writes to `console.error`.
    fn listen();
    /// What this thread has written since, which is forgotten.
    fn heard() -> String;
}

/// Brings rayon up; its pool is global, so only the first test of this file does.
async fn rayon_is_up() {
    static UP: AtomicU32 = AtomicU32::new(0);
    if UP.swap(1, Ordering::Relaxed) == 0 {
        init_rayon(THREADS).await.unwrap();
    }
}

/// Uses all of rayon's threads, in a task.
async fn check_that_rayon_works(pool: &ThreadPoolExecutor) {
    let work = || {
        let sum = (0..1000_u64).into_par_iter().sum::<u64>();
        (sum, rayon::broadcast(|context| context.index()))
    };
    let (sum, threads) = pool.submit(work).unwrap().await.unwrap();
    assert_eq!(sum, 499_500);
    assert_eq!(threads, (0..THREADS).collect::<Vec<_>>());
}

#[wasm_bindgen_test]
async fn a_panic_in_par_iter_is_the_futures_error_and_rayon_works_on() {
    rayon_is_up().await;
    let pool = ThreadPoolExecutor::new(1).unwrap();
    for round in 0..50 {
        let risky = move |n: u32| {
            assert!(n != 57, "no luck with {n} in round {round}");
            n
        };
        let future = pool.submit(move || (0..100).into_par_iter().map(risky).sum::<u32>());
        let error = future.unwrap().await.unwrap_err();
        let error = error.task().expect("the task failed");
        assert_eq!(error.message(), format!("no luck with 57 in round {round}"));
    }
    check_that_rayon_works(&pool).await;
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn a_panic_in_a_spawned_job_is_reported_and_rayon_works_on() {
    rayon_is_up().await;
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let reports = pool.submit(|| {
        rayon::broadcast(|_| listen());
        for n in 0..3 {
            rayon::spawn(move || panic!("nobody waits for {n}"));
        }
        let mut reports = Vec::new();
        // Each of rayon's threads reports its own panics before it takes its next job.
        while reports.len() < 3 {
            let heard = rayon::broadcast(|_| heard());
            reports.extend(
                heard
                    .iter()
                    .flat_map(|text| text.lines())
                    .map(str::to_owned),
            );
        }
        reports.sort();
        reports
    });
    let reports = reports.unwrap().await.unwrap();
    assert_eq!(reports.len(), 3);
    for (n, report) in reports.iter().enumerate() {
        let start = format!("concurrent-futures: a rayon task panicked: nobody waits for {n}, at ");
        assert!(report.starts_with(&start), "{report}");
        assert!(report.contains("rayon.rs:"), "{report}");
    }
    check_that_rayon_works(&pool).await;
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn rayon_is_brought_up_once() {
    rayon_is_up().await;
    let error = init_rayon(THREADS).await.unwrap_err();
    assert!(matches!(error, Error::Value(_)), "{error}");
}
