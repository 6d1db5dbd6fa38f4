// Command-line options: `--name value`, `--name=value` and flags, each unknown or malformed one refused in words.

import { Failure } from './failure.mjs';

/** `known` maps an option to 'flag', 'text' or 'port'. */
export function parseOptions(args, known) {
  const options = {};
  const names = Object.keys(known).map(name => `--${name}`);
  for (let index = 0; index < args.length; index++) {
    const [name, inline] = args[index].replace(/^--/, '').split(/=(.*)/s, 2);
    const kind = args[index].startsWith('--') ? known[name] : undefined;
    if (kind === undefined)
      throw new Failure(`Unknown option ${args[index]}.`, `Known: ${names.join(', ')}`);
    if (kind === 'flag') {
      options[name] = true;
      continue;
    }
    const value = inline ?? args[++index];
    if (value === undefined || value.startsWith('--'))
      throw new Failure(
        `--${name} needs a value.`,
        `For example: --${name} ${kind === 'port' ? 8080 : '…'}`,
      );
    options[name] = kind === 'port' ? portOf(value) : value;
  }
  return options;
}

function portOf(value) {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65535) return port;
  throw new Failure(
    `${value} is not a port.`,
    'A port is a number from 0 (any free one) to 65535, for example: --port 8080',
  );
}
