/** A real server with an empty data folder and one small template of its own, for tests of the page that need no container. */
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '../../server/logger.ts';
import { createTerrarium } from '../../server/server.ts';
import { loadSettings } from '../../server/settings.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const OWNER_TOKEN = 'owner-token-of-the-page-tests';

const TEMPLATE: Record<string, string> = {
  'terrarium.json': JSON.stringify({ title: 'Plain files', description: 'No dev server', start: 'npm start', port: 3000, open: 'src/App.tsx' }),
  'package.json': '{\n  "name": "plain"\n}\n',
  'src/App.tsx': 'export function App() {\n  return <h1>Hello</h1>;\n}\n',
  'src/util.ts': 'export const answer = 42;\n',
};

export interface Running {
  origin: string;
  signInLink: string;
  api(path: string): Promise<Response>;
  stop(): Promise<void>;
}

/** `without`: parts of the build that this server does not have. */
export async function startTerrarium({ without = [] }: { without?: string[] } = {}): Promise<Running> {
  const folder = await mkdtemp(path.join(tmpdir(), 'terrarium-page-'));
  for (const [name, text] of Object.entries(TEMPLATE)) {
    const file = path.join(folder, 'templates/plain', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const settings = await loadSettings(ROOT, { PORT: String(await freePort()), TERRARIUM_DATA: path.join(folder, 'data'), TERRARIUM_OWNER_TOKEN: OWNER_TOKEN });
  const distDir = without.length === 0 ? settings.distDir : await partOf(settings.distDir, path.join(folder, 'dist'), without);
  const terrarium = await createTerrarium({ ...settings, distDir, templatesDir: path.join(folder, 'templates') }, createLogger());
  await terrarium.listen();
  const origin = settings.baseOrigin;
  return {
    origin,
    signInLink: terrarium.signInLink,
    api: (apiPath) => fetch(origin + apiPath, { headers: { authorization: `Bearer ${OWNER_TOKEN}` } }),
    async stop() {
      await terrarium.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function partOf(distDir: string, to: string, without: string[]): Promise<string> {
  await mkdir(to);
  for (const part of await readdir(distDir)) if (!without.includes(part)) await symlink(path.join(distDir, part), path.join(to, part));
  return to;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
