/**
 * The text that makes an asynchronous context survive `await`, put into a program by positions that were found before (plan.ts). SPEC.md has the rules.
 *
 * Names start with a letter that no minifier and hardly a person uses, and that keeps the text in one byte a character.
 */

/** Kinds of edit. A code is a kind, plus `KINDS` times the number of a loop or block where the text names one. */
export const EDIT = {
  awaitOpen: 0, awaitClose: 1, guardedOpen: 2, guardedClose: 3, entry: 4, variable: 5, yieldOpen: 6, yieldClose: 7, delegateOpen: 8, delegateClose: 9,
  holder: 10, scopeOpen: 11, scopeClose: 12, iterableOpen: 13, iterableClose: 14, bodyOpen: 15, bodyClose: 16, resource: 17, evalOpen: 18, evalClose: 19,
  returnOpen: 20, returnClose: 21, leaveOpen: 22, leaveClose: 23, delegateStart: 24, syncIterableOpen: 25, resourceName: 26,
} as const;
export const KINDS = 32;

/** Pairs of a position's distance from the one before and a code. Positions are UTF-16 code units of the text without a hashbang. */
export type AwaitPlan = readonly number[];

/** `origin`: what the text stands for, where that is not at `start`. */
export type Edit = [start: number, end: number, text: string, origin?: number];

const AWAIT_LENGTH = 'await'.length;
const YIELD_LENGTH = 'yield'.length;

/** What is taken away, by kind. */
const REMOVED: Readonly<Record<number, number>> = {
  [EDIT.awaitOpen]: AWAIT_LENGTH, [EDIT.guardedOpen]: AWAIT_LENGTH, [EDIT.yieldOpen]: YIELD_LENGTH,
};

/** `n` is the number of the loop or block. */
const TEXTS: Readonly<Record<number, (n: number) => string>> = {
  [EDIT.awaitOpen]: () => 'ªr(ªs(',
  [EDIT.awaitClose]: () => '),await ªt())',
  [EDIT.guardedOpen]: () => 'ªr(ªf=ªs(',
  [EDIT.guardedClose]: () => '),await ªt(),ªf=0)',
  [EDIT.entry]: () => 'ªf=ªf&&ªc(ªf);',
  [EDIT.variable]: () => ';var ªf;',
  [EDIT.yieldOpen]: () => 'ªy(ªf=ªs(',
  [EDIT.yieldClose]: () => '),yield ªt(),ªf=0)',
  [EDIT.delegateStart]: () => 'ªy(',
  [EDIT.delegateOpen]: () => 'ªw(ªf=ªh(),',
  [EDIT.delegateClose]: () => '),ªf=ªf&&ªc(ªf))',
  [EDIT.holder]: (n) => `;var ªh${n};`,
  [EDIT.scopeOpen]: () => 'try{',
  [EDIT.scopeClose]: (n) => `}finally{ªd(ªh${n})}`,
  [EDIT.iterableOpen]: (n) => `ªl(ªh${n}=ªh(),`,
  [EDIT.iterableClose]: () => '/*ª*/)',
  [EDIT.bodyOpen]: (n) => `{ªd(ªh${n});`,
  [EDIT.bodyClose]: () => '/*ª*/}',
  [EDIT.syncIterableOpen]: (n) => `ªi(ªh${n}=ªh(),`,
  [EDIT.resourceName]: (n) => `;using ªu${n}`,
  [EDIT.resource]: (n) => `=ªo(ªh${n}=ªh${n}||ªh());`,
  [EDIT.evalOpen]: () => 'ªe(',
  [EDIT.evalClose]: () => '/*ª*/)',
  [EDIT.returnOpen]: () => 'ªv(',
  [EDIT.returnClose]: () => '/*ª*/)',
  [EDIT.leaveOpen]: () => '(ªf=ªs(',
  [EDIT.leaveClose]: () => '),ªt())',
};

/** Edits whose text names a place that another one opened: positions in it are those of what was opened. */
const OPENS = new Set<number>([EDIT.awaitOpen, EDIT.guardedOpen, EDIT.yieldOpen]);
const CLOSES = new Set<number>([EDIT.awaitClose, EDIT.guardedClose, EDIT.yieldClose]);

/** The edits of a plan, in the order of the text. */
export function awaitEdits(plan: AwaitPlan): Edit[] {
  const edits: Edit[] = [];
  const opened: number[] = [];
  let at = 0;
  for (let i = 0; i + 1 < plan.length; i += 2) {
    at += plan[i] as number;
    const code = plan[i + 1] as number;
    const kind = code % KINDS;
    const text = TEXTS[kind];
    if (text === undefined) throw new RangeError(`No edit has the code ${code}.`);
    if (OPENS.has(kind)) opened.push(at);
    const origin = CLOSES.has(kind) ? opened.pop() : undefined;
    const edit: Edit = [at, at + (REMOVED[kind] ?? 0), text((code - kind) / KINDS)];
    if (origin !== undefined) edit[3] = origin;
    edits.push(edit);
  }
  return edits;
}

/** Both lists in the order of the text; at one position insertions stand before what replaces text. */
export function mergeEdits(a: readonly Edit[], b: readonly Edit[]): Edit[] {
  if (a.length === 0 || b.length === 0) return [...a, ...b];
  return [...a, ...b].sort((x, y) => x[0] - y[0] || Number(x[1] > x[0]) - Number(y[1] > y[0]));
}

export function applyEdits(source: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return source;
  let text = '';
  let at = 0;
  for (const [start, end, replacement] of edits) {
    text += source.slice(at, start) + replacement;
    at = end;
  }
  return text + source.slice(at);
}

/** Whether a text can need a plan: most cannot, and are not parsed. */
export const mayNeedPlan = (source: string): boolean => WORDS.some((word) => source.includes(word)) && /\b(?:a(?:wait|sync)|eval)\b/.test(source);

/** Looked for first: it is many times as fast. */
const WORDS = ['await', 'async', 'eval'] as const;

/** What the edits have put into text that a program gets back, as from `Function.prototype.toString`. */
export function withoutEdits(text: string): string {
  if (!text.includes('ª')) return text;
  added ??= new RegExp(Object.values(TEXTS).map(pattern).join('|'), 'g');
  return text.replace(added, (found) => (found.startsWith('ªy(ªf=') ? 'yield' : found.startsWith('ªr(') ? 'await' : ''));
}

let added: RegExp | undefined;

const pattern = (text: (n: number) => string): string => text(NUMBER).replace(/[()[\]{}*|&.?+^$\\/]/g, '\\$&').replaceAll(`${NUMBER}`, '\\d+');
/** Stands for any number of a loop in a pattern. */
const NUMBER = 987654;

/** The engine's messages name a value by the text that it came from. */
export const messageWithoutEdits = (message: string): string =>
  message.replace(/ª\w\(\.\.\.\)/g, '(intermediate value)').replace('is not a function or its return value is not async iterable', 'is not async iterable');
