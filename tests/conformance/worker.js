// A worker that the page has adopted: it runs cells that await here, and cells that block.

import { ready } from '../../dist/index.js';
import { runCell } from './cell.js';
import { find } from './rows/index.js';
import { share } from './signals.js';

self.onmessage = async ({ data: { key, base, buffer, channel } }) => {
  if (key === undefined) return;
  await ready();
  share(buffer);
  const { row, executor, world } = find(key);
  self.postMessage({ key, result: await runCell(row, executor, world, base, channel) });
};
