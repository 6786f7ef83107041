/** A package-lock.json (lockfileVersion 2 or 3) as data: parsing, and Node's lookup of a dependency in its tree. */
import * as z from 'zod';
import { Refusal } from './refusal.ts';

const dependencies = z.record(z.string(), z.string()).optional();
const platforms = z.union([z.array(z.string()), z.string()]).optional();

const entrySchema = z.looseObject({
  name: z.string().optional().describe('real name, where it differs from the folder (an alias)'),
  version: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  optional: z.boolean().optional(),
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
  peerDependencies: dependencies,
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().optional() })).optional(),
  os: platforms,
  cpu: platforms,
  libc: platforms,
});
export type LockEntry = z.infer<typeof entrySchema>;

const lockfileSchema = z.looseObject({ lockfileVersion: z.number().int(), packages: z.record(z.string(), entrySchema) });

/** Entries by path (`node_modules/a/node_modules/b`); the project itself is at ''. */
export type LockTree = ReadonlyMap<string, LockEntry>;

/** undefined for a lockfile older than npm 7, which has no tree. @throws {Refusal} 2154 for what is no lockfile. */
export function parseLockfile(text: string): LockTree | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw broken(error instanceof Error ? error.message : 'it is not JSON');
  }
  if (typeof json === 'object' && json !== null && !('packages' in json)) return undefined;
  const parsed = lockfileSchema.safeParse(json);
  if (!parsed.success) throw broken(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 3).join('; '));
  const tree = new Map(Object.entries(parsed.data.packages));
  for (const path of tree.keys()) if (!isSafePath(path)) throw broken(`"${path}" is no path inside the project`);
  return tree;
}

const isSafePath = (path: string) => path === '' || path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0\\]/.test(part));

const broken = (problem: string) => new Refusal('E-TERRARIUM-2154', { file: 'package-lock.json', problem }, { code: 'EJSONPARSE' });

/** Where `name`, required from the package at `from`, is found: nodejs.org/api/modules.html, "Loading from node_modules folders". */
export function lookUpPath(tree: { has(path: string): boolean }, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = parentOf(folder)) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (tree.has(path)) return path;
    if (folder === '') return undefined;
  }
}

/** The next folder up that may hold a node_modules: `a/node_modules/@s/b` -> `a`; `packages/x` -> `packages`. */
function parentOf(folder: string): string {
  const at = folder.lastIndexOf('node_modules/');
  if (at >= 0 && !folder.slice(at + 13).replace(/^@[^/]+\/[^/]+|^[^/]+/, '').includes('/')) return folder.slice(0, Math.max(0, at - 1));
  return folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
}

/** The real name of the package at `path`. */
export const nameOfEntry = (path: string, entry: LockEntry): string => entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13);
