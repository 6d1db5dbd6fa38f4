// What the page has open: workers, lines to workers, timers, waits, locks and addresses of blobs. Import this before the
// package: it counts by what it puts in place of the browser's own.

const workers = new Set();
const ports = new Set();
const timers = new Set();
const waits = new Set();
const blobs = new Set();
const locks = new Set();

const { setTimeout: realTimeout, Worker: RealWorker } = globalThis;
const { clearTimeout: realClear, setInterval: realInterval } = globalThis;

/** A pause that the ledger does not count. */
export const pause = milliseconds => new Promise(resolve => realTimeout(resolve, milliseconds));

globalThis.Worker = class Worker extends RealWorker {
  constructor(...args) {
    super(...args);
    workers.add(this);
  }

  terminate() {
    workers.delete(this);
    super.terminate();
  }

  postMessage(message, transfer) {
    super.postMessage(message, transfer);
    sent(transfer);
  }
};

/** What is transferred belongs to another agent. */
function sent(transfer) {
  for (const item of Array.isArray(transfer) ? transfer : (transfer?.transfer ?? []))
    ports.delete(item);
}

const { prototype: port } = MessagePort;
const { close, postMessage } = port;
const onmessage = Object.getOwnPropertyDescriptor(port, 'onmessage');
/** The two ends that make turns of the page's event loop: they are the page's, for as long as it lives. */
const own = new WeakSet();

globalThis.MessageChannel = class MessageChannel extends globalThis.MessageChannel {
  constructor() {
    super();
    own.add(this.port1).add(this.port2);
  }
};

Object.defineProperty(port, 'onmessage', {
  ...onmessage,
  set(handler) {
    if (!own.has(this)) ports.add(this);
    onmessage.set.call(this, handler);
  },
});
port.close = function () {
  ports.delete(this);
  close.call(this);
};
port.postMessage = function (message, transfer) {
  postMessage.call(this, message, transfer);
  sent(transfer);
};

globalThis.setTimeout = (handler, delay, ...args) => {
  const timer = realTimeout(() => {
    timers.delete(timer);
    handler(...args);
  }, delay);
  timers.add(timer);
  return timer;
};
globalThis.setInterval = (...args) => {
  const timer = realInterval(...args);
  timers.add(timer);
  return timer;
};
globalThis.clearTimeout = timer => {
  timers.delete(timer);
  realClear(timer);
};
globalThis.clearInterval = globalThis.clearTimeout;

const { waitAsync } = Atomics;
if (waitAsync)
  Atomics.waitAsync = (...args) => {
    const wait = waitAsync(...args);
    if (wait.async) {
      waits.add(wait);
      void wait.value.then(() => waits.delete(wait));
    }
    return wait;
  };

const { createObjectURL, revokeObjectURL } = URL;
URL.createObjectURL = blob => {
  const url = createObjectURL.call(URL, blob);
  blobs.add(url);
  return url;
};
URL.revokeObjectURL = url => {
  blobs.delete(url);
  revokeObjectURL.call(URL, url);
};

const { request } = LockManager.prototype;
LockManager.prototype.request = function (name, ...args) {
  locks.add(name);
  return request.call(this, name, ...args);
};

/** How many there are of each; a lock counts while somebody holds it, or waits for it. */
export async function counts() {
  const { held, pending } = await navigator.locks.query();
  const ours = [...held, ...pending].filter(({ name }) => locks.has(name));
  return {
    workers: workers.size,
    lines: ports.size,
    timers: timers.size,
    waits: waits.size,
    locks: ours.length,
    blobs: blobs.size,
  };
}

/** How many locks are held: each by one thread that lives. */
export async function threads() {
  const { held } = await navigator.locks.query();
  return held.filter(({ name }) => locks.has(name)).length;
}
