// Two workers that wake each other by `Atomics` alone: the least that a blocking call between workers can take.

self.onmessage = ({ data: { role, words, count } }) => {
  const times = [];
  for (let n = 1; n <= count; n++) {
    if (role === 'server') {
      Atomics.wait(words, 0, n - 1);
      Atomics.store(words, 1, n);
      Atomics.notify(words, 1);
      continue;
    }
    const start = performance.now();
    Atomics.store(words, 0, n);
    Atomics.notify(words, 0);
    Atomics.wait(words, 1, n - 1);
    times.push(performance.now() - start);
  }
  self.postMessage(times);
};
