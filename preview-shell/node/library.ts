import { parsePack, type PackFile } from '../../shared/pack/format.ts';
import { applyEdits, awaitEdits, type AwaitPlan } from '../../shared/module-code/awaits/edits.ts';
import { carriesContext } from './modules/await-text.ts';
import { noteText } from './modules/positions.ts';
import { native } from './natives.ts';

/** Node's JavaScript library, read from its pack in shared memory: each module's source is decoded when it is first compiled. */
export class NodeLibrary {
  private readonly bytes: Uint8Array;
  private readonly dataStart: number;
  private readonly files = new Map<string, PackFile>();
  private readonly decoder = new native.TextDecoder();

  constructor(memory: SharedArrayBuffer) {
    this.bytes = new Uint8Array(memory);
    const { header, dataStart } = parsePack(this.bytes);
    this.dataStart = dataStart;
    for (const file of header.files) this.files.set(file.p.replace(/\.js$/, ''), file);
  }

  get ids(): string[] {
    return [...this.files.keys()];
  }

  source(id: string): string {
    const file = this.files.get(id);
    if (file === undefined) throw new TypeError(`Node's library has no module ${id}.`);
    return this.read(file.o, file.s);
  }

  /** Where the module awaits, found when the library was packed. */
  private plan(id: string): AwaitPlan {
    const place = this.files.get(id)?.k;
    return place === undefined ? [] : (JSON.parse(this.read(...place)) as AwaitPlan);
  }

  private read(offset: number, length: number): string {
    const start = this.dataStart + offset;
    return this.decoder.decode(this.bytes.slice(start, start + length));
  }

  /** The module's source as a function of `parameters`, on the same lines as in Node, named `node:<id>` in stack traces. */
  compile(id: string, parameters: readonly string[]): (...args: unknown[]) => unknown {
    const text = `(function (${parameters.join(', ')}) {${this.text(id)}\n})\n//# sourceURL=node:${id}`;
    return (0, native.indirectEval)(text) as (...args: unknown[]) => unknown;
  }

  private text(id: string): string {
    const source = this.source(id);
    const edits = carriesContext() ? awaitEdits(this.plan(id)) : [];
    if (edits.length > 0) noteText(`node:${id}`, 0, source, edits);
    return applyEdits(source, edits);
  }
}
