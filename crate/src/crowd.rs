//! How many workers a page has, of all its pools together.

// Not the platform's, which is loom's in models: nothing is ordered by it.
use std::sync::atomic::{AtomicU32, Ordering};

/// The most workers of one pool, and on a page of all pools together; browsers let more than a few hundred wait in
/// silence.
pub(crate) const MOST_WORKERS: u32 = 256;

/// The workers of all pools, those asked for included.
static WORKERS: AtomicU32 = AtomicU32::new(0);

/// One more was asked for.
pub(crate) fn one_more() {
    // Relaxed: a number that nothing is ordered by.
    WORKERS.fetch_add(1, Ordering::Relaxed);
}

/// One is gone.
pub(crate) fn one_less() {
    // Relaxed: as above.
    WORKERS.fetch_sub(1, Ordering::Relaxed);
}

/// How many more the page may have. Natively nobody counts.
pub(crate) fn room() -> u32 {
    // Relaxed: two agents that look at once may bring one worker more, which does no harm.
    let all = WORKERS.load(Ordering::Relaxed);
    if cfg!(target_arch = "wasm32") {
        MOST_WORKERS.saturating_sub(all)
    } else {
        u32::MAX
    }
}
