//! `UnsafeCell` with loom's face, so that the same code runs under the model checker.

/// See [`std::cell::UnsafeCell`]; access is by closure, as loom has it.
#[derive(Debug)]
pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    /// Reads through the pointer; the caller keeps to the rules of `UnsafeCell`.
    pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        read(self.0.get())
    }

    /// Writes through the pointer; the caller keeps to the rules of `UnsafeCell`.
    pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.0.get())
    }
}
