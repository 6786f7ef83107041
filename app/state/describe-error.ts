/** One sentence and, where there is one, a code, from anything that was thrown. */
export interface Described {
  code?: string;
  message: string;
  /** What a program printed, to be shown as it printed it. */
  output?: string;
}

export function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const output = 'output' in error && typeof error.output === 'string' && error.output !== '' ? { output: error.output } : {};
  return { message: error.message === '' ? error.name : error.message, ...code, ...output };
}

/** True for what an aborted call throws: nobody has to be told. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
