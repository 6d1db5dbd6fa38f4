//! Who holds a lock: the serial number of an agent, and whether that agent still lives.
//!
//! Whoever finds a lock taken asks whether its holder lives, without any reference to that agent's record, which may be
//! freed by then: a table says so, which has a row for each living agent.
//!
//! ```text
//!   row      = serial mod 1024
//!   the row holds that serial   the agent lives
//!   the row holds another       it is gone
//! ```

use std::sync::atomic::{AtomicU32, Ordering};

use crate::platform;

/// Rows of the table: more than there can be agents on one memory.
const ROWS: u32 = 1024;
/// Serials from here on have no row, and count as alive for ever: native threads, whose guards release on unwinding.
const UNTRACKED: u32 = 1 << 31;
/// As many words of a name are kept; the rest is cut off.
const NAME_WORDS: usize = 10;

struct Row {
    serial: AtomicU32,
    /// UTF-8, padded with zeros. Only good while `named` is the serial that is asked for.
    name: [AtomicU32; NAME_WORDS],
    named: AtomicU32,
}

// Std's atomics under loom too: models have a death happen between two steps, which is all that matters.
static TABLE: [Row; ROWS as usize] = [const {
    Row {
        serial: AtomicU32::new(0),
        name: [const { AtomicU32::new(0) }; NAME_WORDS],
        named: AtomicU32::new(0),
    }
}; ROWS as usize];

static NEXT: AtomicU32 = AtomicU32::new(1);
static NEXT_UNTRACKED: AtomicU32 = AtomicU32::new(UNTRACKED);

/// An agent's place in the table.
#[derive(Debug)]
pub(crate) struct Holder(u32);

impl Holder {
    /// A serial that no living agent has.
    pub(crate) fn new() -> Self {
        for _ in 0..ROWS {
            // Relaxed: only that each caller gets another number.
            let serial = NEXT.fetch_add(1, Ordering::Relaxed) & !UNTRACKED;
            if serial == 0 {
                continue;
            }
            // AcqRel: whoever asks for an older serial of this row from now on finds it gone.
            let taken =
                row(serial)
                    .serial
                    .compare_exchange(0, serial, Ordering::AcqRel, Ordering::Relaxed);
            if taken.is_ok() {
                return Self(serial);
            }
        }
        Self(untracked())
    }

    pub(crate) fn serial(&self) -> u32 {
        self.0
    }

    /// What the agent is called, for those who find that it died.
    pub(crate) fn set_name(&self, name: &str) {
        if self.0 >= UNTRACKED {
            return;
        }
        let row = row(self.0);
        let mut bytes = name.bytes();
        for word in &row.name {
            let four = [(); 4].map(|()| bytes.next().unwrap_or(0));
            // Relaxed: `named` publishes them.
            word.store(u32::from_ne_bytes(four), Ordering::Relaxed);
        }
        // Release: publishes the words of the name.
        row.named.store(self.0, Ordering::Release);
    }

    /// The agent is gone, and releases nothing any more.
    pub(crate) fn give_up(&self) {
        if self.0 < UNTRACKED {
            // Release: what the agent did comes before its death. Failure: given up before.
            let _ = row(self.0).serial.compare_exchange(
                self.0,
                0,
                Ordering::Release,
                Ordering::Relaxed,
            );
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// A serial that counts as alive for ever.
pub(crate) fn untracked() -> u32 {
    // Relaxed: only that each caller gets another number.
    NEXT_UNTRACKED.fetch_add(1, Ordering::Relaxed) | UNTRACKED
}

/// The serial of the agent that calls.
pub(crate) fn here() -> u32 {
    platform::holder()
}

/// Whether the agent with this serial may still release what it holds.
pub(crate) fn is_alive(serial: u32) -> bool {
    // Acquire: pairs with `give_up`.
    serial >= UNTRACKED || row(serial).serial.load(Ordering::Acquire) == serial
}

/// The name of an agent that died.
pub(crate) fn name(serial: u32) -> String {
    let row = row(serial);
    let mut bytes = Vec::with_capacity(4 * NAME_WORDS);
    // Acquire: pairs with `set_name`.
    if row.named.load(Ordering::Acquire) == serial {
        for word in &row.name {
            // Relaxed: see above; should the row be named anew meanwhile, the second look below finds it.
            bytes.extend(word.load(Ordering::Relaxed).to_ne_bytes());
        }
    }
    // Acquire: not before the words.
    if row.named.load(Ordering::Acquire) != serial {
        bytes.clear();
    }
    let length = bytes.iter().position(|byte| *byte == 0);
    bytes.truncate(length.unwrap_or(bytes.len()));
    match String::from_utf8_lossy(&bytes) {
        name if name.is_empty() => "an agent".to_owned(),
        name => format!("the worker {}", name.trim_end_matches('\u{fffd}')),
    }
}

fn row(serial: u32) -> &'static Row {
    &TABLE[(serial % ROWS) as usize]
}
