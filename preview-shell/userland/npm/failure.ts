/** An error as npm prints it: `npm error code <code>` and lines; exit status 1. */
export class NpmFailure extends Error {
  readonly code: string;
  readonly lines: readonly string[];
  readonly exitCode: number;

  constructor(code: string, lines: readonly string[], exitCode = 1) {
    super(lines.join('\n'));
    this.code = code;
    this.lines = lines;
    this.exitCode = exitCode;
  }
}

export function printFailure(error: unknown): number {
  const failure = error instanceof NpmFailure ? error : new NpmFailure((error as NodeJS.ErrnoException).code ?? 'EUNKNOWN', [error instanceof Error ? error.message : String(error)]);
  const lines = [...(failure.code === '' ? [] : [`code ${failure.code}`]), ...failure.lines.flatMap((line) => line.split('\n'))];
  process.stderr.write(lines.map((line) => `npm error ${line}`.trimEnd() + '\n').join(''));
  return failure.exitCode;
}
