// Starts and stops runs: one driver worker for each, and never two at a time.
//
//   start: text ─▶ module (a blob's address) ─▶ driver worker, adopted by the package ─▶ events ─▶ results
//   stop:  ask the driver ─▶ after a moment, end it with every worker that its pools have

import { computed, signal } from '@preact/signals';
import { unwrap, wrap } from '../envelope.ts';
import { libraryAddress, loadLibrary, mandelbrotAddress, playgroundAddress } from '../library.ts';
import type { ChannelName, Command, Failure, News, RunEvent } from '../protocol.ts';
import { moduleAddress, rewriteImports } from './module.ts';
import { clearResults, receive, takeOver } from './results.ts';
import { next, type RunSignal, type RunState } from './state.ts';

/** How long code may take to end by itself after Stop, in milliseconds. */
const GRACE = 250;
/** How long the package may take to end the workers of a run before the page goes on without waiting. */
const ENDING = 4000;

export const runState = signal<RunState>({ is: 'idle' });
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
  send({ signal: 'run' });
  try {
    await ending;
    await prepare?.();
    const library = await loadLibrary();
    // Stop may have been pressed in the meantime.
    if ((runState.value as RunState).is === 'starting') launch(library, text);
  } catch (error) {
    send({ signal: 'failed', failure: failureOf(error, 'The run could not be started.') });
  }
  if (!active) send({ signal: 'stopped' });
}

function launch({ adopt }: Awaited<ReturnType<typeof loadLibrary>>, text: string): void {
  const run = `${Date.now().toString(36)}-${runs++}`;
  const playground = playgroundAddress(run);
  const addresses = {
    'concurrent-futures': libraryAddress,
    mandelbrot: mandelbrotAddress,
    playground,
  };
  const module = moduleAddress(rewriteImports(text, addresses, playground));
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
  const command: Command = { kind: 'start', library: libraryAddress, playground, module };
  worker.postMessage(wrap(command));
}

let lastChannel: BroadcastChannel | undefined;

/** Stops the run: asks first, then ends its workers. Resolves when the page is free again. */
export async function stop(): Promise<void> {
  if (runState.value.is !== 'starting' && runState.value.is !== 'running') return;
  send({ signal: 'stop' });
  const run = active;
  // Without a driver yet, `start` sees the state and ends by itself.
  if (!run) return;
  const ask: Command = { kind: 'stop' };
  run.worker.postMessage(wrap(ask));
  await within(run.over, GRACE);
  await run.end();
  takeOver();
  active = undefined;
  send({ signal: 'stopped' });
}
