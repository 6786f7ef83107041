/** What a step changed in one text file, as a patch (unified format of POSIX `diff -u`). */
import { createTwoFilesPatch } from 'diff';
import type { FileChange } from './history.ts';
import type { Content } from './store.ts';

/** Larger texts, and such that differ too much, are compared by who asks, with the bytes of both revisions. */
const MAX_TEXT = 512 * 1024;
const MAX_DIFF_MS = 500;

/** `undefined` where one side is binary or too large. */
export function patchOf({ path, from = path, before, after }: FileChange, text: (content: Content | undefined) => string | undefined): string | undefined {
  if ([before, after].some((content) => content !== undefined && (content.kind === 'binary' || content.size > MAX_TEXT))) return undefined;
  const names = { before: before === undefined ? '/dev/null' : `a/${from}`, after: after === undefined ? '/dev/null' : `b/${path}` };
  return createTwoFilesPatch(names.before, names.after, text(before) ?? '', text(after) ?? '', undefined, undefined, { context: 3, timeout: MAX_DIFF_MS });
}
