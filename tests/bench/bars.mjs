// What has to hold: each bar as a number out of the results.

import { libraryOf } from './catalogue.mjs';
import { medianOf, ratioOf } from './report.mjs';

const JS = ['threads-js', 'processes-js'];
const RUST = ['threads-rust', 'processes-rust'];

const plain = name => libraryOf(name).title.replaceAll('*', '').replace('ours, ', '');
const each = (names, bar) => names.map(name => ({ library: plain(name), ...bar(name) }));
const inverse = value => (value === undefined ? undefined : 1 / value);
const divided = (a, b) => (a === undefined || !(b > 0) ? undefined : a / b);

export const BARS = [
  ...each([...JS, ...RUST], name => ({
    title: 'one call, p50, against raw',
    atMost: 0.4,
    value: results => ratioOf(results, 'call', name, 'p50'),
  })),
  ...each([...JS, ...RUST], name => ({
    title: 'one call, p99, against raw',
    atMost: 1,
    value: results => ratioOf(results, 'call', name, 'p99'),
  })),
  ...each(JS, name => ({
    title: '10,000 tiny calls, times as fast as raw',
    atLeast: 6,
    value: results => inverse(ratioOf(results, 'burst', name, 'n10000')),
  })),
  ...each(RUST, name => ({
    title: '10,000 tiny calls, times as fast as raw',
    atLeast: 8,
    value: results => inverse(ratioOf(results, 'burst', name, 'n10000')),
  })),
  ...each(JS, name => ({
    title: 'blocking call, p50, against bare Atomics',
    atMost: 2,
    value: results => ratioOf(results, 'block', name, 'p50'),
  })),
  ...each(['processes-js', 'processes-rust'], name => ({
    title: 'map with the best chunksize, times as fast as 1',
    atLeast: 10,
    value: results => {
      const times = Object.keys(results.workloads.map?.metrics ?? {})
        .map(metric => medianOf(results, 'map', name, metric))
        .filter(time => time !== undefined);
      const slowest = medianOf(results, 'map', name, 'chunk1');
      return divided(slowest, times.length > 0 ? Math.min(...times) : undefined);
    },
  })),
  ...each([...JS, ...RUST], name => ({
    title: 'Mandelbrot, scaling to two workers against raw',
    atLeast: 0.95,
    value: results => ratioOf(results, 'mandelbrot', name, 'scaling'),
  })),
  ...each(RUST, name => ({
    title: 'Mandelbrot, time against wasm-bindgen-rayon',
    atMost: 1,
    value: results => ratioOf(results, 'mandelbrot', name, 'two', 'rayon'),
  })),
  ...each(JS, name => ({
    title: '1 MiB and back, copied, against raw',
    atMost: 1,
    value: results => ratioOf(results, 'megabyte', name, 'copied'),
  })),
  ...each(JS, name => ({
    title: '1 MiB and back, transferred, against raw',
    atMost: 1.5,
    value: results => ratioOf(results, 'megabyte', name, 'moved'),
  })),
  ...each([...JS, ...RUST], name => ({
    title: 'start to first result, against raw',
    atMost: 1.6,
    value: results => ratioOf(results, 'start', name, 'again'),
  })),
  ...each([...JS, ...RUST], name => ({
    title: 'cost per future, of very many against of 1,000',
    atMost: 1.2,
    value: results =>
      divided(
        medianOf(results, 'outstanding', name, 'time'),
        ((results.workloads.outstanding?.metrics.time.count ?? 0) / 1000) *
          (medianOf(results, 'burst', name, 'n1000') ?? Number.NaN),
      ),
  })),
  ...each(['threads-js'], name => ({
    title: 'an idle thread, KiB of pool memory',
    atMost: 2560,
    value: results => medianOf(results, 'memory', name, 'workerPool'),
  })),
];
