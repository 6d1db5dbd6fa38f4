// How a test hears from workers over a BroadcastChannel.

import { until } from './same.js';

const next = channel =>
  new Promise(resolve => {
    channel.onmessage = resolve;
  });

/**
 * Listens on the channel. Resolves as soon as nothing is lost any more of what is said there, with a function whose promise
 * resolves when somebody says something.
 */
export async function listen(name) {
  const channel = new BroadcastChannel(name);
  // A browser knows a channel only some time after it was made, and a thread that is up may speak before that.
  const known = next(channel);
  const own = new BroadcastChannel(name);
  own.postMessage('do you hear me?');
  await known;
  own.close();
  const said = next(channel).then(() => channel.close());
  return () => said;
}

/** Resolves when a worker that has run the task `answerOn` has nothing to do. */
export async function isIdle(name) {
  const channel = new BroadcastChannel(name);
  let answered = false;
  channel.onmessage = () => {
    answered = true;
  };
  await until(() => {
    channel.postMessage('are you there');
    return answered;
  });
  channel.close();
}
