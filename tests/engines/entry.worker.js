// A worker entry as a user writes it.

import { serve } from '../../dist/worker.js';

serve({
  greet: name => `hello ${name}`,
  setUp(word, more) {
    globalThis.setUp = [...(globalThis.setUp ?? []), `${word} ${more.n}`];
  },
});
