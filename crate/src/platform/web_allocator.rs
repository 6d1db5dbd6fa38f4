//! An allocator that survives the death of an agent in the middle of it.
//!
//! std's allocator for this target takes a lock by spinning without end. An agent that is lost while it holds that lock
//! leaves all others spinning, the page among them, and a page that spins can neither find out nor be helped. This one
//! is the same allocator behind a lock that gives up: whoever has spun for as long as no living holder ever takes
//! poisons the memory and traps, which JavaScript catches, and then nobody calls into that memory again.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::fmt;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicU32, Ordering};

use dlmalloc::Dlmalloc;

use super::web::POISON;

/// About three seconds of spinning: the lock is held for well under a microsecond, so even a holder that is not running
/// because hundreds of threads share two cores has had many turns by then.
const PATIENCE: u32 = 1_000_000_000;

/// An allocator for modules that want the page to survive a thread that is ended while it allocates; the npm package's
/// module has it.
///
/// ```ignore
/// #[global_allocator]
/// static ALLOCATOR: concurrent_futures::PatientAllocator = concurrent_futures::PatientAllocator::new();
/// ```
pub struct PatientAllocator {
    held: AtomicU32,
    heap: UnsafeCell<Dlmalloc>,
}

// SAFETY: the heap is only touched by the holder of the lock.
unsafe impl Sync for PatientAllocator {}

impl PatientAllocator {
    /// The allocator; there can be one.
    #[expect(clippy::new_without_default, reason = "it is made for a static")]
    pub const fn new() -> Self {
        Self {
            held: AtomicU32::new(0),
            heap: UnsafeCell::new(Dlmalloc::new()),
        }
    }

    fn with_heap<R>(&self, step: impl FnOnce(&mut Dlmalloc) -> R) -> R {
        let mut spins = 0;
        // Acquire: sees what the last holder did to the heap.
        while self.held.swap(1, Ordering::Acquire) != 0 {
            // Relaxed: only looks whether it is worth another try.
            while self.held.load(Ordering::Relaxed) != 0 {
                spins += 1;
                if spins == PATIENCE {
                    give_up();
                }
                spin_loop();
            }
        }
        // SAFETY: we hold the lock.
        let result = step(unsafe { &mut *self.heap.get() });
        // Release: shows what we did to the next holder.
        self.held.store(0, Ordering::Release);
        result
    }
}

fn give_up() -> ! {
    // SeqCst: as every access to this word.
    POISON.store(1, Ordering::SeqCst);
    core::arch::wasm32::unreachable()
}

// SAFETY: dlmalloc gives blocks of the size and alignment that it is asked for, each to one owner.
unsafe impl GlobalAlloc for PatientAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's duty is the same.
        self.with_heap(|heap| unsafe { heap.malloc(layout.size(), layout.align()) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's duty is the same.
        self.with_heap(|heap| unsafe { heap.calloc(layout.size(), layout.align()) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's duty is the same.
        self.with_heap(|heap| unsafe { heap.free(block, layout.size(), layout.align()) });
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's duty is the same.
        self.with_heap(|heap| unsafe { heap.realloc(block, layout.size(), layout.align(), size) })
    }
}

impl fmt::Debug for PatientAllocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientAllocator").finish_non_exhaustive()
    }
}
