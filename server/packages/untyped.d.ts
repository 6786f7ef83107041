/** Types of npm's own libraries that ship none, as far as they are used here. */
declare module 'json-parse-even-better-errors' {
  /** Keeps indentation and newline of the text under `Symbol.for('indent')` and `Symbol.for('newline')`. */
  export default function parseJson(text: string): unknown;
}
declare module 'npm-install-checks' {
  interface Platforms {
    os?: string | string[] | undefined;
    cpu?: string | string[] | undefined;
    libc?: string | string[] | undefined;
  }
  /** Throws EBADPLATFORM. */
  export function checkPlatform(target: Platforms, force: boolean, environment: { os: string; cpu: string; libc: string }): void;
}
