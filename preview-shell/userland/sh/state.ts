import process from 'node:process';
import type { CompoundCommand } from './parser/ast.ts';

export interface Variable {
  value: string;
  exported: boolean;
  readonly: boolean;
}

/** `set -o` names and their letters. */
export const OPTION_LETTERS: Readonly<Record<string, string>> = { e: 'errexit', u: 'nounset', x: 'xtrace', f: 'noglob', n: 'noexec', a: 'allexport', v: 'verbose', C: 'noclobber', m: 'monitor', i: 'interactive' };

export class ShellError extends Error {
  readonly status: number;
  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** What one shell, or subshell, has (XCU 2.12). A subshell is a copy. */
export class ShellState {
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, CompoundCommand>;
  readonly options: Set<string>;
  /** Commands of `trap`, by signal name; the empty text ignores. */
  readonly traps: Map<string, string>;
  readonly aliases: Map<string, string>;
  /** `$1` and on. */
  parameters: string[];
  /** `$0`. */
  name: string;
  cwd: string;
  status = 0;
  lastBackground = 0;
  line = 1;
  readonly subshell: boolean;
  /** Local variables of the functions that run: what each hides. */
  readonly locals: Map<string, Variable | undefined>[] = [];

  constructor(from?: ShellState) {
    this.variables = new Map([...(from?.variables ?? [])].map(([name, variable]) => [name, { ...variable }]));
    this.functions = new Map(from?.functions);
    this.options = new Set(from?.options);
    this.traps = new Map();
    this.aliases = new Map(from?.aliases);
    this.parameters = [...(from?.parameters ?? [])];
    this.name = from?.name ?? 'sh';
    this.cwd = from?.cwd ?? process.cwd();
    this.status = from?.status ?? 0;
    this.lastBackground = from?.lastBackground ?? 0;
    this.subshell = from !== undefined;
  }

  static fromEnvironment(): ShellState {
    const state = new ShellState();
    for (const [name, value] of Object.entries(process.env)) {
      if (value !== undefined && /^[A-Za-z_]\w*$/.test(name)) state.variables.set(name, { value, exported: true, readonly: false });
    }
    if (state.get('IFS') === undefined) state.set('IFS', ' \t\n');
    if (state.get('PATH') === undefined) state.set('PATH', '/usr/local/bin:/usr/bin:/bin');
    state.set('PWD', state.cwd);
    state.set('OPTIND', '1');
    state.set('PS1', state.get('PS1') ?? '$ ');
    return state;
  }

  get(name: string): string | undefined {
    return this.variables.get(name)?.value;
  }

  /** @throws {ShellError} for a variable that is read only */
  set(name: string, value: string, exported?: boolean): void {
    const before = this.variables.get(name);
    if (before?.readonly === true) throw new ShellError(`${name}: readonly variable`);
    this.variables.set(name, { value, exported: exported ?? (before?.exported === true || this.options.has('allexport')), readonly: false });
  }

  unset(name: string): void {
    if (this.variables.get(name)?.readonly === true) throw new ShellError(`${name}: readonly variable`);
    this.variables.delete(name);
  }

  has(option: string): boolean {
    return this.options.has(option);
  }

  /** What a program is started with. */
  environment(): Record<string, string> {
    const env: Record<string, string> = {};
    for (const [name, { value, exported }] of this.variables) if (exported) env[name] = value;
    return env;
  }

  /** The parameters of XCU 2.5.2 and variables; undefined when unset. */
  parameter(name: string): string | undefined {
    if (/^\d+$/.test(name)) return name === '0' ? this.name : this.parameters[Number(name) - 1];
    switch (name) {
      case '?': return String(this.status);
      case '#': return String(this.parameters.length);
      case '$': return String(process.pid);
      case '!': return this.lastBackground === 0 ? undefined : String(this.lastBackground);
      case '-': return Object.entries(OPTION_LETTERS).filter(([, option]) => this.options.has(option)).map(([letter]) => letter).join('');
      case '*':
      case '@': return this.parameters.length === 0 ? undefined : this.parameters.join(name === '*' ? (this.get('IFS') ?? ' ').slice(0, 1) : ' ');
      case 'PPID': return String(process.ppid);
      case 'LINENO': return String(this.line);
      case 'RANDOM': return String(Math.floor(Math.random() * 32768));
      case 'SECONDS': return String(Math.floor(performance.now() / 1000));
      default: return this.get(name);
    }
  }
}
