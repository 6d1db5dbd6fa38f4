// What a person reads when something on the machine is missing: the cause, and what to do.

import { describe, expect, test } from 'vitest';
import { aptCommand } from '../lib/apt.mjs';
import { explain } from '../lib/failure.mjs';
import { parseOptions } from '../lib/options.mjs';

const refusal = promise =>
  promise.then(
    () => undefined,
    error => error,
  );

describe('apt', () => {
  const yes = async () => true;
  const no = async () => false;

  test('root calls apt-get directly', async () => {
    const { prefix } = await aptCommand('tests', ['chromium'], { uid: 0, hasApt: yes });
    expect(prefix).toEqual([]);
  });

  test('sudo without a password is used', async () => {
    const options = { uid: 1000, hasApt: yes, trySudo: async () => ({ code: 0 }) };
    expect((await aptCommand('tests', ['chromium'], options)).prefix).toEqual(['sudo', '-n']);
  });

  test('without root the message holds the whole command', async () => {
    const options = { uid: 1000, hasApt: yes, trySudo: async () => ({ code: 1 }) };
    const error = await refusal(
      aptCommand('browsers for the tests', ['chromium', 'firefox-esr'], options),
    );
    expect(error.message).toBe(
      'Installing chromium firefox-esr (browsers for the tests) needs root.',
    );
    expect(error.remedy).toContain(
      'apt-get install -y --no-install-recommends chromium firefox-esr',
    );
  });

  test('a system without apt is named as such', async () => {
    const error = await refusal(aptCommand('tests', ['chromium'], { uid: 0, hasApt: no }));
    expect(error.message).toContain('has no apt: chromium');
  });
});

describe('a set-up command that fails', () => {
  test.each([
    ['npm', 'npm error code EAI_AGAIN\nnpm error request to registry failed'],
    ['npm refused', 'npm error network connect ECONNREFUSED 127.0.0.1:9'],
    ['cargo', "warning: spurious network error\n[6] Couldn't resolve host name"],
    ['cargo index', 'error: download of config.json failed\n[7] Could not connect to server'],
    ['apt', 'Err:1 http://mirror bookworm InRelease\n  Temporary failure resolving mirror'],
    ['rustup', 'error: could not download file from … to …'],
  ])('no network, said by %s', (_tool, output) => {
    const error = explain('Installing it', 'some command', output);
    expect(error.message).toBe('Installing it: no connection to the package registry.');
    expect(error.remedy).toContain('Check the network');
  });

  test.each([
    ['E: Could not get lock /var/lib/dpkg/lock-frontend', 'another program is installing packages'],
    ['E: Unable to locate package rustc-web', 'have no such package'],
    ['npm error code ENOSPC', 'the disk is full'],
    ['npm error code EUSAGE', 'package-lock.json does not fit package.json'],
  ])('%s', (output, words) => {
    expect(explain('Installing it', 'some command', output).message).toContain(words);
  });

  test('any other cause leads to the command itself', () => {
    expect(explain('Building it', 'cargo install it', 'error[E0308]').remedy).toContain(
      'cargo install it',
    );
  });
});

describe('options', () => {
  const known = { port: 'port', dev: 'flag' };

  test('both spellings of a value', () => {
    expect(parseOptions(['--port', '81', '--dev'], known)).toEqual({ port: 81, dev: true });
    expect(parseOptions(['--port=81'], known)).toEqual({ port: 81 });
  });

  test.each([
    [['--prot', '1'], 'Unknown option --prot.'],
    [['8080'], 'Unknown option 8080.'],
    [['--port'], '--port needs a value.'],
    [['--port', '--dev'], '--port needs a value.'],
    [['--port', 'http'], 'http is not a port.'],
    [['--port', '65536'], '65536 is not a port.'],
    [['--port='], ' is not a port.'],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(args, known)).toThrow(message);
  });
});
