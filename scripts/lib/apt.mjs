// Debian packages: which are missing, and how they can be installed by whoever runs us.

import { Failure } from './failure.mjs';
import { onPath, run } from './process.mjs';

/** Those of the packages that are not installed. */
export async function missingPackages(packages) {
  const missing = [];
  for (const name of packages) {
    const { code, output } = await run('dpkg-query', ['--status', name], { timeout: 20 });
    if (code !== 0 || !output.includes('Status: install ok installed')) missing.push(name);
  }
  return missing;
}

/**
 * How to call apt-get: directly as root, or through sudo if that asks for no password. Otherwise a `Failure` that
 * holds the command for a person to run.
 */
export async function aptCommand(
  why,
  packages,
  {
    uid = process.getuid?.(),
    hasApt = onPath,
    trySudo = () => run('sudo', ['-n', 'true'], { timeout: 10 }),
  } = {},
) {
  const list = packages.join(' ');
  if (!(await hasApt('apt-get'))) {
    throw new Failure(
      `Needed and not found on this system, which has no apt: ${list} (${why}).`,
      "Install the same things with your system's package manager and run the same command again.",
    );
  }
  const command = `apt-get update && apt-get install -y --no-install-recommends ${list}`;
  if (uid === 0) return { command, prefix: [] };
  if ((await trySudo()).code === 0) return { command: `sudo ${command}`, prefix: ['sudo', '-n'] };
  throw new Failure(
    `Installing ${list} (${why}) needs root.`,
    `Run this once, then the same command again:\n    sudo sh -c '${command}'`,
  );
}
