// p-map: no worker at all, but a limit on how many calls are under way on the page itself.

import pMap from 'p-map';
import * as tasks from '../tasks.js';

const byName = { ...tasks };

export function open(count) {
  const over = (calls, each) => pMap(calls, async call => each(...call), { concurrency: count });
  return {
    call: async (name, ...args) => (await over([args], byName[name]))[0],
    all: (name, calls) => over(calls, byName[name]),
    close: () => undefined,
  };
}
