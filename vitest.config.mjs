// Unit tests without a browser: the TypeScript face, the page's own logic, and the scripts.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'crate/js/test/**/*.test.ts',
      'www/**/*.test.{ts,tsx}',
      'scripts/test/**/*.test.mjs',
      'tests/tidy/**/*.test.mjs',
      'tests/bench/*.test.mjs',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/target/**', '.cache/**'],
    testTimeout: 20_000,
  },
});
