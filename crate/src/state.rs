//! The life of a future, in one word.
//!
//! ```text
//!             begin                    claim                  finish
//!  PENDING ───────────▶ RUNNING ────────────────▶ SETTLING ───────────▶ FINISHED
//!     │  └──────────────────────── claim ─────────────▲
//!     │ cancel
//!     ▼
//!  CANCELLED
//! ```
//!
//! Every arrow but the last is one compare-and-swap, so whoever wins, wins: `cancel` against `begin`, two that settle.
//! SETTLING belongs to the one agent that won `claim`: only it may write the outcome, and only it may `finish`. To
//! everybody else SETTLING still reads as running.
//!
//! Bit [`WAITED`] is set by whoever blocks on the word; the one that ends the future sees it in the same step that
//! ends it, and wakes. So a future that nobody waits for costs no wake-up.

use std::sync::atomic::Ordering;

use crate::platform::{Deadline, Wake, Word};

/// Submitted; no worker has taken it.
pub(crate) const PENDING: u32 = 0;
/// A worker is at it; it can no longer be cancelled.
pub(crate) const RUNNING: u32 = 1;
/// Its outcome is being written, by the one agent that may.
pub(crate) const SETTLING: u32 = 2;
/// It has an outcome, which never changes again.
pub(crate) const FINISHED: u32 = 3;
/// It was cancelled before it ran.
pub(crate) const CANCELLED: u32 = 4;

/// Somebody blocks on the word.
pub(crate) const WAITED: u32 = 1 << 8;
const STATE: u32 = WAITED - 1;

/// The word. JavaScript reads it by address.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct State(Word);

impl State {
    pub(crate) fn new() -> Self {
        Self(Word::new(PENDING))
    }

    pub(crate) fn get(&self) -> u32 {
        // Acquire: whoever sees FINISHED may read the outcome written before.
        self.0.load(Ordering::Acquire) & STATE
    }

    /// PENDING → RUNNING; false where it was cancelled or begun before.
    pub(crate) fn begin(&self) -> bool {
        self.advance(&[PENDING], RUNNING).is_ok()
    }

    /// PENDING → CANCELLED; false in every other state.
    pub(crate) fn cancel(&self) -> bool {
        self.advance(&[PENDING], CANCELLED).is_ok()
    }

    /// PENDING or RUNNING → SETTLING; otherwise the state that forbids it.
    pub(crate) fn claim(&self) -> Result<(), u32> {
        self.advance(&[PENDING, RUNNING], SETTLING)
    }

    /// SETTLING → FINISHED. Only for whoever won [`State::claim`], after it wrote the outcome.
    pub(crate) fn finish(&self) {
        // AcqRel: releases the outcome to whoever sees FINISHED; acquires nothing, but a swap keeps WAITED exact.
        let before = self.0.swap(FINISHED, Ordering::AcqRel);
        debug_assert_eq!(before & STATE, SETTLING, "only the claimer may finish");
        if before & WAITED != 0 {
            self.0.wake_all();
        }
    }

    /// Blocks until the future is finished or cancelled, and says which; `Err` where the time is over or the memory is
    /// poisoned.
    pub(crate) fn wait(&self, deadline: Deadline) -> Result<u32, Wake> {
        loop {
            // Acquire: see `get`.
            let word = self.0.load(Ordering::Acquire);
            let state = word & STATE;
            if state >= FINISHED {
                return Ok(state);
            }
            if deadline.passed() {
                return Err(Wake::TimedOut);
            }
            let waited = word | WAITED;
            // Relaxed: the bit carries no data; the wait below compares the whole word again.
            if word != waited
                && self
                    .0
                    .compare_exchange_weak(word, waited, Ordering::Relaxed, Ordering::Relaxed)
                    .is_err()
            {
                continue;
            }
            if self.0.wait(waited, deadline.left()) == Wake::Poisoned {
                return Err(Wake::Poisoned);
            }
        }
    }

    fn advance(&self, from: &[u32], to: u32) -> Result<(), u32> {
        // Relaxed: only compared; the exchange below acquires.
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let state = word & STATE;
            if !from.contains(&state) {
                return Err(state);
            }
            let ended = to >= FINISHED;
            let next = if ended { to } else { to | (word & WAITED) };
            // AcqRel: takes over from whoever made the last step, and hands on to whoever makes the next.
            match self
                .0
                .compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) => {
                    if ended && word & WAITED != 0 {
                        self.0.wake_all();
                    }
                    return Ok(());
                }
                Err(now) => word = now,
            }
        }
    }
}

/// The public word for a state, as Python prints it.
pub(crate) fn word_for(state: u32) -> &'static str {
    match state {
        PENDING => "pending",
        RUNNING | SETTLING => "running",
        CANCELLED => "cancelled",
        _ => "finished",
    }
}
