// The driver worker: runs the module of the editor, so that the page never freezes whatever the module does.
//
//   page: start ─▶ load the helpers and the package ─▶ await ready() ─▶ running ─▶ import the module, call its main()
//   ─▶ finished or failed
//
// `main` is the module's default export. It runs here only: the pool's workers import the same module for its tasks.

import { unwrap, wrap } from '../envelope.ts';
import type { Command, News } from '../protocol.ts';
import { describeFailure } from './failure.ts';
import { sendTrace } from './tracing.ts';

type Library = typeof import('concurrent-futures');
type Playground = typeof import('../playground/index.ts');
interface Experiment {
  default?: () => unknown;
}

const post = self.postMessage.bind(self);
const tell = (news: News) => post(wrap(news));
let playground: Playground | undefined;

async function run(command: Command & { kind: 'start' }) {
  const { library, playground: helpers, tracing, module } = command;
  let endTrace = () => {};
  try {
    playground = (await import(/* @vite-ignore */ helpers)) as Playground;
    playground.driver.connect(events => tell({ kind: 'events', events }));
    const loaded = (await import(/* @vite-ignore */ library)) as Library;
    playground.driver.watch(loaded);
    await loaded.ready();
    if (!crossOriginIsolated)
      endTrace = await sendTrace(tracing, events => tell({ kind: 'trace', events }));
    tell({ kind: 'running' });
    const { default: main } = (await import(/* @vite-ignore */ module)) as Experiment;
    // A module without main() has run already, top to bottom.
    await main?.();
    playground.driver.flush();
    endTrace();
    tell({ kind: 'finished' });
  } catch (error) {
    playground?.driver.flush();
    endTrace();
    tell({ kind: 'failed', failure: describeFailure(error, module) });
  }
}

// What nobody caught is printed; whether the run fails is main()'s to say.
self.addEventListener('unhandledrejection', event => {
  event.preventDefault();
  console.error('Unhandled rejection:', event.reason);
});
self.addEventListener('error', event => {
  event.preventDefault();
  console.error('Uncaught', event.error ?? event.message);
});

// A driver that closed itself would leave the page waiting for its end.
Object.defineProperty(self, 'close', {
  value() {
    throw new Error('close() would end the worker that runs main(); return from main() instead');
  },
});

self.addEventListener('message', (event: MessageEvent<unknown>) => {
  const command = unwrap<Command>(event.data);
  if (command?.kind === 'start') void run(command);
  if (command?.kind === 'stop' && playground) tell({ kind: 'asked', ...playground.driver.stop() });
});
