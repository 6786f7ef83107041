/** Patches: texts that stand in a file and what they become, or a unified diff. All of it fits, or nothing is done and each part that does not is told (SPEC.md, F4). */
import { applyPatch, parsePatch } from 'diff';
import type { StructuredPatch, StructuredPatchHunk } from 'diff';
import { distance } from 'fastest-levenshtein';

export interface TextReplacement {
  old: string;
  new: string;
  all: boolean;
}

export type Patched = { text: string; applied: number } | { conflicts: string[] };

export function replaceAll(text: string, edits: readonly TextReplacement[]): Patched {
  const conflicts: string[] = [];
  let result = text;
  let applied = 0;
  for (const [index, edit] of edits.entries()) {
    const places = occurrences(result, edit.old);
    if (places.length === 0) conflicts.push(`edit ${index + 1}: ${notThere(result, edit.old.split('\n'))}`);
    else if (places.length > 1 && !edit.all) conflicts.push(`edit ${index + 1}: the text occurs ${places.length} times (lines ${places.slice(0, 10).map((at) => lineAt(result, at)).join(', ')}); give more of what is around it`);
    else {
      result = result.split(edit.old).join(edit.new);
      applied += places.length;
    }
  }
  return conflicts.length > 0 ? { conflicts } : { text: result, applied };
}

export function applyDiff(text: string, diff: string): Patched {
  const parsed = parse(diff);
  if (typeof parsed === 'string') return { conflicts: [parsed] };
  const result = applyPatch(text, parsed);
  if (result !== false) return { text: result, applied: parsed.hunks.length };
  const conflicts = parsed.hunks.flatMap((hunk, index) => {
    const alone = { ...parsed, hunks: [hunk] };
    return applyPatch(text, alone) === false ? [`hunk ${index + 1} (line ${hunk.oldStart}): ${notThere(text, linesBefore(hunk))}`] : [];
  });
  return { conflicts: conflicts.length > 0 ? conflicts : ['the hunks fit one by one and not together: they overlap or are out of order'] };
}

function parse(diff: string): StructuredPatch | string {
  try {
    const [patch, ...others] = parsePatch(diff);
    if (patch === undefined || patch.hunks.length === 0) return 'the diff has no hunk';
    return others.length > 0 ? 'the diff is of several files; send one for each' : patch;
  } catch (error) {
    return `the diff cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}`;
  }
}

const linesBefore = ({ lines }: StructuredPatchHunk): string[] => lines.filter((line) => line.startsWith(' ') || line.startsWith('-')).map((line) => line.slice(1));

function occurrences(text: string, part: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) places.push(at);
  return places;
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** How far a line may be compared: the rest of it says no more. */
const COMPARED = 200;
const MOST_LINES = 5000;

/** Says what stands where the wanted lines most likely were meant to be. */
function notThere(text: string, wanted: readonly string[]): string {
  const anchor = wanted.find((line) => line.trim().length > 2) ?? wanted[0] ?? '';
  const lines = text.split('\n').slice(0, MOST_LINES);
  let best = { index: -1, score: Infinity };
  for (const [index, line] of lines.entries()) {
    const [there, meant] = [line.trim().slice(0, COMPARED), anchor.trim().slice(0, COMPARED)];
    // What is wanted may be a part of the line.
    const score = distance(there, meant) - Math.max(0, there.length - meant.length);
    if (score < best.score) best = { index, score };
  }
  const near = lines.slice(Math.max(0, best.index - 1), best.index + Math.max(2, Math.min(wanted.length, 6)) + 1);
  const first = Math.max(1, best.index);
  if (best.index === -1 || best.score > Math.max(4, anchor.length * 0.6)) return `no line is like ${quote(anchor)}`;
  return `expected ${quote(anchor)}; there is from line ${first}: ${near.map(quote).join(' ')}`;
}

const quote = (line: string): string => JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line);
