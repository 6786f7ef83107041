/** Which packs an environment will ask for: its host page starts to bring them before its container runs. A guess that is wrong costs a download. */
import { LRUCache } from 'lru-cache';
import type { PackMount } from '../../shared/pack/format.ts';
import type { Install } from './install.ts';
import type { ResolveResponse } from './protocol.ts';

export interface ProjectFiles {
  packageJson: string;
  lockfile: string;
}

type Answer = Pick<ResolveResponse, 'mounts' | 'prebuilt'>;

export interface ExpectedPacks {
  /** What an install of this environment was answered. */
  note(label: string, answer: Answer): void;
  /** What a project like this one installs, worked out at leisure; `kind` names all projects that have these files. */
  prepare(label: string, kind: string, files: () => Promise<ProjectFiles | undefined>): void;
  /** Hashes; empty where nothing is known. */
  of(label: string): string[];
}

/** The kernel brings larger packs when somebody looks inside (preview-shell/kernel/packages/mount.ts), but a tool's WebAssembly is what the tool is. */
const isLikely = ({ name, bytes }: PackMount): boolean => bytes <= 4 * 1024 * 1024 || name.endsWith('-wasm32-wasi');

const LABELS = 2000;
const KINDS = 200;

/** `isPublic`: packs that need a grant are not named to a page. */
export function createExpectedPacks({ install, isPublic }: { install: Install; isPublic: (name: string) => boolean }): ExpectedPacks {
  const byLabel = new LRUCache<string, readonly string[]>({ max: LABELS });
  const byKind = new LRUCache<string, Promise<readonly string[]>>({ max: KINDS });
  const hashesOf = ({ mounts, prebuilt }: Answer) => [...new Set([...mounts.filter((mount) => isPublic(mount.name) && isLikely(mount)), ...prebuilt].map(({ pack }) => pack))];

  async function work(files: () => Promise<ProjectFiles | undefined>): Promise<readonly string[]> {
    const project = await files();
    if (project === undefined) return [];
    const answer = await install({ v: 1, ...project, add: [], remove: [], dev: false, exact: false, frozen: true, omit: [] }, new Set(), new AbortController().signal);
    return hashesOf(answer);
  }

  return {
    note: (label, answer) => void byLabel.set(label, hashesOf(answer)),
    prepare(label, kind, files) {
      const known = byKind.get(kind) ?? work(files);
      byKind.set(kind, known);
      known.then((hashes) => byLabel.has(label) || byLabel.set(label, hashes), () => byKind.delete(kind));
    },
    of: (label) => [...(byLabel.get(label) ?? [])],
  };
}
