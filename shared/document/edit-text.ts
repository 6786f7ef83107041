/** The smallest change from one text to another, for Y.Text: cursors, and what others type elsewhere, stay. */
import { diffMain, DIFF_DELETE, DIFF_INSERT } from 'diff-match-patch-es';
import type * as Y from 'yjs';

/** `at` to `end` (UTF-16 units of the text before) becomes `insert`. */
export interface TextEdit {
  at: number;
  end: number;
  insert: string;
}

/** In the order of their places, none touching another. None begins or ends inside a surrogate pair, whose halves Yjs replaces by U+FFFD. */
export function textEdits(before: string, after: string): TextEdit[] {
  const edits: TextEdit[] = [];
  let at = 0;
  for (const [operation, piece] of diffMain(before, after)) {
    if (operation === DIFF_INSERT) join(edits, { at, end: at, insert: piece });
    else if (operation === DIFF_DELETE) join(edits, { at, end: (at += piece.length), insert: '' });
    else at += piece.length;
  }
  return wholeCharacters(edits.map((edit, index) => wholeLines(edit, before, edits[index - 1]?.end ?? -1, edits[index + 1]?.at ?? before.length + 1)), before);
}

/** Makes the text `wanted`, in a transaction of the given origin. */
export function editText(text: Y.Text, wanted: string, origin?: unknown): void {
  const edits = textEdits(text.toString(), wanted);
  if (edits.length === 0) return;
  const apply = () => applyEdits(text, edits);
  if (text.doc === null) apply();
  else text.doc.transact(apply, origin);
}

/** From the end on, so that the places of those before stay what they are. */
export function applyEdits(text: Y.Text, edits: readonly TextEdit[]): void {
  for (const { at, end, insert } of edits.toReversed()) {
    if (end > at) text.delete(at, end - at);
    if (insert !== '') text.insert(at, insert);
  }
}

function join(edits: TextEdit[], edit: TextEdit): void {
  const last = edits.at(-1);
  if (last === undefined || last.end < edit.at) return void edits.push(edit);
  last.end = edit.end;
  last.insert += edit.insert;
}

/**
 * New lines come before the line feed of the line above or behind it, with the same result: behind it. What somebody types at the end of that line in
 * the same moment is then still at its end. `after` and `until`: the edits on both sides, which it does not touch.
 */
function wholeLines(edit: TextEdit, before: string, after: number, until: number): TextEdit {
  const { at, end, insert } = edit;
  const { length } = insert;
  if (at !== end || !insert.includes('\n')) return edit;
  const isWhole = (place: number, last: string | undefined) => last === '\n' && (place === 0 || before[place - 1] === '\n');
  if (isWhole(at, insert[length - 1])) return edit;
  for (let by = 1; by < length && at - by > after && before[at - by] === insert[length - by]; by++) {
    if (isWhole(at - by, insert[length - by - 1])) return { at: at - by, end: at - by, insert: insert.slice(length - by) + insert.slice(0, length - by) };
  }
  for (let by = 1; by < length && at + by < until && before[at + by - 1] === insert[by - 1]; by++) {
    if (isWhole(at + by, insert[by - 1])) return { at: at + by, end: at + by, insert: insert.slice(by) + insert.slice(0, by) };
  }
  return edit;
}

const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

function wholeCharacters(edits: readonly TextEdit[], before: string): TextEdit[] {
  const whole: TextEdit[] = [];
  for (const edit of edits) {
    const at = isHigh(before, edit.at - 1) ? edit.at - 1 : edit.at;
    const end = isLow(before, edit.end) ? edit.end + 1 : edit.end;
    const wider = { at, end, insert: before.slice(at, edit.at) + edit.insert + before.slice(edit.end, end) };
    const last = whole.at(-1);
    // Two edits on either side of one kept half: that half is in both.
    if (last !== undefined && at < last.end) join(whole, { at: last.end, end, insert: wider.insert.slice(last.end - at) });
    else join(whole, wider);
  }
  return whole;
}
