import { originalUrl } from '../../modules/served-url.ts';

/** Of V8's structured stack trace (https://v8.dev/docs/stack-trace-api). Other engines have none: there the list is empty. */
export interface CallSite {
  functionName: string;
  scriptName: string;
  lineNumber: number;
  columnNumber: number;
}

interface V8CallSite {
  getFunctionName(): string | null;
  getScriptNameOrSourceURL(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

interface V8ErrorConstructor {
  prepareStackTrace?: ((error: unknown, trace: V8CallSite[]) => unknown) | undefined;
  stackTraceLimit: number;
  captureStackTrace?: (target: object, above: (...args: never[]) => unknown) => void;
}

/** Up to `limit` frames, from the caller of `above` outward. Scripts are named as Node names them. */
export function callSites(limit: number, above: (...args: never[]) => unknown): CallSite[] {
  return structuredTrace(limit, above).map((site) => ({
    functionName: site.getFunctionName() ?? '',
    scriptName: nameAsNode(site.getScriptNameOrSourceURL() ?? ''),
    lineNumber: site.getLineNumber() ?? 0,
    columnNumber: site.getColumnNumber() ?? 0,
  }));
}

function structuredTrace(limit: number, above: (...args: never[]) => unknown): V8CallSite[] {
  const errors = Error as unknown as V8ErrorConstructor;
  if (errors.captureStackTrace === undefined) return [];
  const before = { prepare: Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace'), limit: Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') };
  const holder: { stack?: V8CallSite[] } = {};
  try {
    define('prepareStackTrace', (_error: unknown, trace: V8CallSite[]) => trace);
    define('stackTraceLimit', limit);
    errors.captureStackTrace(holder, above);
    return holder.stack ?? [];
  } finally {
    restore('prepareStackTrace', before.prepare);
    restore('stackTraceLimit', before.limit);
  }
}

function define(name: string, value: unknown): void {
  Object.defineProperty(Error, name, { value, writable: true, configurable: true, enumerable: true });
}

function restore(name: string, descriptor: PropertyDescriptor | undefined): void {
  if (descriptor === undefined) Reflect.deleteProperty(Error, name);
  else Object.defineProperty(Error, name, descriptor);
}

/** A CommonJS module's name is its path; an ES module's is its URL. */
function nameAsNode(script: string): string {
  return originalUrl(script) ?? script;
}

/** Whether the nearest code that is not Node's own is in a dependency (node_util.cc, IsInsideNodeModules). */
export function isInsideNodeModules(limit: number, above: (...args: never[]) => unknown): boolean {
  const nearest = callSites(limit, above).find((site) => site.scriptName !== '' && !site.scriptName.startsWith('node:'));
  return nearest !== undefined && /[/\\]node_modules[/\\]/.test(nearest.scriptName);
}
