// What went wrong, and what to do about it: a failure that a person can do something about carries a remedy,
// which is printed in place of a stack trace.

/** An expected failure: its message says what happened, `remedy` what to do. */
export class Failure extends Error {
  constructor(message, remedy, output) {
    super(message);
    this.name = 'Failure';
    this.remedy = remedy;
    this.output = output;
  }
}

const NO_NETWORK = new RegExp(
  [
    'EAI_AGAIN',
    'ENOTFOUND',
    'ECONNREFUSED',
    'ECONNRESET',
    'ENETUNREACH',
    'ETIMEDOUT',
    'Could not resolve',
    "Couldn't resolve host",
    'Could not connect',
    'Temporary failure (in name resolution|resolving)',
    'Network is unreachable',
    'dns error',
    'download of config.json failed',
    'failed to download from',
    'could not download file',
    'Unable to connect',
    'Failed to fetch http',
  ].join('|'),
  'i',
);

const NO_SPACE = /ENOSPC|No space left on device/i;
const APT_LOCK = /Could not get lock|dpkg frontend lock/i;
const LOCK_DIFFERS = /npm ci.{0,80}in sync|EUSAGE/;
const APT_UNKNOWN = /Unable to locate package|has no installation candidate/i;

/** Turns the output of a set-up command that failed into a `Failure` that names the cause and the remedy. */
export function explain(what, command, output) {
  const again = 'then run the same command again; what is already done is kept.';
  if (NO_SPACE.test(output)) {
    return new Failure(
      `${what}: the disk is full.`,
      `Free some space (about 4 GB are needed), ${again}`,
      output,
    );
  }
  if (APT_LOCK.test(output)) {
    return new Failure(
      `${what}: another program is installing packages at this moment.`,
      `Wait until it has finished, ${again}`,
      output,
    );
  }
  if (NO_NETWORK.test(output)) {
    return new Failure(
      `${what}: no connection to the package registry.`,
      `Check the network (and HTTPS_PROXY, if you are behind a proxy), ${again}`,
      output,
    );
  }
  if (LOCK_DIFFERS.test(output)) {
    return new Failure(
      `${what}: package-lock.json does not fit package.json.`,
      'Run `npm install` after a change of dependencies, and commit package-lock.json with it.',
      output,
    );
  }
  if (APT_UNKNOWN.test(output)) {
    return new Failure(
      `${what}: this system's package lists have no such package.`,
      'Debian 12 has them with its security updates switched on; on another system install them by hand (see CONTRIBUTING.md).',
      output,
    );
  }
  return new Failure(
    `${what} failed.`,
    `See the output above. The command was: ${command}`,
    output,
  );
}

/** The beginning and the end of a long output: some tools name the cause first, others last. */
function shorten(lines, first = 25, last = 35) {
  if (lines.length <= first + last) return lines;
  return [
    ...lines.slice(0, first),
    `… ${lines.length - first - last} lines …`,
    ...lines.slice(-last),
  ];
}

/** Prints a failure the way a person wants to read it; anything unexpected with its stack. */
export function report(error) {
  if (error instanceof Failure) {
    if (error.output) console.error(shorten(error.output.trimEnd().split('\n')).join('\n'));
    console.error(`\n✗ ${error.message}`);
    if (error.remedy) console.error(`  ${error.remedy}`);
  } else {
    console.error(error);
  }
}

/** Runs the main function of a script, and ends the process with 1 after a failure. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
}
