import type { Tool } from '../lib/context.ts';
import * as files from './files.ts';
import { find, xargs } from './find.ts';
import { grep } from './grep.ts';
import { ls } from './ls.ts';
import { UsageError } from './options.ts';
import { sed } from './sed.ts';
import * as system from './system.ts';
import * as text from './text.ts';

const USAGE_STATUS = 2;

/** A wrong use is said in the tool's name, and ends with 2. */
function withUsage(tool: Tool): Tool {
  return async (context) => {
    try {
      return await tool(context);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      await context.error(error.message);
      return USAGE_STATUS;
    }
  };
}

const ALL: Readonly<Record<string, Tool>> = { ...files, ...text, ...system, ls, find, xargs, grep, egrep: grep, sed };

/** The container's own tools by name. */
export const TOOLS: Readonly<Record<string, () => Tool>> = Object.fromEntries(Object.entries(ALL).map(([name, tool]) => [name, () => withUsage(tool)]));
