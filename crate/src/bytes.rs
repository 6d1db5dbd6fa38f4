//! A block of bytes that crosses the C ABI: allocated by one agent, filled by JavaScript, freed by another.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::{self, NonNull};

/// Blocks start at multiples of this, so that JavaScript can lay any typed array over them.
const ALIGNMENT: usize = 8;

/// An owned block. It is plain memory: it has no methods that grow it.
#[derive(Debug)]
pub(crate) struct Bytes {
    start: NonNull<u8>,
    /// In bytes; with [`WITH_OBJECTS`], the addresses of objects and their number, four bytes each, are the last of them.
    length: usize,
}

/// A message with this bit in its length keeps the shared objects that it names: their addresses stand behind it.
const WITH_OBJECTS: usize = 1 << (usize::BITS - 1);

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

    /// A block of `length` zeros; `None` where memory is exhausted.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    pub(crate) fn zeroed(length: usize) -> Option<Self> {
        let block = Self::allocate(length)?;
        // SAFETY: the block is new, and that long.
        unsafe { ptr::write_bytes(block.start.as_ptr(), 0, length) };
        Some(block)
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

    /// Address and length, as JavaScript has them.
    #[cfg(all(target_arch = "wasm32", not(loom)))]
    pub(crate) fn whole(&self) -> (usize, usize) {
        (self.start.as_ptr().addr(), self.length)
    }

    /// What is in it, without the addresses of objects.
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.parts().0
    }

    /// What is in it, and the addresses of objects behind it.
    fn parts(&self) -> (&[u8], &[u8]) {
        let length = self.length & !WITH_OBJECTS;
        // SAFETY: the block is that long, owned, and was filled before it was shared.
        let all = unsafe { std::slice::from_raw_parts(self.start.as_ptr(), length) };
        if self.length == length {
            return (all, &[]);
        }
        split_objects(all)
    }

    fn layout(length: usize) -> Option<Layout> {
        Layout::from_size_align(length.max(1), ALIGNMENT).ok()
    }
}

/// A message, and the addresses of objects behind it, four bytes each; behind these stands their number. One that is too
/// large is no such number.
pub(crate) fn split_objects(all: &[u8]) -> (&[u8], &[u8]) {
    all.split_last_chunk::<4>()
        .and_then(|(rest, count)| {
            let objects = (u32::from_ne_bytes(*count) as usize).checked_mul(4)?;
            Some(rest.split_at(rest.len().checked_sub(objects)?))
        })
        .unwrap_or((all, &[]))
}

impl Drop for Bytes {
    fn drop(&mut self) {
        #[cfg(all(target_arch = "wasm32", not(loom)))]
        // SAFETY: whoever made the message retained each object for it.
        unsafe {
            crate::sync::shared::give_back(self.parts().1);
        }
        if let Some(layout) = Self::layout(self.length & !WITH_OBJECTS) {
            // SAFETY: `allocate` used the same layout.
            unsafe { dealloc(self.start.as_ptr(), layout) };
        }
    }
}
