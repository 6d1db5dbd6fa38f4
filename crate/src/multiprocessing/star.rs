//! Functions of several arguments, called with a tuple: Python's `f(*args)`.

/// A function that [`starmap`](super::WorkerPool::starmap) can call with the tuple `A`: of one to six arguments.
///
/// ```
/// use concurrent_futures::multiprocessing::Star;
///
/// let power = |base: u64, exponent: u32| base.pow(exponent);
/// assert_eq!(power.star((2, 10)), 1024);
/// ```
pub trait Star<A, R>: Copy + Send + 'static {
    /// Calls it.
    fn star(self, arguments: A) -> R;
}

macro_rules! star {
    ($($argument:ident $name:ident),+) => {
        impl<F, R, $($argument),+> Star<($($argument,)+), R> for F
        where
            F: Fn($($argument),+) -> R + Copy + Send + 'static,
        {
            fn star(self, ($($name,)+): ($($argument,)+)) -> R {
                self($($name),+)
            }
        }
    };
}

star!(A first);
star!(A first, B second);
star!(A first, B second, C third);
star!(A first, B second, C third, D fourth);
star!(A first, B second, C third, D fourth, E fifth);
star!(A first, B second, C third, D fourth, E fifth, G sixth);
