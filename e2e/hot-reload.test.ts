/** The preview ends at the newest text, also where a file changes while the dev server transforms it (preview-shell/preview/SPEC.md, P14). */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putFile } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import type { ServerProcess } from './product/server.ts';
import { previewFrame, previewShows, until } from './product/workspace.ts';

const APP = 'src/App.tsx';

/** A transform of a text with "Held" in it ends when the server knows of a later change of the file. */
const CONFIG = `import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

let holds = false;
let server;
const hold = {
  name: 'hold',
  enforce: 'pre',
  configureServer(made) {
    server = made;
    server.middlewares.use('/holds', (_, response) => response.end(String(holds)));
  },
  async transform(code, id) {
    if (!code.includes('Held<')) return;
    holds = true;
    const module = server.environments.client.moduleGraph.getModuleById(id);
    const before = module.lastHMRTimestamp;
    while (module.lastHMRTimestamp === before) await new Promise((resolve) => setTimeout(resolve, 5));
  },
};

export default defineConfig({ plugins: [hold, react()] });
`;

let server: ServerProcess;
let served: Served;
let page: Page;
let id: string;
beforeAll(async () => {
  served = await startServed();
  ({ server, page } = served);
  id = await server.create('react-ts');
  await putFile(server, id, 'vite.config.ts', CONFIG);
  await page.goto(`${server.origin}/e/${id}`);
  await previewShows(page, 'React + TypeScript');
});
afterAll(() => served.end());

test('P14: a change while the change before it is being transformed is what the preview ends at', async () => {
  const text = await server.stored(id, APP);
  const title = (words: string): Promise<void> => putFile(server, id, APP, text.replace('React + TypeScript', words));
  await title('Held');
  await until(async () => (await previewFrame(page)?.evaluate(async () => (await fetch('/holds')).text())) ?? '', 'true', 20_000);
  await title('Newest');
  const imports = () => previewFrame(page)?.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/src/App.tsx?t=')).length);
  await expect.poll(imports, { timeout: 20_000 }).toBe(2);
  await previewShows(page, 'Newest', 10_000);
});
