/** Children that the caller waits for (src/spawn_sync.cc). The kernel feeds and collects them while the thread is blocked. */
import { MAX_TRANSFER } from '../../abi/channel.ts';
import type { Value } from '../../abi/codec.ts';
import type { BindingContext } from '../context.ts';
import { errnoOf, errnoOfName } from './handles.ts';
import { descriptorOf, type StdioOption } from './stdio-options.ts';

interface SyncOptions {
  file: string;
  args?: string[];
  cwd?: string;
  envPairs?: string[];
  stdio?: StdioOption[];
  detached?: boolean;
  timeout?: number;
  maxBuffer?: number;
  killSignal?: number;
}

interface SyncAnswer {
  pid: number;
  code: number;
  signal: string | null;
  error: string | null;
  sizes: (number | null)[];
}

export function create(ctx: BindingContext): Record<string, unknown> {
  return { spawn: (options: SyncOptions) => spawn(ctx, options) };
}

function spawn(ctx: BindingContext, options: SyncOptions): Record<string, unknown> {
  const stdio = options.stdio ?? [];
  let answer: SyncAnswer;
  try {
    stageInputs(ctx, stdio);
    answer = ctx.kernel.call('proc.spawnSync', request(options, stdio)) as unknown as SyncAnswer;
  } catch (error) {
    return { error: errnoOf(error), status: null, signal: null, output: null, pid: 0 };
  }
  const output = answer.sizes.map((size, fd) => (size === null ? null : collect(ctx, fd, size)));
  // In the order of Node's, which shows in what `execSync` throws.
  return {
    ...(answer.error === null ? {} : { error: errnoOfName(answer.error) }),
    status: answer.signal === null ? answer.code : null,
    signal: answer.signal,
    output,
    pid: answer.pid,
  };
}

function request({ file, args, cwd, envPairs, detached, timeout, maxBuffer, killSignal }: SyncOptions, stdio: readonly StdioOption[]): Value {
  return {
    file, args: args ?? [], cwd: cwd ?? null, env: envPairs ?? [], stdio: stdio.map(descriptorOf), detached: detached === true,
    timeout: timeout ?? 0,
    ...(maxBuffer === undefined || maxBuffer === null ? {} : { maxBuffer }),
    ...(typeof killSignal === 'number' && killSignal > 0 ? { killSignal } : {}),
  };
}

function stageInputs(ctx: BindingContext, stdio: readonly StdioOption[]): void {
  stdio.forEach(({ input }, fd) => {
    if (input === undefined || input === null) return;
    const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    for (let at = 0; at < bytes.length; at += MAX_TRANSFER) ctx.kernel.call('proc.spawnSyncInput', fd, bytes.subarray(at, at + MAX_TRANSFER));
  });
}

function collect(ctx: BindingContext, fd: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const piece = ctx.kernel.call('proc.spawnSyncOutput', fd, at) as Uint8Array;
    bytes.set(piece, at);
    at += piece.length;
  }
  const { Buffer } = ctx.global as { Buffer?: { prototype: object } };
  return Buffer === undefined ? bytes : (Object.setPrototypeOf(bytes, Buffer.prototype) as Uint8Array);
}
