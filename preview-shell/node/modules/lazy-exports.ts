/**
 * Exports of Node's library that are getters, such as `http.WebSocket` and `fs.ReadStream`: each brings modules of its own, which a thread has to compile (undici
 * alone 50 ms), where Node has them in its snapshot. They are read when an import names them, or when somebody looks at the namespace.
 */
export class LazyExports {
  readonly #values: Record<string, unknown>;
  readonly #names = new Set<string>();

  /** `values`: what the record exports, by name. */
  constructor(values: Record<string, unknown>) {
    this.#values = values;
  }

  get size(): number {
    return this.#names.size;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** `values[name]` is what `read` returns when it is first wanted. */
  define(name: string, read: () => unknown): void {
    this.#names.add(name);
    Object.defineProperty(this.#values, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = read();
        this.settle(name, value);
        return value;
      },
    });
  }

  settle(name: string, value: unknown): void {
    this.#names.delete(name);
    Object.defineProperty(this.#values, name, { value, configurable: true, enumerable: true, writable: true });
  }

  /** Those that an import statement may bind: too many rather than too few. */
  wantedBy(statement: string): string[] {
    // All of them for a namespace, and for names that are written with escapes.
    const all = /[*\\]/.test(statement);
    return [...this.#names].filter((name) => all || statement.includes(name));
  }
}
