// The same picture by Rust: rayon on our threads.
import { canvas, variant } from 'playground';

const [SIZE, STEPS] = [700, 1000];

export default async function main() {
  await variant('Rust, rayon', async () => {
    const rust = await import('mandelbrot');
    await rust.default();
    await rust.start(navigator.hardwareConcurrency);
    const pixels = await rust.render(SIZE, STEPS);
    canvas(SIZE, SIZE).block(0, 0, SIZE, pixels);
  });
}
