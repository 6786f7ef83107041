import type {
  AndOr, CaseItem, Command, CompoundBody, CompoundCommand, List, Part, Pipeline, Redirect, SimpleCommand, Word,
} from './ast.ts';
import { expandBraces } from './braces.ts';
import { ConditionParser } from './conditions.ts';
import { RESERVED } from './tokens.ts';
import type { Token } from './tokens.ts';
import { asAssignment, hereDelimiter, literalOf } from './word-forms.ts';
import { isName } from './words.ts';
import type { ParserOptions } from './words.ts';

export type { ParserOptions } from './words.ts';

const CLOSERS = new Set(['}', 'done', 'do', 'fi', 'then', 'else', 'elif', 'esac']);

/** Recursive descent over the grammar of XCU 2.10.2. One instance reads one source. */
export class Parser extends ConditionParser {
  /** Whether the input may still grow; then an unfinished here-document is incomplete, otherwise it ends there. */
  readonly #growing: boolean;

  constructor(src: string, options: ParserOptions, growing = false) {
    super(src, options);
    this.#growing = growing;
  }

  /** The next complete command line, or undefined at the end of input. */
  nextCommands(): List | undefined {
    this.skipNewlines();
    if (this.peek().kind === 'end') return undefined;
    const list: List = [];
    for (;;) {
      const command = this.andOr();
      list.push(command);
      const token = this.peek();
      if (this.separator(command)) {
        if (this.peek().kind === 'newline' || this.peek().kind === 'end') break;
        continue;
      }
      if (token.kind !== 'newline' && token.kind !== 'end') this.unexpected();
      break;
    }
    if (this.peek().kind === 'newline') this.next();
    else this.finishHereDocuments();
    return list;
  }

  get currentLine(): number {
    return this.line;
  }

  /** Everything at once. */
  all(): List {
    const list: List = [];
    for (;;) {
      const next = this.nextCommands();
      if (next === undefined) return list;
      list.push(...next);
    }
  }

  protected hereDocumentEnd(delimiter: string): void {
    if (this.#growing) this.fail(`end of file unexpected (expecting "${delimiter}")`, true);
  }

  protected hereDocumentParts(body: string, line: number): Word {
    return new Parser(body, { ...this.options, line }).hereBody();
  }

  private hereBody(): Part[] {
    return this.quotedParts(() => false, '$`\\');
  }

  protected nested(source: string): List {
    return new Parser(source, { ...this.options, line: this.line }).all();
  }

  protected substitution(): List {
    return this.isolated(() => {
      const list = this.list(() => this.isOperator(')'));
      if (!this.acceptOperator(')')) this.unexpected(')');
      return list;
    });
  }

  /** Takes `;` or `&` after a command. */
  private separator(command: AndOr): boolean {
    if (this.acceptOperator('&')) {
      command.background = true;
      return true;
    }
    return this.acceptOperator(';');
  }

  /** Commands up to a terminator; newlines separate. */
  private list(stop: () => boolean): List {
    const list: List = [];
    this.skipNewlines();
    while (!stop()) {
      if (this.peek().kind === 'end') return list;
      const command = this.andOr();
      list.push(command);
      const separated = this.separator(command) || this.peek().kind === 'newline';
      this.skipNewlines();
      if (!separated && !stop()) return list;
    }
    return list;
  }

  private body(...terminators: string[]): List {
    const list = this.list(() => terminators.some((word) => this.isReserved(word)));
    if (list.length === 0) this.unexpected(this.peek().kind === 'end' ? terminators[0] : undefined);
    return list;
  }

  private andOr(): AndOr {
    const { start } = this.peek();
    const first = this.pipeline();
    const rest: AndOr['rest'] = [];
    for (;;) {
      const op = this.isOperator('&&') ? '&&' : this.isOperator('||') ? '||' : undefined;
      if (op === undefined) break;
      this.next();
      this.skipNewlines();
      rest.push({ op, pipeline: this.pipeline() });
    }
    return { first, rest, background: false, source: this.src.slice(start, this.lastEnd).trim() };
  }

  private pipeline(): Pipeline {
    let negated = false;
    let timed = false;
    while (this.isReserved('!') || this.isReserved('time')) {
      if (this.isReserved('!')) negated = !negated;
      else timed = true;
      this.next();
    }
    const commands = [this.command()];
    for (;;) {
      const both = this.isOperator('|&');
      if (!both && !this.isOperator('|')) break;
      this.next();
      const last = commands.at(-1);
      if (both && last && last.kind !== 'function') {
        last.redirects.push({ op: '>&', fd: 2, target: [{ kind: 'text', value: '1', quoted: false }] });
      }
      this.skipNewlines();
      commands.push(this.command());
    }
    return { negated, timed, commands };
  }

  private command(): Command {
    const line = this.line;
    while (this.expandAlias(this.peek()));
    const compound = this.compound();
    if (compound) return { ...compound, line, redirects: this.redirects() };
    const token = this.peek();
    if (token.kind === 'word' && token.literal === 'function') return this.functionKeyword(line);
    if (token.kind === 'word' && token.literal !== undefined && CLOSERS.has(token.literal)) this.unexpected();
    if (token.kind !== 'word' && token.kind !== 'redirect') this.unexpected();
    return this.simple(line);
  }

  private compound(): CompoundBody | undefined {
    const token = this.peek();
    if (token.kind === 'operator' && token.op === '(') return this.parenthesis(token);
    if (token.kind !== 'word' || token.literal === undefined) return undefined;
    switch (token.literal) {
      case '{': return this.group();
      case 'if': return this.ifClause();
      case 'while': return this.loop(false);
      case 'until': return this.loop(true);
      case 'for': return this.forClause();
      case 'case': return this.caseClause();
      case '[[': return this.conditionClause();
      default: return undefined;
    }
  }

  private parenthesis(open: Token): CompoundBody {
    if (this.src[this.pos] === '(') {
      const arithmetic = this.arithCommand(open);
      if (arithmetic) return arithmetic;
    }
    this.next();
    const body = this.list(() => this.isOperator(')'));
    if (body.length === 0 && this.isOperator(')')) this.unexpected();
    if (!this.acceptOperator(')')) this.unexpected(')');
    return { kind: 'subshell', body };
  }

  /** `(( expression ))`; undefined when it turns out to be a subshell in a subshell. */
  private arithCommand(open: Token): CompoundBody | undefined {
    const { line } = this;
    this.next();
    this.pos++;
    const parts = this.arithmeticParts();
    if (this.src.startsWith('))', this.pos)) {
      this.pos += 2;
      return { kind: 'arithCommand', parts };
    }
    this.rewindTo(open);
    this.line = line;
    return undefined;
  }

  private group(): CompoundBody {
    this.next();
    const body = this.body('}');
    this.expectReserved('}');
    return { kind: 'group', body };
  }

  private ifClause(): CompoundBody {
    const clauses: { test: List; body: List }[] = [];
    do {
      this.next();
      const test = this.body('then');
      this.expectReserved('then');
      clauses.push({ test, body: this.body('fi', 'else', 'elif') });
    } while (this.isReserved('elif'));
    const otherwise = this.acceptReserved('else') ? this.body('fi') : undefined;
    this.expectReserved('fi');
    return { kind: 'if', clauses, otherwise };
  }

  private loop(until: boolean): CompoundBody {
    this.next();
    const test = this.body('do');
    return { kind: 'while', until, test, body: this.doGroup() };
  }

  private doGroup(): List {
    this.expectReserved('do');
    const body = this.body('done');
    this.expectReserved('done');
    return body;
  }

  private forClause(): CompoundBody {
    this.next();
    if (this.isOperator('(') && this.src[this.pos] === '(') return this.arithFor();
    const name = this.next();
    if (name.kind !== 'word' || name.literal === undefined || !isName(name.literal)) {
      return this.fail('Bad for loop variable', name.kind === 'end');
    }
    this.skipNewlines();
    const words = this.acceptReserved('in') ? this.forWords() : undefined;
    if (words === undefined) this.acceptOperator(';');
    this.skipNewlines();
    return { kind: 'for', name: name.literal, words, body: this.doGroup() };
  }

  private forWords(): Word[] {
    const words: Word[] = [];
    for (let token = this.peek(); token.kind === 'word'; token = this.peek()) {
      words.push(...this.braces(token.word));
      this.next();
    }
    if (this.peek().kind !== 'newline' && !this.acceptOperator(';')) this.unexpected();
    return words;
  }

  private arithFor(): CompoundBody {
    this.next();
    this.pos++;
    const section = (): Part[] => {
      const parts = this.arithmeticParts(true);
      this.pos++;
      return parts;
    };
    const [init, test, step] = [section(), section(), section()];
    if (this.src[this.pos++] !== ')') this.fail('Bad for loop variable', this.pos > this.src.length);
    this.acceptOperator(';');
    this.skipNewlines();
    return { kind: 'arithFor', init, test, step, body: this.isReserved('{') ? this.bracedBody() : this.doGroup() };
  }

  private bracedBody(): List {
    this.next();
    const body = this.body('}');
    this.expectReserved('}');
    return body;
  }

  private caseClause(): CompoundBody {
    this.next();
    const subject = this.next();
    if (subject.kind !== 'word') return this.fail('word expected after case', subject.kind === 'end');
    this.skipNewlines();
    this.expectReserved('in');
    this.skipNewlines();
    const items: CaseItem[] = [];
    while (!this.isReserved('esac')) {
      items.push(this.caseItem());
      this.skipNewlines();
    }
    this.next();
    return { kind: 'case', word: subject.word, items };
  }

  private caseItem(): CaseItem {
    this.acceptOperator('(');
    const patterns: Word[] = [];
    do {
      const token = this.peek();
      if (token.kind !== 'word') this.unexpected(')');
      patterns.push(token.word);
      this.next();
    } while (this.acceptOperator('|'));
    if (!this.acceptOperator(')')) this.unexpected(')');
    const ended = (): boolean => this.isOperator(';;') || this.isOperator(';&') || this.isReserved('esac');
    const body = this.list(ended);
    const fallThrough = this.isOperator(';&');
    if (!this.acceptOperator(';;') && !this.acceptOperator(';&') && !this.isReserved('esac')) this.unexpected(';;');
    return { patterns, body, fallThrough };
  }

  private functionKeyword(line: number): Command {
    this.next();
    const name = this.next();
    if (name.kind !== 'word' || name.literal === undefined) return this.fail('Bad function name', name.kind === 'end');
    if (this.acceptOperator('(') && !this.acceptOperator(')')) this.unexpected(')');
    return this.functionBody(name.literal, line);
  }

  private functionBody(name: string, line: number): Command {
    this.skipNewlines();
    const compound = this.compound();
    if (!compound) this.unexpected();
    const body: CompoundCommand = { ...compound, line, redirects: this.redirects() };
    return { kind: 'function', line, name, body };
  }

  private simple(line: number): Command {
    const command: SimpleCommand = { kind: 'simple', line, assignments: [], words: [], redirects: [] };
    for (;;) {
      const token = this.peek();
      if (token.kind === 'redirect') command.redirects.push(this.redirect());
      else if (token.kind === 'word') this.simpleWord(command, token);
      else if (token.kind === 'operator' && token.op === '(') {
        const name = command.words.length === 1 && command.redirects.length === 0 ? literalOf(command.words[0]) : undefined;
        if (name === undefined || command.assignments.length > 0) this.unexpected();
        this.next();
        if (!this.acceptOperator(')')) this.unexpected(')');
        return this.functionBody(name, line);
      } else break;
    }
    return command;
  }

  private simpleWord(command: SimpleCommand, token: Token & { kind: 'word' }): void {
    const assignment = command.words.length === 0 ? asAssignment(token.word) : undefined;
    this.next();
    if (assignment) command.assignments.push(assignment);
    else command.words.push(...this.braces(token.word));
  }

  private braces(word: Word): Word[] {
    return this.options.extended ? expandBraces(word) : [word];
  }

  private redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    while (this.peek().kind === 'redirect') redirects.push(this.redirect());
    return redirects;
  }

  private redirect(): Redirect {
    const token = this.next();
    if (token.kind !== 'redirect') return this.unexpected();
    const target = this.peek();
    if (target.kind !== 'word') return this.unexpected();
    const op = token.op === '<<-' ? '<<' : token.op;
    const redirect: Redirect = { op, fd: token.fd, target: target.word };
    // Registered before the token is taken: a newline token that follows reads the body.
    if (op === '<<') {
      const { delimiter, quoted } = hereDelimiter(target.word, target.source);
      this.pendingHereDocuments.push({ redirect, delimiter, quoted, stripTabs: token.op === '<<-' });
    }
    this.next();
    return redirect;
  }
}

/** Whether a word may not be a command name where the grammar wants a command. */
export const isReservedWord = (word: string): boolean => RESERVED.has(word);
