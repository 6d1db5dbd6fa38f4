//! A block of bytes that crosses the C ABI: allocated by one agent, filled by JavaScript, freed by another.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::{self, NonNull};

/// Blocks start at multiples of this, so that JavaScript can lay any typed array over them.
const ALIGNMENT: usize = 8;

/// An owned block. It is plain memory: it has no methods that grow it.
#[derive(Debug)]
pub(crate) struct Bytes {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: a block is owned memory without interior mutability.
unsafe impl Send for Bytes {}
// SAFETY: as above.
unsafe impl Sync for Bytes {}

impl Bytes {
    /// A block of `length` uninitialised bytes, zero allowed; `None` where memory is exhausted.
    pub(crate) fn allocate(length: usize) -> Option<Self> {
        let layout = Self::layout(length)?;
        // SAFETY: the layout is not of size zero.
        let start = NonNull::new(unsafe { alloc(layout) })?;
        Some(Self { start, length })
    }

    /// A copy of `bytes`; `None` where memory is exhausted.
    pub(crate) fn copy(bytes: &[u8]) -> Option<Self> {
        let block = Self::allocate(bytes.len())?;
        // SAFETY: the block is new, so it does not overlap, and it is as long.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), block.start.as_ptr(), bytes.len()) };
        Some(block)
    }

    /// Takes over a block that [`Bytes::into_raw`] gave away.
    ///
    /// # Safety
    ///
    /// `start` and `length` are those of such a block, which nobody else owns.
    pub(crate) unsafe fn from_raw(start: *mut u8, length: usize) -> Option<Self> {
        NonNull::new(start).map(|start| Self { start, length })
    }

    /// Gives the block away.
    pub(crate) fn into_raw(self) -> (*mut u8, usize) {
        let parts = (self.start.as_ptr(), self.length);
        std::mem::forget(self);
        parts
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        // SAFETY: the block is that long, owned, and was filled before it was shared.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }

    fn layout(length: usize) -> Option<Layout> {
        Layout::from_size_align(length.max(1), ALIGNMENT).ok()
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if let Some(layout) = Self::layout(self.length) {
            // SAFETY: `allocate` used the same layout.
            unsafe { dealloc(self.start.as_ptr(), layout) };
        }
    }
}
