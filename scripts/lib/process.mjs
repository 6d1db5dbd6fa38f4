// Running other programs: with their output shown as it comes or kept for the case of a failure, always with a
// hard time limit, and ended with all their children when the limit is over or we are interrupted.

import { spawn } from 'node:child_process';

const running = new Set();

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended by itself between the decision and the call.
  }
}

function endAll(signal) {
  for (const child of running) endGroup(child, 'SIGTERM');
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

process.on('SIGINT', endAll);
process.on('SIGTERM', endAll);

/**
 * Runs a program to its end and resolves with `{ code, output, timedOut }`; never rejects.
 *
 * `show` passes the output through as it comes; `timeout` is in seconds.
 */
export function run(command, args, { cwd, env, show = false, timeout = 1800 } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const chunks = [];
    let timedOut = false;
    const keep = target => data => {
      chunks.push(data);
      if (show) target.write(data);
    };
    child.stdout.on('data', keep(process.stdout));
    child.stderr.on('data', keep(process.stderr));

    let kill;
    const limit = setTimeout(() => {
      timedOut = true;
      endGroup(child, 'SIGTERM');
      kill = setTimeout(() => endGroup(child, 'SIGKILL'), 5000);
    }, timeout * 1000);

    const finish = code => {
      clearTimeout(limit);
      clearTimeout(kill);
      if (running.delete(child)) endGroup(child, 'SIGKILL');
      resolve({ code, output: Buffer.concat(chunks).toString('utf8'), timedOut });
    };
    child.on('error', error => {
      chunks.push(Buffer.from(`${command}: ${error.message}\n`));
      finish(127);
    });
    child.on('exit', () => {
      // A browser that outlives its test would hold the pipes open, and us with them.
      if (child.pid) setTimeout(() => endGroup(child, 'SIGKILL'), 500).unref();
    });
    child.on('close', code => finish(timedOut ? 124 : (code ?? 1)));
  });
}

/** Whether a program of that name can be found on PATH. */
export async function onPath(name) {
  return (await run('sh', ['-c', `command -v "${name}"`], { timeout: 10 })).code === 0;
}
