import { binaryTest, unaryTest } from '../exec/conditions.ts';
import type { Builtin } from './builtin.ts';

const BINARY = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

/** test(1), `[`. */
export const test: Builtin = async (shell, given, name) => {
  const args = [...given];
  if (name === '[' && args.pop() !== ']') {
    await shell.complain('[: missing ]');
    return 2;
  }
  try {
    return new Expression(shell.state.cwd, args, (variable) => shell.state.get(variable) !== undefined).value() ? 0 : 1;
  } catch (error) {
    await shell.complain(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
};

/** By the number of arguments where POSIX decides by it, else by precedence: `!`, `-a`, `-o`. */
class Expression {
  readonly #cwd: string;
  readonly #args: string[];
  readonly #isSet: (name: string) => boolean;
  #at = 0;

  constructor(cwd: string, args: string[], isSet: (name: string) => boolean) {
    this.#cwd = cwd;
    this.#args = args;
    this.#isSet = isSet;
  }

  value(): boolean {
    if (this.#args.length === 0) return false;
    const value = this.#or();
    if (this.#at < this.#args.length) throw new Error(`${this.#args[this.#at]}: unexpected operator`);
    return value;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#args[this.#at] === '-o') {
      this.#at++;
      value = this.#and() || value;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#primary();
    while (this.#args[this.#at] === '-a') {
      this.#at++;
      value = this.#primary() && value;
    }
    return value;
  }

  #primary(): boolean {
    const [first, second, third] = this.#args.slice(this.#at);
    if (first === undefined) throw new Error('argument expected');
    if (second !== undefined && third !== undefined && BINARY.has(second)) {
      this.#at += 3;
      return binaryTest(this.#cwd, first, second, third);
    }
    if (first === '!' && second !== undefined) {
      this.#at++;
      return !this.#primary();
    }
    if (first === '(' && second !== undefined) {
      this.#at++;
      const value = this.#or();
      if (this.#args[this.#at++] !== ')') throw new Error("')' expected");
      return value;
    }
    if (/^-[a-zA-Z]$/.test(first) && second !== undefined && second !== '-a' && second !== '-o') {
      this.#at += 2;
      return unaryTest(this.#cwd, first, second, this.#isSet);
    }
    this.#at++;
    return first !== '';
  }
}
