/** A change of a text as hunks that can be taken one by one (SPEC.md, P2-P4). */
import { createHash } from 'node:crypto';
import { applyPatch, structuredPatch } from 'diff';
import type { StructuredPatchHunk } from 'diff';
import type { Hunk } from '../../shared/agents/review.ts';

const CONTEXT_LINES = 3;

interface Piece {
  id: string;
  hunk: StructuredPatchHunk;
}

/** The id is of the content, and of the number of equal ones before it: it stays what it is while other hunks are decided. */
function piecesOf(base: string, proposed: string): Piece[] {
  const { hunks } = structuredPatch('a', 'b', base, proposed, '', '', { context: CONTEXT_LINES });
  const seen = new Map<string, number>();
  return hunks.map((hunk) => {
    const hash = createHash('sha256').update(hunk.lines.join('\n')).digest('base64url').slice(0, 16);
    const nth = seen.get(hash) ?? 0;
    seen.set(hash, nth + 1);
    return { id: nth === 0 ? hash : `${hash}-${nth}`, hunk };
  });
}

export function hunksOf(base: string, proposed: string): Hunk[] {
  return piecesOf(base, proposed).map(({ id, hunk }) => ({
    id,
    from: hunk.oldStart,
    to: hunk.oldStart + hunk.oldLines - 1,
    lines: hunk.lines.flatMap((line) => (line.startsWith('\\') ? [] : [{ kind: kindOf(line), text: line.slice(1) }])),
  }));
}

const kindOf = (line: string): ' ' | '-' | '+' => (line.startsWith('-') ? '-' : line.startsWith('+') ? '+' : ' ');

/** The base with some of the hunks, and with all others; `undefined` when one that is named is not there. */
export function splitByHunks(base: string, proposed: string, ids: readonly string[]): { chosen: string; others: string } | undefined {
  const pieces = piecesOf(base, proposed);
  const wanted = new Set(ids);
  const chosen = pieces.filter(({ id }) => wanted.has(id));
  if (chosen.length !== wanted.size) return undefined;
  const others = pieces.filter(({ id }) => !wanted.has(id));
  return { chosen: withHunks(base, chosen), others: withHunks(base, others) };
}

function withHunks(base: string, pieces: readonly Piece[]): string {
  const patch = { oldFileName: 'a', newFileName: 'b', oldHeader: undefined, newHeader: undefined, hunks: pieces.map(({ hunk }) => hunk) };
  const result = applyPatch(base, patch, { autoConvertLineEndings: false });
  if (result === false) throw new Error('a hunk does not fit the text that it was made of');
  return result;
}
