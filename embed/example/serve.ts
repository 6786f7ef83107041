/** Serves the example's pages on an origin of their own. */
import { createServer } from 'node:http';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Placed } from '../address.ts';
import { elementPage, framePage, reactPage } from './pages.ts';

export interface Example {
  origin: string;
  close(): void;
}

/** `port` 0 takes a free one. `headers` are added to every answer. */
export async function serveExample(options: { port: number; placed: () => Placed; headers?: Record<string, string> }): Promise<Example> {
  const { port, placed, headers = {} } = options;
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://localhost').pathname, placed()).then(
      (given) => response.writeHead(given === undefined ? 404 : 200, { 'content-type': given?.type ?? 'text/plain', 'cache-control': 'no-store', ...headers }).end(given?.body ?? 'Not found'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const HTML = 'text/html; charset=utf-8';

async function answer(pathname: string, placed: Placed): Promise<{ type: string; body: string } | undefined> {
  if (pathname === '/') return { type: HTML, body: elementPage(placed) };
  if (pathname === '/react') return { type: HTML, body: reactPage() };
  if (pathname === '/frame') return { type: HTML, body: framePage(placed) };
  return pathname === '/react.js' ? { type: 'text/javascript; charset=utf-8', body: await reactScript(placed) } : undefined;
}

async function reactScript(placed: Placed): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [path.join(import.meta.dirname, 'react-page.tsx')], bundle: true, write: false, format: 'esm', jsx: 'automatic', logLevel: 'silent', define: { EXAMPLE: JSON.stringify(placed), 'process.env.NODE_ENV': '"production"' } });
  return outputFiles[0]?.text ?? '';
}
