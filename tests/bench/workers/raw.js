// Bare messages: what any library on `postMessage` has to do at least.

import * as tasks from '../tasks.js';

const byName = { ...tasks };

self.onmessage = async ({ data: { id, name, args, moving } }) => {
  const value = await byName[name](...args);
  self.postMessage({ id, value }, moving ? [value] : []);
};
