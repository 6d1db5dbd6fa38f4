// The static server: headers, types, and what it refuses.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../serve.mjs';
import { ROOT } from '../toolchain.mjs';

let folder;
let served;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'serve-'));
  mkdirSync(join(folder, 'site', 'sub'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  mkdirSync(join(folder, 'site-private'));
  writeFileSync(join(folder, 'site-private', 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'site', 'index.html'), '<p>hello');
  writeFileSync(join(folder, 'site', 'sub', 'index.html'), '<p>below');
  writeFileSync(join(folder, 'site', 'a.wasm'), '\0asm');
  writeFileSync(join(folder, 'site', 'a.js'), 'export {}');
  served = await serve({ folder: join(folder, 'site'), port: 0 });
});

afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true });
});

/** A request whose path is sent as it is: fetch would tidy it first. */
function get(path, method = 'GET') {
  const { port } = new URL(served.address);
  return new Promise((done, fail) => {
    request({ host: '127.0.0.1', port, path, method }, response => {
      let body = '';
      response.on('data', data => {
        body += data;
      });
      response.on('end', () =>
        done({ status: response.statusCode, headers: response.headers, body }),
      );
    })
      .on('error', fail)
      .end();
  });
}

describe('the headers', () => {
  test('switch isolation on, for errors too', async () => {
    for (const path of ['/', '/a.js', '/missing']) {
      const { headers } = await get(path);
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  test('are left out by request', async () => {
    const plain = await serve({ folder: join(folder, 'site'), port: 0, isolation: false });
    const { headers } = await fetch(plain.address);
    await plain.close();
    expect(headers.get('cross-origin-opener-policy')).toBeNull();
    expect(headers.get('cross-origin-embedder-policy')).toBeNull();
  });

  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/a.js?v=1', 'text/javascript; charset=utf-8'],
    ['/a.wasm', 'application/wasm'],
  ])('%s has its type', async (path, type) => {
    const { status, headers } = await get(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(type);
  });
});

describe('paths', () => {
  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/sub/../../secret.txt',
    '/../site-private/secret.txt',
    '//etc/passwd',
    '/a.js%00.html',
    '/%',
    '/missing.js',
  ])('%s is not found', async path => {
    expect(await get(path)).toMatchObject({ status: 404 });
  });

  test('a folder leads to its page, on the same host', async () => {
    expect(await get('/sub')).toMatchObject({ status: 308, headers: { location: '/sub/' } });
    expect(await get('/sub/')).toMatchObject({ status: 200, body: '<p>below' });
  });

  test('only reading is allowed', async () => {
    expect(await get('/', 'POST')).toMatchObject({ status: 405 });
    expect(await get('/', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });
});

describe('a busy port', () => {
  test('is named, and another one is suggested', async () => {
    const port = Number(new URL(served.address).port);
    const error = await serve({ folder, port }).catch(reason => reason);
    expect(error.message).toContain(`Port ${port} is busy`);
    expect(error.remedy).toMatch(/npm start -- --port \d+/);
  });

  test('ends npm start before it builds anything', () => {
    const { port } = new URL(served.address);
    const { status, stderr, stdout } = spawnSync('node', ['scripts/start.mjs', '--port', port], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`Port ${port} is busy`);
  });
});
