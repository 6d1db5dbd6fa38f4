//! The ring of events: any agent puts, one agent takes, nobody waits.
//!
//! ```text
//!               tail: who takes                        head: who puts
//!                 ▼                                      ▼
//!  … │ FREE n+7 │ FULL n │ FULL n+1 │ WRITING n+2 by 5 │ FREE n+3 │ FREE n+4 │ …
//! ```
//!
//! Each slot has one word: the position for which it serves now, and what it is for that position:
//!
//! | step                                   | by whom                                     | word                          |
//! |----------------------------------------|---------------------------------------------|-------------------------------|
//! | claim                                  | a writer, by compare-and-swap               | FREE n → WRITING n by itself  |
//! | move the head on                       | that writer, or whoever finds the claim     |                               |
//! | write the record, then commit          | that writer                                 | WRITING n → FULL n            |
//! | copy the record, then free             | the reader                                  | FULL n → FREE n + capacity    |
//! | skip                                   | the reader, where that writer is dead       | WRITING n → FREE n + capacity |
//!
//! The claim names the writer in the same step in which it takes the slot, so there is no moment in which a slot is taken
//! by nobody knows whom. A writer that is slow holds the reader up, but no other writer; one that died in between is found
//! by its serial number (`sync/holder.rs`), and its slot is skipped and counted as lost. In a browser an agent writes only
//! while it is BUSY, so to lose one there poisons the memory anyway; but the ring does not depend on that.
//!
//! A writer that finds the slot of the head still in use for the lap before counts its event as lost and goes on: what is
//! in the ring is never overwritten.
//!
//! Positions count on through 32 bits and wrap. A writer would have to sleep, between the look at a slot and its claim, for
//! exactly four thousand million events to mistake one lap for another.

use std::sync::atomic::Ordering;

use super::record::Record;
use crate::platform::{AtomicU32, AtomicU64, UnsafeCell};
use crate::sync::holder;

/// In the low half of a slot's word: nobody has it. Serials of agents begin at 1.
const FREE: u32 = 0;
/// There: the record is complete. No agent has this serial.
const FULL: u32 = u32::MAX;

struct Slot {
    /// The position in the high half; [`FREE`], [`FULL`] or the serial of who writes in the low half.
    word: AtomicU64,
    record: UnsafeCell<Record>,
}

/// The ring.
pub(crate) struct Ring {
    slots: Box<[Slot]>,
    /// Where writers look first: the first free slot, or one behind it that was just claimed.
    head: AtomicU32,
    /// The next position to take. Only the reader touches it.
    tail: AtomicU32,
    lost: AtomicU32,
}

// SAFETY: a record is written by the one agent that claimed its slot, before FULL is released, and read by the one reader
// after FULL was acquired; all else is atomic.
unsafe impl Send for Ring {}
// SAFETY: as above.
unsafe impl Sync for Ring {}

/// A slot that a writer has claimed.
pub(crate) struct Claim<'a> {
    slot: &'a Slot,
    position: u32,
}

impl Ring {
    /// An empty ring for `capacity` events, a power of two; `None` where memory is exhausted.
    pub(crate) fn new(capacity: u32) -> Option<Self> {
        debug_assert!(capacity.is_power_of_two(), "positions wrap at 2 ** 32");
        let mut slots = Vec::new();
        slots.try_reserve_exact(capacity as usize).ok()?;
        slots.extend((0..capacity).map(|position| Slot {
            word: AtomicU64::new(word(position, FREE)),
            record: UnsafeCell::new(Record::EMPTY),
        }));
        Some(Self {
            slots: slots.into_boxed_slice(),
            head: AtomicU32::new(0),
            tail: AtomicU32::new(0),
            lost: AtomicU32::new(0),
        })
    }

    /// Puts an event, on behalf of the agent with the serial `writer`; false where the ring is full. Never waits.
    pub(crate) fn put(&self, writer: u32, record: &Record) -> bool {
        let Some(claim) = self.claim(writer) else {
            return false;
        };
        claim.commit(record);
        true
    }

    /// Takes a slot for the agent with the serial `writer`; `None`, and one more lost, where there is none.
    pub(crate) fn claim(&self, writer: u32) -> Option<Claim<'_>> {
        loop {
            // Acquire: pairs with `advance`, so that the slot does not look as it did in the lap before.
            let position = self.head.load(Ordering::Acquire);
            let slot = self.slot(position);
            // Relaxed: the exchange below acquires.
            let seen = slot.word.load(Ordering::Relaxed);
            let (serves, by) = parts(seen);
            if serves == position.wrapping_sub(self.capacity()) {
                // Relaxed: a number for display.
                self.lost.fetch_add(1, Ordering::Relaxed);
                return None;
            }
            if serves == position && by == FREE {
                // Acquire: the reader has copied the record of the lap before. Relaxed on failure: look again.
                let claimed = slot.word.compare_exchange(
                    seen,
                    word(position, writer),
                    Ordering::Acquire,
                    Ordering::Relaxed,
                );
                if claimed.is_ok() {
                    self.advance(position);
                    return Some(Claim { slot, position });
                }
            }
            // Somebody has claimed it, and may be slow to say so, or dead.
            self.advance(position);
        }
    }

    /// The slot of `position` is taken.
    fn advance(&self, position: u32) {
        // Release: whoever reads the new head sees that slot taken, and does not find the ring full by mistake. Failure:
        // somebody else has done it.
        let _ = self.head.compare_exchange(
            position,
            position.wrapping_add(1),
            Ordering::Release,
            Ordering::Relaxed,
        );
    }

    /// Takes the oldest event; `None` where there is none, or where its writer is not yet done. Only for the reader.
    pub(crate) fn take(&self) -> Option<Record> {
        loop {
            // Relaxed here and below: only the reader touches it.
            let position = self.tail.load(Ordering::Relaxed);
            let slot = self.slot(position);
            // Acquire: pairs with `commit`, so the record is there.
            let seen = slot.word.load(Ordering::Acquire);
            let (serves, by) = parts(seen);
            debug_assert_eq!(serves, position, "only the reader moves a slot on");
            if by == FREE || (by != FULL && holder::is_alive(by)) {
                return None;
            }
            let record = (by == FULL).then(|| {
                // SAFETY: FULL was acquired, and nobody claims the slot before it is free.
                slot.record.with(|record| unsafe { *record })
            });
            let next = word(position.wrapping_add(self.capacity()), FREE);
            // Release: the copy is done before the slot is claimed again. Relaxed on failure: a writer that was thought
            // dead has committed just before, so look again.
            let freed =
                slot.word
                    .compare_exchange(seen, next, Ordering::Release, Ordering::Relaxed);
            if freed.is_err() {
                continue;
            }
            self.tail.store(position.wrapping_add(1), Ordering::Relaxed);
            if record.is_some() {
                return record;
            }
            // Relaxed: a number for display.
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many events were lost since somebody last asked.
    pub(crate) fn take_lost(&self) -> u32 {
        // Relaxed: a number for display.
        self.lost.swap(0, Ordering::Relaxed)
    }

    pub(crate) fn capacity(&self) -> u32 {
        // It came from a u32.
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    fn slot(&self, position: u32) -> &Slot {
        &self.slots[(position & (self.capacity() - 1)) as usize]
    }
}

/// Loom compares this with all other accesses.
#[cfg(loom)]
impl Drop for Ring {
    fn drop(&mut self) {
        for slot in &self.slots {
            slot.record.with_mut(|_| ());
        }
    }
}

impl Claim<'_> {
    /// Writes the record, and hands it to the reader.
    pub(crate) fn commit(self, record: &Record) {
        self.slot.record.with_mut(|slot| {
            // SAFETY: we claimed the slot, so nobody else writes to it, and nobody reads before FULL.
            unsafe { *slot = *record };
        });
        // Release: publishes the record. A store will do: only the writer moves a slot on that it has claimed, as long as
        // it lives.
        self.slot
            .word
            .store(word(self.position, FULL), Ordering::Release);
    }
}

fn word(position: u32, by: u32) -> u64 {
    u64::from(position) << 32 | u64::from(by)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the two halves of the word"
)]
fn parts(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::super::record::{Kind, Record};
    use super::Ring;
    use crate::sync::holder::{Holder, untracked};

    fn numbered(future: u32) -> Record {
        Record::new(Kind::Started, 1, 0.0).future(future)
    }

    fn drain(ring: &Ring) -> Vec<u32> {
        std::iter::from_fn(|| ring.take())
            .map(|record| record.numbers().1)
            .collect()
    }

    #[test]
    fn events_come_out_in_the_order_in_which_they_went_in_for_many_laps() {
        let ring = Ring::new(4).unwrap();
        for lap in 0..100 {
            let sent: Vec<u32> = (0..3).map(|n| lap * 3 + n).collect();
            assert!(sent.iter().all(|n| ring.put(7, &numbered(*n))));
            assert_eq!(drain(&ring), sent);
        }
        assert_eq!(ring.take_lost(), 0);
    }

    #[test]
    fn a_full_ring_loses_what_comes_and_keeps_what_it_has() {
        let ring = Ring::new(4).unwrap();
        let kept: Vec<bool> = (0..7).map(|n| ring.put(7, &numbered(n))).collect();
        assert_eq!(kept, [true, true, true, true, false, false, false]);
        assert_eq!(drain(&ring), [0, 1, 2, 3]);
        assert_eq!((ring.take_lost(), ring.take_lost()), (3, 0));
        assert!(ring.put(7, &numbered(9)));
        assert_eq!(drain(&ring), [9]);
    }

    #[test]
    fn a_writer_that_is_slow_holds_up_what_comes_after_it_and_one_that_died_is_skipped() {
        let ring = Ring::new(4).unwrap();
        let holder = Holder::new();
        assert!(ring.claim(holder.serial()).is_some());
        assert!(ring.put(7, &numbered(1)));
        assert_eq!(drain(&ring), [0; 0], "it is not yet done");
        holder.give_up();
        assert_eq!(drain(&ring), [1]);
        assert_eq!(ring.take_lost(), 1);
        assert!((2..6).all(|n| ring.put(7, &numbered(n))));
        assert_eq!(drain(&ring), [2, 3, 4, 5]);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "it runs natively")]
    fn writers_on_many_threads_lose_nothing_while_somebody_drains() {
        let ring = Ring::new(1 << 8).unwrap();
        let done = std::sync::atomic::AtomicU32::new(0);
        let got = std::thread::scope(|scope| {
            for thread in 0..4 {
                let (ring, done) = (&ring, &done);
                scope.spawn(move || {
                    let serial = untracked();
                    for n in 0..5_000 {
                        while !ring.put(serial, &numbered(thread << 16 | n)) {
                            std::thread::yield_now();
                        }
                    }
                    done.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                });
            }
            let mut got = Vec::new();
            loop {
                let all = done.load(std::sync::atomic::Ordering::SeqCst) == 4;
                got.extend(drain(&ring));
                if all {
                    return got;
                }
            }
        });
        for thread in 0..4 {
            let its = got
                .iter()
                .filter(|n| *n >> 16 == thread)
                .map(|n| n & 0xffff);
            assert!(its.eq(0..5_000), "all of each thread's, in its order");
        }
    }
}
