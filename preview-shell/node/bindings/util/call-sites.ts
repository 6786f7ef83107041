/** Of V8's structured stack trace (https://v8.dev/docs/stack-trace-api). Other engines have none: there the list is empty. */
export interface CallSite {
  functionName: string;
  scriptName: string;
  lineNumber: number;
  columnNumber: number;
}

interface V8CallSite {
  getFunctionName(): string | null;
  getScriptNameOrSourceURL(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

interface V8ErrorConstructor {
  prepareStackTrace?: ((error: unknown, trace: V8CallSite[]) => unknown) | undefined;
  stackTraceLimit: number;
  captureStackTrace?: (target: object, above: (...args: never[]) => unknown) => void;
}

/** How many frames of the runtime itself may lie between those of a program: they count for the engine's limit and are left out after. */
const OWN_FRAMES = 16;

/** Up to `limit` frames, from the caller of `above` outward, named as Node names them. */
export function callSites(limit: number, above: (...args: never[]) => unknown): CallSite[] {
  return structuredTrace(limit + OWN_FRAMES, above).slice(0, limit).map((site) => ({
    functionName: site.getFunctionName() ?? '',
    scriptName: site.getScriptNameOrSourceURL() ?? '',
    lineNumber: site.getLineNumber() ?? 0,
    columnNumber: site.getColumnNumber() ?? 0,
  }));
}

/** The bootstrap's `Error.prepareStackTrace` is an accessor that hands a function frames as Node has them: so it is assigned, not defined. */
function structuredTrace(limit: number, above: (...args: never[]) => unknown): V8CallSite[] {
  const errors = Error as unknown as V8ErrorConstructor;
  if (errors.captureStackTrace === undefined) return [];
  const hadPrepare = Object.hasOwn(errors, 'prepareStackTrace');
  const { prepareStackTrace, stackTraceLimit } = errors;
  const holder: { stack?: V8CallSite[] } = {};
  try {
    errors.prepareStackTrace = (_error, trace) => trace;
    errors.stackTraceLimit = limit;
    errors.captureStackTrace(holder, above);
    return holder.stack ?? [];
  } finally {
    errors.stackTraceLimit = stackTraceLimit;
    if (hadPrepare) errors.prepareStackTrace = prepareStackTrace;
    else delete errors.prepareStackTrace;
  }
}

/** Whether the nearest code that is not Node's own is in a dependency (node_util.cc, IsInsideNodeModules). */
export function isInsideNodeModules(limit: number, above: (...args: never[]) => unknown): boolean {
  const nearest = callSites(limit, above).find((site) => site.scriptName !== '' && !site.scriptName.startsWith('node:'));
  return nearest !== undefined && /[/\\]node_modules[/\\]/.test(nearest.scriptName);
}
