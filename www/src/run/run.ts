// Starts and stops runs: one driver worker for each, and never two at a time.
//
//   start: text ─▶ module (a blob's address) ─▶ driver worker, adopted by the package ─▶ events ─▶ results
//   stop:  ask the driver, which cancels what has not started and asks what runs ─▶ after a moment, end it with every
//          worker that its pools have; a second stop ends them at once

import { computed, signal } from '@preact/signals';
import { unwrap, wrap } from '../envelope.ts';
import { type Program, programOf } from '../gil/program.ts';
import { ADDRESSES, libraryAddress, loadLibrary, playgroundAddress } from '../library.ts';
import type { ChannelName, Command, Failure, News, RunEvent } from '../protocol.ts';
import {
  begin as beginTrace,
  end as endTrace,
  settle as settleTrace,
  take as takeTrace,
} from '../trace/feed.ts';
import { tracingAddress } from '../trace/library.ts';
import { source } from '../trace/source.ts';
import { moduleAddress, rewriteImports } from './module.ts';
import { clearResults, receive, takeOver } from './results.ts';
import { next, type RunSignal, type RunState } from './state.ts';

/** How long code may take to end by itself after Stop, in milliseconds. */
const GRACE = 1000;
/** How long the package may take to end the workers of a run before the page goes on without waiting. */
const ENDING = 4000;

export const runState = signal<RunState>({ is: 'idle' });
/** What Stop has done so far, in words. */
export const stopSteps = signal<readonly string[]>([]);
export const busy = computed(() => runState.value.is !== 'idle');

function send(what: RunSignal): void {
  runState.value = next(runState.value, what, performance.now());
}

interface Active {
  readonly worker: Worker;
  /** Ends the driver and all that it started. The second call gives the same promise. */
  end(): Promise<void>;
  /** The driver is done, in whatever way. */
  readonly over: Promise<void>;
}

let active: Active | undefined;
/** The workers of the run before, on their way out. */
let ending: Promise<void> = Promise.resolve();
let runs = 0;

const within = <T>(promise: Promise<T>, milliseconds: number) =>
  Promise.race([promise, new Promise<void>(done => setTimeout(done, milliseconds))]);

/** Of the page's own making: where in the page it arose says nothing about the code. */
const failureOf = (error: unknown, otherwise: string): Failure =>
  error instanceof Error
    ? { name: error.name, message: error.message, stack: '' }
    : { name: 'Error', message: otherwise, stack: '' };

/** Runs the text. `prepare` is awaited first and may refuse by throwing. Nothing happens while a run is on. */
export async function start(text: string, prepare?: () => Promise<void>): Promise<void> {
  if (runState.value.is !== 'idle') return;
  clearResults();
  stopSteps.value = [];
  send({ signal: 'run' });
  try {
    await ending;
    await prepare?.();
    const program = await programOf(text);
    const library = await loadLibrary();
    settleTrace();
    const tracing = await source(library);
    // Stop may have been pressed in the meantime.
    if ((runState.value as RunState).is === 'starting') {
      beginTrace(tracing);
      launch(library, program);
    } else tracing?.stop();
  } catch (error) {
    send({ signal: 'failed', failure: failureOf(error, 'The run could not be started.') });
  }
  if (!active) send({ signal: 'stopped' });
}

function launch(
  { adopt }: Awaited<ReturnType<typeof loadLibrary>>,
  { text, addresses }: Program,
): void {
  const run = `${Date.now().toString(36)}-${runs++}`;
  const playground = playgroundAddress(run);
  const module = moduleAddress(
    rewriteImports(text, { ...ADDRESSES, ...addresses, playground }, playground),
  );
  const worker = new Worker(new URL('../driver/driver.ts', import.meta.url), {
    type: 'module',
    name: 'main',
  });
  const channelName: ChannelName = `playground-${run}`;
  const channel = new BroadcastChannel(channelName);
  const adopted = adopt(worker);

  let over = () => {};
  let ended: Promise<void> | undefined;
  const self: Active = {
    worker,
    over: new Promise(done => {
      over = done;
    }),
    end() {
      ended ??= (async () => {
        // What the package cannot end in time goes with the worker itself.
        await within(adopted.terminate().catch(console.error), ENDING);
        worker.terminate();
        URL.revokeObjectURL(module);
        endTrace();
      })();
      return ended;
    },
  };

  const conclude = (signal: RunSignal) => {
    over();
    if (active !== self) return;
    takeOver();
    active = undefined;
    send(signal);
    ending = self.end();
  };
  // A task's last line may come after main() has ended: this channel stays until the next run opens its own.
  channel.onmessage = ({ data }) => receive(data as RunEvent[]);
  lastChannel?.close();
  lastChannel = channel;
  worker.addEventListener('message', ({ data }) => {
    const news = unwrap<News>(data);
    if (news?.kind === 'running') send({ signal: 'started' });
    if (news?.kind === 'events') receive(news.events);
    if (news?.kind === 'asked') asked?.(news);
    if (news?.kind === 'trace') takeTrace(news.events);
    if (active !== self || runState.value.is === 'stopping') {
      if (news?.kind === 'finished' || news?.kind === 'failed') over();
      return;
    }
    if (news?.kind === 'finished') conclude({ signal: 'finished' });
    if (news?.kind === 'failed') conclude({ signal: 'failed', failure: news.failure });
  });
  worker.addEventListener('error', event => {
    event.preventDefault();
    const message = event.message || 'The worker that runs the code could not be loaded.';
    conclude({ signal: 'failed', failure: { name: 'Error', message, stack: '' } });
  });

  active = self;
  const command: Command = {
    kind: 'start',
    library: libraryAddress,
    playground,
    tracing: tracingAddress,
    module,
  };
  worker.postMessage(wrap(command));
}

let lastChannel: BroadcastChannel | undefined;

type Asked = News & { kind: 'asked' };
let asked: ((news: Asked) => void) | undefined;
let endNow: (() => void) | undefined;

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
const say = (step: string) => {
  stopSteps.value = [...stopSteps.value, step];
};

/**
 * Stops the run: cancels what has not started, asks what runs to end, and ends the workers of what does not. The second
 * call, while the first is at it, ends them at once. Resolves when the page is free again.
 */
export async function stop(): Promise<void> {
  if (runState.value.is === 'stopping') endNow?.();
  if (runState.value.is !== 'starting' && runState.value.is !== 'running') return;
  send({ signal: 'stop' });
  const run = active;
  // Without a driver yet, `start` sees the state and ends by itself.
  if (!run) return;
  let workers: number | undefined;
  asked = news => {
    workers = news.workers;
    say(`Cancelled ${count(news.cancelled, 'call')} that had not started.`);
    say('Asked what runs to end: its stopSignal is aborted.');
  };
  let itself = false;
  const impatient = new Promise<void>(done => {
    endNow = done;
  });
  const ask: Command = { kind: 'stop' };
  run.worker.postMessage(wrap(ask));
  const over = run.over.then(() => {
    itself = true;
  });
  await within(Promise.race([over, impatient]), GRACE);
  if (workers === undefined && !itself) say('main() does not answer: it is busy.');
  if (itself) say('main() has ended by itself.');
  await run.end();
  say(
    itself && !workers
      ? 'No worker was left.'
      : `Ended ${workers ? `main() and ${count(workers, 'worker')}` : 'main() and all its workers'}.`,
  );
  asked = endNow = undefined;
  takeOver();
  active = undefined;
  send({ signal: 'stopped' });
}
