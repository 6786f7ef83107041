/**
 * Type declarations of what is installed, from the package service's packs of declarations. Which ones says a file that the container's npm wrote: it
 * is as little trusted as the declarations themselves, which nobody but the TypeScript worker reads.
 */
import { parsePack } from '../../shared/pack/format.ts';
import { INSTALL_STATE, installStateSchema } from '../../shared/protocol/install-state.ts';
import type { ContainerClient } from '../container/client.ts';
import type { TypeFile, TypesProvider } from './types.ts';

export interface InstalledTypesOptions {
  /** Origin of the package service. */
  packagesOrigin: string;
  /** Absolute path of the project in the container. */
  projectRoot: string;
  container(): ContainerClient | undefined;
  /** Calls back when there is a container, or another one. */
  onContainer(callback: () => void): () => void;
  fetch?: typeof fetch;
}

/** Declarations of one package beyond this are a compiler's own, and would be most of the worker's memory. */
const PACKAGE_MAX = 4 * 1024 * 1024;
const TOTAL_MAX = 16 * 1024 * 1024;

export class InstalledTypes implements TypesProvider {
  readonly #options: InstalledTypesOptions;

  constructor(options: InstalledTypesOptions) {
    this.#options = options;
  }

  async *loadTypes(signal: AbortSignal): AsyncIterable<TypeFile> {
    let room = TOTAL_MAX;
    for (const [path, hash] of Object.entries(await this.#installed(signal))) {
      if (path.includes('..')) continue;
      const bytes = await this.#pack(hash, signal);
      if (bytes === undefined || (room -= bytes.length) < 0) continue;
      yield* filesOf(bytes, `${this.#options.projectRoot}/${path}`);
    }
  }

  onChange(callback: () => void): () => void {
    const ended = new AbortController();
    const follow = () => void this.#watch(callback, ended.signal).catch(() => undefined);
    const stop = this.#options.onContainer(() => (follow(), callback()));
    follow();
    return () => (stop(), ended.abort());
  }

  async #installed(signal: AbortSignal): Promise<Record<string, string>> {
    const text = await this.#options.container()?.readFile(INSTALL_STATE, { signal }).catch(() => undefined);
    // Nothing is installed yet, or npm is writing.
    const state = text === undefined ? undefined : installStateSchema.safeParse(jsonOf(text));
    return state?.data?.types ?? {};
  }

  async #watch(callback: () => void, signal: AbortSignal): Promise<void> {
    const name = INSTALL_STATE.slice(INSTALL_STATE.lastIndexOf('/') + 1);
    const stop = await this.#options.container()?.watch('node_modules', { signal }, ({ path }) => path === name && callback());
    if (stop === undefined) return;
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  }

  /** Undefined for what is too large, private, or not to be had: the editor then knows less, and nothing breaks. */
  async #pack(hash: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const response = await (this.#options.fetch ?? fetch)(`${this.#options.packagesOrigin}/packs/${hash}`, { signal, cache: 'force-cache', credentials: 'omit' }).catch(() => undefined);
    signal.throwIfAborted();
    if (response?.ok !== true) return undefined;
    if (Number(response.headers.get('content-length') ?? 0) > PACKAGE_MAX) {
      await response.body?.cancel();
      return undefined;
    }
    return new Uint8Array(await response.arrayBuffer());
  }
}

function* filesOf(bytes: Uint8Array, root: string): Iterable<TypeFile> {
  const { header, dataStart } = parsePack(bytes);
  const decoder = new TextDecoder();
  for (const { p, o, s } of header.files) yield { path: `${root}/${p}`, content: decoder.decode(bytes.subarray(dataStart + o, dataStart + o + s)) };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
