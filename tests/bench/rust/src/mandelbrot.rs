//! Rows of the Mandelbrot set; the same arithmetic, in the same order, as in `tasks.js`.

/// The iterations of each pixel of the rows `from..to`, as bytes.
pub(crate) fn rows(size: u32, iterations: u32, from: u32, to: u32) -> Vec<u8> {
    let place = |n: u32| f64::from(n) / f64::from(size) * 2.5;
    (from..to)
        .flat_map(|y| (0..size).map(move |x| (x, y)))
        .map(|(x, y)| stay(place(x) - 1.9, place(y) - 1.25, iterations).to_le_bytes()[0])
        .collect()
}

/// How many steps the point stays in the circle.
fn stay(cr: f64, ci: f64, iterations: u32) -> u32 {
    let (mut x, mut y) = (0.0, 0.0);
    for n in 0..iterations {
        let (xx, yy) = (x * x, y * y);
        if xx + yy > 4.0 {
            return n;
        }
        y = 2.0 * x * y + ci;
        x = xx - yy + cr;
    }
    iterations
}
