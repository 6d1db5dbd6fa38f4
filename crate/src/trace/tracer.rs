//! Who holds the ring: it comes with the start of a trace and goes with its end, while others may be writing to it.
//!
//! ```text
//!  who records                          who starts and stops
//!  ───────────                          ────────────────────
//!  ring null? nothing more              start: make a ring, ring null → it
//!  users + 1                            stop:  users + 1, ring → null, put the old one on `retired`, leave
//!  ring, if there still is one: put
//!  leave: users − 1; the last one frees what is retired
//! ```
//!
//! To free, the last one exchanges users 0 for FREEING. Whoever comes after that finds no ring, or a newer one: the old one
//! left `ring` before it was retired. Whoever came before has left. An agent that dies in between stays counted, and the
//! ring that it may be at is never freed: better a megabyte lost than one used after it was freed.

use std::ptr;
use std::sync::atomic::Ordering;

use super::ring::Ring;
use crate::platform::{AtomicPtr, AtomicU32};
use crate::sync::holder;

/// In `users`: somebody frees what is retired.
const FREEING: u32 = 1 << 31;

/// One trace, from its start to its stop.
pub(crate) struct Session {
    pub(crate) ring: Ring,
    /// Tells one trace from the next.
    pub(crate) generation: u32,
    /// Futures below this were submitted before.
    pub(crate) first_future: u32,
    /// The serial of the agent that reads.
    owner: u32,
    /// The next on the list `retired`.
    next: AtomicPtr<Session>,
}

/// The trace of this memory, if there is one.
pub(crate) struct Tracer {
    session: AtomicPtr<Session>,
    /// Who looks at the session right now, and [`FREEING`].
    users: AtomicU32,
    /// Sessions that have ended, until nobody looks at them.
    retired: AtomicPtr<Session>,
}

/// Why no trace was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Refusal {
    /// There is one already, and its agent lives.
    Running = 1,
    /// Memory is exhausted.
    Exhausted = 2,
}

impl Session {
    /// Whether the agent with this serial is the one that reads.
    pub(crate) fn is_read_by(&self, serial: u32) -> bool {
        self.owner == serial
    }
}

impl Tracer {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self {
            session: AtomicPtr::new(ptr::null_mut()),
            users: AtomicU32::new(0),
            retired: AtomicPtr::new(ptr::null_mut()),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self {
            session: AtomicPtr::new(ptr::null_mut()),
            users: AtomicU32::new(0),
            retired: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Whether there may be a trace: all that an event costs where there is none.
    pub(crate) fn is_on(&self) -> bool {
        // Relaxed: whoever finds one looks again, in `with`.
        !self.session.load(Ordering::Relaxed).is_null()
    }

    /// The word that is not zero while there is a trace; JavaScript reads it by address.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    pub(crate) fn flag(&self) -> *const u32 {
        self.session.as_ptr().cast()
    }

    /// Shows `step` the session, if there is one.
    pub(crate) fn with<R>(&self, step: impl FnOnce(&Session) -> R) -> Option<R> {
        self.enter();
        // Acquire: pairs with `start`; and not before `enter`.
        let session = self.session.load(Ordering::Acquire);
        // SAFETY: what is in `session` after `enter` is not freed before we leave; see the head of this file.
        let result = unsafe { session.as_ref() }.map(step);
        self.leave();
        result
    }

    /// Starts a trace that the agent with the serial `owner` reads. One whose agent is dead gives way.
    pub(crate) fn start(
        &self,
        capacity: u32,
        owner: u32,
        generation: u32,
        first_future: u32,
    ) -> Result<(), Refusal> {
        self.stop_where(|session| !holder::is_alive(session.owner));
        if self.is_on() {
            return Err(Refusal::Running);
        }
        let ring = Ring::new(capacity).ok_or(Refusal::Exhausted)?;
        let session = Box::into_raw(Box::new(Session {
            ring,
            generation,
            first_future,
            owner,
            next: AtomicPtr::new(ptr::null_mut()),
        }));
        // Release: publishes the session. Failure: somebody else was faster.
        let started = self.session.compare_exchange(
            ptr::null_mut(),
            session,
            Ordering::Release,
            Ordering::Relaxed,
        );
        if started.is_err() {
            // SAFETY: nobody has seen it.
            drop(unsafe { Box::from_raw(session) });
            return Err(Refusal::Running);
        }
        Ok(())
    }

    /// Ends the trace of the agent with the serial `owner`, if it has one.
    pub(crate) fn stop(&self, owner: u32) {
        self.stop_where(|session| session.owner == owner);
    }

    fn stop_where(&self, is_it: impl FnOnce(&Session) -> bool) {
        self.enter();
        // Acquire: as in `with`.
        let session = self.session.load(Ordering::Acquire);
        // SAFETY: as in `with`.
        if unsafe { session.as_ref() }.is_some_and(is_it) {
            // Relaxed: only one may retire it, and what it frees is ordered by `users`, below.
            let ended = self.session.compare_exchange(
                session,
                ptr::null_mut(),
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            if ended.is_ok() {
                self.retire(session);
            }
        }
        self.leave();
    }

    /// Whether nothing is left of traces that ended.
    #[cfg(loom)]
    pub(crate) fn has_freed_all(&self) -> bool {
        self.retired.load(Ordering::Acquire).is_null() && self.users.load(Ordering::Acquire) == 0
    }

    fn retire(&self, session: *mut Session) {
        // Relaxed: only compared.
        let mut head = self.retired.load(Ordering::Relaxed);
        loop {
            // SAFETY: we took it out of `session`, and nobody frees it before it is on the list.
            // Relaxed: the exchange publishes it.
            unsafe { &*session }.next.store(head, Ordering::Relaxed);
            // Release: publishes `next`. Relaxed on failure: only compared.
            match self.retired.compare_exchange_weak(
                head,
                session,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    fn enter(&self) {
        // AcqRel: whoever comes after FREEING sees that the session was taken out before.
        self.users.fetch_add(1, Ordering::AcqRel);
    }

    fn leave(&self) {
        // AcqRel: whoever frees has seen all that we did to the session; and we see what was retired by those who left
        // before.
        if self.users.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.free_retired();
        }
    }

    fn free_retired(&self) {
        loop {
            // Relaxed: what was retired before the caller left is seen; see `leave`.
            if self.retired.load(Ordering::Relaxed).is_null() {
                return;
            }
            // AcqRel: see `enter`. Failure: whoever came meanwhile does it when it leaves.
            let free = self
                .users
                .compare_exchange(0, FREEING, Ordering::AcqRel, Ordering::Relaxed);
            if free.is_err() {
                return;
            }
            // Acquire: pairs with `retire`.
            let mut session = self.retired.swap(ptr::null_mut(), Ordering::Acquire);
            while !session.is_null() {
                // SAFETY: it came from `Box::into_raw` in `start`, it is on no list any more, and nobody looks at it.
                let ended = unsafe { Box::from_raw(session) };
                // Relaxed: acquired by the swap.
                session = ended.next.load(Ordering::Relaxed);
            }
            // AcqRel: as in `leave`. If others have come meanwhile, the last of them looks.
            if self.users.fetch_sub(FREEING, Ordering::AcqRel) != FREEING {
                return;
            }
        }
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // Relaxed: nobody else has it any more.
        let session = self.session.swap(ptr::null_mut(), Ordering::Relaxed);
        if !session.is_null() {
            self.retire(session);
        }
        self.free_retired();
    }
}
