import { defineConfig } from 'vitest/config';

/** Two projects: `unit` sits beside the code; `e2e` drives real browsers against the real server, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{app,embed,packages,preview-shell,server,shared,scripts}/**/*.test.{ts,tsx,mjs}'],
          exclude: ['**/node_modules/**', 'preview-shell/vendor/**'],
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          // What the registry said in an earlier run counts (e2e/product/data-folder.ts): these tests need no network after the first.
          env: { npm_config_prefer_offline: 'true' },
          include: ['e2e/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
