/** Arithmetic expansion (XCU 2.6.4): C's integer expressions, 64 bits wide. */
export interface ArithmeticScope {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

export class ArithmeticError extends Error {}

const TOKEN = /\s*(0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z]+|\d+|[A-Za-z_]\w*|\*\*|<<=|>>=|[-+*/%&|^=!<>]=|&&|\|\||<<|>>|\+\+|--|[-+*/%&|^~!<>?:=(),])/y;
const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '<=', '>', '>='], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];
const MAX_DEPTH = 64;

export function evaluateArithmetic(text: string, scope: ArithmeticScope, depth = 0): bigint {
  if (depth > MAX_DEPTH) throw new ArithmeticError('expression recursion level exceeded');
  const reader = new Reader(text, scope, depth);
  return reader.whole();
}

class Reader {
  readonly #tokens: string[] = [];
  readonly #scope: ArithmeticScope;
  readonly #depth: number;
  readonly #text: string;
  #at = 0;
  /** Above zero while a branch is read that is not taken. */
  #skipping = 0;

  constructor(text: string, scope: ArithmeticScope, depth: number) {
    this.#scope = scope;
    this.#depth = depth;
    this.#text = text;
    TOKEN.lastIndex = 0;
    for (let end = 0; end < text.trimEnd().length; end = TOKEN.lastIndex) {
      TOKEN.lastIndex = end;
      const match = TOKEN.exec(text);
      if (match === null) throw new ArithmeticError(`${text}: syntax error in expression`);
      this.#tokens.push(match[1] as string);
    }
  }

  whole(): bigint {
    if (this.#tokens.length === 0) return 0n;
    const value = this.#comma();
    if (this.#at < this.#tokens.length) this.#fail();
    return value;
  }

  #fail(): never {
    throw new ArithmeticError(`${this.#text}: syntax error in expression`);
  }

  #take(...wanted: string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.#at++;
    return token;
  }

  #comma(): bigint {
    let value = this.#assignment();
    while (this.#take(',') !== undefined) value = this.#assignment();
    return value;
  }

  #assignment(): bigint {
    const name = this.#tokens[this.#at];
    const operator = this.#tokens[this.#at + 1];
    if (name === undefined || !/^[A-Za-z_]/.test(name) || operator === undefined || !/^(?:=|[-+*/%&|^]=|<<=|>>=)$/.test(operator)) return this.#ternary();
    this.#at += 2;
    const right = this.#assignment();
    const value = operator === '=' ? right : this.#binary(operator.slice(0, -1), this.#variable(name), right);
    return this.#assign(name, value);
  }

  #ternary(): bigint {
    const test = this.#level(0);
    if (this.#take('?') === undefined) return test;
    const first = this.#branch(test !== 0n, () => this.#assignment());
    if (this.#take(':') === undefined) this.#fail();
    const second = this.#branch(test === 0n, () => this.#assignment());
    return test === 0n ? second : first;
  }

  #branch(taken: boolean, read: () => bigint): bigint {
    if (!taken) this.#skipping++;
    try {
      return read();
    } finally {
      if (!taken) this.#skipping--;
    }
  }

  #level(level: number): bigint {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#power();
    let left = this.#level(level + 1);
    for (let operator = this.#take(...operators); operator !== undefined; operator = this.#take(...operators)) {
      const decided = (operator === '||' && left !== 0n) || (operator === '&&' && left === 0n);
      const right = this.#branch(!decided, () => this.#level(level + 1));
      left = this.#binary(operator, left, right);
    }
    return left;
  }

  #power(): bigint {
    const base = this.#unary();
    if (this.#take('**') === undefined) return base;
    const exponent = this.#power();
    if (exponent < 0n) throw new ArithmeticError(`${this.#text}: exponent less than 0`);
    return BigInt.asIntN(64, base ** exponent);
  }

  #unary(): bigint {
    const operator = this.#take('!', '~', '-', '+', '++', '--');
    if (operator === undefined) return this.#primary();
    if (operator === '++' || operator === '--') {
      const name = this.#tokens[this.#at++] ?? '';
      if (!/^[A-Za-z_]/.test(name)) this.#fail();
      return this.#assign(name, this.#variable(name) + (operator === '++' ? 1n : -1n));
    }
    const value = this.#unary();
    return BigInt.asIntN(64, operator === '!' ? (value === 0n ? 1n : 0n) : operator === '~' ? ~value : operator === '-' ? -value : value);
  }

  #primary(): bigint {
    if (this.#take('(') !== undefined) {
      const value = this.#comma();
      if (this.#take(')') === undefined) this.#fail();
      return value;
    }
    const token = this.#tokens[this.#at++];
    if (token === undefined) this.#fail();
    if (/^\d/.test(token)) return numberOf(token);
    if (!/^[A-Za-z_]/.test(token)) this.#fail();
    const value = this.#variable(token);
    const step = this.#take('++', '--');
    if (step !== undefined) this.#assign(token, value + (step === '++' ? 1n : -1n));
    return value;
  }

  #variable(name: string): bigint {
    const text = this.#scope.get(name)?.trim() ?? '';
    if (text === '') return 0n;
    return /^-?\d+$/.test(text) ? BigInt(text) : evaluateArithmetic(text, this.#scope, this.#depth + 1);
  }

  #assign(name: string, value: bigint): bigint {
    const kept = BigInt.asIntN(64, value);
    if (this.#skipping === 0) this.#scope.set(name, String(kept));
    return kept;
  }

  #binary(operator: string, a: bigint, b: bigint): bigint {
    if (this.#skipping > 0) return 0n;
    if ((operator === '/' || operator === '%') && b === 0n) throw new ArithmeticError(`${this.#text}: division by 0`);
    const truth = (value: boolean): bigint => (value ? 1n : 0n);
    switch (operator) {
      case '||': return truth(a !== 0n || b !== 0n);
      case '&&': return truth(a !== 0n && b !== 0n);
      case '|': return a | b;
      case '^': return a ^ b;
      case '&': return a & b;
      case '==': return truth(a === b);
      case '!=': return truth(a !== b);
      case '<': return truth(a < b);
      case '<=': return truth(a <= b);
      case '>': return truth(a > b);
      case '>=': return truth(a >= b);
      case '<<': return BigInt.asIntN(64, a << (b & 63n));
      case '>>': return a >> (b & 63n);
      case '+': return BigInt.asIntN(64, a + b);
      case '-': return BigInt.asIntN(64, a - b);
      case '*': return BigInt.asIntN(64, a * b);
      case '/': return a / b;
      case '%': return a % b;
      default: return this.#fail();
    }
  }
}

/** Decimal, octal with a leading 0, hexadecimal, and `base#digits`. */
function numberOf(token: string): bigint {
  const based = /^(\d+)#(.+)$/.exec(token);
  if (based !== null) return BigInt(Number.parseInt(based[2] ?? '', Number(based[1])));
  if (/^0[xX]/.test(token)) return BigInt(token);
  if (!/^0\d/.test(token)) return BigInt(token);
  if (/[89]/.test(token)) throw new ArithmeticError(`${token}: value too great for base`);
  return BigInt(`0o${token.slice(1)}`);
}
