// WebKitGTK's MiniBrowser by its driver, which wants a virtual screen and a session bus.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { endGroup, freePort, openSession } from './webdriver.mjs';

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';

function miniBrowser() {
  const folder = readdirSync(LIBRARIES)
    .filter(name => name.startsWith('webkit2gtk-'))
    .map(name => `${LIBRARIES}/${name}/MiniBrowser`)
    .find(existsSync);
  if (folder === undefined)
    throw new Error('MiniBrowser is missing: apt-get install webkit2gtk-driver');
  return folder;
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

export async function openWebKit({ isolation = true } = {}) {
  const { screen, display } = await startScreen();
  const port = await freePort();
  const driver = startDriver(port, display, isolation);
  const options = { binary: miniBrowser(), args: ['--automation'] };
  return openSession(port, { 'webkitgtk:browserOptions': options }, () => {
    endGroup(driver);
    endGroup(screen);
  });
}
