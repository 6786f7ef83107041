import type { CompoundBody, Condition, Word } from './ast.ts';
import { Lexer } from './lexer.ts';
import type { Token } from './tokens.ts';
import { literalOf } from './word-forms.ts';

const UNARY_TESTS = /^-[abcdefghknoprstuvwxzGLNOS]$/;
const BINARY_TESTS = new Set(['=', '==', '!=', '=~', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

/** The grammar between `[[` and `]]` (Bash Reference Manual, 3.2.5.2), which has operators of its own. */
export abstract class ConditionParser extends Lexer {
  protected conditionClause(): CompoundBody {
    this.next();
    const test = this.conditionOr();
    this.skipNewlines();
    this.expectReserved(']]');
    return { kind: 'condition', test };
  }

  private conditionOr(): Condition {
    let left = this.conditionAnd();
    while (this.acceptOperator('||')) left = { kind: 'or', left, right: this.conditionAnd() };
    return left;
  }

  private conditionAnd(): Condition {
    let left = this.conditionPrimary();
    while (this.acceptOperator('&&')) left = { kind: 'and', left, right: this.conditionPrimary() };
    return left;
  }

  private conditionPrimary(): Condition {
    this.skipNewlines();
    if (this.acceptReserved('!')) return { kind: 'not', operand: this.conditionPrimary() };
    if (this.acceptOperator('(')) {
      const inner = this.conditionOr();
      if (!this.acceptOperator(')')) this.unexpected(')');
      return inner;
    }
    const first = this.conditionWord();
    const literal = literalOf(first);
    const token = this.peek();
    const ended = token.kind !== 'redirect' && (token.kind !== 'word' || token.literal === ']]');
    if (literal !== undefined && UNARY_TESTS.test(literal) && !ended) return { kind: 'unary', op: literal, operand: this.conditionWord() };
    if (ended) return { kind: 'unary', op: '-n', operand: first };
    return this.conditionBinary(first, token);
  }

  private conditionBinary(left: Word, token: Token): Condition {
    if (token.kind === 'redirect' && (token.op === '<' || token.op === '>')) {
      this.next();
      return { kind: 'binary', op: token.op, left, right: this.conditionWord() };
    }
    if (token.kind !== 'word' || token.literal === undefined || !BINARY_TESTS.has(token.literal)) return this.unexpected();
    this.next();
    const right = token.literal === '=~' ? this.regexWord() : this.conditionWord();
    return { kind: 'binary', op: token.literal, left, right };
  }

  private conditionWord(): Word {
    const token = this.peek();
    if (token.kind !== 'word') this.unexpected();
    this.next();
    return token.word;
  }

  /** The operand of `=~` may hold unquoted parentheses and bars. */
  private regexWord(): Word {
    this.rewindTo(this.peek());
    while (this.char() === ' ' || this.char() === '\t') this.pos++;
    let depth = 0;
    return this.unquoted((char) => {
      if (char === '(') depth++;
      else if (char === ')') depth--;
      return depth <= 0 && /[\s;&]/.test(char);
    });
  }
}
