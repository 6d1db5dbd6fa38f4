// The page side: plays one fault, on one executor, and says what went wrong; and what lifecycle.mjs asks for.

import './ledger.js';
import { isolated } from '../../dist/index.js';
import { code } from './code.js';
import { FAULTS } from './list.js';
import { pools } from './pools.js';
import { rust } from './rust.js';
import { listen, Scene, same, tasks, until } from './scene.js';
import { values } from './values.js';
import { workers } from './workers.js';

const BODIES = { ...values, ...code, ...workers, ...pools };

async function play(id, kind, shared) {
  same(isolated(), shared);
  const scene = new Scene(kind);
  if (id in rust) {
    await rust[id](scene);
    return;
  }
  const { after } = FAULTS.find(fault => fault.id === id);
  const why = await BODIES[id](scene);
  if (after === 'goes on') await scene.goesOn();
  else if (after === 'is closed') await scene.isClosed();
  else await scene.isBroken(why);
  await scene.end();
}

const outcomeOf = promise =>
  promise.then(
    () => '',
    error => `${error?.name}: ${error?.message}\n${error?.stack ?? ''}`,
  );

/** Resolves with '' when all was as it should be, else with what was not. */
globalThis.play = (id, kind, shared) => outcomeOf(play(id, kind, shared === 'shared'));

let scene;
let futures;
let restored = false;
addEventListener('pageshow', event => {
  restored ||= event.persisted;
});

/** Calls that run and wait while something happens to the tab. */
globalThis.begin = async (id, kind, shared) => {
  same(isolated(), shared === 'shared');
  scene = new Scene(kind);
  const starting = id === 'away-while-starting';
  const options = { maxWorkers: 2 };
  const executor = starting ? scene.open(options) : await scene.openWarm(options);
  // Two workers are made with the next turns, and take longer to load.
  const atIt = starting
    ? () => until(() => scene.threads.length === 2)
    : await listen(scene.signal);
  futures = [executor.submit(tasks.laterLoudly, 500, scene.signal)];
  for (let n = 0; n < 1000; n++) futures.push(executor.submit(tasks.square, n));
  await atIt();
};

globalThis.finish = id =>
  outcomeOf(
    (async () => {
      // Or nothing would be shown: a page that was loaded again has no scene either.
      if (id.startsWith('away')) same(restored, true);
      scene.happens();
      const [slow, ...squares] = futures;
      same(await slow, 500);
      for (const [n, square] of squares.entries()) same(await square, n * n);
      await scene.goesOn();
      await scene.end();
    })(),
  );
