import { BrokenPipe, errorText } from '../../lib/errors.ts';
import { encode } from '../../lib/text.ts';
import { ArithmeticError } from '../expand/arithmetic.ts';
import { expandArithmetic, expandPieces, expandText, expandWords, type ExpansionHost } from '../expand/expand.ts';
import { matches } from '../expand/patterns.ts';
import type { AndOr, Command, CompoundCommand, List, Pipeline, SimpleCommand } from '../parser/ast.ts';
import { ShellError, ShellState } from '../state.ts';
import { holds } from './conditions.ts';
import { FunctionReturn, LoopControl, ShellExit } from './control.ts';
import type { Descriptors } from './descriptors.ts';
import { runExternal } from './external.ts';
import { MemoryPipe } from './pipe.ts';
import { applyRedirects } from './redirect.ts';
import type { Jobs } from './jobs.ts';
import type { Builtin } from '../builtins/builtin.ts';
import { runTool, type ToolTable } from './tool.ts';

/** What all shells of one process share. */
export interface ShellWorld {
  builtins: Readonly<Record<string, Builtin>>;
  tools: ToolTable;
  jobs: Jobs;
}

export class Executor implements ExpansionHost {
  readonly state: ShellState;
  readonly world: ShellWorld;
  io: Descriptors;
  /** Aborts what runs; a shell that is typed into has one for each command. */
  signal: AbortSignal;
  /** Above zero where a failure is an answer: `errexit` does not look. */
  #tested = 0;
  #depth = 0;

  constructor(state: ShellState, io: Descriptors, world: ShellWorld, signal: AbortSignal) {
    this.state = state;
    this.io = io;
    this.world = world;
    this.signal = signal;
  }

  /** A shell with a copy of everything. */
  subshell(io = this.io, signal = this.signal): Executor {
    return new Executor(new ShellState(this.state), io.copy(), this.world, signal);
  }

  async runList(list: List): Promise<number> {
    for (const andOr of list) {
      if (andOr.background) this.#background(andOr);
      else this.state.status = await this.#andOr(andOr);
    }
    return this.state.status;
  }

  /** Runs a list in this subshell to its end; `exit` ends it and no more. */
  async runToEnd(list: List): Promise<number> {
    try {
      return await this.runList(list);
    } catch (error) {
      if (error instanceof ShellExit || error instanceof FunctionReturn) return error.status;
      if (error instanceof LoopControl) return 0;
      if (error instanceof BrokenPipe) return 141;
      return this.report(error);
    }
  }

  /** Says what went wrong; the status for it. Bugs and control flow pass. */
  async report(error: unknown): Promise<number> {
    if (error instanceof ShellExit || error instanceof FunctionReturn || error instanceof LoopControl || error instanceof BrokenPipe) throw error;
    const status = error instanceof ShellError ? error.status : error instanceof ArithmeticError ? 2 : ((error as { status?: number }).status ?? 1);
    await this.complain(errorText(error));
    return status;
  }

  async complain(message: string): Promise<void> {
    await this.io.stderr.write(`${this.state.name}: ${message}\n`);
  }

  async substitute(body: List): Promise<string> {
    const pipe = new MemoryPipe();
    const inner = this.subshell();
    inner.io.set(1, { output: pipe });
    const chunks: Uint8Array[] = [];
    const running = inner.runToEnd(body).finally(() => pipe.closeWriter());
    for (let chunk = await pipe.read(); chunk !== undefined; chunk = await pipe.read()) chunks.push(chunk);
    this.state.status = await running;
    return Buffer.concat(chunks).toString('utf8').replaceAll('\0', '').replace(/\n+$/, '');
  }

  async tested<T>(run: () => Promise<T>): Promise<T> {
    this.#tested++;
    try {
      return await run();
    } finally {
      this.#tested--;
    }
  }

  #background(andOr: AndOr): void {
    const inner = this.subshell();
    if (!this.state.has('monitor')) inner.io.set(0, undefined);
    const job = this.world.jobs.add(andOr.source, inner.runToEnd([{ ...andOr, background: false }]));
    inner.onStart = (pid) => {
      job.pid = pid;
      this.state.lastBackground = pid;
    };
    this.state.lastBackground = job.id;
    this.state.status = 0;
  }

  /** Told of processes that this executor starts. */
  onStart: ((pid: number) => void) | undefined;

  async #andOr({ first, rest }: AndOr): Promise<number> {
    let status = rest.length > 0 ? await this.tested(() => this.#pipeline(first)) : await this.#pipeline(first);
    this.state.status = status;
    for (const [index, { op, pipeline }] of rest.entries()) {
      if ((op === '&&') !== (status === 0)) continue;
      status = index < rest.length - 1 ? await this.tested(() => this.#pipeline(pipeline)) : await this.#pipeline(pipeline);
      this.state.status = status;
    }
    return status;
  }

  async #pipeline(pipeline: Pipeline): Promise<number> {
    const started = performance.now();
    const run = (): Promise<number> => (pipeline.commands.length === 1 ? this.#command(pipeline.commands[0] as Command) : this.#stages(pipeline.commands));
    const status = pipeline.negated ? await this.tested(run) : await run();
    if (pipeline.timed) await this.io.stderr.write(`\nreal\t${((performance.now() - started) / 1000).toFixed(3)}s\n`);
    if (pipeline.negated) return status === 0 ? 1 : 0;
    if (status !== 0 && this.#tested === 0 && this.state.has('errexit') && !isCompound(pipeline)) throw new ShellExit(status);
    return status;
  }

  async #stages(commands: Command[]): Promise<number> {
    const pipes = commands.slice(1).map(() => new MemoryPipe());
    const statuses = await Promise.all(commands.map(async (command, index) => {
      const inner = this.subshell();
      inner.onStart = this.onStart;
      const before = pipes[index - 1];
      const after = pipes[index];
      if (before !== undefined) inner.io.set(0, { input: before });
      if (after !== undefined) inner.io.set(1, { output: after });
      try {
        return await inner.runToEnd([{ first: { negated: false, timed: false, commands: [command] }, rest: [], background: false, source: '' }]);
      } finally {
        before?.closeReader();
        after?.closeWriter();
      }
    }));
    return this.state.has('pipefail') ? (statuses.findLast((status) => status !== 0) ?? 0) : (statuses.at(-1) ?? 0);
  }

  async #command(command: Command): Promise<number> {
    this.signal.throwIfAborted();
    this.state.line = command.line;
    if (command.kind === 'function') {
      this.state.functions.set(command.name, command.body);
      return 0;
    }
    if (command.kind === 'simple') return this.#simple(command);
    return this.#redirected(command.redirects, () => this.#compound(command));
  }

  /** Runs with redirections in place, and undoes them. */
  async #redirected(redirects: SimpleCommand['redirects'], run: () => Promise<number>): Promise<number> {
    if (redirects.length === 0) return run();
    const before = this.io;
    const io = before.copy();
    try {
      await applyRedirects(this, io, redirects);
      this.io = io;
      return await run();
    } catch (error) {
      this.io = before;
      return await this.report(error);
    } finally {
      this.io = before;
      io.release();
    }
  }

  async #compound(command: CompoundCommand): Promise<number> {
    switch (command.kind) {
      case 'group': return this.runList(command.body);
      case 'subshell': return this.subshell().runToEnd(command.body);
      case 'if': return this.#if(command);
      case 'while': return this.#while(command);
      case 'for': return this.#for(command);
      case 'arithFor': return this.#arithmeticFor(command);
      case 'case': return this.#case(command);
      case 'arithCommand': return (await expandArithmetic(this, command.parts)) === 0n ? 1 : 0;
      case 'condition': return (await holds(this, command.test)) ? 0 : 1;
    }
  }

  async #if({ clauses, otherwise }: Extract<CompoundCommand, { kind: 'if' }>): Promise<number> {
    for (const { test, body } of clauses) if ((await this.tested(() => this.runList(test))) === 0) return this.runList(body);
    return otherwise === undefined ? 0 : this.runList(otherwise);
  }

  async #while({ until, test, body }: Extract<CompoundCommand, { kind: 'while' }>): Promise<number> {
    let status = 0;
    while (((await this.tested(() => this.runList(test))) === 0) !== until) {
      const outcome = await this.#iteration(body);
      status = outcome.status;
      if (outcome.stop) break;
      // Other streams and signals have their turn in a loop of builtins.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return status;
  }

  async #for({ name, words, body }: Extract<CompoundCommand, { kind: 'for' }>): Promise<number> {
    let status = 0;
    for (const value of words === undefined ? [...this.state.parameters] : await expandWords(this, words)) {
      this.state.set(name, value);
      const outcome = await this.#iteration(body);
      status = outcome.status;
      if (outcome.stop) break;
    }
    return status;
  }

  async #arithmeticFor({ init, test, step, body }: Extract<CompoundCommand, { kind: 'arithFor' }>): Promise<number> {
    let status = 0;
    await expandArithmetic(this, init);
    while (test.length === 0 || (await expandArithmetic(this, test)) !== 0n) {
      const outcome = await this.#iteration(body);
      status = outcome.status;
      if (outcome.stop) break;
      await expandArithmetic(this, step);
    }
    return status;
  }

  async #iteration(body: List): Promise<{ status: number; stop: boolean }> {
    this.signal.throwIfAborted();
    this.#depth++;
    try {
      return { status: await this.runList(body), stop: false };
    } catch (error) {
      if (!(error instanceof LoopControl)) throw error;
      if (error.levels > 1 && this.#depth > 1) {
        error.levels--;
        throw error;
      }
      return { status: 0, stop: error.kind === 'break' };
    } finally {
      this.#depth--;
    }
  }

  async #case({ word, items }: Extract<CompoundCommand, { kind: 'case' }>): Promise<number> {
    const value = await expandText(this, word);
    let status = 0;
    let falling = false;
    for (const { patterns, body, fallThrough } of items) {
      if (!falling && !(await this.#matchesAny(patterns, value))) continue;
      status = await this.runList(body);
      if (!fallThrough) return status;
      falling = true;
    }
    return status;
  }

  async #matchesAny(patterns: SimpleCommand['words'], value: string): Promise<boolean> {
    for (const pattern of patterns) if (matches(await expandPieces(this, pattern), value)) return true;
    return false;
  }

  async #simple(command: SimpleCommand): Promise<number> {
    this.state.status = command.words.length === 0 ? 0 : this.state.status;
    try {
      const argv = await expandWords(this, command.words);
      if (argv.length === 0) {
        for (const { name, append, value } of command.assignments) this.state.set(name, (append ? (this.state.get(name) ?? '') : '') + (await expandText(this, value)));
        return await this.#redirected(command.redirects, async () => this.state.status);
      }
      await this.#trace(argv);
      // `exec` with redirections alone keeps them.
      if (argv[0] === 'exec' && argv.length === 1) {
        await applyRedirects(this, this.io, command.redirects);
        return 0;
      }
      return await this.#redirected(command.redirects, () => this.#assigned(command, () => this.runArgv(argv)));
    } catch (error) {
      const status = await this.report(error);
      // A failed expansion ends a shell that nobody types into (XCU 2.8.1).
      if (error instanceof ShellError && !this.state.has('interactive')) throw new ShellExit(status);
      return status;
    }
  }

  /** Runs with the assignments in front of a command in place: they are the command's alone. */
  async #assigned({ assignments }: SimpleCommand, run: () => Promise<number>): Promise<number> {
    const before = assignments.map(({ name }) => [name, this.state.variables.get(name)] as const);
    try {
      for (const { name, append, value } of assignments) this.state.set(name, (append ? (this.state.get(name) ?? '') : '') + (await expandText(this, value)), true);
      return await run();
    } finally {
      for (const [name, variable] of before) {
        if (variable === undefined) this.state.variables.delete(name);
        else this.state.variables.set(name, variable);
      }
    }
  }

  async #trace(argv: string[]): Promise<void> {
    if (this.state.has('xtrace')) await this.io.stderr.write(encode(`+ ${argv.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')}\n`));
  }

  /** A command by name: function, builtin, tool of ours, program. */
  async runArgv(argv: string[], options: { functions?: boolean } = {}): Promise<number> {
    const [name = ''] = argv;
    const own = options.functions === false ? undefined : this.state.functions.get(name);
    if (own !== undefined) return this.#function(own, argv);
    const builtin = Object.hasOwn(this.world.builtins, name) ? this.world.builtins[name] : undefined;
    if (builtin !== undefined) return builtin(this, argv.slice(1), name);
    const tool = await this.world.tools.find(name, this.state);
    if (tool !== undefined) return runTool(this, tool, argv);
    return this.external(argv);
  }

  external(argv: string[]): Promise<number> {
    return runExternal({
      argv, io: this.io, cwd: this.state.cwd, env: this.state.environment(), signal: this.signal,
      ...(this.onStart === undefined ? {} : { onStart: this.onStart }),
      describe: (message) => this.complain(message),
    });
  }

  async #function(body: CompoundCommand, argv: string[]): Promise<number> {
    const { parameters } = this.state;
    this.state.parameters = argv.slice(1);
    this.state.locals.push(new Map());
    try {
      return await this.#command(body);
    } catch (error) {
      if (error instanceof FunctionReturn) return error.status;
      throw error;
    } finally {
      this.state.parameters = parameters;
      for (const [name, variable] of this.state.locals.pop() ?? []) {
        if (variable === undefined) this.state.variables.delete(name);
        else this.state.variables.set(name, variable);
      }
    }
  }
}

/** The failure of a compound command was one of a command in it, which has been looked at. */
function isCompound({ commands: [command] }: Pipeline): boolean {
  return command !== undefined && command.kind !== 'simple' && command.kind !== 'function' && command.kind !== 'subshell' && command.kind !== 'condition' && command.kind !== 'arithCommand';
}
