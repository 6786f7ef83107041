import fs from 'node:fs';
import path from 'node:path';
import type { Tool } from '../lib/context.ts';
import { TOOLS } from '../tools/index.ts';
import type { ToolTable } from './exec/tool.ts';
import type { ShellState } from './state.ts';

/** Where the container's own tools are: a program elsewhere in PATH that comes first is meant. */
const OWN_FOLDERS = new Set(['/bin', '/usr/bin']);

/** Tools that can run in the shell's process, which saves starting one. */
export const ownTools: ToolTable = {
  async find(name: string, state: ShellState): Promise<Tool | undefined> {
    if (!Object.hasOwn(TOOLS, name)) return undefined;
    for (const folder of (state.get('PATH') ?? '').split(':')) {
      if (OWN_FOLDERS.has(folder)) return TOOLS[name]?.();
      if (fs.existsSync(path.join(path.resolve(state.cwd, folder === '' ? '.' : folder), name))) return undefined;
    }
    return undefined;
  },
};
