// crate/js/snippet.js: the JavaScript that travels with the crate into other people's modules. wasm-bindgen copies
// that one file and nothing that it imports, so it is self-contained; it is committed, since whoever compiles the
// crate has no Node at hand. Made from crate/js/src/snippet.ts:
//
//   node scripts/snippet.mjs           writes it
//   node scripts/snippet.mjs --check   fails when the committed one is older than its source

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, main } from './lib/failure.mjs';
import { ROOT } from './toolchain.mjs';

export const SNIPPET = 'crate/js/snippet.js';
const SOURCE = 'crate/js/src/snippet.ts';

const BANNER = `// Generated from ${SOURCE} by \`npm run snippet\`: change that file, not this one.
//
// The worker side and the page side of the crate concurrent-futures, as one file without imports.
`;

/** The text that the source gives now, and whether the committed file holds just that. */
export async function snippetText() {
  if (!existsSync(join(ROOT, SOURCE))) return { text: undefined, fresh: true };
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, SOURCE)],
    // Names in comments are relative to it, so they must not depend on where we were called.
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: BANNER },
    logLevel: 'warning',
  });
  const text = outputFiles[0].text;
  const path = join(ROOT, SNIPPET);
  return { text, fresh: existsSync(path) && readFileSync(path, 'utf8') === text };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const { text, fresh } = await snippetText();
    if (fresh) return;
    if (process.argv.includes('--check')) {
      throw new Failure(
        `${SNIPPET} is older than ${SOURCE}.`,
        'Run `npm run snippet` and commit the result.',
      );
    }
    writeFileSync(join(ROOT, SNIPPET), text);
    console.log(`▸ ${SNIPPET} written`);
  });
}
