// WebKitGTK's MiniBrowser by plain WebDriver: a virtual screen, a session bus, the driver, and the few commands that the
// tests use.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
/** The longest that one call may take in the browser, in milliseconds. */
const SCRIPT_LIMIT = 60_000;

function miniBrowser() {
  const folder = readdirSync(LIBRARIES)
    .filter(name => name.startsWith('webkit2gtk-'))
    .map(name => `${LIBRARIES}/${name}/MiniBrowser`)
    .find(existsSync);
  if (folder === undefined)
    throw new Error('MiniBrowser is missing: apt-get install webkit2gtk-driver');
  return folder;
}

function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer().on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Starts a screen, and resolves with its name once it is there. */
function startScreen() {
  const screen = spawn(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    },
  );
  return new Promise((done, fail) => {
    screen.on('error', fail);
    screen.stdout.once('data', data => done({ screen, display: `:${String(data).trim()}` }));
  });
}

function startDriver(port, display, isolation) {
  const args = ['--', 'WebKitWebDriver', `--port=${port}`];
  return spawn('dbus-run-session', args, {
    stdio: 'ignore',
    detached: true,
    env: {
      ...process.env,
      DISPLAY: display,
      // Safari has it where the page is isolated; WebKitGTK only when asked, and then everywhere.
      JSC_useSharedArrayBuffer: isolation ? '1' : '0',
      // Its sandbox needs namespaces that root in a container has not.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    },
  });
}

const endGroup = child => {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};

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
async function newSession(address) {
  const capabilities = {
    alwaysMatch: {
      'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
    },
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await command(address, 'POST', '/session', { capabilities });
    } catch (error) {
      if (attempt === 50 || error.cause?.code !== 'ECONNREFUSED') throw error;
      await delay(100);
    }
  }
}

export async function openWebKit({ isolation = true } = {}) {
  const { screen, display } = await startScreen();
  const port = await freePort();
  const driver = startDriver(port, display, isolation);
  const end = () => {
    endGroup(driver);
    endGroup(screen);
  };
  process.once('exit', end);
  try {
    const address = `http://127.0.0.1:${port}`;
    const { sessionId, capabilities } = await newSession(address);
    const session = `/session/${sessionId}`;
    const timeouts = { script: SCRIPT_LIMIT, pageLoad: SCRIPT_LIMIT };
    await command(address, 'POST', `${session}/timeouts`, timeouts);
    return {
      version: capabilities.browserVersion,
      goto: url => command(address, 'POST', `${session}/url`, { url }),
      async call(name, ...args) {
        // The driver's answer to a change of page may come before the page's modules have run.
        const script = `
          const [name, args, answer] = arguments;
          const loaded = document.readyState === 'complete'
            ? Promise.resolve()
            : new Promise(done => addEventListener('load', done, { once: true }));
          loaded.then(() => globalThis[name](...args))
            .then(value => answer({ value }), error => answer({ error: String(error) }));
        `;
        const body = { script, args: [name, args] };
        const { value, error } = await command(address, 'POST', `${session}/execute/async`, body);
        if (error !== undefined) throw new Error(error);
        return value;
      },
      async close() {
        await command(address, 'DELETE', session).catch(() => undefined);
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
