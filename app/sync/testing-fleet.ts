/** For the property test: members with runtimes on one room, and the accounts of what each has written. */
import * as Y from 'yjs';
import type { FileInode } from '../../preview-shell/kernel/disk/inode.ts';
import { findByPath, listFiles } from '../../shared/document/schema.ts';
import type { Room } from '../../server/rooms/room.ts';
import { projectFiles } from '../../preview-shell/kernel/replica/project-files.ts';
import { newDisk, openWorld, ROOT, synced, type Synced, type World } from './testing.ts';
import { newProgram, type Program } from './testing-program.ts';

/** What programs generate into. */
export const LIST = 'list.txt';
const MEMBERS = 3;
const PATIENCE_MS = 10_000;

export interface Runtime extends Synced {
  programs: FleetProgram[];
  /** Tokens written here that nobody promised to keep: the tab crashed before the room had them. */
  name: string;
}

/** Each token is written once and is to be found once, in one file, in the end. */
class Accounts {
  /** By who wrote it. */
  readonly written = new Map<string, string>();
  /** Seen in the room: acknowledged. */
  readonly acknowledged = new Set<string>();
  /** In a file when a program removed it. */
  readonly removed = new Set<string>();
  /** Of a runtime that crashed, and not in the room by then. */
  readonly excused = new Set<string>();
  /** On the disk of a tab that crashed while that was not as in the room: what the room had taken of it is not always known any more (SPEC.md, "Limits"). */
  readonly mayBeTwice = new Set<string>();
  private next = 1;
  private names = 1;

  newName(): number {
    return this.names++;
  }

  newToken(who: string): string {
    const token = `k${this.next++}k`;
    this.written.set(token, who);
    return token;
  }
}

export const tokensIn = (text: string): string[] => text.match(/k\d+k|generated\d+/g) ?? [];

export class Fleet {
  readonly accounts = new Accounts();
  readonly room: Room;
  private readonly world: World;
  private readonly runtimes: Runtime[] = [];
  private nextClient = 100;

  private constructor(world: World) {
    this.world = world;
    this.room = world.room;
    this.room.doc.clientID = 1;
    this.room.doc.on('update', () => this.acknowledge());
  }

  /** @param delay of frames, in milliseconds at the most */
  static async open(files: Record<string, string>, delay: number): Promise<Fleet> {
    const fleet = new Fleet(openWorld(files, { delay: () => Math.random() * delay }));
    for (let index = 0; index < MEMBERS; index++) fleet.runtimes.push(await fleet.start(index));
    return fleet;
  }

  runtime(index: number): Runtime {
    return this.runtimes[index % this.runtimes.length] as Runtime;
  }

  /** Somebody types at a line of the text that they see. */
  type(runtime: Runtime, path: string, at: number, text: (token: string) => string, place: 'lineStart' | 'lineEnd'): void {
    const file = findByPath(runtime.doc, path);
    if (file?.kind !== 'text') return;
    file.text.insert(placeIn(file.text.toString(), at, place), text(this.accounts.newToken(runtime.name)));
  }

  /** The same program in two runtimes: it adds a line at its place in the list, if its own is not there, and makes a file. */
  generate(number: number, who: number): void {
    for (const { disk } of [this.runtime(who), this.runtime(who + 1)]) {
      const run = newProgram(disk);
      const line = `generated${number}`;
      attempt(() => {
        const text = run.read(LIST);
        const place = text.indexOf('\n', text.indexOf(`slot ${number}`)) + 1;
        if (!text.includes(line)) run.write(LIST, `${text.slice(0, place)}${line}\n${text.slice(place)}`);
      });
      run.write(`generated/${number}.txt`, `${line}\n`);
    }
  }

  /** The tab is gone, with everything in memory; the disk, and (`keepDocument`) the browser's copy of the document, are what is left. `halfWritten` is as it was before. */
  async crash(index: number, keepDocument: boolean, halfWritten: [path: string, text: string][] = []): Promise<void> {
    const before = this.runtime(index);
    before.sync.stop();
    before.container.crash();
    before.member.leave();
    const doc = this.newDocument();
    if (keepDocument) Y.applyUpdate(doc, Y.encodeStateAsUpdate(before.doc));
    for (const [token, who] of this.accounts.written) if (who === before.name && !this.accounts.acknowledged.has(token)) this.accounts.excused.add(token);
    const inRoom = new Map(winners(this.room.doc));
    const onDisk = [...projectFiles(before.disk, ROOT, () => false, [])].map(([path, inode]): [string, string] => [path, contentOf(inode)]);
    for (const [path, text] of [...onDisk, ...halfWritten]) {
      if (inRoom.get(path) !== text) for (const token of tokensIn(text)) this.accounts.mayBeTwice.add(token);
    }
    this.runtimes[index % MEMBERS] = await this.start(index, before, doc);
  }

  mendAll(): void {
    for (const { member } of this.runtimes) member.mend();
  }

  /** What keeps the fleet from being settled; undefined when it is. */
  difference(): string | undefined {
    const wanted = winners(this.room.doc);
    for (const { name, doc, disk, sync } of this.runtimes) {
      if (JSON.stringify(winners(doc)) !== JSON.stringify(wanted)) return `${name}: its document differs from the room's`;
      const { unsent, problem } = sync.status.getState();
      if (unsent > 0 || problem !== undefined) return `${name}: ${unsent} unsent, ${problem?.message ?? 'no problem'}`;
      const found = [...projectFiles(disk, ROOT, () => false, [])].map(([path, inode]): [string, string] => [path, contentOf(inode)]).sort(byPath);
      if (JSON.stringify(found) !== JSON.stringify(wanted)) return `${name}: its disk is ${JSON.stringify(found)}, the document ${JSON.stringify(wanted)}`;
    }
    return undefined;
  }

  /** @throws what was lost or doubled */
  check(): void {
    const files = listFiles(this.room.doc).map((file) => ({ path: file.path, tokens: file.kind === 'text' ? tokensIn(file.text.toString()) : [] }));
    const found = new Set(files.flatMap(({ tokens }) => tokens));
    const { written, acknowledged, removed, excused } = this.accounts;
    const lost = [...written.keys(), ...acknowledged].filter((token) => !found.has(token) && !removed.has(token) && (acknowledged.has(token) || !excused.has(token)));
    if (lost.length > 0) throw new Error(`lost: ${[...new Set(lost)].map((token) => `${token} of ${written.get(token) ?? 'a generator'}`).join(', ')} in\n${this.print()}`);
    for (const { path, tokens } of files) {
      const doubled = tokens.filter((token, index) => tokens.indexOf(token) !== index && !this.accounts.mayBeTwice.has(token));
      if (doubled.length > 0) throw new Error(`doubled in ${path}: ${doubled.join(', ')} in\n${this.print()}`);
    }
  }

  print(): string {
    return winners(this.room.doc).map(([path, text]) => `--- ${path}\n${text}`).join('\n');
  }

  async close(): Promise<void> {
    for (const { sync, member, container } of this.runtimes) {
      sync.stop();
      container.crash();
      member.leave();
    }
    await this.world.close();
  }

  private async start(index: number, before?: Runtime, doc = this.newDocument()): Promise<Runtime> {
    const disk = before?.disk ?? newDisk();
    const made = await synced(this.world, this.world.join({ doc }), disk);
    const name = `runtime ${index % MEMBERS}${before === undefined ? '' : '*'}`;
    return { ...made, name, programs: [0, 1].map((program) => new FleetProgram(`${name}, program ${program}`, name, newProgram(disk), this.accounts)) };
  }

  /** Of two that insert at one place the one with the lower number is first: not by chance here. */
  private newDocument(): Y.Doc {
    const doc = new Y.Doc();
    doc.clientID = this.nextClient++;
    return doc;
  }

  private acknowledge(): void {
    for (const file of listFiles(this.room.doc)) {
      if (file.kind === 'text') for (const token of tokensIn(file.text.toString())) this.accounts.acknowledged.add(token);
    }
  }
}

/** A program that holds what it has read and writes it back with one token more. */
export class FleetProgram {
  readonly name: string;
  private readonly runtime: string;
  private readonly run: Program;
  private readonly accounts: Accounts;
  private readonly held = new Map<string, string>();

  constructor(name: string, runtime: string, run: Program, accounts: Accounts) {
    this.name = name;
    this.runtime = runtime;
    this.run = run;
    this.accounts = accounts;
  }

  read(path: string): void {
    attempt(() => this.held.set(path, this.run.read(path)));
  }

  edit(path: string, at: number, how: 'line' | 'inline'): void {
    const text = this.changed(path, at, how);
    if (text !== undefined) this.run.write(path, text);
  }

  append(path: string): void {
    attempt(() => {
      this.held.set(path, this.run.read(path));
      this.run.append(path, `${this.token()}\n`);
      this.held.delete(path);
    });
  }

  /** By a new file that takes its place. */
  replace(path: string, at: number): void {
    const text = this.changed(path, at, 'line');
    if (text === undefined) return;
    this.run.write(`${path}.tmp`, text);
    this.run.rename(`${path}.tmp`, path);
  }

  /** Empties it, and writes after a while. */
  async halfWrite(path: string, at: number, wait: number): Promise<void> {
    const text = this.changed(path, at, 'line');
    if (text === undefined) return;
    const writing = this.run.truncate(path);
    await new Promise((resolve) => setTimeout(resolve, wait * 3));
    writing.finish(text);
  }

  /** Empties it, and never comes to write. @returns what it held */
  beginWrite(path: string): string | undefined {
    let before: string | undefined;
    attempt(() => {
      before = this.run.read(path);
      this.run.truncate(path);
    });
    return before;
  }

  /** Whatever it was. */
  create(path: string): void {
    attempt(() => this.giveUp(path));
    this.run.write(path, `${this.token()}\n`);
  }

  /** To a name that nobody has: over another file it would be the removal of that. */
  rename(from: string): void {
    attempt(() => this.run.rename(from, `${from}.${this.accounts.newName()}`));
    this.held.delete(from);
  }

  remove(path: string): void {
    attempt(() => {
      this.giveUp(path);
      this.run.remove(path);
    });
  }

  /** What the disk has there is done away with on purpose. */
  private giveUp(path: string): void {
    for (const token of tokensIn(this.run.read(path))) this.accounts.removed.add(token);
  }

  /** What it read once, with a token; undefined where there is no file. What it wrote it knows. */
  private changed(path: string, at: number, how: 'line' | 'inline'): string | undefined {
    if (!this.held.has(path)) this.read(path);
    const text = this.held.get(path);
    if (text === undefined) return undefined;
    const place = placeIn(text, at, how === 'line' ? 'lineStart' : 'lineEnd');
    const changed = text.slice(0, place) + (how === 'line' ? `${this.token()}\n` : ` ${this.token()}`) + text.slice(place);
    this.held.set(path, changed);
    return changed;
  }

  private token(): string {
    return this.accounts.newToken(this.runtime);
  }
}

/** Resolves when all connections are there and everybody has the same. @throws with the difference that stays */
export async function settled(fleet: Fleet): Promise<void> {
  fleet.mendAll();
  const end = Date.now() + PATIENCE_MS;
  for (let quiet = 0; quiet < 5;) {
    const difference = fleet.difference();
    if (difference !== undefined && Date.now() > end) throw new Error(`not settled: ${difference}`);
    // Programs' last writes are looked at a little later: it must stay so.
    quiet = difference === undefined ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** The beginning of a line, or its end. */
function placeIn(text: string, at: number, place: 'lineStart' | 'lineEnd'): number {
  const lines = text.split('\n');
  const index = at % Math.max(1, lines.length - 1);
  const start = lines.slice(0, index).reduce((length, line) => length + line.length + 1, 0);
  return place === 'lineStart' ? start : start + (lines[index] ?? '').length;
}

function winners(doc: Y.Doc): [path: string, text: string][] {
  const seen = new Map<string, string>();
  for (const file of listFiles(doc)) if (!seen.has(file.path)) seen.set(file.path, file.kind === 'text' ? file.text.toString() : file.blob);
  return [...seen].sort(byPath);
}

const byPath = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);

const contentOf = (inode: FileInode): string => new TextDecoder().decode(inode.content.read(0, inode.content.size));

/** A program that finds no file does nothing. */
function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('ENOENT')) throw error;
  }
}
