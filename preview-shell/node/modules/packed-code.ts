import type { CodeFacts } from '../../../shared/module-code/facts.ts';
import { SysError } from '../../abi/errno.ts';
import { FsSupport } from '../bindings/fs/support.ts';
import { copyRange, isRange } from '../bindings/fs/transfer.ts';
import type { BindingContext } from '../context.ts';
import { native } from '../natives.ts';

/** Files of packages: what users write themselves is small and read anyway. */
const PACKAGED = /^\/.*\/node_modules\//;

/** What the package service computed of packaged files (shared/module-code/facts.ts), for texts that are still the packaged ones. */
export class PackedCode {
  private readonly fs: FsSupport;
  private readonly decoder = new native.TextDecoder();

  constructor(ctx: BindingContext) {
    this.fs = new FsSupport(ctx);
  }

  /** Undefined for a text that is not, or is no longer, the packaged one: a loader may have changed it, or somebody the file. */
  factsOf(url: string, source: string): CodeFacts | undefined {
    return /[?#]/.test(url) || !url.startsWith('file:///') ? undefined : this.factsOfFile(decodeURIComponent(url.slice('file://'.length)), source);
  }

  factsOfFile(path: string, source: string): CodeFacts | undefined {
    if (!PACKAGED.test(path)) return undefined;
    const places = this.places(path);
    if (places === undefined || this.read(places.text) !== source) return undefined;
    return JSON.parse(this.read(places.facts)) as CodeFacts;
  }

  private places(path: string): { text: Range; facts: Range } | undefined {
    try {
      const found = this.fs.call('fs.packedCode', path) as { text?: never; facts?: never } | undefined;
      return found !== undefined && isRange(found.text ?? null) && isRange(found.facts ?? null) ? (found as unknown as { text: Range; facts: Range }) : undefined;
    } catch (error) {
      // Made up by a loader: no file of the disk.
      if (error instanceof SysError) return undefined;
      throw error;
    }
  }

  private read(range: Range): string {
    const bytes = new Uint8Array(range.length);
    copyRange(this.fs, range, bytes);
    return this.decoder.decode(bytes);
  }
}

type Range = Parameters<typeof copyRange>[1];
