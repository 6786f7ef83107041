import type { Redirect } from './ast.ts';
import { OPERATORS, REDIRECTS, RESERVED, describe } from './tokens.ts';
import type { Token } from './tokens.ts';
import { WordReader } from './words.ts';

interface PendingHereDocument {
  redirect: Redirect;
  delimiter: string;
  quoted: boolean;
  stripTabs: boolean;
}

/** Tokens, aliases and here-documents (XCU 2.3, 2.7.4). */
export abstract class Lexer extends WordReader {
  #peeked: Token | undefined;
  protected lastEnd = 0;
  protected pendingHereDocuments: PendingHereDocument[] = [];
  /** Aliases being replaced, each until the source position where its text ends. */
  #activeAliases: { name: string; end: number }[] = [];

  protected peek(): Token {
    return (this.#peeked ??= this.scan());
  }

  protected next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    this.lastEnd = token.kind === 'word' ? token.end : this.pos;
    if (token.kind === 'newline') this.readHereDocuments();
    return token;
  }

  /** Gives a token back, so that the characters can be read in another way. */
  protected rewindTo(token: Token): void {
    this.#peeked = undefined;
    this.line -= this.src.slice(token.start, this.pos).split('\n').length - 1;
    this.pos = token.start;
  }

  /** Parsing inside a substitution starts with no token of the outside. */
  protected isolated<T>(parse: () => T): T {
    const outer = { peeked: this.#peeked, pending: this.pendingHereDocuments, end: this.lastEnd };
    this.#peeked = undefined;
    this.pendingHereDocuments = [];
    const result = parse();
    this.#peeked = outer.peeked;
    this.pendingHereDocuments = outer.pending;
    this.lastEnd = outer.end;
    return result;
  }

  private skipBlanks(): void {
    for (;;) {
      const char = this.char();
      if (char === ' ' || char === '\t') this.pos++;
      else if (char === '\\' && this.char(1) === '\n') {
        this.take();
        this.take();
      } else if (char === '#') while (this.pos < this.src.length && this.char() !== '\n') this.pos++;
      else return;
    }
  }

  private scan(): Token {
    this.skipBlanks();
    const start = this.pos;
    if (start >= this.src.length) return { kind: 'end', start };
    if (this.char() === '\n') {
      this.take();
      return { kind: 'newline', start };
    }
    return this.scanRedirect() ?? this.scanOperator() ?? this.scanWord();
  }

  private scanRedirect(): Token | undefined {
    const start = this.pos;
    const digits = /^[0-9]+(?=[<>])/.exec(this.src.slice(start, start + 12))?.[0] ?? '';
    if (this.options.extended && digits === '' && this.src.startsWith('&>', start)) {
      const op = this.src.startsWith('&>>', start) ? '&>>' : '&>';
      this.pos += op.length;
      return { kind: 'redirect', op, fd: undefined, start };
    }
    const op = REDIRECTS.find((candidate) => this.src.startsWith(candidate, start + digits.length));
    if (op === undefined) return undefined;
    this.pos += digits.length + op.length;
    return { kind: 'redirect', op, fd: digits === '' ? undefined : Number(digits), start };
  }

  private scanOperator(): Token | undefined {
    const start = this.pos;
    const op = OPERATORS.find((candidate) => this.src.startsWith(candidate, start));
    if (op === undefined) return undefined;
    this.pos += op.length;
    return { kind: 'operator', op, start };
  }

  private scanWord(): Token {
    const start = this.pos;
    const word = this.word();
    const only = word[0];
    const literal = word.length === 1 && only?.kind === 'text' && !only.quoted ? only.value : undefined;
    return { kind: 'word', word, literal, start, end: this.pos, source: this.src.slice(start, this.pos) };
  }

  /** Replaces an alias at command position (XCU 2.3.1); true when the source changed. */
  protected expandAlias(token: Token): boolean {
    if (token.kind !== 'word' || token.literal === undefined || RESERVED.has(token.literal)) return false;
    const name = token.literal;
    const value = this.options.aliases.get(name);
    this.#activeAliases = this.#activeAliases.filter((active) => active.end > token.start);
    if (value === undefined || this.#activeAliases.some((active) => active.name === name)) return false;
    this.rewindTo(token);
    const growth = value.length - (token.end - token.start);
    for (const active of this.#activeAliases) active.end += growth;
    this.#activeAliases.push({ name, end: token.start + value.length });
    this.src = this.src.slice(0, token.start) + value + this.src.slice(token.end);
    return true;
  }

  protected isOperator(op: string): boolean {
    const token = this.peek();
    return token.kind === 'operator' && token.op === op;
  }

  protected acceptOperator(op: string): boolean {
    if (!this.isOperator(op)) return false;
    this.next();
    return true;
  }

  protected isReserved(word: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.literal === word;
  }

  protected acceptReserved(word: string): boolean {
    if (!this.isReserved(word)) return false;
    this.next();
    return true;
  }

  protected expectReserved(word: string): void {
    if (!this.acceptReserved(word)) this.unexpected(word);
  }

  protected unexpected(expected?: string): never {
    const token = this.peek();
    const hint = expected === undefined ? '' : ` (expecting "${expected}")`;
    return this.fail(`${describe(token)} unexpected${hint}`, token.kind === 'end');
  }

  protected skipNewlines(): void {
    while (this.peek().kind === 'newline') this.next();
  }

  private readHereDocuments(): void {
    const pending = this.pendingHereDocuments;
    this.pendingHereDocuments = [];
    for (const document of pending) this.readHereDocument(document);
  }

  private readHereDocument({ redirect, delimiter, quoted, stripTabs }: PendingHereDocument): void {
    const firstLine = this.line;
    let body = '';
    for (;;) {
      if (this.pos >= this.src.length) this.hereDocumentEnd(delimiter);
      if (this.pos >= this.src.length) break;
      const newline = this.src.indexOf('\n', this.pos);
      const end = newline === -1 ? this.src.length : newline;
      let text = this.src.slice(this.pos, end);
      this.pos = newline === -1 ? end : end + 1;
      this.line++;
      if (stripTabs) text = text.replace(/^\t+/, '');
      if (text === delimiter) break;
      body += `${text}\n`;
    }
    redirect.target = quoted ? [{ kind: 'text', value: body, quoted: true }] : this.hereDocumentParts(body, firstLine);
  }

  /** What happens when the input ends before the delimiter does. */
  protected abstract hereDocumentEnd(delimiter: string): void;
  protected abstract hereDocumentParts(body: string, line: number): Redirect['target'];

  /** Must be called at the end of input: a here-document without a following line has no body yet. */
  protected finishHereDocuments(): void {
    if (this.pendingHereDocuments.length > 0) this.readHereDocuments();
  }
}
