/**
 * The packages that come with this server (`packages/<name>`, published as `@terrarium/<name>`): a registry on loopback that npm's own resolver is pointed to
 * for their scope, so that they are resolved, locked and packed as all others are. Rules: SPEC.md, PK-O*.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import tar from 'tar-stream';
import * as z from 'zod';
import { toResponse, TerrariumError } from '../../shared/errors/error.ts';

export const OWN_SCOPE = '@terrarium';

const manifestSchema = z.looseObject({ name: z.string().regex(/^@terrarium\/[a-z0-9-]+$/), version: z.string() });

interface Packument {
  name: string;
  'dist-tags': { latest: string };
  versions: Record<string, object>;
}

export interface OwnPackages {
  /** npm's options for the scope. */
  npm(): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Nothing is built and nothing listens before somebody asks. `root`: the folder `packages/` of the project. */
export function createOwnPackages(root: string): OwnPackages {
  let started: Promise<{ address: string; close: () => Promise<void> }> | undefined;
  return {
    async npm() {
      started ??= serve(root);
      const { address } = await started;
      return { [`${OWN_SCOPE}:registry`]: address };
    },
    async close() {
      const running = await started?.catch(() => undefined);
      await running?.close();
    },
  };
}

async function serve(root: string): Promise<{ address: string; close: () => Promise<void> }> {
  const found = new Map<string, { packument: (address: string) => Packument; tarball: Buffer }>();
  for (const folder of await readdir(root)) {
    const one = await packageOf(path.join(root, folder));
    found.set(one.name, one);
  }
  const server = createServer((request, response) => {
    const { address, port } = server.address() as AddressInfo;
    const asked = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname).slice(1);
    const [name = '', file] = asked.split('/-/');
    const one = found.get(name);
    if (one === undefined || request.method !== 'GET') {
      const { status, body } = toResponse(TerrariumError.of('E-TERRARIUM-1102', { method: request.method ?? '', path: asked.slice(0, 200) }));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    } else if (file !== undefined) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(one.tarball);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(one.packument(`http://${address}:${port}/`)));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function packageOf(folder: string) {
  const manifest = await readFile(path.join(folder, 'package.json'), 'utf8');
  const { name, version, ...rest } = manifestSchema.parse(JSON.parse(manifest));
  const built = await build({ entryPoints: [path.join(folder, 'index.ts')], bundle: true, format: 'esm', target: 'es2023', platform: 'browser', packages: 'external', write: false, logLevel: 'silent' });
  const files = { 'package.json': manifest, 'index.js': built.outputFiles[0]?.text ?? '', 'index.d.ts': await readFile(path.join(folder, 'types.d.ts'), 'utf8') };
  const tarball = await tarballOf(files);
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const base = name.slice(name.indexOf('/') + 1);
  const packument = (address: string): Packument => ({
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...rest, name, version, dist: { integrity, tarball: `${address}${name}/-/${base}-${version}.tgz` } } },
  });
  return { name, packument, tarball };
}

/** The same bytes for the same files, so that a lockfile stays true. */
async function tarballOf(files: Record<string, string>): Promise<Buffer> {
  const pack = tar.pack();
  for (const [name, text] of Object.entries(files)) pack.entry({ name: `package/${name}`, mtime: new Date(0) }, text);
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks), { level: 9 });
}
