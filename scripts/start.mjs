// `npm start`: installs what is missing, builds what has changed, serves the playground.
//
//   npm start -- [--port 8080] [--dev] [--no-isolation]

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { Failure, main } from './lib/failure.mjs';
import { parseOptions } from './lib/options.mjs';
import { serve, serveForever } from './serve.mjs';
import { setup } from './setup.mjs';
import { ROOT } from './toolchain.mjs';

await main(async () => {
  const options = parseOptions(process.argv.slice(2), {
    port: 'port',
    dev: 'flag',
    'no-isolation': 'flag',
  });
  const port = options.port ?? 8080;
  // A busy port is better known now than after minutes of building.
  await (await serve({ port })).close();

  await setup();
  const built = await build({ release: !options.dev, sizes: false });
  if (!built) console.log('▸ Everything is up to date');
  if (!existsSync(join(ROOT, 'www', 'dist', 'index.html'))) {
    throw new Failure(
      'There is no page to serve in www/dist.',
      'The build above should have made it.',
    );
  }
  await serveForever({ port, isolation: !options['no-isolation'] });
});
