/** From what a thread asks (`proc.spawn`, `proc.spawnSync`) to what the table starts. */
import { SysError } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';
import type { OpenFile } from '../descriptors/open-file.ts';
import { createSocketPair, type StreamEnd } from '../streams/pipe.ts';
import { asArray, asFields, asNumber, asString, asStrings, type Fields } from './arguments.ts';
import type { Process } from './process.ts';
import type { SpawnRequest } from './table.ts';

export interface ParsedSpawn {
  request: SpawnRequest;
  /** The caller's ends of the descriptors that are pipes, by the child's descriptor. */
  pipes: ReadonlyMap<number, StreamEnd>;
}

/**
 * @throws {SysError} EINVAL for another shape than
 *   `{ file, args, cwd?, env?: ['NAME=value'], stdio: [{ type: 'pipe' | 'ignore' | 'fd', fd? }], detached?, group?, foreground? }`, EBADF.
 */
export function parseSpawn(parent: Process, value: Value | undefined, inheritedEnv: Readonly<Record<string, string>>): ParsedSpawn {
  const fields = asFields(value);
  const pipes = new Map<number, StreamEnd>();
  const stdio = asArray(fields['stdio']).map((entry, fd) => openEntry(parent, asFields(entry), fd, pipes));
  const file = asString(fields['file']);
  const args = asStrings(fields['args']);
  const request: SpawnRequest = {
    file, parent, stdio,
    args: args.length > 0 ? args : [file],
    cwd: typeof fields['cwd'] === 'string' ? resolveFolder(fields['cwd'], parent.cwd) : parent.cwd,
    env: Array.isArray(fields['env']) ? parseEnv(asStrings(fields['env'])) : inheritedEnv,
    newSession: fields['detached'] === true,
    foreground: fields['foreground'] === true,
    ...(typeof fields['group'] === 'number' ? { group: fields['group'] } : {}),
  };
  return { request, pipes };
}

function openEntry(parent: Process, entry: Fields, fd: number, pipes: Map<number, StreamEnd>): OpenFile | undefined {
  switch (String(entry['type'])) {
    case 'ignore': return undefined;
    case 'fd': return parent.descriptors.get(asNumber(entry['fd']));
    case 'pipe': {
      const [mine, theirs] = createSocketPair();
      pipes.set(fd, mine);
      return theirs;
    }
    default: throw new SysError('EINVAL', `stdio ${String(entry['type'])}`);
  }
}

function parseEnv(pairs: readonly string[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at > 0) env[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return env;
}

function resolveFolder(path: string, cwd: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
