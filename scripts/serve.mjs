// A small static server for the built page, with the three headers that switch cross-origin isolation on.
//
//   node scripts/serve.mjs [--port 8080] [--no-isolation] [--dir www/dist]
//
// --no-isolation leaves the headers out: what a plain static host would do, to see and test the fall-back.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, main } from './lib/failure.mjs';
import { parseOptions } from './lib/options.mjs';
import { ROOT } from './toolchain.mjs';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The file that a request asks for, or undefined when the path leads out of the folder or cannot be read. */
export function fileFor(folder, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  if (path.includes('\0')) return undefined;
  const file = resolve(folder, `.${path}`);
  if (file !== folder && !file.startsWith(folder + sep)) return undefined;
  return path.endsWith('/') ? join(file, 'index.html') : file;
}

async function answer(folder, headers, request, response) {
  const send = (status, text, more = {}) => {
    response.writeHead(status, {
      ...headers,
      'Content-Type': 'text/plain; charset=utf-8',
      ...more,
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(405, 'Only GET and HEAD.\n', { Allow: 'GET, HEAD' });
  const file = fileFor(folder, request.url);
  const found = file && (await stat(file).catch(() => undefined));
  if (found?.isDirectory()) {
    // Relative addresses in the folder's page need the slash. It starts with one slash only, so it stays on this host.
    const { pathname, search } = new URL(request.url, 'http://localhost');
    return send(308, 'Moved.\n', { Location: `/${pathname.replace(/^\/+/, '')}/${search}` });
  }
  if (!found?.isFile()) return send(404, `Not found: ${request.url}\n`);
  response.writeHead(200, {
    ...headers,
    'Content-Type': TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': found.size,
  });
  if (request.method === 'HEAD') return response.end();
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}

/** A port that nobody listens on. */
function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer().on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

function listen(server, port, host) {
  return new Promise((done, fail) => {
    server.once('error', fail).listen(port, host, () => {
      server.off('error', fail);
      done();
    });
  });
}

async function explainPort(error, port) {
  if (error.code === 'EADDRINUSE') {
    return new Failure(
      `Port ${port} is busy: another program listens there, perhaps an earlier \`npm start\`.`,
      `End that program, or choose another port:\n    npm start -- --port ${await freePort()}`,
    );
  }
  if (error.code === 'EACCES') {
    return new Failure(
      `Port ${port} needs root.`,
      'Choose one above 1023, for example:\n    npm start -- --port 8080',
    );
  }
  return error;
}

/**
 * Starts the server, for this machine only. Port 0 takes any free one; `headers` go with every answer. Resolves with the
 * address and a function that ends it; a busy port is a `Failure` that suggests another one.
 */
export async function serve({
  folder = join(ROOT, 'www', 'dist'),
  port = 8080,
  isolation = true,
  headers: more = {},
} = {}) {
  const root = resolve(folder);
  const headers = {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(isolation ? ISOLATION : {}),
    ...more,
  };
  const make = () =>
    createServer((request, response) => {
      answer(root, headers, request, response).catch(error => {
        console.error(error);
        response.destroy();
      });
    });
  // Browsers look for `localhost` at both addresses; a machine without IPv6 has only the first.
  const servers = [make(), make()];
  const close = () =>
    Promise.all(
      servers.map(
        server =>
          new Promise(done => {
            server.close(done);
            server.closeAllConnections();
          }),
      ),
    );
  try {
    await listen(servers[0], port, '127.0.0.1');
    const taken = servers[0].address().port;
    await listen(servers[1], taken, '::1').catch(error => {
      if (error.code === 'EADDRINUSE') throw error;
    });
    return { address: `http://localhost:${taken}/`, close };
  } catch (error) {
    await close();
    throw await explainPort(error, port);
  }
}

/** Serves until the process is ended, and prints where. */
export async function serveForever(options) {
  const { address } = await serve(options);
  console.log(
    `\n  The playground is at ${address}${options.isolation ? '' : '   (without isolation headers)'}`,
  );
  console.log('  Ctrl+C ends it.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const options = parseOptions(process.argv.slice(2), {
      port: 'port',
      'no-isolation': 'flag',
      dir: 'text',
    });
    await serveForever({
      port: options.port ?? 8080,
      isolation: !options['no-isolation'],
      ...(options.dir && { folder: resolve(options.dir) }),
    });
  });
}
