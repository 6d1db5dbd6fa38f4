// Firefox by geckodriver.
//
// Not by playwright-core, which speaks WebDriver BiDi to it: for as long as a BiDi session lasts, Firefox 153 watches
// workers as a debugger does, and then `new Worker` inside a worker now and then never returns. ARCHITECTURE.md says why.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { TOOLS_BIN } from '../../scripts/toolchain.mjs';
import { endGroup, freePort, openSession } from './webdriver.mjs';

export async function openFirefox() {
  const port = await freePort();
  const driver = spawn(
    join(TOOLS_BIN, 'geckodriver'),
    ['--port', String(port), '--websocket-port', '0', '--binary', '/usr/bin/firefox-esr'],
    { stdio: 'ignore', detached: true },
  );
  return openSession(port, { 'moz:firefoxOptions': { args: ['-headless'] } }, () =>
    endGroup(driver),
  );
}
