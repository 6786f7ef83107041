import { diffMain, patchApply, patchMake, DIFF_DELETE, DIFF_EQUAL, DIFF_INSERT } from 'diff-match-patch-es';
import type * as Y from 'yjs';

/** Hunks are applied where their context is found nearly as it was; elsewhere they are refused. */
const MERGE_OPTIONS = { matchThreshold: 0.3, patchDeleteThreshold: 0.3 } as const;

/** What `base` became there, done to what it became here; undefined when the two cannot both be had. */
export function mergeTexts(base: string, there: string, here: string): string | undefined {
  if (here === base || here === there) return there;
  if (there === base) return here;
  const [merged, applied] = patchApply(patchMake(base, there), here, MERGE_OPTIONS) as [string, boolean[]];
  return applied.every(Boolean) ? merged : undefined;
}

/** Makes the text `wanted` by the smallest edits: cursors and what others type elsewhere stay. */
export function editText(text: Y.Text, wanted: string, origin: unknown): void {
  const current = text.toString();
  if (current === wanted) return;
  text.doc?.transact(() => {
    let at = 0;
    for (const [operation, piece] of diffMain(current, wanted)) {
      if (operation === DIFF_EQUAL) at += piece.length;
      else if (operation === DIFF_DELETE) text.delete(at, piece.length);
      else if (operation === DIFF_INSERT) {
        text.insert(at, piece);
        at += piece.length;
      }
    }
  }, origin);
}
