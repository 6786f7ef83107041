import { messageWithoutEdits } from '../../../shared/module-code/awaits/edits.ts';
import { originalPosition } from '../modules/positions.ts';
import { originalUrl } from '../modules/served-url.ts';
import { native } from '../natives.ts';
import type { BindingContext } from '../context.ts';

/** The engine's files of our own bundle, which Node's C++ would not show either. */
const OWN_CODE = /\/~runtime\//;

type Prepare = (error: unknown, trace: unknown[]) => unknown;

/**
 * Stack traces name files, columns and functions as Node does. A program's own `Error.prepareStackTrace` wins, as in Node, and is given
 * frames that say the same: that is why the property is an accessor here.
 */
export function installPrepareStackTrace(ctx: BindingContext): void {
  // For those who work on the runtime itself.
  const showsOwnFrames = ctx.image.env['TERRARIUM_OWN_FRAMES'] === '1';
  const framesOf = (trace: unknown[]): CallSite[] =>
    (trace as CallSite[]).filter((frame) => showsOwnFrames || !(OWN_CODE.test(String(fileOf(frame))) || isNativeEval(frame))).slice(0, Error.stackTraceLimit).map(asInNode);
  // Node's callback asks for Error.prepareStackTrace first: while it does, it must not find this function.
  let formatting = false;
  const standard: Prepare = (error, trace) => {
    const frames = framesOf(trace);
    tidyMessage(error);
    formatting = true;
    try {
      return ctx.hooks.prepareStackTrace?.(globalThis, error, frames) ?? `${String(error)}${frames.map((frame) => `\n    at ${String(frame)}`).join('')}`;
    } finally {
      formatting = false;
    }
  };
  const wrapped = new WeakMap<Prepare, Prepare>();
  const wrap = (prepare: Prepare): Prepare => {
    const made = wrapped.get(prepare) ?? ((error: unknown, trace: unknown[]) => prepare(error, framesOf(trace)));
    wrapped.set(prepare, made);
    // What was read from here may be put back.
    wrapped.set(made, made);
    return made;
  };
  let active: unknown = standard;
  Object.defineProperty(Error, 'prepareStackTrace', {
    get: () => (formatting ? undefined : active),
    set: (prepare: unknown) => {
      active = typeof prepare === 'function' && prepare !== standard ? wrap(prepare as Prepare) : standard;
    },
    configurable: true,
  });
}

/** Messages name what the program wrote. */
function tidyMessage(error: unknown): void {
  if (error instanceof TypeError && error.message.includes('ª')) error.message = messageWithoutEdits(error.message);
}

interface CallSite {
  getFileName(): string | null | undefined;
  getScriptNameOrSourceURL(): string | null | undefined;
  getFunctionName(): string | null;
  getTypeName(): string | null;
  getMethodName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  toString(): string;
}

/** Text compiled by `eval` is a file by the name in its `sourceURL`. */
function fileOf(frame: CallSite): string | undefined {
  return frame.getFileName() ?? frame.getScriptNameOrSourceURL() ?? undefined;
}

/** `eval` itself, which runs scripts here and calls none of them in Node. */
const isNativeEval = (frame: CallSite): boolean => fileOf(frame) === undefined && frame.getFunctionName() === 'eval';

/** The frame with the file's own name and columns, and with the names that functions have where they are not compiled by `eval`. */
function asInNode(frame: CallSite): CallSite {
  const file = fileOf(frame);
  if (file === undefined) return frame;
  const original = originalUrl(file) ?? file;
  const [line, column] = originalPosition(file, frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1);
  const anonymous = frame.getFunctionName() === 'eval';
  const own: Partial<Record<PropertyKey, () => unknown>> = {
    getFileName: () => original,
    getScriptNameOrSourceURL: () => original,
    getLineNumber: () => line,
    getColumnNumber: () => column,
    isEval: () => false,
    getEvalOrigin: () => undefined,
    getFunctionName: () => (anonymous ? null : frame.getFunctionName()),
    toString: () => withoutInferredName(frame, original, frameText(frame.toString(), file, original, `${line}:${column}`, anonymous)),
  };
  return new native.Proxy(frame, {
    get(target, key) {
      if (Object.hasOwn(own, key)) return own[key];
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** V8 calls functions without a name `eval` when they were compiled by it; Node shows the place alone, or `Object.<anonymous>`. */
function frameText(text: string, file: string, original: string, place: string, anonymous: boolean): string {
  const placed = text.replace(file, original).replace(/:\d+:\d+(\)?)$/, `:${place}$1`);
  if (!anonymous) return placed;
  return placed.replace(/^(async )?eval \((.*)\)$/, '$1$2').replace(/^((?:async |new )?[^(]*\.)eval( |$)/, '$1<anonymous>$2');
}

/** The library's functions that were assigned to a property have no name in Node, whose snapshot keeps none that the engine infers: `Object..js`. */
function withoutInferredName(frame: CallSite, file: string, text: string): string {
  const name = frame.getFunctionName();
  if (!file.startsWith('node:') || name === null) return text;
  if (name === 'executeUserEntryPoint') return text.replace('Module.', 'Function.');
  if (!name.includes('.')) return text;
  const method = frame.getMethodName();
  const type = method !== null && LOADER_FUNCTIONS.has(method) ? 'Function' : (frame.getTypeName() ?? 'Object');
  return text.replace(`${name} (`, `${type}.${method ?? '<anonymous>'} (`);
}

/** Of `Module` itself, not of its instances: engines newer than Node's name the class there. */
const LOADER_FUNCTIONS = new Set(['_load', '_resolveFilename', '_findPath', '_resolveLookupPaths', 'runMain']);
