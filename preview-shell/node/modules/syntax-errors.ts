/**
 * Where a syntax error is. The browser does not tell a program, so the text is parsed once more, by the parser that Node's library carries; Node
 * prints the place above the error (node_errors.cc, AppendExceptionLine).
 */
import type { BindingContext } from '../context.ts';

export interface Source {
  readonly text: string;
  /** A path or a URL, as Node would name it. */
  readonly name: string;
  readonly type: 'script' | 'module';
  /** A function's body, in which `return` may stand. */
  readonly isBody?: boolean;
}

interface AcornNode {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number; readonly column: number }; readonly end: { readonly line: number; readonly column: number } };
  readonly source?: { readonly value: unknown };
  readonly imported?: AcornNode & { readonly name?: string; readonly value?: string };
  readonly specifiers?: readonly AcornNode[];
  readonly body?: readonly AcornNode[];
}

interface Acorn {
  parse(text: string, options: object): AcornNode;
}

interface ParseError extends SyntaxError {
  pos: number;
  raisedAt: number;
  loc: { line: number; column: number };
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly offset: number;
  readonly message: string;
}

/** The end of a text that V8 found in what this runtime puts around a body. */
const BEYOND_THE_BODY = /^Unexpected token '[);}]'$/;

/** The place and the message that Node would give; undefined when the parser finds nothing wrong. */
export function syntaxErrorOf(ctx: BindingContext, source: Source, message?: string): { arrow: string; message: string } | undefined {
  const place = placeOf(ctx, source);
  if (place === undefined) return undefined;
  return { arrow: arrowAt(source, place.line, place.column, place.length), message: messageOf(source.text, place, message) };
}

/** Adds the place to the error: to its stack, as for what `require` compiles, or for the fatal case alone. */
export function explainSyntaxError(ctx: BindingContext, error: unknown, source: Source, inStack: boolean): void {
  if (!(error instanceof SyntaxError)) return;
  const found = syntaxErrorOf(ctx, source, error.message);
  if (found === undefined) return;
  const before = error.message;
  const stack = String(error.stack).replace(before, () => found.message);
  error.message = found.message;
  setArrow(ctx, error, found.arrow, inStack);
  Object.defineProperty(error, 'stack', { value: inStack ? `${found.arrow}\n${stack}` : stack, writable: true, configurable: true });
}

/** An import of a name that its module does not have: where that name stands in the importing text. */
export function explainMissingExport(ctx: BindingContext, error: Error, source: Source, specifier: string, name: string): boolean {
  const declaration = parse(ctx, source).body?.filter((node) => node.source?.value === specifier) ?? [];
  const imported = declaration.flatMap((node) => node.specifiers ?? []).map((node) => node.imported).find((node) => (node?.name ?? node?.value) === name);
  if (imported === undefined) return false;
  const { start, end } = imported.loc;
  setArrow(ctx, error, arrowAt(source, start.line, start.column, end.column - start.column).trimEnd(), false);
  return true;
}

/** What to print above a fatal error, where it is known from its syntax. */
export function arrowOf(ctx: BindingContext, error: object): { arrow: string; inStack: boolean } | undefined {
  const symbols = arrowSymbols(ctx);
  const { [symbols.arrow]: arrow, [symbols.decorated]: decorated } = error as Record<symbol, unknown>;
  return typeof arrow === 'string' ? { arrow, inStack: decorated === true } : undefined;
}

function arrowSymbols(ctx: BindingContext): { arrow: symbol; decorated: symbol } {
  const { privateSymbols } = ctx.internalBinding('util') as { privateSymbols: Record<string, symbol> };
  return { arrow: privateSymbols['arrow_message_private_symbol'] as symbol, decorated: privateSymbols['decorated_private_symbol'] as symbol };
}

function setArrow(ctx: BindingContext, error: object, arrow: string, decorated: boolean): void {
  const symbols = arrowSymbols(ctx);
  Object.defineProperty(error, symbols.arrow, { value: arrow, configurable: true, writable: true, enumerable: false });
  if (decorated) Object.defineProperty(error, symbols.decorated, { value: true, configurable: true, writable: true, enumerable: false });
}

/** @throws {SyntaxError} */
export const parseScript = (ctx: BindingContext, text: string): { readonly body: readonly object[] } => ({ body: parse(ctx, { text, name: '', type: 'script' }).body ?? [] });

function parse(ctx: BindingContext, { text, type, isBody }: Source): AcornNode {
  const acorn = (ctx.hooks.requireBuiltin as (id: string) => unknown)('internal/deps/acorn/acorn/dist/acorn') as Acorn;
  return acorn.parse(text, { ecmaVersion: 'latest', sourceType: type, locations: true, allowHashBang: true, allowReturnOutsideFunction: isBody === true });
}

function placeOf(ctx: BindingContext, source: Source): Place | undefined {
  try {
    parse(ctx, source);
    return undefined;
  } catch (error) {
    const { pos, raisedAt, loc, message } = error as ParseError;
    if (typeof pos !== 'number') throw error;
    const word = /^[\w$]+/.exec(source.text.slice(pos))?.[0].length;
    return { line: loc.line, column: loc.column, length: word ?? Math.max(1, raisedAt - pos), offset: pos, message: message.replace(/ \(\d+:\d+\)$/, '') };
  }
}

function messageOf(text: string, { offset, length, message: found }: Place, engines: string | undefined): string {
  const ended = offset >= text.trimEnd().length;
  if (engines === undefined || BEYOND_THE_BODY.test(engines)) {
    if (ended) return 'Unexpected end of input';
    if (found === 'Unexpected token') return `Unexpected token '${text.slice(offset, offset + length)}'`;
  }
  return engines ?? found;
}

function arrowAt({ text, name }: Source, line: number, column: number, length: number): string {
  const shown = text.split(/\r\n|[\n\u2028\u2029]/)[line - 1] ?? '';
  const carets = '^'.repeat(Math.max(1, Math.min(length, shown.length - column)));
  return `${name}:${line}\n${shown}\n${' '.repeat(column)}${shown === '' ? '' : carets}\n`;
}
