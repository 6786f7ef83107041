/** Starting points: `templates/<id>/`, each a project with a `terrarium.json` beside its package.json. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { isProjectPath } from '../../shared/document/schema.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { decodeText } from './content.ts';

const manifestSchema = z.object({
  title: z.string().min(1),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  /** Its place in the list, least first; those without one come last, by name. */
  order: z.number().int().default(1000),
  /** What a new environment runs. */
  start: z.string().default('npm run dev'),
  /** Port whose page the preview shows. */
  port: z.number().int().min(1).max(65535),
  /** File that the editor opens first. */
  open: z.string().optional(),
});

export interface Template extends z.infer<typeof manifestSchema> {
  id: string;
}
export interface TemplateFile {
  path: string;
  text: string | undefined;
  bytes: Uint8Array<ArrayBuffer>;
  sha256: string;
  executable: boolean;
}

const MANIFEST = 'terrarium.json';
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.DS_Store', '.prebuilt']);
const MAX_FILES = 2000;

export interface Templates {
  list(): Promise<Template[]>;
  /** Throws 1002 for an unknown one. */
  get(id: string): Promise<Template>;
  files(id: string): Promise<TemplateFile[]>;
}

export function createTemplates(root: string, onBroken: (id: string, problem: string) => void): Templates {
  async function ids(): Promise<string[]> {
    const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory() && /^[a-z0-9-]{1,64}$/.test(entry.name)).map((entry) => entry.name).sort();
  }

  async function read(id: string): Promise<Template> {
    try {
      return { id, ...manifestSchema.parse(JSON.parse(await readFile(path.join(root, id, MANIFEST), 'utf8'))) };
    } catch (error) {
      onBroken(id, String(error));
      throw TerrariumError.of('E-TERRARIUM-1009', { template: id });
    }
  }

  return {
    async list() {
      const read1 = await Promise.all((await ids()).map((id) => read(id).catch(() => undefined)));
      return read1.filter((template) => template !== undefined).sort((a, b) => a.order - b.order);
    },
    async get(id) {
      const available = await ids();
      if (!available.includes(id)) throw TerrariumError.of('E-TERRARIUM-1002', { template: id.slice(0, 64), available: available.join(', ') });
      return read(id);
    },
    async files(id) {
      const folder = path.join(root, id);
      const names = (await walk(folder, '')).filter((name) => name !== MANIFEST).sort();
      if (names.length > MAX_FILES) throw TerrariumError.of('E-TERRARIUM-1009', { template: id });
      return Promise.all(names.map((name) => readTemplateFile(folder, name)));
    },
  };
}

async function walk(folder: string, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(path.join(folder, prefix), { withFileTypes: true })) {
    const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (LEFT_OUT.has(entry.name)) continue;
    if (entry.isDirectory()) found.push(...(await walk(folder, name)));
    else if (entry.isFile() && isProjectPath(name)) found.push(name);
  }
  return found;
}

async function readTemplateFile(folder: string, name: string): Promise<TemplateFile> {
  const file = path.join(folder, name);
  const bytes = new Uint8Array(await readFile(file));
  const { mode } = await stat(file);
  return { path: name, bytes, text: decodeText(bytes), sha256: createHash('sha256').update(bytes).digest('hex'), executable: (mode & 0o111) !== 0 };
}
