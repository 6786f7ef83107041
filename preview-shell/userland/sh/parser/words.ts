import { ShellSyntaxError } from './ast.ts';
import type { List, ParamOp, Part, Word } from './ast.ts';

export interface ParserOptions {
  /** Adds what would mean something else in POSIX: `{a,b}` and `&>`. */
  extended: boolean;
  aliases: ReadonlyMap<string, string>;
  /** Number of the first line of the source. */
  line: number;
}

/** Where a word ends, besides the end of input. */
type Stop = (char: string) => boolean;

const META = ' \t\n;&|<>()';
const SPECIAL_PARAMETERS = '@*#?-$!';
const isNameStart = (char: string): boolean => /[A-Za-z_]/.test(char);
const isNameChar = (char: string): boolean => /[A-Za-z0-9_]/.test(char);
export const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);

const text = (value: string, quoted: boolean): Part => ({ kind: 'text', value, quoted });

/** Collects literal characters into as few parts as possible. */
class PartList {
  readonly parts: Part[] = [];
  #pending = '';
  #quoted = false;

  add(value: string, quoted: boolean): void {
    if (this.#pending !== '' && this.#quoted !== quoted) this.flush();
    this.#pending += value;
    this.#quoted = quoted;
  }

  push(part: Part): void {
    this.flush();
    this.parts.push(part);
  }

  /** An empty quoted string still makes a field. */
  addQuoted(value: string): void {
    if (value === '') this.push(text('', true));
    else this.add(value, true);
  }

  flush(): void {
    if (this.#pending === '') return;
    this.parts.push(text(this.#pending, this.#quoted));
    this.#pending = '';
  }

  done(): Part[] {
    this.flush();
    return this.parts;
  }
}

/** Reads words: quoting (XCU 2.2) and the expansions within them (XCU 2.6). */
export abstract class WordReader {
  protected src: string;
  protected pos = 0;
  protected line: number;
  protected readonly options: ParserOptions;

  constructor(src: string, options: ParserOptions) {
    this.src = src;
    this.line = options.line;
    this.options = options;
  }

  /** Parses commands from `pos` up to the `)` that ends a substitution, and moves past it. */
  protected abstract substitution(): List;
  /** Parses a whole text on its own (a backquoted command). */
  protected abstract nested(source: string): List;

  protected fail(message: string, incomplete = false): never {
    throw new ShellSyntaxError(message, this.line, incomplete);
  }

  protected char(offset = 0): string {
    return this.src[this.pos + offset] ?? '';
  }

  protected take(): string {
    const char = this.src[this.pos++] ?? '';
    if (char === '\n') this.line++;
    return char;
  }

  /** An unquoted word, ended by blanks and operators. */
  protected word(): Word {
    return this.unquoted((char) => META.includes(char));
  }

  protected unquoted(stop: Stop): Word {
    const out = new PartList();
    while (this.pos < this.src.length && !stop(this.char())) this.unquotedStep(out);
    return out.done();
  }

  private unquotedStep(out: PartList): void {
    const char = this.char();
    if (char === '\\') this.escape(out);
    else if (char === "'") out.addQuoted(this.singleQuoted());
    else if (char === '"') out.push(this.doubleQuoted());
    else if (char === '$' && this.char(1) === "'") out.addQuoted(this.ansiQuoted());
    else if (char === '$') this.dollar(out, false);
    else if (char === '`') out.push(this.backquoted(false));
    else out.add(this.take(), false);
  }

  private escape(out: PartList): void {
    if (this.char(1) === '\n') {
      this.take();
      this.take();
    } else if (this.pos + 1 >= this.src.length) {
      this.take();
      out.add('\\', true);
    } else {
      this.take();
      out.add(this.take(), true);
    }
  }

  private singleQuoted(): string {
    this.take();
    const start = this.pos;
    while (this.pos < this.src.length && this.char() !== "'") this.take();
    if (this.pos >= this.src.length) this.fail('Unterminated quoted string', true);
    const value = this.src.slice(start, this.pos);
    this.take();
    return value;
  }

  /** `$'...'` (POSIX.1-2024, XCU 2.2.4). */
  private ansiQuoted(): string {
    this.pos += 2;
    let value = '';
    while (this.char() !== "'") {
      if (this.pos >= this.src.length) this.fail('Unterminated quoted string', true);
      value += this.char() === '\\' ? this.ansiEscape() : this.take();
    }
    this.take();
    return value;
  }

  private ansiEscape(): string {
    this.take();
    const char = this.take();
    const simple = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', E: '\x1b' }[char];
    if (simple !== undefined) return simple;
    const rest = this.src.slice(this.pos);
    const numeric =
      char === 'x' ? /^[0-9a-fA-F]{1,2}/.exec(rest)
      : char === 'u' ? /^[0-9a-fA-F]{1,4}/.exec(rest)
      : char === 'U' ? /^[0-9a-fA-F]{1,8}/.exec(rest)
      : null;
    if (numeric) {
      this.pos += numeric[0].length;
      return String.fromCodePoint(Number.parseInt(numeric[0], 16));
    }
    if (/[0-7]/.test(char)) {
      const octal = /^[0-7]{0,2}/.exec(rest)?.[0] ?? '';
      this.pos += octal.length;
      return String.fromCharCode(Number.parseInt(char + octal, 8));
    }
    return "\\'\"?".includes(char) ? char : `\\${char}`;
  }

  private doubleQuoted(): Part {
    this.take();
    const parts = this.quotedParts((char) => char === '"');
    if (this.pos >= this.src.length) this.fail('Unterminated quoted string', true);
    this.take();
    return { kind: 'double', parts };
  }

  /** The inside of double quotes; `escapable` are the characters a backslash quotes there. */
  protected quotedParts(stop: Stop, escapable = '$`"\\'): Part[] {
    const out = new PartList();
    while (this.pos < this.src.length && !stop(this.char())) {
      const char = this.char();
      if (char === '\\') this.quotedEscape(out, escapable);
      else if (char === '$') this.dollar(out, true);
      else if (char === '`') out.push(this.backquoted(true));
      else out.add(this.take(), true);
    }
    return out.done();
  }

  private quotedEscape(out: PartList, escapable: string): void {
    const next = this.char(1);
    if (next === '\n') {
      this.take();
      this.take();
      return;
    }
    this.take();
    out.add(next !== '' && escapable.includes(next) ? this.take() : '\\', true);
  }

  private dollar(out: PartList, quoted: boolean): void {
    const next = this.char(1);
    if (next === '{') out.push(this.braced(quoted));
    else if (next === '(' && this.char(2) === '(') out.push(this.arithmeticOrSubshell());
    else if (next === '(') {
      this.pos += 2;
      out.push({ kind: 'command', body: this.substitution() });
    } else if (isNameStart(next)) {
      this.pos++;
      out.push({ kind: 'param', name: this.name() });
    } else if (next !== '' && (SPECIAL_PARAMETERS.includes(next) || /[0-9]/.test(next))) {
      this.pos += 2;
      out.push({ kind: 'param', name: next });
    } else {
      this.take();
      out.add('$', quoted);
    }
  }

  protected name(): string {
    const start = this.pos;
    while (isNameChar(this.char())) this.pos++;
    return this.src.slice(start, this.pos);
  }

  /** `$((` starts arithmetic unless what follows is a command substitution that begins with a subshell. */
  private arithmeticOrSubshell(): Part {
    const { pos, line } = this;
    this.pos += 3;
    const parts = this.arithmeticParts();
    if (this.char() === ')' && this.char(1) === ')') {
      this.pos += 2;
      return { kind: 'arith', parts };
    }
    this.pos = pos + 2;
    this.line = line;
    return { kind: 'command', body: this.substitution() };
  }

  /** Text of an arithmetic expression up to its unmatched `)` (or `;` at depth 0 when `semicolon`). */
  protected arithmeticParts(semicolon = false): Part[] {
    let depth = 0;
    return this.quotedParts((char) => {
      if (char === '(') depth++;
      else if (char === ')' && depth-- === 0) return true;
      return semicolon && char === ';' && depth === 0;
    }, '$`"\\\n').filter((part) => part.kind !== 'text' || part.value !== '"');
  }

  private backquoted(quoted: boolean): Part {
    this.take();
    let source = '';
    while (this.char() !== '`') {
      if (this.pos >= this.src.length) this.fail('EOF in backquote substitution', true);
      if (this.char() !== '\\') source += this.take();
      else {
        this.take();
        const next = this.take();
        if (next === '\n') continue;
        source += '$`\\'.includes(next) || (quoted && next === '"') ? next : `\\${next}`;
      }
    }
    this.take();
    return { kind: 'command', body: this.nested(source) };
  }

  /** `${...}` (XCU 2.6.2). */
  private braced(quoted: boolean): Part {
    this.pos += 2;
    if (this.char() === '#' && !'}:-=?+%#'.includes(this.char(1) || '}')) {
      this.pos++;
      const name = this.parameterName();
      this.closeBrace();
      return { kind: 'param', name, op: { kind: 'length' } };
    }
    if (this.char() === '!' && isNameStart(this.char(1))) {
      this.pos++;
      const name = this.parameterName();
      this.closeBrace();
      return { kind: 'param', name, op: { kind: 'indirect' } };
    }
    const name = this.parameterName();
    if (this.char() === '}') {
      this.take();
      return { kind: 'param', name };
    }
    const op = this.operation(quoted);
    this.closeBrace();
    return { kind: 'param', name, op };
  }

  private closeBrace(): void {
    if (this.pos >= this.src.length) this.fail('Missing \'}\'', true);
    if (this.take() !== '}') this.fail('Bad substitution');
  }

  private parameterName(): string {
    const char = this.char();
    if (isNameStart(char)) return this.name();
    const digits = /^[0-9]+/.exec(this.src.slice(this.pos, this.pos + 20))?.[0];
    if (digits !== undefined) {
      this.pos += digits.length;
      return digits;
    }
    if (char !== '' && SPECIAL_PARAMETERS.includes(char)) {
      this.pos++;
      return char;
    }
    if (char === '') this.fail('Missing \'}\'', true);
    return this.fail('Bad substitution');
  }

  private operation(quoted: boolean): ParamOp {
    const colon = this.char() === ':' && '-=?+'.includes(this.char(1) || ' ');
    if (colon) this.pos++;
    const op = this.char();
    const kind = ({ '-': 'default', '=': 'assign', '?': 'error', '+': 'alternative' } as const)[op];
    if (kind !== undefined) {
      this.pos++;
      return { kind, colon, word: quoted ? this.quotedOperand() : this.operand() };
    }
    if (op === '#' || op === '%') return this.trim(op);
    if (op === ':') return this.slice();
    if (op === '/') return this.replace();
    if (op === '^' || op === ',') {
      this.pos++;
      const all = this.char() === op;
      if (all) this.pos++;
      return { kind: 'case', upper: op === '^', all };
    }
    if (op === '') this.fail('Missing \'}\'', true);
    return this.fail('Bad substitution');
  }

  private operand(): Word {
    return this.unquoted((char) => char === '}');
  }

  /** Inside double quotes single quotes are ordinary, and `"` only switches quoting. */
  private quotedOperand(): Word {
    const word: Word = [];
    while (this.pos < this.src.length && this.char() !== '}') {
      if (this.char() === '"') word.push(this.doubleQuoted());
      else word.push(...this.quotedParts((char) => char === '}' || char === '"', '$`"\\}'));
    }
    return word;
  }

  private trim(op: '#' | '%'): ParamOp {
    this.pos++;
    const longest = this.char() === op;
    if (longest) this.pos++;
    return { kind: 'trim', side: op === '#' ? 'prefix' : 'suffix', longest, pattern: this.operand() };
  }

  private slice(): ParamOp {
    this.pos++;
    const offset = this.quotedParts((char) => char === ':' || char === '}');
    if (this.char() !== ':') return { kind: 'slice', offset, length: undefined };
    this.pos++;
    return { kind: 'slice', offset, length: this.quotedParts((char) => char === '}') };
  }

  private replace(): ParamOp {
    this.pos++;
    const all = this.char() === '/';
    if (all) this.pos++;
    const first = this.char();
    const anchor = !all && (first === '#' || first === '%') ? first : '';
    if (anchor !== '') this.pos++;
    const pattern = this.unquoted((char) => char === '/' || char === '}');
    if (this.char() !== '/') return { kind: 'replace', all, anchor, pattern, with: [] };
    this.pos++;
    return { kind: 'replace', all, anchor, pattern, with: this.operand() };
  }
}
