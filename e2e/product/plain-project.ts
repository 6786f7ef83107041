/** An environment of plain files and one script that serves them: nothing is installed, so that it starts at once. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ServerProcess } from './server.ts';

/** A dev script that answers every request with a page. */
export const serving = (body: string): string => `import { createServer } from 'node:http';\ncreateServer((_, response) => response.setHeader('content-type', 'text/html').end(${JSON.stringify(body)})).listen(5173);\n`;

export async function putFile(server: ServerProcess, id: string, path: string, text: string): Promise<void> {
  const { ok } = await server.api(`/api/environments/${id}/files/${path}`, { method: 'PUT', body: text });
  expect(ok).toBe(true);
}

/** Makes one with these files, `dev.mjs` being its dev script, and opens it. @returns its id */
export async function openPlain(server: ServerProcess, page: Page, files: Record<string, string>): Promise<string> {
  const id = await server.create('static-html');
  await server.api(`/api/environments/${id}/files/package-lock.json`, { method: 'DELETE' });
  await putFile(server, id, 'package.json', '{ "scripts": { "dev": "node dev.mjs" } }');
  for (const [path, text] of Object.entries(files)) await putFile(server, id, path, text);
  await page.goto(`${server.origin}/e/${id}`);
  return id;
}
