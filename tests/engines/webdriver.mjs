// A browser by plain WebDriver: the few commands that the tests use.

import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The longest that one call may take in the browser, in milliseconds. */
const SCRIPT_LIMIT = 60_000;

export function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer().on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Ends a child that was started `detached`, with all that it started. */
export function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** One WebDriver command. */
async function command(address, method, path, body) {
  const response = await fetch(`${address}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** The driver needs a moment until it listens. */
async function newSession(address, alwaysMatch) {
  const capabilities = { alwaysMatch };
  for (let attempt = 1; ; attempt++) {
    try {
      return await command(address, 'POST', '/session', { capabilities });
    } catch (error) {
      if (attempt === 50 || error.cause?.code !== 'ECONNREFUSED') throw error;
      await delay(100);
    }
  }
}

/** A browser behind the driver that listens at `port`; `end` ends the driver. */
export async function openSession(port, alwaysMatch, end) {
  process.once('exit', end);
  try {
    const address = `http://127.0.0.1:${port}`;
    const { sessionId, capabilities } = await newSession(address, alwaysMatch);
    const session = `/session/${sessionId}`;
    const timeouts = { script: SCRIPT_LIMIT, pageLoad: SCRIPT_LIMIT };
    await command(address, 'POST', `${session}/timeouts`, timeouts);
    /** Calls a function, or its source, in the page, where it knows nothing of what is around it here; awaits what it gives. */
    const evaluate = async (fn, ...args) => {
      // The driver's answer to a change of page may come before the page's modules have run.
      const script = `
        const [args, answer] = arguments;
        const loaded = document.readyState === 'complete'
          ? Promise.resolve()
          : new Promise(done => addEventListener('load', done, { once: true }));
        loaded.then(() => (${fn})(...args))
          .then(value => answer({ value }), error => answer({ error: String(error) }));
      `;
      const body = { script, args: [args] };
      const { value, error } = await command(address, 'POST', `${session}/execute/async`, body);
      if (error !== undefined) throw new Error(error);
      return value;
    };
    return {
      version: capabilities.browserVersion,
      goto: url => command(address, 'POST', `${session}/url`, { url }),
      evaluate,
      call: (...call) => evaluate((name, ...args) => globalThis[name](...args), ...call),
      async close() {
        await command(address, 'DELETE', session).catch(() => undefined);
        end();
        process.off('exit', end);
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
