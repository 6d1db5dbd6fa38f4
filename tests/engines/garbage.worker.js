// A worker whose tasks have its line to the spawner in their hands, and send over it what no worker of ours would.

const { MessageChannel } = globalThis;
let line;
globalThis.MessageChannel = class extends MessageChannel {
  constructor() {
    super();
    line ??= this.port1;
  }
};

const { serve } = await import('../../dist/worker.js');

serve({
  square: n => n * n,
  /** Sends it, and never ends. */
  send(message) {
    line.postMessage(message);
    return new Promise(() => {});
  },
  /** Sends it, and ends. */
  sendAndGo: message => line.postMessage(message),
});
